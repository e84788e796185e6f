"""Income: against the line, its course, its sources."""

from features.channels import Channel
from features.feature import Feature, Say
from features.readings import Series, carried, equivalents, first_known, line, months_of, sum_known


def income(kind: str) -> Channel:
    """Return the channel of one source of income."""
    return Channel(
        "incomes",
        "amount",
        (("kind", (kind,)), ("part_of_total", ("no",))),
        keep="account",
        at="span",
        each="member_id",
        complete=True,
    )


SOURCES = {kind: months_of(income(kind)) for kind in ("wage", "operating", "property", "transfer")}
GROSS = sum_known(*SOURCES.values())
_COST = first_known(months_of(income("cost")), GROSS * 0.0)
NET: Series = first_known(GROSS - _COST, months_of(income("total")))
"""Net income of the household by month [fen]; the total only in months without components."""

PEOPLE = carried(Channel("compositions", "people", keep="latest"))
UNDER_10 = first_known(carried(Channel("compositions", "under_10", keep="latest")), PEOPLE * 0.0)
HEADS_LINE: Series = equivalents(PEOPLE, UNDER_10) * line()
"""What the whole household would have with an income on the line [fen]."""
TO_LINE: Series = NET / HEADS_LINE
"""Net income a head (or equivalent adult) over the line of the same month."""

_EARNED = months_of(
    Channel(
        "incomes",
        "amount",
        (("kind", ("wage", "operating")), ("part_of_total", ("yes",))),
        keep="account",
        at="span",
        each="member_id",
        complete=True,
    )
)
_STATED_EARNINGS = first_known(_EARNED, sum_known(SOURCES["wage"], SOURCES["operating"]))


def _to_line(months: int) -> tuple[Feature, ...]:
    span_en, span_zh = f"over the last {months} months", f"近{months}个月"
    return (
        Feature(
            f"income_to_line_{months}m",
            "income",
            TO_LINE.mean(months),
            "line",
            -1,
            f"Net income a head {span_en}, in multiples of the line",
            f"{span_zh}人均纯收入与监测线之比",
            Say(
                f"{span_zh}人均收入约为监测线的{{value}}倍",
                f"income a head was {{value}} times the line {span_en}",
            ),
        ),
        Feature(
            f"income_to_line_least_{months}m",
            "income",
            TO_LINE.least(months),
            "line",
            -1,
            f"Lowest month's income a head {span_en}, in multiples of the line",
            f"{span_zh}最低月人均纯收入与监测线之比",
            Say(
                f"{span_zh}收入最低时人均只有监测线的{{value}}倍",
                f"in the lowest month income a head was {{value}} times the line {span_en}",
            ),
        ),
        Feature(
            f"income_to_line_most_{months}m",
            "income",
            TO_LINE.most(months),
            "line",
            0,
            f"Highest month's income a head {span_en}, in multiples of the line",
            f"{span_zh}最高月人均纯收入与监测线之比",
            Say(
                f"{span_zh}收入最高时人均为监测线的{{value}}倍",
                f"in the best month income a head was {{value}} times the line {span_en}",
            ),
        ),
    )


def _course(months: int) -> tuple[Feature, ...]:
    span_en, span_zh = f"over the last {months} months", f"近{months}个月"
    return (
        Feature(
            f"months_under_line_{months}m",
            "income",
            TO_LINE.below(1.0, months),
            "months",
            1,
            f"Known months under the line {span_en}",
            f"{span_zh}收入低于监测线的月数",
            Say(
                f"{span_zh}有{{value}}个月收入低于监测线",
                f"{{value}} known months were under the line {span_en}",
                f"{span_zh}有记录的收入都在监测线以上",
                f"every known month was above the line {span_en}",
            ),
        ),
        Feature(
            f"income_spread_{months}m",
            "income",
            TO_LINE.spread(months) / TO_LINE.mean(months),
            "share",
            0,
            f"Unsteadiness of income {span_en}: standard deviation over mean",
            f"{span_zh}收入波动程度",
        ),
        Feature(
            f"income_slope_{months}m",
            "income",
            TO_LINE.slope(months),
            "line",
            0,
            f"Change of income a month {span_en}, in multiples of the line",
            f"{span_zh}收入与监测线之比的月均变化",
        ),
    )


FEATURES: tuple[Feature, ...] = (
    Feature(
        "income_to_line_latest",
        "income",
        TO_LINE.latest(),
        "line",
        -1,
        "Last known month's net income a head, in multiples of the line",
        "最近一次人均纯收入与监测线之比",
        Say(
            "最近一次了解到的人均收入约为监测线的{value}倍[（上一次为{before}倍）]",
            "the last known income a head was {value} times the line[ ({before} before)]",
        ),
        before=TO_LINE.before_latest(),
    ),
    Feature(
        "income_to_line_before",
        "income",
        TO_LINE.before_latest(),
        "line",
        -1,
        "Net income a head at the figure before the last, in multiples of the line",
        "上一次人均纯收入与监测线之比",
        Say(
            "上一次了解到的人均收入约为监测线的{value}倍", "the income before that was {value} times the line"
        ),
    ),
    Feature(
        "income_change",
        "income",
        TO_LINE.latest() / TO_LINE.before_latest(),
        "times",
        0,
        "Last known income over the one before, both against the line",
        "最近一次收入与上一次之比",
        Say("最近一次收入约为上一次的{value}倍", "the last income was {value} times the one before"),
    ),
    *(feature for months in (3, 6, 12, 24) for feature in _to_line(months)),
    *(feature for months in (12, 24) for feature in _course(months)),
    Feature(
        "earned_share",
        "income",
        (_STATED_EARNINGS / NET).latest(),
        "share",
        0,
        "Share of the last known income that was earned by known workers",
        "最近一次收入中已知劳动收入的占比",
        Say(
            "收入中约{value}来自劳动所得",
            "about {value} of the income was earned",
            "没有劳动收入",
            "nothing was earned",
        ),
    ),
    Feature(
        "earned_to_line",
        "income",
        (_STATED_EARNINGS / HEADS_LINE).latest(),
        "line",
        -1,
        "Known workers' earnings a head, in multiples of the line",
        "人均劳动收入与监测线之比",
        Say(
            "人均劳动收入约为监测线的{value}倍",
            "earnings a head were {value} times the line",
            "没有劳动收入",
            "nothing was earned",
        ),
    ),
    Feature(
        "income_under_line_streak_12m",
        "income",
        TO_LINE.streak(1.0, 12),
        "months",
        1,
        "Known months in a row, up to the last one, under the line over the last 12 months",
        "近12个月内到最近为止连续低于监测线的月数",
        Say(
            "到最近一次了解为止，收入已连续{value}个月低于监测线",
            "up to the last known one, {value} months in a row were under the line",
            "最近一次了解到的收入在监测线以上",
            "the last known month was above the line",
        ),
    ),
    Feature(
        "income_12m_to_24m",
        "income",
        TO_LINE.mean(12) / TO_LINE.mean(24),
        "times",
        0,
        "Income of the last 12 months over that of the last 24, both against the line",
        "近12个月收入水平与近24个月之比",
        Say("近一年的收入约为两年平均的{value}倍", "a year's income was {value} times the mean of two years"),
    ),
    Feature(
        "own_income_to_line_12m",
        "income",
        ((GROSS - _COST - first_known(SOURCES["transfer"], GROSS * 0.0)) / HEADS_LINE).mean(12),
        "line",
        -1,
        "Net income a head apart from transfers over the last 12 months, in multiples of the line",
        "近12个月不含转移性收入的人均纯收入与监测线之比",
        Say(
            "近12个月不算补贴、低保等转移性收入，人均约为监测线的{value}倍",
            "apart from transfers, a year's income a head was {value} times the line",
        ),
    ),
    Feature(
        "income_told_down_6m",
        "income",
        months_of(Channel("visits", "income_change", equals=("down",), keep="latest")).most(6),
        "flag",
        1,
        "Told at a visit of the last 6 months that income had fallen",
        "近6个月走访时说过收入减少",
        Say("近6个月走访时说过收入减少了", "they said at a visit that income had fallen", "", ""),
    ),
)
