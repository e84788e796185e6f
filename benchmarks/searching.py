"""A search in which every learner sees the same rows: chosen on earlier origins, judged on a later block."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats.qmc import LatinHypercube

from benchmarks.boosters import AXES, Learner, Params, Score
from features.errors import Refused
from features.vectors import Vectors
from training.baselines.logistic import SCALINGS, LogisticOnVectors
from training.cohorts.splits import Origin, cut_once, earlier_cuts, rolling_origins
from training.learning.model import BLOCKS
from training.measures.evaluation import Scores

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Told = Callable[[str], None]

WEAKEST, STRONGEST = 10.0, 0.001
"""Values of C between which the logistic's penalty is looked for."""


@dataclass(frozen=True)
class Rows:
    """Rows to learn from, their outcomes, and when these were known."""

    vectors: Vectors
    y: Floats
    outcome_on: Days

    def take(self, rows: NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return Rows(self.vectors.take(rows), self.y[rows], self.outcome_on[rows])


@dataclass(frozen=True)
class Found:
    """What the search came to.

    Parameters
    ----------
    params : mapping
        The best that was tried.
    loss : float
        Its mean log loss over the rows of the earlier origins' blocks.
    trials : int
        How many were tried.
    search, fit : float
        Processor time of the search, and of the last fit on all rows [s].
    scores : Scores
        What it says of the block.
    """

    params: Mapping[str, float | str]
    loss: float
    trials: int
    search: float
    fit: float
    scores: Scores


def last_block(rows: Rows) -> Origin:
    """Return the last earlier origin of rows: what was known by its cut, and the block after it."""
    cuts = earlier_cuts(rows.vectors.as_of, rows.outcome_on, blocks=BLOCKS)
    if not cuts.size:
        raise Refused("the rows fall on too few days for an earlier origin")
    return cut_once(rows.vectors.as_of, rows.outcome_on, cuts[-1])


def earlier(known: Rows) -> list[Origin]:
    """Return the origins inside the rows learnt from: nothing known after the cut of these is in them."""
    cuts = earlier_cuts(known.vectors.as_of, known.outcome_on, blocks=BLOCKS)
    if not cuts.size:
        raise Refused("the rows learnt from fall on too few days to choose on")
    return list(rolling_origins(known.vectors.as_of, known.outcome_on, cuts))


def points(trials: int, seed: int) -> Floats:
    """Return the points of the unit cube that are tried, the same of every learner."""
    drawn: Floats = LatinHypercube(AXES, rng=np.random.default_rng(seed)).random(trials)
    return drawn


def search(
    learner: Learner, known: Rows, block: Vectors, tried: Sequence[Params], told: Told = lambda _: None
) -> Found:
    """Choose by mean log loss on the earlier origins of the known rows, fit on all, score the block."""
    start = time.process_time()
    origins = earlier(known)
    losses = []
    for number, params in enumerate(tried, start=1):
        losses.append(_loss(learner, known, origins, params))
        took = time.process_time() - start
        told(f"{learner.name} {number}/{len(tried)}: {losses[-1]:.5f} after {took:.0f} s, {dict(params)}")
    searched = time.process_time() - start
    best, score, fitted = _best(learner, known, tried, losses)
    raw = score(block)
    scores = Scores(raw, np.asarray(expit(raw)))
    return Found(dict(tried[best]), losses[best], len(tried), searched, fitted, scores)


def search_logistic(known: Rows, block: Vectors, trials: int) -> Found:
    """Search the logistic: it chooses on the same earlier origins by itself, by the same measure."""
    strengths = np.geomspace(STRONGEST, WEAKEST, max(1, trials // len(SCALINGS))).tolist()
    start = time.process_time()
    model = LogisticOnVectors(strengths=strengths, blocks=BLOCKS).fit(
        known.vectors, known.y, known.outcome_on
    )
    searched = time.process_time()
    alone = LogisticOnVectors(strengths=[model.C_], scalings=[model.scaling_], blocks=0)
    alone.fit(known.vectors, known.y, known.outcome_on)
    fitted = time.process_time()
    return Found(
        {"scaling": model.scaling_, "C": model.C_},
        min(model.losses_.values()),
        len(model.losses_),
        searched - start,
        fitted - searched,
        Scores(model.score(block), model.probability(block)),
    )


def _best(
    learner: Learner, known: Rows, tried: Sequence[Params], losses: Sequence[float]
) -> tuple[int, Score, float]:
    """Fit what lost least on all the rows; where the house refuses it there, what lost least but for that."""
    for best in np.argsort(losses, kind="stable").tolist():
        start = time.process_time()
        try:
            score = learner.fit(known.vectors, known.y, tried[best])
        except Refused:
            continue
        return best, score, time.process_time() - start
    raise Refused(f"all that was tried of {learner.name} was refused")


def _loss(learner: Learner, known: Rows, origins: Sequence[Origin], params: Params) -> float:
    from sklearn.metrics import log_loss

    raw, y = [], []
    for origin in origins:
        learnt = known.take(origin.train)
        try:
            score = learner.fit(learnt.vectors, learnt.y, params)
        except Refused:  # trees over the house's budget may not be chosen
            return math.inf
        raw.append(score(known.vectors.take(origin.test)))
        y.append(known.y[origin.test])
    return float(log_loss(np.concatenate(y), expit(np.concatenate(raw)), labels=[0.0, 1.0]))
