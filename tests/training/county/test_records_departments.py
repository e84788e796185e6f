"""Departmental warnings: when they are pushed, to whom, and what their check finds."""

import numpy as np
import pytest

from tests.training.county.made import changed, code, draw, made_diary, made_place
from training.county.parameters import perfect, read_parameters
from training.county.records.departments import DEPARTMENTS, KINDS, SECOND, warnings
from training.county.records.facts import months_told, rows_of, take

TRUE, FALSE, DUPLICATE, NOT_FOUND = (
    code("warnings", "outcome", name) for name in ("true", "false", "duplicate", "not_found")
)


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture(scope="module")
def place():
    """Return a township."""
    return made_place()


@pytest.fixture(scope="module")
def diary(place):
    """Return what happened in it; every warning has its own value, so that it can be told apart."""
    made = made_diary(place)
    serial = 0
    for note in made._notes["trigger"]:
        note["value"] = 5_000.0 + serial + np.arange(note["row"].size)
        serial += note["row"].size
    return made


@pytest.fixture(scope="module")
def told(diary, place, p):
    """Return the warnings as they are."""
    return warnings(diary, place, p, draw())


def pushes(told):
    """Return the warnings as they were pushed, before any check."""
    return take(told, told["revision"] == 0)


def checks(told):
    """Return the versions that tell what the check found."""
    return take(told, told["revision"] == 1)


def event_of(diary, told):
    """Return which rule each warning was set off by."""
    return (told["value"] - 5_000).astype(int), diary.events("trigger")


def test_perfect_warnings_are_the_rules_that_were_set_off(diary, place, p):
    """Without fault each is pushed once, on its day, to its household, and found true where there is need."""
    told = warnings(diary, place, perfect(p), draw())
    first, found = pushes(told), checks(told)
    which, events = event_of(diary, first)
    order = np.argsort(events["value"])
    assert first["value"].size == found["value"].size == events["value"].size
    assert (first["kind"] == events["kind"][order][which]).all()
    assert (first["household_id"] == diary.household_id[events["row"][order][which]]).all()
    assert (told["known_on"] == told["occurred_on"]).all()
    month, row = months_told(diary, found["known_on"]), rows_of(diary, found["household_id"])
    assert ((found["outcome"] == TRUE) == (diary.monthly["need"][month, row] > 0)).all()
    assert set(found["outcome"].tolist()) == {TRUE, FALSE}


def test_pushes_come_five_to_thirty_five_days_after_the_end_of_the_month(told):
    """They arrive some days later still, and are known when they arrive."""
    first = pushes(told)
    month_end = (first["occurred_on"].astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    late = (first["pushed_on"] - month_end).astype(int)
    assert late.min() >= 5
    assert late.max() <= 35
    handed = (first["received_on"] - first["pushed_on"]).astype(int)
    assert handed.min() >= 0
    assert handed.max() <= 3
    assert (first["known_on"] == first["received_on"]).all()
    assert (first["outcome"] == -1).all()


def test_what_a_check_finds_is_a_later_version_of_the_push(told, p):
    """The same record and content, known days later, for the share that is ever checked."""
    first, found = pushes(told), checks(told)
    place_of = {record: place for place, record in enumerate(first["record_id"].tolist())}
    before = take(first, np.array([place_of[record] for record in found["record_id"].tolist()]))
    for name in ("household_id", "occurred_on", "value", "rule", "received_on"):
        assert (before[name] == found[name]).all()
    late = (found["known_on"] - before["known_on"]).astype(int)
    assert 3 <= late.min() <= late.max() <= 45
    assert (found["outcome"] >= 0).all()
    share = found["value"].size / first["value"].size
    assert share == pytest.approx(p.number("records.departments.checked"), abs=0.06)


def test_a_second_department_pushes_the_same_illness(diary, place, p):
    """Repeated, there are two pushes, of two departments, and what the later one says is known already."""
    all_twice = changed(p, records__departments__duplicate=1.0, records__departments__unmatched=0,
                        records__departments__checked=1.0)  # fmt: skip
    told = warnings(diary, place, all_twice, draw())
    first, found = pushes(told), checks(told)
    values, count = np.unique(first["value"], return_counts=True)
    kind = first["kind"][np.searchsorted(np.sort(first["value"]), values)]
    assert kind.size == values.size
    repeatable = np.isin(first["kind"], [KINDS.index(name) for name in SECOND])
    assert (np.isin(first["value"], values[count == 2]) == repeatable).all()
    duplicates = take(found, found["outcome"] == DUPLICATE)
    assert duplicates["value"].size == (count == 2).sum() > 0
    last = {
        value: first["received_on"][first["value"] == value].max() for value in duplicates["value"].tolist()
    }
    assert all(
        day == last[value]
        for day, value in zip(duplicates["received_on"], duplicates["value"].tolist(), strict=True)
    )
    rules = {rule for rule in first["rule"].tolist() if rule.endswith(".medical")}
    assert rules == {f"{DEPARTMENTS['medical']}.medical", f"{SECOND['medical']}.medical"}


def test_some_pushes_do_not_find_their_household(diary, place, p):
    """Those that fail to match are not found, or stand with another household without naming a person."""
    lost = changed(p, records__departments__unmatched=1.0, records__departments__misplaced=0.5,
                   records__departments__checked=1.0, records__departments__duplicate=0)  # fmt: skip
    told = warnings(diary, place, lost, draw())
    first, found = pushes(told), checks(told)
    which, events = event_of(diary, first)
    order = np.argsort(events["value"])
    own = first["household_id"] == diary.household_id[events["row"][order][which]]
    assert 0.4 < own.mean() < 0.65
    assert (first["member_id"][~own] == "").all()
    assert (found["outcome"][own] == NOT_FOUND).all()
    assert not np.isin(found["outcome"][~own], (NOT_FOUND, DUPLICATE)).any()


def test_few_fail_to_match_as_they_are(told):
    """As shipped, two to eight in a hundred fail."""
    found = checks(told)
    assert 0 < (found["outcome"] == NOT_FOUND).mean() < 0.08


def test_warnings_have_ids_of_their_own(told):
    """Ids are unique among pushes and short; nothing is known before it happened."""
    first = pushes(told)["record_id"]
    assert np.unique(first).size == first.size
    assert np.char.str_len(first).max() <= 14
    assert (told["known_on"] >= told["occurred_on"]).all()
