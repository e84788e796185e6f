"""Who was at work from when to when, put together from what happened and from the yearly look at people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Diary

NUMBERS = 100
"""Persons of a household are numbered below this."""
LOST, CHANGED, SEEN = 0, 1, 2
"""How a spell ended: the work was lost, other work begun, or somebody was simply found without it."""
OPEN = 1_000_000
"""End of a spell that lasts beyond the told months."""


@dataclass(frozen=True)
class Spells:
    """Spells of work; all arrays of shape (spells,).

    Parameters
    ----------
    person : ndarray of int
        ``row * NUMBERS + number``.
    start, end : ndarray of int
        First month of work and the month after the last one; ``OPEN`` where nothing ended it. A spell
        that was under way when the first month ended, and of whose start nothing is told, starts at -1.
    how : ndarray of int
        How it ended, -1 where it did not.
    form, place, formal : ndarray of int
        Codes of the table ``employments``, -1 unknown.
    wage : ndarray of float64
        Yuan a month.
    until : ndarray of int
        The month in which agreed work ends, -1 without one.
    """

    person: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    how: NDArray[np.int64]
    form: NDArray[np.int64]
    place: NDArray[np.int64]
    formal: NDArray[np.int64]
    wage: NDArray[np.float64]
    until: NDArray[np.int64]

    @property
    def row(self) -> NDArray[np.int64]:
        """Row of the household."""
        return self.person // NUMBERS

    @property
    def number(self) -> NDArray[np.int64]:
        """Number of the person in it."""
        return self.person % NUMBERS


@dataclass(frozen=True)
class _Turns:
    """What tells that somebody is at work or not, by person and time."""

    person: NDArray[np.int64]
    month: NDArray[np.int64]
    start: NDArray[np.int64]
    at_work: NDArray[np.bool_]
    job: NDArray[np.int64]
    how: NDArray[np.int64]


def spells(diary: Diary) -> Spells:
    """Return every spell of work of the told months, by person and start.

    Notes
    -----
    A job, its loss, an accident and a departure are told. Where a yearly look at the people finds
    somebody at work of whom no job was told (it began before the first month, or came along in a
    split or merger), a spell of unknown form is added; where it finds a spell over, it ends there.
    """
    turns = _turns(diary)
    at_work = np.append(turns.at_work, False)
    first = np.ones(turns.person.size, np.bool_)
    first[1:] = turns.person[1:] != turns.person[:-1]
    before = np.where(first, False, at_work[np.arange(turns.person.size) - 1])
    opens = turns.at_work & (~before | (turns.job >= 0))
    kept = np.flatnonzero(opens | (before & ~turns.at_work))
    following = np.append(kept[1:], kept[-1:])
    ended = turns.person[following] == turns.person[kept]
    ended[-1:] = False
    started = opens[kept]
    begin, stop, ended = kept[started], following[started], ended[started]
    row = turns.person[begin] // NUMBERS
    end = np.where(ended, turns.month[stop], OPEN)
    gone = diary.last[row] < diary.months - 1
    end = np.where(gone, np.minimum(end, diary.last[row] + 1), end)
    how = np.where(ended, turns.how[stop], np.where(gone, SEEN, -1))
    return _described(diary, turns, begin, np.maximum(end, turns.start[begin]), how)


def _turns(diary: Diary) -> _Turns:
    job, lost = diary.events("job"), diary.events("jobless")
    hurt, left = diary.events("accident"), diary.events("left")
    seen = _seen(diary)
    parts = [(lost, 0, LOST), (hurt, 0, SEEN), (left, 0, SEEN), (job, 1, CHANGED), (seen, 2, SEEN)]
    sizes = [events["month"].size for events, _, _ in parts]
    person = _joined([events["row"] * NUMBERS + _whole(events["number"]) for events, _, _ in parts])
    month = _joined([events["month"] for events, _, _ in parts])
    start = _joined([events.get("start", events["month"]) for events, _, _ in parts])
    order = np.repeat([rank for _, rank, _ in parts], sizes)
    how = np.repeat([way for _, _, way in parts], sizes)
    ended = np.zeros(sum(sizes[:3]), np.bool_)
    at_work = np.concatenate([ended, np.ones(sizes[3], np.bool_), seen["working"]])
    job_number = np.full(person.size, -1)
    job_number[ended.size : ended.size + sizes[3]] = np.arange(sizes[3])
    by = np.lexsort((order, month, person))
    return _Turns(person[by], month[by], start[by], at_work[by], job_number[by], how[by])


def _seen(diary: Diary) -> dict[str, NDArray[Any]]:
    """Return for everybody at each snapshot whether they were at work, and since when at least."""
    snapshot, row, slot = np.nonzero(diary.people["number"] >= 0)
    month = diary.snapshot_months[snapshot]
    before = diary.snapshot_months[np.maximum(snapshot - 1, 0)]
    new = (snapshot > 0) & (diary.first[row] > before)
    return {
        "row": row,
        "month": month,
        "number": diary.people["number"][snapshot, row, slot],
        "working": diary.people["working"][snapshot, row, slot] > 0,
        "start": np.where(snapshot == 0, -1, np.where(new, diary.first[row], month)),
    }


def _described(
    diary: Diary, turns: _Turns, begin: NDArray[Any], end: NDArray[Any], how: NDArray[Any]
) -> Spells:
    job = diary.events("job")
    told = turns.job[begin] >= 0
    which = np.where(told, turns.job[begin], 0)
    row, month = turns.person[begin] // NUMBERS, turns.month[begin]

    def of(name: str) -> NDArray[Any]:
        values = _whole(job[name])
        return np.where(told, values[which], -1) if values.size else np.full(begin.size, -1)

    workers = np.maximum(diary.monthly["workers"][month, row], 1)
    wage = np.round(diary.monthly["wage"][month, row] / workers, -2)
    if job["wage"].size:
        wage = np.where(told, job["wage"][which], wage)
    return Spells(
        person=turns.person[begin],
        start=turns.start[begin],
        end=end,
        how=how,
        form=of("form"),
        place=of("place"),
        formal=of("formal"),
        wage=wage.astype(np.float64),
        until=of("until"),
    )


def _joined(parts: list[NDArray[Any]]) -> NDArray[np.int64]:
    return np.concatenate([part.astype(np.int64) for part in parts])


def _whole(values: NDArray[Any]) -> NDArray[np.int64]:
    return values.astype(np.int64)
