"""The cells of a mapping, read over the rows of a ledger; what cannot be read is gathered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.contract import Column, Table
from features.errors import Breach
from features.intake import missing, rule_of, take_column
from features.ledgers.dates import Days, days_of, months_later
from features.ledgers.mapping import (
    Cell,
    Constant,
    DateRule,
    FromAggregate,
    FromColumn,
    FromDate,
    LedgerMapping,
    Where,
)
from features.ledgers.source import Given, Ledger
from features.ledgers.told import flag_of

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

_BETWEEN = re.compile(r"[,，、;；/+\s]+")
"""What stands between several words in one cell."""
_NUMBERS = {"money", "number", "count"}
_STATISTICS: Mapping[str, Callable[[NDArray[np.float64]], np.floating]] = {
    "median": np.median,
    "mean": np.mean,
}


class Cells:
    """One ledger, read by the cells of one mapping.

    Parameters
    ----------
    ledger : Ledger
    mapping : LedgerMapping
    told_on : datetime64[D], optional
        The day of the file.

    Attributes
    ----------
    breaches : list of Breach
        What could not be read so far, by source column.
    unread : set of (table, column)
        Where it would have gone: a value that is missing there has been named already.
    """

    def __init__(self, ledger: Ledger, mapping: LedgerMapping, told_on: np.datetime64 | None = None) -> None:
        self.ledger, self.mapping, self.told_on = ledger, mapping, told_on
        self.breaches: list[Breach] = []
        self.unread: set[tuple[str, str]] = set()
        self._days: dict[str, Days] = {}
        self._unfit_days: set[str] = set()
        self._figures: dict[str, NDArray[np.float64]] = {}

    def refuse(self, column: str, rule: str, bad: Mask) -> None:
        """Note which rows of the ledger break a rule."""
        self.breaches += self.ledger.breaches(self.mapping.name, column, rule, bad)

    def passing(self, where: Where, answered: tuple[str, ...] = (), unanswered: tuple[str, ...] = ()) -> Mask:
        """Return the rows with one of the values in each column, any in some, and none in others."""
        passed = np.ones(self.ledger.rows, dtype=bool)
        for name, texts in where:
            passed &= self.ledger.columns[name].among(texts)
        for name in answered:
            passed &= ~self.ledger.columns[name].missing
        for name in unanswered:
            passed &= self.ledger.columns[name].missing
        return passed

    def read(self, table: Table, name: str, cell: Cell, rows: Rows) -> NDArray[Any]:
        """Return the values of a cell in some rows, in the hand of the contract."""
        column = table.column(name)
        match cell:
            case Constant(value):
                return np.repeat(take_column(column, [value])[0], rows.size)
            case FromDate(rule):
                return self.day_for(table, name, rule)[rows]
            case FromAggregate(figure):
                return self.figure(figure)[rows]
            case FromColumn():
                return self._from_column(table, column, cell, rows)

    def day_for(self, table: Table, column: str, name: str) -> Days:
        """Return the day of a date rule in every row of the ledger, for a column of the contract."""
        days = self._day(name)
        if name in self._unfit_days:
            self.unread.add((table.name, column))
        return days

    def _day(self, name: str) -> Days:
        if name not in self._days:
            rule = self.mapping.dates[name]
            if rule.file:
                day = np.datetime64("NaT", "D") if self.told_on is None else self.told_on
                self._days[name], unfit = np.full(self.ledger.rows, day), False
            elif rule.after:
                self._days[name] = months_later(self._day(rule.after), rule.months)
                unfit = rule.after in self._unfit_days
            else:
                self._days[name], bad = days_of(rule, self.ledger.columns[rule.column], self.told_on)
                self.refuse(rule.column, f"not a {rule.unit}, for the date {name}", bad)
                unfit = bool(bad.any())
            self._unfit_days |= {name} if unfit else set()
        return self._days[name]

    def figure(self, name: str) -> NDArray[np.float64]:
        """Return an aggregate in every row of the ledger, NaN where nobody answered."""
        if name not in self._figures:
            made = self.mapping.aggregates[name]
            values, bad = self.ledger.columns[made.column].numbers()
            self.refuse(made.column, f"not a number, for the aggregate {name}", bad)
            group = self.group(made.by)
            figures = np.full(values.size, np.nan)
            for one in range(int(group.max(initial=-1)) + 1):
                ours = group == one
                answered = values[ours & ~np.isnan(values)]
                if answered.size:
                    figures[ours] = float(_STATISTICS[made.statistic](answered)) * made.times
            self._figures[name] = figures
        return self._figures[name]

    def group(self, names: tuple[str, ...]) -> NDArray[np.int64]:
        """Return a number for each row of the ledger, the same where some columns have the same values."""
        group = np.zeros(self.ledger.rows, dtype=np.int64)
        for name in names:
            distinct, position = self.ledger.columns[name].distinct
            group = np.unique(group * max(distinct.size, 1) + position, return_inverse=True)[1].reshape(-1)
        return group

    def _from_column(self, table: Table, column: Column, cell: FromColumn, rows: Rows) -> NDArray[Any]:
        given = self.ledger.columns[cell.column]
        meant = self.passing(cell.where)
        silent = given.missing | ~meant
        values, bad, rule = self._values(column, cell, given)
        values[silent] = missing(column, 1)[0]
        if cell.blank is not None:
            values[given.missing & meant] = take_column(column, [cell.blank])[0][0]
        asked = np.zeros(self.ledger.rows, dtype=bool)
        asked[rows] = True
        unfit = bad & asked & ~silent
        if unfit.any():
            self.refuse(cell.column, f"{rule}, for {table.name}.{column.name}", unfit)
            self.unread.add((table.name, column.name))
        return values[rows]

    def _values(self, column: Column, cell: FromColumn, given: Given) -> tuple[NDArray[Any], Mask, str]:
        """Return the values of all rows, which of them cannot be used, and for want of what."""
        if cell.codes is not None:
            return *_by_codes(column, cell, given), "no value of the code list"
        if cell.steps:
            return *_by_steps(column, cell.steps, given), "no number, or below the first step"
        if column.kind in _NUMBERS:
            return *self._reckoned(cell, given), "not a number"
        if column.kind == "id":
            return *self._ids(cell, given), ""
        if column.kind == "date":
            return *days_of(DateRule(cell.column, day=""), given), "not a day"
        told = _flags(given) if column.kind == "flag" else _code_ids(column, given)
        return *_spread(column, *take_column(column, told), given), rule_of(column)

    def _ids(self, cell: FromColumn, given: Given) -> tuple[NDArray[Any], Mask]:
        texts = np.array([cell.prefix + text.zfill(cell.digits) for text in given.texts], dtype=np.str_)
        own = texts[given.distinct[1]] if texts.size else np.array([], dtype="<U1")
        for name in reversed(cell.under):
            above = self.ledger.columns[name]
            self.refuse(name, "missing above what is told", above.missing & ~given.missing)
            own = np.char.add(np.char.add(np.array(above.texts, dtype=np.str_)[above.distinct[1]], "-"), own)
        return own, np.zeros(given.missing.size, dtype=bool)

    def _reckoned(self, cell: FromColumn, given: Given) -> tuple[NDArray[Any], Mask]:
        values, bad = given.numbers()
        values = values * self._times(cell)
        if cell.minus:
            less, unfit = self.ledger.columns[cell.minus].numbers()
            self.refuse(cell.minus, "not a number", unfit)
            values = values - less
        return values, bad

    def _times(self, cell: FromColumn) -> float | NDArray[np.float64]:
        if not isinstance(cell.times, str):
            return cell.times
        factor, unfit = self.ledger.columns[cell.times].numbers()
        self.refuse(cell.times, "not a number", unfit)
        return factor


def _by_codes(column: Column, cell: FromColumn, given: Given) -> tuple[NDArray[Any], Mask]:
    codes = cell.codes or {}
    words = [_BETWEEN.split(text) if cell.several else [text] for text in given.texts]
    unknown = np.array([any(word not in codes for word in each if word) for each in words], dtype=bool)
    read = np.array(
        [_one_code(column, cell, each) for each in words],
        None if column.kind == "id" else missing(column, 0).dtype,
    )
    return _spread(column, read, unknown, given)


def _one_code(column: Column, cell: FromColumn, words: Sequence[str]) -> Any:  # noqa: ANN401 - as the column
    """Return what one cell's words stand for: the first that stands for anything, or the highest."""
    codes = cell.codes or {}
    read, _ = take_column(column, [codes[word] for word in words if word in codes])
    told = read[~is_missing(column, read)]
    if not told.size:
        return missing(column, 1)[0]
    return told.max() if cell.several == "highest" else told[0]


def _code_ids(column: Column, given: Given) -> list[object]:
    """Return the ids of codes that are told by id or by the contract's Chinese word."""
    ids = {code.zh: code.id for code in column.codes}
    return [ids.get(text, text) for text in given.texts]


def _flags(given: Given) -> list[object]:
    read = [flag_of(text) for text in given.texts]
    return [text if flag is None else flag for text, flag in zip(given.texts, read, strict=True)]


def _by_steps(column: Column, steps: Sequence[tuple[float, Any]], given: Given) -> tuple[NDArray[Any], Mask]:
    numbers, bad = given.numbers()
    read, _ = take_column(column, [value for _, value in steps])
    step = np.searchsorted([start for start, _ in steps], numbers, side="right") - 1
    return read[np.clip(step, 0, read.size - 1)], bad | (step < 0)


def _spread(column: Column, read: NDArray[Any], bad: Mask, given: Given) -> tuple[NDArray[Any], Mask]:
    """Give each row what was read of its value; every distinct value is read once."""
    position = given.distinct[1]
    if not read.size:
        return missing(column, position.size), np.zeros(position.size, dtype=bool)
    return read[position], bad[position]
