"""What the operations of the readings mean, each done for many expressions and households at once.

Figures by month have the shape (expressions, REACH + 1, households), the running month last; single
figures (expressions, households). NaN is unknown. A running total goes from the newest month back, one
month after the other, whatever the shape: its bytes do not depend on how much is done at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from features.reach import REACH

Array = NDArray[np.float64]

FEW_HOUSEHOLDS = 16
"""Up to so many NumPy's own accumulation is the quicker one; beyond, a loop over the months."""


def running(add: np.ufunc, values: Array) -> Array:
    """Accumulate by month, in place: the running month alone, then with the one before it, and so on."""
    if values.shape[2] <= FEW_HOUSEHOLDS:
        add.accumulate(values, axis=1, out=values)
        return values
    for month in range(1, values.shape[1]):
        add(values[:, month - 1], values[:, month], out=values[:, month])
    return values


def carried(values: Array, told: NDArray[np.bool_]) -> Array:
    """Hold by month the figure last told, until the next one; NaN before the first."""
    if values.shape[2] <= FEW_HOUSEHOLDS:
        last = np.maximum.accumulate(np.where(told, np.arange(told.shape[1])[:, None], -1), axis=1)
        held = np.take_along_axis(values, np.maximum(last, 0), axis=1)
        return np.where(last >= 0, held, np.nan)
    held = np.where(told, values, np.nan)
    for month in range(1, held.shape[1]):
        np.copyto(held[:, month], held[:, month - 1], where=~told[:, month])
    return held


def ordered_sum(values: Array) -> Array:
    """Add up along the first axis in its order, whatever the shape (NumPy's ``sum`` does not)."""
    total: Array = values[0].copy()
    for one in values[1:]:
        total += one
    return total


def added_back(newest_first: Array, complete: Array) -> Array:
    """Add up month by month, in place, from the newest one, which counts for nothing where 1 is complete."""
    newest_first[:, 0] *= (1.0 - complete)[:, None]
    return running(np.add, newest_first)


def known_to(series: Array, complete: Array) -> Array:
    """Return for each number of months back how many of them are known.

    Parameters
    ----------
    complete : ndarray, shape (expressions,)
        1 where the running month does not count.
    """
    return added_back((~np.isnan(series[:, ::-1])).astype(np.float64), complete)


def recorded_to(series: Array, complete: Array) -> Array:
    """Return for each number of months back the sum of what is known of them."""
    newest_first = series[:, ::-1]
    return added_back(np.where(np.isnan(newest_first), 0.0, newest_first), complete)


def least_to(series: Array, complete: Array) -> Array:
    """Return for each number of months back the least figure, NaN where none is known."""
    return running(np.fmin, _newest_first(series, complete))


def most_to(series: Array, complete: Array) -> Array:
    """Return for each number of months back the greatest figure, NaN where none is known."""
    return running(np.fmax, _newest_first(series, complete))


def _newest_first(series: Array, complete: Array) -> Array:
    newest_first = series[:, ::-1].copy()
    newest_first[complete == 1, 0] = np.nan
    return newest_first


def below_to(series: Array, limit: Array, complete: Array) -> Array:
    """Return for each number of months back how many known ones are under the limit."""
    return added_back((series[:, ::-1] < limit[:, None, None]).astype(np.float64), complete)


def total_of(known: Array, recorded: Array) -> Array:
    """Return a sum; unknown where nothing is known."""
    return np.where(known > 0, recorded, np.nan)


def mean_of(known: Array, recorded: Array) -> Array:
    """Return the mean of what is known; unknown where nothing is."""
    return np.divide(recorded, known, out=np.full_like(known, np.nan), where=known > 0)


def spread_of(series: Array, known: Array, mean: Array, months: int, complete: bool) -> Array:
    """Return the standard deviation over the window, in two passes; unknown below two figures."""
    apart = window(series, months, complete=complete) - mean[:, None]
    apart = np.where(np.isnan(apart), 0.0, apart)
    square = running(np.add, apart * apart)[:, -1]
    return np.where(known > 1, np.sqrt(square / np.maximum(known, 1.0)), np.nan)


def slope_of(series: Array, known: Array, mean: Array, months: int, complete: bool) -> Array:
    """Return the least-squares change a month over the window; unknown below two figures."""
    figures = window(series, months, complete=complete)
    finite = ~np.isnan(figures)
    time = np.where(finite, -np.arange(figures.shape[1], dtype=np.float64)[:, None], 0.0)
    middle = running(np.add, time.copy())[:, -1] / np.maximum(known, 1.0)
    apart = np.where(finite, time - middle[:, None], 0.0)
    rise = running(np.add, apart * np.where(finite, figures - mean[:, None], 0.0))[:, -1]
    run = running(np.add, apart * apart)[:, -1]
    return np.where(known > 1, rise / np.where(run > 0, run, 1.0), np.nan)


def streak(series: Array, limit: Array, months: int, complete: bool) -> Array:
    """Return how many known months in a row, up to the last known one, are under the limit."""
    figures = window(series, months, complete=complete)
    finite = ~np.isnan(figures)
    over = running(np.add, (finite & ~(figures < limit[:, None, None])).astype(np.float64))
    in_a_row = running(np.add, (finite & (over == 0)).astype(np.float64))[:, -1]
    return np.where(finite.any(axis=1), in_a_row, np.nan)


def window(series: Array, months: int, *, complete: bool) -> Array:
    """Return the months of a window, newest first."""
    running = series.shape[1] - 1
    return series[:, running - months : running + (0 if complete else 1)][:, ::-1]


def last_row(series: Array, back: Array, complete: Array) -> Array:
    """Return the month of the last known figure (``back`` = 1: of the one before), -1 where none."""
    return last_of(~np.isnan(series), back, complete)


def last_of(known: NDArray[np.bool_], back: Array, complete: Array) -> Array:
    """Return the last true month (``back`` = 1: the one before), -1 where none; perhaps not the running one.

    Parameters
    ----------
    known : ndarray of bool, shape (expressions, REACH + 1, households)
        May be written to.
    """
    known[complete == 1, REACH] = False
    last = latest(known)
    before = np.flatnonzero(back)
    if before.size:
        earlier = np.arange(REACH + 1)[:, None] < last[before, None]
        last[before] = latest(known[before] & earlier)
    return last.astype(np.float64)


def latest(known: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the last true month, -1 where none is."""
    months = np.arange(1, known.shape[1] + 1, dtype=np.int8)[:, None]
    last: NDArray[np.int8] = (known.view(np.int8) * months).max(axis=1) - np.int8(1)
    return last


def age_of(row: Array) -> Array:
    """Return how many months ago a month was."""
    return np.where(row >= 0, REACH - row, np.nan)


def sum_known(*series: Array) -> Array:
    """Add up what is known, one after the other; unknown where nothing is."""
    total, any_known = np.zeros_like(series[0]), np.zeros(series[0].shape, dtype=bool)
    for one in series:
        known = ~np.isnan(one)
        total = np.where(known, total + one, total)
        any_known |= known
    return np.where(any_known, total, np.nan)


def first_known(*series: Array) -> Array:
    """Return the first that is known."""
    chosen = series[0]
    for one in series[1:]:
        chosen = np.where(np.isnan(chosen), one, chosen)
    return chosen


def largest(*readings: Array) -> Array:
    """Return the greatest of what is known."""
    greatest = readings[0]
    for one in readings[1:]:
        greatest = np.fmax(greatest, one)
    return greatest


def of_largest(*readings: Array) -> Array:
    """Return the value with the greatest weight above 0, the first of equals; all weights come first."""
    half = len(readings) // 2
    greatest, chosen = np.zeros_like(readings[0]), np.full_like(readings[0], np.nan)
    for weight, value in zip(readings[:half], readings[half:], strict=True):
        more = weight > greatest
        greatest, chosen = np.where(more, weight, greatest), np.where(more, value, chosen)
    return chosen


def divide(top: Array, bottom: Array) -> Array:
    """Divide; unknown where the divisor is nothing."""
    bottom = spread_out(bottom, top)
    quotient: Array = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
    return quotient


def spread_out(number: Array, beside: Array) -> Array:
    """Return numbers of expressions in the shape of figures; figures as they are."""
    return number.reshape(-1, *([1] * (beside.ndim - 1))) if number.ndim == 1 else number


def above(value: Array, limit: Array) -> Array:
    """Return 1 where greater, 0 where not, unknown where unknown."""
    return np.where(np.isnan(value), np.nan, value > limit[:, None])


OPERATIONS: dict[str, Callable[..., Array]] = {
    "known_to": known_to,
    "recorded_to": recorded_to,
    "least_to": least_to,
    "most_to": most_to,
    "below_to": below_to,
    "total_of": total_of,
    "mean_of": mean_of,
    "spread_of": spread_of,
    "slope_of": slope_of,
    "streak": streak,
    "last_row": last_row,
    "age_of": age_of,
    "sum_known": sum_known,
    "first_known": first_known,
    "largest": largest,
    "of_largest": of_largest,
    "add": lambda one, other: one + spread_out(other, one),
    "subtract": lambda one, other: one - spread_out(other, one),
    "multiply": lambda one, other: one * spread_out(other, one),
    "divide": divide,
    "above": above,
    "at_most": lambda value, most: np.minimum(value, most[:, None]),
}
"""Operations that need nothing but their operands."""
