"""How the model is learnt: trees chosen and calibrated on earlier origins, then fitted on all rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import log_loss

from features.definitions import FEATURES
from features.errors import Refused
from features.vectors import Vectors
from models.calibration import fit_calibration
from models.risk import RiskModel, fit_risk_model
from training.baselines import AreaRate, Baseline, IncomeMargin
from training.cohort import HORIZON_MONTHS
from training.evaluation import Scores
from training.fifteen import LogisticOfFifteen
from training.last_cycle import LastCycle
from training.logistic import LogisticOnVectors
from training.rule_points import RulePoints
from training.rules_fired import RulesFired
from training.splits import earlier_cuts, rolling_origins
from training.targets import AREA_RATE, NEXT_VISIT
from training.thinning import shifted
from training.vulnerability import STRUCTURAL, VulnerabilityToPoverty

CANDIDATES: tuple[Mapping[str, float | str], ...] = (
    {"num_iterations": 600, "learning_rate": 0.02, "num_leaves": 7, "feature_fraction": 0.5},
    {"num_iterations": 400, "learning_rate": 0.02, "num_leaves": 7, "feature_fraction": 0.3},
    {"num_iterations": 600, "learning_rate": 0.02, "num_leaves": 5, "feature_fraction": 0.3},
    {"num_iterations": 250, "learning_rate": 0.03, "num_leaves": 12, "feature_fraction": 0.3},
)
"""The trees to choose from, all inside the cost budget."""

BLOCKS = 3
TWO_KINDS = 2

Told = Callable[[str], None]


@dataclass(frozen=True)
class Learnt:
    """A fitted model and what was seen on the way.

    Parameters
    ----------
    model : RiskModel
        Fitted on all rows, calibrated on the earlier origins' later blocks.
    params : mapping
        The chosen trees.
    losses : tuple of float
        Mean log loss of each candidate over the earlier origins.
    later : ndarray of int
        Rows that were scored by a model that had not seen them.
    scores : mapping of name to Scores
        What the model and each baseline said of these rows, from earlier rows only.
    """

    model: RiskModel
    params: Mapping[str, float | str]
    losses: tuple[float, ...]
    later: NDArray[np.intp]
    scores: Mapping[str, Scores]


def baselines(target: str = "next_visit") -> dict[str, Baseline]:
    """Return the baselines that stand beside every model of a target, unfitted, the simplest first.

    Income is that of the last known month before the next visit, and of the last twelve months before the
    other targets, whose monthly incomes come with the seasons; the cycle before is the visit before, or the
    year before. The rules of practice stand beside the other targets only: a panel has no warnings, no bills
    of the insurance office and no monthly check.
    """
    visit = target == NEXT_VISIT
    income = "income_to_line_latest" if visit else "income_to_line_12m"
    practice: dict[str, Baseline] = (
        {} if visit else {"rules fired": RulesFired(), "rule points": RulePoints()}
    )
    return {
        "area rate": AreaRate(),
        "income margin": IncomeMargin(income),
        **practice,
        "VEP": VulnerabilityToPoverty(income, (*STRUCTURAL, f"{AREA_RATE}{target}")),
        "last cycle": LastCycle("income_to_line_before" if visit else None),
        "logistic of 15": LogisticOfFifteen(),
        "logistic": LogisticOnVectors(),
    }


def learn(
    vectors: Vectors,
    y: NDArray[np.float64],
    outcome_on: NDArray[np.datetime64],
    *,
    target: str,
    horizon_months: int = HORIZON_MONTHS,
    kept: float = 1.0,
    candidates: tuple[Mapping[str, float | str], ...] = CANDIDATES,
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
        Share of the rows without the outcome that were kept (`training.thinning`); probabilities are
        shifted so that they hold for all.
    candidates : tuple of mapping
        The trees to choose from, by mean log loss.
    told : callable
        Told what is being done.

    Raises
    ------
    Refused
        Where the outcomes are too few for one to lie on either side of any cut.
    """
    origins = _origins(vectors, y, outcome_on)
    later = np.concatenate([np.flatnonzero(test) for _, test in origins])
    raw: list[NDArray[np.float64]] = []
    for number, params in enumerate(candidates, start=1):
        told(f"trees {number} of {len(candidates)} on {len(origins)} earlier origins")
        raw.append(
            np.concatenate(
                [
                    fit_trees(vectors.take(train), y[train], params, target, horizon_months).score(
                        vectors.take(test)
                    )
                    for train, test in origins
                ]
            )
        )
    losses = tuple(float(log_loss(y[later], expit(one), labels=[0.0, 1.0])) for one in raw)
    best = int(np.argmin(losses))
    told("the chosen trees on all rows")
    fitted = fit_trees(vectors, y, candidates[best], target, horizon_months)
    calibration = fit_calibration(raw[best], y[later])
    calibration = replace(calibration, intercept=calibration.intercept + math.log(kept))
    model = replace(fitted, calibration=calibration)
    scores = {"LightGBM": Scores(raw[best], calibration.probability(raw[best]))}
    for name in baselines(target):
        told(f"{name} on earlier origins")
        parts = []
        for train, test in origins:
            baseline = baselines(target)[name].fit(vectors.take(train), y[train], outcome_on[train])
            block = vectors.take(test)
            parts.append((baseline.score(block), shifted(baseline.probability(block), kept)))
        scores[name] = Scores(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    return Learnt(model, candidates[best], losses, later, scores)


def _origins(
    vectors: Vectors, y: NDArray[np.float64], outcome_on: NDArray[np.datetime64]
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return what to learn from and what to score, by earlier cuts in time.

    Cuts before which all outcomes were of one kind are left out. Where the rows fall on too few days for
    a cut, each half of the households is scored from the other.
    """
    cuts = earlier_cuts(vectors.as_of, outcome_on, blocks=BLOCKS)
    both = [cut for cut in cuts if np.unique(y[outcome_on <= cut]).size == TWO_KINDS]
    if both:
        return [(origin.train, origin.test) for origin in rolling_origins(vectors.as_of, outcome_on, both)]
    odd = np.unique(vectors.household_id, return_inverse=True)[1] % 2 == 1
    if min(np.unique(y[half]).size for half in (odd, ~odd)) < TWO_KINDS:
        raise Refused(f"{int(y.sum())} rows of {y.size} have the outcome: nothing can be learnt and judged")
    return [(odd, ~odd), (~odd, odd)]


def fit_trees(
    vectors: Vectors,
    y: NDArray[np.float64],
    params: Mapping[str, float | str],
    target: str,
    horizon_months: int = HORIZON_MONTHS,
) -> RiskModel:
    """Fit trees under the catalogue's concepts and sure directions."""
    return fit_risk_model(
        vectors,
        y,
        target=target,
        horizon_months=horizon_months,
        concepts={name: FEATURES[name].concept for name in vectors.features},
        monotone={name: FEATURES[name].direction for name in vectors.features if FEATURES[name].direction},
        params={"num_threads": 2, **params},
    )
