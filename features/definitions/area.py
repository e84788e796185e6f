"""Area: how often it happened around here."""

from features.feature import Feature
from features.readings import area_rate

FEATURES: tuple[Feature, ...] = (
    Feature(
        "area_rate_next_visit",
        "area",
        area_rate("next_visit"),
        "share",
        1,
        "Share of the area's households that fell under the line by the next visit, matured before the day",
        "本地区下次走访时收入降至监测线以下的比例",
    ),
)
