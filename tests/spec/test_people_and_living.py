"""What the features of people and of living mean: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, people, value


def visit(day, **seen):
    """Return an ordinary visit."""
    return {"occurred_on": day, "purpose": "round"} | seen


def test_people_are_those_of_the_last_count():
    """Members, their change, and how many of them must be kept by the others."""
    tables = facts(
        compositions=[
            people("2025-01-10", 4),
            people("2025-04-10", 5, under_10=1, under_15=2, working_age=2, over_64=1),
        ]
    )
    expected = {"people": 5.0, "people_change": 1.0, "under_10": 1.0, "working_age": 2.0, "dependency": 0.6}
    assert {name: value(tables, "2025-06-30", name) for name in expected} == pytest.approx(expected)


def test_a_count_learned_later_of_an_earlier_day_does_not_push_out_the_last_one():
    """The count that was made last stands, whenever the other became known."""
    tables = facts(compositions=[people("2025-04-10", 5), people("2025-04-02", 3, known_on="2025-06-01")])
    assert value(tables, "2025-06-30", "people") == 5.0


def test_only_the_head_s_schooling_counts():
    """Schooling of the head, as a position in the ordered list."""
    members = [
        {"occurred_on": "2025-01-10", "member_id": "m1", "relation": "head", "schooling": "primary"},
        {"occurred_on": "2025-01-10", "member_id": "m2", "relation": "child", "schooling": "tertiary"},
    ]
    assert value(facts(members=members), "2025-06-30", "head_schooling") == 2.0


def test_the_house_is_as_last_seen_and_gaps_hide_nothing():
    """A visit that did not look at the water leaves the earlier look standing."""
    tables = facts(
        visits=[visit("2025-01-10", water="outside", rooms=2), visit("2025-05-10", floor="earth")],
        compositions=[people("2025-01-10", 4)],
    )
    expected = {"water_outside": 1.0, "earth_floor": 1.0, "rooms": 2.0, "rooms_a_head": 0.5}
    assert {name: value(tables, "2025-06-30", name) for name in expected} == expected
    assert math.isnan(value(tables, "2025-06-30", "toilet"))


@pytest.mark.parametrize(("ok", "trouble"), [(True, 0.0), (False, 1.0), (None, math.nan)])
def test_trouble_is_a_look_that_was_not_all_right(ok, trouble):
    """Not looked at is unknown, neither trouble nor none."""
    tables = facts(visits=[visit("2025-05-10", housing_ok=ok)])
    assert value(tables, "2025-06-30", "housing_ok_trouble") == pytest.approx(trouble, nan_ok=True)


def test_a_look_counts_what_is_not_secured():
    """Of the last visit with an answer; what was not asked is no trouble, nothing asked is unknown."""
    seen = [
        {
            "occurred_on": "2025-02-10",
            "purpose": "round",
            "food_ok": False,
            "water_ok": False,
            "school_ok": True,
        },
        {"occurred_on": "2025-04-10", "purpose": "round", "house_grade": "c", "yard_ok": False, "mood": 2},
    ]
    tables = facts(visits=seen)
    expected = {"looks_troubled": 2, "house_dangerous": 1, "yard_trouble": 1, "mood": 2}
    assert {name: value(tables, "2025-06-30", name) for name in expected} == expected
    assert all(math.isnan(value(facts(), "2025-06-30", name)) for name in expected)
