"""What is drawn has what laws are about, and often: a law that never meets a split proves nothing."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings

from features.definitions import FEATURES
from features.evidence import evidence
from features.vectors import build_vectors
from tests.laws.histories import DAY, IDS, History, believed, records, tables_of

HISTORIES = 800
AHEAD = tuple(
    name
    for name, feature in FEATURES.items()
    if any(channel.at == "due" for channel in feature.reading.channels())
)
TABLES = {table for feature in FEATURES.values() for table in feature.tables}
TOLD = tuple(
    {
        name: None
        for table in sorted(TABLES)
        for name in [name for name, feature in FEATURES.items() if table in feature.tables][:4]
    }
)
"""Some features of each table."""


def met(drawn: History) -> set[str]:
    """Return which of the things that laws are about a history has as of the day."""
    tables, held = tables_of(drawn), believed(drawn, DAY)
    told = next(evidence(tables, DAY, TOLD))
    some = zip(*np.nonzero(np.nan_to_num(told.vectors.X)), strict=True)
    cited = {fact for row, column in some for fact in told.facts(IDS[row], TOLD[column])}
    versions = Counter(row["record_id"] for _, row in drawn if row["known_on"] <= DAY)
    people = {row["member_id"] for table, row in held if table == "members"}
    cells = Counter(
        (row["household_id"], row["kind"], row["member_id"], str(row["occurred_on"])[:7])
        for table, row in held
        if table == "incomes" and not row["part_of_total"]
    )
    found = {
        "inherited": any(fact.inherited for fact in cited),
        "corrected": any(versions[fact.record_id] > 1 for fact in cited),
        "withdrawn": any(row["voided"] and row["known_on"] <= DAY for _, row in drawn),
        "contested": any(number > 1 for number in cells.values()),
        "due": bool(np.any(np.nan_to_num(build_vectors(tables, DAY, features=AHEAD).X) > 0)),
        "death of a member": any(row.get("kind") == "died" and row["member_id"] in people for _, row in held),
        "late": any(row["known_on"] > DAY for _, row in drawn),
        "new area": any(table == "households" for table, _ in held),
        "new line": any(table == "lines" for table, _ in held),
        "prices": any(table == "prices" for table, _ in held),
        "disaster": any(table == "disasters" for table, _ in held),
    }
    return {name for name, there in found.items() if there}


LEAST = {
    "inherited": 12,
    "corrected": 60,
    "withdrawn": 60,
    "contested": 12,
    "due": 12,
    "death of a member": 12,
    "late": 100,
    "new area": 12,
    "new line": 12,
    "prices": 4,
    "disaster": 4,
}
"""In how many histories each is to be met; about half of what comes up."""


def test_what_laws_are_about_is_met_often():
    """In so many drawn histories each thing comes up many times."""
    counted: Counter[str] = Counter()

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(records())
    def look(drawn):
        counted.update(met(drawn))

    look()
    assert {name: counted[name] for name, least in LEAST.items() if counted[name] < least} == {}
