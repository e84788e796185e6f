"""Whether the sides compute the same: where one differs, no time of it means anything."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN
from benchmarks.runs import SIDES, as_for_many

RELATIVE, ABSOLUTE = 1e-9, 1e-12


def differences(folder: Path, days: NDArray[np.datetime64], sides: tuple[str, ...] = SIDES) -> list[str]:
    """List where a side differs from the first, by side, day and feature; unknown must be unknown in all."""
    first, *others = (_values(side, folder, days) for side in sides)
    found = []
    for side, values in zip(sides[1:], others, strict=True):
        for as_of, ours, theirs in zip(days, first, values, strict=True):
            same = np.isclose(ours, theirs, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
            found += [
                f"{side}, {as_of}, {CHOSEN[column]}: {np.count_nonzero(~same[:, column])} households"
                for column in np.flatnonzero(~same.all(axis=0))
            ]
    return found


def _values(side: str, folder: Path, days: NDArray[np.datetime64]) -> list[NDArray[np.float64]]:
    module = importlib.import_module(f"benchmarks.sides.{side}_side")
    with as_for_many():
        prepared = module.prepare(folder, days)
    return [module.day(prepared, as_of) for as_of in days]
