"""How old and how full the data is: never a reason, but what is known of it must be weighed."""

from features.channels import Channel
from features.definitions.income import NET
from features.feature import Feature, Unit
from features.readings import Reading, counts_of, days_since, months_of, season

_VISITED = Channel("visits", "occurred_on", keep="latest", at="ever")
_VISIT_MONTHS = counts_of(Channel("visits"))
_IMPUTED = months_of(
    Channel("incomes", "imputed", (("part_of_total", ("no",)),), keep="latest", at="span", complete=True)
)


_SPLIT, _MERGED = (
    Channel("registrations", "occurred_on", (("kind", (kind,)),), keep="latest", at="ever")
    for kind in ("split", "merged")
)


def _age(name: str, reading: Reading, unit: Unit, en: str, zh: str) -> Feature:
    return Feature(name, "data_age", reading, unit, 0, en, zh)


FEATURES: tuple[Feature, ...] = (
    _age("days_since_visit", days_since(_VISITED), "days", "Days since the last visit", "距最近一次走访天数"),
    _age(
        "visited_months_12m",
        _VISIT_MONTHS.known(12).at_most(6.0),
        "months",
        "Months with a visit in the last 12, at most 6",
        "近12个月走访月数（至多计6）",
    ),
    _age(
        "visited_months_24m",
        _VISIT_MONTHS.known(24).at_most(6.0),
        "months",
        "Months with a visit in the last 24, at most 6",
        "近24个月走访月数（至多计6）",
    ),
    _age("income_age", NET.age(), "months", "Age of the last known income", "最近一次收入资料距今月数"),
    _age(
        "income_months_12m",
        NET.known(12),
        "months",
        "Months with a known income in 12",
        "近12个月有收入资料的月数",
    ),
    _age(
        "income_months_24m",
        NET.known(24),
        "months",
        "Months with a known income in 24",
        "近24个月有收入资料的月数",
    ),
    _age(
        "income_imputed",
        _IMPUTED.latest(),
        "flag",
        "The last income was estimated by the office",
        "最近一次收入为推算",
    ),
    _age(
        "income_imputed_share_24m",
        _IMPUTED.mean(24),
        "share",
        "Share of known incomes of 24 months that were estimated",
        "近24个月收入资料中推算的比例",
    ),
    _age(
        "people_age",
        counts_of(Channel("compositions")).age(),
        "months",
        "Age of the last count of people",
        "最近一次人口清点距今月数",
    ),
    _age(
        "ledger_age",
        counts_of(Channel("employments")).age(),
        "months",
        "Months since anything last happened on the ledger of work",
        "就业台账最近一次变动距今月数",
    ),
    _age(
        "days_since_split",
        days_since(_SPLIT),
        "days",
        "Days since the household split, or split off and took its history along",
        "距分户天数（分户前的记录随户延续）",
    ),
    _age(
        "days_since_merger",
        days_since(_MERGED),
        "days",
        "Days since another household merged into this one, or this one into another",
        "距并户天数",
    ),
    _age("season", season(), "month", "Calendar month of the day", "所在月份"),
)
