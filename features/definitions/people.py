"""People: how many mouths, how many hands, how much schooling."""

from features.channels import Channel
from features.definitions.income import PEOPLE, UNDER_10
from features.feature import Feature, Say
from features.readings import Series, months_of


def _count(column: str) -> Series:
    return months_of(Channel("compositions", column, keep="latest"))


_SIZE = _count("people")
_SCHOOLING = Channel("members", "schooling", (("relation", ("head",)),), keep="latest")

FEATURES: tuple[Feature, ...] = (
    Feature(
        "people",
        "people",
        _SIZE.latest(),
        "persons",
        0,
        "Members",
        "家庭人口",
        Say(
            "家里有{value}口人[（上一次为{before}口）]",
            "people in the house: {value}[ ({before} before)]",
        ),
        before=_SIZE.before_latest(),
    ),
    Feature(
        "people_change",
        "people",
        _SIZE.latest() - _SIZE.before_latest(),
        "persons",
        0,
        "Change in the number of members since the time before",
        "家庭人口较上次变化",
    ),
    Feature(
        "under_10",
        "people",
        UNDER_10.latest(),
        "persons",
        0,
        "Members under 10 years",
        "10岁以下人数",
        Say(
            "家里有{value}个10岁以下的孩子",
            "children under 10: {value}",
            "家里没有10岁以下的孩子",
            "no child is under 10",
        ),
    ),
    Feature(
        "under_15",
        "people",
        _count("under_15").latest(),
        "persons",
        0,
        "Members under 15 years",
        "15岁以下人数",
        Say(
            "家里有{value}个15岁以下的孩子",
            "children under 15: {value}",
            "家里没有15岁以下的孩子",
            "no child is under 15",
        ),
    ),
    Feature(
        "working_age",
        "people",
        _count("working_age").latest(),
        "persons",
        0,
        "Members of 15 to 64 years",
        "劳动年龄人数",
        Say(
            "劳动年龄的有{value}人",
            "members of working age: {value}",
            "家里没有劳动年龄的人",
            "nobody is of working age",
        ),
    ),
    Feature(
        "over_64",
        "people",
        _count("over_64").latest(),
        "persons",
        0,
        "Members of 65 years and over",
        "65岁及以上人数",
        Say("家里有{value}位65岁以上老人", "members of 65 or over: {value}", "", ""),
    ),
    Feature(
        "dependency",
        "people",
        (_count("under_15").latest() + _count("over_64").latest()) / PEOPLE.latest(),
        "share",
        0,
        "Members under 15 or over 64 over all members",
        "抚养比（老人和孩子占家庭人口比重）",
        Say("老人和孩子约占全家的{value}", "about {value} of the members are children or old", "", ""),
    ),
    Feature(
        "head_schooling",
        "people",
        months_of(_SCHOOLING).latest(),
        "grade",
        0,
        "Schooling of the head, position in the ordered list",
        "户主文化程度",
    ),
)
