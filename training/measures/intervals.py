"""How sure the measures are: resampling whole households, paired between scorers.

Rows of one household resemble each other, so households are drawn, not rows, and each keeps all its rows. A
resample is not copied out: a row's weight is how often its household was drawn, and the measures take a
column of weights a resample (`training.measures.ranking`, `training.measures.reliability`), on arrays sorted
once. All scorers are measured on the same draws, so the interval of a difference is that of the difference
and not of two strangers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.measures.evaluation import Judged, Scores, check_rows, check_share, make_ready, measure_weighted
from training.measures.reliability import calibration_line

Floats = NDArray[np.float64]

_CELLS = 2_000_000
_FEWEST_HOUSEHOLDS = 2
_UNDEFINED_ALLOWED = 0.05


@dataclass(frozen=True)
class Estimate:
    """A value and how far it may be off.

    Parameters
    ----------
    value : float or None
        From all rows; None where it is not defined.
    low, high : float or None
        Ends of the interval; None where there is none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    def as_dict(self) -> dict[str, float | None]:
        """Give the three by name, ready for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, eq=False)
class Resampled:
    """The measures of several scorers on the same resamples.

    Parameters
    ----------
    households : int
        How many households were drawn from, and how many draws make a resample.
    replicates : mapping of scorer to mapping of measure to (resamples,) array
        NaN where a measure was not defined on a resample.
    """

    households: int
    replicates: Mapping[str, Mapping[str, Floats]]

    def estimate(self, scorer: str, measure: str, value: float | None, *, level: float = 0.95) -> Estimate:
        """Put the interval of a measure around its value."""
        replicates = self.replicates[scorer].get(measure)
        return Estimate(value) if replicates is None else percentile_interval(value, replicates, level=level)

    def difference(
        self, scorer: str, other: str, measure: str, value: float | None, *, level: float = 0.95
    ) -> Estimate:
        """Put the interval of the paired difference, `scorer` minus `other`, around its value."""
        mine, theirs = self.replicates[scorer].get(measure), self.replicates[other].get(measure)
        if mine is None or theirs is None:
            return Estimate(value)
        return percentile_interval(value, mine - theirs, level=level)


def resample_measures(
    y: Floats,
    scorers: Mapping[str, Scores],
    household: NDArray[np.str_] | NDArray[np.int64],
    *,
    weight: Floats | None = None,
    share: float = 0.10,
    resamples: int = 1000,
    random_state: int = 0,
) -> Resampled:
    """Measure scorers on resamples of the households.

    Parameters
    ----------
    y : (rows,) array
        Outcomes; rows with NaN are left out before anything is drawn.
    scorers : mapping of name to Scores
        Of the same rows.
    household : (rows,) array
        Household of each row. A wider cluster (the village) may be given in its place.
    weight : (rows,) array, optional
        As in `training.measures.evaluation.measure`.
    share : float
        Share of the rows on the list; its length follows the rows of each resample.
    resamples : int
        How many; 0 gives no intervals.
    random_state : int
        Seed. The same seed, rows and order give the same draws.

    Returns
    -------
    Resampled

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 8 (resample the independent units) and
    13 (percentiles).
    """
    check_share(share)
    for scores in scorers.values():
        check_rows(y, scores, weight)
    kept = ~np.isnan(y) if weight is None else ~np.isnan(y) & (weight > 0.0)
    names, cluster = np.unique(household[kept], return_inverse=True)
    if len(names) < _FEWEST_HOUSEHOLDS or resamples == 0:
        return Resampled(len(names), {name: {} for name in scorers})
    own = np.ones(int(kept.sum())) if weight is None else weight[kept]
    judged = {name: make_ready(y[kept], scores, kept) for name, scores in scorers.items()}
    near = {name: _line(each, own) for name, each in judged.items()}
    parts: dict[str, list[dict[str, Floats]]] = {name: [] for name in scorers}
    for counts in household_counts(len(names), resamples, random_state, step=max(1, _CELLS // len(cluster))):
        weights = counts[cluster] * own[:, None]
        for name, each in judged.items():
            parts[name].append(measure_weighted(each, weights, share, near=near[name]))
    return Resampled(len(names), {name: _joined(found) for name, found in parts.items()})


def household_counts(
    households: int, resamples: int, random_state: int, *, step: int = 100
) -> Iterator[Floats]:
    """Draw households with replacement and count how often each came.

    Parameters
    ----------
    households : int
        How many there are, and how many are drawn each time.
    resamples : int
    random_state : int
    step : int
        How many resamples are given at once.

    Yields
    ------
    (households, at most `step`) array
        Counts; each column adds up to `households`.
    """
    generator = np.random.default_rng(random_state)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.integers(0, households, size=(size, households))
        places = drawn + households * np.arange(size)[:, None]
        counts = np.bincount(places.ravel(), minlength=size * households)
        yield np.ascontiguousarray(counts.reshape(size, households).T, dtype=np.float64)


def percentile_interval(value: float | None, replicates: Floats, *, level: float = 0.95) -> Estimate:
    """Give the middle `level` of the replicates as the interval of a value.

    Parameters
    ----------
    value : float or None
    replicates : (resamples,) array
        NaN where not defined.
    level : float

    Returns
    -------
    Estimate
        Without ends where the value is None or more than one replicate in twenty is not defined: the rest
        would flatter it.
    """
    defined = replicates[np.isfinite(replicates)]
    if value is None or len(defined) == 0 or len(defined) < (1.0 - _UNDEFINED_ALLOWED) * len(replicates):
        return Estimate(value)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    return Estimate(value, float(low), float(high))


def _line(judged: Judged, weight: Floats) -> tuple[float, float] | None:
    if judged.log_odds is None:
        return None
    line = calibration_line(judged.y, judged.log_odds, weight[:, None], origin=judged.origin)
    slope, intercept = float(line.slope[0]), float(line.intercept[0])
    return (slope, intercept) if np.isfinite(slope) else None


def _joined(parts: list[dict[str, Floats]]) -> dict[str, Floats]:
    return {measure: np.concatenate([part[measure] for part in parts]) for measure in parts[0]}
