"""From a raw score to a probability: strictly increasing, smooth, fitted on later months."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import Foreign, Refused

MIN_SLOPE = 0.05
MAX_SLOPE = 20.0

_HIGHEST = 36.0
_LOWEST = -700.0
_NEAR = 1.0
_SMALLEST_STEP = 1e-8


@dataclass(frozen=True)
class LogisticCalibration:
    """The logistic calibration g(f) = 1 / (1 + exp(−(slope · f + intercept))).

    Parameters
    ----------
    slope : float
        Above zero, so that a higher score is never a lower probability.
    intercept : float
        [log-odds] Of a household whose raw score is zero.

    Raises
    ------
    Foreign
        Where the slope is not above zero or a number is not finite.

    Notes
    -----
    Every row is computed by itself with the same scalar operations, so a row alone and a row among many give
    the same bytes. The argument of the exponential is kept within −700 … 36, beyond which a float would
    round the probability to exactly 0 or 1; no score of a model in use comes near either end.

    Examples
    --------
    >>> LogisticCalibration(slope=1.0, intercept=0.0).probability([0.0])
    array([0.5])
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept) and self.slope > 0):
            raise Foreign(
                "a calibration needs a finite slope above zero and a finite intercept, "
                f"not {self.slope} and {self.intercept}"
            )

    def probability(self, f: ArrayLike) -> NDArray[np.float64]:
        """Probability of raw scores.

        Parameters
        ----------
        f : array-like, shape (rows,)
            Raw scores [log-odds of the uncalibrated trees].

        Returns
        -------
        ndarray, shape (rows,)
            g(f), never exactly 0 or 1.
        """
        return _array(self.probability_of(value) for value in _floats(f))

    def probability_of(self, f: float) -> float:
        """g(f) of one raw score."""
        return _expit(min(self.slope * f + self.intercept, _HIGHEST))

    def secant(self, f0: ArrayLike, f: ArrayLike) -> NDArray[np.float64]:
        """Mean steepness (g(f) − g(f0)) / (f − f0) between scores, g'(f0) where they are equal.

        Parameters
        ----------
        f0, f : array-like, shape (rows,)
            Raw scores.

        Returns
        -------
        ndarray, shape (rows,)
            Always above zero [probability per unit of score].

        Notes
        -----
        Near by, the difference quotient loses its digits; there the identity
        ``g(f) − g(f0) = 2 sinh(d) √(σ'(z) σ'(z0))`` is used instead, with ``d = (z − z0) / 2`` and
        ``z = slope · f + intercept``.
        """
        return _array(self._secant(start, end) for start, end in zip(_floats(f0), _floats(f), strict=True))

    def _secant(self, f0: float, f: float) -> float:
        z0, z = self.slope * f0 + self.intercept, self.slope * f + self.intercept
        half = self.slope * (f - f0) / 2
        if abs(half) > _NEAR:
            # On the side where both are small, so that a difference near certainty keeps its digits.
            rise = _expit(z) - _expit(z0) if z + z0 < 0 else _expit(-z0) - _expit(-z)
            return rise / (f - f0)
        stretch = math.sinh(half) / half if half else 1.0
        return self.slope * stretch * math.sqrt(_expit(z) * _expit(-z)) * math.sqrt(_expit(z0) * _expit(-z0))

    def as_mapping(self) -> dict[str, str | float]:
        """Return the calibration as it is written into a bundle."""
        return {"kind": "logistic", "slope": self.slope, "intercept": self.intercept}


UNCALIBRATED = LogisticCalibration(slope=1.0, intercept=0.0)


def calibration_from(mapping: Mapping[str, object]) -> LogisticCalibration:
    """Calibration from its mapping in a bundle.

    Raises
    ------
    Foreign
        Where the kind is unknown or a number is missing.
    """
    slope, intercept = mapping.get("slope"), mapping.get("intercept")
    if mapping.get("kind") != "logistic":
        raise Foreign(f"unknown kind of calibration: {mapping.get('kind')!r}")
    if not isinstance(slope, int | float) or not isinstance(intercept, int | float):
        raise Foreign("a logistic calibration needs the numbers slope and intercept")
    return LogisticCalibration(slope=float(slope), intercept=float(intercept))


def fit_calibration(
    f: ArrayLike, y: ArrayLike, *, weight: ArrayLike | None = None, origin: ArrayLike | None = None
) -> LogisticCalibration:
    """Logistic calibration of greatest likelihood.

    Parameters
    ----------
    f : array-like, shape (rows,)
        Raw scores of later months than the trees have seen.
    y : array-like, shape (rows,)
        Outcomes, 0 or 1.
    weight : array-like, shape (rows,), optional
        How many rows each row stands for, above zero; all alike if not given.
    origin : array-like of int, shape (rows,), optional
        Which trees scored each row, where several did. Scores of different trees do not lie at one level: the
        slope is then that within origins, each with a level of its own, and the level that of all rows.

    Returns
    -------
    LogisticCalibration
        With a slope between 0.05 and 20. At the greatest likelihood within these bounds the mean probability
        is the share of outcomes.

    Raises
    ------
    Refused
        Where there are not both outcomes, or a score is not finite.

    Notes
    -----
    Newton's method with halved steps on the concave log-likelihood. The slope is bounded below because a
    score that does not order the later months at all, or orders them backwards, would make the greatest
    likelihood flat or decreasing: at 0.05 a difference of the score counts for a twentieth of what the trees
    say, such a model is worthless and for the gates to refuse, but its points still have their signs. It is
    bounded above because the likelihood of perfectly separated outcomes grows without end.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines and comparisons to regularized
    likelihood methods.
    """
    scores, outcomes = np.asarray(f, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if scores.shape != outcomes.shape or scores.ndim != 1:
        raise Refused(f"{scores.shape} scores do not fit {outcomes.shape} outcomes")
    if not np.isfinite(scores).all():
        raise Refused("a calibration cannot be fitted: some scores are not finite")
    events = int((outcomes == 1).sum())
    if events + int((outcomes == 0).sum()) != outcomes.size or not 0 < events < outcomes.size:
        raise Refused(f"a calibration needs both outcomes, 0 and 1: {events} events in {outcomes.size} rows")
    weights = np.ones_like(outcomes) if weight is None else np.asarray(weight, dtype=np.float64)
    if weights.shape != outcomes.shape or not (np.isfinite(weights) & (weights > 0.0)).all():
        raise Refused(f"a calibration of {outcomes.size} rows needs a finite weight above zero of each")
    share = float((weights * outcomes).sum() / weights.sum())
    start = np.array([1.0, math.log(share / (1 - share)) - scores.mean()])
    everyone = np.ones((outcomes.size, 1))
    apart = everyone if origin is None else _origins(np.asarray(origin), outcomes)
    held = apart.any(axis=1)
    design = np.column_stack([scores, apart])[held]
    first = np.concatenate([start, np.repeat(start[1:], apart.shape[1] - 1)])
    slope, level = _greatest_likelihood(design, outcomes[held], weights[held], first)[:2]
    bounded = min(max(slope, MIN_SLOPE), MAX_SLOPE)
    if bounded != slope or apart.shape[1] > 1 or not held.all():
        (level,) = _greatest_likelihood(everyone, outcomes, weights, start[1:], offset=bounded * scores)
    return LogisticCalibration(slope=float(bounded), intercept=float(level))


def _origins(origin: NDArray[np.int64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a column for each origin with both outcomes; one for all rows where no origin has both."""
    each = np.unique(origin)[:, None] == origin
    told = each[((each & (y == 1)).any(axis=1)) & ((each & (y == 0)).any(axis=1))]
    return told.T.astype(np.float64) if told.size else np.ones((y.size, 1))


def _greatest_likelihood(
    design: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    start: NDArray[np.float64],
    offset: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """Coefficients of the logistic regression of y on the columns of design."""
    beta = start
    loss, gradient, curvature = _loss(design, y, weights, beta, offset)
    for _ in range(200):
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        factor = 1.0
        while True:
            candidate = beta - factor * step
            new_loss, new_gradient, new_curvature = _loss(design, y, weights, candidate, offset)
            if new_loss <= loss or factor < _SMALLEST_STEP:
                break
            factor /= 2
        settled = bool(np.abs(candidate - beta).max() <= 1e-12 * (1 + np.abs(beta).max()))
        beta, loss, gradient, curvature = candidate, new_loss, new_gradient, new_curvature
        if settled or (design.shape[1] > 1 and abs(beta[0]) > 2 * MAX_SLOPE):
            break
    return beta


def _loss(
    design: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    beta: NDArray[np.float64],
    offset: NDArray[np.float64] | float,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Negative log-likelihood with its gradient and curvature."""
    z = design @ beta + offset
    p = np.exp(-np.logaddexp(0.0, -z))
    loss = float((weights * np.logaddexp(0.0, np.where(y == 1, -z, z))).sum())
    bend = weights * (p * np.exp(-np.logaddexp(0.0, z)))
    return loss, design.T @ (weights * (p - y)), (design * bend[:, None]).T @ design


def _expit(z: float) -> float:
    z = max(z, _LOWEST)
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    small = math.exp(z)
    return small / (1 + small)


def _floats(values: ArrayLike) -> list[float]:
    flat: list[float] = np.asarray(values, dtype=np.float64).reshape(-1).tolist()
    return flat


def _array(values: Iterable[float]) -> NDArray[np.float64]:
    return np.fromiter(values, dtype=np.float64)
