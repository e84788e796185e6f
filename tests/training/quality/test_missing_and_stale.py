"""What is not there and what is out of date: counted exactly, in the right township."""

from __future__ import annotations

import pytest

from tests.training.quality.made import EACH, clean, counts, finding, records, without
from training.quality.finding import State


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("no_income", ("incomes",)),
        ("no_visit", ("visits",)),
        ("no_members", ("members", "warnings", "expenses", "employments")),
        ("no_people", ("members", "compositions", "warnings", "expenses", "employments")),
    ],
)
def test_households_of_whom_something_is_not_told_are_listed(name, tables):
    """Three households lack a table: two of township A, one of B."""
    rows = clean()
    for table in tables:
        without(rows, table, "a03", "a17", "b40")
    found = finding(rows, name)

    assert counts(found) == (3, 2, 1)
    assert found.total.of == 2 * EACH
    assert records(found) == {"a03", "a17", "b40"}


def test_payments_in_a_ledger_do_not_tell_what_a_household_lives_on():
    """A household of whom only transfers were booked has no income told."""
    rows = clean()
    without(rows, "incomes", "a03")
    paid = {
        "household_id": "a03",
        "kind": "transfer",
        "account": "ledger",
        "amount": 600,
        "source": "civil_affairs",
    }
    rows["incomes"] += [paid | {"occurred_on": f"2025-{month:02d}-15"} for month in range(1, 13)]

    assert records(finding(rows, "no_income")) == {"a03"}


def test_households_that_moved_away_lack_nothing():
    """Somebody who is gone needs neither income nor visit."""
    rows = clean()
    without(rows, "visits", "a03")
    rows["registrations"] = [
        {"household_id": "a03", "occurred_on": "2024-01-10", "kind": "moved", "source": "police"}
    ]
    found = finding(rows, "no_visit")

    assert counts(found) == (0, 0, 0)
    assert found.total.of == 2 * EACH - 1


def test_a_year_without_its_survey_is_missing():
    """Without the survey to September 2024 the year 2024 has three months told, 2023 has nine."""
    rows = clean()
    rows["incomes"] = [
        row
        for row in rows["incomes"]
        if not (row["household_id"] == "b07" and row["occurred_on"].startswith("2024"))
    ]
    found = finding(rows, "income_years")

    assert counts(found) == (1, 0, 1)
    assert found.total.of == 2 * EACH * 3
    assert {part.by["year"]: part.figure.count for part in found.parts} == {"2022": 0, "2023": 0, "2024": 1}


def test_open_items_are_counted_by_column_and_grid():
    """Of 18 rounds a household's 12 last months hold 6; whatever is left open of their six items counts."""
    rows = clean()
    rounds = [row for row in rows["visits"] if row["household_id"] == "a03" and row["occurred_on"] > "2025"]
    for row in rounds:
        row["water_ok"] = None
    found = finding(rows, "open_items")

    assert counts(found) == (6, 6, 0)
    assert found.total.of == 2 * EACH * 6 * 6
    water = [part for part in found.parts if part.by == {"column": "water_ok"}]
    assert [part.figure.count for part in water] == [6]
    assert found.listed == ()


def test_what_nobody_ever_answers_is_not_asked_here():
    """A form without the question on water leaves five; the part of that column still says so."""
    rows = clean()
    for row in rows["visits"]:
        row["water_ok"] = None
    found = finding(rows, "open_items")

    assert (found.total.count, found.total.of) == (0, 2 * EACH * 6 * 5)
    assert [part.figure.value for part in found.parts if part.by == {"column": "water_ok"}] == [1.0]


def test_a_record_at_fault_twice_is_listed_once():
    """Two answers of one member were never told."""
    rows = clean()
    next(row for row in rows["members"] if row["member_id"] == "a03-1").update(health=None, labour=None)
    found = finding(rows, "member_items")

    assert (found.total.count, found.to_look_at) == (2, 1)


def test_what_a_phone_cannot_see_is_not_left_open():
    """Rounds by phone are not asked for the house."""
    rows = clean()
    for row in rows["visits"]:
        if row["household_id"] == "a03":
            row |= {"mode": "phone", "housing_ok": None, "water_ok": None}

    assert finding(rows, "open_items").total.count == 0


def test_state_of_a_member_that_was_told_earlier_is_told():
    """Only what was never said of a person counts."""
    rows = clean()
    first, second = (row for row in rows["members"] if row["member_id"] in {"a03-1", "b04-1"})
    first["health"], second["health"] = None, None
    rows["members"].append(first | {"occurred_on": "2023-10-10", "health": "chronic", "student": None})
    found = finding(rows, "member_items")

    assert counts(found) == (1, 0, 1)
    assert found.total.of == 2 * EACH * 3 * 4


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("stale_income", ("incomes",)),
        ("stale_people", ("members", "compositions")),
        ("stale_work", ("employments",)),
    ],
)
def test_what_was_not_asked_again_is_stale(name, tables):
    """Of two households of A the last word is of September 2023; a single fresh one would be enough."""
    rows = clean()
    for table in tables:
        for row in rows[table]:
            if row["household_id"] in {"a03", "a17"} and row["occurred_on"] > "2023-09":
                row.update(occurred_on="2023-09-01", known_on="2023-09-09")
                row.update({"start_on": "2023-09-01"} if table == "employments" else {})
                row.update({"period_start": None, "period_end": None} if table == "incomes" else {})
    found = finding(rows, name)

    assert counts(found) == (2, 2, 0)
    assert records(found) == {"a03", "a17"}


def test_a_line_of_two_years_ago_is_stale_for_everybody_under_it():
    """The line in force was last set in 2023."""
    rows = clean()
    rows["lines"] = [row for row in rows["lines"] if row["valid_from"] < "2024"]
    found = finding(rows, "stale_line")

    assert counts(found) == (2 * EACH, EACH, EACH)
    assert found.state is State.ACT
