"""Medical burden: what was paid, how often care was needed."""

from features.channels import Channel
from features.definitions.income import NET
from features.feature import Feature, Say
from features.readings import months_of

FEN = 100.0
SELF_PAID = months_of(Channel("expenses", "amount", (("kind", ("medical_self_paid",)),)))
SERIOUS = months_of(Channel("expenses", "", (("serious", ("yes",)),)))
DOCTOR_VISITS = months_of(Channel("visits", "doctor_visits", keep="latest"))
HOSPITAL_STAYS = months_of(Channel("visits", "hospital_stays", keep="latest"))

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
    Feature(
        "self_paid_medical_to_income_12m",
        "medical",
        SELF_PAID.recorded(12) / NET.total(12),
        "share",
        1,
        "Self-paid medical bills over net income of the last 12 months",
        "近12个月医疗自付占纯收入比重",
        Say(
            "近12个月看病自己出的钱约占收入的{value}",
            "medical bills took {value} of 12 months' income",
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
)
