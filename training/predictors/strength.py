"""How well each feature orders the outcomes alone, before any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES
from features.vectors import Vectors
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.ranking import rank, roc_auc, tally

Floats = NDArray[np.float64]

CHANCE = 0.5


@dataclass(frozen=True)
class Strength:
    """What one feature tells where it is known.

    Parameters
    ----------
    feature, concept : str
    known : float
        Share of the rows in which it is known.
    more_is_worse : bool
        Whether the outcome comes more often where the value is greater.
    roc_auc : Estimate
        Of the rows in which it is known, ordered that way: .5 is chance.
    rate_known, rate_unknown : float or None
        Share with the outcome where it is known and where it is not; None where there is no such row.
    """

    feature: str
    concept: str
    known: float
    more_is_worse: bool
    roc_auc: Estimate
    rate_known: float | None
    rate_unknown: float | None

    def as_dict(self) -> dict[str, str | float | None]:
        """Give it as a line of a table."""
        auc = self.roc_auc
        return {
            "feature": self.feature,
            "concept": self.concept,
            "ROC-AUC": auc.value,
            "low": auc.low,
            "high": auc.high,
            "worse where": "more" if self.more_is_worse else "less",
            "known": self.known,
            "rate known": self.rate_known,
            "rate unknown": self.rate_unknown,
        }


def strengths(
    vectors: Vectors, y: Floats, *, most: int = 20, resamples: int = 100, random_state: int = 1
) -> tuple[Strength, ...]:
    """Return the features that order the outcomes best alone, the strongest first.

    Parameters
    ----------
    vectors : Vectors
    y : (rows,) array of 0.0 and 1.0
    most : int
        How many at most.
    resamples, random_state : int
        Of whole households, for the intervals.

    Notes
    -----
    Those shown are the strongest of many, on the same rows: by chance alone their values lie somewhat high.
    """
    order = [
        (name, _order(y, vectors.column(name)))
        for name in vectors.features
        if np.unique(y[~np.isnan(vectors.column(name))]).size > 1
    ]
    strongest = sorted(order, key=lambda each: -abs(each[1] - CHANCE))[:most]
    return tuple(_strength(vectors, y, name, auc, resamples, random_state) for name, auc in strongest)


def without_concept(vectors: Vectors, concept: str) -> Vectors:
    """Return the vectors without the features of a concept."""
    return _columns(vectors, [name for name in vectors.features if FEATURES[name].concept != concept])


def concepts_of(vectors: Vectors) -> tuple[str, ...]:
    """Return the concepts of the vectors' features, in the order of the catalogue."""
    return tuple(dict.fromkeys(FEATURES[name].concept for name in vectors.features))


def _columns(vectors: Vectors, names: Sequence[str]) -> Vectors:
    places = [vectors.features.index(name) for name in names]
    kept = {name: vectors.fingerprints[name] for name in names}
    return Vectors(
        vectors.household_id, vectors.as_of, tuple(names), vectors.X[:, places], kept, vectors.area
    )


def _order(y: Floats, x: Floats, weight: Floats | None = None) -> float:
    there = ~np.isnan(x)
    own = np.ones(int(there.sum())) if weight is None else weight[there]
    return float(roc_auc(tally(rank(y[there], x[there]), own[:, None]))[0])


def _strength(
    vectors: Vectors, y: Floats, name: str, auc: float, resamples: int, random_state: int
) -> Strength:
    x = vectors.column(name)
    there = ~np.isnan(x)
    worse = auc >= CHANCE
    household = np.unique(vectors.household_id[there], return_inverse=True)[1]
    ranking = rank(y[there], x[there] if worse else -x[there])
    drawn = [
        roc_auc(tally(ranking, counts[household]))
        for counts in household_counts(int(household.max()) + 1, resamples, random_state)
    ]
    value = max(auc, 1.0 - auc)
    return Strength(
        feature=name,
        concept=FEATURES[name].concept,
        known=float(there.mean()),
        more_is_worse=worse,
        roc_auc=percentile_interval(value, np.concatenate(drawn)) if drawn else Estimate(value),
        rate_known=float(y[there].mean()) if there.any() else None,
        rate_unknown=float(y[~there].mean()) if not there.all() else None,
    )
