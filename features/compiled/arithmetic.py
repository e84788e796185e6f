"""Arithmetic of figures, compiled: what `features.operations` does to two figures, without a copy of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from features.compiled.compiling import compiled, inlined

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Two = Callable[[float, float], float]


@inlined
def _add(one: float, other: float) -> float:
    return one + other


@inlined
def _subtract(one: float, other: float) -> float:
    return one - other


@inlined
def _multiply(one: float, other: float) -> float:
    return one * other


@inlined
def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom != 0 else np.nan


@inlined
def _total_of(known: float, recorded: float) -> float:
    return recorded if known > 0 else np.nan


@inlined
def _mean_of(known: float, recorded: float) -> float:
    return recorded / known if known > 0 else np.nan


def _each(two: Two) -> Callable[..., None]:
    """Return an operation on figures, given by figures and places, and others or numbers."""

    @compiled
    def each(out: Array, one: Array, places: Places, other: Array, at: Places) -> None:
        months = out.shape[1]
        for i in range(out.shape[0]):
            for back in range(1, months + 1):
                first, second = (
                    one[places[i], one.shape[1] - back],
                    other[at[i], max(other.shape[1] - back, 0)],
                )
                into = out[i, months - back]
                for h in range(into.size):
                    into[h] = two(first[h], second[h])

    def operation(out: Array, one: Array, places: Places, other: Array, at: Places | None = None) -> None:
        if at is None:  # numbers, the same in all months and for all households
            other, at = np.repeat(other, out.shape[-1]).reshape(other.size, -1), np.arange(other.size)
        each(_by_month(out), _by_month(one), places, _by_month(other), at)

    return operation


def _by_month(figures: Array) -> Array:
    return figures.reshape(figures.shape[0], -1, figures.shape[-1])


@compiled
def pick(out: Array, totals: Array, places: Places, months: Array) -> None:
    """Read running totals after so many months."""
    for i in range(out.shape[0]):
        out[i] = totals[places[i], int(months[i])]


ARITHMETIC: Mapping[str, Callable[..., None]] = {
    "add": _each(_add),
    "subtract": _each(_subtract),
    "multiply": _each(_multiply),
    "divide": _each(_divide),
    "total_of": _each(_total_of),
    "mean_of": _each(_mean_of),
    "pick": pick,
}
"""By operation of the plan."""
