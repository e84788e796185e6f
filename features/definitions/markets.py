"""Markets and weather: what the household's product brings around here, and what disasters took."""

from features.definitions.income import GROSS, SOURCES
from features.definitions.sources import GROWN
from features.feature import Feature, Say
from features.readings import area_disasters, area_loss, area_price, area_sold_share, of_largest

_PRICE = of_largest(tuple(GROWN.values()), tuple(area_price(product) for product in GROWN))
_SOLD = of_largest(tuple(GROWN.values()), tuple(area_sold_share(product) for product in GROWN))
_LAND_SHARE = SOURCES["operating"].total(12) / GROSS.total(12)

FEATURES: tuple[Feature, ...] = (
    Feature(
        "product_price",
        "shocks",
        _PRICE,
        "times",
        -1,
        "Last price around here of the household's main product, to the same month in three years before",
        "主要产品当地价格与前三年同期之比",
        Say(
            "家里主要产品的当地价格约为往年同期的{value}倍",
            "the main product brings {value} times its usual price around here",
        ),
    ),
    Feature(
        "product_price_exposure",
        "shocks",
        _LAND_SHARE * (_PRICE * -1.0 + 1.0),
        "share",
        1,
        "Fall of the main product's price, times the share of operating income in gross income",
        "主要产品跌价幅度乘以生产经营性收入占比",
    ),
    Feature(
        "product_sold_share",
        "shocks",
        _SOLD,
        "share",
        -1,
        "Share of the main product's harvest that was sold around here, as last told",
        "主要产品当地已售比例",
        Say(
            "家里主要产品在当地约卖出{value}",
            "about {value} of the main product's harvest was sold around here",
        ),
    ),
    Feature(
        "area_loss_12m",
        "shocks",
        area_loss(12),
        "share",
        0,
        "Greatest share of crops lost around here by a disaster of the last 12 months",
        "近12个月当地灾害最大损失比例",
    ),
    Feature(
        "area_disasters_12m",
        "shocks",
        area_disasters(12),
        "times",
        0,
        "Disasters around here over the last 12 months",
        "近12个月当地灾害次数",
    ),
    Feature(
        "area_loss_exposure_12m",
        "shocks",
        _LAND_SHARE * area_loss(12),
        "share",
        1,
        "Crops lost around here in 12 months, times the share of operating income in gross income",
        "近12个月当地灾害损失比例乘以生产经营性收入占比",
    ),
)
