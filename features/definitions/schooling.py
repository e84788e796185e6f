"""Schooling: what it costs, who is at school."""

from features.channels import Channel
from features.definitions.income import NET
from features.definitions.people import STILL_THERE, members
from features.definitions.warned import warned
from features.feature import Direction, Feature, Say
from features.readings import Reading, months_of

FEN = 100.0
COST = months_of(Channel("expenses", "amount", (("kind", ("education",)),)))


def _stage_ends(stage: str) -> Reading:
    """Return how many members come to the end of a stage of schooling within the next 12 months."""
    last_row = Channel(
        "members",
        "student",
        equals=(stage,),
        keep="latest",
        at="due",
        each="member_id",
        when="stage_ends_on",
        only=STILL_THERE,
    )
    return months_of(last_row).ahead(12)


def _students(name: str, reading: Reading, en: str, zh: str, direction: Direction = 0) -> Feature:
    return Feature(
        name,
        "schooling",
        reading,
        "persons",
        direction,
        f"Members {en}",
        f"{zh}人数",
        Say(f"家里有{{value}}人{zh}", f"members {en}: {{value}}", "", ""),
    )


FEATURES: tuple[Feature, ...] = (
    Feature(
        "education_cost_12m",
        "schooling",
        COST.recorded(12) / FEN,
        "yuan",
        1,
        "Schooling paid for over the last 12 months",
        "近12个月教育支出",
        Say("近12个月孩子上学花了{value}", "schooling cost {value} in 12 months", "", ""),
    ),
    Feature(
        "education_cost_to_income_12m",
        "schooling",
        COST.recorded(12) / NET.total(12),
        "share",
        1,
        "Schooling over net income of the last 12 months",
        "近12个月教育支出占纯收入比重",
        Say("近12个月上学的花费约占收入的{value}", "schooling took {value} of 12 months' income", "", ""),
    ),
    _students(
        "students", members("student", "primary", "junior", "senior", "tertiary"), "at school", "在上学"
    ),
    _students(
        "senior_students", members("student", "senior"), "at senior secondary school", "在上高中或中职"
    ),
    _students("tertiary_students", members("student", "tertiary"), "at college", "在上大专或大学"),
    _students("dropouts", members("student", "dropout"), "who left compulsory school", "义务教育阶段辍学"),
    _students(
        "junior_ends_12m",
        _stage_ends("junior"),
        "who finish junior secondary school within 12 months",
        "一年内初中毕业",
    ),
    _students(
        "senior_ends_12m",
        _stage_ends("senior"),
        "who finish senior secondary school within 12 months",
        "一年内高中或中职毕业",
    ),
    _students(
        "tertiary_ends_12m",
        _stage_ends("tertiary"),
        "who finish college within 12 months",
        "一年内大专或大学毕业",
    ),
    warned("schooling", "schooling", "school cost or dropout", "教育支出或辍学"),
)
