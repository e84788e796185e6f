"""What the features of medical bills and schooling mean: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, income, value


def bill(day, yuan, kind="medical_self_paid", **more):
    """Return a row of ``expenses``."""
    return {"occurred_on": day, "kind": kind, "amount": yuan} | more


def test_only_the_household_s_own_share_of_a_bill_counts():
    """Neither the whole bill nor what was reimbursed is what the household paid."""
    bills = [
        bill("2025-05-12", 30_000, "medical_total"),
        bill("2025-05-12", 20_000, "medical_reimbursed"),
        bill("2025-05-12", 10_000),
    ]
    assert value(facts(expenses=bills), "2025-06-30", "self_paid_medical_12m") == 10_000


def test_windows_of_expenses_end_with_the_running_month():
    """A bill of this month counts at once, and for three months more."""
    tables = facts(expenses=[bill("2025-06-12", 800)])
    days = ("2025-06-11", "2025-06-12", "2025-09-30", "2025-10-01")
    assert [value(tables, day, "self_paid_medical_3m") for day in days] == [0, 800, 800, 0]


def test_bills_against_income_need_an_income():
    """The burden is unknown where no income of the twelve months is."""
    spent, earned = [bill("2025-05-12", 3000)], [income("2025-05-31", 12_000)]
    assert (
        value(facts(expenses=spent, incomes=earned), "2025-06-30", "self_paid_medical_to_income_12m") == 0.25
    )
    assert math.isnan(value(facts(expenses=spent), "2025-06-30", "self_paid_medical_to_income_12m"))


def test_bills_for_a_serious_illness_are_counted():
    """Two settlements of a listed illness are two, another bill is none."""
    bills = [
        bill("2025-03-01", 100, serious=True),
        bill("2025-04-01", 100, serious=True),
        bill("2025-05-01", 100),
    ]
    assert value(facts(expenses=bills), "2025-06-30", "serious_illness_bills_12m") == 2


def test_a_corrected_bill_counts_as_corrected_from_that_day_on():
    """The later version replaces the earlier one; a withdrawn one counts no more."""
    first = bill("2025-05-12", 900, record_id="b", known_on="2025-05-20")
    second = bill("2025-05-12", 400, record_id="b", known_on="2025-06-10", revision=1)
    third = bill("2025-05-12", 400, record_id="b", known_on="2025-06-20", revision=2, voided=True)
    tables = facts(expenses=[third, first, second])
    days = ("2025-05-19", "2025-06-09", "2025-06-10", "2025-06-19", "2025-06-20")
    assert [value(tables, day, "self_paid_medical_3m") for day in days] == [0, 900, 400, 400, 0]


def test_schooling_is_what_was_paid_for_it():
    """Schooling of twelve months, in yuan and against the income of twelve months."""
    tables = facts(expenses=[bill("2025-02-20", 6000, "education")], incomes=[income("2025-05-31", 24_000)])
    assert value(tables, "2025-06-30", "education_cost_12m") == 6000
    assert value(tables, "2025-06-30", "education_cost_to_income_12m") == pytest.approx(0.25)


def test_bills_are_held_against_a_year_s_income_and_against_the_whole_bill():
    """600 yuan of the last three months, 900 of six, of bills of 3,000, on 6,000 a year."""
    bills = [
        ("2025-05-10", "medical_self_paid", 600),
        ("2025-01-10", "medical_self_paid", 300),
        ("2025-01-10", "medical_total", 3000),
    ]
    tables = facts(
        expenses=[{"occurred_on": day, "kind": kind, "amount": yuan} for day, kind, yuan in bills],
        incomes=[income("2025-05-31", 6000)],
    )
    assert value(tables, "2025-06-30", "self_paid_medical_to_income_3m") == 0.1
    assert value(tables, "2025-06-30", "self_paid_medical_to_income_6m") == 0.15
    assert value(tables, "2025-06-30", "self_paid_medical_share_12m") == pytest.approx(0.3)
    assert math.isnan(value(facts(), "2025-06-30", "self_paid_medical_share_12m"))
