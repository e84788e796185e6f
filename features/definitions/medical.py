"""Medical burden: what was paid, how often care was needed."""

from features.channels import Channel
from features.definitions.income import NET
from features.definitions.people import members
from features.definitions.warned import warned
from features.feature import Direction, Feature, Say
from features.readings import Reading, months_of

FEN = 100.0
SELF_PAID = months_of(Channel("expenses", "amount", (("kind", ("medical_self_paid",)),)))
SERIOUS = months_of(Channel("expenses", "", (("serious", ("yes",)),)))
DOCTOR_VISITS = months_of(Channel("visits", "doctor_visits", keep="latest"))
HOSPITAL_STAYS = months_of(Channel("visits", "hospital_stays", keep="latest"))
BILLS = months_of(Channel("expenses", "amount", (("kind", ("medical_total",)),)))


def _members(name: str, reading: Reading, en: str, zh: str, direction: Direction = 1) -> Feature:
    return Feature(
        name,
        "medical",
        reading,
        "persons",
        direction,
        f"Members {en}",
        f"{zh}人数",
        Say(f"家里有{{value}}人{zh}", f"members {en}: {{value}}", "", ""),
    )


FEATURES: tuple[Feature, ...] = (
    *(
        Feature(
            f"self_paid_medical_{months}m",
            "medical",
            SELF_PAID.recorded(months) / FEN,
            "yuan",
            1,
            f"Medical bills paid by the household over the last {months} months",
            f"近{months}个月医疗自付",
            Say(
                f"近{months}个月看病报销后自己出了{{value}}",
                f"{{value}} of medical bills were self-paid in {months} months",
                "",
                "",
            ),
        )
        for months in (3, 6, 12)
    ),
    *(
        Feature(
            f"self_paid_medical_to_income_{months}m",
            "medical",
            SELF_PAID.recorded(months) / NET.total(12),
            "share",
            1,
            f"Self-paid medical bills of the last {months} months over net income of the last 12 months",
            f"近{months}个月医疗自付占近12个月纯收入比重",
            Say(
                f"近{months}个月看病自己出的钱约占全年收入的{{value}}",
                f"medical bills of {months} months took {{value}} of a year's income",
                "",
                "",
            ),
        )
        for months in (3, 6, 12)
    ),
    Feature(
        "self_paid_medical_share_12m",
        "medical",
        SELF_PAID.recorded(12) / BILLS.recorded(12),
        "share",
        0,
        "Self-paid share of the medical bills of the last 12 months",
        "近12个月医疗费用自付比例",
        Say(
            "近12个月看病的费用约{value}要自己出",
            "about {value} of a year's medical bills were self-paid",
            "",
            "",
        ),
    ),
    Feature(
        "serious_illness_bills_12m",
        "medical",
        SERIOUS.recorded(12),
        "times",
        1,
        "Bills for a serious illness over the last 12 months",
        "近12个月大病结算次数",
        Say("近12个月有{value}次大病结算", "{value} bills for a serious illness in 12 months", "", ""),
    ),
    Feature(
        "doctor_visits",
        "medical",
        DOCTOR_VISITS.latest(),
        "times",
        0,
        "Visits to a doctor in 3 months, as told at the last visit",
        "近三个月就诊次数",
        Say(
            "最近一次走访时说三个月里看病{value}次[（上一次为{before}次）]",
            "{value} visits to a doctor in three months[ ({before} before)]",
            "近三个月没有看病",
            "no visit to a doctor in three months",
        ),
        before=DOCTOR_VISITS.before_latest(),
    ),
    Feature(
        "hospital_stays",
        "medical",
        HOSPITAL_STAYS.latest(),
        "times",
        0,
        "Hospital stays in 12 months, as told at the last visit",
        "近一年住院次数",
        Say(
            "近一年住院{value}次",
            "{value} hospital stays in a year",
            "近一年没有住院",
            "no hospital stay in a year",
        ),
    ),
    _members("chronic_members", members("health", "chronic"), "with a chronic illness", "有长期慢性病"),
    _members("serious_members", members("health", "serious"), "with a serious illness", "患有大病"),
    _members(
        "disabled_members",
        members(only=(("disability", ("given",)),)),
        "with a disability certificate",
        "持有残疾证",
    ),
    _members(
        "gravely_disabled_members",
        members(only=(("disability", ("1", "2")),)),
        "with a disability of grade 1 or 2",
        "一、二级残疾",
    ),
    _members(
        "uninsured_members", members("medical_insured", "no"), "without medical insurance", "没有参加医保"
    ),
    Feature(
        "new_illness_6m",
        "medical",
        months_of(Channel("visits", "new_illness", keep="latest")).most(6),
        "flag",
        1,
        "A new illness was told at a visit of the last 6 months",
        "近6个月走访时说过新增疾病",
        Say("近6个月走访时说过家里有人新得了病", "a new illness was told at a visit", "", ""),
    ),
    *(
        warned("medical", kind, en, zh)
        for kind, en, zh in (
            ("medical", "medical cost", "医疗费用"),
            ("serious_illness", "a new serious illness", "新发大病"),
            ("disability", "a new disability", "新增残疾"),
        )
    ),
)
