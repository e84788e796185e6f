"""What the features of shocks and coping mean: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, income, value


def visit(day, **seen):
    """Return an ordinary visit."""
    return {"occurred_on": day, "purpose": "round"} | seen


def test_coping_is_what_the_last_visit_heard():
    """The last answer stands; any answer of twelve months is remembered apart."""
    tables = facts(visits=[visit("2024-12-10", spent_savings=True), visit("2025-05-10", spent_savings=False)])
    assert value(tables, "2025-06-30", "spent_savings") == 0.0
    assert value(tables, "2025-06-30", "spent_savings_12m") == 1.0
    assert value(tables, "2026-01-31", "spent_savings_12m") == 0.0


def test_a_visit_to_verify_a_clue_is_never_read():
    """What is seen because somebody was suspected would tell the outcome."""
    tables = facts(
        visits=[visit("2025-05-10", purpose="verification", spent_savings=True, sales_trouble=True)]
    )
    for feature in ("spent_savings", "sales_trouble_6m", "days_since_visit"):
        assert math.isnan(value(tables, "2025-06-30", feature))


@pytest.mark.parametrize(
    ("day", "within_6", "within_12"),
    [("2024-12-01", 1, 1), ("2024-11-30", 0, 1), ("2024-06-01", 0, 1), ("2024-05-31", 0, 0)],
)
def test_windows_of_warnings_hold_the_running_month_and_those_before(day, within_6, within_12):
    """Six months before the running one, and the running one."""
    tables = facts(warnings=[{"occurred_on": day, "kind": "medical"}])
    assert value(tables, "2025-06-30", "warnings_6m") == within_6
    assert value(tables, "2025-06-30", "warnings_12m") == within_12


def test_warnings_are_counted_from_the_day_they_are_known():
    """A warning of May that arrived in July is none in June."""
    tables = facts(warnings=[{"occurred_on": "2025-05-20", "known_on": "2025-07-02", "kind": "medical"}])
    assert value(tables, "2025-06-30", "warnings_6m") == 0.0
    assert value(tables, "2025-07-02", "warnings_6m") == 1.0


def test_losses_are_what_disaster_and_accident_cost():
    """Other bills are no loss; no loss on record is zero yuan."""
    paid = [("disaster", 900.5), ("accident", 100.0), ("education", 5000.0)]
    tables = facts(
        expenses=[{"occurred_on": "2025-05-10", "kind": kind, "amount": yuan} for kind, yuan in paid]
    )
    assert value(tables, "2025-06-30", "loss_12m") == 1000.5
    assert value(facts(), "2025-06-30", "loss_12m") == 0.0


@pytest.mark.parametrize(
    ("kind", "feature"),
    [
        ("medical", "medical_warned_12m"),
        ("serious_illness", "serious_illness_warned_12m"),
        ("disability", "disability_warned_12m"),
        ("schooling", "schooling_warned_12m"),
        ("job_loss", "job_loss_warned_12m"),
        ("disaster", "disaster_warned_12m"),
        ("accident", "accident_warned_12m"),
        ("sales", "sales_warned_12m"),
        ("housing", "housing_warned_12m"),
    ],
)
def test_warnings_are_counted_by_their_kind(kind, feature):
    """One of the kind, one of another, one too old."""
    days = {"2025-05-10": kind, "2025-05-11": "water", "2024-05-31": kind}
    tables = facts(warnings=[{"occurred_on": day, "kind": each} for day, each in days.items()])
    assert value(tables, "2025-06-30", feature) == 1
    assert value(facts(), "2025-06-30", feature) == 0


def test_losses_and_hard_spending_are_held_against_a_year_s_income():
    """Losses of 1,000, bills of 2,000 and a school fee of 3,000 yuan on 10,000 of income."""
    paid = [("disaster", 1000), ("medical_self_paid", 2000), ("medical_total", 9000), ("education", 3000)]
    bills = [{"occurred_on": "2025-05-10", "kind": kind, "amount": yuan} for kind, yuan in paid]
    tables = facts(expenses=bills, incomes=[income("2025-05-31", 10_000)])
    assert value(tables, "2025-06-30", "loss_to_income_12m") == 0.1
    assert value(tables, "2025-06-30", "hard_spending_to_income_12m") == 0.6
    assert (
        value(facts(incomes=[income("2025-05-31", 10_000)]), "2025-06-30", "hard_spending_to_income_12m") == 0
    )
    assert math.isnan(value(facts(expenses=bills), "2025-06-30", "hard_spending_to_income_12m"))


def test_what_visits_saw_counts_for_its_window():
    """The greatest spending of a year; damage, an illness or a request of half a year."""
    tables = facts(
        visits=[
            visit("2024-07-10", big_spending=9000, disaster_seen=True, new_illness=True, requests=True),
            visit("2025-02-10", big_spending=4000, disaster_seen=False, new_illness=False, requests=False),
        ]
    )
    assert value(tables, "2025-06-30", "big_spending_12m") == 9000
    for feature in ("disaster_seen_6m", "new_illness_6m", "asked_for_help_6m"):
        assert value(tables, "2025-01-31", feature) == 1
        assert value(tables, "2025-06-30", feature) == 0
        assert math.isnan(value(facts(), "2025-06-30", feature))
