"""The facts behind a value: they make it, no others do."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import FEATURES
from features.evidence import evidence
from features.vectors import build_vectors
from tests.facts import facts, income, people
from tests.laws.histories import AS_OF, IDS, records, tables_of

DAY = date(2025, 6, 30)
TOLD = tuple(name for name, feature in FEATURES.items() if any(feature.reading.channels()))


def behind(tables, feature, as_of="2025-06-30", household="h"):
    """Return the facts behind a feature of a household."""
    return next(evidence(tables, as_of, [feature])).facts(household, feature)


def cited(tables, feature, as_of="2025-06-30"):
    """Return the ids of the facts behind a feature of household ``h``."""
    return [fact.record_id for fact in behind(tables, feature, as_of)]


def believed(drawn):
    """Return the version of each record that is believed on the day."""
    known = [(table, row) for table, row in drawn if row["known_on"] <= DAY]
    last = {}
    for table, row in sorted(known, key=lambda each: (each[1]["known_on"], each[1]["revision"])):
        last[row["record_id"]] = (table, row)
    return [(table, row) for table, row in last.values() if not row["voided"]]


@settings(max_examples=60, deadline=None)
@given(records(), st.sampled_from(IDS))
def test_facts_that_are_not_cited_change_nothing(drawn, household):
    """A value is the same in every bit where only the facts behind it are left."""
    drawn = believed(drawn)
    whole = build_vectors(tables_of(drawn), AS_OF)
    found = next(evidence(tables_of(drawn), AS_OF, TOLD))
    row = whole.household_id.tolist().index(household)
    for name in TOLD:
        if np.isnan(whole.column(name)[row]):
            continue
        ids = {fact.record_id for fact in found.facts(household, name)}
        kept = [(table, one) for table, one in drawn if one["record_id"] in ids]
        alone = build_vectors(tables_of(kept), AS_OF, features=[name])
        assert alone.X[row].tobytes() == whole.column(name)[[row]].tobytes(), name


@settings(max_examples=60, deadline=None)
@given(records(), st.sampled_from(IDS))
def test_a_known_value_has_facts_and_every_fact_is_the_household_s_own(drawn, household):
    """Facts are believed on the day, of the household, of the feature's tables, newest first."""
    drawn = believed(drawn)
    tables = tables_of(drawn)
    vectors = build_vectors(tables, AS_OF, features=TOLD)
    row = vectors.household_id.tolist().index(household)
    own = {(table, one["record_id"]) for table, one in drawn if one["household_id"] == household}
    everything = next(evidence(tables, AS_OF, TOLD))
    for name in TOLD:
        found = everything.facts(household, name)
        value = vectors.column(name)[row]
        assert found or np.isnan(value) or value == 0, name
        assert {(fact.table, fact.record_id) for fact in found} <= own
        assert {fact.table for fact in found} <= set(FEATURES[name].tables)
        assert list(found) == sorted(found, reverse=True)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_withdrawing_a_cited_fact_changes_the_value(place):
    """Each bill behind a sum is needed for it."""
    bills = [
        {
            "occurred_on": f"2025-0{month}-10",
            "kind": "medical_self_paid",
            "amount": 100.0 * month,
            "record_id": f"b{month}",
        }
        for month in (3, 4, 5)
    ]
    assert cited(facts(expenses=bills), "self_paid_medical_12m") == ["b5", "b4", "b3"]
    withdrawn = bills[place] | {"known_on": "2025-06-15", "revision": 1, "voided": True}
    tables = facts(expenses=[*bills, withdrawn])
    assert cited(tables, "self_paid_medical_12m") == [
        one["record_id"] for one in reversed(bills) if one is not bills[place]
    ]
    value = build_vectors(tables, "2025-06-30", features=["self_paid_medical_12m"]).X[0, 0]
    assert value == 1200 - bills[place]["amount"]


def test_the_latest_figure_rests_on_the_latest_fact_only():
    """An earlier income is not behind the last one; the people it is shared by are."""
    tables = facts(
        incomes=[income("2025-04-30", 1000, record_id="april"), income("2025-05-31", 2000, record_id="may")],
        compositions=[people("2025-01-15", 2, record_id="two"), people("2025-06-15", 3, record_id="three")],
    )
    assert cited(tables, "income_to_line_latest") == ["may", "two"]
    assert cited(tables, "income_to_line_before") == ["april", "two"]
    told = next(evidence(tables, "2025-06-30", ["income_to_line_latest"]))
    assert told.earlier("h", "income_to_line_latest") == 0.5


def test_a_figure_that_lost_to_another_account_is_not_cited():
    """Where the ledger counts, the visit's estimate is no evidence."""
    tables = facts(
        incomes=[
            income("2025-05-31", 2000, account="visit", record_id="estimate"),
            income("2025-05-31", 2400, account="ledger", record_id="ledger"),
        ],
        compositions=[people("2025-01-15", 1, record_id="people")],
    )
    assert cited(tables, "income_to_line_latest") == ["ledger", "people"]


def test_what_is_not_known_yet_is_not_cited():
    """A replay of an earlier day cites what was known then, in the version of then."""
    first = income("2025-05-31", 2000, record_id="r", known_on="2025-06-05")
    corrected = first | {"amount": 2500, "known_on": "2025-06-20", "source": "survey"}
    tables = facts(incomes=[first, corrected], compositions=[people("2025-01-15", 1)])
    for as_of, known_on in (("2025-06-10", "2025-06-05"), ("2025-06-30", "2025-06-20")):
        newest = behind(tables, "income_to_line_latest", as_of)[0]
        assert (newest.record_id, newest.known_on) == ("r", known_on)
    assert newest.source == "survey"


def test_an_estimated_figure_is_marked():
    """The mark of the office goes along with the fact."""
    tables = facts(incomes=[income("2025-05-31", 2000, imputed=True)], compositions=[people("2025-01-15", 1)])
    marks = [fact.imputed for fact in behind(tables, "income_to_line_latest")]
    assert marks == [True, False]
