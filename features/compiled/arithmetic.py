"""Arithmetic of figures, compiled: what `features.operations` does to two figures, without a copy of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from features.compiled.compiling import compiled, inlined

Array = NDArray[np.float64]
Places = NDArray[np.intp]

ADD, SUBTRACT, MULTIPLY, DIVIDE, TOTAL, MEAN = range(6)
"""How two figures are combined; for total and mean the first is how many months are known."""


@inlined
def _of_two(how: int, one: float, other: float) -> float:
    if how == ADD:
        return one + other
    if how == SUBTRACT:
        return one - other
    if how == MULTIPLY:
        return one * other
    if how == DIVIDE:
        return one / other if other != 0 else np.nan
    if how == TOTAL:
        return other if one > 0 else np.nan
    return other / one if one > 0 else np.nan


@compiled
def _combine(out: Array, one: Array, places: Places, other: Array, at: Places, how: int) -> None:
    """Combine figures of the last months; what has one month only is the same in all."""
    months = out.shape[1]
    for i in range(out.shape[0]):
        for back in range(1, months + 1):
            first = one[places[i], one.shape[1] - back]
            second = other[at[i], max(other.shape[1] - back, 0)]
            into = out[i, months - back]
            for h in range(into.size):
                into[h] = _of_two(how, first[h], second[h])


def _combined(how: int) -> Callable[..., None]:
    """Return an operation on figures, given by figures and places, and on others or numbers."""

    def operation(out: Array, one: Array, places: Places, other: Array, at: Places | None = None) -> None:
        if at is None:  # numbers, the same for all households
            other, at = np.repeat(other, out.shape[-1]).reshape(other.size, -1), np.arange(other.size)
        _combine(_by_month(out), _by_month(one), places, _by_month(other), at, how)

    return operation


def _by_month(figures: Array) -> Array:
    return figures.reshape(figures.shape[0], -1, figures.shape[-1])


@compiled
def pick(out: Array, totals: Array, places: Places, months: Array) -> None:
    """Read running totals after so many months."""
    for i in range(out.shape[0]):
        out[i] = totals[places[i], int(months[i])]


ARITHMETIC: Mapping[str, Callable[..., None]] = {
    "add": _combined(ADD),
    "subtract": _combined(SUBTRACT),
    "multiply": _combined(MULTIPLY),
    "divide": _combined(DIVIDE),
    "total_of": _combined(TOTAL),
    "mean_of": _combined(MEAN),
    "pick": pick,
}
"""By operation of the plan."""
