"""How far true chances lie about a probability: what records do not show, and what refits disagree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from models.calibration import LogisticCalibration, fit_calibration
from models.risk import RiskModel
from models.spread import Spread
from training.cohorts.followed import HORIZON_MONTHS, both_kinds
from training.learning.crossfit import parts_of
from training.learning.levels import LEVELS_DIFFER
from training.measures.reliability import logit

Floats = NDArray[np.float64]
Params = Mapping[str, float | str]
Fit = Callable[[Vectors, Floats, Params], RiskModel]

LEVEL = 0.9

REACH = 1.645
"""Standard deviations to either side within which nine tenths of a normal distribution lie."""

FEWEST = 50
"""Rows near a knot from which its own disagreement is told; elsewhere that of all rows."""


@dataclass(frozen=True)
class Hidden:
    """Between how many times the odds true chances lie about a true probability: no fit can tell.

    Parameters
    ----------
    at : tuple of float
        [log-odds] Of probabilities.
    least, most : tuple of float
        [times the odds] The 5 % and the 95 % quantile.
    """

    at: tuple[float, ...]
    least: tuple[float, ...]
    most: tuple[float, ...]


HIDDEN: Mapping[tuple[str, int], Hidden] = {
    ("entry", HORIZON_MONTHS): Hidden(
        at=(-9.0, -8.0, -7.0, -6.0, -5.0, -4.0),
        least=(0.0, 0.0, 0.0, 0.006, 0.03, 0.055),
        most=(1.0, 1.3, 2.2, 2.7, 3.5, 4.4),
    ),
    ("need", HORIZON_MONTHS): Hidden(
        at=(-9.0, -8.0, -7.0, -6.0, -5.0, -4.0),
        least=(0.0, 0.0, 0.005, 0.014, 0.027, 0.082),
        most=(1.5, 2.7, 3.4, 3.4, 3.6, 4.1),
    ),
}
"""By target and months, measured where true chances are known (docs/chances.md); others have no interval.

What came of households tells what their like come to on average, not how unlike they are: no amount of
records shows that. So these numbers come from a simulated county, and on real households they are an
assumption.
"""


def spread_of(
    vectors: Vectors,
    y: Floats,
    origin: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    *,
    params: Params,
    fit: Fit,
    target: str,
    horizon_months: int,
    kept: float = 1.0,
) -> Spread | None:
    """Return the spread of a model: what is hidden, and about it how far half the households disagree.

    Parameters
    ----------
    vectors, y
        The rows to learn from and their outcomes.
    origin : pair of masks
        What is learnt from and what is scored.
    params : mapping
        The trees, as they were chosen.
    fit : callable
        Fits trees on rows.
    target, horizon_months
        What is predicted.
    kept : float
        Share of the rows without the outcome that were kept.

    Returns
    -------
    Spread or None
        None where nothing is known of what is hidden, or a half had outcomes of one kind only.

    Notes
    -----
    Trees and calibration are fitted on either half of the households and asked of the same later rows. Where
    a half has the variance 2 s², two halves differ by 4 s² on average, and a fit on all has s². Beside it
    stands how far the level of a coming year may lie off. Distances in log odds add up as independent errors
    do: the square of the whole is the sum of the squares.
    """
    hidden = HIDDEN.get((target, horizon_months))
    if hidden is None:
        return None
    said = _by_halves(vectors, y, origin, params, fit)
    if said is None:
        return None
    first, second = (logit(p) + np.log(kept) for p in said)
    refits = disagreement((first + second) / 2.0, first - second, hidden.at) / 2.0
    unsure = REACH * np.hypot(refits, LEVELS_DIFFER)
    with np.errstate(divide="ignore"):
        below, above = -np.log(hidden.least), np.log(hidden.most)
    least, most = np.exp(-np.hypot(below, unsure)), np.exp(np.hypot(above, unsure))
    return Spread(LEVEL, hidden.at, tuple(least.tolist()), tuple(most.tolist()))


def disagreement(z: Floats, apart: Floats, at: tuple[float, ...]) -> Floats:
    """Return the root mean square of differences near each of some log odds.

    Parameters
    ----------
    z, apart : (rows,) arrays
        Where each row lies, and by how much two fits differ on it.
    at : tuple of float
        Rising; a row counts for the nearest.
    """
    edges = (np.array(at)[1:] + np.array(at)[:-1]) / 2.0
    nearest = np.searchsorted(edges, z)
    count = np.bincount(nearest, minlength=len(at))
    square = np.bincount(nearest, apart**2, minlength=len(at))
    every = float((apart**2).mean())
    return np.sqrt(np.where(count < FEWEST, every, square / np.maximum(count, 1)))


def _by_halves(
    vectors: Vectors,
    y: Floats,
    origin: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    params: Params,
    fit: Fit,
) -> list[Floats] | None:
    """Return what a fit on either half of the households promises the later rows."""
    train, test = origin
    half = parts_of(vectors.household_id, 2) == 1
    said = []
    for own in (half, ~half):
        if not all(both_kinds(y[side & own]) for side in (train, test)):
            return None
        model = fit(vectors.take(train & own), y[train & own], params)
        raw = model.score(vectors.take(test))
        calibration: LogisticCalibration = fit_calibration(raw[own[test]], y[test & own])
        said.append(calibration.probability(raw))
    return said
