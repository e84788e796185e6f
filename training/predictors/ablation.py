"""What each concept is worth: the same trees learnt without it, judged on the same later rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features.vectors import Vectors
from models.calibration import fit_calibration
from training.cohorts.followed import Followed
from training.cohorts.targets import NEXT_VISIT
from training.cohorts.thinning import shifted
from training.learning.model import Told, fit_trees, later_rows, origins_of
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import Scores
from training.measures.places import placed
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
    A concept whose lead holds 0 is not useless: others may tell the same. The trees are not chosen anew, and
    probabilities are calibrated on the rows judged.
    """
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    later, origin = later_rows(origins)
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
        calibration = fit_calibration(raw, judged.y, weight=judged.stands_for, origin=origin)
        said[name] = Scores(raw, shifted(calibration.probability(raw), judged.kept))
    return comparison(
        judged.y,
        placed(said, origin, judged.weight),
        judged.cohort.household_id,
        weight=judged.weight,
        overlap=target != NEXT_VISIT,
        share=share,
        resamples=resamples,
        random_state=1,
    )
