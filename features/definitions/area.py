"""Area: how often it happened around here."""

from features.feature import Feature
from features.readings import area_rate

_HAPPENED = (
    ("next_visit", "fell under the line by the next visit", "下次走访时收入降至监测线以下"),
    ("entry", "were entered into monitoring", "被纳入监测"),
    ("need", "were found at the door to need help", "经入户核查需要帮扶"),
    ("income", "came under the line over twelve months", "12个月收入降至监测线以下"),
    ("hardship", "had hardship spending", "刚性支出负担过重"),
)

FEATURES: tuple[Feature, ...] = tuple(
    Feature(
        f"area_rate_{target}",
        "area",
        area_rate(target),
        "share",
        1,
        f"Share of the area's households that {en}, matured before the day",
        f"本地区{zh}的比例",
    )
    for target, en, zh in _HAPPENED
)
