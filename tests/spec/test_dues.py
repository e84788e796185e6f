"""What is owed, what falls due, and which help ends: the months ahead, corrections, unknown loans."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, income, value

DAY = "2025-06-30"


def loan(day, amount, **more):
    """Return a loan taken up on a day."""
    return {"occurred_on": day, "amount": amount, **more}


def help_given(start, end, **more):
    """Return a measure of help on general grounds."""
    plain = {"occurred_on": start, "start_on": start, "end_on": end, "area_of_help": "industry"}
    return plain | {"ground": "general"} | more


def test_what_is_owed_are_the_loans_not_repaid():
    """Two of 20,000 and 5,000 yuan, one of them repaid in June; without a loan it is unknown."""
    first = loan("2024-01-10", 20_000, record_id="first")
    repaid = first | {"repaid_on": "2025-06-10", "known_on": "2025-06-15"}
    tables = facts(loans=[first, repaid, loan("2024-03-10", 5000)])
    assert value(tables, "2025-06-14", "loans_open") == 2
    assert value(tables, "2025-06-14", "debt") == 25_000
    assert value(tables, DAY, "loans_open") == 1
    assert value(tables, DAY, "debt") == 5000
    assert value(facts(loans=[first, repaid]), DAY, "debt") == 0
    assert math.isnan(value(facts(), DAY, "debt"))


def test_debt_is_held_against_a_year_s_income():
    """5,000 yuan owed with 10,000 earned in the year."""
    tables = facts(loans=[loan("2024-03-10", 5000)], incomes=[income("2025-05-31", 10_000)])
    assert value(tables, DAY, "debt_to_income") == 0.5


def test_an_overdue_loan_counts_until_it_is_repaid():
    """Overdue in March, repaid in June."""
    lent = loan("2024-01-10", 20_000, record_id="loan", overdue=False)
    over = lent | {"overdue": True, "known_on": "2025-03-01"}
    repaid = over | {"repaid_on": "2025-06-10", "known_on": "2025-06-15"}
    tables = facts(loans=[lent, over, repaid])
    days = ("2025-02-28", "2025-03-01", DAY)
    assert [value(tables, day, "loans_overdue") for day in days] == [0, 1, 0]


def test_loans_fall_due_in_the_months_ahead():
    """July to December within six, the rest of a year within twelve; this month's is past or at the door."""
    dues = {"2025-06-30": 1, "2025-07-01": 10, "2025-12-31": 100, "2026-01-01": 1000, "2026-06-30": 10_000}
    tables = facts(loans=[loan("2024-01-10", amount, due_on=day) for day, amount in dues.items()])
    assert value(tables, DAY, "loans_due_6m") == 110
    assert value(tables, DAY, "loans_due_12m") == 11_110
    assert value(tables, "2025-06-01", "loans_due_6m") == 110
    assert value(facts(), DAY, "loans_due_6m") == 0


def test_a_repaid_loan_is_due_no_more():
    """From the day on which the repayment is known."""
    lent = loan("2024-01-10", 20_000, due_on="2025-11-10", record_id="loan")
    repaid = lent | {"repaid_on": "2025-06-10", "known_on": "2025-06-15"}
    tables = facts(loans=[lent, repaid])
    assert value(tables, "2025-06-14", "loans_due_6m") == 20_000
    assert value(tables, DAY, "loans_due_6m") == 0


def test_help_that_ends_is_told_ahead():
    """An allowance without an end is under way and ends never, a post in autumn, a payment is over."""
    given = [
        help_given("2024-01-10", None),
        help_given("2025-01-10", "2025-10-31"),
        help_given("2025-05-05", "2025-05-05", amount=3000),
    ]
    tables = facts(supports=given)
    found = {
        name: value(tables, DAY, name)
        for name in ("supports_now", "supports_ending_6m", "support_amount_12m")
    }
    assert found == {"supports_now": 2, "supports_ending_6m": 1, "support_amount_12m": 3000}
    assert value(tables, "2025-11-01", "supports_ending_6m") == 0


def test_help_because_of_monitoring_is_never_read():
    """Not even its end."""
    tables = facts(supports=[help_given("2025-01-10", "2025-10-31", ground="monitoring", amount=3000)])
    assert value(tables, DAY, "supports_now") == value(tables, DAY, "supports_ending_12m") == 0
    assert value(tables, DAY, "support_amount_12m") == 0


@pytest.mark.parametrize(
    ("kinds", "now", "began", "ended"),
    [((), math.nan, 0, 0), (("low_income_in",), 1, 1, 0), (("low_income_in", "low_income_out"), 0, 1, 1)],
)
def test_the_allowance_is_as_last_registered(kinds, now, began, ended):
    """In, or in and out again, within the year; who never was registered is unknown."""
    rows = [{"occurred_on": f"2025-0{place + 2}-10", "kind": kind} for place, kind in enumerate(kinds)]
    tables = facts(registrations=rows)
    found = [
        value(tables, DAY, name) for name in ("in_low_income", "low_income_in_12m", "low_income_out_12m")
    ]
    assert found == pytest.approx([now, began, ended], nan_ok=True)
    assert value(tables, "2026-12-31", "low_income_in_12m") == 0
