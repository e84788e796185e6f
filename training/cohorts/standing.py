"""Where households stand with the office: monitored, with an open clue, gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import NEVER, believed
from features.tables.outcomes import MONITORING
from features.tables.people import REGISTRATIONS

Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

_STEP = MONITORING.column("step")
CLUE, ENTRY = _STEP.code("clue"), _STEP.code("entry")
ELIMINATION, REINSTATEMENT = _STEP.code("elimination"), _STEP.code("reinstatement")
DIED = REGISTRATIONS.column("kind").code("died")
GONE = tuple(REGISTRATIONS.column("kind").code(kind) for kind in ("moved", "merged"))


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of monitoring, by household and time; steps of one day in the order of the contract.

    Parameters
    ----------
    households : int
        How many there are in all.
    owner : (steps,) array of int
        Position of the household among all.
    step : (steps,) array of int
        Code of ``monitoring.step``.
    occurred_on, start, stop : (steps,) arrays of datetime64[D]
        The day of the step, and the days on which it is believed: ``start <= D < stop``.
    """

    households: int
    owner: NDArray[np.int64]
    step: NDArray[np.int64]
    occurred_on: Days
    start: Days
    stop: Days

    def taken_up(self, day: np.datetime64) -> Mask:
        """Return which households were monitored or had an open clue, as known at the end of a day.

        Notes
        -----
        A clue is open until a later step of the household: an entry, a rejection, a reinstatement, or
        the elimination of a risk for which it was monitored already.
        """
        held = (self.start <= day) & (day < self.stop)
        taken: Mask = self._monitored(held) | (self._last(held) == CLUE)
        return taken

    def monitored(self, day: np.datetime64, known_by: np.datetime64) -> Mask:
        """Return which households were monitored on a day, as known at the end of another."""
        held = (self.start <= known_by) & (known_by < self.stop) & (self.occurred_on <= day)
        return self._monitored(held)

    def entries(self, known_by: np.datetime64) -> tuple[NDArray[np.int64], Days, Days]:
        """Return household and day of each entry, as known at the end of a day, and since when it is told."""
        held = (self.start <= known_by) & (known_by < self.stop) & (self.step == ENTRY)
        return self.owner[held], self.occurred_on[held], self.start[held]

    def _monitored(self, held: Mask) -> Mask:
        state = self._last(held & np.isin(self.step, (ENTRY, ELIMINATION, REINSTATEMENT)))
        monitored: Mask = np.isin(state, (ENTRY, REINSTATEMENT))
        return monitored

    def _last(self, held: Mask) -> NDArray[np.int64]:
        last = np.full(self.households, -1)
        last[self.owner[held]] = self.step[held]
        return last


def steps_of(tables: Tables, households: NDArray[np.str_]) -> Steps:
    """Return the steps of monitoring of the sorted households."""
    facts = tables.get("monitoring")
    if facts is None or not facts["record_id"].size:
        nothing, never = np.zeros(0, dtype=np.int64), np.zeros(0, dtype="datetime64[D]")
        return Steps(households.size, nothing, nothing, never, never, never)
    owner = np.searchsorted(households, facts["household_id"]).astype(np.int64)
    step = facts["step"].astype(np.int64)
    order = np.lexsort((step, facts["occurred_on"], owner))
    held = believed(facts)
    return Steps(
        households.size,
        owner[order],
        step[order],
        facts["occurred_on"][order],
        held.start[order],
        held.stop[order],
    )


@dataclass(frozen=True, eq=False)
class Departures:
    """Households that are no more: moved away, merged into another, died out.

    Parameters
    ----------
    households : int
        How many there are in all.
    owner : (departures,) array of int
        Position of the household among all.
    gone_on, start, stop : (departures,) arrays of datetime64[D]
        The day, and the days on which it is believed: ``start <= D < stop``.
    """

    households: int
    owner: NDArray[np.int64]
    gone_on: Days
    start: Days
    stop: Days

    def known_by(self, day: np.datetime64) -> Days:
        """Return since when each household is no more, as known at the end of a day; NEVER where it is."""
        held = (self.start <= day) & (day < self.stop)
        gone = np.full(self.households, NEVER)
        np.minimum.at(gone, self.owner[held], self.gone_on[held])
        return gone


def departures_of(tables: Tables, households: NDArray[np.str_]) -> Departures:
    """Return which of the sorted households are no more.

    Notes
    -----
    A household died out, or left one by one, on the day on which the last of its members died or left, and
    that is known once it is known of each. Of a member what was told last counts; where nothing is told of
    leaving, the member is there.
    """
    parts = []
    registrations, members = tables.get("registrations"), tables.get("members")
    if registrations is not None:
        rows = np.flatnonzero(np.isin(registrations["kind"], GONE))
        held = believed(registrations)
        day = registrations["occurred_on"][rows]
        parts.append((registrations["household_id"][rows], day, held.start[rows], held.stop[rows]))
    if members is not None and members["record_id"].size:
        names, gone, known = _deserted(members, registrations)
        parts.append((names, gone, known, np.full(names.size, NEVER)))
    if not parts:
        none = np.zeros(0, dtype="datetime64[D]")
        return Departures(households.size, np.zeros(0, dtype=np.int64), none, none, none)
    name, gone, start, stop = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Departures(households.size, np.searchsorted(households, name).astype(np.int64), gone, start, stop)


def _deserted(members: Facts, registrations: Facts | None) -> tuple[NDArray[np.str_], Days, Days]:
    """Return the households all of whose members left, the day of the last, and when that was known."""
    columns = ("household_id", "member_id", "occurred_on", "known_on")
    stands = believed(members).stop == NEVER
    told = [[members[name][stands] for name in columns] + [members["left"][stands]]]
    if registrations is not None:
        deaths = (believed(registrations).stop == NEVER) & (registrations["kind"] == DIED)
        deaths &= registrations["member_id"] != ""
        told.append([registrations[name][deaths] for name in columns] + [np.ones(deaths.sum(), np.int8)])
    household, member, occurred_on, known_on, left = (
        np.concatenate(each) for each in zip(*told, strict=True)
    )
    names, home = np.unique(household, return_inverse=True)
    person = np.unique(member, return_inverse=True)[1]
    order = np.lexsort((known_on, occurred_on, left >= 0, person, home))
    home, person = home[order], person[order]
    last = np.append((person[1:] != person[:-1]) | (home[1:] != home[:-1]), True)[: order.size]
    order, home = order[last], home[last]
    stays = np.bincount(home[left[order] != 1], minlength=names.size) > 0
    gone, known = np.zeros((2, names.size), dtype=np.int64)
    np.maximum.at(gone, home, occurred_on[order].astype(np.int64))
    np.maximum.at(known, home, known_on[order].astype(np.int64))
    return names[~stays], gone[~stays].astype("datetime64[D]"), known[~stays].astype("datetime64[D]")
