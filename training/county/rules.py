"""Codes of the departmental rules that a life can set off."""

from features.tables.shocks import WARNINGS

(
    MEDICAL_RULE, SERIOUS_ILLNESS_RULE, DISABILITY_RULE, SCHOOLING_RULE, DISASTER_RULE, JOB_LOSS_RULE,
    LOW_INCOME_RULE, HOUSING_RULE, ACCIDENT_RULE, SALES_RULE,
) = (
    WARNINGS.column("kind").code(name)
    for name in (
        "medical", "serious_illness", "disability", "schooling", "disaster", "job_loss", "low_income",
        "housing", "accident", "sales",
    )
)  # fmt: skip
