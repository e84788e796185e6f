"""What the features of shocks and coping mean: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, value


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
