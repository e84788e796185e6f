"""People are born, marry, leave and die; households split, merge and move away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.ages import BEARS_FROM, BEARS_UNTIL, MARRIES_FROM, MARRIES_UNTIL, SENIOR_AT
from training.county.diary import BORN, DIED, MARRIED_IN, MARRIED_OUT, MOVED_AWAY
from training.county.now import Now
from training.county.rules import ACCIDENT_RULE
from training.county.state import (
    CHILD,
    FREE,
    GRANDCHILD,
    HEAD,
    HEALTHY,
    NO_WORK,
    NOT_STUDENT,
    SERIOUS,
    SPOUSE,
    State,
)

GOLDEN = 0.6180339887498949
"""Multiples of it spread evenly between 0 and 1: newcomers differ by their month of birth without a draw."""

JUNIOR_SCHOOL = 3
"""Code of ``members.schooling``."""


def live(state: State, now: Now, spare: NDArray[np.int64] | None) -> None:
    """Let a month of births, marriages, departures and deaths pass.

    Parameters
    ----------
    state : State
        Changed in place.
    now : Now
    spare : ndarray of int, optional
        Rows that new households may take; without any, those who split off just leave.
    """
    lot = now.everyone("people", len(state))
    own = now.each("people", len(state))
    age = state.age(now.index)
    _die(state, now, lot, age)
    _marry(state, now, 1 - lot, age)
    _bear(state, now, own, age)
    _part(state, now, 1 - own, spare)


def _die(state: State, now: Now, lot: NDArray[Any], age: NDArray[Any]) -> None:
    p = now.p
    yearly = p.number("people.death_at_60") * np.exp(p.number("people.death_slope") * (age - 60))
    yearly += p.number("people.death_serious") * (state.health == SERIOUS)
    row, slot = np.nonzero(state.there & (lot < yearly / 12))
    earner = state.work[row, slot] != NO_WORK
    now.note("left", row, number=state.number[row, slot], how=DIED)
    now.note("trigger", row[earner], kind=ACCIDENT_RULE, value=np.nan, number=state.number[row, slot][earner])
    state.bereaved[row[earner]] = now.index
    leave(state, row, slot)
    state.alive &= state.there.any(axis=1)
    _follow(state, np.unique(row))


def _follow(state: State, rows: NDArray[np.int64]) -> None:
    """Let the eldest of working age, or else the eldest, follow a head who died."""
    there = state.there[rows]
    orphaned = there.any(axis=1) & ~(there & (state.relation[rows] == HEAD)).any(axis=1)
    rows, there = rows[orphaned], there[orphaned]
    grown = there & np.isin(state.relation[rows], (SPOUSE, CHILD))
    may = np.where(grown.any(axis=1)[:, None], grown, there)
    eldest = np.where(may, state.birth[rows], np.iinfo(np.int16).max).argmin(axis=1)
    state.relation[rows, eldest] = HEAD


def _marry(state: State, now: Now, lot: NDArray[Any], age: NDArray[Any]) -> None:
    """Let a daughter who marries leave, and a son's bride join."""
    p = now.p
    single = (
        state.there
        & ~state.married
        & (age >= MARRIES_FROM)
        & (age < MARRIES_UNTIL)
        & (state.student == NOT_STUDENT)
    )
    weds = single & (lot < now.monthly("people.marriage"))
    row, slot = np.nonzero(weds & state.woman & (state.people > 1)[:, None])
    now.note("left", row, number=state.number[row, slot], how=MARRIED_OUT)
    leave(state, row, slot)
    row, slot = np.nonzero(weds & ~state.woman)
    row, first = np.unique(row, return_index=True)
    slot = slot[first]
    state.married[row, slot] = True
    groom = state.relation[row, slot]
    bride = np.where(groom == CHILD, CHILD, SPOUSE)
    birth = state.birth[row, slot] + np.int16(p.number("people.bride_younger") * 12)
    bride_is_woman = np.ones(row.size, np.bool_)
    join(state, now, row, Newcomers(birth, bride_is_woman, bride, True, JUNIOR_SCHOOL, MARRIED_IN))


def _bear(state: State, now: Now, own: NDArray[Any], age: NDArray[Any]) -> None:
    mothers = (state.there & state.woman & state.married & (age >= BEARS_FROM) & (age < BEARS_UNTIL)).any(
        axis=1
    )
    small = (state.there & (age < SENIOR_AT)).sum(axis=1) < now.p.number("people.most_children")
    chance = now.monthly("people.birth")
    row = np.flatnonzero(state.alive & mothers & small & (own < chance))
    parents = (state.there[row] & (state.relation[row] == CHILD) & state.married[row]).any(axis=1)
    girl = own[row] / chance < now.p.number("people.girls")
    born = np.full(row.size, now.index, np.int16)
    relation = np.where(parents, GRANDCHILD, CHILD)
    join(state, now, row, Newcomers(born, girl, relation, married=False, schooling=0, how=BORN))


def _part(state: State, now: Now, own: NDArray[Any], spare: NDArray[np.int64] | None) -> None:
    """Let a married child found a household; let one alone be taken in; let some move away."""
    split, merge, move = (now.monthly(f"people.{what}") for what in ("split", "merge", "move"))
    young = state.there & (((state.relation == CHILD) & state.married) | (state.relation == GRANDCHILD))
    can = state.alive & (young & (state.relation == CHILD)).any(axis=1) & ((state.there & ~young).sum(1) > 0)
    free = state.alive & (state.standing == FREE)
    _split(state, now, np.flatnonzero(can & (own < split)), young, spare)
    gone = free & (own >= split) & (own < split + move)
    now.note("moved", np.flatnonzero(gone))
    alone = free & (state.people == 1) & (own >= split + move) & (own < split + move + merge)
    rows = np.flatnonzero(alone)
    rows, hosts = _hosts(state, rows)
    now.note("merged", rows, other=hosts)
    gone[rows] = True
    state.alive &= ~gone
    state.number[gone] = -1


def _hosts(state: State, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return who is taken in, and by the nearest larger household of the village."""
    found = []
    for row in rows:
        near = np.flatnonzero(state.alive & (state.village == state.village[row]) & (state.people > 1))
        near = near[state.people[near] < state.number.shape[1]]
        found.append(near[np.abs(near - row).argmin()] if near.size else -1)
    hosts = np.array(found, np.int64)
    for row, host in zip(rows[hosts >= 0], hosts[hosts >= 0], strict=True):
        slot = int(state.there[row].argmax())
        guest = int(state.there[host].argmin())
        _move(state, row, np.array([slot]), host, np.array([guest]))
    return rows[hosts >= 0], hosts[hosts >= 0]


def _split(
    state: State, now: Now, rows: NDArray[np.int64], young: NDArray[Any], spare: NDArray[np.int64] | None
) -> None:
    row, slot = np.nonzero(young[rows])
    now.note("left", rows[row], number=state.number[rows[row], slot], how=MOVED_AWAY)
    if spare is None:
        leave(state, rows[row], slot)
        return
    free = spare[~state.alive[spare] & (state.numbers[spare] == 0)][: rows.size]
    for old, new in zip(rows, free, strict=False):
        slots = np.flatnonzero(young[old])
        for name in ("origin", "village", "diligence", "fortune", "product", "house", "water", "thrift"):
            getattr(state, name)[new] = getattr(state, name)[old]
        state.alive[new] = True
        _move(state, old, slots, new, np.arange(slots.size))
        state.relation[new, 0] = 0
        share = now.p.number("people.split_share")
        for name in ("savings", "scale", "field", "net", "gross"):
            values = getattr(state, name)
            values[new] = values[old] * share
            values[old] *= 1 - share
    done = rows[: free.size]
    now.note("split", done, other=free[: done.size])
    late = rows[free.size :]
    row, slot = np.nonzero(young[late])
    leave(state, late[row], slot)


PERSON = (
    "birth", "woman", "married", "relation", "schooling", "student", "grade", "health", "ill_since",
    "disability", "insured", "skill", "steady", "work", "until",
)  # fmt: skip


def _move(state: State, old: int, slots: NDArray[np.int64], new: int, into: NDArray[np.int64]) -> None:
    for name in PERSON:
        values = getattr(state, name)
        values[new, into] = values[old, slots]
    state.number[new, into] = state.numbers[new] + np.arange(slots.size)
    state.numbers[new] += slots.size
    leave(state, np.full(slots.size, old), slots)


def leave(state: State, row: NDArray[Any], slot: NDArray[Any]) -> None:
    """Empty some slots."""
    state.number[row, slot] = -1
    state.work[row, slot] = NO_WORK
    state.student[row, slot] = NOT_STUDENT
    state.health[row, slot] = HEALTHY


@dataclass(frozen=True)
class Newcomers:
    """One person for each of some households."""

    birth: NDArray[np.int16]
    woman: NDArray[np.bool_]
    relation: NDArray[np.int64]
    married: bool
    schooling: int
    how: int


def join(state: State, now: Now, rows: NDArray[np.int64], who: Newcomers) -> None:
    """Put one person into each household that has a slot free."""
    room = ~state.there[rows].all(axis=1)
    rows, birth, woman, relation = rows[room], who.birth[room], who.woman[room], who.relation[room]
    slot = state.there[rows].argmin(axis=1)
    number = state.numbers[rows]
    least, added = now.p.numbers("people.newcomer_steady")
    steady = least + added * (birth * GOLDEN % 1.0)
    for name, value in (
        ("number", number), ("birth", birth), ("woman", woman), ("married", who.married),
        ("relation", relation), ("schooling", who.schooling), ("student", NOT_STUDENT), ("grade", 0),
        ("health", HEALTHY), ("disability", 0), ("insured", True), ("work", NO_WORK), ("skill", 0.0),
        ("until", -1), ("steady", steady),
    ):  # fmt: skip
        getattr(state, name)[rows, slot] = value
    state.numbers[rows] += 1
    now.note(
        "joined", rows, number=number, birth=birth, woman=woman, relation=relation, schooling=who.schooling,
        student=NOT_STUDENT, health=HEALTHY, how=who.how,
    )  # fmt: skip
