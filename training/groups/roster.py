"""Who is in each household on a day, as known then: the sex of its head, and whether all are old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import believed
from features.tables.people import MEMBERS
from training.cohorts.standing import DIED

Days = NDArray[np.datetime64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

OLD = 60
"""Years from which on somebody is old: the law on the protection of the elderly (2018), article 2."""

HEAD = MEMBERS.column("relation").code("head")
GONE = MEMBERS.column("left").code("yes")
UNTOLD = -1


@dataclass(frozen=True, eq=False)
class Roster:
    """What is told of members, a death being a row that tells of leaving; by person, then as it happened.

    Parameters
    ----------
    households : (households,) array of str
        Sorted.
    home : (persons,) array of int
        Position of the household of each person; who is told of in two households counts as two persons.
    person : (rows,) array of int
    occurred_on, start, stop : (rows,) arrays of datetime64[D]
        The day of what is told, and the days on which it is believed: ``start <= D < stop``.
    relation, sex, birth_year, left : (rows,) arrays of int
        -1 where the row does not tell.
    """

    households: NDArray[np.str_]
    home: Whole
    person: Whole
    occurred_on: Days
    start: Days
    stop: Days
    relation: Whole
    sex: Whole
    birth_year: Whole
    left: Whole

    @classmethod
    def of(cls, tables: Tables) -> Self | None:
        """Read the members; None where nothing is told of any."""
        members, registrations = tables.get("members"), tables.get("registrations")
        if members is None or not members["record_id"].size:
            return None
        parts = [_told(members, np.ones(members["record_id"].size, dtype=np.bool_))]
        if registrations is not None:
            died = (registrations["kind"] == DIED) & (registrations["member_id"] != "")
            parts.append(_told(registrations, died))
        told = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        households, owner = np.unique(told["household_id"], return_inverse=True)
        member = np.unique(told["member_id"], return_inverse=True)[1]
        pairs, person = np.unique(owner * (member.max() + 1) + member, return_inverse=True)
        order = np.lexsort((told["record_id"], told["start"], told["occurred_on"], person))
        rows = {name: told[name][order] for name in ("occurred_on", "start", "stop", *_SAID)}
        return cls(households, pairs // (member.max() + 1), person[order], **rows)

    def on(self, day: np.datetime64) -> tuple[Whole, Whole]:
        """Return of each household what was known at the end of a day.

        Returns
        -------
        sex : (households,) array of int
            Code of the sex of the head; -1 where it, or who is the head, is not known.
        old : (households,) array of int
            1 where every member who is there turned `OLD` by the end of the year, 0 where one did not, -1
            where that is not known.

        Notes
        -----
        Of each person the last that was told of a thing counts. Of several heads it is the one told of last.
        """
        held = (self.start <= day) & (day < self.stop)
        known = np.zeros(self.home.size, dtype=np.bool_)
        known[self.person[held]] = True
        there = known & (self._last(self.left, held) != GONE)
        return self._sex_of_head(held, there), self._old(day, held, there)

    def _sex_of_head(self, held: Mask, there: Mask) -> Whole:
        told = held & (self.relation != UNTOLD)
        since = np.full(self.home.size, np.datetime64("0001-01-01", "D"))
        since[self.person[told]] = self.occurred_on[told]
        heads = np.flatnonzero(there & (self._last(self.relation, held) == HEAD))
        heads = heads[np.argsort(since[heads], kind="stable")]
        sex = np.full(self.households.size, UNTOLD)
        sex[self.home[heads]] = self._last(self.sex, held)[heads]
        return sex

    def _old(self, day: np.datetime64, held: Mask, there: Mask) -> Whole:
        born = self._last(self.birth_year, held)
        year = int(day.astype("datetime64[Y]").astype(np.int64)) + 1970
        size = self.households.size

        def some(which: Mask) -> Mask:
            return np.bincount(self.home[there & which], minlength=size) > 0

        younger, unknown = some((born != UNTOLD) & (year - born < OLD)), some(born == UNTOLD)
        somebody = some(there)
        return np.where(younger, 0, np.where(unknown | ~somebody, UNTOLD, 1))

    def _last(self, values: Whole, held: Mask) -> Whole:
        """Return by person the last that is told of a thing."""
        told, found = held & (values != UNTOLD), np.full(self.home.size, UNTOLD)
        found[self.person[told]] = values[told]
        return found


_SAID = ("relation", "sex", "birth_year", "left")


def _told(facts: Facts, which: Mask) -> dict[str, NDArray[np.generic]]:
    """Return rows of members, or deaths as such rows."""
    held = believed(facts)
    rows = {name: facts[name][which] for name in ("household_id", "member_id", "record_id", "occurred_on")}
    rows |= {"start": held.start[which], "stop": held.stop[which]}
    for name in _SAID:
        if "relation" in facts:
            rows[name] = np.nan_to_num(facts[name][which].astype(np.float64), nan=UNTOLD).astype(np.int64)
        else:
            rows[name] = np.full(which.sum(), GONE if name == "left" else UNTOLD, dtype=np.int64)
    return rows
