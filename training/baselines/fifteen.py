"""The baseline of a careful statistician: a logistic regression on fifteen features known to matter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from training.baselines.logistic import LogisticOnVectors
from training.baselines.margin_and_rate import columns_of

if TYPE_CHECKING:
    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

FIFTEEN = (
    "income_to_line_12m",
    "income_slope_12m",
    "income_under_line_streak_12m",
    "wage_share_12m",
    "earners",
    "months_worked_12m",
    "dependency",
    "self_paid_medical_to_income_12m",
    "serious_illness_bills_12m",
    "chronic_members",
    "gravely_disabled_members",
    "senior_ends_12m",
    "debt_to_income",
    "loss_to_income_12m",
    "days_since_visit",
)
"""What the literature on poverty registers finds to carry signal, one feature a matter.

Income against the line, its slope and its run under the line; wages, earners and how steadily they work;
who must be fed; illness paid for, serious, chronic; grave disability; a student about to cost more; debt;
losses; how old the knowledge is. Chosen before any fit, and the same for all targets.
"""


class LogisticOfFifteen:
    """`LogisticOnVectors` on the fifteen features of `FIFTEEN` alone.

    Attributes
    ----------
    logistic_ : LogisticOnVectors
        With its choice of scaling and penalty.

    References
    ----------
    Zhang et al. (2022), Sustainability 14: 9872 (income, disability, labour, disease, size of the household);
    Wu et al. (2022), IEEE Access (income a head, chronic medical cost, house).
    """

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Choose scaling and penalty on earlier origins, then fit on all rows.

        Raises
        ------
        Foreign
            If the vectors lack one of the fifteen.
        Usage
            If the outcomes are of one kind, or the rows do not say when each outcome was known.
        """
        self.logistic_ = LogisticOnVectors().fit(_fifteen(vectors), y, outcome_on)
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give the log odds."""
        return self.logistic_.score(vectors)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the probability."""
        return self.logistic_.probability(vectors)


def _fifteen(vectors: Vectors) -> Vectors:
    return replace(vectors, features=FIFTEEN, X=columns_of(vectors, FIFTEEN))
