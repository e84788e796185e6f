"""What a household's months add up to, and what of its people is known for a month."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Diary

NOTHING = 0.005
"""Less than this is not written down [yuan]."""

Array = NDArray[np.float64]


class Sums:
    """Running sums of monthly values, for spans of months that differ by household."""

    def __init__(self, values: NDArray[Any]) -> None:
        months, households = values.shape
        self._before = np.zeros((months + 1, households))
        np.cumsum(np.nan_to_num(values.astype(np.float64)), axis=0, out=self._before[1:])

    def between(self, row: NDArray[Any], since: NDArray[Any], until: NDArray[Any]) -> Array:
        """Return the sum of the months after ``since`` up to and with ``until``."""
        total: Array = self._before[until + 1, row] - self._before[since + 1, row]
        return total


def counted(diary: Diary, kind: str, which: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Return how many events of a kind a household had in a month, shape (months, households)."""
    events = diary.events(kind)
    month, row = events["month"], events["row"]
    if which is not None:
        month, row = month[which], row[which]
    count = np.zeros((diary.months, diary.household_id.size), np.int64)
    np.add.at(count, (month, row), 1)
    return count


def spans(diary: Diary, row: NDArray[Any], since: NDArray[Any], until: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many spans, each from month ``since`` to before ``until``, hold each month."""
    change = np.zeros((diary.months + 1, diary.household_id.size), np.int64)
    first = np.clip(since, 0, diary.months).astype(np.int64)
    end = np.maximum(np.clip(until, 0, diary.months).astype(np.int64), first)
    np.add.at(change, (first, row), 1)
    np.add.at(change, (end, row), -1)
    count: NDArray[np.int64] = np.cumsum(change, axis=0)[:-1]
    return count


def snapshot_of(diary: Diary, month: NDArray[Any]) -> NDArray[np.int64]:
    """Return which snapshot of the people was the last one at the end of a month."""
    found = np.searchsorted(diary.snapshot_months, month, side="right") - 1
    return np.maximum(found, 0).astype(np.int64)


def heaped(
    amount: Array, shares: NDArray[np.float64], steps: NDArray[np.float64], rng: np.random.Generator
) -> Array:
    """Round amounts to steps, each drawn with its share, where the amount is twice the step or more."""
    drawn = np.searchsorted(np.cumsum(shares), rng.random(amount.shape), side="right")
    step = steps[np.minimum(drawn, steps.size - 1)]
    round_it = (step > 0) & (amount >= 2 * step)
    size = np.where(round_it, step, 1.0)
    return np.where(round_it, np.rint(amount / size) * size, amount)
