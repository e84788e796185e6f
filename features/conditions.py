"""What a condition on a column means: codes, "yes" and "no", numbers as texts, "given" and "missing"."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column

GIVEN, MISSING = "given", "missing"
"""Words for a value that is there, and for one that is not, in columns of any kind."""


def fulfils(column: Column, values: NDArray[Any], wanted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which values of a column in the hand are among the wanted ones.

    Parameters
    ----------
    column : Column
    values : ndarray
    wanted : tuple of str
        Ids of codes; ``"yes"`` and ``"no"`` of flags; numbers as texts, as ``"1"``; for a column of
        any kind ``"given"`` and ``"missing"``.

    Raises
    ------
    KeyError
        On a word that the column does not know.
    """
    given = present(column, values)
    passed = np.zeros(values.size, dtype=bool)
    if GIVEN in wanted:
        passed |= given
    if MISSING in wanted:
        passed |= ~given
    named = [_named(column, word) for word in wanted if word not in {GIVEN, MISSING}]
    return passed | np.isin(values, named) if named else passed


def present(column: Column, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which values of a column in the hand are there."""
    there: NDArray[np.bool_]
    match column.kind:
        case "id":
            there = values != ""
        case "date":
            there = ~np.isnat(values)
        case "code" | "flag":
            there = values >= 0
        case _:
            there = ~np.isnan(values)
    return there


def _named(column: Column, word: str) -> float:
    if column.kind in {"code", "flag"}:
        return column.code(word)
    if column.kind in {"count", "number", "money"}:
        try:
            return float(word)
        except ValueError:
            pass
    raise KeyError(f"{column.name} knows no {word!r}")
