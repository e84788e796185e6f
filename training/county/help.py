"""What help there is: for all who qualify, and for those the office has entered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.tables.support import SUPPORTS
from training.county.ages import MONTHS
from training.county.need import Plight
from training.county.now import Now
from training.county.state import (
    ACCIDENT,
    DISASTER,
    EXITED,
    HEALTHY,
    ILLNESS,
    NO_WORK,
    NOT_EXITED,
    ORDINARY,
    POST,
    SCHOOLING,
    SERIOUS,
    WORKSHOP,
    State,
)
from training.county.work import take_up

INDUSTRY, JOBS, HEALTH, EDUCATION, SOCIAL_FLOOR, INSURANCE = (
    SUPPORTS.column("area_of_help").code(name)
    for name in ("industry", "jobs", "health", "education", "social_floor", "insurance")
)
JANUARY, APRIL = 0, 3
MONEY, SERVICE = (SUPPORTS.column("form").code(name) for name in ("money", "service"))
GENERAL, MONITORING = (SUPPORTS.column("ground").code(name) for name in ("general", "monitoring"))


def allowance(state: State, now: Now) -> NDArray[np.float64]:
    """Return the minimum living allowance paid this month [yuan]; each January it rises with the line."""
    if now.calendar == JANUARY:
        state.allowance *= _risen(now)
    paid = np.where(state.alive, state.allowance, 0.0)
    state.granted += np.where(state.allowance_since > now.watch, paid, 0.0)
    return paid


def _risen(now: Now) -> float:
    """Return the line of this year over that of the last."""
    lines, first = now.p.numbers("lines.amount"), int(now.p.names("lines.amount")[0])
    this, last = np.clip([now.year - first, now.year - first - 1], 0, lines.size - 1).tolist()
    return float(lines[this] / lines[last])


def help_all(state: State, now: Now, before: Plight) -> NDArray[np.float64]:
    """Give what everybody may get, judged by last month.

    Returns
    -------
    ndarray, shape (households,)
        Transfers [yuan].
    """
    lot = now.each("help", len(state))
    again = now.each("help", len(state))
    early = now.each("early", len(state))
    if not now.helping:
        return np.zeros(len(state))
    p = now.p
    _review_allowance(state, now, before, 1 - lot)
    low = state.alive & (state.allowance == 0) & (before.net < p.number("help.allowance_line") * now.line)
    poor = low & (state.savings < p.number("need.savings") * now.line * state.people)
    rows = np.flatnonzero(poor & (lot < p.number("help.allowance_found")))
    _allow(state, now, rows, before)
    _post(state, now, before, lot)
    paid = _insurance(state, now, again) + _grants(state, now, again) + _early(state, now, before, early)
    state.granted += np.where(now.index > now.watch, paid, 0.0)
    return paid


def help_entered(state: State, now: Now, rows: NDArray[np.int64], before: Plight) -> NDArray[np.float64]:
    """Give those just entered what answers their cause.

    Returns
    -------
    ndarray, shape (households,)
        One-off transfers on monitoring grounds [yuan].
    """
    paid = np.zeros(len(state))
    if not now.helping:
        return paid
    p = now.p
    cause = state.cause[rows]
    ill = rows[((state.health[rows] == SERIOUS) & state.there[rows]).any(axis=1) | (cause == ILLNESS)]
    state.covered_until[ill] = now.index + MONTHS
    _support(now, ill, HEALTH, SERVICE, MONITORING, until=now.index + MONTHS)
    hurt = rows[np.isin(cause, (ILLNESS, ACCIDENT, DISASTER))]
    amount = np.round(p.number("help.payout") * _fold(state, now, hurt), -2)
    paid[hurt] += amount
    _support(now, hurt, INSURANCE, MONEY, MONITORING, amount=amount)
    pupils = rows[cause == SCHOOLING]
    paid[pupils] += p.number("help.schooling")
    _support(now, pupils, EDUCATION, MONEY, MONITORING, amount=p.number("help.schooling"))
    farms = rows[state.scale[rows] > 0]
    grant = np.round(p.number("help.grant") * _fold(state, now, farms), -2)
    paid[farms] += grant
    state.scale[farms] *= 1 + p.number("help.grant_growth")
    _support(now, farms, INDUSTRY, MONEY, MONITORING, amount=grant)
    hands = state.able(now.index) & (state.work == NO_WORK)
    work = rows[hands[rows].any(axis=1)]
    take = state.thrift[work] < p.number("help.jobs_taken")
    _employ(state, now, work[take], hands, MONITORING)
    _allow(state, now, rows[(state.allowance[rows] == 0) & (before.net[rows] < now.line)], before, MONITORING)
    state.aided[rows] = now.index
    state.granted += np.where(now.index > now.watch, paid, 0.0)
    return paid


def _allow(state: State, now: Now, rows: NDArray[np.int64], before: Plight, ground: int = GENERAL) -> None:
    p = now.p
    gap = p.number("help.allowance_tops_to") * now.line - before.net[rows]
    least = p.number("help.allowance_least")
    each = np.clip(gap / 12, least, p.number("help.allowance_most") * now.line / 12)
    state.allowance[rows] = np.round(each * state.people[rows], -1)
    state.allowance_since[rows] = now.index
    now.note("low_income", rows, entering=1, amount=state.allowance[rows])
    _support(now, rows, SOCIAL_FLOOR, MONEY, ground, amount=state.allowance[rows])


def _review_allowance(state: State, now: Now, before: Plight, lot: NDArray[np.float64]) -> None:
    p = now.p
    own = before.net - state.allowance * 12 / np.maximum(state.people, 1)
    better = (state.allowance > 0) & (own > p.number("help.allowance_leaves") * now.line)
    ends = better & (lot < p.number("help.allowance_review"))
    rows = np.flatnonzero(ends & state.alive)
    now.note("low_income", rows, entering=0, amount=state.allowance[rows])
    state.allowance[ends] = 0.0


def _post(state: State, now: Now, before: Plight, lot: NDArray[np.float64]) -> None:
    """Offer posts to exited households near the line that have hands without work."""
    p = now.p
    hands = state.able(now.index) & (state.work == NO_WORK)
    near = state.alive & (state.origin != ORDINARY) & hands.any(axis=1)
    near &= before.left < p.number("help.near") * now.line
    near &= ~((state.work == POST) | (state.work == WORKSHOP)).any(axis=1)
    rows = np.flatnonzero(near & (lot > 1 - p.number("help.post_found")))
    _employ(state, now, rows, hands, GENERAL)


def _employ(state: State, now: Now, rows: NDArray[np.int64], hands: NDArray[np.bool_], ground: int) -> None:
    slot = hands[rows].argmax(axis=1)
    young = state.age(now.index)[rows, slot] < now.p.number("help.workshop_until")
    fit = young & (state.health[rows, slot] == HEALTHY)
    take_up(state, now, (rows, slot), np.where(fit, WORKSHOP, POST).astype(np.int8), months=MONTHS)
    number = state.number[rows, slot]
    _support(now, rows, JOBS, SERVICE, ground, until=now.index + MONTHS, number=number)


def _insurance(state: State, now: Now, lot: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pay part of the year's own medical cost above a sum, once in twelve months."""
    p = now.p
    cost = state.medical.sum(axis=1)
    excess = cost - p.number("help.insured_above")
    due = state.alive & (state.origin != ORDINARY) & (excess > 0) & (now.index - state.paid_out >= MONTHS)
    rows = np.flatnonzero(due & (lot < p.number("help.insured_found")))
    amount = np.round(p.number("help.insured_share") * excess[rows], -1)
    state.paid_out[rows] = now.index
    _support(now, rows, INSURANCE, MONEY, GENERAL, amount=amount)
    paid = np.zeros(len(state))
    paid[rows] = amount
    return paid


def _grants(state: State, now: Now, lot: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give exited households that farm a small grant in spring."""
    p = now.p
    paid = np.zeros(len(state))
    if now.calendar != APRIL:
        return paid
    farms = state.alive & ((state.origin == EXITED) | (state.origin == NOT_EXITED)) & (state.scale > 0)
    rows = np.flatnonzero(farms & (lot > 1 - p.number("help.grant_share")))
    amount = np.round(p.number("help.grant_small") * _fold(state, now, rows), -1)
    _support(now, rows, INDUSTRY, MONEY, GENERAL, amount=amount)
    paid[rows] = amount
    return paid


def _fold(state: State, now: Now, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how much an amount differs from its middle; always the same for a household."""
    least, most = now.p.numbers("help.amounts")
    return np.asarray(least + (most - least) * state.thrift[rows])


def _early(state: State, now: Now, before: Plight, lot: NDArray[np.float64]) -> NDArray[np.float64]:
    """Act on the list: help some of those the office doubts before they are in need.

    Notes
    -----
    In doubt is of whom little is left, whether in need or not. Some with hands without work are given a
    post or a place in a workshop, the others money towards what they lack.
    """
    p = now.p
    chance = p.number("help.early")
    listed = state.alive & (before.left < p.number("need.near") * now.line) & (lot < chance)
    hands = state.able(now.index) & (state.work == NO_WORK)
    work = listed & hands.any(axis=1) & (lot < p.number("help.early_jobs") * chance)
    _employ(state, now, np.flatnonzero(work), hands, GENERAL)
    rows = np.flatnonzero(listed & ~work)
    lacks = (p.number("help.early_tops_to") * now.line - before.left[rows]) * state.people[rows]
    amount = np.round(np.clip(lacks, 0.0, p.number("help.early_most")), -2)
    rows, amount = rows[amount > 0.0], amount[amount > 0.0]
    _support(now, rows, INSURANCE, MONEY, GENERAL, amount=amount)
    paid = np.zeros(len(state))
    paid[rows] = amount
    return paid


def _support(
    now: Now, rows: NDArray[np.int64], area: int, form: int, ground: int, *, amount: object = np.nan,
    until: int = -1, number: object = -1,
) -> None:  # fmt: skip
    now.note(
        "support",
        rows,
        area_of_help=area,
        form=form,
        ground=ground,
        amount=amount,
        until=until,
        number=number,
    )
