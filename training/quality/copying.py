"""Copying: last year's incomes written again, with or without a rise, and visits that answer as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.tables import TABLES
from training.quality.finding import Cases, Finding, More, found, parts_by
from training.quality.incomes import SOURCES, Surveys
from training.quality.known import Known, Rows

EXACT = 0.01
"""A source counts where its rounding leaves the rise uncertain by no more than this."""
FEWEST_SOURCES = 2
SHIFT = 0.05
"""By how much one source is moved to see how often sources agree by chance; over twice ``EXACT``."""
RISE = (0.9, 1.2)
"""Rises looked at: 5 to 10 % is what copies are known to add."""
MONTHS = (9, 15)
"""Months from one survey to the next."""
FEWEST_ALIKE, SHARE_ALIKE = 5, 1 / 3
REPEATS = 3
FEWEST_ANSWERS = 8
TWO_YEARS = np.timedelta64(730, "D")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Surveys and those of the year before; arrays of shape (pairs,).

    Parameters
    ----------
    at : ndarray of int
        Position of the later one among the surveys.
    low, high : ndarray of float
        Ends of the factors with which all sources of the later agree; ``low > high`` where none does.
    by_chance : ndarray of float
        How often they would agree if one source were moved aside; 0, 0.5 or 1.
    """

    at: Rows
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    by_chance: NDArray[np.float64]

    @property
    def copied(self) -> NDArray[np.bool_]:
        """Whether one factor fits all sources."""
        fits: NDArray[np.bool_] = _agree(self.low, self.high)
        return fits


def copying(known: Known, asked: Surveys) -> Iterator[Finding]:
    """Find what was written again.

    Notes
    -----
    Sources of a household rise and fall each in its own way. Where all of them changed by one factor, as
    exactly as their rounding allows to tell, they were copied, or it is chance; how often it is chance is
    told by moving one source aside by 5 % and looking how often they agree then.
    """
    pairs = compared(asked)
    yield _copied(known, asked, pairs)
    yield _same_factor(known, asked, pairs)
    yield _visits(known)


def compared(asked: Surveys) -> Pairs:
    """Compare each survey with that of the year before."""
    apart = np.diff(asked.start.astype("datetime64[M]")).astype(np.int64)
    follows = (np.diff(asked.household) == 0) & (apart >= MONTHS[0]) & (apart <= MONTHS[1])
    at = np.flatnonzero(follows & ~asked.imputed[1:]) + 1
    low, high = (np.full((len(SOURCES), at.size), np.nan) for _ in range(2))
    for place, kind in enumerate(SOURCES):
        now = asked.yuan[kind][at]
        before = asked.yuan[kind][at - 1] / asked.months[at - 1] * asked.months[at]
        half = _half_step(now)
        told = np.flatnonzero((before > 0) & (now > 0) & (half <= EXACT * before))
        low[place, told] = (now[told] - half[told]) / before[told]
        high[place, told] = (now[told] + half[told]) / before[told]
    enough = (~np.isnan(low)).sum(axis=0) >= FEWEST_SOURCES
    at, low, high = at[enough], low[:, enough], high[:, enough]
    chance = np.mean([_agree(*_common(low, high, 1.0 + shift)) for shift in (-SHIFT, SHIFT)], axis=0)
    return Pairs(at, *_common(low, high, 1.0), chance)


def _half_step(yuan: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much a figure may be off through rounding, as its own roundness tells."""
    return np.select([yuan % step == 0 for step in (1000, 500, 100)], [500.0, 250.0, 50.0], 0.5)


def _common(
    low: NDArray[np.float64], high: NDArray[np.float64], moved: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factors that fit all sources, the first one told moved aside."""
    if not low.size:
        return np.zeros(0), np.zeros(0)
    first = np.argmax(~np.isnan(low), axis=0), np.arange(low.shape[1])
    low, high = low.copy(), high.copy()
    low[first] *= moved
    high[first] *= moved
    return np.nanmax(low, axis=0), np.nanmin(high, axis=0)


def _agree(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    agree: NDArray[np.bool_] = (low <= high) & (high >= RISE[0]) & (low <= RISE[1])
    return agree


def _copied(known: Known, asked: Surveys, pairs: Pairs) -> Finding:
    hit, household = pairs.copied, asked.household[pairs.at]

    def further(some: Rows) -> More:
        if not some.size:
            return {"expected_share": None, "copied_share": None}
        chance = float(pairs.by_chance[some].mean())
        return {"expected_share": chance, "copied_share": float(hit[some].mean()) - chance}

    year = asked.end[pairs.at].astype("datetime64[Y]").astype(str)
    parts = parts_by(household, hit, {"year": year}, further)
    chance = float(pairs.by_chance.mean()) if pairs.at.size else 0.0
    cases = Cases("incomes", asked.at[pairs.at], hit)
    return found(known, "copied_incomes", cases, parts=parts, further=further, by_chance=chance)


def _same_factor(known: Known, asked: Surveys, pairs: Pairs) -> Finding:
    household = asked.household[pairs.at]
    village = np.unique(known.village, return_inverse=True)[1][household].astype(np.int64)
    year = asked.end[pairs.at].astype("datetime64[Y]").astype(np.int64)
    factor = np.rint(50.0 * (pairs.low + pairs.high)).astype(np.int64)
    place = np.unique(village * 10_000 + year, return_inverse=True)[1]
    alike = np.unique(place * 10_000 + factor, return_inverse=True)[1]
    same = np.bincount(alike, weights=pairs.copied)[alike]
    of = np.bincount(place)[place]
    hit = pairs.copied & (same >= FEWEST_ALIKE) & (same >= SHARE_ALIKE * of)
    return found(known, "same_factor", Cases("incomes", asked.at[pairs.at], hit))


def _visits(known: Known) -> Finding:
    rounds = np.flatnonzero(known.coded("visits", "purpose", "round"))
    day = known.column("visits", "occurred_on")[rounds]
    at = rounds[
        np.lexsort((known.column("visits", "known_on")[rounds], day, known.household("visits")[rounds]))
    ]
    household = known.household("visits")[at]
    same = _same_as_before(known, at)
    run = same.copy()
    for back in range(1, REPEATS):
        run[back:] &= same[:-back]
    run[:REPEATS] = False
    before = np.zeros(at.size, dtype=bool)
    before[REPEATS:] = household[REPEATS:] == household[:-REPEATS]
    asked = np.flatnonzero(before & (known.column("visits", "occurred_on")[at] > known.as_of - TWO_YEARS))
    hit = run[asked]

    def further(some: Rows) -> More:
        if not some.size:
            return {"same_as_last_time": None, "expected_share": None}
        once = float(same[asked[some]].mean())
        return {"same_as_last_time": once, "expected_share": once**REPEATS}

    parts = parts_by(household[asked], hit, {"village": known.village[household[asked]]}, further)
    return found(known, "same_answers", Cases("visits", at[asked], hit), parts=parts, further=further)


def _same_as_before(known: Known, at: Rows) -> NDArray[np.bool_]:
    """Return which visits, by household and day, answer all that the one before answered in the same way."""
    same = np.append(False, np.diff(known.household("visits")[at]) == 0)[: at.size]
    both = np.zeros(at.size, dtype=np.int64)
    for column in TABLES["visits"].columns:
        if column.use != "feature" or column.name == "mode":
            continue
        values = known.column("visits", column.name)[at]
        told = ~is_missing(column, values)
        again = np.append(False, told[1:] & told[:-1])[: at.size]
        equal = np.append(True, values[1:] == values[:-1])[: at.size]
        both += again
        same &= equal | ~again
    return same & (both >= FEWEST_ANSWERS)
