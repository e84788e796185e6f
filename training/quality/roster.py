"""Who is listed in which household on the as-of day, and what was last said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.tables import TABLES
from training.quality.known import Known, Rows, last_of, numbered

NAMING = ("incomes", "expenses", "employments", "warnings", "supports", "registrations")
"""Tables whose facts may name a person."""


@dataclass(frozen=True, eq=False)
class Roster:
    """People listed in households; arrays of shape (people,), by household and person.

    Parameters
    ----------
    known : Known
    person : dict of table to ndarray of int
        Number of the person that each believed row of a table names, -1 for nobody.
    key : ndarray of int
        Household and person in one number; ascending.
    at : ndarray of int
        The latest believed row of ``members``. Somebody listed in two households is there twice.
    left : ndarray of bool
        The last word is that the person has left.
    """

    known: Known
    person: dict[str, Rows]
    key: Rows
    at: Rows
    left: NDArray[np.bool_]

    @property
    def household(self) -> Rows:
        """Row of the household of each person."""
        return self.known.household("members")[self.at]

    @property
    def number(self) -> Rows:
        """Number of each person."""
        return self.person["members"][self.at]

    def place(self, table: str) -> Rows:
        """Return where in the roster the person of each believed row of a table is; -1 for nowhere."""
        wanted = _key(self.known, self.person, table)
        if not self.key.size:
            return np.full(wanted.size, -1)
        place = np.minimum(np.searchsorted(self.key, wanted), self.key.size - 1)
        return np.where(self.key[place] == wanted, place, -1).astype(np.int64)

    def last(self, name: str) -> NDArray[Any]:
        """Return what was last said of each person in a column of ``members``; missing where never."""
        values = self.known.column("members", name)
        told = np.flatnonzero(~is_missing(TABLES["members"].column(name), values))
        place = self.place("members")[told]
        days = (self.known.column("members", day)[told] for day in ("occurred_on", "known_on"))
        latest = last_of(place, *days)
        last = np.full(self.key.size, np.nan if values.dtype.kind == "f" else -1, dtype=values.dtype)
        last[place[latest]] = values[told[latest]]
        return last

    def latest_work(self) -> Rows:
        """Return the last believed word on each person's work where it is work that has not ended."""
        known, place = self.known, self.place("employments")
        listed = np.flatnonzero(place >= 0)
        days = (known.column("employments", day)[listed] for day in ("occurred_on", "known_on"))
        at = listed[last_of(place[listed], *days)]
        end = known.column("employments", "end_on")[at]
        still = known.coded("employments", "state", "employed")[at] & (np.isnat(end) | (end > known.as_of))
        unended: Rows = at[still & known.there[known.household("employments")[at]]]
        return unended


def roster(known: Known) -> Roster:
    """Return who is listed where."""
    tables = ("members", *NAMING)
    person = dict(zip(tables, numbered(*(known.column(table, "member_id") for table in tables)), strict=True))
    key = _key(known, person, "members")
    at = last_of(key, known.column("members", "occurred_on"), known.column("members", "known_on"))
    return Roster(known, person, key[at], at, known.column("members", "left")[at] == 1)


def _key(known: Known, person: dict[str, Rows], table: str) -> Rows:
    span = 2 + max(int(numbers.max(initial=0)) for numbers in person.values())
    key: Rows = known.household(table) * span + person[table]
    return key
