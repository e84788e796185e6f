"""What a condition on a column means: codes, "yes" and "no", numbers as texts, "given" and "missing"."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns and the words of which one must hold for each."""

GIVEN, MISSING = "given", "missing"
"""Words for a value that is there, and for one that is not, in columns of any kind."""

LARGEST_COUNT = 15
"""Counts are told apart up to here."""


def states(column: Column, values: NDArray[Any]) -> NDArray[Any]:
    """Return small whole numbers that tell apart what conditions can ask of values.

    0 where there is none; else value + 1 of codes, flags and counts (from ``LARGEST_COUNT`` on the
    same one), and 1 for whatever else is there.
    """
    state: NDArray[Any]
    match column.kind:
        case "code" | "flag":
            state = values + 1
        case "count":
            state = np.where(np.isnan(values), 0, np.clip(values, 0, LARGEST_COUNT) + 1).astype(np.intp)
        case "date":
            state = (~np.isnat(values)).astype(np.intp)
        case "id":
            state = (values != "").astype(np.intp)
        case _:
            state = (~np.isnan(values)).astype(np.intp)
    return state


def fulfilling(column: Column, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return by state which values are among the wanted ones.

    Parameters
    ----------
    column : Column
    wanted : tuple of str
        Ids of codes; ``"yes"`` and ``"no"`` of flags; counts as texts, as ``"1"``; for a column of
        any kind ``"given"`` and ``"missing"``.

    Raises
    ------
    KeyError
        On a word that the column does not know.
    """
    size = {"code": len(column.codes) + 1, "flag": 3, "count": LARGEST_COUNT + 2}.get(column.kind, 2)
    passed = np.zeros(size, dtype=bool)
    for word in wanted:
        if word == GIVEN:
            passed[1:] = True
        else:
            passed[0 if word == MISSING else _state(column, word)] = True
    return passed


def fulfils(column: Column, values: NDArray[Any], wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which values of a column in the hand are among the wanted ones."""
    passed: NDArray[np.bool_] = fulfilling(column, wanted)[states(column, values)]
    return passed


def _state(column: Column, word: str) -> int:
    if column.kind in {"code", "flag"}:
        return column.code(word) + 1
    if column.kind == "count" and word.isdigit() and int(word) < LARGEST_COUNT:
        return int(word) + 1
    raise KeyError(f"{column.name} knows no {word!r}")
