"""Who is visited when: rounds of uneven diligence, more of them to the suspected."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.tables.visits import VISITS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay

HOME, PHONE, MESSAGE = (code(VISITS, "mode", name) for name in ("home", "phone", "message"))
YEAR = 12


@dataclass(frozen=True)
class Rounds:
    """Visits that took place, by household and month; one a month at most.

    Parameters
    ----------
    row, month : ndarray of int
        The household's row and the month of the visit. What is seen is how things stood at the end of
        the month before; the first visit of a household is in its second month.
    since : ndarray of int
        The month that the visit before saw; what happened later is new.
    day, known_on : ndarray of datetime64[D]
    mode : ndarray of int
        Code of ``visits.mode``.
    kept : ndarray of bool
        Whether the visit was ever keyed.
    """

    row: NDArray[np.int64]
    month: NDArray[np.int64]
    since: NDArray[np.int64]
    day: NDArray[np.datetime64]
    known_on: NDArray[np.datetime64]
    mode: NDArray[np.int64]
    kept: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.row.size

    @property
    def seen(self) -> NDArray[np.int64]:
        """The month at whose end things stood as they are seen."""
        return self.month - 1

    def take(self, which: NDArray[Any]) -> Rounds:
        """Return some of the visits."""
        return Rounds(**{part.name: getattr(self, part.name)[which] for part in fields(self)})


def rounds(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Rounds:
    """Return the visits that took place, by household and month."""
    every = int(p.number("records.visits.every"))
    phase = rng.integers(0, every, place.grids.size)[diary.grid]
    month = np.arange(diary.months)[:, None]
    there = (month > diary.first) & (month <= diary.last)
    due = (month + phase) % every == 0
    suspicion = _month_before(diary.monthly["suspicion"])
    slack = p.number("records.visits.uneven") * (1 - place.diligence[diary.grid])
    missed = (p.number("records.visits.missed") + slack) * (1 - suspicion)
    lot = rng.random(there.shape)
    done = there & np.where(due, lot >= missed, lot < p.number("records.visits.extra") * suspicion)
    away = _away(diary, p, rng)
    done &= ~away | (rng.random(there.shape) < p.number("records.visits.reached"))
    return _carried_out(diary, p, rng, np.ascontiguousarray(done.T), away)


def seen_before(diary: Diary, row: NDArray[Any], month: NDArray[Any], every: int) -> NDArray[np.int64]:
    """Return the month that the visit before saw, of visits by household and month.

    Before the first visit of a household it is as if there had been one ``every`` months ago, though
    never before the household was there.
    """
    before: NDArray[np.int64] = np.maximum(month - 1 - every, diary.first[row] - 1)
    again = row[1:] == row[:-1]
    before[1:][again] = month[:-1][again] - 1
    return before


def _month_before(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([values[:1], values[:-1]])


def _away(diary: Diary, p: Parameters, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Whether a family of whom everybody works is away as a whole, by month and household."""
    calendar = ((diary.start + np.arange(diary.months)).astype(np.int64)) % YEAR
    share = p.numbers("records.visits.absent")[calendar][:, None]
    everybody = _month_before(diary.monthly["workers"] >= diary.monthly["people"])
    away: NDArray[np.bool_] = everybody & (rng.random(diary.household_id.size) < share)
    return away


def _carried_out(
    diary: Diary, p: Parameters, rng: np.random.Generator, done: NDArray[Any], away: NDArray[Any]
) -> Rounds:
    row, month = np.nonzero(done)
    lot = rng.random(row.size)
    phone, message = p.number("records.visits.phone"), p.number("records.visits.message")
    mode = np.where(lot < phone, PHONE, np.where(lot < phone + message, MESSAGE, HOME))
    day = day_in_month(diary, month, rng)
    late = delay(p.numbers("records.visits.late.days"), rng, row.size)
    late[rng.random(row.size) >= p.number("records.visits.late.share")] = 0
    return Rounds(
        row=row,
        month=month,
        since=seen_before(diary, row, month, int(p.number("records.visits.every"))),
        day=day,
        known_on=day + late,
        mode=np.where(away[month, row], PHONE, mode),
        kept=rng.random(row.size) >= p.number("records.visits.lost"),
    )
