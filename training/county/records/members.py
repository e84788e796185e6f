"""What is known of each member: at the start, at the yearly update, and when something happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.people import MEMBERS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import (
    LETTERS,
    Desk,
    code,
    day_in_month,
    delay,
    facts,
    join,
    member_ids,
    numbered,
)
from training.county.records.persons import NUMBERS, state_before

LATE = {
    "joined": "joined",
    "left": "left",
    "illness": "illness",
    "disability": "disability",
    "low_income": "low_income",
    "moved": "left",
    "merged": "left",
}
"""Kinds of events that become known late, and whose lateness it is."""

SEPTEMBER = 8
YEAR = 12
CHANGES = (
    "relation",
    "schooling",
    "student",
    "grade",
    "health",
    "disability",
    "labour",
    "insured",
    "pensioner",
)
"""What the yearly update looks for."""

HEAD = code(MEMBERS, "relation", "head")
MAN, WOMAN = code(MEMBERS, "sex", "man"), code(MEMBERS, "sex", "woman")


@dataclass(frozen=True)
class Updates:
    """The yearly updates of a township: snapshots, and when each household's was made and keyed.

    Parameters
    ----------
    snapshots : ndarray of int, shape (years,)
        Those of a September before the last told month.
    made : ndarray of bool, shape (years, households)
    day, known_on : ndarray of datetime64[D], shape (years, households)
    """

    snapshots: NDArray[np.int64]
    made: NDArray[np.bool_]
    day: NDArray[np.datetime64]
    known_on: NDArray[np.datetime64]


@dataclass(frozen=True)
class Dated:
    """Events of a kind, each with its day and the day on which it becomes known."""

    events: dict[str, NDArray[Any]]
    day: NDArray[np.datetime64]
    known_on: NDArray[np.datetime64]


def dated(diary: Diary, p: Parameters, rng: np.random.Generator) -> dict[str, Dated]:
    """Return the events of people with their days, the same for every table that tells of them."""
    made = {}
    for kind, late in LATE.items():
        events = diary.events(kind)
        day = day_in_month(diary, events["month"], rng)
        made[kind] = Dated(events, day, day + delay(p.numbers(f"records.people.{late}.late"), rng, day.size))
    return made


def updates(diary: Diary, p: Parameters, rng: np.random.Generator) -> Updates:
    """Return when the people of each household were gone through, every year from October on."""
    calendar = (diary.start + diary.snapshot_months).astype(np.int64) % YEAR
    snapshots = np.flatnonzero((calendar == SEPTEMBER) & (diary.snapshot_months < diary.months - 1))
    month = diary.snapshot_months[snapshots][:, None]
    shape = (snapshots.size, diary.household_id.size)
    late = delay(p.numbers("records.people.update.window"), rng, shape[0] * shape[1]).reshape(shape)
    keyed = delay(p.numbers("records.people.update.keyed"), rng, shape[0] * shape[1]).reshape(shape)
    day = day_in_month(diary, month + 1, 1) + late
    there = (diary.first <= month) & (diary.last > month)
    made = there & (rng.random(shape) >= p.number("records.people.update.missed"))
    return Updates(snapshots, made, day, day + keyed)


def members(
    desk: Desk, yearly: Updates, happened: dict[str, Dated], founded: NDArray[np.datetime64]
) -> Facts:
    """Return the table ``members``.

    Parameters
    ----------
    desk : Desk
    yearly : Updates
    happened : dict of Dated
    founded : ndarray of datetime64[D], shape (households,)
        Day on which each household became known as one.
    """
    parts = [
        _at_first(desk.diary, desk.place, founded),
        _yearly(desk, yearly),
        _joined(desk, happened["joined"]),
        _left(desk, happened["left"]),
        _reported(desk, "illness", happened["illness"]),
        _reported(desk, "disability", happened["disability"]),
    ]
    return numbered(join(*parts), desk.place, LETTERS["members"])


def _columns(diary: Diary, people: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the columns of the table for the state of people."""
    told: dict[str, NDArray[Any]] = {
        name: people[name]
        for name in ("relation", "schooling", "student", "health", "labour")
        if name in people
    }
    if "birth" in people:
        born = (diary.start + people["birth"].astype(np.int64)).astype("datetime64[Y]")
        told["birth_year"] = born.astype(np.int64) + 1970
        told["sex"] = np.where(people["woman"] > 0, WOMAN, MAN)
    for name in ("grade", "disability"):
        if name in people:
            told[name] = np.where(people[name] > 0, people[name], np.nan)
    if "insured" in people:
        told |= {"medical_insured": people["insured"], "pensioner": people["pensioner"]}
    return told


def _rows(
    diary: Diary,
    place: Place,
    row: NDArray[Any],
    number: NDArray[Any],
    occurred_on: NDArray[Any],
    known_on: NDArray[Any],
    source: str,
    told: dict[str, NDArray[Any]],
) -> Facts:
    owner = diary.household_id[row]
    names = member_ids(owner, number)
    return facts(MEMBERS, place, "", owner, occurred_on, known_on, source, member_id=names, **told)


def _at_first(diary: Diary, place: Place, founded: NDArray[np.datetime64]) -> Facts:
    """Return the people of each household as it became known, by its first snapshot."""
    number = diary.people["number"].astype(np.int64)
    snapshot = np.where(diary.first > 0, np.searchsorted(diary.snapshot_months, diary.first), 0)
    rows = np.flatnonzero(snapshot < diary.snapshot_months.size)
    joined = diary.events("joined")
    later = np.sort((joined["row"] * NUMBERS + joined["number"]).astype(np.int64))
    first = number[snapshot[rows], rows]
    row, slot = np.nonzero((first >= 0) & ~np.isin(rows[:, None] * NUMBERS + first, later))
    row = rows[row]
    at = (snapshot[row], row, slot)
    state = {name: values[at] for name, values in diary.people.items()}
    happened = day_in_month(diary, diary.first[row], 1)
    return _rows(diary, place, row, state["number"], happened, founded[row], "survey", _columns(diary, state))


def _yearly(desk: Desk, yearly: Updates) -> Facts:
    """Return what each yearly update found changed, and the heads of all, who sign it."""
    diary, place, p, rng = desk.diary, desk.place, desk.p, desk.rng
    known = {name: diary.people[name][0].copy() for name in ("number", *CHANGES)}
    parts: list[Facts] = [_none(diary, place)]
    for position, snapshot in enumerate(yearly.snapshots):
        now = {name: values[snapshot] for name, values in diary.people.items()}
        differs = now["number"] != known["number"]
        for name in CHANGES:
            differs |= now[name] != known[name]
        noticed = rng.random(differs.shape) >= p.number("records.people.update.overlooked")
        there = (now["number"] >= 0) & yearly.made[position][:, None]
        row, slot = np.nonzero(there & ((differs & noticed) | (now["relation"] == HEAD)))
        for name, values in known.items():
            values[row, slot] = now[name][row, slot]
        told = _columns(diary, {name: values[row, slot] for name, values in now.items()})
        day, known_on = yearly.day[position, row], yearly.known_on[position, row]
        parts.append(_rows(diary, place, row, now["number"][row, slot], day, known_on, "survey", told))
    return join(*parts)


def _none(diary: Diary, place: Place) -> Facts:
    nobody = np.zeros(0, np.int64)
    never = np.zeros(0, "datetime64[D]")
    return _rows(diary, place, nobody, nobody, never, never, "survey", {})


def _joined(desk: Desk, told: Dated) -> Facts:
    events = told.events
    columns = _columns(desk.diary, events)
    return _rows(
        desk.diary, desk.place, events["row"], events["number"], told.day, told.known_on, "police", columns
    )


def _left(desk: Desk, told: Dated) -> Facts:
    seen = np.flatnonzero(desk.rng.random(told.day.size) >= desk.p.number("records.people.left.unseen"))
    row, number = told.events["row"][seen], told.events["number"][seen]
    gone = {"left": np.ones(seen.size)}
    return _rows(desk.diary, desk.place, row, number, told.day[seen], told.known_on[seen], "police", gone)


def _reported(desk: Desk, kind: str, told: Dated) -> Facts:
    """Return illnesses and disabilities that an office reports before the yearly update finds them."""
    events = told.events
    if kind == "illness":
        share = desk.p.numbers("records.people.illness.reported")[events["health"].astype(np.int64)]
        source, new = "health", {"health": events["health"]}
    else:
        share = np.full(told.day.size, desk.p.number("records.people.disability.reported"))
        source, new = "disabled_federation", {"disability": events["grade"].astype(np.float64)}
    seen = np.flatnonzero(desk.rng.random(told.day.size) < share)
    row, number, month = (events[name][seen] for name in ("row", "number", "month"))
    state = _with_state(desk.diary, row, number, month, {name: new[name][seen] for name in new})
    return _rows(desk.diary, desk.place, row, number, told.day[seen], told.known_on[seen], source, state)


def _with_state(
    diary: Diary,
    row: NDArray[Any],
    number: NDArray[Any],
    month: NDArray[Any],
    new: dict[str, NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    """Return what was known of people at the snapshot before, with the news; only the news of others."""
    state, found = state_before(diary, row, number, month)
    told = _columns(diary, state)
    missing = {
        name: (values if values.dtype.kind == "f" else values.astype(np.float64))
        for name, values in told.items()
    }
    blank = {"grade": np.nan, "disability": np.nan, "birth_year": np.nan}
    return {name: np.where(found, values, blank.get(name, -1)) for name, values in missing.items()} | new
