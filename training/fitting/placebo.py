"""The placebo: the same learning on outcomes dealt out anew must find nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from training.cohorts.followed import Followed
from training.learning.model import fit_trees, origins_of
from training.measures.evaluation import MODEL, Scores, measure
from training.measures.intervals import Estimate, resample_measures
from training.measures.places import places_within


def dealt_anew(followed: Followed, random_state: int) -> Followed:
    """Deal the outcomes of each day out among its households.

    A day keeps how many of its rows had the outcome; who had it is left to the lot. A household keeps its lot
    from day to day: rows that overlap in time stay alike, as they are in truth.
    """
    households, owner = np.unique(followed.cohort.household_id, return_inverse=True)
    lot = np.random.default_rng(random_state).permutation(households.size)[owner]
    y = np.empty(len(followed))
    for day in np.unique(followed.cohort.as_of):
        rows = np.flatnonzero(followed.cohort.as_of == day)
        y[rows[np.argsort(lot[rows])]] = np.sort(followed.y[rows])[::-1]
    return replace(followed, y=y, soon=None)


def placebo(
    vectors: Vectors,
    followed: Followed,
    params: Mapping[str, float | str],
    *,
    target: str,
    horizon_months: int,
    resamples: int,
    random_state: int = 1,
) -> Estimate:
    """Learn from outcomes dealt out anew; return the ROC-AUC on later days of households not learnt from.

    Parameters
    ----------
    vectors, followed
        Rows, and what came of them.
    params : mapping
        The chosen trees.
    target : str
    horizon_months : int
    resamples, random_state : int

    Notes
    -----
    A household keeps its lot, so a model could know it again on later days: it is learnt from one half of the
    households and judged on the other. Orders are held against each other within a day, for how many come on
    which day may be known. What is still found is a column that tells what came, or a fault of the judging.
    """
    dealt = dealt_anew(followed, random_state)
    half = np.unique(vectors.household_id, return_inverse=True)[1] % 2 == 1
    score: list[NDArray[np.float64]] = []
    places: list[NDArray[np.intp]] = []
    for train, later in origins_of(vectors, dealt.y, dealt.outcome_on):
        for own in (half, ~half):
            learnt, asked = np.flatnonzero(train & own), np.flatnonzero(later & ~own)
            if np.unique(dealt.y[learnt]).size > 1 and asked.size:
                trees = fit_trees(vectors.take(learnt), dealt.y[learnt], params, target, horizon_months)
                score.append(places_within(trees.score(vectors.take(asked)), vectors.as_of[asked]))
                places.append(asked)
    if not score:
        return Estimate(None)
    rows, said = np.concatenate(places), Scores(np.concatenate(score))
    y, household = dealt.y[rows], vectors.household_id[rows]
    found = measure(y, said).roc_auc
    drawn = resample_measures(y, {MODEL: said}, household, resamples=resamples, random_state=random_state)
    return drawn.estimate(MODEL, "roc_auc", found)
