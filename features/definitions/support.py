"""Support that anyone may have: help on general grounds, by form and kind."""

from features.channels import Channel
from features.feature import Feature, Say
from features.readings import Reading, Series, ever, months_of


def _support(*where: tuple[str, tuple[str, ...]]) -> Series:
    return months_of(Channel("supports", "", where, at="during"))


_ANY = _support()
_MONEY = _support(("form", ("money",)))
_GOODS = _support(("form", ("goods",)))
_FROM_PEOPLE = _support(("area_of_help", ("social",)))
_FLOOR = _support(("area_of_help", ("social_floor",)))
_SCHOOL = _support(("area_of_help", ("education",)))
_ENDS = months_of(Channel("supports", "", at="due", when="end_on"))
_LOW_INCOME = ("low_income_in", "low_income_out")


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
    *(
        Feature(
            f"supports_ending_{months}m",
            "support",
            _ENDS.ahead(months),
            "times",
            0,
            f"Measures of help that end within the next {months} months",
            f"未来{months}个月内到期的帮扶措施数",
            Say(
                f"有{{value}}项帮扶在{months}个月内到期",
                f"measures that end within {months} months: {{value}}",
                "",
                "",
            ),
        )
        for months in (6, 12)
    ),
    Feature(
        "supports_now",
        "support",
        _ANY.recorded(0),
        "times",
        0,
        "Measures of help under way this month",
        "本月正在享受的帮扶措施数",
        Say("正在享受{value}项帮扶", "measures of help under way: {value}", "", ""),
    ),
    Feature(
        "support_amount_12m",
        "support",
        months_of(Channel("supports", "amount")).recorded(12) / 100.0,
        "yuan",
        0,
        "Amounts of help begun over the last 12 months",
        "近12个月新增帮扶金额",
        Say("近12个月得到帮扶资金{value}", "{value} of help was given in 12 months", "", ""),
    ),
    Feature(
        "in_low_income",
        "support",
        ever(
            Channel(
                "registrations",
                "kind",
                (("kind", _LOW_INCOME),),
                equals=("low_income_in",),
                keep="latest",
                at="ever",
            )
        ),
        "flag",
        0,
        "Has the minimum living allowance, by the last registration",
        "目前享受低保",
        Say(
            "目前享受低保", "has the minimum living allowance", "已经退出低保", "no longer has the allowance"
        ),
    ),
    *(
        Feature(
            f"{kind}_12m",
            "support",
            months_of(Channel("registrations", "", (("kind", (kind,)),))).recorded(12).at_most(1.0),
            "flag",
            0,
            f"The minimum living allowance {en} in the last 12 months",
            f"近12个月{zh}低保",
            Say(f"近12个月{zh}低保", f"the minimum living allowance {en} in the last 12 months", "", ""),
        )
        for kind, en, zh in (("low_income_in", "began", "纳入"), ("low_income_out", "ended", "退出"))
    ),
)
