"""Who the household is: the household, its members, its composition, its registrations."""

from functools import partial

from features.contract import Column, Derived, codes, household_table
from features.tables.stages import stage_ends_on

_STAGES = codes(
    ("not", "not at school", "非在校生"),
    ("kindergarten", "kindergarten", "学前"),
    ("primary", "primary", "小学"),
    ("junior", "junior secondary", "初中"),
    ("senior", "senior secondary or vocational", "高中或中职"),
    ("tertiary", "tertiary", "大专及以上"),
    ("dropout", "left compulsory school", "义务教育阶段辍学"),
)

HOUSEHOLDS = household_table(
    "households",
    "people",
    "Where a household belongs, from a day on",
    "农户所属地区及类别，自该日起",
    Column("area", "id", "Code of its grid or village", "所在网格或村代码", "key", required=True),
    Column(
        "origin",
        "code",
        "Whether it was registered as poor before",
        "是否曾为建档立卡户",
        codes=codes(
            ("exited", "left poverty", "脱贫户"),
            ("ordinary", "never registered as poor", "一般农户"),
            ("not_exited", "still registered as poor", "未脱贫户"),
        ),
    ),
    Column("lineage_id", "id", "Joins households that were split or merged", "家庭沿革编号", "key"),
    Column("relocated", "flag", "Lives at a relocation site", "是否易地搬迁"),
    Column("weight", "number", "Households it stands for in a sample", "抽样权重", "never", least=0),
)

MEMBERS = household_table(
    "members",
    "people",
    "What is known of a member, from a day on",
    "家庭成员情况，自该日起",
    Column("member_id", "id", "Pseudonym of the person", "人编号", "key", required=True),
    Column(
        "relation",
        "code",
        "Relation to the head",
        "与户主关系",
        "key",
        codes=codes(
            ("head", "head", "户主"),
            ("spouse", "spouse", "配偶"),
            ("child", "child or child-in-law", "子女或其配偶"),
            ("grandchild", "grandchild", "孙辈"),
            ("parent", "parent or parent-in-law", "父母"),
            ("other", "other", "其他"),
        ),
    ),
    Column("birth_year", "count", "Year of birth", "出生年份", "never", "year", least=1900, most=2100),
    Column(
        "sex", "code", "Sex", "性别", "never", codes=codes(("man", "man", "男"), ("woman", "woman", "女"))
    ),
    Column(
        "marital",
        "code",
        "Marital status",
        "婚姻状况",
        "never",
        codes=codes(
            ("partnered", "partnered", "同居"),
            ("married", "married", "已婚"),
            ("separated", "separated", "离异或分居"),
            ("widowed", "widowed", "丧偶"),
            ("single", "single", "未婚"),
        ),
    ),
    Column(
        "schooling",
        "code",
        "Highest schooling, ordered",
        "文化程度（由低到高）",
        codes=codes(
            ("none", "no schooling", "文盲半文盲"),
            ("primary_unfinished", "primary not finished", "小学未毕业"),
            ("primary", "primary", "小学"),
            ("junior", "junior secondary", "初中"),
            ("secondary_unfinished", "secondary not finished", "高中未毕业"),
            ("secondary", "senior secondary", "高中"),
            ("vocational", "vocational", "中专中职"),
            ("tertiary_unfinished", "tertiary not finished", "大专及以上未毕业"),
            ("tertiary", "tertiary", "大专及以上"),
        ),
    ),
    Column(
        "student",
        "code",
        "Stage of schooling now",
        "在校状况",
        codes=_STAGES,
    ),
    Column("grade", "count", "School year within the stage", "年级", "feature", "year", least=1, most=12),
    Column(
        "health",
        "code",
        "State of health, ordered",
        "健康状况",
        codes=codes(
            ("healthy", "healthy", "健康"),
            ("chronic", "chronic illness", "长期慢性病"),
            ("serious", "serious illness", "患有大病"),
        ),
    ),
    Column(
        "disability",
        "count",
        "Grade of the disability certificate, 1 gravest",
        "残疾等级",
        unit="grade",
        least=1,
        most=4,
    ),
    Column(
        "labour",
        "code",
        "Ability to work",
        "劳动能力",
        codes=codes(
            ("skilled", "skilled", "技能劳动力"),
            ("ordinary", "ordinary", "普通劳动力"),
            ("weak", "weak", "弱劳动力或半劳动力"),
            ("lost", "lost", "丧失劳动力"),
            ("none", "none", "无劳动力"),
        ),
    ),
    Column("medical_insured", "flag", "Has basic medical insurance", "是否参加基本医保"),
    Column("pensioner", "flag", "Draws a pension", "是否领取养老金"),
    Column("left", "flag", "Died, moved or married out", "是否已离开该户"),
    derived=(
        Derived(
            Column("stage_ends_on", "date", "Last day of the present stage of schooling", "本学段结束日期"),
            partial(stage_ends_on, _STAGES),
        ),
    ),
)

COMPOSITIONS = household_table(
    "compositions",
    "people",
    "What a visit counts of the people of a household",
    "走访时清点的家庭人口",
    Column("people", "count", "Members", "家庭人口", unit="persons", required=True, least=1),
    Column("under_10", "count", "Members under 10 years", "10岁以下人数", unit="persons", least=0),
    Column("under_15", "count", "Members under 15 years", "15岁以下人数", unit="persons", least=0),
    Column("working_age", "count", "Members of 15 to 64 years", "15至64岁人数", unit="persons", least=0),
    Column("over_64", "count", "Members of 65 years and over", "65岁及以上人数", unit="persons", least=0),
    Column("earners", "count", "Members at work", "就业人数", unit="persons", least=0),
    Column("unemployed", "count", "Members out of work and looking", "失业人数", unit="persons", least=0),
)

REGISTRATIONS = household_table(
    "registrations",
    "people",
    "A registered event in the life of a household",
    "家庭登记事项",
    Column(
        "kind",
        "code",
        "What was registered",
        "事项",
        required=True,
        codes=codes(
            ("exited", "left registered poverty", "脱贫"),
            ("low_income_in", "minimum living allowance begins", "纳入低保"),
            ("low_income_out", "minimum living allowance ends", "退出低保"),
            ("disability", "disability certificate", "办理残疾证"),
            ("died", "a member died", "成员死亡"),
            ("moved", "the household moved away", "整户迁出"),
            ("split", "part of the household became the other one named", "分户（另立为所指户）"),
            ("merged", "merged into the other household named", "并户（并入所指户）"),
        ),
    ),
    Column("member_id", "id", "Pseudonym of the person concerned", "人编号", "key"),
    Column("other_household_id", "id", "The other household of a split or merger", "相关户编号", "key"),
)
