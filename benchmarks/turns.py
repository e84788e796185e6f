"""Calls that are timed in turn, so that each finds the processor as the others left it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def medians(calls: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median time of each call [ms], by name."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            spent[name].append(1_000 * (time.perf_counter() - start))
    return {name: median(times) for name, times in spent.items()}
