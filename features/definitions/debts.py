"""Debts: what is owed now, and what falls due."""

from features.channels import Channel
from features.definitions.income import NET
from features.feature import Feature, Say
from features.readings import Reading, ever, months_of

FEN = 100.0
Where = tuple[tuple[str, tuple[str, ...]], ...]
_OPEN: Where = (("repaid_on", ("missing",)),)


def _owed(value: str = "") -> Reading:
    """Return what stands behind loans not repaid yet; unknown where no loan is known of."""
    return ever(Channel("loans", value, at="ever", only=_OPEN))


_DUE = months_of(Channel("loans", "amount", _OPEN, at="due", when="due_on"))

FEATURES: tuple[Feature, ...] = (
    Feature(
        "loans_open",
        "shocks",
        _owed(),
        "times",
        0,
        "Loans not repaid yet",
        "未还清贷款笔数",
        Say(
            "还有{value}笔借款没有还清",
            "loans not repaid yet: {value}",
            "借款已经还清",
            "all loans are repaid",
        ),
    ),
    Feature(
        "debt",
        "shocks",
        _owed("amount") / FEN,
        "yuan",
        0,
        "Amount lent of loans not repaid yet",
        "未还清贷款金额",
        Say("没有还清的借款共{value}", "{value} was lent and is not repaid yet", "", ""),
    ),
    Feature(
        "debt_to_income",
        "shocks",
        _owed("amount") / NET.total(12),
        "share",
        0,
        "Amount of loans not repaid yet over net income of the last 12 months",
        "未还清贷款占近12个月纯收入比重",
        Say(
            "没有还清的借款约为一年收入的{value}",
            "loans not repaid are about {value} of a year's income",
            "",
            "",
        ),
    ),
    Feature(
        "loans_overdue",
        "shocks",
        ever(Channel("loans", "overdue", equals=("yes",), at="ever", only=_OPEN)),
        "times",
        1,
        "Loans that are overdue",
        "逾期贷款笔数",
        Say("有{value}笔贷款已经逾期", "overdue loans: {value}", "", ""),
    ),
    *(
        Feature(
            f"loans_due_{months}m",
            "shocks",
            _DUE.ahead(months) / FEN,
            "yuan",
            0,
            f"Loans that fall due within the next {months} months",
            f"未来{months}个月内到期的贷款金额",
            Say(
                f"有{{value}}的贷款在{months}个月内到期",
                f"{{value}} of loans falls due within {months} months",
                "",
                "",
            ),
        )
        for months in (6, 12)
    ),
)
