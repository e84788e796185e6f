"""Twice told, unmatched and contradictory facts: found one by one, in the right township."""

from __future__ import annotations

import pytest

from tests.training.quality.made import clean, counts, finding, records
from training.quality.finding import State


def _warning(household: str, day: str, source: str, **more: object) -> dict:
    told = {"household_id": household, "kind": "serious_illness", "occurred_on": day, "known_on": day}
    return told | {"source": source} | more


@pytest.mark.parametrize(
    ("second", "repeated"),
    [
        ({"source": "medical_insurance"}, 1),
        ({"source": "medical_insurance", "occurred_on": "2025-04-29", "known_on": "2025-04-29"}, 1),
        ({"source": "medical_insurance", "occurred_on": "2025-05-15", "known_on": "2025-05-15"}, 0),
        ({"source": "health"}, 0),
        ({"source": "medical_insurance", "member_id": "a03-2"}, 0),
        ({"source": "medical_insurance", "member_id": None}, 1),
        ({"source": "medical_insurance", "kind": "disability"}, 0),
        ({"source": "medical_insurance", "household_id": "a04"}, 0),
    ],
)
def test_a_warning_is_repeated_by_another_department_within_sixty_days(second, repeated):
    """Of the same kind, household and person, as far as the person is named."""
    rows = clean()
    first = _warning("a03", "2025-03-01", "health", member_id="a03-1")
    rows["warnings"] += [first, first | {"record_id": "again"} | second]
    found = finding(rows, "repeated_warnings")

    assert counts(found) == (repeated, repeated, 0)


def test_an_expense_is_repeated_where_another_source_tells_the_same_amount():
    """The same source may well be paid the same amount twice."""
    rows = clean()
    bill = {"household_id": "b09", "kind": "education", "amount": 4321, "occurred_on": "2025-09-02"}
    rows["expenses"] += [
        bill | {"source": "visit"},
        bill | {"source": "survey", "occurred_on": "2025-09-20"},
        bill | {"source": "survey", "occurred_on": "2025-10-20"},
        bill | {"source": "visit", "kind": "housing"},
    ]
    found = finding(rows, "repeated_expenses")

    assert counts(found) == (1, 0, 1)
    assert records(found) == {"b09"}


def test_a_fact_under_two_ids_is_found_and_a_withdrawn_one_is_not():
    """One visit was entered twice; of another the second entry was withdrawn."""
    rows = clean()
    one, other = (
        next(row for row in rows["visits"] if row["household_id"] == each) for each in ("a03", "b03")
    )
    rows["visits"] += [one | {"record_id": "x"}, other | {"record_id": "y"}]
    rows["visits"] += [other | {"record_id": "y", "revision": 1, "voided": True}]
    found = finding(rows, "repeated_facts")

    assert counts(found) == (1, 1, 0)
    assert {str(each) for listed in found.listed for each in listed.record_id} == {"x"}


def test_persons_not_listed_in_the_household_are_found_by_table():
    """A bill of a neighbour's wife and the work of a stranger; somebody who has left was listed once."""
    rows = clean()
    rows["members"].append(
        {"household_id": "a05", "member_id": "a05-9", "occurred_on": "2025-11-01", "left": True}
    )
    bill = {
        "kind": "medical_self_paid",
        "amount": 10.5,
        "source": "medical_insurance",
        "occurred_on": "2025-05-05",
    }
    rows["expenses"] += [
        bill | {"household_id": "a03", "member_id": "a04-2"},
        bill | {"household_id": "a05", "member_id": "a05-9"},
        bill | {"household_id": "a06", "member_id": None},
    ]
    work = {"state": "employed", "occurred_on": "2025-05-05", "source": "labour"}
    rows["employments"].append(work | {"household_id": "b03", "member_id": "nobody"})
    found = finding(rows, "unmatched_persons")

    assert counts(found) == (2, 1, 1)
    assert {each.table: each.household_id.tolist() for each in found.listed} == {
        "expenses": ["a03"],
        "employments": ["b03"],
    }


def test_a_person_in_two_households_is_found_in_both():
    """Unless one of them says that the person has left."""
    rows = clean()
    told = {"household_id": "b04", "occurred_on": "2025-11-01"}
    rows["members"] += [told | {"member_id": "a03-2"}, told | {"member_id": "a07-2", "left": True}]
    found = finding(rows, "in_two_households")

    assert counts(found) == (2, 1, 1)
    assert records(found) == {"a03", "b04"}


def test_warnings_that_found_no_household():
    """Only checks that are noted count, and their latest outcome."""
    rows = clean()
    checked = _warning("b03", "2025-03-01", "health", outcome="not_found")
    unchecked = _warning("b05", "2025-03-01", "health")
    noted = sum(row["outcome"] is not None for row in rows["warnings"])
    rows["warnings"] += [checked, unchecked]
    found = finding(rows, "not_found")

    assert counts(found) == (1, 0, 1)
    assert found.total.of == noted + 1


def test_people_counted_and_listed_must_agree():
    """A household counts four and lists three."""
    rows = clean()
    next(
        row
        for row in reversed(rows["compositions"])
        if row["household_id"] == "a30" and row["occurred_on"] > "2025"
    )["people"] = 4
    found = finding(rows, "people_count")

    assert counts(found) == (1, 1, 0)
    assert records(found) == {"a30"}


def test_schooling_told_in_two_ways_is_found_either_way():
    """One child dropped out and the visit says all is well; another is at school and the visit says no."""
    rows = clean()
    next(row for row in rows["members"] if row["member_id"] == "a03-3")["student"] = "dropout"
    last = max(
        (row for row in rows["visits"] if row["household_id"] == "b03"), key=lambda row: row["occurred_on"]
    )
    last["school_ok"] = False
    found = finding(rows, "school")

    assert counts(found) == (2, 1, 1)
    assert records(found) == {"a03", "b03"}
    assert found.state is State.ACT


@pytest.mark.parametrize(
    ("area", "day", "at_fault"),
    [
        ("A", "2025-06-01", 0),
        ("county", "2025-06-01", 0),
        ("AVG", "2025-07-25", 0),
        ("B", "2025-06-01", 1),
        ("A", "2025-02-01", 1),
        ("A", "2025-09-01", 1),
    ],
)
def test_the_cost_of_a_disaster_needs_a_disaster(area, day, at_fault):
    """In the area or one above it, from three months before to a month after."""
    rows = clean()
    cost = {"household_id": "a03", "kind": "disaster", "amount": 900.5, "occurred_on": "2025-07-01"}
    rows["expenses"].append(cost | {"source": "emergency"})
    rows["disasters"] = [{"area": area, "kind": "flood", "occurred_on": day}]

    assert counts(finding(rows, "disaster_cost")) == (at_fault, at_fault, 0)


def test_work_of_somebody_who_has_left_is_found():
    """Its end would have been noted if anybody had looked."""
    rows = clean()
    rows["members"].append(
        {"household_id": "b08", "member_id": "b08-1", "occurred_on": "2025-11-01", "left": True}
    )
    found = finding(rows, "working_though_left")

    assert counts(found) == (1, 0, 1)
