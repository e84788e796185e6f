"""One county left out: how a model of the other counties orders and promises in one that it never saw."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from models.calibration import fit_calibration
from models.risk import RiskModel
from training.cohorts.followed import Followed, both_kinds
from training.learning.model import Told, origins_of
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import MODEL, Scores

Fit = Callable[[Vectors, NDArray[np.float64]], RiskModel]
"""Learns trees from rows and their outcomes."""


def left_out(
    vectors: Vectors,
    followed: Followed,
    county: NDArray[np.str_],
    *,
    fit: Fit,
    overlap: bool,
    resamples: int,
    told: Told = lambda _: None,
) -> Comparison:
    """Score every county by a model of the others, trees and calibration alike, and judge county by county.

    Parameters
    ----------
    vectors, followed
        Rows of all counties, and what came of them.
    county : (rows,) array of str
    fit : callable
        Learns the chosen trees from rows and their outcomes.
    overlap : bool
        Whether several rows of a household tell of one event.
    resamples : int
    told : callable

    Returns
    -------
    Comparison
        All rows together, and each county as a group; rows of a county without others to learn from are
        left out.
    """
    p = np.full(len(followed), np.nan)
    names = np.unique(county)
    for name in names:
        told(f"counties: {name} by a model of the others")
        own, others = county == name, np.flatnonzero(county != name)
        if both_kinds(followed.y[others]):
            p[own] = _said(vectors.take(others), followed.take(others), vectors.take(own), fit)
    known = ~np.isnan(p)
    weight = followed.weight
    return comparison(
        followed.y[known],
        {MODEL: Scores(p[known], p[known])},
        vectors.household_id[known],
        weight=None if weight is None else weight[known],
        groups={str(name): county[known] == name for name in names},
        overlap=overlap,
        resamples=resamples,
        random_state=1,
    )


def _said(
    vectors: Vectors,
    followed: Followed,
    stranger: Vectors,
    fit: Fit,
) -> NDArray[np.float64]:
    """Return the probabilities of a county that the learner has not seen."""
    train, later = origins_of(vectors, followed.y, followed.outcome_on)[-1]
    before = fit(vectors.take(train), followed.y[train])
    weight = None if followed.stands_for is None else followed.stands_for[later]
    calibration = fit_calibration(before.score(vectors.take(later)), followed.y[later], weight=weight)
    level = calibration.intercept + math.log(followed.kept)
    model = fit(vectors, followed.y)
    return replace(calibration, intercept=level).probability(model.score(stranger))
