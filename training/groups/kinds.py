"""Of which kind an entry was, and for what cause: told of outcomes after the fact, never known on the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.history import believed
from features.ids import positions
from features.tables.outcomes import MONITORING
from features.vectors import Cohort
from training.cohorts.horizon import months_on
from training.cohorts.standing import ENTRY
from training.lists.listed import Listed
from training.measures.evaluation import POSITIVES_NEEDED
from training.measures.intervals import Estimate

Names = NDArray[np.str_]

NOT_TOLD = "not told"
BY = {"kind of entry": "type", "cause of entry": "cause"}
"""What entries are told apart by, and the column of ``monitoring`` that tells it."""


@dataclass(frozen=True)
class Kind:
    """What the list holds and misses of entries of one kind, or for one cause.

    Parameters
    ----------
    by, name : str
    rows, households : int
        Rows with such an entry, and households.
    share, recall, missed : Estimate
        Of the rows with an entry, the share with such a one; of these, the share on the list; of their
        households, the share on it on none of the rows.
    refused : str or None
        Why no verdict may be built on it.
    """

    by: str
    name: str
    rows: int
    households: int
    share: Estimate
    recall: Estimate
    missed: Estimate
    refused: str | None

    def as_dict(self) -> dict[str, object]:
        """Give the kind ready for JSON."""
        told = {name: getattr(self, name).as_dict() for name in ("share", "recall", "missed")}
        return {**vars(self), **told}


def kinds_found(listed: Listed, kinds: Mapping[str, Names]) -> tuple[Kind, ...]:
    """Return what the list holds and misses by kind and by cause."""
    return tuple(
        _found(listed, by, str(name), names == name)
        for by, names in kinds.items()
        for name in np.unique(names[names != ""])
    )


def _found(listed: Listed, by: str, name: str, of_kind: NDArray[np.bool_]) -> Kind:
    entered = listed.y == 1.0
    hit = entered & of_kind
    households = listed.events(hit)
    enough = households >= POSITIVES_NEEDED
    refused = None if enough else f"cannot be judged: {households} households, {POSITIVES_NEEDED} needed"
    share = listed.ratio(hit.astype(np.float64), entered.astype(np.float64))
    return Kind(by, name, int(hit.sum()), households, share, refused=refused, **listed.found(hit))


def kinds_of(
    tables: Tables, cohort: Cohort, horizon_months: int, known_by: np.datetime64
) -> dict[str, Names]:
    """Return kind and cause of each row's first entry within the horizon.

    Parameters
    ----------
    tables : Tables
    cohort : Cohort
    horizon_months : int
    known_by : datetime64[D]
        What was believed at the end of this day: that by which outcomes are told.

    Returns
    -------
    dict of str to (rows,) array of str
        By `BY`; ``not told`` where the entry does not tell it, "" where there was no entry.
    """
    first = _first_entry(tables, cohort, months_on(cohort.as_of, horizon_months), known_by)
    found = {}
    for name, column in BY.items():
        told = MONITORING.column(column)
        words = np.array([*(code.id.replace("_", " ") for code in told.codes), NOT_TOLD, ""])
        codes = np.full(first.size, len(told.codes) + 1)
        entered = first >= 0
        codes[entered] = tables["monitoring"][column][first[entered]]
        codes[codes < 0] = len(told.codes)
        found[name] = words[codes]
    return found


def _first_entry(
    tables: Tables, cohort: Cohort, ends: NDArray[np.datetime64], known_by: np.datetime64
) -> NDArray[np.int64]:
    """Return the row of ``monitoring`` of each first entry after the day; -1 where none is in time."""
    facts = tables["monitoring"]
    rows = np.flatnonzero(believed(facts).on(known_by) & (facts["step"] == ENTRY))
    households = np.unique(cohort.household_id)
    owner = positions(facts["household_id"][rows], households)
    order = np.lexsort((facts["record_id"][rows], facts["occurred_on"][rows], owner))
    rows, owner = rows[order], owner[order]
    span = int(np.datetime64("9999-12-31", "D").astype(np.int64))
    keys = owner * span + facts["occurred_on"][rows].astype(np.int64)
    mine = np.searchsorted(households, cohort.household_id) * span
    after = np.searchsorted(keys, mine + cohort.as_of.astype(np.int64), side="right")
    in_time = after < np.searchsorted(keys, mine + ends.astype(np.int64), side="right")
    first = np.full(after.size, -1)
    first[in_time] = rows[after[in_time]]
    return first
