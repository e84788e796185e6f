"""What strikes: departmental warnings, disasters, prices."""

from features.contract import Column, area_table, codes, household_table
from features.tables.products import PRODUCTS

WARNINGS = household_table(
    "warnings",
    "shocks",
    "A warning pushed by a department",
    "部门预警",
    Column("rule", "id", "Id of the department's rule", "规则编号", "key"),
    Column(
        "kind",
        "code",
        "What it warns of",
        "预警类型",
        required=True,
        codes=codes(
            ("medical", "medical cost", "医疗费用"),
            ("serious_illness", "new serious illness", "新发大病"),
            ("disability", "new disability", "新增残疾"),
            ("schooling", "cost of schooling or dropout", "教育支出或辍学"),
            ("disaster", "disaster", "受灾"),
            ("job_loss", "loss of work", "失业返乡"),
            ("low_income", "low income", "收入偏低"),
            ("social_aid", "social aid changed", "救助变动"),
            ("housing", "unsafe house", "住房安全"),
            ("water", "unsafe water", "饮水安全"),
            ("accident", "accident or death", "意外或死亡"),
            ("debt", "debt", "债务"),
            ("sales", "produce unsold or loss of crop", "产业经营受损"),
        ),
    ),
    Column("value", "money", "Value that set it off", "触发值", unit="yuan"),
    Column("pushed_on", "date", "Day the department sent it", "推送日期", "key"),
    Column("received_on", "date", "Day it arrived", "接收日期", "key"),
    Column("member_id", "id", "Whom it concerns, where known", "人编号", "key"),
    Column(
        "outcome",
        "code",
        "What the check found",
        "核查结果",
        "outcome",
        codes=codes(
            ("true", "true", "属实"),
            ("false", "not true", "不属实"),
            ("duplicate", "known already", "重复"),
            ("not_found", "household not found", "查无此户"),
        ),
    ),
    in_order=(("pushed_on", "received_on"),),
)

DISASTERS = area_table(
    "disasters",
    "shocks",
    "A disaster in an area",
    "地区灾害",
    Column(
        "kind",
        "code",
        "What struck",
        "灾种",
        codes=codes(
            ("flood", "flood", "洪涝"),
            ("drought", "drought", "干旱"),
            ("landslide", "landslide", "滑坡泥石流"),
            ("hail", "hail or wind", "风雹"),
            ("frost", "frost or snow", "低温冷冻"),
            ("epidemic", "epidemic", "疫情"),
            ("fire", "fire", "火灾"),
            ("earthquake", "earthquake", "地震"),
        ),
    ),
    Column("loss_share", "number", "Share of crops lost", "损失比例", unit="share", least=0, most=1),
)

PRICES = area_table(
    "prices",
    "shocks",
    "The farm-gate price of a product in an area",
    "地区农产品价格",
    Column("product", "code", "The product", "品种", "key", codes=PRODUCTS, required=True),
    Column("price", "number", "Price a kilogram", "价格", unit="yuan/kg", least=0),
    Column("sold_share", "number", "Share of the harvest sold", "已售比例", unit="share", least=0, most=1),
)
