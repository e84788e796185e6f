"""Facts of some households, the rows of all their tables one under another, and when each is believed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Table, Tables
from features.history import NEVER, believed
from features.ids import distinct, positions
from features.tables import TABLES

ALWAYS = int(NEVER.astype(np.int64))
"""Day since 1970 of an end that is not told."""

Days = NDArray[np.int64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of one table, each a fact about one household.

    Parameters
    ----------
    declared : Table
    facts : Facts
        The table, perhaps with rows of others.
    row : ndarray of int, shape (facts,)
        Which rows of the table are meant; one may be told of several households.
    owner : ndarray of int64
        Position of the household.
    start, stop : ndarray of int64
        Days since 1970: a fact is believed on every day D with ``start <= D < stop``.
    ends : ndarray of int64
        Day since 1970 after which the fact no longer holds, whatever its span says.
    inherited : ndarray of bool
        Whether the row was told of another household, from which this one or a person of it came.
    whole : bool
        Whether the facts are just the rows of the table.
    """

    declared: Table
    facts: Facts
    row: Rows
    owner: Days
    start: Days
    stop: Days
    ends: Days
    inherited: NDArray[np.bool_]
    whole: bool = False

    def take(self, some: Rows) -> Told:
        """Return some of the facts, in the order given."""
        return Told(
            self.declared,
            self.facts,
            self.row[some],
            self.owner[some],
            self.start[some],
            self.stop[some],
            self.ends[some],
            self.inherited[some],
        )

    def part(self, low: int, high: int, owner: Days) -> Told:
        """Return consecutive facts, told of other households."""
        some = slice(low, high)
        return Told(
            self.declared,
            self.facts,
            self.row[some],
            owner,
            self.start[some],
            self.stop[some],
            self.ends[some],
            self.inherited[some],
        )

    def of(self, column: str, some: Rows | None = None) -> NDArray[Any]:
        """Return a column of the table for each fact, or for some of them."""
        values = self.declared.values(self.facts, column)
        if some is None:
            return values if self.whole else values[self.row]
        return values[some] if self.whole else values[self.row[some]]


def told_of(name: str, facts: Facts, households: NDArray[Any]) -> Told:
    """Return the rows of a table that are about some households, sorted and distinct, and ever believed."""
    held = believed(facts)
    owner = positions(facts["household_id"], households)
    start, stop = held.start.astype(np.int64), held.stop.astype(np.int64)
    row = np.flatnonzero((owner >= 0) & (start < stop))
    ends, none = np.full(row.size, ALWAYS), np.zeros(row.size, dtype=bool)
    if row.size == owner.size:
        return Told(TABLES[name], facts, row, owner, start, stop, ends, none, whole=True)
    return Told(TABLES[name], facts, row, owner[row], start[row], stop[row], ends, none)


@dataclass(frozen=True)
class Chronicle:
    """All that is told of some households.

    Parameters
    ----------
    households : ndarray of str, shape (households,)
        Sorted pseudonyms.
    told : dict of table to Told
        Only tables that have rows.
    """

    households: NDArray[np.str_]
    told: dict[str, Told]

    @cached_property
    def first(self) -> dict[str, int]:
        """Where the rows of each table begin, when all are written one under another."""
        sizes = [each.row.size for each in self.told.values()]
        return dict(zip(self.told, np.cumsum([0, *sizes]).tolist(), strict=False))

    def joined(self, field: str) -> NDArray[Any]:
        """Return ``owner``, ``start``, ``stop`` or ``ends`` of all rows, one table under another."""
        return np.concatenate([np.zeros(0, np.int64), *(getattr(each, field) for each in self.told.values())])

    def column(self, name: str) -> NDArray[Any]:
        """Return a column that every fact has, one table under another."""
        return np.concatenate([each.of(name) for each in self.told.values()])

    def some(self, name: str, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Return a column that every fact has, in some rows, which are in order."""
        cut = np.searchsorted(rows, [*self.first.values(), np.iinfo(np.int64).max])
        return np.concatenate(
            [
                each.of(name, rows[low:high] - first)
                for each, first, (low, high) in zip(
                    self.told.values(), self.first.values(), pairwise(cut), strict=True
                )
            ]
        )

    def of_tables(self, names: Collection[str]) -> Chronicle:
        """Return what some of the tables tell."""
        return Chronicle(self.households, {name: each for name, each in self.told.items() if name in names})

    def happened_by(self, day: np.datetime64) -> Chronicle:
        """Return what happened by a day, whenever it became known."""
        return self._each(lambda told: np.flatnonzero(told.of("occurred_on") <= day))

    def blocks(
        self, households: NDArray[np.intp] | None, most: int
    ) -> Iterator[tuple[NDArray[np.intp], Chronicle]]:
        """Yield the chronicle of some of the households (None: of all), so many at a time.

        Yields
        ------
        members : ndarray of int
            Positions of the block's households.
        block : Chronicle
        """
        members = np.arange(self.households.size) if households is None else households
        if members.size <= most and households is None:
            if members.size:
                yield members, self
            return
        place = np.full(self.households.size, -1)
        place[members] = np.arange(members.size)
        in_order = self._each(lambda told: _by(place[told.owner]))
        edges = np.append(np.arange(0, members.size, most), members.size)
        cut = {name: np.searchsorted(place[told.owner], edges) for name, told in in_order.told.items()}
        for number, (low, high) in enumerate(pairwise(edges)):
            told = {
                name: each.part(first, last, place[each.owner[first:last]] - low)
                for name, each in in_order.told.items()
                for first, last in [cut[name][number : number + 2]]
                if first < last
            }
            yield members[low:high], Chronicle(self.households[members[low:high]], told)

    def _each(self, chosen: Callable[[Told], Rows]) -> Chronicle:
        told = {name: each.take(chosen(each)) for name, each in self.told.items()}
        return Chronicle(self.households, {name: each for name, each in told.items() if each.row.size})

    def steps(self, days: NDArray[np.datetime64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return for each row the first of the days on which it is believed, and the first when no more."""
        counted = days.astype(np.int64)
        begins, ends = (np.searchsorted(counted, self.joined(field)) for field in ("start", "stop"))
        return begins.astype(np.int32), ends.astype(np.int32)


def chronicle(tables: Tables, names: Sequence[str]) -> Chronicle:
    """Gather what the named tables tell of every household."""
    households = distinct(tables["households"]["household_id"])
    found = {
        name: told_of(name, tables[name], households)
        for name in names
        if name in tables and tables[name]["record_id"].size
    }
    return Chronicle(households, {name: each for name, each in found.items() if each.row.size})


def _by(place: NDArray[np.int64]) -> Rows:
    """Return the rows that have a place, by place."""
    if np.all(place[1:] >= place[:-1]) and (not place.size or place[0] >= 0):
        return np.arange(place.size)
    order = _stable_order(place + 1)
    return order[np.searchsorted(place[order], 0) :]


def _stable_order(numbers: NDArray[np.int64]) -> Rows:
    """Sort whole numbers from 0 to 2³² by their lower and then their upper half, which NumPy counts out."""
    lower, upper = (numbers & (1 << 16) - 1).astype(np.uint16), (numbers >> 16).astype(np.uint16)
    order = np.argsort(lower, kind="stable")
    return order[np.argsort(upper[order], kind="stable")]
