"""How far households move when a fit is shaken a little: in rank, on lists, in their first reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from features.errors import Usage
from features.vectors import Vectors
from models.contributions import contributions, contributions_by_concept
from models.reasons import UNTOLD
from models.risk import DEFAULT_PARAMS, RiskModel
from training.measures.printed import aligned
from training.measures.ranking import list_length

Floats = NDArray[np.float64]
Params = Mapping[str, float | str]
Fit = Callable[[Vectors, Floats, Params], RiskModel]

SHORT, LONG = 0.02, 0.10
"""Shares of the rows on the two lists."""

LEFT_OUT = 0.01
"""Share of the households that one refit does without."""

OTHER_SEED = 1000
"""How far the other seed lies from the first: beyond the seeds of all bags."""

OTHER_BINS = 250
FIRST_REASONS = 2
SEED = "another seed"


@dataclass(frozen=True)
class Shaken:
    """What a refit that should be the same left as it was.

    Parameters
    ----------
    rank_correlation : float
        Spearman's, of the raw scores of all rows.
    top_2, top_10 : float
        Share of the list of 2 % and of 10 % that is on the other list too.
    reasons : float
        Share of the first two concepts told, of rows on the first list of 10 %, that are told by both.
    """

    rank_correlation: float
    top_2: float
    top_10: float
    reasons: float


@dataclass(frozen=True)
class Stability:
    """What small changes of a fit do to rows that it has not seen.

    Parameters
    ----------
    rows : int
        Rows scored.
    refits : mapping of name to Shaken
        By what was changed.
    """

    rows: int
    refits: Mapping[str, Shaken]

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Give the numbers by refit, ready for JSON."""
        return {name: asdict(shaken) for name, shaken in self.refits.items()}

    def measures(self) -> dict[str, float]:
        """Give the numbers in one row, each under a name that MLflow takes."""
        return {
            f"stability.{name.replace(' ', '_').replace('%', 'percent')}.{measure}": value
            for name, shaken in self.as_dict().items()
            for measure, value in shaken.items()
        }

    def as_text(self) -> str:
        """Give the table as plain text."""
        head = ["refit with", "rank correlation", "same in top 2 %", "in top 10 %", "same first reasons"]
        lines = [
            [name, *(f"{value:.3f}" for value in asdict(shaken).values())]
            for name, shaken in self.refits.items()
        ]
        told = f"Stability, on {self.rows:,} later rows that no refit has seen:"
        return "\n".join([told, *aligned([head, *lines])])


def stability(
    vectors: Vectors,
    y: Floats,
    origin: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    *,
    params: Params,
    fit: Fit,
    random_state: int = 1,
) -> Stability:
    """Refit under another seed, with other bins and without some households, and compare with the first.

    Parameters
    ----------
    vectors, y
        The rows to learn from and their outcomes.
    origin : pair of masks
        What is learnt from and what is scored.
    params : mapping
        The trees, as they were chosen.
    fit : callable
        Fits trees on rows.
    random_state : int
        Which households are left out.

    Returns
    -------
    Stability
    """
    train, test = origin
    scored = vectors.take(test)
    first, *others = (
        fit(vectors.take(rows), y[rows], {**params, **changed})
        for changed, rows in _refits(params, vectors, train, random_state)
    )
    names = (SEED, f"{OTHER_BINS} bins", f"{100 * LEFT_OUT:g} % of households left out")
    return Stability(
        int(test.sum()),
        {name: shaken(first, other, scored) for name, other in zip(names, others, strict=True)},
    )


def shaken(one: RiskModel, other: RiskModel, vectors: Vectors) -> Shaken:
    """Compare what two models say of the same rows."""
    scores = one.score(vectors), other.score(vectors)
    listed = np.sort(top(scores[0], LONG))
    told = [first_concepts(model, vectors.take(listed)) for model in (one, other)]
    return Shaken(
        rank_correlation(*scores),
        overlap(*(top(score, SHORT) for score in scores)),
        overlap(*(top(score, LONG) for score in scores)),
        float(np.mean([len(a & b) / len(a) for a, b in zip(*told, strict=True)])),
    )


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank; 1 where both leave everybody alike.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 9.0]))
    1.0
    >>> rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    0.0
    """
    a, b = (rankdata(scores) - (scores.size + 1) / 2 for scores in (one, other))
    if np.array_equal(a, b):
        return 1.0
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread else 0.0


def top(score: Floats, share: float) -> NDArray[np.intp]:
    """Return the rows of the greatest scores, the share rounded up; of equal ones the first.

    Examples
    --------
    >>> top(np.array([0.3, 0.9, 0.9, 0.1]), 0.5).tolist()
    [1, 2]
    """
    return np.argsort(-score, kind="stable")[: int(list_length(float(score.size), share))]


def overlap(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Return the share of one list that is on the other."""
    return float(np.isin(one, other).mean())


def first_concepts(model: RiskModel, vectors: Vectors) -> Sequence[frozenset[str]]:
    """Return of each row the two concepts that weigh most among those that are told as reasons."""
    names, sums = contributions_by_concept(model, contributions(model, vectors))
    kept = [place for place, name in enumerate(names) if name not in UNTOLD]
    order = np.argsort(-np.abs(sums[:, kept]), axis=1, kind="stable")[:, :FIRST_REASONS]
    return [frozenset(names[kept[place]] for place in row) for row in order.tolist()]


def _refits(
    params: Params, vectors: Vectors, train: NDArray[np.bool_], random_state: int
) -> Iterator[tuple[dict[str, float | str], NDArray[np.bool_]]]:
    yield {}, train
    yield {"seed": int(params.get("seed", DEFAULT_PARAMS["seed"])) + OTHER_SEED}, train
    yield {"max_bin": OTHER_BINS}, train
    households = np.unique(vectors.household_id[train])
    if households.size < FIRST_REASONS:
        raise Usage("stability needs at least two households to learn from")
    gone = np.random.default_rng(random_state).choice(
        households, size=int(np.ceil(LEFT_OUT * households.size)), replace=False
    )
    yield {}, train & ~np.isin(vectors.household_id, gone)
