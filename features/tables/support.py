"""What help is given."""

from features.contract import Column, codes, household_table

SUPPORTS = household_table(
    "supports",
    "support",
    "A measure of help",
    "帮扶措施",
    Column(
        "area_of_help",
        "code",
        "Area of help",
        "帮扶类别",
        required=True,
        codes=codes(
            ("industry", "farming and trade", "产业帮扶"),
            ("jobs", "jobs", "就业帮扶"),
            ("finance", "finance", "金融帮扶"),
            ("health", "health", "健康帮扶"),
            ("education", "education", "教育帮扶"),
            ("housing", "housing", "住房保障"),
            ("water", "water", "饮水安全"),
            ("social_floor", "social floor", "兜底保障"),
            ("insurance", "insurance", "防贫保险"),
            ("social", "from family, friends or society", "社会帮扶"),
        ),
    ),
    Column(
        "form",
        "code",
        "In what form",
        "形式",
        codes=codes(("money", "money", "资金"), ("goods", "goods", "实物"), ("service", "service", "服务")),
    ),
    Column(
        "ground",
        "code",
        "On what ground; help given because of monitoring is never read by vectors",
        "依据",
        "key",
        required=True,
        codes=codes(
            ("general", "general programme", "普惠政策"), ("monitoring", "monitored household", "监测帮扶")
        ),
    ),
    Column("amount", "money", "Amount, where told", "金额", unit="yuan", least=0),
    Column("start_on", "date", "First day", "开始日期", "key"),
    Column("end_on", "date", "Last day, also one agreed for later", "结束日期", "key"),
    Column("member_id", "id", "Whom it concerns, where known", "人编号", "key"),
    feature_rows=("ground", ("general",)),
    in_order=(("start_on", "end_on"),),
)
