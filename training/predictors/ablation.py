"""What each concept is worth: the same trees learnt without it, judged on the same later rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from models.calibration import fit_calibration
from training.cohorts.followed import Followed
from training.cohorts.targets import NEXT_VISIT
from training.learning.model import Told, fit_trees, origins_of
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import Scores
from training.predictors.strength import concepts_of, without_concept

ALL = "all concepts"


def without_each(
    vectors: Vectors,
    followed: Followed,
    params: Mapping[str, float | str],
    *,
    target: str,
    horizon_months: int,
    share: float = 0.10,
    resamples: int = 200,
    told: Told = lambda _: None,
) -> Comparison:
    """Learn the same trees without each concept on earlier origins, and hold them against all concepts.

    Parameters
    ----------
    vectors, followed
        Rows, and what came of them.
    params : mapping
        The trees.
    target : str
    horizon_months : int
    share : float
        Share of the rows on the list.
    resamples : int
        Of whole households.
    told : callable

    Returns
    -------
    Comparison
        Its leads are those of all concepts over the others: what is lost without each, paired.

    Notes
    -----
    A concept whose lead holds 0 is not useless: others may tell the same. The trees are not chosen anew.
    """
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    later = np.concatenate([np.flatnonzero(test) for _, test in origins])
    judged = followed.take(later)
    parts = {ALL: vectors} | {
        f"without {concept}": without_concept(vectors, concept) for concept in concepts_of(vectors)
    }
    said = {}
    for name, columns in parts.items():
        told(name)
        raw = np.concatenate(
            [
                fit_trees(columns.take(train), followed.y[train], params, target, horizon_months).score(
                    columns.take(test)
                )
                for train, test in origins
            ]
        )
        said[name] = _published(raw, judged.y)
    return comparison(
        judged.y,
        said,
        judged.cohort.household_id,
        weight=judged.weight,
        overlap=target != NEXT_VISIT,
        share=share,
        resamples=resamples,
        random_state=1,
    )


def _published(raw: NDArray[np.float64], y: NDArray[np.float64]) -> Scores:
    """Return scores with probabilities calibrated on the same rows, as those of a model are."""
    return Scores(raw, fit_calibration(raw, y).probability(raw))
