"""What lists of the highest 0.5, 1, 2 and 5 % find, with the least and the most that ties allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.measures.evaluation import Scores, measure
from training.measures.intervals import Estimate, resample_measures

Floats = NDArray[np.float64]

SHARES = (0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True)
class ShortList:
    """A list of the highest scores.

    Parameters
    ----------
    share, length : float
        Share of the rows, and how many rows these are.
    recall, precision : Estimate
        Expected, rows tied at the end drawn by lot.
    recall_range, precision_range : (float, float) or None
        The least and the most that the lot can give; None where nothing is to be found.
    """

    share: float
    length: float
    recall: Estimate
    precision: Estimate
    recall_range: tuple[float, float] | None
    precision_range: tuple[float, float] | None

    def as_dict(self) -> dict[str, object]:
        """Give the list ready for JSON."""
        return {**vars(self), "recall": self.recall.as_dict(), "precision": self.precision.as_dict()}


def short_lists(
    y: Floats,
    score: Floats,
    household: NDArray[np.str_],
    *,
    resamples: int = 200,
    random_state: int = 0,
) -> tuple[ShortList, ...]:
    """Return what the list of each share finds."""
    return tuple(_short(y, Scores(score), household, share, resamples, random_state) for share in SHARES)


def _short(
    y: Floats,
    scores: Scores,
    household: NDArray[np.str_],
    share: float,
    resamples: int,
    random_state: int,
) -> ShortList:
    told = measure(y, scores, share=share)
    resampled = resample_measures(
        y, {"": scores}, household, share=share, resamples=resamples, random_state=random_state
    )
    recall = resampled.estimate("", "recall_at_top", told.recall_at_top)
    precision = resampled.estimate("", "precision_at_top", told.precision_at_top)
    return ShortList(
        share,
        told.listed or 0.0,
        recall,
        precision,
        _range(told.recall_at_top_worst, told.recall_at_top_best),
        _range(told.precision_at_top_worst, told.precision_at_top_best),
    )


def _range(least: float | None, most: float | None) -> tuple[float, float] | None:
    return None if least is None or most is None else (least, most)
