"""The words in which a table of the data contract is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["id", "date", "money", "number", "count", "code", "flag"]
Use = Literal["key", "feature", "outcome", "never"]
Grain = Literal["household", "area"]

Day = date | str | np.datetime64
"""A day as it is told: a date, a text like 2026-06-30, or a NumPy date."""

Facts = dict[str, NDArray[Any]]
"""One table in the hand: column name to array, all of one length."""

Tables = dict[str, Facts]
"""Tables in the hand, by name. A table or column that is not there is all missing."""


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list, in the words of the API and of the people."""

    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract.

    Parameters
    ----------
    name : str
        English id, as in JSON and Parquet.
    kind : {"id", "date", "money", "number", "count", "code", "flag"}
        In the hand: ids are ``str``; dates ``datetime64[D]`` (NaT missing); money [yuan], numbers
        and counts ``float64`` (NaN missing); codes ``int16`` positions in the code list and flags
        ``int8`` (both -1 missing).
    en, zh : str
        The meaning, English and Chinese.
    use : {"key", "feature", "outcome", "never"}
        What vectors may see: ``feature`` columns only; ``key`` columns place the fact.
    unit : str
        Unit of measure, where there is one.
    codes : tuple of Code
        The code list of a ``code`` column.
    required : bool
        Whether every row must have a value.
    least, most : float, optional
        Closed bounds of the values.
    """

    name: str
    kind: Kind
    en: str
    zh: str
    use: Use = "feature"
    unit: str = ""
    codes: tuple[Code, ...] = ()
    required: bool = False
    least: float | None = None
    most: float | None = None

    def code(self, name: str) -> int:
        """Return the value in the hand of a code, or of "no" and "yes"; KeyError where it is none."""
        known = ("no", "yes") if self.kind == "flag" else tuple(code.id for code in self.codes)
        if name in known:
            return known.index(name)
        raise KeyError(f"{self.name} has no code {name!r}")


@dataclass(frozen=True, slots=True)
class Derived:
    """A column that is worked out of others and never sent.

    Parameters
    ----------
    column : Column
        Name, kind, meaning and use.
    of : callable
        Gives its values from the rows of the table.
    """

    column: Column
    of: Callable[[Facts], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract.

    Parameters
    ----------
    name, subject : str
        Id of the table and of the group it belongs to.
    grain : {"household", "area"}
        Whether a row is about a household or about an area (context, given whole to everyone).
    en, zh : str
        What one row is.
    columns : tuple of Column
        All columns, those of every fact first.
    feature_rows : (str, tuple of str), optional
        Column and codes of the rows that vectors may read; rows of other codes never are.
    in_order : tuple of (str, str)
        Pairs of date columns of which the first must not lie after the second.
    derived : tuple of Derived
        Columns that vectors may read and that nobody sends.
    """

    name: str
    subject: str
    grain: Grain
    en: str
    zh: str
    columns: tuple[Column, ...]
    feature_rows: tuple[str, tuple[str, ...]] | None = None
    in_order: tuple[tuple[str, str], ...] = ()
    derived: tuple[Derived, ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the columns by name once."""
        every = (*self.columns, *(one.column for one in self.derived))
        object.__setattr__(self, "_by_name", {column.name: column for column in reversed(every)})

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        found = self._by_name.get(name)
        if found is None:
            raise KeyError(f"{self.name} has no column {name!r}")
        return found

    def values(self, facts: Facts, name: str) -> NDArray[Any]:
        """Return the values of a column in rows of the table, worked out where it is a derived one."""
        for one in self.derived:
            if one.column.name == name:
                return one.of(facts)
        return facts[name]


def as_day(told: Day) -> np.datetime64:
    """Return a day as tables hold it."""
    if isinstance(told, np.datetime64):
        day: np.datetime64 = told.astype("datetime64[D]")
        return day
    return np.datetime64(told, "D")


def codes(*entries: tuple[str, str, str]) -> tuple[Code, ...]:
    """Make a code list of (id, English, Chinese) entries."""
    return tuple(Code(*entry) for entry in entries)


SOURCES = codes(
    ("visit", "visit", "走访"),
    ("self", "self-declared", "农户申报"),
    ("survey", "survey", "收入调查"),
    ("medical_insurance", "medical insurance office", "医保"),
    ("health", "health office", "卫健"),
    ("civil_affairs", "civil affairs office", "民政"),
    ("labour", "labour office", "人社"),
    ("education", "education office", "教育"),
    ("disabled_federation", "disabled persons' federation", "残联"),
    ("housing", "housing office", "住建"),
    ("water", "water office", "水利"),
    ("emergency", "emergency office", "应急"),
    ("agriculture", "agriculture office", "农业农村"),
    ("police", "police", "公安"),
    ("court", "court", "法院"),
    ("bank", "bank", "金融机构"),
    ("statistics", "statistics office", "统计"),
    ("county", "county office", "县级主管部门"),
    ("other", "other", "其他"),
)


def _fact_columns(owner: Column) -> tuple[Column, ...]:
    return (
        Column(
            "record_id", "id", "Id of the record; a correction keeps it", "记录编号", "key", required=True
        ),
        owner,
        Column("occurred_on", "date", "Day it happened or was seen", "发生日期", "key", required=True),
        Column("known_on", "date", "Day we learned it", "获知日期", "key", required=True),
        Column("revision", "count", "Order of versions learned on one day", "版次", "key", least=0),
        Column("voided", "flag", "The record is withdrawn", "是否作废", "key"),
        Column("source", "code", "Who says so", "来源", "key", codes=SOURCES),
        Column("known_on_assumed", "flag", "known_on was assumed, not recorded", "获知日期为推定", "key"),
    )


def household_table(
    name: str,
    subject: str,
    en: str,
    zh: str,
    *columns: Column,
    feature_rows: tuple[str, tuple[str, ...]] | None = None,
    in_order: tuple[tuple[str, str], ...] = (),
    derived: tuple[Derived, ...] = (),
) -> Table:
    """Declare a table whose rows are facts about households."""
    owner = Column("household_id", "id", "Pseudonym of the household", "户编号", "key", required=True)
    every = _fact_columns(owner)
    return Table(name, subject, "household", en, zh, every + columns, feature_rows, in_order, derived)


def area_table(name: str, subject: str, en: str, zh: str, *columns: Column) -> Table:
    """Declare a context table, whose rows are facts about areas."""
    owner = Column("area", "id", "Code of the area", "地区代码", "key", required=True)
    return Table(name, subject, "area", en, zh, _fact_columns(owner) + columns)
