"""Days that lie a number of months on, and the month ends on which households are looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


def months_on(days: Days, months: int) -> Days:
    """Return the days so many months on: the last of a month leads to the last of a month.

    Parameters
    ----------
    days : array of datetime64[D]
    months : int
        May be negative.

    Examples
    --------
    >>> months_on(np.array(["2024-02-29", "2024-03-15", "2023-08-31"], dtype="datetime64[D]"), 12)
    array(['2025-02-28', '2025-03-15', '2024-08-31'], dtype='datetime64[D]')
    """
    month = days.astype("datetime64[M]")
    into = days - month.astype("datetime64[D]")
    aim = month + months
    last = _last_day(aim)
    ends = days == _last_day(month)
    there: Days = np.where(ends, last, np.minimum(aim.astype("datetime64[D]") + into, last))
    return there


def month_ends(first: np.datetime64, last: np.datetime64, every: int) -> Days:
    """Return the month ends from a day to a day, both included, of every so many months of the year.

    Examples
    --------
    >>> month_ends(np.datetime64("2024-01-31"), np.datetime64("2024-07-15"), 3)
    array(['2024-03-31', '2024-06-30'], dtype='datetime64[D]')
    """
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1)
    months = months[(months.astype(np.int64) + 1) % every == 0]
    ends = _last_day(months)
    within: Days = ends[(ends >= first) & (ends <= last)]
    return within


def _last_day(month: NDArray[np.datetime64]) -> Days:
    last: Days = (month + 1).astype("datetime64[D]") - 1
    return last
