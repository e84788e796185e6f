"""Events promised over events that came, by year and type of township: asked for only where enough come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.lists.listed import Listed
from training.measures.evaluation import Verdict
from training.measures.intervals import Estimate

Names = NDArray[np.str_]
Mask = NDArray[np.bool_]

EXPECTED_NEEDED = 200
"""Events that must be expected: under it chance alone moves the ratio of a true forecast by 7 % and more."""

TOLERANCE = 0.10


@dataclass(frozen=True)
class Band:
    """Expected over observed in a band of rows.

    Parameters
    ----------
    by, name : str
        Which band.
    rows : int
    expected : float
        Rows with the outcome that the probabilities promise.
    observed : int
        Rows with the outcome that came.
    events_expected : float
        Events that they promise: where rows overlap, a household counts once a year with the mean of its
        rows of that year, since these tell of one event.
    ratio : Estimate
        Expected over observed.
    verdict : Verdict
        Whether the ratio lies within ±10 % of 1.
    """

    by: str
    name: str
    rows: int
    expected: float
    observed: int
    events_expected: float
    ratio: Estimate
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        """Give the band ready for JSON."""
        return {**vars(self), "ratio": self.ratio.as_dict(), "verdict": vars(self.verdict)}


def bands_of(listed: Listed, by: str, names: Names, year: NDArray[np.int64]) -> tuple[Band, ...]:
    """Return expected over observed in each band.

    Parameters
    ----------
    listed : Listed
    by : str
        What the bands are.
    names : (rows,) array of str
        Band of each row.
    year : (rows,) array of int
        Year of each row's day.
    """
    once = _once_a_year(listed, year)
    return tuple(_band(listed, by, str(name), names == name, once) for name in np.unique(names))


def _band(listed: Listed, by: str, name: str, rows: Mask, once: NDArray[np.intp]) -> Band:
    expected = listed.probability * rows
    ratio = listed.ratio(expected, listed.y * rows)
    cells = np.bincount(once[rows])
    promised = np.bincount(once[rows], listed.probability[rows])[cells > 0] / cells[cells > 0]
    events = float(promised.sum())
    return Band(
        by,
        name,
        int(rows.sum()),
        float(expected.sum()),
        int(listed.y[rows].sum()),
        events,
        ratio,
        _within(ratio, events),
    )


def _once_a_year(listed: Listed, year: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the event that each row tells of: one of a household and year, or its own."""
    if not listed.overlap:
        return np.arange(listed.y.size)
    return np.unique(listed.household * (year.max() + 1) + year, return_inverse=True)[1]


def _within(ratio: Estimate, events: float) -> Verdict:
    if events < EXPECTED_NEEDED:
        return Verdict(None, f"cannot be judged: {events:.0f} expected, {EXPECTED_NEEDED} needed")
    if ratio.value is None:
        return Verdict(False, "outside ±10 %: none came")
    if abs(ratio.value - 1.0) <= TOLERANCE:
        return Verdict(True, "within ±10 %")
    low, high = (ratio.value if end is None else end for end in (ratio.low, ratio.high))
    reaches = low <= 1.0 + TOLERANCE and high >= 1.0 - TOLERANCE
    return Verdict(False, "outside ±10 %, though the interval reaches in" if reaches else "outside ±10 %")
