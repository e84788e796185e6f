"""The cells of a mapping, read over the rows of a ledger; what cannot be read is gathered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Table
from features.errors import Breach
from features.intake import breach, missing, rule_of, take_column
from features.ledgers.dates import Days, days_of, months_later
from features.ledgers.mapping import (
    Cell,
    Constant,
    FromAggregate,
    FromColumn,
    FromDate,
    LedgerMapping,
    Where,
)
from features.ledgers.source import Given, Ledger

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

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

    Attributes
    ----------
    breaches : list of Breach
        What could not be read so far, by source column.
    unread : set of (table, column)
        Where it would have gone: a value that is missing there has been named already.
    """

    def __init__(self, ledger: Ledger, mapping: LedgerMapping) -> None:
        self.ledger, self.mapping = ledger, mapping
        self.breaches: list[Breach] = []
        self.unread: set[tuple[str, str]] = set()
        self._days: dict[str, Days] = {}
        self._unfit_days: set[str] = set()
        self._figures: dict[str, NDArray[np.float64]] = {}

    def refuse(self, column: str, rule: str, bad: Mask) -> None:
        """Note which rows of the ledger break a rule."""
        self.breaches += breach(self.mapping.name, column, rule, bad)

    def passing(self, where: Where, answered: tuple[str, ...] = ()) -> Mask:
        """Return the rows that have one of the values in each column, and any in ``answered``."""
        passed = np.ones(self.ledger.rows, dtype=bool)
        for name, texts in where:
            passed &= self.ledger.columns[name].among(texts)
        for name in answered:
            passed &= ~self.ledger.columns[name].missing
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
            if rule.after:
                self._days[name] = months_later(self._day(rule.after), rule.months)
                unfit = rule.after in self._unfit_days
            else:
                self._days[name], bad = days_of(rule, self.ledger.columns[rule.column])
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
        silent = given.missing | ~self.passing(cell.where)
        values, bad, rule = self._values(column, cell, given)
        values[silent] = missing(column, 1)[0]
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
            return *_by_codes(column, cell.codes, given), "no value of the code list"
        if cell.steps:
            return *_by_steps(column, cell.steps, given), "no number, or below the first step"
        if column.kind in _NUMBERS:
            return *self._reckoned(cell, given), "not a number"
        if column.kind == "id":
            texts = np.array([cell.prefix + text.zfill(cell.digits) for text in given.texts], dtype=np.str_)
            return *_spread(column, texts, np.zeros(texts.size, dtype=bool), given), ""
        raw: Sequence[Any] = given.texts if column.kind == "code" else given.distinct[0].tolist()
        return *_spread(column, *take_column(column, raw), given), rule_of(column)

    def _reckoned(self, cell: FromColumn, given: Given) -> tuple[NDArray[Any], Mask]:
        values, bad = given.numbers()
        values = values * cell.times
        if cell.minus:
            less, unfit = self.ledger.columns[cell.minus].numbers()
            self.refuse(cell.minus, "not a number", unfit)
            values = values - less
        return values, bad


def _by_codes(column: Column, codes: Mapping[str, Any], given: Given) -> tuple[NDArray[Any], Mask]:
    read, _ = take_column(column, [codes.get(text) for text in given.texts])
    unknown = np.array([text not in codes for text in given.texts], dtype=bool)
    return _spread(column, read, unknown, given)


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
