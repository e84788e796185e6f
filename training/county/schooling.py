"""Children go to school, go on or leave; what that costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.county.ages import SENIOR_AT, TERTIARY_AT, grade_at, stage_at
from training.county.now import Now
from training.county.rules import SCHOOLING_RULE
from training.county.state import (
    DROPOUT,
    JUNIOR,
    KINDERGARTEN,
    NOT_STUDENT,
    ORDINARY,
    PRIMARY,
    SENIOR,
    SERIOUS,
    TERTIARY,
    State,
)

SEPTEMBER, MARCH = 8, 2
DONE_PRIMARY, DONE_JUNIOR, DONE_SENIOR, DONE_TERTIARY = 2, 3, 5, 8
"""Codes of ``members.schooling``."""


def study(state: State, now: Now) -> NDArray[np.float64]:
    """Let the school year begin in September, and pay in September and March.

    Returns
    -------
    ndarray, shape (households,)
        Own cost of schooling this month [yuan].
    """
    if now.calendar == SEPTEMBER:
        _go_on(state, now)
    return _pay(state, now)


def _go_on(state: State, now: Now) -> None:
    p, lot = now.p, now.everyone("school", len(state))
    years = np.floor(state.age(now.index)).astype(np.int64)
    before = state.student.copy()
    strained = ((state.health == SERIOUS) & state.there).any(axis=1) | (state.need_since > now.index - 12)
    ease = np.where(strained, p.number("schooling.strain"), 1.0)[:, None]
    usual = stage_at(years)
    stage = np.where(usual <= JUNIOR, usual, NOT_STUDENT)
    leaves = np.where(strained, p.number("schooling.dropout_strained"), p.number("schooling.dropout"))[
        :, None
    ]
    stage[((stage == PRIMARY) | (stage == JUNIOR)) & ((lot > 1 - leaves) | (before == DROPOUT))] = DROPOUT
    stage[(years == SENIOR_AT) & (before == JUNIOR) & (lot < p.number("schooling.senior") * ease)] = SENIOR
    stays = lot < 1 - p.number("schooling.senior_leaves") / ease
    stage[(usual == SENIOR) & (before == SENIOR) & stays] = SENIOR
    stage[(years >= TERTIARY_AT) & (before == SENIOR) & (lot < p.number("schooling.tertiary") * ease)] = (
        TERTIARY
    )
    stage[(usual == TERTIARY) & (before == TERTIARY) & stays] = TERTIARY
    stage[~state.there] = NOT_STUDENT
    done = state.schooling
    done[state.there & (before == PRIMARY) & (stage != PRIMARY)] = DONE_PRIMARY
    done[state.there & (before == JUNIOR) & (stage != JUNIOR)] = DONE_JUNIOR
    done[state.there & (before == SENIOR) & (stage != SENIOR)] = DONE_SENIOR
    done[state.there & (before == TERTIARY) & (stage != TERTIARY)] = DONE_TERTIARY
    state.grade[...] = grade_at(years, stage)
    state.student[...] = stage
    row, slot = np.nonzero(state.there & (stage != before))
    now.note(
        "student", row, number=state.number[row, slot], stage=stage[row, slot], grade=state.grade[row, slot]
    )
    out = stage[row, slot] == DROPOUT
    now.note("trigger", row[out], kind=SCHOOLING_RULE, value=np.nan, number=state.number[row, slot][out])


def _pay(state: State, now: Now) -> NDArray[np.float64]:
    if now.calendar not in (SEPTEMBER, MARCH):
        return np.zeros(len(state))
    p = now.p
    part = p.number("schooling.autumn") if now.calendar == SEPTEMBER else 1 - p.number("schooling.autumn")
    yearly = np.zeros(state.student.shape)
    yearly[state.student == KINDERGARTEN] = p.number("schooling.cost_kindergarten")
    yearly[state.student == SENIOR] = p.number("schooling.cost_senior")
    yearly[state.student == TERTIARY] = p.number("schooling.cost_tertiary")
    yearly *= np.where(state.origin == ORDINARY, 1.0, 1 - p.number("schooling.aid_exited"))[:, None]
    dear = np.exp(p.number("schooling.cost_spread") * (2 * state.steady - 1))
    cost = np.where(state.there, yearly * dear, 0.0) * part
    row, slot = np.nonzero(cost)
    now.note("education", row, number=state.number[row, slot], amount=cost[row, slot])
    if now.calendar == SEPTEMBER:
        much = cost[row, slot] / part > p.number("rules.schooling")
        value = (cost[row, slot] / part)[much]
        now.note("trigger", row[much], kind=SCHOOLING_RULE, value=value, number=state.number[row, slot][much])
    total: NDArray[np.float64] = cost.sum(axis=1)
    return total
