"""The people of a township one by one, and how many of each age a household has in a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Diary
from training.county.records.sums import snapshot_of, spans

NUMBERS = 1_000
"""More than anybody's number within a household."""
YEAR = 12
AGES = {"under_10": (0, 10), "under_15": (0, 15), "working_age": (15, 65), "over_64": (65, 200)}
"""From and to which age [years] people are counted."""


@dataclass(frozen=True)
class Persons:
    """Everybody who ever lived in a household, by household and number.

    Parameters
    ----------
    row, number, birth : ndarray of int
    since, until : ndarray of int
        The first month in the household and the first one after it.
    """

    row: NDArray[np.int64]
    number: NDArray[np.int64]
    birth: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]

    def count(self, diary: Diary, least: int = 0, under: int = 200) -> NDArray[np.int64]:
        """Return how many of an age [years] each household has, shape (months, households)."""
        since = np.maximum(self.since, self.birth + least * YEAR)
        return spans(diary, self.row, since, np.minimum(self.until, self.birth + under * YEAR))


def persons(diary: Diary) -> Persons:
    """Return everybody of whom a snapshot or an event tells.

    Notes
    -----
    Who joined or left has a month. Who is in the first snapshot has always been there; who appears later
    without having joined came with the household, with one that merged into it, or by the snapshot's
    month; who is missing from a snapshot without having left went by that month.
    """
    number = diary.people["number"]
    snapshot, row, slot = np.nonzero(number >= 0)
    joined, left = diary.events("joined"), diary.events("left")
    keys = np.concatenate(
        [row * NUMBERS + number[snapshot, row, slot], joined["row"] * NUMBERS + joined["number"]]
    ).astype(np.int64)
    birth = np.concatenate([diary.people["birth"][snapshot, row, slot], joined["birth"]]).astype(np.int64)
    unique, place, each = np.unique(keys, return_index=True, return_inverse=True)
    first, last = _first_and_last(diary, unique.size, snapshot, each[: row.size])
    owner = unique // NUMBERS
    since, until = _appeared(diary, owner, first), _vanished(diary, last)
    came, went = (events["row"] * NUMBERS + events["number"] for events in (joined, left))
    since = _told(unique, since, came.astype(np.int64), joined["month"])
    until = _told(unique, until, went.astype(np.int64), left["month"])
    until = np.minimum(until, diary.last[owner] + 1)
    return Persons(owner, unique % NUMBERS, birth[place], since, np.maximum(until, since))


def state_before(
    diary: Diary, row: NDArray[Any], number: NDArray[Any], month: NDArray[Any]
) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
    """Return how people were at the last snapshot before a month ended, and who was in it."""
    snapshot = snapshot_of(diary, month)
    found = diary.people["number"][snapshot, row] == np.asarray(number)[:, None]
    slot = found.argmax(axis=1)
    return {name: values[snapshot, row, slot] for name, values in diary.people.items()}, found.any(axis=1)


def _first_and_last(
    diary: Diary, size: int, snapshot: NDArray[Any], person: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last snapshot of each person; one past the end and -1 where none."""
    first = np.full(size, diary.snapshot_months.size, np.int64)
    last = np.full(size, -1, np.int64)
    np.minimum.at(first, person, snapshot)
    np.maximum.at(last, person, snapshot)
    return first, last


def _appeared(diary: Diary, row: NDArray[Any], first: NDArray[np.int64]) -> NDArray[np.int64]:
    months = np.append(diary.snapshot_months, diary.months)
    before = np.where(first > 0, months[np.maximum(first - 1, 0)], -1)
    founded, taken_in = diary.first[row], _taken_in(diary, row, before)
    came: NDArray[np.int64] = np.where(founded > before, founded, np.minimum(taken_in, months[first]))
    came[first == 0] = founded[first == 0]
    return came


def _taken_in(diary: Diary, row: NDArray[Any], after: NDArray[Any]) -> NDArray[np.int64]:
    """Return the first month after one in which another household merged into each; the end if none."""
    merged = diary.events("merged")
    span = diary.months + 1
    keys = np.sort(merged["other"].astype(np.int64) * span + merged["month"])
    keys = np.append(keys, diary.household_id.size * span)
    found = keys[np.searchsorted(keys, row * span + after, side="right")]
    month: NDArray[np.int64] = np.where(found // span == row, found % span, diary.months)
    return month


def _vanished(diary: Diary, last: NDArray[np.int64]) -> NDArray[np.int64]:
    months = np.append(diary.snapshot_months, diary.months)
    until: NDArray[np.int64] = np.where(
        last == diary.snapshot_months.size - 1, diary.months, months[last + 1]
    )
    until[last < 0] = diary.months
    return until


def _told(
    people: NDArray[np.int64], month: NDArray[np.int64], who: NDArray[np.int64], told: NDArray[Any]
) -> NDArray[np.int64]:
    """Put the months that events tell in the place of those that snapshots suggest."""
    place = np.minimum(np.searchsorted(people, who), max(people.size - 1, 0))
    known = people[place] == who if people.size else np.zeros(0, bool)
    better = month.copy()
    better[place[known]] = told[known]
    return better
