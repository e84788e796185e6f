"""What every side of the benchmark computes: sixty windowed features of the catalogue, on twelve days."""

from __future__ import annotations

import numpy as np

MONTHS = 36
"""Months of a household's life that the made data tell."""

FIRST_MONTH = np.datetime64("2022-01", "M")

MONTH_ENDS = (FIRST_MONTH + np.arange(MONTHS) + 1).astype("datetime64[D]") - 1
DAYS = MONTH_ENDS[-12:]
"""The as-of days: the month ends of the last year."""

REACH = 36
"""Complete months before the running one that the contract lets a vector look back on."""

SPANS = (3, 6, 12, 24)
"""Windows of income [months]."""

LOOKS = ("rooms", "house_grade", "doctor_visits", "hospital_stays", "medical_ok", "housing_ok")
COPING = ("spent_savings", "borrowed_from_people", "borrowed_from_bank")
COPING_12M = (*COPING, "bought_on_credit", "sold_belongings")
SEEN = (*LOOKS, *COPING_12M, "sales_trouble")
"""Columns of visits that are read."""

COUNTED = ("people", "earners")
"""Columns of compositions that are read."""

CHOSEN = (
    "income_to_line_latest",
    "income_to_line_before",
    "income_change",
    *(f"income_to_line{which}_{months}m" for months in SPANS for which in ("", "_least", "_most")),
    *(
        f"{what}_{months}m"
        for months in (12, 24)
        for what in ("months_under_line", "income_spread", "income_slope")
    ),
    *(f"{kind}_share_12m" for kind in ("wage", "operating", "transfer")),
    "earners",
    "earner_share",
    "least_earners_12m",
    "least_earners_24m",
    "months_worked_12m",
    "self_paid_medical_3m",
    "self_paid_medical_12m",
    "self_paid_medical_to_income_12m",
    "serious_illness_bills_12m",
    "doctor_visits",
    "hospital_stays",
    "education_cost_12m",
    "education_cost_to_income_12m",
    "people",
    "rooms",
    "house_grade",
    "medical_ok_trouble",
    "housing_ok_trouble",
    *COPING,
    *(f"{column}_12m" for column in COPING_12M),
    "sales_trouble_6m",
    "warnings_12m",
    "loss_12m",
    "support_months_6m",
    "support_months_12m",
    "support_money_24m",
    "days_since_visit",
    "visited_months_12m",
    "income_age",
    "income_months_12m",
)
"""Ids of the features, in the order of the columns."""
