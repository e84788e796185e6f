"""The facts behind a value: they make it, no others do."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import strategies as st

from features.definitions import FEATURES
from features.evidence import evidence
from features.tables import CONTEXT_TABLES
from features.vectors import build_vectors
from tests.facts import facts, income, people
from tests.laws.histories import DAY, IDS, LINEAGES, believed, records, tables_of
from tests.laws.twice import FEW, MANY, Laws, by_name

LAWS = Laws()
LINKS = ("split", "merged", "died")
"""Registrations that say whose a history is, and how far it goes."""
BESIDE = (*CONTEXT_TABLES, "households", "members")
"""Tables that are never cited, and the people with whom their facts go."""
TOLD = tuple(name for name, feature in FEATURES.items() if any(feature.reading.channels()))


def behind(tables, feature, as_of="2025-06-30", household="h"):
    """Return the facts behind a feature of a household."""
    return next(evidence(tables, as_of, [feature])).facts(household, feature)


def cited(tables, feature, as_of="2025-06-30"):
    """Return the ids of the facts behind a feature of household ``h``."""
    return [fact.record_id for fact in behind(tables, feature, as_of)]


@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_evidence_holds(law):
    """On a few histories."""
    law(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_evidence_holds_on_many_histories(law):
    """On a thousand histories."""
    law(MANY)


@LAWS.law(records(), st.sampled_from(IDS))
def facts_that_are_not_cited_change_nothing(drawn, household):
    """A value is the same in every bit where only the facts behind it are left, and who came from where."""
    whole = build_vectors(tables_of(drawn), DAY, features=TOLD)
    found = next(evidence(tables_of(drawn), DAY, TOLD))
    row = whole.household_id.tolist().index(household)
    alike = defaultdict(list)
    for name in TOLD:
        if not np.isnan(whole.column(name)[row]):
            cited = frozenset((fact.table, fact.record_id) for fact in found.facts(household, name))
            alike[cited].append(name)
    linking = [one for one in believed(drawn, DAY) if one[0] in BESIDE or one[1].get("kind") in LINKS]
    for cited, names in alike.items():
        kept = [
            one for one in believed(drawn, DAY) if (one[0], one[1]["record_id"]) in cited or one in linking
        ]
        alone = build_vectors(tables_of(kept), DAY, features=names)
        for name in names:
            assert alone.column(name)[[row]].tobytes() == whole.column(name)[[row]].tobytes(), name


@LAWS.law(records(), st.sampled_from(IDS))
def a_known_value_has_facts_of_the_lineage(drawn, household):
    """Believed on the day, of the feature's tables, newest first; what another was told of is marked."""
    tables = tables_of(drawn)
    vectors = build_vectors(tables, DAY, features=TOLD)
    row = vectors.household_id.tolist().index(household)
    lineage = next(one for one in LINEAGES if household in one)
    told = {
        (table, one["record_id"], str(one["known_on"]), str(one["occurred_on"])): one["household_id"]
        for table, one in believed(drawn, DAY)
        if one.get("household_id") in lineage
    }
    everything = next(evidence(tables, DAY, TOLD))
    for name in TOLD:
        found = everything.facts(household, name)
        value = vectors.column(name)[row]
        assert found or np.isnan(value) or value == 0, name
        assert {fact.table for fact in found} <= set(FEATURES[name].tables)
        assert list(found) == sorted(found, reverse=True)
        for fact in found:
            whose = told[fact.table, fact.record_id, fact.known_on, fact.occurred_on]
            assert fact.inherited == (whose != household)


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
