"""Rows of the contract's tables: what every record of the county is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Facts, Table
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place

LETTERS = {
    "households": "H",
    "members": "M",
    "compositions": "C",
    "registrations": "G",
    "incomes": "I",
    "loans": "B",
    "visits": "V",
}
"""With what the record ids of ordinary people, visits and money begin; other records take others."""

_MISSING: dict[str, Any] = {
    "id": "",
    "date": np.datetime64("NaT", "D"),
    "money": np.nan,
    "number": np.nan,
    "count": np.nan,
    "code": -1,
    "flag": -1,
}
_TYPES: dict[str, Any] = {
    "id": np.str_,
    "date": np.dtype("datetime64[D]"),
    "money": np.float64,
    "number": np.float64,
    "count": np.float64,
    "code": np.int16,
    "flag": np.int8,
}


class Coded(Protocol):
    """Whatever has the code of an area: a township."""

    @property
    def code(self) -> str:
        """The code, as C01T07."""


@dataclass(frozen=True)
class Desk:
    """What every record is made from: what happened, where, the numbers, and what to draw with."""

    diary: Diary
    place: Place
    p: Parameters
    rng: np.random.Generator


def facts(
    table: Table,
    place: Coded,
    letter: str,
    household_id: NDArray[Any],
    occurred_on: NDArray[Any],
    known_on: NDArray[Any],
    source: str | NDArray[Any],
    /,
    **columns: Any,
) -> Facts:
    """Return rows of a table with every column of the contract.

    Parameters
    ----------
    table : Table
    place : Place
        The township; its code makes record ids unique in the county.
    letter : str
        What the record ids begin with; one for each call of a township.
    household_id : ndarray of str, shape (rows,)
        Owners of the rows: households, or areas where the table is about areas.
    occurred_on, known_on : ndarray of datetime64[D], shape (rows,)
    source : str or ndarray of int
        Id of who says so, or codes of the column ``source``.
    **columns
        The table's own columns, arrays or scalars; those not given are missing.

    Raises
    ------
    KeyError
        A column that the table does not have.
    """
    rows = household_id.size
    told = {
        **columns,
        "record_id": record_ids(place, letter, rows),
        "household_id" if table.grain == "household" else "area": household_id,
        "occurred_on": occurred_on,
        "known_on": known_on,
        "revision": columns.get("revision", 0),
        "voided": columns.get("voided", 0),
        "source": code(table, "source", source) if isinstance(source, str) else source,
        "known_on_assumed": 0,
    }
    for name in told:
        table.column(name)
    return {column.name: _values(column, told.get(column.name), rows) for column in table.columns}


def record_ids(place: Coded, letter: str, rows: int) -> NDArray[np.str_]:
    """Return ids of rows, e.g. ``V0107-00042``: letter, county and township, running number."""
    stem = f"{letter}{place.code[1:].replace('T', '')}-"
    digits = len(str(max(rows - 1, 0)))
    letters = np.empty((rows, len(stem) + digits), dtype=np.uint32)
    letters[:, : len(stem)] = [ord(each) for each in stem]
    number = np.arange(rows)
    for position in range(digits):
        letters[:, -1 - position] = ord("0") + number // 10**position % 10
    return letters.view(f"<U{letters.shape[1]}").reshape(rows)


def member_ids(household_id: NDArray[Any], number: NDArray[Any]) -> NDArray[np.str_]:
    """Return the ids of people: household and number; missing where the number is negative."""
    ends = np.array([f"-{each:02d}" for each in range(100)])
    whole = number.astype(np.int64)
    names: NDArray[np.str_] = np.char.add(household_id, ends[np.maximum(whole, 0)])
    return np.where(whole >= 0, names, "")


def code(table: Table, column: str, name: str) -> int:
    """Return the value in the hand of a code of a column; KeyError where it is none."""
    return table.column(column).code(name)


def day_in_month(
    diary: Diary, month: NDArray[Any], day: np.random.Generator | NDArray[Any] | int
) -> NDArray[np.datetime64]:
    """Return days of months: drawn evenly, or the day of the month that is given.

    Parameters
    ----------
    diary : Diary
    month : ndarray of int
        Months counted from the first told one.
    day : Generator or ndarray of int or int
        What to draw with, or days of the month from 1; later ones than the month has become its last.
    """
    first, days = _month_start(diary, month), _month_days(diary, month)
    if isinstance(day, np.random.Generator):
        back = np.minimum((day.random(np.shape(month)) * days).astype(np.int64), days - 1)
    else:
        back = np.minimum(np.asarray(day, np.int64) - 1, days - 1)
    dated: NDArray[np.datetime64] = first + back
    return dated


def months_told(diary: Diary, days: NDArray[Any]) -> NDArray[np.int64]:
    """Return the month, counted from the first told one, in which days lie."""
    months: NDArray[np.int64] = (days.astype("datetime64[M]") - diary.start).astype(np.int64)
    return months


def last_day(diary: Diary) -> np.datetime64:
    """Return the last day of the told months."""
    end: np.datetime64 = (diary.start + diary.months).astype("datetime64[D]") - 1
    return end


def join(*parts: Facts) -> Facts:
    """Put rows of one table together, in the order given."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def numbered(told: Facts, place: Coded, letter: str) -> Facts:
    """Give the rows new ids, in the order in which they stand."""
    return told | {"record_id": record_ids(place, letter, told["record_id"].size)}


def rows_of(diary: Diary, household_id: NDArray[Any]) -> NDArray[np.int64]:
    """Return the row of each household in the diary."""
    order = np.argsort(diary.household_id)
    rows: NDArray[np.int64] = order[np.searchsorted(diary.household_id, household_id, sorter=order)]
    return rows


def take(told: Facts, which: NDArray[Any]) -> Facts:
    """Return some rows: by position or by a mask."""
    return {name: values[which] for name, values in told.items()}


def known_by_end(told: Facts, diary: Diary) -> Facts:
    """Leave out what becomes known only after the last day of the told months."""
    return take(told, told["known_on"] <= last_day(diary))


def delay(span: NDArray[np.float64], rng: np.random.Generator, rows: int) -> NDArray[np.int64]:
    """Draw whole days evenly from ``(least, most)``, both included."""
    least, most = float(span[0]), float(span[1])
    return np.floor(least + rng.random(rows) * (most - least + 1)).astype(np.int64)


def _month_start(diary: Diary, month: NDArray[Any]) -> NDArray[Any]:
    start: NDArray[Any] = (diary.start + np.asarray(month, np.int64)).astype("datetime64[D]")
    return start


def _month_days(diary: Diary, month: NDArray[Any]) -> NDArray[np.int64]:
    following = _month_start(diary, np.asarray(month) + 1)
    days: NDArray[np.int64] = (following - _month_start(diary, month)).astype(np.int64)
    return days


def _values(column: Column, given: object, rows: int) -> NDArray[Any]:
    if given is None:
        given = _MISSING[column.kind]
    values = np.broadcast_to(np.asarray(given), (rows,))
    return np.ascontiguousarray(values.astype(_TYPES[column.kind]))
