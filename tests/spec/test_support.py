"""What the features of support mean: a small table in, a figure out."""

from __future__ import annotations

import pytest

from tests.facts import facts, value


def measure(start, end=None, **more):
    """Return a measure of help on general grounds, known on the day it begins."""
    plain = {
        "occurred_on": start,
        "start_on": start,
        "end_on": end,
        "area_of_help": "social_floor",
        "form": "money",
    }
    return plain | {"ground": "general"} | more


def test_a_measure_counts_in_every_month_it_runs():
    """A measure of March to May is three measure-months; two measures are counted twice."""
    tables = facts(
        supports=[measure("2025-03-10", "2025-05-05"), measure("2025-05-01", "2025-05-31", form="goods")]
    )
    expected = {
        "support_months_6m": 4.0,
        "support_money_6m": 3.0,
        "support_goods_6m": 1.0,
        "support_floor_6m": 4.0,
    }
    assert {name: value(tables, "2025-06-30", name) for name in expected} == expected


def test_an_open_measure_runs_on():
    """Without an end it counts in every month to the running one."""
    assert value(facts(supports=[measure("2025-03-10")]), "2025-06-30", "support_months_12m") == 4.0


def test_an_end_agreed_for_later_ends_nothing_yet():
    """Help agreed until December still counts in June, and no month of the future does."""
    assert (
        value(facts(supports=[measure("2025-05-10", "2025-12-31")]), "2025-06-30", "support_months_12m")
        == 2.0
    )


def test_help_given_because_of_monitoring_is_never_read():
    """It would tell the outcome."""
    assert (
        value(
            facts(supports=[measure("2025-03-10", ground="monitoring")]), "2025-06-30", "support_months_12m"
        )
        == 0.0
    )


@pytest.mark.parametrize(
    ("feature", "area_of_help"), [("support_from_people_6m", "social"), ("support_school_6m", "education")]
)
def test_help_is_told_apart_by_area(feature, area_of_help):
    """Each kind counts its own measures only."""
    assert (
        value(facts(supports=[measure("2025-06-01", area_of_help=area_of_help)]), "2025-06-30", feature)
        == 1.0
    )
    assert value(facts(supports=[measure("2025-06-01", area_of_help="water")]), "2025-06-30", feature) == 0.0
