"""What the report looks at: the facts believed at the end of the as-of day, whose they are, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.contract import SOURCES, Column, Facts, Tables
from features.errors import Usage
from features.history import believed
from features.lines import nearest_area, parents_on
from features.tables import HOUSEHOLD_TABLES, TABLES
from features.tables.areas import AREAS
from features.tables.people import REGISTRATIONS

DAY = np.timedelta64(1, "D")
GONE = ("moved", "merged")
"""Registrations after which a household is no longer there."""

Rows = NDArray[np.int64]
Days = NDArray[np.datetime64]
Names = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Held:
    """The rows of one household table that are believed on the as-of day.

    Parameters
    ----------
    at : ndarray of int, shape (held,)
        Positions in the table as it was read.
    household : ndarray of int, shape (held,)
        Row of the household.
    first_known : ndarray of datetime64[D], shape (held,)
        Day on which the record became known in whatever version.
    """

    at: Rows
    household: Rows
    first_known: Days


@dataclass(frozen=True, eq=False)
class Known:
    """Tables as they are believed at the end of a day.

    Parameters
    ----------
    as_of : datetime64[D]
    tables : Tables
        As they were read.
    held : dict of table to Held
        Household tables.
    household_id : ndarray of str, shape (households,)
    home : ndarray of int, shape (households,)
        Which held row of ``households`` tells where it belongs.
    grid, village, township : ndarray of str, shape (households,)
        Its own area, and the nearest areas of those levels at or above it. Where no area has the level, the
        village is the own area and the township the one above it.
    there : ndarray of bool, shape (households,)
        Not moved away nor merged into another one.
    """

    as_of: np.datetime64
    tables: Tables
    held: dict[str, Held]
    household_id: Names
    home: Rows
    grid: Names
    village: Names
    township: Names
    there: NDArray[np.bool_]
    townships: tuple[str, ...] = field(init=False)
    township_at: Rows = field(init=False)

    def __post_init__(self) -> None:
        names, at = np.unique(self.township, return_inverse=True)
        object.__setattr__(self, "townships", tuple(names.tolist()))
        object.__setattr__(self, "township_at", at.astype(np.int64))

    def column(self, table: str, name: str) -> NDArray[Any]:
        """Return a column of the believed rows of a household table; empty where there is no such table."""
        if table not in self.held:
            return nothing(TABLES[table].column(name))
        values: NDArray[Any] = self.tables[table][name][self.held[table].at]
        return values

    def coded(self, table: str, name: str, *codes: str) -> NDArray[np.bool_]:
        """Return which believed rows of a table have one of some codes in a column."""
        column = TABLES[table].column(name)
        which: NDArray[np.bool_] = np.isin(self.column(table, name), [column.code(code) for code in codes])
        return which

    def founded(self) -> Days:
        """Return the day from which on it is told where each household belongs."""
        founded = np.full(self.household_id.size, self.as_of)
        np.minimum.at(founded, self.household("households"), self.column("households", "occurred_on"))
        return founded

    def household(self, table: str) -> Rows:
        """Return the household row of each believed row of a table."""
        return self.held[table].household if table in self.held else np.zeros(0, np.int64)

    def first_known(self, table: str) -> Days:
        """Return the day on which each believed record of a table became known at first."""
        return self.held[table].first_known if table in self.held else np.zeros(0, "datetime64[D]")


def known_on(tables: Tables, as_of: np.datetime64 | None = None) -> Known:
    """Return what is believed at the end of a day.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    as_of : datetime64[D], optional
        Else the last day on which anything became known.

    Raises
    ------
    Usage
        Where no household is known, or none by then.
    """
    days = [facts["known_on"] for facts in tables.values() if facts["known_on"].size]
    if "households" not in tables or not days:
        raise Usage("no household is known")
    day = (np.concatenate(days).max() if as_of is None else as_of).astype("datetime64[D]")
    positions = {name: _held(tables[name], day) for name in HOUSEHOLD_TABLES if name in tables}
    ids = tables["households"]["household_id"][positions["households"][0]]
    household_id = np.unique(ids)
    if not household_id.size:
        raise Usage(f"no household is known by {day}")
    index = pd.Index(household_id.astype(object))
    held = {}
    for name, (at, first) in positions.items():
        household = index.get_indexer(pd.Index(tables[name]["household_id"][at].astype(object)))
        ours = household >= 0
        held[name] = Held(at[ours], household[ours].astype(np.int64), first[ours])
    home = _home(tables["households"], held["households"], household_id.size)
    homes: Rows = held["households"].at
    grid = tables["households"]["area"][homes[home]]
    village, township = _levels(tables, grid, day)
    there = np.ones(household_id.size, dtype=bool)
    if "registrations" in held:
        kind = tables["registrations"]["kind"][held["registrations"].at]
        gone = np.isin(kind, [REGISTRATIONS.column("kind").code(name) for name in GONE])
        there[held["registrations"].household[gone]] = False
    return Known(day, tables, held, household_id, home, grid, village, township, there)


def numbered(*texts: NDArray[Any]) -> list[Rows]:
    """Return a number for each text, the same in all the arrays; -1 for the empty one."""
    whole = np.concatenate([text.astype(object) for text in texts])
    number = pd.factorize(whole)[0].astype(np.int64)
    number[whole == ""] = -1
    return np.split(number, np.cumsum([text.size for text in texts])[:-1])


def last_of(group: Rows, *order: NDArray[Any]) -> Rows:
    """Return the position of the last of each group, by the first of ``order``, then the next; by group."""
    sorted_at = np.lexsort((*reversed(order), group))
    in_order = group[sorted_at]
    last: Rows = sorted_at[np.append(in_order[1:] != in_order[:-1], True)[: in_order.size]]
    return last


def sources(position: NDArray[Any]) -> NDArray[np.str_]:
    """Return the ids of sources by their codes; empty for none."""
    names: NDArray[np.str_] = np.array(["", *(source.id for source in SOURCES)])[position + 1]
    return names


def nothing(column: Column) -> NDArray[Any]:
    """Return an empty column."""
    kinds = {"id": "<U1", "date": "datetime64[D]", "code": "int16", "flag": "int8"}
    return np.zeros(0, dtype=kinds.get(column.kind, "float64"))


def _held(facts: Facts, day: np.datetime64) -> tuple[Rows, Days]:
    """Return positions of the believed rows, and when each of their records became known at first."""
    (record,) = numbered(facts["record_id"])
    held = np.flatnonzero(believed({**facts, "record_id": record}).on(day))
    known = facts["known_on"].astype("datetime64[D]").astype(np.int64)
    first = np.full(int(record.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, record, known)
    return held, first[record[held]].astype("datetime64[D]")


def _home(facts: Facts, held: Held, households: int) -> Rows:
    home = last_of(held.household, facts["occurred_on"][held.at], facts["known_on"][held.at])
    if home.size != households:
        raise AssertionError("every household has a row that tells where it belongs")
    return home


def _levels(tables: Tables, own: Names, day: np.datetime64) -> tuple[Names, Names]:
    codes, row = np.unique(own, return_inverse=True)
    parents = parents_on(tables, day)
    village = _at_level(tables, codes, "village", parents, codes.tolist())
    township = _at_level(
        tables, codes, "township", parents, [parents.get(code) or code for code in codes.tolist()]
    )
    return np.array(village)[row], np.array(township)[row]


def _at_level(
    tables: Tables, codes: Names, level: str, parents: dict[str, str], otherwise: Sequence[str]
) -> list[str]:
    areas = tables.get("areas")
    if areas is None:
        return list(otherwise)
    having = set(areas["area"][areas["level"] == AREAS.column("level").code(level)].tolist())
    found = nearest_area(codes, having, parents)
    return [area if area is not None else other for area, other in zip(found, otherwise, strict=True)]
