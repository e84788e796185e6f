"""What a fit shows on rows that it had not seen: by monthly lists, beside baselines, by groups, by county."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.policy import Policy
from features.vectors import Vectors
from models.risk import RiskModel
from training.cohorts.followed import Followed
from training.cohorts.pooling import Pooled
from training.cohorts.row_weights import RowWeights, row_weights
from training.cohorts.targets import Question
from training.fitting.placebo import placebo
from training.groups.people import people_found
from training.learning.leaving_out import left_out
from training.learning.model import Learnt, Told, fit_trees
from training.lists.headline import headline
from training.lists.listed import Part
from training.lists.programme_table import ProgrammeTable
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import MODEL
from training.measures.intervals import Estimate

RESAMPLES = 500


@dataclass(frozen=True)
class Shown:
    """What a fit shows.

    Parameters
    ----------
    comparison : Comparison
        The model and every baseline on earlier origins.
    programme : ProgrammeTable or None
        What monthly lists by each of them would have found, where there is a ledger of monitoring.
    groups : tuple of Part
        What its list holds and misses of each group of people.
    left_out : Comparison or None
        Of several counties: each by a model of the others.
    placebo : Estimate or None
        ROC-AUC on outcomes dealt out anew, where that was asked for.
    """

    comparison: Comparison
    programme: ProgrammeTable | None
    groups: tuple[Part, ...]
    left_out: Comparison | None
    placebo: Estimate | None


def shown_by(  # noqa: PLR0913 - all that is measured, and on what
    learnt: Learnt,
    tables: Tables,
    followed: Followed,
    vectors: Vectors,
    *,
    asked: Question,
    policy: Policy,
    counties: Pooled | None = None,
    with_placebo: bool = False,
    told: Told = lambda _: None,
) -> Shown:
    """Measure what was learnt.

    Parameters
    ----------
    learnt : Learnt
    tables : Tables
        With area rates.
    followed, vectors
        The rows learnt from.
    asked : Question
    policy : Policy
        Says when data is thin.
    counties : Pooled, optional
        Where several were learnt from. A list is that of one county: none is replayed then.
    with_placebo : bool
        Whether the same learning is tried on outcomes dealt out anew.
    told : callable
    """
    judged = followed.take(learnt.later)
    programme = None
    if counties is None:
        programme = headline(tables, asked, learnt.earlier, resamples=RESAMPLES, told=told)
    told("intervals: the model beside the baselines")
    compared = comparison(
        judged.y,
        learnt.scores,
        judged.cohort.household_id,
        weight=judged.weight,
        overlap=asked.overlap,
        resamples=RESAMPLES,
        random_state=1,
    )
    told("groups: of people")
    groups = people_found(
        tables,
        judged,
        learnt.scores[MODEL],
        policy,
        overlap=asked.overlap,
        share=compared.share,
        resamples=RESAMPLES,
    )
    by_county = None if counties is None else _left_out(counties, asked, learnt, followed, vectors, told)
    tried = _placebo(asked, learnt, vectors, followed, told) if with_placebo else None
    return Shown(compared, programme, groups, by_county, tried)


def _left_out(
    counties: Pooled, asked: Question, learnt: Learnt, followed: Followed, vectors: Vectors, told: Told
) -> Comparison:
    return left_out(
        vectors,
        followed,
        counties.county_of(vectors.household_id),
        fit=_fit(asked, learnt, row_weights(vectors, followed.stands_for)),
        overlap=asked.overlap,
        resamples=RESAMPLES,
        told=told,
    )


def _fit(
    asked: Question, learnt: Learnt, weights: RowWeights | None
) -> Callable[[Vectors, NDArray[np.float64]], RiskModel]:
    """Return how the chosen trees are learnt from other rows."""
    params, horizon_months, bags = learnt.params, asked.horizon_months, learnt.bags
    return lambda rows, y: fit_trees(
        rows, y, params, asked.target, horizon_months, bags=bags, weights=weights
    )


def _placebo(asked: Question, learnt: Learnt, vectors: Vectors, followed: Followed, told: Told) -> Estimate:
    told("placebo: the same trees on outcomes dealt out anew")
    return placebo(
        vectors,
        followed,
        learnt.params,
        target=asked.target,
        horizon_months=asked.horizon_months,
        resamples=RESAMPLES,
    )
