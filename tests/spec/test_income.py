"""What the features of income mean: a small table in, a figure out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from features.chronicle import chronicle
from features.claims import claims
from features.definitions.income import income as channel
from features.wiring import wiring
from tests.facts import LINES, facts, income, people, value

ONE = people("2025-01-15", 1)
MONTHS = [f"2025-{month:02d}-28" for month in range(1, 13)]


def test_income_is_told_a_head_in_multiples_of_the_line_of_its_month():
    """Six thousand yuan of a month for three people are twice a line of a thousand."""
    tables = facts(incomes=[income("2025-05-31", 6000)], compositions=[people("2025-01-15", 3)])
    assert value(tables, "2025-06-30", "income_to_line_latest") == pytest.approx(2.0)


def test_a_monthly_record_beats_a_yearly_survey_of_the_same_month():
    """The survey stands in the other months only, and they are never added."""
    survey = income(
        "2025-12-31", 12_000, account="period", period_start="2025-01-01", period_end="2025-12-31"
    )
    tables = facts(incomes=[survey, income("2025-12-10", 3000)], compositions=[ONE])
    assert value(tables, "2026-01-31", "income_to_line_latest") == pytest.approx(3.0)
    assert value(tables, "2026-01-31", "income_to_line_12m") == pytest.approx((11 * 1 + 3) / 12)


@pytest.mark.parametrize("yuan", [10_000.0, 0.05, 99_999.99, 1.0])
def test_a_yearly_figure_is_spread_over_its_months_to_the_fen(yuan):
    """The twelve months are whole fen, differ by a fen at most, and add up to the figure."""
    survey = income("2025-12-31", yuan, account="period", period_start="2025-01-01", period_end="2025-12-31")
    told = chronicle(facts(incomes=[survey]), ["incomes"])
    made = claims(told, wiring((channel("total"),)), 540, 160, np.ones(1, bool))
    assert (540 + made.month).tolist() == list(range(660, 672))
    assert made.amount.sum() == round(yuan * 100)
    assert made.amount.max() - made.amount.min() <= 1


def test_a_total_counts_only_in_months_without_components():
    """Wages of May stand for May, whatever the total says; April has the total alone."""
    tables = facts(
        incomes=[income("2025-05-31", 2000, "wage"), income("2025-05-31", 9000), income("2025-04-30", 4000)],
        compositions=[ONE],
    )
    assert value(tables, "2025-06-30", "income_to_line_latest") == pytest.approx(2.0)
    assert value(tables, "2025-06-30", "income_to_line_before") == pytest.approx(4.0)


def test_sources_add_up_and_costs_are_taken_off():
    """Net income is wages and takings and transfers less the cost of production."""
    tables = facts(
        incomes=[
            income("2025-05-31", 2000, "wage"),
            income("2025-05-31", 3000, "operating"),
            income("2025-05-31", 500, "transfer"),
            income("2025-05-31", 1500, "cost"),
        ],
        compositions=[ONE],
    )
    assert value(tables, "2025-06-30", "income_to_line_latest") == pytest.approx(4.0)
    assert value(tables, "2025-06-30", "wage_share_12m") == pytest.approx(2000 / 5500)


def test_a_visit_s_estimate_never_adds_to_a_ledger():
    """Where ledger and estimate speak of one source in one month, the ledger counts alone."""
    ledger = income("2025-05-31", 2000, "wage", account="ledger")
    estimate = income("2025-05-31", 7000, "wage", account="visit")
    both = facts(incomes=[estimate, ledger], compositions=[ONE])
    assert value(both, "2025-06-30", "income_to_line_latest") == pytest.approx(2.0)
    assert value(facts(incomes=[estimate], compositions=[ONE]), "2025-06-30", "income_to_line_latest") == 7.0


def test_two_estimates_of_one_month_do_not_add_up():
    """Of two figures of one account and person, the last known counts."""
    first = income("2025-05-31", 2000, "wage", account="visit", known_on="2025-06-05")
    second = income("2025-05-31", 2500, "wage", account="visit", known_on="2025-06-20")
    tables = facts(incomes=[second, first], compositions=[ONE])
    assert value(tables, "2025-06-10", "income_to_line_latest") == 2.0
    assert value(tables, "2025-06-30", "income_to_line_latest") == 2.5


def test_members_wages_add_up():
    """Wages of different members are kept apart and added."""
    tables = facts(
        incomes=[
            income("2025-05-31", 2000, "wage", member_id="m1"),
            income("2025-05-31", 1000, "wage", member_id="m2"),
        ],
        compositions=[ONE],
    )
    assert value(tables, "2025-06-30", "income_to_line_latest") == 3.0


def test_what_is_part_of_a_total_is_not_counted_twice():
    """A wage that the total contains changes nothing of the income, but tells what was earned."""
    tables = facts(
        incomes=[income("2025-05-31", 4000), income("2025-05-31", 3000, "wage", part_of_total=True)],
        compositions=[ONE],
    )
    assert value(tables, "2025-06-30", "income_to_line_latest") == 4.0
    assert value(tables, "2025-06-30", "earned_share") == 0.75


def test_windows_of_incomes_end_with_the_last_complete_month():
    """What came in this month does not count before the month is over."""
    tables = facts(incomes=[income("2025-05-31", 2000), income("2025-06-05", 9000)], compositions=[ONE])
    assert value(tables, "2025-06-30", "income_to_line_3m") == 2.0
    assert value(tables, "2025-07-01", "income_to_line_3m") == 5.5


@pytest.mark.parametrize("months", [3, 6, 12])
def test_a_window_of_n_months_holds_n_months(months):
    """The month before the window changes nothing, its first month does."""
    steady = [income(day, 1000) for day in MONTHS]
    feature, first = f"income_to_line_{months}m", 12 - months
    ten = [
        income(day, 10_000) if place == first else row
        for place, (day, row) in enumerate(zip(MONTHS, steady, strict=True))
    ]
    assert value(facts(incomes=ten, compositions=[ONE]), "2026-01-31", feature) == pytest.approx(
        1 + 9 / months
    )
    if first:
        before = [
            income(MONTHS[first - 1], 10_000),
            *(row for place, row in enumerate(steady) if place != first - 1),
        ]
        assert value(facts(incomes=before, compositions=[ONE]), "2026-01-31", feature) == 1.0


def test_least_most_under_spread_and_slope_are_of_the_known_months():
    """Of months at 0.5, 1.5 and 2.5 lines: the least, the most, one under, their spread and their rise."""
    incomes = [
        income(day, yuan) for day, yuan in (("2025-03-31", 500), ("2025-04-30", 1500), ("2025-05-31", 2500))
    ]
    tables = facts(incomes=incomes, compositions=[ONE])
    expected = {
        "income_to_line_least_12m": 0.5,
        "income_to_line_most_12m": 2.5,
        "months_under_line_12m": 1.0,
        "income_spread_12m": math.sqrt(2 / 3) / 1.5,
        "income_slope_12m": 1.0,
        "income_change": 2.5 / 1.5,
    }
    assert {name: value(tables, "2025-06-30", name) for name in expected} == pytest.approx(expected)


def test_a_line_of_a_new_year_applies_from_its_month():
    """Income of December is measured by the old line, that of January by the new one."""
    lines = [*LINES, LINES[0] | {"occurred_on": "2025-01-01", "valid_from": "2025-01-01", "amount": 24_000.0}]
    tables = facts(
        lines=lines,
        incomes=[income("2024-12-31", 3000), income("2025-01-31", 3000)],
        compositions=[people("2024-12-01", 1)],
    )
    assert value(tables, "2025-01-31", "income_to_line_latest") == 3.0
    assert value(tables, "2025-02-28", "income_to_line_latest") == 1.5
    assert value(tables, "2025-02-28", "income_to_line_before") == 3.0


def test_a_line_counts_from_the_day_it_is_known():
    """A line decided late is not used before it is known."""
    lines = [
        *LINES,
        LINES[0]
        | {
            "occurred_on": "2025-01-01",
            "known_on": "2025-04-01",
            "valid_from": "2025-01-01",
            "amount": 24_000.0,
        },
    ]
    tables = facts(lines=lines, incomes=[income("2025-02-28", 3000)], compositions=[people("2025-01-01", 1)])
    assert value(tables, "2025-03-31", "income_to_line_latest") == 3.0
    assert value(tables, "2025-04-01", "income_to_line_latest") == 1.5


def test_a_village_without_a_line_has_that_of_the_area_above():
    """The nearest area above lends its line."""
    areas = [
        {"area": "village", "parent": "county", "occurred_on": "2015-01-01"},
        {"area": "county", "occurred_on": "2015-01-01"},
    ]
    lines = [LINES[0] | {"area": "county", "amount": 6000.0}]
    tables = facts(areas=areas, lines=lines, incomes=[income("2025-05-31", 1000)], compositions=[ONE])
    assert value(tables, "2025-06-30", "income_to_line_latest") == 2.0


@pytest.mark.parametrize(
    ("number", "under_10", "equivalents"), [(1, 0, 1.0), (2, 0, 1.5), (4, 0, 2.5), (2, 1, 1.3), (5, 2, 2.6)]
)
def test_the_oecd_modified_scale_counts_one_a_half_and_three_tenths(number, under_10, equivalents):
    """The first of ten years and over counts 1, each other one 0.5, each child under ten 0.3."""
    lines = [LINES[0] | {"basis": "oecd_modified", "period": "month", "amount": 1000.0}]
    tables = facts(
        lines=lines,
        incomes=[income("2025-05-31", 13_000)],
        compositions=[people("2025-01-15", number, under_10=under_10)],
    )
    assert value(tables, "2025-06-30", "income_to_line_latest") == pytest.approx(13 / equivalents)


def test_income_of_a_month_is_divided_by_those_who_lived_there_then():
    """A child born in May is no mouth in April."""
    tables = facts(
        incomes=[income("2025-04-30", 6000), income("2025-05-31", 6000)],
        compositions=[people("2025-01-15", 2), people("2025-05-02", 3)],
    )
    assert value(tables, "2025-06-30", "income_to_line_before") == 3.0
    assert value(tables, "2025-06-30", "income_to_line_latest") == 2.0


@pytest.mark.parametrize(
    "feature", ["income_to_line_latest", "income_to_line_12m", "months_under_line_12m", "earned_share"]
)
def test_unknown_is_not_zero(feature):
    """Without an income, or without knowing how many live on it, there is no figure."""
    assert math.isnan(value(facts(compositions=[ONE]), "2025-06-30", feature))
    if feature != "earned_share":
        assert math.isnan(value(facts(incomes=[income("2025-05-31", 2000)]), "2025-06-30", feature))


def test_an_income_of_nothing_is_known():
    """Zero yuan are zero, not unknown."""
    tables = facts(incomes=[income("2025-05-31", 0)], compositions=[ONE])
    assert value(tables, "2025-06-30", "income_to_line_latest") == 0.0
    assert value(tables, "2025-06-30", "months_under_line_12m") == 1.0


def months_of(figures):
    """Return monthly incomes from January 2025 on; None where a month is unknown."""
    return [
        income(f"2025-{month:02d}-28", yuan)
        for month, yuan in enumerate(figures, start=1)
        if yuan is not None
    ]


@pytest.mark.parametrize(
    ("figures", "streak"),
    [
        ((500, 500, 500, 500), 4),
        ((500, 1500, 500, 500), 2),
        ((500, 500, 500, 1500), 0),
        ((500, 1000, 500), 1),
        ((500, None, 500, None), 2),
        ((1500, None, 500, None, None), 1),
    ],
)
def test_months_in_a_row_under_the_line_end_with_the_last_known_one(figures, streak):
    """An unknown month neither breaks the row nor counts; a month on the line breaks it."""
    tables = facts(incomes=months_of(figures), compositions=[ONE])
    assert value(tables, "2025-07-31", "income_under_line_streak_12m") == streak


def test_a_row_is_cut_by_its_window_and_unknown_without_a_figure():
    """Of fourteen months under the line twelve are looked at; of none nothing is said."""
    fourteen = [income(f"{2024 + m // 12}-{m % 12 + 1:02d}-28", 500) for m in range(14)]
    tables = facts(incomes=fourteen, compositions=[ONE | {"occurred_on": "2024-01-01"}])
    assert value(tables, "2025-03-31", "income_under_line_streak_12m") == 12
    assert value(tables, "2026-02-28", "income_under_line_streak_12m") == 1
    assert math.isnan(value(tables, "2026-03-31", "income_under_line_streak_12m"))


def test_a_year_is_held_against_two():
    """From 2,000 yuan a month to 1,000: two thirds of the mean of both years."""
    surveys = [
        income(
            f"{year}-12-31",
            12 * yuan,
            account="period",
            period_start=f"{year}-01-01",
            period_end=f"{year}-12-31",
        )
        for year, yuan in ((2023, 2000), (2024, 1000))
    ]
    tables = facts(incomes=surveys, compositions=[people("2023-01-01", 1)])
    assert value(tables, "2025-01-15", "income_12m_to_24m") == pytest.approx(2 / 3)


def test_income_of_one_s_own_is_without_transfers():
    """1,500 of wages and takings less 300 of cost, whatever the grants; unknown where only a total is."""
    parts = [("wage", 1000), ("operating", 500), ("cost", 300), ("transfer", 5000)]
    tables = facts(incomes=[income("2025-05-31", yuan, kind) for kind, yuan in parts], compositions=[ONE])
    assert value(tables, "2025-06-30", "own_income_to_line_12m") == pytest.approx(1.2)
    assert value(tables, "2025-06-30", "wages_to_line_12m") == 1.0
    total = facts(incomes=[income("2025-05-31", 2000)], compositions=[ONE])
    assert math.isnan(value(total, "2025-06-30", "own_income_to_line_12m"))


def test_shares_are_of_gross_income():
    """A fifth is property, and the greatest of the sources brings half."""
    parts = [("wage", 500), ("operating", 300), ("property", 200), ("cost", 100)]
    tables = facts(incomes=[income("2025-05-31", yuan, kind) for kind, yuan in parts], compositions=[ONE])
    assert value(tables, "2025-06-30", "property_share_12m") == 0.2
    assert value(tables, "2025-06-30", "main_source_share_12m") == 0.5


@pytest.mark.parametrize(("told", "down"), [(("down", "up"), 1), (("same", "up"), 0), ((), math.nan)])
def test_income_told_to_have_fallen_counts_for_half_a_year(told, down):
    """At any visit of the window; without an answer it is unknown."""
    visits = [
        {"occurred_on": f"2025-0{place + 2}-10", "purpose": "round", "income_change": change}
        for place, change in enumerate(told)
    ]
    assert value(facts(visits=visits), "2025-06-30", "income_told_down_6m") == pytest.approx(
        down, nan_ok=True
    )
