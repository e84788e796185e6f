"""What the features of work mean: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, people, value


def seen(day, member, **more):
    """Return a worker as seen on a day, at work unless told otherwise."""
    return {"occurred_on": day, "observed_on": day, "member_id": member, "state": "employed"} | more


def test_earners_are_those_of_the_last_count():
    """The last visit's count stands, and its distance from the one before."""
    tables = facts(compositions=[people("2025-01-10", 4, earners=3), people("2025-04-10", 4, earners=1)])
    expected = {
        "earners": 1.0,
        "earners_change": -2.0,
        "earner_share": 0.25,
        "sole_earner": 1.0,
        "least_earners_12m": 1.0,
    }
    assert {name: value(tables, "2025-06-30", name) for name in expected} == expected


@pytest.mark.parametrize(("earners", "sole"), [(0, 0.0), (1, 1.0), (2, 0.0)])
def test_a_sole_earner_is_exactly_one(earners, sole):
    """Nobody at work is no sole earner, nor are two."""
    assert (
        value(facts(compositions=[people("2025-04-10", 4, earners=earners)]), "2025-06-30", "sole_earner")
        == sole
    )


def test_a_listed_worker_counts_as_last_seen():
    """Each member counts once in the last month on the list, by the last look of it."""
    tables = facts(
        employments=[
            seen("2025-05-02", "m1", hours=40, formal=True),
            seen("2025-05-20", "m1", state="unemployed"),
            seen("2025-05-10", "m2", hours=30, formal=False, form="employee"),
        ]
    )
    expected = {"listed_at_work": 1.0, "listed_unemployed": 1.0, "listed_employee": 1.0}
    assert {name: value(tables, "2025-06-30", name) for name in expected} == expected


def test_worker_months_are_counted_from_spells():
    """A spell counts in each of its months, an open one to this month, two workers twice."""
    tables = facts(
        employments=[
            seen(
                "2025-01-10",
                "m1",
                observed_on=None,
                start_on="2025-01-10",
                end_on="2025-03-05",
                known_on="2025-03-06",
            ),
            seen("2025-05-01", "m2", observed_on=None, start_on="2025-05-01"),
        ]
    )
    assert value(tables, "2025-06-30", "months_worked_12m") == 3 + 2
    assert value(tables, "2025-08-01", "months_worked_12m") == 3 + 4


def test_an_end_agreed_for_later_is_not_yet_over():
    """A job that ends in September still counts in June, in full."""
    tables = facts(
        employments=[seen("2025-05-01", "m1", observed_on=None, start_on="2025-05-01", end_on="2025-09-30")]
    )
    assert value(tables, "2025-06-30", "months_worked_12m") == 2.0


@pytest.mark.parametrize(
    "feature", ["earners", "earner_share", "unemployed", "listed_at_work", "sole_earner"]
)
def test_unknown_is_not_nobody(feature):
    """Without a count, nobody is said to be out of work or in it."""
    assert math.isnan(value(facts(compositions=[people("2025-04-10", 4)]), "2025-06-30", feature))


def test_a_lost_job_is_no_longer_counted():
    """Seen as an employee with a contract in May, out of work in June: no employee, no contract."""
    tables = facts(
        employments=[
            seen("2025-05-10", "m1", form="employee", formal=True),
            seen("2025-06-10", "m1", state="unemployed"),
        ]
    )
    assert value(tables, "2025-05-31", "listed_employee") == 1
    assert value(tables, "2025-06-30", "listed_employee") == 0
    assert value(tables, "2025-06-30", "listed_formal") == 0


def test_what_was_seen_on_a_day_is_no_spell():
    """Months worked come from spells; a look on a day is none."""
    assert value(facts(employments=[seen("2025-05-10", "m1")]), "2025-06-30", "months_worked_12m") == 0
    spell = seen("2025-06-01", "m1", observed_on=None, start_on="2025-03-01", end_on="2025-05-31")
    assert value(facts(employments=[spell]), "2025-06-30", "months_worked_12m") == 3
