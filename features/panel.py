"""The replay: facts, in the order in which they became known, into a dense panel of months."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.changes import changes
from features.chronicle import Chronicle
from features.claims import Claims
from features.reach import AHEAD, REACH
from features.wiring import Wiring


class Panel:
    """Channels by months by households, as believed at the end of days that move forward.

    Every cell holds a whole number (money in fen) and how many facts stand behind it, so that
    taking a corrected fact back is exact.

    Parameters
    ----------
    chronicle : Chronicle
        What is told of the households of the panel.
    wired : Wiring
        What the panel holds.
    days : ndarray of datetime64[D], shape (days,)
        The as-of days, in order.
    known_by : ndarray of datetime64[D], shape (days,)
        Up to when facts are believed on each of them.

    Attributes
    ----------
    values, present : ndarray, shape (channels, months, households)
        Values, and how many facts stand behind each, as of the day last advanced to.
    """

    def __init__(
        self,
        chronicle: Chronicle,
        wired: Wiring,
        days: NDArray[np.datetime64],
        known_by: NDArray[np.datetime64],
    ) -> None:
        self.chronicle = chronicle
        self.first_month, months = extent(days)
        shape = (len(wired.channels), months, chronicle.households.size)
        self.values = np.zeros(shape)
        self.present = np.zeros(shape, dtype=np.int32)
        self._changes = changes(chronicle, wired, self.first_month, shape, known_by)

    @property
    def standing(self) -> Claims:
        """The claims that count on the first day."""
        return self._changes.standing

    def advance(self, step: int) -> None:
        """Let everything become known that was known by the end of a day; days go forward one by one."""
        self._changes.apply(step, self.values, self.present)

    def rows(self, as_of: np.datetime64) -> slice:
        """Return which months a vector may look at: the reach, the running month, the months ahead."""
        running = month_of(as_of) - self.first_month
        return slice(running - REACH, running + AHEAD + 1)


def extent(days: NDArray[np.datetime64]) -> tuple[int, int]:
    """Return the first month since 1970 of the panel of some days in order, and how many months it has."""
    first = month_of(days[0]) - REACH
    return first, month_of(days[-1]) + AHEAD - first + 1


def month_of(day: np.datetime64) -> int:
    """Return the month since 1970 of a day."""
    return int(day.astype("datetime64[M]").astype(np.int64))
