"""What the features of members mean: the latest row of each, without those who left."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, value

DAY = "2025-06-30"


def member(day, name="m1", **more):
    """Return what is known of a member from a day on."""
    return {"occurred_on": day, "member_id": name, **more}


@pytest.mark.parametrize(
    ("feature", "state", "other"),
    [
        ("chronic_members", {"health": "chronic"}, {"health": "healthy"}),
        ("serious_members", {"health": "serious"}, {"health": "chronic"}),
        ("disabled_members", {"disability": 4}, {}),
        ("gravely_disabled_members", {"disability": 2}, {"disability": 3}),
        ("uninsured_members", {"medical_insured": False}, {"medical_insured": True}),
        ("able_members", {"labour": "skilled"}, {"labour": "weak"}),
        ("weak_members", {"labour": "lost"}, {"labour": "ordinary"}),
        ("students", {"student": "primary"}, {"student": "not"}),
        ("senior_students", {"student": "senior"}, {"student": "junior"}),
        ("tertiary_students", {"student": "tertiary"}, {"student": "senior"}),
        ("dropouts", {"student": "dropout"}, {"student": "primary"}),
    ],
)
def test_members_in_a_state_are_counted_by_their_latest_row(feature, state, other):
    """Two are in it, one was and is no more, one is not, one has left; of nobody it is unknown."""
    rows = [
        member("2024-01-10", "m1", **state),
        member("2024-02-10", "m2", **state),
        member("2024-01-10", "m3", **state),
        member("2025-01-10", "m3", **other),
        member("2024-01-10", "m4", **other),
        member("2024-01-10", "m5", **state),
        member("2025-03-10", "m5", left=True),
    ]
    assert value(facts(members=rows), DAY, feature) == 2
    assert value(facts(members=rows), "2024-12-31", feature) == 4
    assert math.isnan(value(facts(), DAY, feature))


def test_a_row_that_does_not_tell_of_a_state_leaves_it_as_it_was():
    """An office that reports an illness says nothing of school."""
    rows = [member("2024-01-10", student="senior"), member("2025-01-10", health="chronic")]
    assert value(facts(members=rows), DAY, "senior_students") == 1


def test_who_came_back_counts_again():
    """Left in March, there again in May."""
    rows = [
        member("2024-01-10", health="serious"),
        member("2025-03-10", left=True),
        member("2025-05-10", health="serious", left=False),
    ]
    assert value(facts(members=rows), "2025-04-30", "serious_members") == 0
    assert value(facts(members=rows), DAY, "serious_members") == 1


def test_the_share_able_to_work_is_of_the_members_still_there():
    """One of two; and with the able one gone nobody is."""
    rows = [member("2024-01-10", "m1", labour="ordinary"), member("2024-01-10", "m2", labour="none")]
    assert value(facts(members=rows), DAY, "able_share") == 0.5
    assert value(facts(members=rows), DAY, "nobody_able") == 0
    gone = [*rows, member("2025-05-10", "m1", left=True)]
    assert value(facts(members=gone), DAY, "able_share") == 0
    assert value(facts(members=gone), DAY, "nobody_able") == 1


@pytest.mark.parametrize(
    ("stage", "grade", "seen", "ends"),
    [
        ("senior", 3, "2024-10-05", "2025-07"),
        ("senior", 2, "2025-03-05", "2026-07"),
        ("junior", 3, "2025-08-31", "2025-07"),
        ("junior", 3, "2025-09-01", "2026-07"),
        ("tertiary", 4, "2024-10-05", "2025-07"),
        ("tertiary", 1, "2024-10-05", "2028-07"),
        ("senior", 5, "2024-10-05", "2025-07"),
    ],
)
def test_a_stage_of_schooling_ends_in_a_july(stage, grade, seen, ends):
    """It is due in the twelve months before that July, and in none else."""
    tables = facts(members=[member(seen, student=stage, grade=grade, known_on=max(seen, "2024-10-05"))])
    for before, due in ((13, 0), (12, 1), (1, 1), (0, 0)):
        day = _first_of_month(ends, before)
        if day > seen:
            assert value(tables, day, f"{stage}_ends_12m") == due, day


def test_a_stage_without_a_grade_has_no_known_end():
    """Nothing is due where it is not known when."""
    assert value(facts(members=[member("2024-10-05", student="senior")]), DAY, "senior_ends_12m") == 0


@pytest.mark.parametrize(
    "later", [{"student": "dropout"}, {"student": "not"}, {"left": True}, {"student": "senior", "grade": 1}]
)
def test_the_end_of_a_stage_is_taken_back_by_a_later_row(later):
    """Who left school, or the house, or repeats comes to no end of school; withdrawn, it is as before."""
    third = member("2024-10-05", student="senior", grade=3)
    new = member("2025-03-05", record_id="new", **later)
    assert value(facts(members=[third, new]), DAY, "senior_ends_12m") == 0
    assert value(facts(members=[third, new]), "2025-03-04", "senior_ends_12m") == 1
    withdrawn = new | {"known_on": "2025-04-01", "voided": True}
    assert value(facts(members=[third, new, withdrawn]), DAY, "senior_ends_12m") == 1


def test_deaths_and_what_the_household_is():
    """Registered deaths of a year; left poverty or relocated, as last told."""
    died = [{"occurred_on": day, "kind": "died"} for day in ("2024-01-10", "2025-02-10")]
    home = {"household_id": "h", "occurred_on": "2015-01-01", "area": "village"}
    told = [
        home | {"origin": "not_exited"},
        home | {"occurred_on": "2020-12-31", "origin": "exited", "relocated": True},
    ]
    tables = facts(registrations=died, households=told)
    assert value(tables, DAY, "deaths_12m") == 1
    assert value(tables, DAY, "exited") == value(tables, DAY, "relocated") == 1
    assert value(tables, "2020-12-30", "exited") == 0
    assert math.isnan(value(facts(), DAY, "relocated"))


def _first_of_month(month: str, months_before: int) -> str:
    year, number = (int(part) for part in month.split("-"))
    whole = year * 12 + number - 1 - months_before
    return f"{whole // 12}-{whole % 12 + 1:02d}-01"
