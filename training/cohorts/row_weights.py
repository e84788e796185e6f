"""How many rows each row stands for, found again by household and day wherever rows are taken apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RowWeights:
    """The weights of some rows, no two of which are of one household and day.

    Parameters
    ----------
    keys : (rows,) array of str
        Household and day, rising.
    weight : (rows,) array
        In the same order.
    """

    keys: NDArray[np.str_]
    weight: Floats

    def of(self, vectors: Vectors) -> Floats:
        """Return the weights of some of the rows."""
        return self.weight[np.searchsorted(self.keys, _keys(vectors))]


def row_weights(vectors: Vectors, weight: Floats | None) -> RowWeights | None:
    """Return the weights of rows; None where all count alike."""
    if weight is None:
        return None
    keys = _keys(vectors)
    order = np.argsort(keys)
    return RowWeights(keys[order], weight[order])


def repeated(weight: Floats | None, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return rows as often as they weigh, for learners that take no weights.

    Parameters
    ----------
    weight : (all rows,) array or None
        None where all count alike: the rows come back as they are.
    rows : (some rows,) array of int
        Positions, rising.

    Returns
    -------
    ndarray of int
        As many as were given, still rising. A row of weight w, of a mean of one, comes as often as the whole
        number below w or above it: the weights are laid end to end, and a mark is set at every step of the
        mean, from half a step on. Nothing is drawn.

    Examples
    --------
    >>> repeated(np.array([1.0, 3.0, 0.5, 1.5]), np.arange(4)).tolist()
    [0, 1, 1, 3]

    References
    ----------
    Madow and Madow (1944), On the theory of systematic sampling, Annals of Mathematical Statistics 15: 1-24.
    """
    if weight is None:
        return rows
    ends = np.cumsum(weight[rows])
    marks = (np.arange(rows.size) + 0.5) * (ends[-1] / rows.size)
    taken: NDArray[np.intp] = rows[np.minimum(np.searchsorted(ends, marks, side="right"), rows.size - 1)]
    return taken


def effective_rows(weight: Floats) -> float:
    """Return as how many rows of equal weight these tell: the squared sum over the sum of squares.

    Examples
    --------
    >>> effective_rows(np.array([1.0, 1.0, 1.0])), effective_rows(np.array([3.0, 1.0]))
    (3.0, 1.6)

    References
    ----------
    Kish (1965), Survey Sampling, ch. 11.
    """
    return float(weight.sum() ** 2 / (weight**2).sum())


def _keys(vectors: Vectors) -> NDArray[np.str_]:
    households = np.strings.add(vectors.household_id, " ")
    keys: NDArray[np.str_] = np.strings.add(households, vectors.as_of.astype(np.str_))
    return keys
