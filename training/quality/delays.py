"""Delays: how long after it happened a fact became known, by table and source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.tables import HOUSEHOLD_TABLES
from training.quality.finding import Cases, Finding, More, found, parts_by
from training.quality.known import Known, Rows, sources

WINDOW = 24
"""Months looked back. Facts are taken by the day they became known: by the day they happened, those still on
their way would be missing and delays look short."""
LATE = 90
OVER_A_MONTH = 30
TURN_OF_YEAR = (12, 1)


def delays(known: Known) -> Iterator[Finding]:
    """Find how late facts become known; a correction is no delay, so a record counts when it first came."""
    at: dict[str, Rows] = {name: _recent(known, name) for name in HOUSEHOLD_TABLES if name in known.held}
    household = np.concatenate([known.household(name)[rows] for name, rows in at.items()])
    first = np.concatenate([known.first_known(name)[rows] for name, rows in at.items()])
    happened = np.concatenate([known.column(name, "occurred_on")[rows] for name, rows in at.items()])
    assumed = np.concatenate([known.column(name, "known_on_assumed")[rows] == 1 for name, rows in at.items()])
    source = np.concatenate([sources(known.column(name, "source")[rows]) for name, rows in at.items()])
    table = np.repeat(list(at), [rows.size for rows in at.values()])
    late = (first - happened).astype(np.int64)

    def of(name: str, which: NDArray[np.bool_], hit: NDArray[np.bool_]) -> Finding:
        days = late[which]

        def further(some: Rows) -> More:
            return days_told(days[some])

        row, keys = household[which], {"table": table[which], "source": source[which]}
        parts = parts_by(row, hit[which], keys, further)
        keys = {"table": table[which], "township": known.township[row]}
        parts += parts_by(row, hit[which], keys, further)
        cases, start = [], 0
        for each, rows in at.items():
            here = which[start : start + rows.size]
            cases.append(Cases(each, rows[here], hit[start : start + rows.size][here], listed=False))
            start += rows.size
        return found(known, name, *cases, parts=parts, further=further)

    yield of("late_facts", ~assumed, late > LATE)
    yield of("assumed_days", np.ones(late.size, dtype=bool), assumed)
    month = first.astype("datetime64[M]").astype(np.int64) % 12 + 1
    yield of("turn_of_year", ~assumed & (late > OVER_A_MONTH), np.isin(month, TURN_OF_YEAR))


def days_told(days: Rows) -> More:
    """Return the middle delay and the one that a tenth exceeds [days]."""
    if not days.size:
        return {"median_days": None, "p90_days": None}
    middle, long = np.quantile(days, [0.5, 0.9], method="inverted_cdf")
    return {"median_days": int(middle), "p90_days": int(long)}


def _recent(known: Known, name: str) -> Rows:
    since = (known.as_of.astype("datetime64[M]") - WINDOW + 1).astype("datetime64[D]")
    return np.flatnonzero(known.first_known(name) >= since)
