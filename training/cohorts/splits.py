"""Splits by time: what was known by a day trains, what starts later tests, what straddles it does neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.errors import Usage

Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]
Day = np.datetime64 | date | str


@dataclass(frozen=True, eq=False)
class Origin:
    """One cut in time and the rows on either side of it.

    Parameters
    ----------
    cut : numpy.datetime64
        The last day on which the learner may have seen anything.
    until : numpy.datetime64 or None
        The last as-of day of the test block; None where it is open.
    train : (rows,) array of bool
        Rows whose outcome was known by the end of ``cut``.
    test : (rows,) array of bool
        Rows whose as-of day lies after ``cut`` and not after ``until``.
    gap : (rows,) array of bool
        Rows that were open on the day of the cut: assessed by then, outcome not known. They are in neither
        side.
    """

    cut: np.datetime64
    until: np.datetime64 | None
    train: Mask
    test: Mask
    gap: Mask


def cut_once(as_of: Days, outcome_on: Days, cut: Day, *, until: Day | None = None) -> Origin:
    """Split rows at one day, leaving out those that straddle it.

    Parameters
    ----------
    as_of : (rows,) array of datetime64[D]
        The day at whose end each row is assessed.
    outcome_on : (rows,) array of datetime64[D]
        The day on which its outcome became known; NaT where it is not known yet (such a row never trains).
    cut : day
        Train is ``outcome_on <= cut``; test is ``as_of > cut``.
    until : day, optional
        The last as-of day of the test block.

    Returns
    -------
    Origin

    Raises
    ------
    Usage
        If either side is empty.
    ValueError
        If an as-of day is missing, or an outcome is known by its own as-of day.

    Examples
    --------
    >>> days = np.array(["2010-03-31", "2010-09-30", "2011-03-31"], dtype="datetime64[D]")
    >>> later = np.array(["2010-06-30", "2011-03-31", "2011-06-30"], dtype="datetime64[D]")
    >>> origin = cut_once(days, later, "2010-12-31")
    >>> origin.train.tolist(), origin.gap.tolist(), origin.test.tolist()
    ([True, False, False], [False, True, False], [False, False, True])
    """
    _check_days(as_of, outcome_on)
    return _origin(as_of, outcome_on, _day(cut), None if until is None else _day(until))


def rolling_origins(
    as_of: Days, outcome_on: Days, cuts: Sequence[Day] | Days, *, until: Day | None = None
) -> Iterator[Origin]:
    """Walk through the cuts: at each, learn from all that was known, test on the block up to the next cut.

    Parameters
    ----------
    as_of, outcome_on : (rows,) arrays of datetime64[D]
        As in `cut_once`.
    cuts : days
        Strictly rising. The test block of a cut ends with the next cut, that of the last with `until`.
    until : day, optional
        The last as-of day of the last block; open if not given.

    Yields
    ------
    Origin
        One for each cut, in time.

    Raises
    ------
    Usage
        If there is no cut, the cuts do not rise, or a cut leaves one side empty.
    ValueError
        As in `cut_once`.

    Notes
    -----
    The gap is not a number of days: a row is left out of train for exactly as long as its outcome takes to be
    known.
    """
    days = np.array([_day(cut) for cut in cuts], dtype="datetime64[D]")
    _check_days(as_of, outcome_on)
    if len(days) == 0:
        msg = "a rolling origin needs at least one cut"
        raise Usage(msg)
    if bool((days[1:] <= days[:-1]).any()):
        msg = f"the cuts must rise: {', '.join(map(str, days))}"
        raise Usage(msg)
    ends = [*days[1:], None if until is None else _day(until)]
    return (_origin(as_of, outcome_on, cut, end) for cut, end in zip(days, ends, strict=True))


def never_in_train(household: NDArray[np.str_] | NDArray[np.int64], origin: Origin) -> Mask:
    """Mark the test rows of households of which the learner saw no row at all.

    Parameters
    ----------
    household : (rows,) array
        Household of each row.
    origin : Origin

    Returns
    -------
    (rows,) array of bool
        A subset of ``origin.test``.
    """
    return origin.test & ~np.isin(household, household[origin.train])


def earlier_cuts(as_of: Days, outcome_on: Days, *, blocks: int = 3, first_share: float = 0.5) -> Days:
    """Choose cuts inside a training set, so that choices can be made without touching its test.

    Parameters
    ----------
    as_of, outcome_on : (rows,) arrays of datetime64[D]
        Of the training rows only.
    blocks : int
        How many test blocks to aim at.
    first_share : float
        Share of the rows whose as-of day lies by the first cut.

    Returns
    -------
    array of datetime64[D]
        Rising as-of days that leave neither side empty; fewer than `blocks` (even none) where the rows fall
        on few days.

    Notes
    -----
    The cuts are as-of days at even shares of the rows, so the blocks hold about the same number of rows.
    """
    _check_days(as_of, outcome_on)
    if len(as_of) == 0:
        return np.array([], dtype="datetime64[D]")
    ordered = np.sort(as_of)
    shares = first_share + (1.0 - first_share) * np.arange(blocks) / blocks
    places = np.minimum((shares * len(ordered)).astype(np.int64), len(ordered) - 1)
    days = np.unique(ordered[places])
    known = np.array([bool((outcome_on <= day).any()) for day in days], dtype=np.bool_)
    chosen: Days = days[known & (days < ordered[-1])]
    return chosen


def _day(day: Day) -> np.datetime64:
    return np.datetime64(str(day), "D")


def _origin(as_of: Days, outcome_on: Days, cut: np.datetime64, until: np.datetime64 | None) -> Origin:
    train = outcome_on <= cut
    later = as_of > cut
    test = later if until is None else later & (as_of <= until)
    if not train.any():
        msg = f"the cut {cut} leaves nothing to train on: no outcome was known by then"
        raise Usage(msg)
    if not test.any():
        end = "" if until is None else f" and by {until}"
        msg = f"the cut {cut} leaves nothing to test on: no row is assessed after it{end}"
        raise Usage(msg)
    return Origin(cut=cut, until=until, train=train, test=test, gap=~later & ~train)


def _check_days(as_of: Days, outcome_on: Days) -> None:
    if as_of.shape != outcome_on.shape:
        msg = f"{len(as_of)} as-of days but {len(outcome_on)} outcome days"
        raise ValueError(msg)
    if np.isnat(as_of).any():
        msg = f"{int(np.isnat(as_of).sum())} rows have no as-of day"
        raise ValueError(msg)
    early = outcome_on <= as_of
    if early.any():
        msg = f"{int(early.sum())} outcomes were known by their own as-of day"
        raise ValueError(msg)
