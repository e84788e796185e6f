"""What every scorer showed on each later block of the earlier origins on which the trees were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss

from features.vectors import Vectors
from training.cohorts.followed import Followed
from training.learning.model import Learnt, origins_of
from training.measures.evaluation import Scores, measure

Floats = NDArray[np.float64]

LOG_LOSS = "log_loss"
ORDERED = ("roc_auc", "average_precision", "recall_at_top", "brier")
"""What is told of a block beside the log loss; the whole comparison is of all blocks together."""


@dataclass(frozen=True)
class Block:
    """One earlier origin, and the rows after it.

    Parameters
    ----------
    number : int
        From 1, in time.
    cut : str or None
        The last day on which the learner may have seen anything; None where the rows fall on too few days
        for a cut, and one half of the households was judged by what was learnt from the other.
    first_day, last_day : str
        Of the rows judged.
    learnt_from, learnt_events : int
        Rows learnt from, and those of them with the outcome.
    rows, events : int
        Rows judged, and those of them with the outcome.
    measures : mapping of scorer to mapping of measure to number
        Without what is not defined.
    """

    number: int
    cut: str | None
    first_day: str
    last_day: str
    learnt_from: int
    learnt_events: int
    rows: int
    events: int
    measures: Mapping[str, Mapping[str, float]]

    @property
    def name(self) -> str:
        """What it is called."""
        return f"half {self.number} of the households" if self.cut is None else f"origin {self.cut}"


def blocks_of(vectors: Vectors, followed: Followed, learnt: Learnt, *, share: float) -> tuple[Block, ...]:
    """Tell apart by earlier origin what was said of rows before they had been seen.

    Parameters
    ----------
    vectors, followed
        All rows, and what came of them.
    learnt : Learnt
    share : float
        Share of a block's rows on its list.

    Notes
    -----
    The model's probabilities are calibrated on other blocks and other households, the baselines' on the rows
    before each.
    """
    blocks, start = [], 0
    for number, (train, test) in enumerate(origins_of(vectors, followed.y, followed.outcome_on), start=1):
        part = slice(start, start + int(test.sum()))
        start = part.stop
        judged, days = followed.take(test), vectors.as_of[test]
        blocks.append(
            Block(
                number=number,
                cut=_cut(vectors.as_of, followed.outcome_on, train, test),
                first_day=str(days.min()),
                last_day=str(days.max()),
                learnt_from=int(train.sum()),
                learnt_events=int(followed.y[train].sum()),
                rows=len(judged),
                events=int(judged.y.sum()),
                measures={
                    scorer: measures_of(judged, scores.take(part), share)
                    for scorer, scores in learnt.scores.items()
                },
            )
        )
    return tuple(blocks)


def measures_of(judged: Followed, scores: Scores, share: float) -> dict[str, float]:
    """Return the log loss of what is published, and what is told of its order."""
    weight = judged.weight
    found = measure(judged.y, scores, weight=weight, share=share).figures()
    told = {name: found[name] for name in ORDERED if name in found}
    if scores.probability is None:
        return told
    loss = log_loss(judged.y, scores.probability, sample_weight=weight, labels=[0.0, 1.0])
    return {LOG_LOSS: float(loss), **told}


def _cut(
    as_of: NDArray[np.datetime64],
    outcome_on: NDArray[np.datetime64],
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> str | None:
    """Return the day of a cut: the last as-of day before those judged, if all that was learnt was known."""
    first = as_of[test].min()
    if outcome_on[train].max() >= first:
        return None
    return str(as_of[as_of < first].max())
