"""A ledger in the hand: its columns as they came, before any meaning is given to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.ledgers.mapping import text_of


@dataclass(frozen=True)
class Given:
    """One source column.

    Parameters
    ----------
    values : ndarray, shape (rows,)
        Texts, whole numbers, floats, booleans or days, as the source has them.
    missing : ndarray of bool, shape (rows,)
        Where there is no value; what ``values`` has there means nothing.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_]

    @cached_property
    def distinct(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """The distinct values, and the position among them of each row's own."""
        distinct, position = np.unique(self.values, return_inverse=True)
        return distinct, position.reshape(-1)

    @cached_property
    def texts(self) -> list[str]:
        """The distinct values as texts."""
        return [text_of(value) for value in self.distinct[0].tolist()]

    def among(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Return which rows have one of the values; a missing one is none of them."""
        wanted = frozenset(texts)
        hits = np.fromiter((text in wanted for text in self.texts), bool, len(self.texts))
        return hits[self.distinct[1]] & ~self.missing

    def without(self, texts: Iterable[str]) -> Given:
        """Return the column with these values missing."""
        return Given(self.values, self.missing | self.among(texts))

    def numbers(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the values as floats, NaN where missing, and which cannot be read as numbers."""
        if self.values.dtype.kind in "iuf":
            return np.where(self.missing, np.nan, self.values.astype(np.float64)), np.zeros(
                self.missing.size, bool
            )
        read = np.array([_float(text) for text in self.texts])
        numbers = np.where(self.missing, np.nan, read[self.distinct[1]] if read.size else np.nan)
        return numbers, np.isnan(numbers) & ~self.missing


@dataclass(frozen=True)
class Ledger:
    """Source columns by name, all of one length."""

    columns: Mapping[str, Given]
    rows: int

    def having(self, missing: Mapping[str, Iterable[str]]) -> Ledger:
        """Return the ledger with the values that stand for no answer taken out."""
        columns = {
            name: given.without(missing[name]) if name in missing else given
            for name, given in self.columns.items()
        }
        return Ledger(columns, self.rows)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
