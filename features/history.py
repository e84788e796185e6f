"""Which version of a record was believed when: from known_on to the day the next version came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.ids import FEW, hashes, told_again
from features.settled import settled

NEVER = np.datetime64("9999-12-31", "D")
"""Later than any day: a version that nothing has replaced."""


ABOUT_THE_TELLING = frozenset({"known_on", "known_on_assumed", "revision", "source"})
"""Columns that tell when and by whom a fact was told, not what is so."""


@dataclass(frozen=True, slots=True)
class Believed:
    """The span of days on which each row of a table is believed.

    Parameters
    ----------
    start, stop : ndarray of datetime64[D], shape (rows,)
        A row is believed on every day D with ``start <= D < stop``. Withdrawals, and versions
        replaced on the day they came, are believed on no day.
    """

    start: NDArray[np.datetime64]
    stop: NDArray[np.datetime64]

    def on(self, day: np.datetime64) -> NDArray[np.bool_]:
        """Return which rows are believed at the end of a day."""
        return (self.start <= day) & (day < self.stop)


def version_order(facts: Facts) -> NDArray[np.intp]:
    """Return row positions by record and, within it, in the order the versions became known."""
    return np.lexsort((_revision(facts["revision"]), facts["known_on"], facts["record_id"]))


def versions(facts: Facts) -> NDArray[np.intp]:
    """Return the rows of records that were told more than once (and, once in ages, a few others).

    They come record by record, in no order of these, each one's versions in the order they became known.
    """
    return _versions(facts["record_id"], facts["known_on"], facts["revision"])


@settled
def _versions(
    record_id: NDArray[Any], known_on: NDArray[np.datetime64], revision: NDArray[Any]
) -> NDArray[np.intp]:
    again = told_again(record_id)
    if not again.size:
        return again
    record, told = record_id[again], (_revision(revision[again]), known_on[again])
    number: NDArray[Any] = record if again.size <= FEW else hashes(record)
    order = np.lexsort((*told, number))
    beside = np.flatnonzero(number[order[1:]] == number[order[:-1]])
    if np.any(record[order[beside]] != record[order[beside + 1]]):  # two texts of one number
        order = np.lexsort((*told, record))
    rows: NDArray[np.intp] = again[order]
    return rows


def believed(facts: Facts) -> Believed:
    """Return the days on which each row is believed.

    A version that says no more than the one before is no news: that one is believed on.
    """
    known = facts["known_on"]
    stop = np.full(known.size, NEVER)
    order = versions(facts)
    if order.size:
        repeats = _repeats(facts, order)
        stop[order[repeats]] = known[order[repeats]]
        order = order[~repeats]
        replaced = facts["record_id"][order[:-1]] == facts["record_id"][order[1:]]
        stop[order[:-1][replaced]] = known[order[1:][replaced]]
    voided = facts["voided"] == 1
    if np.count_nonzero(voided):
        stop[voided] = known[voided]
    return Believed(known, stop)


def _repeats(facts: Facts, order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which of the versions in their order say just what the one before them said."""
    same = np.ones(order.size - 1, dtype=bool)
    for name, values in facts.items():
        if name not in ABOUT_THE_TELLING and values.strides != (0,):  # one value in memory: the same for all
            told = values[order]
            one, other = told[:-1], told[1:]
            gaps = one != one  # noqa: PLR0124 - a gap of numbers and dates is what differs from itself
            same &= (one == other) | (gaps & (other != other))  # noqa: PLR0124
    return np.append(False, same)


def _revision(revision: NDArray[Any]) -> NDArray[np.float64]:
    return np.where(np.isnan(revision), 0.0, revision)
