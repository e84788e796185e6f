"""Histories that follow: of households that split, of persons who moved, of those who died."""

from __future__ import annotations

import numpy as np
import pytest

from features.evidence import evidence
from features.vectors import build_vectors
from tests.facts import facts, income, people

DAY = "2025-06-30"
TWO = tuple({"household_id": name, "occurred_on": "2015-01-01", "area": "village"} for name in ("h", "new"))
SPLIT = {
    "household_id": "h",
    "other_household_id": "new",
    "kind": "split",
    "occurred_on": "2025-03-01",
    "known_on": "2025-04-10",
    "record_id": "split",
}
BILL = {"kind": "medical_self_paid", "amount": 900.0, "occurred_on": "2025-01-10", "record_id": "bill"}


def of(household, tables, feature, as_of=DAY, known_by=None):
    """Return the value of a feature of a household."""
    built = build_vectors(tables, np.datetime64(as_of), features=[feature], known_by=known_by)
    return built.X[built.household_id.tolist().index(household), 0]


def member(household, person, occurred_on, **more):
    """Return a row of ``members``."""
    return {"household_id": household, "member_id": person, "occurred_on": occurred_on, **more}


def test_a_household_that_split_off_has_the_history_of_its_parent():
    """From the day on which the split is known; both keep what was before it."""
    tables = facts(households=TWO, registrations=[SPLIT], expenses=[BILL])
    assert of("new", tables, "self_paid_medical_12m", "2025-04-09") == 0
    assert of("new", tables, "self_paid_medical_12m", "2025-04-10") == 900
    assert of("h", tables, "self_paid_medical_12m") == 900
    assert of("new", tables, "self_paid_medical_12m", "2025-04-09", "2025-04-10") == 900


def test_what_came_after_the_split_stays_where_it_was_told():
    """A bill of the parent in April is none of the new household's, and the other way round."""
    after = [
        BILL | {"occurred_on": "2025-04-20", "record_id": "old", "amount": 10.0},
        BILL | {"occurred_on": "2025-04-20", "record_id": "own", "amount": 1.0, "household_id": "new"},
    ]
    tables = facts(households=TWO, registrations=[SPLIT], expenses=[BILL, *after])
    assert of("h", tables, "self_paid_medical_12m") == 910
    assert of("new", tables, "self_paid_medical_12m") == 901


def test_what_is_inherited_is_marked():
    """The fact behind the value names the same record, and says where it is from."""
    tables = facts(households=TWO, registrations=[SPLIT], expenses=[BILL])
    told = next(evidence(tables, DAY, ["self_paid_medical_12m"]))
    [own], [inherited] = (told.facts(name, "self_paid_medical_12m") for name in ("h", "new"))
    assert own.record_id == inherited.record_id == "bill"
    assert (own.inherited, inherited.inherited) == (False, True)
    assert of("new", tables, "days_since_split") == of("h", tables, "days_since_split") == 121


def test_a_correction_of_the_parents_fact_is_the_new_households_too():
    """It counts from the day on which it is known; a withdrawal takes the fact from both."""
    corrected = BILL | {"amount": 400.0, "known_on": "2025-05-05"}
    withdrawn = BILL | {"voided": True, "known_on": "2025-06-06"}
    tables = facts(households=TWO, registrations=[SPLIT], expenses=[BILL, corrected, withdrawn])
    days = ("2025-05-04", "2025-05-05", "2025-06-06")
    assert [of("new", tables, "self_paid_medical_12m", day) for day in days] == [900, 400, 0]


def test_a_split_that_is_withdrawn_takes_the_history_back():
    """As if it had never been, from that day on."""
    gone = SPLIT | {"voided": True, "known_on": "2025-06-01"}
    tables = facts(households=TWO, registrations=[SPLIT, gone], expenses=[BILL])
    assert of("new", tables, "self_paid_medical_12m", "2025-05-31") == 900
    assert of("new", tables, "self_paid_medical_12m", "2025-06-01") == 0


def test_income_before_the_split_is_the_parents_a_head():
    """Four people lived on two thousand; that is the history of both."""
    tables = facts(
        households=TWO,
        registrations=[SPLIT],
        incomes=[income("2025-01-31", 2000)],
        compositions=[people("2024-12-15", 4), people("2025-03-15", 1, household_id="new", record_id="one")],
    )
    assert of("new", tables, "income_to_line_latest") == of("h", tables, "income_to_line_latest") == 0.5


@pytest.mark.parametrize("twice", [False, True])
def test_a_split_of_a_split_takes_both_histories_along_once(twice):
    """However many records tell of it."""
    third = {"household_id": "third", "occurred_on": "2015-01-01", "area": "village"}
    again = SPLIT | {"household_id": "new", "other_household_id": "third", "occurred_on": "2025-05-01"}
    again |= {"record_id": "again", "known_on": "2025-05-02"}
    more = [SPLIT | {"record_id": "twice", "known_on": "2025-04-12"}] if twice else []
    own = BILL | {"household_id": "new", "record_id": "own", "occurred_on": "2025-04-20", "amount": 50.0}
    tables = facts(households=(*TWO, third), registrations=[SPLIT, again, *more], expenses=[BILL, own])
    assert of("third", tables, "self_paid_medical_12m") == 950


def test_a_person_takes_his_own_facts_along():
    """His bill and illness go with him to the household that his own merged into; others' stay."""
    bills = [
        BILL | {"record_id": f"bill-{person}", "member_id": person, "amount": amount}
        for person, amount in (("a", 1.0), ("b", 10.0))
    ]
    bills.append(BILL | {"amount": 100.0})
    tables = facts(
        households=TWO,
        members=[
            member("h", "a", "2020-01-01", health="serious"),
            member("h", "b", "2020-01-01"),
            member("h", "a", "2025-03-01", left=True),
            member("new", "a", "2025-03-01", known_on="2025-03-20"),
        ],
        expenses=bills,
        registrations=[SPLIT | {"kind": "merged", "known_on": "2025-03-05"}],
    )
    assert of("new", tables, "self_paid_medical_12m", "2025-03-19") == 0
    assert of("new", tables, "self_paid_medical_12m") == 1
    assert of("h", tables, "self_paid_medical_12m") == 111
    assert of("new", tables, "serious_members") == 1
    assert of("h", tables, "serious_members") == 0


def test_a_name_alone_joins_nobody():
    """Two households that number their members alike, and are not of one lineage, keep to themselves."""
    tables = facts(
        households=TWO,
        members=[member("h", "1", "2020-01-01", health="serious"), member("new", "1", "2020-02-01")],
        expenses=[BILL | {"member_id": "1"}],
    )
    assert of("new", tables, "self_paid_medical_12m") == 0
    assert np.isnan(of("new", tables, "serious_members"))


def test_a_death_is_that_of_the_household_s_own_member():
    """Of two members numbered alike in two households one died."""
    died = {"household_id": "new", "kind": "died", "member_id": "1", "occurred_on": "2025-02-01"}
    ill = [member(household, "1", "2020-01-01", health="chronic") for household in ("h", "new")]
    ill.append(member("new", "2", "2020-01-01", health="healthy"))
    tables = facts(households=TWO, members=ill, registrations=[died])
    assert [of(household, tables, "chronic_members") for household in ("h", "new")] == [1, 0]


def test_who_died_is_a_member_no_more():
    """From the day on which it is known, and again one where it was wrong."""
    died = {"kind": "died", "member_id": "a", "occurred_on": "2025-02-01", "known_on": "2025-03-01"}
    died |= {"record_id": "died"}
    wrong = died | {"voided": True, "known_on": "2025-05-01"}
    ill = [member("h", person, "2020-01-01", health="chronic") for person in ("a", "b")]
    tables = facts(members=ill, registrations=[died, wrong])
    days = ("2025-02-28", "2025-03-01", "2025-04-30", "2025-05-01")
    assert [of("h", tables, "chronic_members", day) for day in days] == [2, 1, 1, 2]


def test_the_work_of_who_died_ended_on_that_day():
    """The months before stay; the ledger's open spell ends though nobody told it so."""
    spell = {"member_id": "a", "state": "employed", "start_on": "2024-01-10", "occurred_on": "2024-01-10"}
    died = {"kind": "died", "member_id": "a", "occurred_on": "2025-02-01", "known_on": "2025-03-01"}
    tables = facts(employments=[spell], registrations=[died])
    assert of("h", tables, "jobs_now", "2025-02-28") == 1
    assert of("h", tables, "jobs_now", "2025-03-01") == 0
    assert of("h", tables, "months_with_job_12m", "2025-06-30") == 9


def test_moving_to_another_village_changes_the_line_from_then_on():
    """The area is that of the day."""
    line = {"occurred_on": "2015-01-01", "valid_from": "2015-01-01", "basis": "per_head", "period": "month"}
    lines = [
        line | {"area": area, "amount": amount, "currency": "CNY"}
        for area, amount in (("a", 1000.0), ("b", 500.0))
    ]
    home = {"household_id": "h", "occurred_on": "2015-01-01", "area": "a", "record_id": "home"}
    moved = home | {"area": "b", "occurred_on": "2025-05-01", "known_on": "2025-05-20"}
    tables = facts(
        households=[home, moved],
        lines=lines,
        incomes=[income("2025-01-31", 1000)],
        compositions=[people("2024-12-15", 1)],
    )
    days = ("2025-05-19", "2025-05-20")
    assert [of("h", tables, "income_to_line_latest", day) for day in days] == [1.0, 2.0]
