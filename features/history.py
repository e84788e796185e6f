"""Which version of a record was believed when: from known_on to the day the next version came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts

NEVER = np.datetime64("9999-12-31", "D")
"""Later than any day: a version that nothing has replaced."""


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
    return np.lexsort((_revision(facts), facts["known_on"], facts["record_id"]))


def believed(facts: Facts) -> Believed:
    """Return the days on which each row is believed."""
    order = version_order(facts)
    record, known = facts["record_id"][order], facts["known_on"][order]
    stop_in_order = np.full(order.size, NEVER)
    replaced = record[:-1] == record[1:]
    stop_in_order[:-1][replaced] = known[1:][replaced]
    stop = np.empty_like(stop_in_order)
    stop[order] = stop_in_order
    start = facts["known_on"]
    return Believed(start, np.where(facts["voided"] == 1, start, stop))


def _revision(facts: Facts) -> NDArray[np.float64]:
    return np.nan_to_num(facts["revision"].astype(np.float64), nan=0.0)
