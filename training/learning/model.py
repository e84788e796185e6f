"""How the model is learnt: trees chosen and calibrated on earlier origins, then fitted on all rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES
from features.errors import Refused
from features.vectors import Vectors
from models.bags import bag, mean_of
from models.calibration import fit_calibration
from models.risk import DEFAULT_PARAMS, RiskModel, fit_risk_model
from models.sooner import Sooner, fit_sooner
from training.cohorts.followed import HORIZON_MONTHS, SOONER_MONTHS, both_kinds, each_stands_for
from training.cohorts.row_weights import RowWeights, row_weights
from training.cohorts.splits import earlier_cuts, rolling_origins
from training.cohorts.thinning import shifted
from training.learning.beside import Earlier, earlier_of, fitted_beside, said_beside
from training.learning.choosing import best_found, best_of
from training.learning.crossfit import crossfitted
from training.learning.levels import of_the_last_year
from training.learning.spreading import spread_of
from training.learning.tuning import PLAIN, Found, Params, Plan, Sides, search
from training.measures.evaluation import MODEL, Scores
from training.measures.places import placed
from training.measures.stability import Stability, stability

CANDIDATES: tuple[Mapping[str, float | str], ...] = (
    {"num_iterations": 600, "learning_rate": 0.02, "num_leaves": 7, "feature_fraction": 0.5},
    {"num_iterations": 400, "learning_rate": 0.02, "num_leaves": 7, "feature_fraction": 0.3},
    {
        "num_iterations": 450,
        "learning_rate": 0.042,
        "num_leaves": 6,
        "feature_fraction": 0.15,
        "lambda_l2": 47,
    },
    {
        "num_iterations": 200,
        "learning_rate": 0.046,
        "num_leaves": 12,
        "feature_fraction": 0.35,
        "lambda_l2": 70,
    },
)
"""The trees to choose from, all inside the cost budget; a search begins with them. The last two are what a
search found on a panel's years before 2011 (docs/learners.md)."""

BLOCKS = 3

Told = Callable[[str], None]


@dataclass(frozen=True)
class Learnt:
    """A fitted model and what was seen on the way.

    Parameters
    ----------
    model : RiskModel
        Fitted on all rows, calibrated on the earlier origins' later blocks, at the level of their last year.
    params : mapping
        The chosen trees.
    losses : tuple of float
        Mean log loss over the earlier origins (`training.learning.tuning.published_loss`), of each
        candidate, or of all trees that a search tried to the end, the least first.
    later : ndarray of int
        Rows that were scored by a model that had not seen them.
    scores : mapping of name to Scores
        What the model and each baseline said of these rows, from earlier rows only: the place of each among
        the rows of its origin, and the probability; the model's by calibrations that saw neither a row's
        block nor its household.
    bags : int
        Of how many bags the trees are the mean.
    found : Found or None
        What a search tried, where there was one.
    stability : Stability or None
        What small changes of the fit do on the last earlier origin, where that was asked for.
    earlier : tuple of Earlier
        Each earlier origin's own trees and baselines, in time.
    """

    model: RiskModel
    params: Mapping[str, float | str]
    losses: tuple[float, ...]
    later: NDArray[np.intp]
    scores: Mapping[str, Scores]
    bags: int = 1
    found: Found | None = None
    stability: Stability | None = None
    earlier: tuple[Earlier, ...] = ()


def learn(  # noqa: PLR0913 - all that is learnt from
    vectors: Vectors,
    y: NDArray[np.float64],
    outcome_on: NDArray[np.datetime64],
    *,
    target: str,
    horizon_months: int = HORIZON_MONTHS,
    kept: float = 1.0,
    soon: NDArray[np.bool_] | None = None,
    weight: NDArray[np.float64] | None = None,
    candidates: tuple[Mapping[str, float | str], ...] = CANDIDATES,
    plan: Plan = PLAIN,
    told: Told = lambda _: None,
) -> Learnt:
    """Choose trees on earlier origins, fit them on all rows, calibrate on the later blocks.

    Parameters
    ----------
    vectors, y, outcome_on
        The rows to learn from, their outcomes and when these were known.
    target : str
    horizon_months : int
    kept : float
        Share of the rows without the outcome that were kept (`training.cohorts.thinning`); probabilities are
        shifted so that they hold for all.
    soon : (rows,) array of bool, optional
        Which outcomes came within the shorter horizon.
    weight : (rows,) array, optional
        How many rows each stands for, the thinning apart, of a mean of one (`training.helped`).
    candidates : tuple of mapping
        The trees to choose from, by mean log loss.
    plan : Plan
        Whether to search beyond the candidates, over how many bags to average, whether to measure stability.
    told : callable
        Told what is being done.

    Raises
    ------
    Refused
        Where the outcomes are too few for one to lie on either side of any cut.
    """
    weights = row_weights(vectors, weight)

    def fit(rows: Vectors, outcomes: NDArray[np.float64], params: Params) -> RiskModel:
        return fit_trees(rows, outcomes, params, target, horizon_months, bags=plan.bags, weights=weights)

    origins = origins_of(vectors, y, outcome_on)
    later, origin = later_rows(origins)
    if plan.budget is None:
        chosen = best_of(candidates, fit, vectors, y, origins, told, weight)
    else:
        told(f"trees: a search of {plan.budget.as_text()}")
        question = f"{target} {horizon_months} months, bags: {plan.bags}"
        found = search(
            vectors,
            y,
            origins,
            fit=fit,
            question=question,
            first=candidates,
            budget=plan.budget,
            weight=weight,
        )
        chosen = best_found(found, fit, vectors, y, origins, told)
    counted = None if weight is None else weight[later]
    calibration = of_the_last_year(
        fit_calibration(chosen.raw, y[later], weight=counted, origin=origin),
        chosen.raw,
        y[later],
        vectors.household_id[later],
        vectors.as_of[later],
        counted,
    )
    calibration = replace(calibration, intercept=calibration.intercept + math.log(kept))
    sooner = () if soon is None else _sooner(chosen.raw, soon[later], y[later] == 1.0, origin, counted)
    spread = spread_of(
        vectors,
        y,
        origins[-1],
        params=chosen.params,
        fit=fit,
        target=target,
        horizon_months=horizon_months,
        kept=kept,
    )
    model = replace(chosen.model, calibration=calibration, sooner=sooner, spread=spread)
    promised = crossfitted(chosen.raw, y[later], vectors.household_id[later], origin, counted)
    beside = fitted_beside(vectors, y, outcome_on, origins, target=target, weight=weight, told=told)
    said = {
        MODEL: Scores(chosen.raw, shifted(promised, kept)),
        **said_beside(beside, vectors, origins, kept),
    }
    scores = placed(said, origin, each_stands_for(y[later], kept, counted))
    earlier = earlier_of(origins, outcome_on, chosen.before, beside)
    steady = None
    if plan.stability:
        told("stability: refits with small changes")
        steady = stability(vectors, y, origins[-1], params=chosen.params, fit=fit)
    return Learnt(
        model, chosen.params, chosen.losses, later, scores, plan.bags, chosen.found, steady, earlier
    )


def _sooner(
    raw: NDArray[np.float64],
    soon: NDArray[np.bool_],
    came: NDArray[np.bool_],
    origin: NDArray[np.intp],
    weight: NDArray[np.float64] | None,
) -> tuple[Sooner, ...]:
    """Return the shorter horizon, where some outcomes came sooner and some later."""
    if not both_kinds(soon[came].astype(np.float64)):
        return ()
    counted = None if weight is None else weight[came]
    return (fit_sooner(raw[came], soon[came], SOONER_MONTHS, weight=counted, origin=origin[came]),)


def origins_of(vectors: Vectors, y: NDArray[np.float64], outcome_on: NDArray[np.datetime64]) -> list[Sides]:
    """Return what to learn from and what to score, by earlier cuts in time.

    Cuts before which all outcomes were of one kind are left out. Where the rows fall on too few days for
    a cut, each half of the households is scored from the other.
    """
    cuts = earlier_cuts(vectors.as_of, outcome_on, blocks=BLOCKS)
    both = [cut for cut in cuts if both_kinds(y[outcome_on <= cut])]
    if both:
        return [(origin.train, origin.test) for origin in rolling_origins(vectors.as_of, outcome_on, both)]
    odd = np.unique(vectors.household_id, return_inverse=True)[1] % 2 == 1
    if not (both_kinds(y[odd]) and both_kinds(y[~odd])):
        raise Refused(f"{int(y.sum())} rows of {y.size} have the outcome: nothing can be learnt and judged")
    return [(odd, ~odd), (~odd, odd)]


def later_rows(origins: Sequence[Sides]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that the learners of origins are asked of, and the origin of each."""
    blocks = [np.flatnonzero(test) for _, test in origins]
    return np.concatenate(blocks), np.repeat(np.arange(len(blocks)), [rows.size for rows in blocks])


def fit_trees(
    vectors: Vectors,
    y: NDArray[np.float64],
    params: Mapping[str, float | str],
    target: str,
    horizon_months: int = HORIZON_MONTHS,
    *,
    bags: int = 1,
    weights: RowWeights | None = None,
) -> RiskModel:
    """Fit trees under the catalogue's concepts and sure directions, as the mean of bags of households.

    Each bag has a seed of its own and its part of the trees, with steps as long as those of one bag: the mean
    costs no more, and leans less on any one draw. It speaks more softly, which the calibration makes good.
    """
    each = dict(params) if bags == 1 else of_a_bag(params, bags)
    seed = int(params.get("seed", DEFAULT_PARAMS["seed"]))
    models = []
    for number in range(bags):
        kept = bag(vectors.household_id, number, bags)
        if not both_kinds(y[kept]):
            kept = np.ones_like(kept)
        part = vectors if bags == 1 else vectors.take(kept)
        models.append(
            fit_risk_model(
                part,
                y[kept],
                target=target,
                horizon_months=horizon_months,
                concepts={name: FEATURES[name].concept for name in vectors.features},
                monotone={
                    name: FEATURES[name].direction for name in vectors.features if FEATURES[name].direction
                },
                params={"num_threads": 2, **each, "seed": seed + number},
                weight=None if weights is None else weights.of(part),
            )
        )
    return mean_of(models)


def of_a_bag(params: Mapping[str, float | str], bags: int) -> dict[str, float | str]:
    """Return the trees of one of several bags: its part of them, otherwise the same.

    Examples
    --------
    >>> of_a_bag({"num_iterations": 600, "learning_rate": 0.02}, 4)
    {'num_iterations': 150, 'learning_rate': 0.02}
    """
    trees = int(params.get("num_iterations", DEFAULT_PARAMS["num_iterations"]))
    return {**params, "num_iterations": max(1, trees // bags)}
