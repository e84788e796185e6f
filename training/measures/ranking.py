"""How well a score orders households: rank measures under many weightings at once, ties treated honestly.

Rows are sorted once by falling score; rows of equal score form a tie group. Whatever the weights, every rank
measure then follows from two running sums over the groups: the weight listed so far and the positive weight
listed so far. A bootstrap resample is only another column of weights, so a thousand resamples cost one sort.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows in the order of a score.

    Parameters
    ----------
    order : (rows,) array of int
        Row positions from the highest score to the lowest.
    starts : (groups,) array of int
        Where in `order` each tie group begins.
    positive : (positives,) array of int
        Positions of the rows with outcome 1, in the order of the ranking.
    home : (positives,) array of int
        The tie group of each of them.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    positive: NDArray[np.intp]
    home: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Tally:
    """The running sums of one ranking under several weightings, a column each.

    Parameters
    ----------
    listed : (groups, weightings) array
        Weight of all rows down to and with each tie group.
    groups : (hit groups,) array of int
        The tie groups that hold at least one positive row.
    own : (hit groups, weightings) array
        Positive weight within each of those.
    found : (hit groups, weightings) array
        Positive weight down to and with each of those.
    """

    listed: Floats
    groups: NDArray[np.intp]
    own: Floats
    found: Floats

    @property
    def total(self) -> Floats:
        """Weight of all rows, by weighting."""
        return np.asarray(self.listed[-1], dtype=np.float64)

    @property
    def positives(self) -> Floats:
        """Weight of the positive rows, by weighting."""
        return np.asarray(
            self.found[-1] if len(self.found) else np.zeros(self.listed.shape[1]), dtype=np.float64
        )


@dataclass(frozen=True, eq=False)
class TopList:
    """What a list of the highest scores finds, by weighting.

    Parameters
    ----------
    length : (weightings,) array
        Weight of the list: the share of all, rounded up to a whole number.
    found, fewest, most : (weightings,) arrays
        Positive weight on it: expected when rows tied at its end are drawn by lot, and the least and most
        that lot can give.
    """

    length: Floats
    found: Floats
    fewest: Floats
    most: Floats


def rank(y: Floats, score: Floats) -> Ranking:
    """Sort rows by falling score and find the ties.

    Parameters
    ----------
    y : (rows,) array of 0.0 and 1.0
    score : (rows,) array
        Higher means more at risk; no NaN.
    """
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    group = np.cumsum(fresh) - 1
    hit = y[order] == 1.0
    return Ranking(order, np.flatnonzero(fresh), order[hit], group[hit])


def tally(ranking: Ranking, weights: Floats) -> Tally:
    """Add the weights up along a ranking.

    Parameters
    ----------
    ranking : Ranking
        Of at least one row.
    weights : (rows, weightings) array
        Not negative; 0 leaves a row out, 2 counts it twice.
    """
    by_group = weights[ranking.order]
    if len(ranking.starts) < len(ranking.order):
        by_group = np.add.reduceat(by_group, ranking.starts, axis=0)
    listed = np.cumsum(by_group, axis=0)
    groups, first = np.unique(ranking.home, return_index=True)
    own = weights[ranking.positive]
    if len(groups) < len(ranking.home):
        own = np.add.reduceat(own, first, axis=0)
    return Tally(listed, groups, own, np.cumsum(own, axis=0))


def roc_auc(sums: Tally) -> Floats:
    """Give the chance that a positive row is ranked above a negative one, a tie counting one half.

    Returns
    -------
    (weightings,) array
        NaN where the outcomes are all of one kind.
    """
    negatives = sums.total - sums.positives
    through = sums.listed[sums.groups] - sums.found
    before = _before(sums.listed, sums.groups) - (sums.found - sums.own)
    beaten = negatives - 0.5 * (through + before)
    return _ratio((sums.own * beaten).sum(axis=0), sums.positives * negatives)


def average_precision(sums: Tally) -> Floats:
    """Give the mean precision over the positive rows, each tie group entering as a whole.

    Returns
    -------
    (weightings,) array
        NaN where there is no positive row.
    """
    listed = sums.listed[sums.groups]
    precision = np.divide(sums.found, listed, out=np.zeros_like(listed), where=listed > 0.0)
    return _ratio((sums.own * precision).sum(axis=0), sums.positives)


def top_list(sums: Tally, share: float) -> TopList:
    """Give what the list of the highest `share` of the rows finds.

    Parameters
    ----------
    sums : Tally
    share : float
        In (0, 1]. The list is ``ceil(share * weight of all rows)`` long: never empty, and one more visit
        rather than one less.

    Returns
    -------
    TopList

    Notes
    -----
    With rows tied at the end of the list, ``t`` of them for ``m`` free places, the expected find among them
    is ``m / t`` of their positives (hypergeometric mean).
    """
    length = np.array([list_length(total, share) for total in sums.total])
    last = (sums.listed < length).sum(axis=0)
    columns = np.arange(sums.listed.shape[1])
    above = np.where(last > 0, sums.listed[last - 1, columns], 0.0)
    tied = sums.listed[last, columns] - above
    padded = np.vstack([np.zeros((1, len(columns))), sums.found])
    safe = padded[np.searchsorted(sums.groups, last, side="left"), columns]
    tied_positive = padded[np.searchsorted(sums.groups, last, side="right"), columns] - safe
    places = length - above
    drawn = np.divide(places, tied, out=np.zeros_like(places), where=tied > 0.0)
    return TopList(
        length=length,
        found=safe + drawn * tied_positive,
        fewest=safe + np.maximum(0.0, places - (tied - tied_positive)),
        most=safe + np.minimum(tied_positive, places),
    )


def places_on_list(score: Floats, share: float, weight: Floats | None = None) -> Floats:
    """Give the chance of each row to be on the list of the highest `share` of the rows.

    Parameters
    ----------
    score : (rows,) array
        Higher means more at risk; no NaN.
    share : float
        In (0, 1]; the list is as long as that of `top_list`.
    weight : (rows,) array, optional
        How many rows each row stands for: the list is a share of all that they stand for.

    Returns
    -------
    (rows,) array
        1 above the end of the list, 0 below, and for rows tied at it the free places over the tied rows.

    Examples
    --------
    >>> places_on_list(np.array([0.3, 0.9, 0.3, 0.1]), 0.5)
    array([0.5, 1. , 0.5, 0. ])
    """
    if not score.size:
        return np.zeros(0)
    held = np.ones(score.size) if weight is None else weight
    order = np.argsort(-score, kind="stable")
    listed = np.cumsum(held[order])
    length = list_length(float(listed[-1]), share)
    end = score[order[np.searchsorted(listed, length * (1.0 - 1e-9))]]
    above, tied = score > end, score == end
    drawn = (length - held[above].sum()) / held[tied].sum()
    return np.where(above, 1.0, np.where(tied, drawn, 0.0))


def list_length(total: float, share: float) -> float:
    """Give the length of a list of a share of `total`: rounded up, never more than all.

    Examples
    --------
    >>> list_length(7830, 0.1), list_length(11, 0.1), list_length(30, 0.1)
    (783.0, 2.0, 3.0)
    """
    slack = 1e-9 * max(1.0, total)
    return min(float(math.ceil(share * total - slack)), total)


def _before(listed: Floats, groups: NDArray[np.intp]) -> Floats:
    return np.where((groups > 0)[:, None], listed[groups - 1], 0.0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0.0)
