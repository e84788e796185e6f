"""What each feature contributes to a score, exactly, and what each concept adds to a probability.

Which engine computes the contributions is this file's secret; today it is LightGBM's own TreeSHAP.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import Foreign
from features.vectors import Vectors
from models.risk import RiskModel

ADDITIVITY = 1e-9
"""How far base value and contributions together may be from the raw score."""


@dataclass(frozen=True)
class Contributions:
    """Shapley values of the trees.

    Parameters
    ----------
    f0 : float
        Base value: the mean raw score of the trees over the rows they were fitted on.
    phi : ndarray, shape (rows, features)
        What each feature adds to the raw score, in the model's order; a row's values and f0 add up to its
        score.
    """

    f0: float
    phi: NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """What each concept adds to the probability of each row.

    Parameters
    ----------
    concepts : tuple of str
        In the order of their first feature in the model.
    start : ndarray, shape (rows,)
        Probability of the base value less the area's rate.
    values : ndarray, shape (rows, concepts)
        [probability] Each has the sign of its concept's contribution.
    """

    concepts: tuple[str, ...]
    start: NDArray[np.float64]
    values: NDArray[np.float64]

    def by_concept(self, row: int) -> dict[str, float]:
        """Points of one row: ``start`` first, then every concept."""
        numbers: list[float] = self.values[row].tolist()
        return {"start": float(self.start[row]), **dict(zip(self.concepts, numbers, strict=True))}


def contributions(model: RiskModel, vectors: Vectors) -> Contributions:
    """Exact Shapley values of the model's trees for each row.

    Raises
    ------
    Foreign
        Where a feature is missing or has another definition than the model's.

    Notes
    -----
    Path-dependent TreeSHAP: what is not known of a household is averaged over the rows that the trees were
    fitted on.

    References
    ----------
    Lundberg, S. M. et al. (2020). From local explanations to global understanding with explainable AI for
    trees. Nature Machine Intelligence 2, 56–67.
    """
    X = model.matrix(vectors)
    if not len(X):
        unknown = np.full((1, len(model.features)), np.nan)
        return Contributions(f0=_shapley(model, unknown).f0, phi=np.empty((0, len(model.features))))
    return _shapley(model, X)


def points(
    model: RiskModel, given: Contributions, score: ArrayLike, probability: ArrayLike, area_rate: ArrayLike
) -> Points:
    """Share of each concept in the distance between the probability and the area's rate.

    Parameters
    ----------
    model : RiskModel
    given : Contributions
        Of the same rows.
    score, probability : array-like, shape (rows,)
        The rows' raw score f and calibrated probability g(f).
    area_rate : float or array-like, shape (rows,)
        [probability] What is usual in each row's area.

    Returns
    -------
    Points
        A row's start and values add up to its probability less the area's rate.

    Raises
    ------
    Foreign
        Where the contributions do not add up to the score: they are of other rows or of another model.

    Notes
    -----
    Points of a concept = contribution · (g(f) − g(f0)) / (f − f0), with the limit g'(f0) where f = f0. The
    rounding errors of the sum, some 1e-16, are kept in ``start``, so that the published numbers add up.
    """
    f, p = _column(score), _column(probability)
    usual = np.broadcast_to(np.asarray(area_rate, dtype=np.float64), f.shape)
    concepts, by_concept = contributions_by_concept(model, given)
    if not f.shape == p.shape == (len(by_concept),):
        raise Foreign(f"{len(by_concept)} rows of contributions, {f.size} scores, {p.size} probabilities")
    base = np.full(f.shape, given.f0)
    if not _add_up(base, by_concept, f):
        raise Foreign("the contributions do not add up to the scores")
    values = by_concept * model.calibration.secant(base, f)[:, None]
    start = [
        (end - rate) - math.fsum(row)
        for end, rate, row in zip(p.tolist(), usual.tolist(), values.tolist(), strict=True)
    ]
    return Points(concepts=concepts, start=np.array(start, dtype=np.float64), values=values)


def contributions_by_concept(
    model: RiskModel, given: Contributions
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Contributions added up by concept.

    Returns
    -------
    tuple of str
        Concepts in the order of their first feature.
    ndarray, shape (rows, concepts)
        [raw score]
    """
    columns = model.columns_by_concept
    sums = np.empty((len(given.phi), len(columns)))
    for place, members in enumerate(columns.values()):
        # An ordered accumulation: the same bytes for a row alone and a row among many.
        sums[:, place] = np.cumsum(given.phi[:, members], axis=1)[:, -1]
    return tuple(columns), sums


def _shapley(model: RiskModel, X: NDArray[np.float64]) -> Contributions:
    values = np.asarray(model.booster.predict(X, pred_contrib=True, num_threads=1), dtype=np.float64)
    return Contributions(f0=float(values[0, -1]), phi=values[:, :-1])


def _add_up(base: NDArray[np.float64], by_concept: NDArray[np.float64], f: NDArray[np.float64]) -> bool:
    distance = np.abs(base + by_concept.sum(axis=1) - f)
    return bool((distance <= ADDITIVITY * (1 + np.abs(f))).all())


def _column(values: ArrayLike) -> NDArray[np.float64]:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))
