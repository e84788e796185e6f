"""A ledger in the hand: its columns as they came, before any meaning is given to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.errors import Breach
from features.intake import SHOWN, breach
from features.ledgers.told import number_of, text_of


@dataclass(frozen=True)
class Given:
    """One source column.

    Parameters
    ----------
    values : ndarray, shape (rows,)
        Texts, whole numbers, floats, booleans or days, as the source has them.
    missing : ndarray of bool, shape (rows,)
        Where there is no value; what ``values`` has there means nothing.
    times : float
        What numbers are counted in where they have no unit of their own: 10,000 under 万元.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_]
    times: float = 1.0

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
        return replace(self, missing=self.missing | self.among(texts))

    def taking(self, rows: NDArray[np.bool_]) -> Given:
        """Return some of the rows."""
        return replace(self, values=self.values[rows], missing=self.missing[rows])

    def numbers(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the values as floats, NaN where missing, and which cannot be read as numbers."""
        if self.values.dtype.kind in "iuf":
            return np.where(self.missing, np.nan, self.values.astype(np.float64)), np.zeros(
                self.missing.size, bool
            )
        told = [number_of(text) for text in self.texts]
        read = np.array([number if own else number * self.times for number, own in told])
        numbers = np.where(self.missing, np.nan, read[self.distinct[1]] if read.size else np.nan)
        return numbers, np.isnan(numbers) & ~self.missing


@dataclass(frozen=True, slots=True)
class Notes:
    """What reading a ledger noticed and did not refuse.

    Parameters
    ----------
    unmapped : tuple of str
        Headers that the mapping does not name; nothing under them was read.
    dropped : tuple of str
        Headers that the mapping drops; nothing under them was read either.
    absent : tuple of str
        Source columns that the mapping names and no file has.
    sentences : tuple of str
        Whatever else was passed over, mended or doubted, with counts.
    """

    unmapped: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """Source columns by name, all of one length.

    Parameters
    ----------
    columns : mapping of str to Given
    rows : int
    sheets : tuple of str
        Where rows come from: file and sheet; empty where the ledger is one piece.
    sheet, line : ndarray of int, shape (rows,)
        Of each row the position in ``sheets``, and the number of the line that Excel shows beside it.
    notes : Notes
    """

    columns: Mapping[str, Given]
    rows: int
    sheets: tuple[str, ...] = ()
    sheet: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    line: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    notes: Notes = field(default_factory=Notes)

    def having(self, missing: Mapping[str, Iterable[str]]) -> Ledger:
        """Return the ledger with the values that stand for no answer taken out."""
        columns = {
            name: given.without(missing[name]) if name in missing else given
            for name, given in self.columns.items()
        }
        return replace(self, columns=columns)

    def with_columns(self, columns: Mapping[str, Given], without: Iterable[str] = ()) -> Ledger:
        """Return the ledger with some columns put in and others taken out."""
        gone = set(without)
        kept = {name: given for name, given in self.columns.items() if name not in gone}
        return replace(self, columns={**kept, **columns})

    def saying(self, *sentences: str) -> Ledger:
        """Return the ledger with more said about its reading."""
        return replace(self, notes=replace(self.notes, sentences=(*self.notes.sentences, *sentences)))

    def taking(self, rows: NDArray[np.bool_]) -> Ledger:
        """Return some of the rows."""
        return replace(
            self,
            columns={name: given.taking(rows) for name, given in self.columns.items()},
            rows=int(rows.sum()),
            sheet=self.sheet[rows] if self.sheets else self.sheet,
            line=self.line[rows] if self.sheets else self.line,
        )

    def breaches(self, name: str, column: str, rule: str, bad: NDArray[np.bool_]) -> list[Breach]:
        """Return which rows break a rule: by sheet and line where there are sheets, else by position."""
        if not self.sheets:
            return breach(name, column, rule, bad)
        found = []
        for position, sheet in enumerate(self.sheets):
            lines = self.line[bad & (self.sheet == position)]
            if lines.size:
                found.append(Breach(sheet, column, rule, lines.size, tuple(lines[:SHOWN].tolist())))
        return found
