"""What the cycle before would have said: the income margin as it was then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from training.baselines.margin_and_rate import IncomeMargin, check_outcomes, columns_of

if TYPE_CHECKING:
    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

_BEFORE = "income to line of the cycle before"
_WINDOWS = ("income_to_line_12m", "income_months_12m", "income_to_line_24m", "income_months_24m")


class LastCycle:
    """Income over the line a cycle before, and nothing since: what no news at all would be worth.

    Parameters
    ----------
    column : str, optional
        Id of the feature that holds the ratio of the cycle before. If not given, the cycle is a year, as
        incomes are asked for, and the ratio is that of the months 13 to 24 before the day.

    Attributes
    ----------
    margin_ : IncomeMargin or None
        Of that ratio; None where no training row has a cycle before.
    rate_ : float
        Share of outcomes in the training rows: what is said of everybody where there is no margin.

    Notes
    -----
    Vectors do not hold a year ago, but both means of known months and how many these are: with means m and
    counts n of 12 and 24 months, the mean of the year before is (m24 n24 - m12 n12) / (n24 - n12). It is
    unknown where n24 = n12, and exact where people and line are known for every month with an income. It is
    the year before as it is known on the day, with all that was reported late, so it is a little better
    informed than the last cycle was. Of warnings, bills and losses it sees none, new or old.
    """

    def __init__(self, column: str | None = None) -> None:
        self.column = column

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Learn the univariate logistic of the outcome on the ratio.

        Raises
        ------
        Foreign
            If the vectors lack a column.
        Usage
            If the outcomes are of one kind.
        """
        check_outcomes(vectors, y, outcome_on)
        before = self._before(vectors)
        self.rate_ = float(y.mean())
        self.margin_ = None if np.isnan(before.X).all() else IncomeMargin(_BEFORE).fit(before, y)
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give minus the ratio; where there was no cycle before, the middle of the order."""
        before = self._before(vectors)
        return np.zeros(len(before)) if self.margin_ is None else self.margin_.score(before)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the probability by the ratio; where there was no cycle before, the rate of such rows."""
        before = self._before(vectors)
        return np.full(len(before), self.rate_) if self.margin_ is None else self.margin_.probability(before)

    def _before(self, vectors: Vectors) -> Vectors:
        """Return the vectors with that ratio as their only column."""
        ratio = year_before(vectors) if self.column is None else columns_of(vectors, (self.column,))[:, 0]
        return replace(vectors, features=(_BEFORE,), X=ratio[:, None], fingerprints={_BEFORE: ""})


def year_before(vectors: Vectors) -> Floats:
    """Return income over the line in the months 13 to 24 before the day, NaN where none of them is known."""
    lately, few, both, many = columns_of(vectors, _WINDOWS).T
    few, many = np.nan_to_num(few), np.nan_to_num(many)
    months = np.where(many > few, many - few, np.nan)
    return np.asarray((both * many - np.where(few > 0.0, lately, 0.0) * few) / months, dtype=np.float64)
