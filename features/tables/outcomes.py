"""What came of it, and what the household says: never features."""

from features.contract import Column, codes, household_table

_CAUSES = codes(
    ("illness", "illness", "因病"),
    ("disability", "disability", "因残"),
    ("schooling", "schooling", "因学"),
    ("disaster", "disaster", "因灾"),
    ("accident", "accident", "因意外事故"),
    ("job", "unstable work", "务工就业不稳"),
    ("trade", "failed farming or trade", "产业失败"),
    ("labour", "lack of labour", "缺劳力"),
    ("skill", "lack of skill", "缺技术"),
    ("housing", "housing", "住房出现问题"),
    ("water", "water", "饮水问题"),
    ("other", "other", "其他"),
)

MONITORING = household_table(
    "monitoring",
    "outcomes",
    "A step of monitoring: entry, elimination, reinstatement",
    "监测环节：纳入、消除、回退",
    Column(
        "step",
        "code",
        "Which step",
        "环节",
        "outcome",
        required=True,
        codes=codes(
            ("clue", "clue opened", "线索"),
            ("entry", "approved as monitored", "纳入监测"),
            ("elimination", "risk eliminated", "风险消除"),
            ("reinstatement", "risk came back", "风险消除回退"),
            ("rejection", "not approved", "不予纳入"),
        ),
    ),
    Column(
        "type",
        "code",
        "Type of monitored household",
        "监测对象类型",
        "outcome",
        codes=codes(
            ("unstable_exited", "unstable exited household", "脱贫不稳定户"),
            ("edge", "household at the edge", "边缘易致贫户"),
            ("sudden_hardship", "sudden serious hardship", "突发严重困难户"),
        ),
    ),
    Column("cause", "code", "Main cause", "主要风险", "outcome", codes=_CAUSES),
    Column(
        "channel",
        "code",
        "How the clue came",
        "线索渠道",
        "outcome",
        codes=codes(
            ("self", "self-declared", "农户自主申报"),
            ("visit", "visit", "干部走访排查"),
            ("department", "department", "部门筛查预警"),
        ),
    ),
    Column(
        "way",
        "code",
        "How the risk went",
        "消除方式",
        "outcome",
        codes=codes(("helped", "by help", "帮扶消除"), ("natural", "by itself", "自然消除")),
    ),
)

VERIFICATIONS = household_table(
    "verifications",
    "outcomes",
    "What the door found",
    "入户核查",
    Column(
        "facts",
        "code",
        "Are the facts right",
        "情况属实吗",
        "outcome",
        codes=codes(
            ("right", "right", "属实"),
            ("partly", "partly", "部分属实"),
            ("wrong", "wrong", "不属实"),
            ("not_checked", "not checked", "未核"),
        ),
    ),
    Column(
        "risk",
        "code",
        "Is there a risk",
        "是否有返贫致贫风险",
        "outcome",
        codes=codes(
            ("needs_help", "needs help", "需要帮扶"),
            ("manageable", "manageable", "自身可应对"),
            ("none", "none", "无风险"),
            ("not_judged", "not judged", "未判断"),
        ),
    ),
    Column("reached", "flag", "Somebody was met", "是否见到人", "outcome"),
    Column(
        "drawn_chance",
        "number",
        "Chance with which the household was drawn by lot for this check; none where it was chosen",
        "随机抽查概率",
        "outcome",
        least=0.00001,
        most=1,
    ),
    Column("next_visit_on", "date", "Next visit", "下次走访日期", "outcome"),
)

DISPUTES = household_table(
    "disputes",
    "outcomes",
    "What the household says of a fact held about it, which stands and is marked where it is cited",
    "农户对已有记录的异议",
    Column("about_table", "id", "Table of the fact", "所涉表", "key", required=True),
    Column("about_record_id", "id", "Record of the fact", "所涉记录编号", "key", required=True),
    Column(
        "kind",
        "code",
        "What is wrong with it",
        "异议类型",
        "never",
        required=True,
        codes=codes(
            ("not_ours", "not ours", "不是我家的"),
            ("wrong_amount", "wrong amount", "金额不对"),
            ("out_of_date", "out of date", "已经过时"),
        ),
    ),
)
