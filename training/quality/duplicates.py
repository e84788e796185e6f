"""Duplicates: one event told by two departments, one payment entered twice, one fact under two record ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.tables import HOUSEHOLD_TABLES, TABLES
from features.tables.shocks import WARNINGS
from training.quality.finding import Cases, Finding, found, parts_by
from training.quality.known import Known
from training.quality.roster import Roster

WITHIN = np.timedelta64(60, "D")
NOT_THE_FACT = ("record_id", "household_id", "known_on", "revision", "known_on_assumed")
"""Columns in which two tellings of one fact may differ."""


def duplicates(known: Known, people: Roster) -> Iterator[Finding]:
    """Find what is told more than once."""
    yield _warnings(known, people)
    yield _expenses(known)
    yield _facts(known)


def _warnings(known: Known, people: Roster) -> Finding:
    """Compare each warning with the one before, among those of the person and among all of the household."""
    household, kind = known.household("warnings"), known.column("warnings", "kind")
    person, day = people.person["warnings"], known.column("warnings", "occurred_on")
    source = known.column("warnings", "source")
    hit = np.zeros(household.size, dtype=bool)
    for order in (np.lexsort((day, person, kind, household)), np.lexsort((day, kind, household))):
        first, second = order[:-1], order[1:]
        same = (household[first] == household[second]) & (kind[first] == kind[second])
        same &= (person[first] == person[second]) | (person[first] < 0) | (person[second] < 0)
        same &= (day[second] >= day[first]) & (day[second] - day[first] <= WITHIN)
        same &= (source[first] != source[second]) & (source[first] >= 0) & (source[second] >= 0)
        hit[second[same & ~hit[first]]] = True
    names = np.array([code.id for code in WARNINGS.column("kind").codes])
    parts = parts_by(household, hit, {"kind": names[kind]})
    return found(known, "repeated_warnings", Cases("warnings", np.arange(hit.size), hit), parts=parts)


def _expenses(known: Known) -> Finding:
    fen = np.rint(known.column("expenses", "amount") * 100.0).astype(np.int64)
    source = known.column("expenses", "source")
    at = np.flatnonzero((fen > 0) & (source >= 0))
    told = pd.DataFrame(
        {
            "household": known.household("expenses")[at],
            "kind": known.column("expenses", "kind")[at],
            "month": known.column("expenses", "occurred_on")[at].astype("datetime64[M]").astype(np.int64),
            "fen": fen[at],
            "source": source[at],
        }
    )
    again = told.duplicated(["household", "kind", "month", "fen"]).to_numpy()
    by_another = again & ~told.duplicated().to_numpy()
    return found(known, "repeated_expenses", Cases("expenses", at, by_another))


def _facts(known: Known) -> Finding:
    cases = []
    for name in HOUSEHOLD_TABLES:
        rows = known.household(name).size
        if rows:
            cases.append(Cases(name, np.arange(rows), _said_before(known, name)))
    row = np.concatenate([known.household(each.table)[each.at] for each in cases])
    hit = np.concatenate([each.hit for each in cases])
    table = np.repeat([each.table for each in cases], [each.hit.size for each in cases])
    return found(known, "repeated_facts", *cases, parts=parts_by(row, hit, {"table": table}))


def _said_before(known: Known, name: str) -> NDArray[np.bool_]:
    """Return which facts say the same as an earlier row, told by a hash that hardly ever errs."""
    columns: dict[str, Any] = {"household": known.household(name)}
    for column in TABLES[name].columns:
        if column.name in NOT_THE_FACT:
            continue
        values = known.column(name, column.name)
        columns[column.name] = pd.factorize(values.astype(object))[0] if column.kind == "id" else values
    hashed = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()
    again: NDArray[np.bool_] = pd.Series(hashed).duplicated().to_numpy()
    return again
