"""What a list of the highest scores is expected to find, and what it found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.learning.levels import LEVELS_DIFFER
from training.measures.evaluation import POSITIVES_NEEDED
from training.measures.ranking import list_length, rank, tally, top_list

Floats = NDArray[np.float64]

WIDE = 1.96
"""Standard errors of an interval of 95 %."""


@dataclass(frozen=True)
class Yield:
    """What a list finds.

    Parameters
    ----------
    scorer : str
    as_of : str
    length : int
        [households]
    expected, low, high : float or None
        Events expected on it by the model's probabilities, with an interval of 95 %; None of other lists.
    found : float or None
        Events that came; where ties end the list, the mean over lots. None where they are not known yet.
    """

    scorer: str
    as_of: str
    length: int
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    found: float | None = None

    @property
    def judged(self) -> bool:
        """Whether there are events enough to judge by."""
        told = self.found if self.expected is None else self.expected
        return told is not None and told >= POSITIVES_NEEDED

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "judged": self.judged}


def listed(score: Floats, household_id: NDArray[np.str_], share: float) -> NDArray[np.intp]:
    """Return the rows on the list of the highest share, ties broken by the household's id."""
    order = np.lexsort((household_id, -score))
    return order[: int(list_length(float(score.size), share))]


def expected_yield(
    probability: Floats, score: Floats, household_id: NDArray[np.str_], *, share: float, as_of: str
) -> Yield:
    """Return what the list of the day should find: the sum of its probabilities.

    Notes
    -----
    The interval holds the chance of the events, of variance Σ p (1 − p), and that of the year's level, by
    which all probabilities are too high or too low at once: a year's level differs from that of the others by
    `LEVELS_DIFFER` in log odds, and the sum by Σ p (1 − p) for each unit of it.
    """
    p = probability[listed(score, household_id, share)]
    total, chance = math.fsum(p), math.fsum(p * (1.0 - p))
    error = math.hypot(math.sqrt(chance), LEVELS_DIFFER * chance)
    low, high = max(0.0, total - WIDE * error), min(float(p.size), total + WIDE * error)
    return Yield("model", as_of, int(p.size), total, low, high)


def found_by(y: Floats, score: Floats, share: float) -> float:
    """Return how many events the list of the highest share held."""
    return float(top_list(tally(rank(y, score), np.ones((y.size, 1))), share).found[0])


def yields_as_text(present: Yield, realised: Sequence[Yield]) -> list[str]:
    """Return the lists as lines."""
    head = f"The list of {present.as_of}, {present.length:,} households"
    lines = [
        f"{head}: {_expected(present)}{_unjudged(present)}",
        f"the interval holds the chance of events and of the year's level, ± {LEVELS_DIFFER:.0%} of the odds",
    ]
    if not realised:
        return [*lines, "No horizon has matured: what a list found is not known yet"]
    lines.append(f"The list of {realised[0].as_of}, the last day whose outcomes are known:")
    for each in realised:
        expected = "" if each.expected is None else f", {_expected(each)}"
        lines.append(f"  {each.scorer}: {each.found:.1f} found{expected}{_unjudged(each)}")
    return lines


def _expected(each: Yield) -> str:
    return f"{each.expected:.1f} [{each.low:.1f} {each.high:.1f}] expected"


def _unjudged(each: Yield) -> str:
    return "" if each.judged else f"; cannot be judged, under {POSITIVES_NEEDED} events"
