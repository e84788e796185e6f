"""The place of a score among those it may be held against: rows that one learner scored, or of one day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.measures.evaluation import Scores

Floats = NDArray[np.float64]


def placed(
    scores: Mapping[str, Scores], origin: NDArray[np.intp], weight: Floats | None
) -> dict[str, Scores]:
    """Return what each scorer says of rows by places within their origins, so that they stand on one list.

    Parameters
    ----------
    scores : mapping of name to Scores
        As given at several origins, by what had been learnt before each.
    origin : (rows,) array of int
    weight : (rows,) array, optional
        How many rows each stands for.

    Notes
    -----
    Scores of different learners do not lie at one level: by them, one list of all rows would hold too many of
    one year and too few of another. Every scorer is placed alike, those too whose scores could stand.
    """
    return {
        name: Scores(places_within(each.score, origin, weight), each.probability, origin)
        for name, each in scores.items()
    }


def places_within(score: Floats, part: NDArray[Any], weight: Floats | None = None) -> Floats:
    """Return the place of each score within its part, from 0 to 1; equal scores have equal places.

    Parameters
    ----------
    score : (rows,) array
    part : (rows,) array
        Rows with equal entries are held against each other.
    weight : (rows,) array, optional
        How many rows each stands for.

    Returns
    -------
    (rows,) array
        The share of the part below, with half of those of the same score.

    Examples
    --------
    >>> places_within(np.array([5.0, 7.0, 0.1, 0.1]), np.array([1, 1, 2, 2]))
    array([0.25, 0.75, 0.5 , 0.5 ])
    """
    place = np.empty(score.size)
    counted = np.ones(score.size) if weight is None else weight
    for each in np.unique(part):
        rows = np.flatnonzero(part == each)
        _, same = np.unique(score[rows], return_inverse=True)
        mass = np.bincount(same, counted[rows])
        upto = np.cumsum(mass)
        place[rows] = ((upto - mass / 2.0) / upto[-1])[same]
    return place
