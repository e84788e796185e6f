"""What departments push to the office: late, twice for one illness, now and then to the wrong door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import SOURCES, Facts
from features.tables.shocks import WARNINGS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import (
    code,
    day_in_month,
    delay,
    facts,
    join,
    member_ids,
    months_told,
    take,
)
from training.county.records.versions import later

LETTER = "W"
KINDS = tuple(kind.id for kind in WARNINGS.column("kind").codes)
DEPARTMENTS = {
    "medical": "medical_insurance",
    "serious_illness": "health",
    "disability": "disabled_federation",
    "schooling": "education",
    "disaster": "emergency",
    "job_loss": "labour",
    "low_income": "civil_affairs",
    "social_aid": "civil_affairs",
    "housing": "housing",
    "water": "water",
    "accident": "police",
    "debt": "bank",
    "sales": "agriculture",
}
"""Whose rule it is, by kind of warning."""
SECOND = {"medical": "civil_affairs", "serious_illness": "medical_insurance", "disability": "civil_affairs"}
"""Who else pushes the same illness."""
TRUE, FALSE, DUPLICATE, NOT_FOUND = (
    code(WARNINGS, "outcome", name) for name in ("true", "false", "duplicate", "not_found")
)
NOBODY = -1
_IDS = [source.id for source in SOURCES]
_FIRST = np.array([_IDS.index(DEPARTMENTS[kind]) for kind in KINDS])
_SECOND = np.array([_IDS.index(SECOND[kind]) if kind in SECOND else NOBODY for kind in KINDS])
_RULES = np.array([[f"{source}.{kind}" for kind in KINDS] for source in _IDS])


@dataclass(frozen=True)
class _Pushes:
    """Warnings on their way; arrays of shape (pushes,), those of second departments at the end."""

    event: NDArray[np.int64]
    kind: NDArray[np.int64]
    source: NDArray[np.int64]
    second: NDArray[np.bool_]


def warnings(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the table ``warnings``: each push, and what its check found as a later version of it.

    Notes
    -----
    Departments push after the end of the month, some every ten days. The person a push names is not
    always found: it stays without a household that it fits, or goes to a wrong one of the township. A check
    finds it true where the household it was put to is in need and that is noticed.
    """
    set_off = diary.events("trigger")
    pushes = _pushes(set_off, p, rng)
    event = pushes.event
    month, own = set_off["month"][event], set_off["row"][event]
    occurred_on = day_in_month(diary, set_off["month"], rng)[event]
    pushed_on = _pushed(diary, month, occurred_on, p, rng)
    received_on = pushed_on + delay(p.numbers("records.departments.hand_over_days"), rng, event.size)
    row, lost = _matched(diary, own, month, p, rng)
    number = np.where(row == own, set_off["number"][event], NOBODY).astype(np.int64)
    household_id = diary.household_id[row]
    pushed = facts(
        WARNINGS,
        place,
        LETTER,
        household_id,
        occurred_on,
        received_on,
        pushes.source,
        rule=_RULES[pushes.source, pushes.kind],
        kind=pushes.kind,
        value=np.round(set_off["value"][event].astype(np.float64), 2),
        pushed_on=pushed_on,
        received_on=received_on,
        member_id=member_ids(household_id, number),
    )
    again = _again(pushes, received_on, (row == own) & ~lost)
    checked = rng.random(event.size) < p.number("records.departments.checked")
    checked_on = received_on + delay(p.numbers("records.departments.check_days"), rng, event.size)
    outcome = _outcome(diary, row, checked_on, p, rng)
    outcome = np.where(lost, NOT_FOUND, np.where(again, DUPLICATE, outcome))
    return join(pushed, later(take(pushed, checked), checked_on[checked], outcome=outcome[checked]))


def _pushes(set_off: dict[str, NDArray[Any]], p: Parameters, rng: np.random.Generator) -> _Pushes:
    kind = set_off["kind"].astype(np.int64)
    twice = (rng.random(kind.size) < p.number("records.departments.duplicate")) & (_SECOND[kind] != NOBODY)
    repeated = np.flatnonzero(twice)
    event = np.concatenate([np.arange(kind.size), repeated])
    return _Pushes(
        event=event,
        kind=kind[event],
        source=np.concatenate([_FIRST[kind], _SECOND[kind[repeated]]]),
        second=np.arange(event.size) >= kind.size,
    )


def _pushed(
    diary: Diary, month: NDArray[Any], occurred_on: NDArray[Any], p: Parameters, rng: np.random.Generator
) -> NDArray[Any]:
    """Return the day of each push: after the end of the month, sooner where a department pushes often."""
    rows = month.size
    waits = rng.random(rows) < p.number("records.departments.month_end")
    often = rng.random(rows) < p.number("records.departments.ten_day")
    monthly = delay(p.numbers("records.departments.monthly_days"), rng, rows)
    ten_day = delay(p.numbers("records.departments.ten_day_days"), rng, rows)
    month_end = day_in_month(diary, month + 1, 1) - 1
    base = np.where(waits, month_end, occurred_on)
    day: NDArray[Any] = base + np.where(often, ten_day, monthly)
    return day


def _matched(
    diary: Diary,
    own: NDArray[Any],
    month: NDArray[Any],
    p: Parameters,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the household each push is put to, and whether it found none that fits.

    One that is lost stays with the household it names and is told not to be found there.
    """
    failed = rng.random(own.size) < p.number("records.departments.unmatched")
    astray = failed & (rng.random(own.size) < p.number("records.departments.misplaced"))
    other = np.floor(rng.random(own.size) * diary.household_id.size).astype(np.int64)
    there = (diary.first[other] <= month) & (month <= diary.last[other]) & (other != own)
    wrong = astray & there
    return np.where(wrong, other, own), failed & ~wrong


def _again(pushes: _Pushes, received_on: NDArray[Any], matched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of two pushes of one event, both put to its household, came second."""
    second = np.flatnonzero(pushes.second)
    first = pushes.event[second]
    both = matched[second] & matched[first]
    sooner = received_on[second] < received_on[first]
    again = np.zeros(pushes.event.size, np.bool_)
    again[np.where(sooner, first, second)[both]] = True
    return again


def _outcome(
    diary: Diary, row: NDArray[Any], checked_on: NDArray[Any], p: Parameters, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return what the check of each push finds of the household it was put to."""
    month = np.minimum(months_told(diary, checked_on), diary.last[row])
    need = diary.monthly["need"][np.clip(month, 0, diary.months - 1), row] > 0
    lot = rng.random(row.size)
    found, imagined = p.number("records.departments.found"), p.number("records.departments.imagined")
    return np.where(np.where(need, lot < found, lot < imagined), TRUE, FALSE)
