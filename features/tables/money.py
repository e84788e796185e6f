"""What comes in and what must be paid: incomes, expenses, loans."""

from features.contract import Column, codes, household_table
from features.tables.products import PRODUCTS

INCOMES = household_table(
    "incomes",
    "money",
    "Money that came in, by source and span of months",
    "收入，按来源和月份",
    Column(
        "kind",
        "code",
        "Source of the income",
        "收入来源",
        required=True,
        codes=codes(
            ("wage", "wages", "工资性收入"),
            ("operating", "operating, gross", "生产经营性收入"),
            ("property", "property", "财产性收入"),
            ("transfer", "transfers", "转移性收入"),
            ("cost", "cost of production", "生产经营性支出"),
            ("total", "total, where sources are not told apart", "收入合计"),
        ),
    ),
    Column("amount", "money", "Amount over the whole span", "金额", unit="yuan", required=True, least=0),
    Column(
        "account",
        "code",
        "Where the figure comes from; the earlier one counts where several cover a month",
        "口径",
        "key",
        required=True,
        codes=codes(
            ("monthly", "recorded by month", "月度记录"),
            ("ledger", "ledger or settlement", "台账或结算"),
            ("period", "asked for a longer span, spread over its months", "期间调查"),
            ("visit", "estimated at a visit", "走访估计"),
        ),
    ),
    Column(
        "period_start",
        "date",
        "First day of the span; the month of occurred_on where missing",
        "起始日期",
        "key",
    ),
    Column("period_end", "date", "Last day of the span", "截止日期", "key"),
    Column("member_id", "id", "Who earned it, where known", "人编号", "key"),
    Column("part_of_total", "flag", "Is contained in a total that is given too", "是否已含在合计内", "key"),
    Column("imputed", "flag", "Estimated by the office, not answered", "是否推算"),
    Column("product", "code", "What was grown or raised, of operating income", "品种", codes=PRODUCTS),
    in_order=(("period_start", "period_end"), ("period_start", "known_on")),
)

EXPENSES = household_table(
    "expenses",
    "money",
    "Money that had to be paid",
    "刚性支出",
    Column(
        "kind",
        "code",
        "What for",
        "支出类别",
        required=True,
        codes=codes(
            ("medical_total", "medical, whole bill", "医疗总费用"),
            ("medical_reimbursed", "medical, reimbursed", "医疗报销"),
            ("medical_self_paid", "medical, own share after all layers", "医疗自付"),
            ("medical_in_scope", "medical, own share within policy scope", "合规自付"),
            ("education", "schooling", "教育支出"),
            ("disaster", "loss or repair after a disaster", "因灾损失或修复"),
            ("accident", "loss or repair after an accident", "因意外支出"),
            ("debt", "debt service", "还债支出"),
            ("housing", "housing", "住房支出"),
        ),
    ),
    Column("amount", "money", "Amount", "金额", unit="yuan", required=True, least=0),
    Column("member_id", "id", "Whom it concerns, where known", "人编号", "key"),
    Column("serious", "flag", "For a serious illness of the official list", "是否大病"),
)

LOANS = household_table(
    "loans",
    "money",
    "A loan",
    "贷款",
    Column(
        "kind",
        "code",
        "What kind",
        "类别",
        codes=codes(
            ("small_credit", "small credit for exited households", "小额信贷"),
            ("bank", "bank loan", "银行贷款"),
            ("private", "from relatives or others", "民间借款"),
            ("student", "student loan", "助学贷款"),
        ),
    ),
    Column("amount", "money", "Amount lent", "金额", unit="yuan", required=True, least=0),
    Column("due_on", "date", "Day it is due", "到期日"),
    Column("repaid_on", "date", "Day it was repaid", "还清日期"),
    Column("overdue", "flag", "Is overdue", "是否逾期"),
)
