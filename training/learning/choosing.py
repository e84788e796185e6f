"""Which trees are taken: the best of some candidates, or of a search, by what they said of later rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import Refused
from features.vectors import Vectors
from models.risk import RiskModel
from training.learning.tuning import Fit, Found, Params, Sides, published_loss


@dataclass(frozen=True)
class Chosen:
    """Trees fitted on all rows and on those before each origin, and what these said of the later rows."""

    params: Params
    model: RiskModel
    before: tuple[RiskModel, ...]
    raw: NDArray[np.float64]
    losses: tuple[float, ...]
    found: Found | None = None


def best_of(
    candidates: Sequence[Params],
    fit: Fit,
    vectors: Vectors,
    y: NDArray[np.float64],
    origins: Sequence[Sides],
    told: Callable[[str], None],
    weight: NDArray[np.float64] | None = None,
) -> Chosen:
    """Take the candidate of the least loss on the later blocks of earlier origins."""
    later = [np.flatnonzero(test) for _, test in origins]
    before: list[tuple[RiskModel, ...]] = []
    raw: list[list[NDArray[np.float64]]] = []
    for number, params in enumerate(candidates, start=1):
        told(f"trees: {number} of {len(candidates)} on {len(origins)} earlier origins")
        before.append(_before(params, fit, vectors, y, origins))
        raw.append(_later_scores(before[-1], vectors, origins))
    losses = tuple(published_loss(one, later, y, weight) for one in raw)
    best = int(np.argmin(losses))
    told("trees: the chosen on all rows")
    model = fit(vectors, y, candidates[best])
    return Chosen(candidates[best], model, before[best], np.concatenate(raw[best]), losses)


def best_found(
    found: Found,
    fit: Fit,
    vectors: Vectors,
    y: NDArray[np.float64],
    origins: Sequence[Sides],
    told: Callable[[str], None],
) -> Chosen:
    """Take the best trees that cost no more than the budget on all rows either, where they are fullest."""
    told(f"trees: {found.as_text()}; the chosen on all rows")
    for params in found.best_first:
        try:
            model = fit(vectors, y, params)
        except Refused as refused:
            told(f"trees: the next best, for {refused}")
            continue
        before = _before(params, fit, vectors, y, origins)
        raw = np.concatenate(_later_scores(before, vectors, origins))
        return Chosen(params, model, before, raw, found.losses, found)
    raise Refused("all trees that were tried to the end cost too much on all rows")


def _before(
    params: Params, fit: Fit, vectors: Vectors, y: NDArray[np.float64], origins: Sequence[Sides]
) -> tuple[RiskModel, ...]:
    """Fit trees on the rows before each origin."""
    return tuple(fit(vectors.take(train), y[train], params) for train, _ in origins)


def _later_scores(
    before: Sequence[RiskModel], vectors: Vectors, origins: Sequence[Sides]
) -> list[NDArray[np.float64]]:
    return [model.score(vectors.take(test)) for model, (_, test) in zip(before, origins, strict=True)]
