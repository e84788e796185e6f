"""The date rules of a mapping: first and last days of quarters and years, and so many months later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.ledgers.mapping import DateRule
from features.ledgers.source import Given
from features.ledgers.told import day_of, tells_a_month

Days = NDArray[np.datetime64]

_MONTHS = {"quarter": 3, "year": 12}
_EPOCH = 1970
_LATEST_YEAR = 9999


def days_of(
    rule: DateRule, given: Given, told_on: np.datetime64 | None = None
) -> tuple[Days, NDArray[np.bool_]]:
    """Return the day that a rule makes of each value of a column, and which values it cannot use.

    Parameters
    ----------
    rule : DateRule
        One with a column.
    given : Given
        Days, years, or quarters counted as year·4 + quarter - 1.
    told_on : datetime64[D], optional
        The day of the file: a month that it tells ended no later, so far as the file knows.

    Returns
    -------
    days : ndarray of datetime64[D], shape (rows,)
        NaT where the column has no value.
    bad : ndarray of bool, shape (rows,)
    """
    if rule.unit == "day":
        distinct, position = given.distinct
        if distinct.dtype.kind == "M":
            read = distinct.astype("datetime64[D]")
        else:
            read = np.array([_day(rule, text, told_on) for text in given.texts], dtype="datetime64[D]")
        days: Days = np.where(given.missing, np.datetime64("NaT", "D"), read[position])
        return days, np.isnat(days) & ~given.missing
    number, unread = given.numbers()
    whole = np.isfinite(number) & (number == np.floor(number)) & (np.abs(number) < _LATEST_YEAR * 4)
    span = _MONTHS[rule.unit]
    spans = np.where(whole, number, 0.0).astype(np.int64) - _EPOCH * (12 // span)
    first = (spans * span).astype("datetime64[M]")
    day = first.astype("datetime64[D]") if rule.day == "first" else (first + span).astype("datetime64[D]") - 1
    return np.where(whole, day, np.datetime64("NaT", "D")), unread | (~whole & ~np.isnan(number))


def _day(rule: DateRule, text: str, told_on: np.datetime64 | None) -> np.datetime64:
    day = day_of(text, rule.day)
    if told_on is None or np.isnat(day) or day <= told_on or not tells_a_month(text):
        return day
    return max(told_on, day_of(text, "first"))


def months_later(days: Days, months: int) -> Days:
    """Return the days so many months later; the last day of a month stays a last day.

    Examples
    --------
    >>> days = np.array(["2010-12-31", "2011-06-30", "2011-01-30"], dtype="datetime64[D]")
    >>> months_later(days, 1).astype(str).tolist()
    ['2011-01-31', '2011-07-31', '2011-02-28']
    """
    month = days.astype("datetime64[M]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    same = (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    at_end = (days + 1).astype("datetime64[M]") > month
    later: Days = np.where(at_end, last, np.minimum(same, last))
    return later
