"""The words of the report: what its codes are called, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping

from features.contract import SOURCES
from features.tables import TABLES
from training.quality.finding import Figure, Finding, State

STATES = {State.ACT: "需处理", State.FINE: "正常", State.UNJUDGED: "样本太少，不作判断"}
KEYS = {
    "table": "表", "source": "来源", "column": "项目", "account": "口径", "kind": "类别", "year": "年度",
    "grid": "网格", "village": "村", "township": "乡镇", "purpose": "走访类型", "warned": "近60天有预警",
    "monitored": "监测户", "from": "自", "to": "至",
}  # fmt: skip
MORE = {
    "expected_share": "预期比例", "rounded_1000": "按1,000元取整", "rounded_500": "按500元取整",
    "rounded_100": "按100元取整", "p_value": "P值", "copied_share": "扣除偶然后的比例",
    "same_as_last_time": "与上次相同", "median_days": "中位天数", "p90_days": "九成不超过",
    "household_years": "户年", "per_household_year": "每户每年次数",
}  # fmt: skip
SHARES = {"expected_share", "rounded_1000", "rounded_500", "rounded_100", "copied_share", "same_as_last_time"}
"""Further figures that are shares; the others are written as numbers."""
UNITS = {"median_days": " 天", "p90_days": " 天"}
NOWHERE = "未分乡镇"
TABLES_ZH = {
    "households": "农户", "members": "成员", "compositions": "人口清点", "registrations": "登记事项",
    "incomes": "收入", "expenses": "支出", "loans": "贷款", "visits": "走访", "employments": "就业",
    "warnings": "部门预警", "supports": "帮扶措施", "monitoring": "监测环节", "verifications": "入户核查",
    "disputes": "异议",
}  # fmt: skip
_SOURCE = {source.id: source.zh for source in SOURCES} | {"": "未注明"}
_COLUMNS = ("visits", "members")
_CODED = {"kind": ("incomes", "warnings"), "account": ("incomes",), "purpose": ("visits",)}
_SMALL = 0.01
_LEAST_P = 1e-4


def name_of(key: str, value: str) -> str:
    """Return what a part is called in Chinese.

    Examples
    --------
    >>> name_of("table", "visits"), name_of("source", "survey"), name_of("grid", "C01T01V01G1")
    ('走访', '收入调查', 'C01T01V01G1')
    """
    if key == "table":
        return TABLES_ZH[value]
    if key == "source":
        return _SOURCE[value]
    if key in {"warned", "monitored"}:
        return {"yes": "是", "no": "否"}[value]
    if key == "column":
        return next(c.zh for table in _COLUMNS for c in TABLES[table].columns if c.name == value)
    for table in _CODED.get(key, ()):
        for code in TABLES[table].column(key).codes:
            if code.id == value:
                return code.zh
    return value


def named(by: Mapping[str, str]) -> str:
    """Return what a part is called, in one phrase."""
    return "·".join(name_of(key, value) for key, value in by.items())


def percent(value: float | None) -> str:
    """Return a share as a percentage; two digits where it is small.

    Examples
    --------
    >>> percent(0.1234), percent(0.0034), percent(None)
    ('12.3%', '0.34%', '—')
    """
    if value is None:
        return "—"
    return f"{100 * value:.{2 if 0.0 < abs(value) < _SMALL else 1}f}%"


def valued(finding: Finding, figure: Figure) -> str:
    """Return a figure's value with its interval."""
    if figure.value is None:
        return "—"
    if finding.about.measure == "ratio":
        return f"{figure.value:.2f} 倍 [{figure.low:.2f}，{figure.high:.2f}]"
    return f"{percent(figure.value)} [{percent(figure.low)}，{percent(figure.high)}]"


def further(name: str, value: float | None) -> str:
    """Return a further figure as it is written."""
    if value is None:
        return "—"
    if name in SHARES:
        return percent(value)
    if name == "p_value":
        return f"<{_LEAST_P:.4f}" if value < _LEAST_P else f"{value:.4f}"
    return f"{value:,.0f}{UNITS[name]}" if name in UNITS else f"{value:,.2f}"
