"""What a diary keeps of each month, and of the people once a year."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.ages import PENSION_FROM, WORKS_FROM
from training.county.diary import Diary
from training.county.month import Month
from training.county.need import causes
from training.county.now import Now
from training.county.office import alerted
from training.county.state import HEALTHY, NO_WORK, State

SEPTEMBER = 8
MONEY = (
    "wage", "operating", "cost", "transfer", "low_income", "pension", "aid", "medical", "education",
    "loss",
)  # fmt: skip
PEOPLE = (
    "number", "birth", "woman", "relation", "schooling", "student", "grade", "health", "disability",
    "insured",
)  # fmt: skip
LATELY = 3
"""Months for which trouble with sales or damage is to be seen."""


def write_month(diary: Diary, state: State, now: Now, month: Month) -> None:
    """Keep a month."""
    kept = {name: getattr(month.purse, name).astype(np.float32) for name in MONEY}
    kept |= {"property": month.purse.rents.astype(np.float32)} | _standing(state, now, month)
    for name, values in kept.items():
        if name not in diary.monthly:
            diary.monthly[name] = np.zeros((diary.months, len(state)), values.dtype)
        diary.monthly[name][now.index] = values
    diary.first[state.alive & (diary.first > now.index)] = now.index


def write_people(diary: Diary, state: State, index: int) -> None:
    """Keep the people as they are at the end of a month."""
    shown = {name: getattr(state, name) for name in PEOPLE}
    shown["labour"] = _labour(state, index)
    shown["pensioner"] = state.there & (state.age(index) >= PENSION_FROM)
    shown["working"] = state.there & (state.work != NO_WORK)
    for name, values in shown.items():
        before = diary.people.get(name, np.zeros((0, *values.shape), values.dtype))
        diary.people[name] = np.concatenate([before, values[None]])
    diary.snapshot_months = np.append(diary.snapshot_months, index)


def _standing(state: State, now: Now, month: Month) -> dict[str, NDArray[Any]]:
    p, plight = now.p, month.plight
    unsold = (now.price < 1 - p.number("rules.price_fall")) | (now.index - state.unsold < LATELY)
    near, heard = p.numbers("office.suspicion")
    doubt = near * np.clip(p.number("need.near") - plight.left / now.line, 0.0, 1.0)
    return {
        "people": state.people.astype(np.int8),
        "workers": ((state.work != NO_WORK) & state.there).sum(axis=1).astype(np.int8),
        "net_12m": plight.net.astype(np.float32),
        "line": np.full(len(state), now.line, np.float32),
        "need": plight.need.copy(),
        "cause": np.where(plight.need, causes(state, now), -1).astype(np.int8),
        "sales_trouble": (state.scale > 0) & unsold,
        "damage": now.index - state.damaged < LATELY,
        "monitored": state.standing.copy(),
        "savings": state.savings.astype(np.float32),
        "house_grade": state.house.copy(),
        "water_ok": state.water.copy(),
        "suspicion": np.clip(doubt + heard * alerted(state, now), 0.0, 1.0).astype(np.float32),
    }


def _labour(state: State, index: int) -> NDArray[np.int8]:
    """Return codes of ``members.labour``: skilled, ordinary, weak, lost, none."""
    able, old = state.able(index), state.age(index) >= PENSION_FROM
    weak = able & ((state.health > HEALTHY) | old | (state.disability > 0))
    lost = state.there & ~able & (state.age(index) >= WORKS_FROM)
    skilled = able & ~weak & (state.schooling > SECONDARY)
    return np.select([skilled, able & ~weak, weak, lost], [0, 1, 2, 3], default=4).astype(np.int8)


SECONDARY = 4
"""Codes of ``members.schooling`` above it have finished senior secondary or more."""
