"""From values as they are sent or stored to tables in the hand, naming all that cannot be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from features.contract import Column, Facts, Table, Tables
from features.errors import Breach
from features.tables import TABLES

Values = Sequence[Any] | NDArray[Any]
Raw = Mapping[str, Mapping[str, Values]]
"""Tables by name, each a mapping of column name to a sequence of plain values."""

SHOWN = 5
"""How many row positions a breach names."""


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
        What could be read; a value that could not is missing there.
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
    match column.kind:
        case "id":
            return _take_ids(values)
        case "date":
            return _take_dates(values)
        case "code":
            return _take_codes(column, values)
        case "flag":
            return _take_flags(values)
        case _:
            return _take_numbers(column, values)


def empty(table: Table, rows: int = 0) -> Facts:
    """Return the table with that many rows, all missing."""
    return {column.name: missing(column, rows) for column in table.columns}


def missing(column: Column, rows: int) -> NDArray[Any]:
    """Return a column of missing values."""
    match column.kind:
        case "id":
            return np.full(rows, "", dtype="<U1")
        case "date":
            return np.full(rows, "NaT", dtype="datetime64[D]")
        case "code":
            return np.full(rows, -1, dtype=np.int16)
        case "flag":
            return np.full(rows, -1, dtype=np.int8)
        case _:
            return np.full(rows, np.nan)


def plain(table: Table, facts: Facts) -> dict[str, list[Any]]:
    """Return a table as plain values, as ``take`` reads them: codes by id, dates as texts, None missing."""
    return {column.name: _plain_column(column, facts[column.name]) for column in table.columns}


def breach(table: str, column: str, rule: str, bad: NDArray[np.bool_]) -> list[Breach]:
    """Return the breach of a rule, or nothing where no row is bad."""
    rows = np.flatnonzero(bad)
    return [Breach(table, column, rule, rows.size, tuple(rows[:SHOWN].tolist()))] if rows.size else []


def _length(columns: Mapping[str, Values]) -> int:
    return max((len(values) for values in columns.values()), default=0)


def _take_table(table: Table, columns: Mapping[str, Values], breaches: list[Breach]) -> Facts:
    rows = _length(columns)
    known = {column.name for column in table.columns}
    for name, values in columns.items():
        if name not in known:
            breaches.append(Breach(table.name, name, "no column of the contract", len(values)))
        elif len(values) != rows:
            breaches.append(
                Breach(table.name, name, f"{len(values)} values where the table has {rows} rows", 1)
            )
    facts: Facts = {}
    for column in table.columns:
        given = columns.get(column.name)
        if given is None or len(given) != rows:
            facts[column.name] = missing(column, rows)
            continue
        facts[column.name], bad = take_column(column, given)
        breaches += breach(table.name, column.name, rule_of(column), bad)
    return facts


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


Taken = tuple[NDArray[Any], NDArray[np.bool_]]


def _one_by_one(
    values: Values, convert: Callable[[Any], Any], gap: float | np.datetime64, dtype: DTypeLike
) -> Taken:
    taken = np.full(len(values), gap, dtype=dtype)
    bad = np.zeros(len(values), dtype=bool)
    for row, value in enumerate(values):
        try:
            taken[row] = gap if value is None else convert(value)
        except (ValueError, TypeError, KeyError, OverflowError):
            bad[row] = True
    return taken, bad


def _no_bad(taken: NDArray[Any]) -> Taken:
    return taken, np.zeros(taken.size, dtype=bool)


def _take_ids(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind == "U":
        return _no_bad(values)
    bad = np.fromiter(
        (value is not None and not isinstance(value, str) for value in values), bool, len(values)
    )
    texts = [value if isinstance(value, str) else "" for value in values]
    return np.array(texts, dtype=np.str_) if texts else np.array([], dtype="<U1"), bad


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


def _take_dates(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return _no_bad(values.astype("datetime64[D]"))
    return _one_by_one(values, _date, np.datetime64("NaT", "D"), "datetime64[D]")


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError
    return float(value)


def _take_numbers(column: Column, values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        taken, bad = _no_bad(values.astype(np.float64))
    else:
        taken, bad = _one_by_one(values, _number, np.nan, np.float64)
    unfit = np.isinf(taken)
    if column.kind == "count":
        unfit |= ~np.isnan(taken) & (taken != np.floor(taken))
    taken[unfit] = np.nan
    return taken, bad | unfit


def _take_codes(column: Column, values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype == np.int16:
        unfit = (values < -1) | (values >= len(column.codes))
        return np.where(unfit, np.int16(-1), values), unfit
    positions: dict[Any, int] = {code.id: position for position, code in enumerate(column.codes)}
    positions[""] = -1
    return _one_by_one(values, positions.__getitem__, -1, np.int16)


def _flag(value: object) -> int:
    if isinstance(value, bool | np.bool_ | int | np.integer) and value in {0, 1}:
        return int(value)
    raise ValueError


def _take_flags(values: Values) -> Taken:
    if isinstance(values, np.ndarray) and values.dtype == np.int8:
        unfit = (values < -1) | (values > 1)
        return np.where(unfit, np.int8(-1), values), unfit
    return _one_by_one(values, _flag, -1, np.int8)


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
