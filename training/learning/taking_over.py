"""A version made elsewhere, taken over by a county with too few outcomes to learn from: calibrated anew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from features.errors import Refused
from features.vectors import Vectors
from models.calibration import LogisticCalibration, fit_calibration
from models.risk import RiskModel
from training.cohorts.followed import Followed, both_kinds
from training.learning.beside import earlier_of, fitted_beside, said_beside
from training.learning.model import Learnt, Told, later_rows, origins_of
from training.measures.evaluation import MODEL, POSITIVES_NEEDED, Scores
from training.measures.places import placed

Floats = NDArray[np.float64]

FARTHEST = 20.0
"""Log-odds by which a level is moved at most."""


def take_over(
    model: RiskModel,
    vectors: Vectors,
    followed: Followed,
    *,
    params: Mapping[str, float | str],
    bags: int = 1,
    told: Told = lambda _: None,
) -> Learnt:
    """Calibrate a model of other counties on the outcomes of this one; its trees stay.

    Parameters
    ----------
    model : RiskModel
    vectors, followed
        Rows of the county, and what came of them.
    params : mapping
        How the trees were fitted, as far as is known.
    bags : int
        Over how many bags they were averaged.
    told : callable

    Returns
    -------
    Learnt
        ``scores`` are of later blocks of earlier origins, calibrated on the rows before each.

    Raises
    ------
    Refused
        Where no outcome, or nothing else, came.

    Notes
    -----
    With fewer than 100 households with the outcome only the level is moved, so that as many are promised as
    came; from there on the slope is fitted too.
    """
    f = model.score(vectors)
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    later, origin = later_rows(origins)
    told("calibrating the version on this county")
    promised = [
        _anew(model, f[train], vectors.take(train), followed.take(train)).probability(f[test])
        for train, test in origins
    ]
    beside = fitted_beside(
        vectors,
        followed.y,
        followed.outcome_on,
        origins,
        target=model.target,
        weight=followed.stands_for,
        told=told,
    )
    said = {
        MODEL: Scores(f[later], np.concatenate(promised)),
        **said_beside(beside, vectors, origins, followed.kept),
    }
    scores = placed(said, origin, followed.take(later).weight)
    earlier = earlier_of(origins, followed.outcome_on, [model] * len(origins), beside)
    calibration = _anew(model, f, vectors, followed)
    taken = replace(model, calibration=calibration)
    return Learnt(taken, params, (), later, scores, bags, earlier=earlier)


def _anew(model: RiskModel, f: Floats, vectors: Vectors, followed: Followed) -> LogisticCalibration:
    """Return the calibration on some rows: its level, and where there is enough to learn from its slope."""
    hit = np.unique(vectors.household_id[followed.y == 1.0]).size
    if hit >= POSITIVES_NEEDED:
        fitted = fit_calibration(f, followed.y, weight=followed.stands_for)
        return replace(fitted, intercept=fitted.intercept + math.log(followed.kept))
    weight = followed.weight
    came = float((followed.y if weight is None else followed.y * weight).sum())
    if not both_kinds(followed.y):
        raise Refused(
            f"{followed.y.sum():.0f} of {len(followed)} rows have the outcome: no level can be told"
        )

    def excess(moved: float) -> float:
        promised = replace(model.calibration, intercept=model.calibration.intercept + moved).probability(f)
        return float((promised if weight is None else promised * weight).sum()) - came

    moved = float(brentq(excess, -FARTHEST, FARTHEST))
    return replace(model.calibration, intercept=model.calibration.intercept + moved)
