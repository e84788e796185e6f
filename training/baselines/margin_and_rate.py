"""What a model has to beat, and the face of it: income margin alone, the rate of the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from features.errors import Foreign, Usage
from training.measures.univariate import univariate

if TYPE_CHECKING:
    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

_LOWEST_RATIO = 0.01
_FEWEST_UNKNOWN = 30


class Baseline(Protocol):
    """The face that every baseline has."""

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Learn from rows whose outcome, 0 or 1, was known by the cut; `outcome_on` says since when."""

    def score(self, vectors: Vectors) -> Floats:
        """Give each row a place in the order: higher means more at risk; never NaN."""

    def probability(self, vectors: Vectors) -> Floats:
        """Give each row a probability; NaN never."""


class IncomeMargin:
    """Income over the line and nothing else: the lower the ratio, the higher the place.

    Parameters
    ----------
    column : str
        Id of the feature that holds the ratio.

    Attributes
    ----------
    line_ : Univariate
        Of the outcome on minus the log of the ratio, which is held at 0.01 and above.
    unknown_ratio_ : float
        The ratio that stands for an unknown one: the median of the training rows.
    unknown_rate_ : float
        Share of positives among the training rows of unknown ratio, or among all where they are fewer than
        30.

    Notes
    -----
    An unknown ratio takes the middle of the order: to rank it first or last would be a second feature.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Learn the univariate logistic; the order needs no learning but the place of the unknown.

        Raises
        ------
        Foreign
            If the vectors lack the column.
        Usage
            If the outcomes are of one kind, or no ratio is known.
        """
        check_outcomes(vectors, y, outcome_on)
        ratio = _column(vectors, self.column)
        known = ~np.isnan(ratio)
        if not known.any():
            msg = f"no row has a known {self.column}"
            raise Usage(msg)
        self.unknown_ratio_ = float(np.median(ratio[known]))
        self.unknown_rate_ = float(y[~known].mean() if (~known).sum() >= _FEWEST_UNKNOWN else y.mean())
        self.line_ = univariate(y[known], -_log_ratio(ratio[known]))
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give minus the ratio."""
        ratio = _column(vectors, self.column)
        return np.where(np.isnan(ratio), -self.unknown_ratio_, -ratio)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the probability of the univariate logistic; for an unknown ratio, the rate of the unknown."""
        ratio = _column(vectors, self.column)
        known = self.line_.probability(-_log_ratio(np.where(np.isnan(ratio), 1.0, ratio)))
        return np.where(np.isnan(ratio), self.unknown_rate_, known)


class AreaRate:
    """The rate of the row's area (``vectors.area``) in the training rows, drawn toward the overall rate.

    Parameters
    ----------
    strength : float, optional
        How many rows of the overall rate are added to each area. If not given, it is estimated from the
        training rows.

    Attributes
    ----------
    areas_ : (areas,) array of str
    rates_ : (areas,) array
        Smoothed rates.
    overall_ : float
        The rate of all training rows, and that of an area never seen.
    strength_ : float
        Endless (``inf``) where the areas differ by no more than chance.

    Notes
    -----
    Rate = (positives + strength · overall) / (rows + strength), the mean under a Beta prior of mean `overall`
    and size `strength`. The size comes from the method of moments for the beta-binomial.

    References
    ----------
    Kleinman (1973), Proportions with extraneous variance, JASA 68: 46-54.
    """

    def __init__(self, strength: float | None = None) -> None:
        self.strength = strength

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Count the areas.

        Raises
        ------
        Usage
            If the outcomes are of one kind.
        """
        check_outcomes(vectors, y, outcome_on)
        self.areas_, place = np.unique(vectors.area, return_inverse=True)
        count = np.bincount(place, minlength=len(self.areas_)).astype(np.float64)
        hits = np.bincount(place, weights=y, minlength=len(self.areas_)).astype(np.float64)
        self.overall_ = float(y.mean())
        self.strength_ = prior_strength(hits, count) if self.strength is None else self.strength
        share = np.zeros_like(count) if np.isinf(self.strength_) else count / (count + self.strength_)
        self.rates_ = share * hits / count + (1.0 - share) * self.overall_
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give the smoothed rate of the area."""
        area = vectors.area
        place = np.minimum(np.searchsorted(self.areas_, area), len(self.areas_) - 1)
        return np.where(self.areas_[place] == area, self.rates_[place], self.overall_)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the same: the rate is a probability."""
        return self.score(vectors)


def prior_strength(hits: Floats, count: Floats) -> float:
    """Estimate how alike areas are: the size of the Beta prior their rates seem drawn from.

    Parameters
    ----------
    hits, count : (areas,) arrays
        Positives and rows of each area.

    Returns
    -------
    float
        In rows; ``inf`` where the rates differ by no more than chance would make them.

    Notes
    -----
    Method of moments with weights `count`: with rate p, S = Σ n (p_i - p)² and intra-class correlation
    r = (S - p q (k - 1)) / (p q (N - Σ n² / N - (k - 1))), the size is 1 / r - 1.
    """
    total = float(count.sum())
    p = float(hits.sum()) / total
    spread = float((count * (hits / count - p) ** 2).sum())
    chance = p * (1.0 - p)
    free = len(count) - 1.0
    room = chance * (total - float((count**2).sum()) / total - free)
    excess = spread - chance * free
    if room <= 0.0 or excess <= 0.0:
        return float("inf")
    return max(room / excess - 1.0, 0.0)


def columns_of(vectors: Vectors, names: tuple[str, ...]) -> Floats:
    """Take columns by name; Foreign where the vectors lack one."""
    missing = [name for name in names if name not in vectors.features]
    if missing:
        msg = f"the vectors lack {', '.join(missing)}"
        raise Foreign(msg)
    if names == vectors.features:
        return vectors.X
    return vectors.X[:, [vectors.features.index(name) for name in names]]


def check_outcomes(vectors: Vectors, y: Floats, outcome_on: Days | None) -> None:
    """Refuse outcomes that nothing can be learnt from."""
    if y.shape != (len(vectors),):
        msg = f"{len(vectors)} rows but {len(y)} outcomes"
        raise ValueError(msg)
    if outcome_on is not None and outcome_on.shape != y.shape:
        msg = f"{len(y)} outcomes but {len(outcome_on)} days on which they became known"
        raise ValueError(msg)
    if not bool(((y == 0.0) | (y == 1.0)).all()):
        msg = "a row to learn from must have an outcome of 0 or 1"
        raise ValueError(msg)
    if len(np.unique(y)) == 1 or len(y) == 0:
        msg = "the outcomes to learn from are all of one kind"
        raise Usage(msg)


def _log_ratio(ratio: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(ratio, _LOWEST_RATIO)), dtype=np.float64)


def _column(vectors: Vectors, name: str) -> Floats:
    return columns_of(vectors, (name,))[:, 0]
