"""From values as they are sent or stored to tables in the hand, naming all that cannot be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache, partial
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Facts, Kind, Table, Tables
from features.errors import Breach
from features.tables import TABLES

Values = Sequence[Any] | NDArray[Any]
Raw = Mapping[str, Mapping[str, Values]]
"""Tables by name, each a mapping of column name to a sequence of plain values."""

SHOWN = 5
"""How many row positions a breach names."""

_DAYS, _SHAPES = 2**16, 2**12
"""Days read, and numbers of rows of what is missing, that are kept in mind; neither takes much room."""


def take(raw: Raw) -> tuple[Tables, list[Breach]]:
    """Read plain values into tables in the hand.

    Parameters
    ----------
    raw : mapping of table name to mapping of column name to values
        Strings, numbers, booleans, dates (``date`` or ``"2026-06-30"``), ``None`` for missing;
        NumPy arrays are taken as they are where they fit. Codes are given by id.

    Returns
    -------
    tables : Tables
        What could be read; a value that could not is missing there. Columns that were not given are
        shared and cannot be written to.
    breaches : list of Breach
        Unknown tables, columns and codes, values of the wrong kind, columns of unequal length.
    """
    tables: Tables = {}
    breaches: list[Breach] = []
    for name, columns in raw.items():
        if name in TABLES:
            tables[name] = _take_table(TABLES[name], columns, breaches)
        else:
            breaches.append(Breach(name, "", "no table of the contract", _length(columns)))
    return tables, breaches


def take_column(column: Column, values: Values) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read the values of one column; returns them in the hand, and which could not be read."""
    taken, bad = _reader(column)(values)
    return taken, np.zeros(len(values), dtype=bool) if bad is None else bad


def empty(table: Table, rows: int = 0) -> Facts:
    """Return the table with that many rows, all missing."""
    return {column.name: missing(column, rows) for column in table.columns}


def missing(column: Column, rows: int) -> NDArray[Any]:
    """Return a column of missing values."""
    return gaps(column.kind, rows).copy()


@lru_cache(_SHAPES)
def gaps(kind: Kind, rows: int) -> NDArray[Any]:
    """Return a column of missing values that is one value in memory, and that cannot be written to."""
    match kind:
        case "id":
            gap = np.array("")
        case "date":
            gap = np.array("NaT", dtype="datetime64[D]")
        case "code":
            gap = np.array(-1, dtype=np.int16)
        case "flag":
            gap = np.array(-1, dtype=np.int8)
        case _:
            gap = np.array(np.nan)
    return np.broadcast_to(gap, rows)


def plain(table: Table, facts: Facts) -> dict[str, list[Any]]:
    """Return a table as plain values, as ``take`` reads them: codes by id, dates as texts, None missing."""
    return {column.name: _plain_column(column, facts[column.name]) for column in table.columns}


def breach(table: str, column: str, rule: str, bad: NDArray[np.bool_]) -> list[Breach]:
    """Return the breach of a rule, or nothing where no row is bad."""
    rows = np.flatnonzero(bad)
    return [Breach(table, column, rule, rows.size, tuple(rows[:SHOWN].tolist()))] if rows.size else []


def _length(columns: Mapping[str, Values]) -> int:
    return max(map(len, columns.values()), default=0)


def _take_table(table: Table, columns: Mapping[str, Values], breaches: list[Breach]) -> Facts:
    rows = _length(columns)
    readers = _readers(table.name)
    facts = dict(_nothing(table.name, rows))
    unread: dict[str, NDArray[np.bool_]] = {}
    for name, values in columns.items():
        if name not in readers:
            breaches.append(Breach(table.name, name, "no column of the contract", len(values)))
        elif len(values) != rows:
            breaches.append(
                Breach(table.name, name, f"{len(values)} values where the table has {rows} rows", 1)
            )
        else:
            facts[name], bad = readers[name](values)
            if bad is not None:
                unread[name] = bad
    for column in table.columns if unread else ():
        if column.name in unread:
            breaches += breach(table.name, column.name, rule_of(column), unread[column.name])
    return facts


@lru_cache(_SHAPES)
def _nothing(table: str, rows: int) -> Facts:
    return {column.name: gaps(column.kind, rows) for column in TABLES[table].columns}


def rule_of(column: Column) -> str:
    """Say what a value is not that cannot be read into the column."""
    match column.kind:
        case "id":
            return "not a text"
        case "date":
            return "not a date like 2026-06-30"
        case "code":
            return "not one of " + ", ".join(code.id for code in column.codes)
        case "flag":
            return "neither true nor false"
        case "count":
            return "not a whole number"
        case _:
            return "not a number"


Taken = tuple[NDArray[Any], NDArray[np.bool_] | None]
"""Values in the hand, and which of those given could not be read; None where all could."""

Reader = Callable[[Values], Taken]

_UNREADABLE = (ValueError, TypeError, KeyError, OverflowError)


@cache
def _readers(table: str) -> dict[str, Reader]:
    """Return what reads each column of a table of the contract."""
    return {column.name: _reader(column) for column in TABLES[table].columns}


def _reader(column: Column) -> Reader:
    match column.kind:
        case "id":
            return _take_ids
        case "date":
            return _take_dates
        case "code":
            positions: dict[Any, int] = {code.id: position for position, code in enumerate(column.codes)}
            return partial(_take_codes, len(column.codes), positions | {"": -1, None: -1})
        case "flag":
            return _take_flags
        case _:
            return partial(_take_numbers, column.kind)


def _one_by_one(kind: Kind, values: Values, convert: Callable[[Any], Any]) -> Taken:
    """Read values of any sort, slowly, finding out which cannot be read."""
    taken = gaps(kind, len(values)).copy()
    bad = np.zeros(len(values), dtype=bool)
    for row, value in enumerate(values):
        try:
            if value is not None:
                taken[row] = convert(value)
        except _UNREADABLE:
            bad[row] = True
    return taken, bad


def _take_ids(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind == "U":
        return values, None
    sorts = set(map(type, values))
    if sorts == {NoneType}:
        return gaps("id", len(values)), None
    if sorts <= {str, NoneType}:
        told = values if NoneType not in sorts else [value or "" for value in values]
        return np.array(told, dtype=np.str_), None
    bad = np.fromiter(
        (value is not None and not isinstance(value, str) for value in values), bool, len(values)
    )
    texts = [value if isinstance(value, str) else "" for value in values]
    return np.array(texts, dtype=np.str_), bad


def _date(value: object) -> np.datetime64:
    if isinstance(value, np.datetime64):
        day: np.datetime64 = value.astype("datetime64[D]")
        return day
    if isinstance(value, str):
        if len(value) != len("2026-06-30"):
            raise ValueError
        value = date.fromisoformat(value)
    if not isinstance(value, date):
        raise TypeError
    return np.datetime64(value, "D")


@lru_cache(_DAYS)
def _day_number(value: str | date | None) -> int:
    return int((np.datetime64("NaT", "D") if value is None else _date(value)).astype(np.int64))


def _take_dates(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[D]", copy=False), None
    sorts = set(map(type, values))
    if sorts == {NoneType}:
        return gaps("date", len(values)), None
    if sorts <= {str, date, NoneType}:
        try:
            return np.fromiter(map(_day_number, values), np.int64, len(values)).view("datetime64[D]"), None
        except ValueError:
            pass  # told below, row by row
    return _one_by_one("date", values, _date)


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError
    return float(value)


def _take_numbers(kind: Kind, values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        return _fit(kind, values.astype(np.float64, copy=False), None)
    sorts = set(map(type, values))
    if sorts == {NoneType}:
        return gaps(kind, len(values)), None
    if sorts <= {int, float, NoneType}:
        try:
            taken = np.array(values, dtype=np.float64)
            return _fit(kind, taken, None) if float in sorts else (taken, None)
        except OverflowError:
            pass  # told below, row by row
    return _fit(kind, *_one_by_one(kind, values, _number))


def _fit(kind: Kind, taken: NDArray[np.float64], bad: NDArray[np.bool_] | None) -> Taken:
    """Leave out numbers without end, and of counts those that are not whole."""
    unfit = np.isinf(taken)
    if kind == "count":
        unfit |= (taken != np.floor(taken)) & ~np.isnan(taken)
    if not np.count_nonzero(unfit):
        return taken, bad
    return np.where(unfit, np.nan, taken), unfit if bad is None else bad | unfit


def _take_codes(codes: int, positions: Mapping[Any, int], values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype == np.int16:
        return _in_list(values, codes)
    try:
        return np.fromiter(map(positions.__getitem__, values), np.int16, len(values)), None
    except _UNREADABLE:
        return _one_by_one("code", values, positions.__getitem__)


_FLAGS = {None: -1, False: 0, True: 1}


def _flag(value: object) -> int:
    if isinstance(value, bool | np.bool_ | int | np.integer) and value in {0, 1}:
        return int(value)
    raise ValueError


def _take_flags(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype == np.int8:
        return _in_list(values, len(_FLAGS) - 1)
    if set(map(type, values)) <= {bool, int, NoneType}:
        try:
            return np.fromiter(map(_FLAGS.__getitem__, values), np.int8, len(values)), None
        except KeyError:
            pass  # told below, row by row
    return _one_by_one("flag", values, _flag)


def _in_list(values: NDArray[Any], codes: int) -> Taken:
    """Leave out positions that are on no list of so many codes."""
    if not values.size or (values.min() >= -1 and values.max() < codes):
        return values, None
    unfit = (values < -1) | (values >= codes)
    return np.where(unfit, values.dtype.type(-1), values), unfit


def _plain_column(column: Column, values: NDArray[Any]) -> list[Any]:
    given = values.tolist()
    match column.kind:
        case "id":
            return [value or None for value in given]
        case "date":
            return [None if value is None else value.isoformat() for value in given]
        case "code":
            return [None if value < 0 else column.codes[value].id for value in given]
        case "flag":
            return [None if value < 0 else bool(value) for value in given]
        case _:
            return [None if math.isnan(value) else value for value in given]
