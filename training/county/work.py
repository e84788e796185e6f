"""Earners go away for work, lose it, come home and find it again; what they bring in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.tables.visits import EMPLOYMENTS
from training.county.ages import MONTHS, WORKS_UNTIL
from training.county.now import Now
from training.county.parameters import Parameters
from training.county.rules import JOB_LOSS_RULE
from training.county.state import AWAY, NEAR, NO_WORK, ORDINARY, POST, WORKSHOP, State

EMPLOYEE, PUBLIC_POST, ASSISTANCE_WORKSHOP = (
    EMPLOYMENTS.column("form").code(name) for name in ("employee", "public_post", "workshop")
)
IN_COUNTY, IN_PROVINCE, OUTSIDE = (
    EMPLOYMENTS.column("place").code(name) for name in ("county", "province", "away")
)
Slots = tuple[NDArray[np.int64], ...]
"""Rows and slots of some people."""

SOON = MONTHS // 2
"""Months after work was lost in which it is found again more easily."""

FORM = np.array([-1, EMPLOYEE, EMPLOYEE, ASSISTANCE_WORKSHOP, PUBLIC_POST])
"""Form of work in the ledger, by work in the state."""


def labour(state: State, now: Now, struck: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Let a month of work pass.

    Parameters
    ----------
    state : State
        Changed in place.
    now : Now
    struck : ndarray of bool, shape (households,)
        Where somebody fell seriously ill: one of those away may come home to care.

    Returns
    -------
    ndarray, shape (households,)
        Wages [yuan].
    """
    lot = now.everyone("work", len(state))
    able = state.able(now.index)
    _lose(state, now, lot, able, struck)
    _end_contracts(state, now, lot)
    _find(state, now, 1 - lot, able)
    return wages(state, now, now.everyone("work", len(state)))


def wage_rate(state: State, now: Now) -> NDArray[np.float64]:
    """Return what each person at work earns in a full month [yuan], 0 without work."""
    p = now.p
    base = np.array([0.0, *(p.number(f"work.wage_{w}") for w in ("away", "near", "workshop", "post"))])
    rate = base[state.work] * now.wages * np.where(state.work == POST, 1.0, np.exp(state.skill))
    rate *= np.where(
        (state.origin == ORDINARY)[:, None] & (state.work < POST), p.number("work.ordinary"), 1.0
    )
    return np.where(state.there, rate, 0.0)


def wages(state: State, now: Now, luck: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the wages of each household this month [yuan].

    Notes
    -----
    Who is unsteady is paid less of the year: in part evenly, in part as whole months with and without pay.
    """
    least, added = now.p.numbers("work.months_worked")
    share, lumpy = least + added * state.steady, now.p.number("work.whole_months")
    paid = now.p.numbers("work.season")[now.calendar] * ((1 - lumpy) * share + lumpy * (luck < share))
    season = np.where(state.work >= WORKSHOP, 1.0, paid)
    each = wage_rate(state, now) * season * (1 - now.p.number("work.epidemic_pay") * now.epidemic)
    total: NDArray[np.float64] = each.sum(axis=1) * np.exp(state.fortune)
    return total


def _lose(
    state: State, now: Now, lot: NDArray[np.float64], able: NDArray[np.bool_], struck: NDArray[np.bool_]
) -> None:
    p = now.p
    at_work = state.work != NO_WORK
    chance = np.array([0.0, *(now.monthly(f"work.loss_{w}") for w in ("away", "near", "workshop")), 0.0])
    firm, loose = p.numbers("work.loss_steadiness")
    lose = chance[state.work] * (loose + (firm - loose) * state.steady)
    lose += np.where(state.work == AWAY, p.number("work.epidemic_loss") * now.epidemic, 0.0)
    lose = np.where((state.work == AWAY) & struck[:, None], np.maximum(lose, p.number("work.care")), lose)
    earners = at_work.sum(axis=1)
    gone = at_work & (~able | (lot < lose))
    row, slot = np.nonzero(gone)
    state.work[row, slot] = NO_WORK
    number = state.number[row, slot]
    now.note("jobless", row, number=number)
    lost = np.unique(row)
    state.jobless[lost] = now.index
    sole = (earners[row] == 1) & able[row, slot]
    now.note("trigger", row[sole], kind=JOB_LOSS_RULE, value=np.nan, number=number[sole])


def _end_contracts(state: State, now: Now, lot: NDArray[np.float64]) -> None:
    """Let posts and places in workshops run out on their known day, and renew some."""
    due = (state.work >= WORKSHOP) & (state.until == now.index)
    again = due & (lot < now.p.number("work.renewal")) & now.helping
    take_up(state, now, np.nonzero(again), state.work[again], months=MONTHS)
    row, slot = np.nonzero(due & ~again)
    state.work[row, slot] = NO_WORK
    now.note("jobless", row, number=state.number[row, slot])
    state.jobless[row] = now.index


def _find(state: State, now: Now, lot: NDArray[np.float64], able: NDArray[np.bool_]) -> None:
    p = now.p
    looks = able & (state.work == NO_WORK)
    earning = (state.work != NO_WORK).any(axis=1)
    idle = np.where(earning, p.number("work.reluctant"), p.number("work.pressed"))[:, None]
    keen = np.where(state.steady > p.number("work.stays_home"), 1.0, idle)
    recent = now.index - state.jobless <= SOON
    soon = np.where(recent, p.number("work.find_soon"), 1.0)[:, None]
    chance = p.number("work.find") * fading(p, state.age(now.index)) * keen * soon * (1 - now.epidemic)
    found = looks & (lot < chance)
    near = found & (lot > chance * p.number("work.goes_away"))
    take_up(state, now, np.nonzero(found), np.where(near, NEAR, AWAY)[found])


def fading(p: Parameters, age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how easily people find work by age, 1 while they are young."""
    fades, least = p.numbers("work.find_age")
    return np.asarray(np.clip(1 - (age - fades) / (WORKS_UNTIL - fades), least, 1.0))


def take_up(state: State, now: Now, who: Slots, work: NDArray[np.int8], months: int | None = None) -> None:
    """Put people to work and tell it; posts and workshops run for so many months."""
    state.work[who] = work
    state.until[who] = -1 if months is None else now.index + months
    _tell(state, now, who)


def tell_jobs(state: State, now: Now, told: dict[str, NDArray[Any]]) -> None:
    """Tell the work of those who had it before anybody listened and have it still.

    Parameters
    ----------
    state : State
    now : Now
    told : dict of ndarray
        The jobs told already, by ``row`` and ``number``.
    """
    row, slot = np.nonzero(state.there & (state.work != NO_WORK))
    fresh = set(zip(told["row"].tolist(), told["number"].tolist(), strict=True))
    held = [pair not in fresh for pair in zip(row.tolist(), state.number[row, slot].tolist(), strict=True)]
    _tell(state, now, (row[held], slot[held]))


def _tell(state: State, now: Now, who: Slots) -> None:
    row, slot = who
    work = state.work[row, slot]
    in_province = state.skill[row, slot] < now.p.number("work.in_province")
    where = np.where(work == AWAY, np.where(in_province, IN_PROVINCE, OUTSIDE), IN_COUNTY)
    rate = wage_rate(state, now)[row, slot]
    formal = (state.steady[row, slot] > now.p.number("work.formal_from")) & (work <= NEAR)
    now.note(
        "job", row, number=state.number[row, slot], form=FORM[work], place=where, wage=np.round(rate, -2),
        formal=formal, until=state.until[row, slot],
    )  # fmt: skip
