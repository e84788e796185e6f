"""Context: areas, poverty lines, rates. Given whole to every partition."""

from features.contract import Column, area_table, codes

AREAS = area_table(
    "areas",
    "areas",
    "An area and the one it lies in",
    "行政区划",
    Column("parent", "id", "Code of the area it lies in", "上级地区代码", "key"),
    Column(
        "level",
        "code",
        "Level, largest first",
        "层级",
        "key",
        codes=codes(
            ("nation", "nation", "全国"),
            ("province", "province", "省"),
            ("county", "county", "县"),
            ("township", "township", "乡镇"),
            ("village", "village", "村"),
            ("grid", "grid", "网格"),
        ),
    ),
    Column("remote", "flag", "Far from the road or the town", "是否偏远", "never"),
    Column("ethnic_majority", "flag", "Village of an ethnic minority", "是否民族村", "never"),
)

LINES = area_table(
    "lines",
    "areas",
    "The income line of an area, from a day on",
    "监测线，自该日起",
    Column("valid_from", "date", "First day it holds", "生效日期", "key", required=True),
    Column("amount", "number", "The line", "金额", unit="yuan", required=True, least=0.01),
    Column(
        "basis",
        "code",
        "Per head, or per equivalent adult of the OECD-modified scale",
        "计算口径",
        "key",
        required=True,
        codes=codes(
            ("per_head", "per head", "人均"), ("oecd_modified", "OECD-modified scale", "OECD修正等值")
        ),
    ),
    Column(
        "period",
        "code",
        "What span the amount is for",
        "期间",
        "key",
        required=True,
        codes=codes(("year", "year", "年"), ("month", "month", "月")),
    ),
    Column("currency", "id", "ISO 4217 code", "币种", "key", required=True),
)

AREA_RATES = area_table(
    "area_rates",
    "areas",
    "Share of households that met the outcome, from outcomes matured before the day",
    "地区发生率",
    Column("target", "id", "Which outcome", "目标", "key", required=True),
    Column("horizon_months", "count", "Horizon", "期限", "key", "months", required=True, least=1),
    Column("events", "number", "Households that met it", "发生户数", unit="households", least=0),
    Column("households", "number", "Households at risk", "在险户数", unit="households", least=0),
    Column("rate", "number", "Smoothed rate", "平滑发生率", unit="share", required=True, least=0, most=1),
)
