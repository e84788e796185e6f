"""People: how many mouths, how many hands, how much schooling."""

from features.channels import Channel
from features.definitions.income import PEOPLE, UNDER_10
from features.feature import Feature, Say
from features.readings import Reading, Series, ever, months_of

Where = tuple[tuple[str, tuple[str, ...]], ...]
STILL_THERE: Where = (("left", ("no", "missing")),)


def members(column: str = "", *codes: str, only: Where = ()) -> Reading:
    """Return how many members are in a state now, by the latest row of each that tells of it.

    Who has left counts no more; NaN where no row tells of anybody.

    Parameters
    ----------
    column : str
        Column of ``members`` that tells of the state; "" for any row.
    *codes : str
        The states that are counted.
    only : tuple of (column, codes)
        Further conditions on the same row.
    """
    return ever(
        Channel(
            "members",
            column,
            equals=codes,
            keep="latest",
            at="ever",
            each="member_id",
            only=(*only, *STILL_THERE),
        )
    )


_ABLE = members("labour", "skilled", "ordinary")


def _household(column: str, *codes: str) -> Reading:
    return ever(Channel("households", column, equals=codes, keep="latest", at="ever"))


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
    Feature(
        "able_members",
        "people",
        _ABLE,
        "persons",
        -1,
        "Members able to work in full",
        "普通及技能劳动力人数",
        Say(
            "家里有{value}个劳动力",
            "members able to work: {value}",
            "家里没有整劳动力",
            "no member is able to work in full",
        ),
    ),
    Feature(
        "able_share",
        "people",
        _ABLE / members(),
        "share",
        -1,
        "Members able to work in full over all members",
        "劳动力占家庭人口比重",
        Say("全家约{value}的人是劳动力", "about {value} of the members are able to work", "", ""),
    ),
    Feature(
        "nobody_able",
        "people",
        _ABLE.above(0.0) * -1.0 + 1.0,
        "flag",
        1,
        "No member is able to work in full",
        "无整劳动力",
        Say("家里没有整劳动力", "no member is able to work in full", "", ""),
    ),
    Feature(
        "weak_members",
        "people",
        members("labour", "weak", "lost"),
        "persons",
        0,
        "Members of little or lost ability to work",
        "弱劳动力和丧失劳动力人数",
        Say("家里有{value}人劳动能力弱或丧失", "members of weak or lost ability to work: {value}", "", ""),
    ),
    Feature(
        "deaths_12m",
        "people",
        months_of(Channel("registrations", "", (("kind", ("died",)),))).recorded(12),
        "times",
        0,
        "Members who died over the last 12 months",
        "近12个月去世人数",
        Say("近12个月家里有{value}人去世", "members who died in 12 months: {value}", "", ""),
    ),
    Feature(
        "exited",
        "people",
        _household("origin", "exited"),
        "flag",
        0,
        "Left registered poverty",
        "脱贫户",
        Say("是脱贫户", "the household left registered poverty", "", ""),
    ),
    Feature(
        "relocated",
        "people",
        _household("relocated", "yes"),
        "flag",
        0,
        "Lives at a relocation site",
        "易地搬迁户",
        Say("是易地搬迁户", "the household lives at a relocation site", "", ""),
    ),
)
