"""Support that anyone may have: help on general grounds, by form and kind."""

from features.channels import Channel
from features.feature import Feature, Say
from features.readings import Reading, Series, months_of


def _support(*where: tuple[str, tuple[str, ...]]) -> Series:
    return months_of(Channel("supports", "", where, at="during"))


_ANY = _support()
_MONEY = _support(("form", ("money",)))
_GOODS = _support(("form", ("goods",)))
_FROM_PEOPLE = _support(("area_of_help", ("social",)))
_FLOOR = _support(("area_of_help", ("social_floor",)))
_SCHOOL = _support(("area_of_help", ("education",)))


def _months(name: str, reading: Reading, en: str, zh: str) -> Feature:
    return Feature(
        name,
        "support",
        reading,
        "months",
        0,
        f"Measure-months of {en} over the window",
        f"窗口内{zh}的累计月数",
        Say(f"得到过{zh}", f"had {en}", "", ""),
    )


FEATURES: tuple[Feature, ...] = (
    _months("support_months_6m", _ANY.recorded(6), "help of any kind in 6 months", "帮扶（近6个月）"),
    _months("support_months_12m", _ANY.recorded(12), "help of any kind in 12 months", "帮扶（近12个月）"),
    _months("support_money_6m", _MONEY.recorded(6), "help in money in 6 months", "资金帮扶（近6个月）"),
    _months("support_money_24m", _MONEY.recorded(24), "help in money in 24 months", "资金帮扶（近24个月）"),
    _months("support_goods_6m", _GOODS.recorded(6), "help in kind in 6 months", "实物帮扶（近6个月）"),
    _months("support_goods_24m", _GOODS.recorded(24), "help in kind in 24 months", "实物帮扶（近24个月）"),
    _months(
        "support_from_people_6m",
        _FROM_PEOPLE.recorded(6),
        "help from family or friends in 6 months",
        "亲友接济（近6个月）",
    ),
    _months(
        "support_from_people_24m",
        _FROM_PEOPLE.recorded(24),
        "help from family or friends in 24 months",
        "亲友接济（近24个月）",
    ),
    _months("support_floor_6m", _FLOOR.recorded(6), "social-floor help in 6 months", "兜底保障（近6个月）"),
    _months(
        "support_school_6m", _SCHOOL.recorded(6), "help with schooling in 6 months", "教育帮扶（近6个月）"
    ),
)
