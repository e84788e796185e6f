"""Shocks and how the household copes: warnings, losses, savings."""

from features.channels import Channel
from features.definitions.income import NET
from features.definitions.medical import SELF_PAID
from features.definitions.schooling import COST
from features.definitions.warned import warned
from features.feature import Feature, Say
from features.readings import Series, months_of, sum_known


def _coping(column: str) -> Series:
    return months_of(Channel("visits", column, keep="latest"))


_COPING = (
    ("spent_savings", "spent savings", "动用积蓄"),
    ("borrowed_from_people", "borrowed from people", "向亲友借钱"),
    ("borrowed_from_bank", "borrowed from a bank", "向银行借钱"),
    ("bought_on_credit", "bought on credit", "赊账"),
    ("sold_belongings", "sold belongings", "变卖东西"),
)
_LOSSES = months_of(Channel("expenses", "amount", (("kind", ("disaster", "accident")),)))

FEATURES: tuple[Feature, ...] = (
    *(
        Feature(
            column,
            "shocks",
            _coping(column).latest(),
            "flag",
            0,
            f"Told at the last visit that they {en} in the last 3 months",
            f"最近一次走访时近三个月靠{zh}过日子",
            Say(f"近三个月靠{zh}过日子", f"they {en} in the last three months", "", ""),
        )
        for column, en, zh in _COPING
    ),
    *(
        Feature(
            f"{column}_12m",
            "shocks",
            _coping(column).most(12),
            "flag",
            0,
            f"Told at any visit of the last 12 months that they {en}",
            f"近12个月曾靠{zh}过日子",
            Say(f"近12个月里曾靠{zh}过日子", f"they {en} at some time in twelve months", "", ""),
        )
        for column, en, zh in _COPING
    ),
    Feature(
        "sales_trouble_6m",
        "shocks",
        _coping("sales_trouble").most(6),
        "flag",
        1,
        "Produce was hard to sell at a visit of the last 6 months",
        "近6个月有农产品滞销",
        Say("近6个月农产品不好卖", "produce was hard to sell in the last six months", "", ""),
    ),
    *(
        Feature(
            f"warnings_{months}m",
            "shocks",
            months_of(Channel("warnings")).recorded(months),
            "times",
            1,
            f"Departmental warnings over the last {months} months",
            f"近{months}个月部门预警次数",
            Say(
                f"近{months}个月有{{value}}条部门预警",
                f"{{value}} departmental warnings in {months} months",
                "",
                "",
            ),
        )
        for months in (6, 12)
    ),
    Feature(
        "loss_12m",
        "shocks",
        _LOSSES.recorded(12) / 100.0,
        "yuan",
        1,
        "Loss by disaster and accident over the last 12 months",
        "近12个月灾害和意外损失",
        Say("近12个月因灾因意外损失{value}", "disaster and accident cost {value} in 12 months", "", ""),
    ),
    Feature(
        "loss_to_income_12m",
        "shocks",
        _LOSSES.recorded(12) / NET.total(12),
        "share",
        1,
        "Loss by disaster and accident over net income of the last 12 months",
        "近12个月灾害和意外损失占纯收入比重",
        Say("近12个月因灾因意外的损失约占收入的{value}", "losses took {value} of 12 months' income", "", ""),
    ),
    Feature(
        "hard_spending_to_income_12m",
        "shocks",
        sum_known(SELF_PAID, COST, _LOSSES).recorded(12) / NET.total(12),
        "share",
        1,
        "Medical, school and loss costs over net income of the last 12 months",
        "近12个月看病、上学、受灾等刚性支出占纯收入比重",
        Say(
            "近12个月看病、上学、受灾等支出约占收入的{value}",
            "medical, school and loss costs took {value} of 12 months' income",
            "",
            "",
        ),
    ),
    Feature(
        "big_spending_12m",
        "shocks",
        months_of(Channel("visits", "big_spending", keep="latest")).most(12) / 100.0,
        "yuan",
        1,
        "Greatest big spending told at a visit of the last 12 months",
        "近12个月走访了解到的最大一笔大额支出",
        Say(
            "近12个月走访时说过有一笔{value}的大额支出", "{value} of big spending was told at a visit", "", ""
        ),
    ),
    Feature(
        "disaster_seen_6m",
        "shocks",
        _coping("disaster_seen").most(6),
        "flag",
        1,
        "Damage was seen at a visit of the last 6 months",
        "近6个月走访看到受灾",
        Say("近6个月走访看到家里受了灾", "a visit of the last six months saw damage", "", ""),
    ),
    *(
        warned("shocks", kind, en, zh)
        for kind, en, zh in (
            ("disaster", "a disaster", "受灾"),
            ("accident", "an accident or a death", "意外或死亡"),
            ("sales", "unsold produce or loss of crop", "产业经营受损"),
            ("housing", "an unsafe house", "住房安全"),
        )
    ),
)
