"""The rules of practice with points: what a careful office would make of its rules on one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.baselines.margin_and_rate import check_outcomes
from training.baselines.rules_fired import RULES, fired
from training.measures.reliability import logit
from training.measures.univariate import univariate

if TYPE_CHECKING:
    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

MOST_POINTS = 10
"""Points of the weightiest rule."""

RIDGE = 1.0
"""Penalty on the squared weights, so that a rule that fired on a few rows is not given endless weight."""


class RulePoints:
    """The sum of the points of the rules that fire; a rule's points are whole, 0 to 10.

    Attributes
    ----------
    points_ : dict of str to int
        By the rule's feature. The weightiest rule has 10; all have 0 where no rule speaks for the outcome.
    line_ : Univariate
        Of the outcome on the points.

    Notes
    -----
    The points are the weights of a logistic regression of the outcome on the rules, none of them negative (a
    rule that fires never speaks for a household), in tenths of the greatest and rounded.

    References
    ----------
    Sullivan, Massaro and D'Agostino (2004), Presentation of multivariate data for clinical use: the
    Framingham Study risk score functions, Statistics in Medicine 23: 1631-1660.
    """

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Weigh the rules, round the weights to points, fit the outcome on the points.

        Raises
        ------
        Foreign
            If the vectors lack a feature of the rules.
        Usage
            If the outcomes are of one kind.
        """
        check_outcomes(vectors, y, outcome_on)
        weights = _weights(fired(vectors), y)
        greatest = float(weights.max())
        points = np.rint(MOST_POINTS * weights / greatest) if greatest > 0.0 else np.zeros_like(weights)
        self.points_ = {rule.feature: int(each) for rule, each in zip(RULES, points, strict=True)}
        self.line_ = univariate(y, self.score(vectors))
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give the sum of the points."""
        points = np.array(list(self.points_.values()), dtype=np.float64)
        return fired(vectors).astype(np.float64) @ points

    def probability(self, vectors: Vectors) -> Floats:
        """Give the probability of the univariate logistic of the outcome on the points."""
        return self.line_.probability(self.score(vectors))


def _weights(fires: NDArray[np.bool_], y: Floats) -> Floats:
    """Return the weights of the rules, none negative.

    Rows on which the same rules fire are counted together: there are few such groups, and the count knows no
    order of rows.
    """
    from scipy.optimize import minimize

    group, place = np.unique(fires @ (1 << np.arange(len(RULES))), return_inverse=True)
    rows = np.bincount(place).astype(np.float64)
    events = np.bincount(place, weights=y).astype(np.float64)
    X = ((group[:, None] >> np.arange(len(RULES))) & 1).astype(np.float64)

    def loss(told: Floats) -> tuple[float, Floats]:
        intercept, weights = told[0], told[1:]
        odds = intercept + X @ weights
        over = rows * expit(odds) - events
        lost = rows @ np.logaddexp(0.0, odds) - events @ odds + 0.5 * RIDGE * weights @ weights
        return float(lost), np.append(over.sum(), X.T @ over + RIDGE * weights)

    start = np.append(logit(np.asarray(y.mean())), np.zeros(len(RULES)))
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None)] + [(0.0, None)] * len(RULES)
    )
    return np.asarray(found.x[1:], dtype=np.float64)
