"""The measures by which a score is judged: its order, its list under capacity, its probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.measures.ranking import Ranking, average_precision, rank, roc_auc, tally, top_list
from training.measures.reliability import (
    Line,
    brier,
    brier_skill,
    calibration_line,
    expected_over_observed,
    logit,
)

Floats = NDArray[np.float64]

MODEL = "LightGBM"
"""Name of the model among scorers."""

POSITIVES_NEEDED = 100
LEAK_AUC = 0.95


@dataclass(frozen=True, eq=False)
class Scores:
    """What one scorer says of some rows.

    Parameters
    ----------
    score : (rows,) array
        Higher means more at risk; only the order counts.
    probability : (rows,) array or None
        In [0, 1]; None for a scorer that gives none, which then has no Brier score and no calibration.
    origin : (rows,) array of int or None
        The origin at which each row was scored, where several learners did: the line of calibration then has
        a level for each, and the slope of all. None where one learner scored all.
    """

    score: Floats
    probability: Floats | None = None
    origin: NDArray[np.intp] | None = None

    @property
    def promised(self) -> Floats:
        """The probability; the score of a scorer that gives none."""
        return self.score if self.probability is None else self.probability

    def take(self, rows: NDArray[Any] | slice) -> Scores:
        """Return what is said of some of the rows."""
        probability = None if self.probability is None else self.probability[rows]
        return Scores(self.score[rows], probability, None if self.origin is None else self.origin[rows])


@dataclass(frozen=True)
class Measures:
    """The measures of one scorer on some rows; None where one is not defined, and `undefined` says why.

    Parameters
    ----------
    rows, positives, unknown : int
        Rows judged, positives among them, rows left out because their outcome is not known.
    base_rate : float
        Share of positives.
    roc_auc, average_precision : float
        Of the order; ties count one half, and enter the precision together.
    share : float
        Share of the rows that fits on the list.
    listed : float
        Length of the list: ``ceil(share * rows)``.
    recall_at_top, precision_at_top : float
        Share of the positives on the list, and of the list that is positive: expected when rows tied at its
        end are drawn by lot.
    recall_at_top_worst, recall_at_top_best, precision_at_top_worst, precision_at_top_best : float
        The least and the most that the lot can give.
    brier, brier_skill : float
        Mean squared error of the probabilities; share saved against the constant forecast of the rows' own
        rate.
    calibration_slope, calibration_intercept : float
        Of the logistic regression of the outcome on the log odds of the probability: 1 and 0 are perfect, a
        slope under 1 is too sure of itself. Of several origins: one slope, and the mean of their levels.
    expected_over_observed : float
        Events promised over events that came.
    undefined : mapping of str to str
        Why a measure is None.
    households_hit : int or None
        Households with a positive row, where rows of one household overlap in time and tell of one and
        the same event; then they, not the rows, are what a verdict needs enough of.
    """

    rows: int
    positives: int
    unknown: int
    share: float
    base_rate: float | None = None
    roc_auc: float | None = None
    average_precision: float | None = None
    listed: float | None = None
    recall_at_top: float | None = None
    recall_at_top_worst: float | None = None
    recall_at_top_best: float | None = None
    precision_at_top: float | None = None
    precision_at_top_worst: float | None = None
    precision_at_top_best: float | None = None
    brier: float | None = None
    brier_skill: float | None = None
    calibration_slope: float | None = None
    calibration_intercept: float | None = None
    expected_over_observed: float | None = None
    undefined: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    households_hit: int | None = None

    @property
    def why_not_judged(self) -> str | None:
        """Why no verdict may be built on these measures; None where one may."""
        if self.households_hit is not None and self.households_hit < POSITIVES_NEEDED:
            return (
                f"cannot be judged: {self.households_hit} households with the outcome, "
                f"{POSITIVES_NEEDED} needed"
            )
        if self.positives >= POSITIVES_NEEDED:
            return None
        return f"cannot be judged: {self.positives} positives, {POSITIVES_NEEDED} needed"

    def figures(self) -> dict[str, float]:
        """Give the measures that are defined, by name; for logs that take numbers only."""
        named = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "undefined"}
        return {name: float(value) for name, value in named.items() if value is not None}

    def as_dict(self) -> dict[str, object]:
        """Give everything, with None for what is not defined, ready for JSON."""
        named: dict[str, object] = {each.name: getattr(self, each.name) for each in fields(self)}
        if self.households_hit is None:
            del named["households_hit"]
        return named | {"undefined": dict(self.undefined), "why_not_judged": self.why_not_judged}


@dataclass(frozen=True)
class Verdict:
    """An answer that may be missing.

    Parameters
    ----------
    holds : bool or None
        None where it cannot be judged.
    reason : str
        Why, in words.
    """

    holds: bool | None
    reason: str


@dataclass(frozen=True, eq=False)
class Judged:
    """One scorer and the outcomes, made ready to be measured under any weights.

    Parameters
    ----------
    y : (rows,) array of 0.0 and 1.0
    ranking : Ranking
    probability, log_odds : (rows,) arrays or None
    origin : (rows,) array of int or None
    """

    y: Floats
    ranking: Ranking
    probability: Floats | None
    log_odds: Floats | None
    origin: NDArray[np.intp] | None = None


def measure(y: Floats, scores: Scores, *, weight: Floats | None = None, share: float = 0.10) -> Measures:
    """Measure one scorer.

    Parameters
    ----------
    y : (rows,) array
        1 where the outcome came, 0 where it did not, NaN where it is not known; such rows are counted and
        left out.
    scores : Scores
        Of the same rows.
    weight : (rows,) array, optional
        How many rows each row stands for: a row of weight 2 counts as if written twice. `rows` and
        `positives` stay plain counts.
    share : float
        Share of the rows that can be visited, in (0, 1].

    Returns
    -------
    Measures

    Raises
    ------
    ValueError
        If lengths differ, an outcome is neither 0, 1 nor NaN, a score is NaN, a probability lies outside [0,
        1], a weight is negative or the share outside (0, 1].
    """
    check_rows(y, scores, weight)
    check_share(share)
    known = ~np.isnan(y)
    if weight is not None:
        known &= weight > 0.0
    rows, positives = int(known.sum()), int((y[known] == 1.0).sum())
    unknown = int(np.isnan(y).sum())
    if rows == 0:
        return Measures(0, 0, unknown, share, undefined=_reasons(set(MEASURES), rows, positives, scores))
    weights = np.ones((rows, 1)) if weight is None else weight[known][:, None]
    values = measure_weighted(make_ready(y[known], scores, known), weights, share)
    found: dict[str, Any] = {name: float(value[0]) for name, value in values.items() if np.isfinite(value[0])}
    missing = set(MEASURES) - set(found)
    return Measures(
        rows, positives, unknown, share, **found, undefined=_reasons(missing, rows, positives, scores)
    )


def make_ready(y: Floats, scores: Scores, kept: NDArray[np.bool_]) -> Judged:
    """Sort once what does not depend on the weights.

    Parameters
    ----------
    y : (kept rows,) array of 0.0 and 1.0
    scores : Scores
        Of all rows.
    kept : (rows,) array of bool
    """
    probability = (
        None if scores.probability is None else np.asarray(scores.probability[kept], dtype=np.float64)
    )
    score = np.asarray(scores.score[kept], dtype=np.float64)
    log_odds = None if probability is None else logit(probability)
    return Judged(
        y, rank(y, score), probability, log_odds, None if scores.origin is None else scores.origin[kept]
    )


def measure_weighted(
    judged: Judged, weights: Floats, share: float, *, near: tuple[float, float] | None = None
) -> dict[str, Floats]:
    """Give every measure of one scorer under many weightings at once.

    Parameters
    ----------
    judged : Judged
    weights : (rows, weightings) array
    share : float
    near : (slope, intercept), optional
        Where the search for the calibration line starts.

    Returns
    -------
    dict of str to (weightings,) array
        NaN where a measure is not defined. Those of the probabilities are left out for a scorer without any.
    """
    sums = tally(judged.ranking, weights)
    top = top_list(sums, share)
    values = {
        "base_rate": sums.positives / sums.total,
        "roc_auc": roc_auc(sums),
        "average_precision": average_precision(sums),
        "listed": top.length,
    }
    for ending, found in (("", top.found), ("_worst", top.fewest), ("_best", top.most)):
        hit = np.full_like(found, np.nan)
        values[f"recall_at_top{ending}"] = np.divide(
            found, sums.positives, out=hit, where=sums.positives > 0.0
        )
        values[f"precision_at_top{ending}"] = found / top.length
    if judged.probability is None or judged.log_odds is None:
        return values
    line: Line = calibration_line(judged.y, judged.log_odds, weights, near=near, origin=judged.origin)
    return values | {
        "brier": brier(judged.y, judged.probability, weights),
        "brier_skill": brier_skill(judged.y, judged.probability, weights),
        "calibration_slope": line.slope,
        "calibration_intercept": line.intercept,
        "expected_over_observed": expected_over_observed(judged.y, judged.probability, weights),
    }


def leak_suspected(measures: Measures, *, limit: float = LEAK_AUC) -> Verdict:
    """Say whether the order is too good to be true.

    Parameters
    ----------
    measures : Measures
    limit : float
        ROC-AUC above which a leak is assumed until shown otherwise.
    """
    refused = measures.why_not_judged
    if refused is not None:
        return Verdict(None, refused)
    if measures.roc_auc is None:
        return Verdict(None, f"cannot be judged: {measures.undefined['roc_auc']}")
    above = measures.roc_auc > limit
    return Verdict(
        above, f"ROC-AUC {measures.roc_auc:.3f} is {'above' if above else 'not above'} {limit:.2f}"
    )


def check_rows(y: Floats, scores: Scores, weight: Floats | None) -> None:
    """Refuse arrays that cannot be measured."""
    named = {
        "score": scores.score,
        "probability": scores.probability,
        "origin": scores.origin,
        "weight": weight,
    }
    for name, values in named.items():
        if values is not None and values.shape != y.shape:
            msg = f"{len(y)} outcomes but {len(values)} of {name}"
            raise ValueError(msg)
    if bool((~np.isnan(y) & (y != 0.0) & (y != 1.0)).any()):
        msg = "an outcome must be 0, 1 or NaN"
        raise ValueError(msg)
    if np.isnan(scores.score).any():
        msg = f"{int(np.isnan(scores.score).sum())} rows have no score, so they have no place on a list"
        raise ValueError(msg)
    p = scores.probability
    if p is not None and not bool(((p >= 0.0) & (p <= 1.0)).all()):
        msg = "a probability must lie in [0, 1]"
        raise ValueError(msg)
    if weight is not None and not bool(((weight >= 0.0) & np.isfinite(weight)).all()):
        msg = "a weight must be finite and not negative"
        raise ValueError(msg)


def check_share(share: float) -> None:
    """Refuse a share of the rows that is no share."""
    if not 0.0 < share <= 1.0:
        msg = f"the share on the list must lie in (0, 1], not {share}"
        raise ValueError(msg)


MEASURES = tuple(each.name for each in fields(Measures))[4:-2]


def _reasons(missing: set[str], rows: int, positives: int, scores: Scores) -> Mapping[str, str]:
    of_probability = {name for name in MEASURES if name.startswith(("brier", "calibration", "expected"))}
    reasons = {}
    for name in sorted(missing):
        if rows == 0:
            reasons[name] = "no row has a known outcome"
        elif name in of_probability and scores.probability is None:
            reasons[name] = "the scorer gives no probability"
        elif positives == 0:
            reasons[name] = "no positive outcome"
        elif positives == rows:
            reasons[name] = "no negative outcome"
        else:
            reasons[name] = "the probabilities are all alike or separate the outcomes perfectly"
    return MappingProxyType(reasons)
