"""Sources of income: from what it comes, and from what one product."""

from features.channels import Channel
from features.definitions.income import GROSS, HEADS_LINE, SOURCES
from features.feature import Feature, Say
from features.readings import Reading, largest, months_of
from features.tables.products import PRODUCTS


def _grown(product: str) -> Channel:
    return Channel(
        "incomes",
        "amount",
        (("kind", ("operating",)), ("product", (product,)), ("part_of_total", ("no",))),
        keep="account",
        at="span",
        each="member_id",
        complete=True,
    )


GROWN: dict[str, Reading] = {product.id: months_of(_grown(product.id)).total(24) for product in PRODUCTS}
"""What each product brought over the last 24 months [fen]."""

FEATURES: tuple[Feature, ...] = (
    *(
        Feature(
            f"{kind}_share_12m",
            "income",
            SOURCES[kind].total(12) / GROSS.total(12),
            "share",
            0,
            f"Share of {kind} in gross income over the last 12 months",
            f"近12个月{zh}占总收入比重",
            Say(f"近12个月收入中约{{value}}是{zh}", f"about {{value}} of 12 months' income was {kind}"),
        )
        for kind, zh in (
            ("wage", "工资性收入"),
            ("operating", "生产经营性收入"),
            ("property", "财产性收入"),
            ("transfer", "转移性收入"),
        )
    ),
    Feature(
        "wages_to_line_12m",
        "income",
        (SOURCES["wage"] / HEADS_LINE).mean(12),
        "line",
        -1,
        "Wages a head over the last 12 months, in multiples of the line",
        "近12个月人均工资性收入与监测线之比",
        Say(
            "近12个月人均工资约为监测线的{value}倍",
            "a year's wages a head were {value} times the line",
            "近12个月没有工资性收入",
            "there were no wages in a year",
        ),
    ),
    Feature(
        "main_source_share_12m",
        "income",
        largest(*(source.total(12) for source in SOURCES.values())) / GROSS.total(12),
        "share",
        0,
        "Share of the greatest source in gross income over the last 12 months",
        "近12个月最主要一项来源占总收入比重",
        Say("近12个月约{value}的收入靠一项来源", "about {value} of a year's income came from one source"),
    ),
    Feature(
        "main_product_share_24m",
        "income",
        largest(*GROWN.values()) / SOURCES["operating"].total(24),
        "share",
        0,
        "Share of the main product in operating income over the last 24 months",
        "近24个月最主要一种产品占生产经营性收入比重",
        Say(
            "近24个月生产经营收入约{value}靠一种产品",
            "about {value} of two years' operating income came from one product",
        ),
    ),
)
