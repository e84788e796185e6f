"""Schooling: what it costs, who is at school."""

from features.channels import Channel
from features.definitions.income import NET
from features.feature import Feature, Say
from features.readings import months_of

FEN = 100.0
_COST = months_of(Channel("expenses", "amount", (("kind", ("education",)),)))

FEATURES: tuple[Feature, ...] = (
    Feature(
        "education_cost_12m",
        "schooling",
        _COST.recorded(12) / FEN,
        "yuan",
        1,
        "Schooling paid for over the last 12 months",
        "近12个月教育支出",
        Say("近12个月孩子上学花了{value}", "schooling cost {value} in 12 months", "", ""),
    ),
    Feature(
        "education_cost_to_income_12m",
        "schooling",
        _COST.recorded(12) / NET.total(12),
        "share",
        1,
        "Schooling over net income of the last 12 months",
        "近12个月教育支出占纯收入比重",
        Say("近12个月上学的花费约占收入的{value}", "schooling took {value} of 12 months' income", "", ""),
    ),
)
