"""What help is given, as it is keyed: often long after, sooner where a box must be ticked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import SOURCES, Facts
from features.tables.support import SUPPORTS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay, facts, join, member_ids, take
from training.county.records.office import approval_days
from training.county.records.versions import later

LETTER = "S"
PROVIDERS = {
    "industry": "agriculture",
    "jobs": "labour",
    "finance": "bank",
    "health": "medical_insurance",
    "education": "education",
    "housing": "housing",
    "water": "water",
    "social_floor": "civil_affairs",
    "insurance": "county",
    "social": "other",
}
"""Who says so, by area of help."""
MONITORING = code(SUPPORTS, "ground", "monitoring")
SERVICE = code(SUPPORTS, "form", "service")
SOCIAL_FLOOR = code(SUPPORTS, "area_of_help", "social_floor")
LONG = 31
"""Longer than any month is beyond its last day: the helper takes the last one instead."""
_IDS = [source.id for source in SOURCES]
_PROVIDER = np.array([_IDS.index(PROVIDERS[area.id]) for area in SUPPORTS.column("area_of_help").codes])


def supports(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the table ``supports``.

    Notes
    -----
    A payment is over on its day; a measure that was agreed for a time ends before the month in which
    it runs out; an allowance runs on until it is stopped, which a later version of its record tells.
    """
    given = diary.events("support")
    month, row = given["month"], given["row"]
    on_entry = given["ground"] == MONITORING
    start_on = _start(diary, p, rng, month, on_entry)
    until = given["until"].astype(np.int64)
    agreed = np.maximum(day_in_month(diary, until - 1, LONG), start_on)
    lasting = (given["form"] == SERVICE) | (given["area_of_help"] == SOCIAL_FLOOR)
    end_on = np.where(until >= 0, agreed, np.where(lasting, np.datetime64("NaT"), start_on))
    household_id = diary.household_id[row]
    area = given["area_of_help"].astype(np.int64)
    told = facts(
        SUPPORTS,
        place,
        LETTER,
        household_id,
        start_on,
        start_on + _days_late(p, rng, on_entry),
        _PROVIDER[area],
        area_of_help=area,
        form=given["form"],
        ground=given["ground"],
        amount=given["amount"],
        start_on=start_on,
        end_on=end_on,
        member_id=member_ids(household_id, given["number"]),
    )
    return join(told, _stopped(diary, p, rng, told, row * diary.months + month))


def _start(
    diary: Diary, p: Parameters, rng: np.random.Generator, month: NDArray[Any], on_entry: NDArray[np.bool_]
) -> NDArray[np.datetime64]:
    """Return the first day of help: any of the month, but not before the approval where it waits for it."""
    any_day = day_in_month(diary, month, rng)
    approved = approval_days(diary, p, month)
    left = (day_in_month(diary, month, LONG) - approved).astype(np.int64)
    after = approved + np.floor(rng.random(month.size) * (left + 1)).astype(np.int64)
    return np.where(on_entry, after, any_day)


def _days_late(p: Parameters, rng: np.random.Generator, on_entry: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return after how many days a measure is keyed; within the month where the box was ticked in time."""
    rows = on_entry.size
    prompt = delay(p.numbers("records.support.prompt_days"), rng, rows)
    long_after = delay(p.numbers("records.support.after_days"), rng, rows)
    ticked = on_entry & (rng.random(rows) < p.number("records.support.ticked"))
    after = ~ticked & (rng.random(rows) < p.number("records.support.after"))
    within = delay(p.numbers("records.support.ticked_days"), rng, rows)
    return np.where(ticked, within, np.where(after, long_after, prompt))


def _stopped(
    diary: Diary, p: Parameters, rng: np.random.Generator, told: Facts, given_in: NDArray[np.int64]
) -> Facts:
    """Return the versions of allowances that tell their end, paid last in the month of the decision."""
    changes = diary.events("low_income")
    out = changes["entering"] == 0
    stopped_in = np.sort(changes["row"][out] * diary.months + changes["month"][out])
    open_ended = (told["area_of_help"] == SOCIAL_FLOOR) & np.isnat(told["end_on"])
    which = np.flatnonzero(open_ended)
    following = np.searchsorted(stopped_in, given_in[which])
    at_all = following < stopped_in.size
    which, following = which[at_all], following[at_all]
    same = stopped_in[following] // diary.months == given_in[which] // diary.months
    which, month = which[same], stopped_in[following[same]] % diary.months
    end_on = day_in_month(diary, month, LONG)
    known_on = end_on + delay(p.numbers("records.support.prompt_days"), rng, which.size)
    return later(take(told, which), known_on, end_on=end_on)
