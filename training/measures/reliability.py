"""How far probabilities can be taken at their word: Brier, expected over observed, the calibration line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EDGE = 1e-9
_STEPS = 40
_CLOSE = 1e-9
_LONGEST_STEP = 4.0
_ENDLESS = 30.0


class Line(NamedTuple):
    """``logit P(y = 1) = intercept + slope * logit p``, an entry a weighting; NaN where there is none."""

    slope: Floats
    intercept: Floats


def logit(p: Floats) -> Floats:
    """Give the log odds of probabilities, which are first held within [1e-9, 1 - 1e-9]."""
    held = np.clip(p, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(held) - np.log1p(-held), dtype=np.float64)


def brier(y: Floats, p: Floats, weights: Floats) -> Floats:
    """Give the mean squared distance between probability and outcome, by weighting."""
    return np.asarray((p - y) ** 2 @ weights / weights.sum(axis=0), dtype=np.float64)


def brier_skill(y: Floats, p: Floats, weights: Floats) -> Floats:
    """Give the share of the Brier score that is saved against the constant forecast of these rows' own rate.

    Returns
    -------
    (weightings,) array
        1 perfect, 0 no better than knowing the rate, below 0 worse; NaN where the outcomes are all of one
        kind.

    Notes
    -----
    The rate is that of the rows judged, which no forecaster knew beforehand: a strict reference.
    """
    rate = y @ weights / weights.sum(axis=0)
    spread = rate * (1.0 - rate)
    lost = np.divide(brier(y, p, weights), spread, out=np.full_like(spread, np.nan), where=spread > 0.0)
    return np.asarray(1.0 - lost, dtype=np.float64)


def expected_over_observed(y: Floats, p: Floats, weights: Floats) -> Floats:
    """Give the events that the probabilities promise, over those that came; NaN where none came."""
    observed = y @ weights
    return np.divide(p @ weights, observed, out=np.full_like(observed, np.nan), where=observed > 0.0)


def calibration_line(
    y: Floats,
    x: Floats,
    weights: Floats,
    *,
    near: tuple[float, float] | None = None,
    origin: NDArray[np.intp] | None = None,
) -> Line:
    """Fit the logistic regression of the outcome on one column, for many weightings at once.

    Parameters
    ----------
    y : (rows,) array of 0.0 and 1.0
    x : (rows,) array
        Log odds of the probabilities.
    weights : (rows, weightings) array
    near : (slope, intercept), optional
        Where to start; for resamples, the line of the whole.
    origin : (rows,) array of int, optional
        Of rows of several origins: each has a level of its own beside the one slope, so that what the level
        of years does is not taken for a slope.

    Returns
    -------
    Line
        The intercept is the mean of the levels, by the rows of each. NaN where the outcomes of every origin
        are of one kind, `x` is constant, or `x` separates them perfectly (the slope would be endless).

    Notes
    -----
    Newton's method on the slope and the levels, with `x` standardised and steps held to 4 so that it cannot
    overshoot; a weighting that has settled to 1e-9 leaves the loop. Under perfect separation the slope grows
    by about one a step; past 30 standard deviations it is given up. An origin whose outcomes are of one kind
    under a weighting tells nothing of the slope, and is left out of it there.
    """
    count = weights.shape[1]
    centre, scale = float(x.mean()), float(x.std())
    slope, intercept = np.full(count, np.nan), np.full(count, np.nan)
    part = _parts(y.size, origin)
    total, came = part @ weights, (part * y) @ weights
    told = (came > 0.0) & (came < total)
    active = np.flatnonzero(told.any(axis=0))
    if scale <= EDGE * (1.0 + abs(centre)) or len(active) == 0:
        return Line(slope, intercept)
    z = (x - centre) / scale
    rate = np.where(told, came, 1.0) / np.where(told, total, 2.0)
    if near is None:
        a, b = np.log(rate / (1.0 - rate))[:, active], np.zeros(len(active))
    else:
        level = near[1] + near[0] * centre
        a, b = np.full((len(part), len(active)), level), np.full(len(active), near[0] * scale)
    held = weights if told.all() else weights * (part.T @ told)
    held = held[:, active]
    share = np.where(told, total, 0.0)
    share /= np.maximum(share.sum(axis=0), EDGE)
    for _ in range(_STEPS):
        step_a, step_b = _newton_step(y, z, held, part, a, b)
        a, b = a + step_a, b + step_b
        settled = np.maximum(np.abs(step_a).max(axis=0), np.abs(step_b)) < _CLOSE
        found = settled & (np.abs(b) < _ENDLESS)
        slope[active[found]] = b[found] / scale
        level = (a * share[:, active]).sum(axis=0)
        intercept[active[found]] = level[found] - b[found] / scale * centre
        open_ = ~settled & np.isfinite(a).all(axis=0) & np.isfinite(b)
        active, a, b = active[open_], a[:, open_], b[open_]
        if len(active) == 0:
            break
        held = held if open_.all() else held[:, open_]
    return Line(slope, intercept)


def _parts(rows: int, origin: NDArray[np.intp] | None) -> Floats:
    """Return a line of 0.0 and 1.0 for each origin: which rows are of it."""
    if origin is None:
        return np.ones((1, rows))
    return np.asarray(np.unique(origin)[:, None] == origin, dtype=np.float64)


def _newton_step(
    y: Floats, z: Floats, weights: Floats, part: Floats, a: Floats, b: Floats
) -> tuple[Floats, Floats]:
    p = np.multiply.outer(z, b)
    p += a if len(part) == 1 else part.T @ a
    np.negative(p, out=p)
    np.clip(p, -500.0, 500.0, out=p)
    np.exp(p, out=p)
    p += 1.0
    np.reciprocal(p, out=p)
    expected = weights * p
    both = np.vstack([part, part * z, z * z])
    fall = both[:-1] @ expected
    rise = (both[:-1] * y) @ weights
    expected -= expected * p
    h = both @ expected
    levels = len(part)
    g_a, g_b = (rise - fall)[:levels], (rise - fall)[levels:].sum(axis=0)
    own, cross = h[:levels], h[levels:-1]
    lean = np.divide(cross, own, out=np.zeros_like(own), where=own > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # an endless step becomes NaN, and is given up
        step_b = (g_b - (lean * g_a).sum(axis=0)) / (h[-1] - (lean * cross).sum(axis=0))
        step_a = np.divide(g_a, own, out=np.zeros_like(own), where=own > 0.0) - lean * step_b
        longest = np.maximum(np.abs(step_a).max(axis=0), np.abs(step_b))
        shrink = np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, _LONGEST_STEP))
        return step_a * shrink, step_b * shrink
