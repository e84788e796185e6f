"""The rules of the data contract that look across values."""

from __future__ import annotations

import pytest

from features.check import accept, check
from features.errors import BadInput
from tests.facts import HOUSEHOLDS, LINES, facts, income, people, raw


def breaches(**tables):
    """Return what is refused, as (table, column, count)."""
    with pytest.raises(BadInput) as refused:
        facts(**tables)
    return [(one.table, one.column, one.count) for one in refused.value.breaches]


def test_tables_without_a_breach_are_accepted():
    """A household with a line and an income is enough."""
    tables = facts(incomes=[income("2026-05-31", 1000)], compositions=[people("2026-05-31", 2)])

    assert check(tables) == []


def test_a_date_after_its_known_on_is_refused():
    """Nothing is known before it happens."""
    late = income("2026-06-30", 1, known_on="2026-05-31")

    assert breaches(incomes=[late, income("2026-05-31", 1)]) == [("incomes", "occurred_on", 1)]


def test_a_negative_amount_is_refused():
    """Costs have a kind of their own; an amount is never below nothing."""
    assert breaches(incomes=[income("2026-05-31", -1)]) == [("incomes", "amount", 1)]


def test_a_value_above_its_bound_is_refused():
    """A week has 168 hours."""
    job = {"member_id": "m", "occurred_on": "2026-05-31", "state": "employed", "hours": 169}

    assert breaches(employments=[job]) == [("employments", "hours", 1)]


def test_a_missing_required_value_is_refused():
    """An income without an amount says nothing."""
    assert breaches(incomes=[income("2026-05-31", 1) | {"amount": None}]) == [("incomes", "amount", 1)]


def test_a_span_that_ends_before_it_begins_is_refused():
    """Pairs of dates stand in their order."""
    span = income("2026-05-31", 1, period_start="2026-05-01", period_end="2026-04-30")

    assert breaches(incomes=[span]) == [("incomes", "period_start", 1)]


def test_the_same_version_with_other_content_is_refused():
    """One record, day and revision can say one thing only."""
    one = income("2026-05-31", 1, record_id="r", known_on="2026-06-01")

    assert breaches(incomes=[one, one | {"amount": 2}]) == [("incomes", "record_id", 1)]


def test_the_same_version_twice_is_no_breach():
    """A row that comes again unchanged changes nothing, gaps included."""
    one = income("2026-05-31", 1, record_id="r", known_on="2026-06-01")

    assert check(facts(incomes=[one, one])) == []


@pytest.mark.parametrize("later", [{"known_on": "2026-07-01"}, {"revision": 1}])
def test_a_correction_is_no_breach(later):
    """The same record says something else on a later day, or with a higher revision on the same one."""
    one = income("2026-05-31", 1, record_id="r", known_on="2026-06-01")

    assert check(facts(incomes=[one, one | {"amount": 2} | later])) == []


def test_a_record_that_changes_its_household_is_refused():
    """A correction may change anything but whose fact it is."""
    households = [*HOUSEHOLDS, HOUSEHOLDS[0] | {"household_id": "other"}]
    one = income("2026-05-31", 1, record_id="r", known_on="2026-06-01")
    moved = one | {"household_id": "other", "known_on": "2026-07-01"}

    assert breaches(households=households, incomes=[one, moved]) == [("incomes", "household_id", 1)]


def test_facts_of_unknown_households_are_refused():
    """Every fact speaks of a household that is known."""
    stray = income("2026-05-31", 1, household_id="nobody")

    assert breaches(incomes=[stray, stray | {"record_id": "r"}]) == [("incomes", "household_id", 2)]


def test_a_household_without_a_line_is_refused():
    """An income cannot be judged where no line holds."""
    assert breaches(lines=[]) == [("households", "area", 1)]
    assert breaches(households=[HOUSEHOLDS[0] | {"area": "elsewhere"}]) == [("households", "area", 1)]


def test_the_line_of_an_area_above_covers_a_household():
    """A village without its own line has its county's."""
    areas = [
        {"area": "village", "parent": "county", "level": "village", "occurred_on": "2015-01-01"},
        {"area": "county", "level": "county", "occurred_on": "2015-01-01"},
    ]

    assert check(facts(areas=areas, lines=[LINES[0] | {"area": "county"}])) == []


def test_areas_that_are_not_listed_are_refused():
    """Where areas are listed, households, lines and parents lie in them."""
    areas = [{"area": "village", "parent": "nowhere", "level": "village", "occurred_on": "2015-01-01"}]
    elsewhere = LINES[0] | {"area": "elsewhere", "record_id": "line"}

    assert breaches(areas=areas, lines=[*LINES, elsewhere]) == [("lines", "area", 1), ("areas", "parent", 1)]


def test_every_breach_is_named_at_once():
    """One message has all there is to mend, of single values and across them."""
    given = raw(incomes=[income("2026-06-30", -1, known_on="2026-05-31")], lines=[])
    given["visits"] = {"phone": ["1"], "purpose": ["chat"]}
    with pytest.raises(BadInput) as refused:
        accept(given)
    places = {(one.table, one.column) for one in refused.value.breaches}

    assert places >= {
        ("incomes", "occurred_on"),
        ("incomes", "amount"),
        ("households", "area"),
        ("visits", "phone"),
        ("visits", "purpose"),
        ("visits", "household_id"),
    }
    assert all(str(one) in str(refused.value) for one in refused.value.breaches)
