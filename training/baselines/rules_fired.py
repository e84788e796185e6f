"""The baseline of practice: how many of the rules that offices use fire for a household."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from training.baselines.margin_and_rate import check_outcomes, columns_of

if TYPE_CHECKING:
    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

ROWS_OF_THE_WHOLE = 20.0
"""Rows of the overall rate that are added to those of each count of rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of practice on one feature: it fires from the threshold on, or under it.

    Parameters
    ----------
    feature : str
    threshold : float
    under : bool
        Whether it fires under the threshold.
    source : str
        Where the threshold was seen.
    """

    feature: str
    threshold: float
    under: bool
    source: str

    def fires(self, value: Floats) -> NDArray[np.bool_]:
        """Return where it fires; never on what is not known."""
        known = ~np.isnan(value)
        return known & ((value < self.threshold) if self.under else (value >= self.threshold))


RULES = (
    Rule("income_to_line_12m", 1.0, True, "income of twelve months under the line (monthly check)"),
    Rule("months_under_line_12m", 3.0, False, "three months under the line, as in Shache, Xinjiang"),
    Rule("self_paid_medical_12m", 5_000.0, False, "own medical cost, insurance office, exited households"),
    Rule("self_paid_medical_to_income_12m", 0.5, False, "half of a year's income, insurance office"),
    Rule("serious_illness_bills_12m", 1.0, False, "new major illness, health office"),
    Rule("warnings_6m", 1.0, False, "a warning of any department"),
    Rule("loss_12m", 5_000.0, False, "loss after a disaster or an accident, emergency office"),
    Rule("sales_trouble_6m", 1.0, False, "produce unsold, agriculture office"),
)
"""Rules that counties use, on features; thresholds as read in county notices of 2020 to 2023."""


class RulesFired:
    """The number of rules that fire.

    Attributes
    ----------
    rates_ : ndarray, shape (rules + 1,)
        Share of outcomes by number of rules in the training rows, drawn toward the overall share.
    """

    features = tuple(rule.feature for rule in RULES)

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Learn the share of outcomes by number of rules; the order needs no learning.

        Raises
        ------
        Foreign
            If the vectors lack a feature of the rules.
        Usage
            If the outcomes are of one kind.
        """
        check_outcomes(vectors, y, outcome_on)
        count = _count(vectors)
        rows = np.bincount(count, minlength=len(RULES) + 1)
        events = np.bincount(count, y, minlength=len(RULES) + 1)
        self.rates_ = (events + ROWS_OF_THE_WHOLE * y.mean()) / (rows + ROWS_OF_THE_WHOLE)
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give the number of rules that fire."""
        return _count(vectors).astype(np.float64)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the share of outcomes among training rows of that number."""
        probability: Floats = self.rates_[_count(vectors)]
        return probability


def fired(vectors: Vectors) -> NDArray[np.bool_]:
    """Return which rules fire, shape (rows, rules), in the order of `RULES`; never on what is not known.

    Raises
    ------
    Foreign
        If the vectors lack a feature of the rules.
    """
    columns = columns_of(vectors, RulesFired.features).T
    return np.column_stack([rule.fires(column) for rule, column in zip(RULES, columns, strict=True)])


def _count(vectors: Vectors) -> NDArray[np.int64]:
    count: NDArray[np.int64] = fired(vectors).sum(axis=1, dtype=np.int64)
    return count
