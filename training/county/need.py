"""When a household is truly in need, since when, and from what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.county.ages import MONTHS
from training.county.now import Now
from training.county.state import (
    ACCIDENT,
    DISABILITY,
    DISASTER,
    GRAVE,
    ILLNESS,
    JOB,
    LABOUR,
    LONG_AGO,
    NO_WORK,
    SCHOOLING,
    SENIOR,
    SERIOUS,
    SKILL,
    TERTIARY,
    TRADE,
    State,
)


@dataclass(frozen=True)
class Plight:
    """How a household stands at the end of a month; arrays of shape (households,).

    Parameters
    ----------
    net : ndarray of float64
        Net income a head over twelve months [yuan].
    left : ndarray of float64
        The same after medical, school and repair costs [yuan].
    need : ndarray of bool
        Truly in need.
    sudden : ndarray of bool
        By spending, whatever the income.
    """

    net: NDArray[np.float64]
    left: NDArray[np.float64]
    need: NDArray[np.bool_]
    sudden: NDArray[np.bool_]


def judge(state: State, now: Now) -> Plight:
    """Judge who is in need.

    Notes
    -----
    In need is who has, over twelve months, a net income a head under the line, or spent over a
    given share of it on illness, school and repairs and kept less than the line; and who has no
    savings to live on. Income, spending, difficulty and the ability to cope are judged together
    (page P45 of the county file).
    """
    p = now.p
    people = np.maximum(state.people, 1)
    net = state.net.sum(axis=1) / people
    rigid = (state.medical.sum(axis=1) + state.other_rigid.sum(axis=1)) / people
    left = net - rigid
    copes = state.savings > p.number("need.savings") * now.line * people
    low = net < now.line
    sudden = (
        ~low & (rigid > p.number("need.hardship") * net) & (left < now.line * p.number("need.hardship_line"))
    )
    need = state.alive & (low | sudden) & ~copes
    began = need & (state.need_since == LONG_AGO)
    state.need_since[began] = now.index
    state.need_since[~need] = LONG_AGO
    return Plight(net, left, need, sudden & need)


def causes(state: State, now: Now) -> NDArray[np.int8]:
    """Return the main cause of each household's difficulty.

    Notes
    -----
    Where income falls short, what keeps it low, the gravest first; else what is paid for.
    """
    recent = now.index - MONTHS
    net, medical = state.net.sum(axis=1), state.medical.sum(axis=1)
    low = net < now.line * state.people
    ill = ((state.health == SERIOUS) & state.there).any(axis=1)
    heavy = medical > now.p.number("need.heavy_bills") * np.maximum(net, now.line)
    hurt, struck = state.hurt > recent, state.damaged > recent
    grave = (state.there & (state.disability > 0) & (state.disability <= GRAVE)).any(axis=1)
    school = (state.there & (state.student >= SENIOR) & (state.student <= TERTIARY)).any(axis=1)
    able = state.able(now.index).sum(axis=1)
    other = state.other_rigid.sum(axis=1)
    by_reason = (
        (~low & (medical >= other) & (heavy | ill), ILLNESS),
        (~low & hurt, ACCIDENT),
        (~low & struck, DISASTER),
        (~low & school, SCHOOLING),
        (hurt, ACCIDENT),
        (state.bereaved > recent, LABOUR),
        (grave, DISABILITY),
        (heavy | (ill & (medical > 0)), ILLNESS),
        (able == 0, LABOUR),
        ((state.jobless > recent) | ~((state.work != NO_WORK) & state.there).any(axis=1), JOB),
        (state.people >= now.p.number("need.burden") * able, LABOUR),
        (struck & (state.damage_share > now.p.number("rules.crop_loss")), DISASTER),
        ((state.unsold > recent) & (state.scale > now.line), TRADE),
        (school, SCHOOLING),
    )
    holds, codes = zip(*by_reason, strict=True)
    chosen: NDArray[np.int8] = np.select(holds, codes, default=SKILL).astype(np.int8)
    return chosen
