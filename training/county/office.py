"""How the office finds, enters, helps and lets go: clue, verification, approval, elimination, relapse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.tables.outcomes import MONITORING, VERIFICATIONS
from training.county.need import Plight, causes
from training.county.now import Now
from training.county.state import (
    ELIMINATED,
    EXITED,
    FREE,
    LONG_AGO,
    MONITORED,
    NOT_EXITED,
    ORDINARY,
    PENDING,
    State,
)

UNSTABLE, EDGE, SUDDEN = (
    MONITORING.column("type").code(name) for name in ("unstable_exited", "edge", "sudden_hardship")
)
BY_SELF, BY_VISIT, BY_DEPARTMENT = (
    MONITORING.column("channel").code(name) for name in ("self", "visit", "department")
)
HELPED, NATURAL = (MONITORING.column("way").code(name) for name in ("helped", "natural"))
NEEDS_HELP, MANAGEABLE = (VERIFICATIONS.column("risk").code(name) for name in ("needs_help", "manageable"))

RELAPSE_MONTHS = 12
"""A household whose risk was eliminated is reinstated so long; later it is entered anew."""


def at_risk(state: State, month: int) -> NDArray[np.bool_]:
    """Whom the office could enter: neither monitored nor with an open clue, nor just let go."""
    past = (state.standing == ELIMINATED) & (month - state.eliminated > RELAPSE_MONTHS)
    free: NDArray[np.bool_] = state.alive & ((state.standing == FREE) | past)
    return free


def approve(state: State, now: Now) -> NDArray[np.int64]:
    """Enter those whose clue has come through; return their rows."""
    rows = np.flatnonzero(state.alive & (state.standing == PENDING) & (state.approved_in <= now.index))
    _enter(state, now, rows)
    return rows


def _enter(state: State, now: Now, rows: NDArray[np.int64]) -> None:
    state.standing[rows] = MONITORED
    state.entered[rows] = now.index
    now.note("entry", rows, type=state.kind[rows], cause=state.cause[rows], channel=state.channel[rows])


def hazards(
    state: State, now: Now, plight: Plight
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return each household's chance this month of a clue that holds: by itself, by visit, by department.

    Notes
    -----
    Zero for whoever is not at risk of entry. Alerts of departments count in the month after an event.
    """
    p = now.p
    risk = at_risk(state, now.index) & now.open
    depth = np.clip((now.line - plight.left) / now.line, 0.0, 1.0)
    near = ~plight.need & (plight.left < p.number("office.near") * now.line)
    push = p.number("office.campaign") if now.calendar in (3, 4, 9, 10) else 1.0
    scale = np.where(plight.need, p.number("office.depth") + depth, near * p.number("office.near_factor"))
    if now.year < p.number("office.sudden_from"):
        scale = np.where(plight.sudden, scale * p.number("office.sudden_before"), scale)
    scale = np.where(plight.sudden, scale * p.number("office.sudden_factor"), scale)
    less = np.where(plight.sudden, p.number("office.ordinary_sudden"), p.number("office.ordinary_low"))
    scale = np.where(state.origin == ORDINARY, scale * less, scale)
    scale = np.where(state.allowance > 0, scale * p.number("office.covered"), scale)
    scale = np.where(risk, scale, 0.0) * now.vigour * push
    alert = alerted(state, now)
    by_visit = 1 - np.exp(-p.number("office.visit") * state.diligence * scale)
    by_department = 1 - np.exp(-p.number("office.department") * alert * scale)
    by_self = 1 - np.exp(-p.number("office.self") * scale)
    return by_self, by_visit, by_department


def alerted(state: State, now: Now) -> NDArray[np.float64]:
    """Return how loudly departments have called in the last three months, 0 to 1."""
    recent = now.index - 3
    events = np.maximum.reduce([state.hurt, state.damaged, state.bereaved, state.jobless])
    months = [(now.index - back) % 12 for back in range(3)]
    bills = state.medical[:, months].sum(axis=1) / now.p.number("rules.medical_exited")
    event = now.p.number("office.loud_event") * (events > recent)
    loud: NDArray[np.float64] = np.clip(event + bills, 0.0, 1.0)
    return loud


def look(state: State, now: Now, plight: Plight) -> NDArray[np.float64]:
    """Find some of those in need; let go, and take back.

    Returns
    -------
    ndarray, shape (households,)
        The chance this month of a clue that holds.
    """
    lot, other = now.each("office", len(state)), now.each("office", len(state))
    by_self, by_visit, by_department = hazards(state, now, plight)
    chance = 1 - (1 - by_self) * (1 - by_visit) * (1 - by_department)
    _reject(state, now, plight, other)
    rows = np.flatnonzero(lot < chance)
    share = lot[rows] / chance[rows] * (by_self + by_visit + by_department)[rows]
    channel = np.where(share < by_self[rows], BY_SELF, BY_VISIT)
    channel = np.where(share >= (by_self + by_visit)[rows], BY_DEPARTMENT, channel)
    _open(state, now, plight, rows, channel)
    _eliminate(state, now, plight, 1 - lot)
    _reinstate(state, now, plight, other)
    return chance


def _open(
    state: State, now: Now, plight: Plight, rows: NDArray[np.int64], channel: NDArray[np.int64]
) -> None:
    cause = causes(state, now)
    sudden = plight.sudden[rows] & (now.year >= now.p.number("office.sudden_from"))
    kind = np.where(state.origin[rows] == ORDINARY, EDGE, UNSTABLE)
    state.kind[rows] = np.where(sudden, SUDDEN, kind)
    state.cause[rows] = cause[rows]
    state.channel[rows] = channel
    state.standing[rows] = PENDING
    state.approved_in[rows] = now.review
    now.note("clue", rows, channel=channel, accepted=True, cause=cause[rows])
    now.note("verified", rows, risk=NEEDS_HELP, reached=True)


def _reject(state: State, now: Now, plight: Plight, lot: NDArray[np.float64]) -> None:
    """Clues that do not hold: the household copes, or the alert was nothing."""
    called = at_risk(state, now.index) & now.open & ~plight.need
    chance = now.p.number("office.false_clue") * alerted(state, now)
    rows = np.flatnonzero(called & (lot > 1 - chance))
    now.note("clue", rows, channel=BY_DEPARTMENT, accepted=False, cause=-1)
    now.note("verified", rows, risk=MANAGEABLE, reached=True)
    now.note("rejection", rows)


def begin(state: State, now: Now, plight: Plight) -> None:
    """Enter, in the first month, the edge households, those not yet exited and the weakest exited ones.

    Households that already draw the allowance are held by it and not among the weakest.
    """
    p = now.p
    edge = state.alive & (state.kind == EDGE) & (state.standing == FREE)
    old = state.alive & (state.origin == NOT_EXITED)
    exited = state.alive & (state.origin != ORDINARY) & ~old
    open_to = exited & (state.allowance == 0)
    wanted = round(p.number("office.first_unstable") * int(exited.sum()))
    weakest = np.argsort(np.where(open_to, plight.left, np.inf), kind="stable")[:wanted]
    rows = np.unique(np.concatenate([np.flatnonzero(edge | old), weakest]))
    cause = causes(state, now)
    state.cause[rows] = cause[rows]
    state.kind[rows] = np.where(edge[rows], EDGE, UNSTABLE)
    state.channel[rows] = BY_VISIT
    now.note("clue", rows, channel=BY_VISIT, accepted=True, cause=cause[rows])
    now.note("verified", rows, risk=NEEDS_HELP, reached=True)
    state.standing[rows] = PENDING
    state.approved_in[rows] = now.index + 1


def exit_all(state: State, now: Now) -> None:
    """Let the last registered households leave poverty, in the month in which the county does."""
    year, month = now.p.numbers("office.last_exit")
    if (now.year, now.calendar + 1) == (int(year), int(month)):
        rows = np.flatnonzero(state.alive & (state.origin == NOT_EXITED))
        state.origin[rows] = EXITED
        now.note("exited", rows)


def _eliminate(state: State, now: Now, plight: Plight, lot: NDArray[np.float64]) -> None:
    p = now.p
    held = now.index - state.entered >= p.number("office.least_months")
    firm = ~plight.need & (plight.net > p.number("office.firm") * now.line)
    chance = p.numbers("office.eliminate_months")[now.calendar] * p.number("office.eliminate")
    chance *= p.numbers("office.eliminate_years")[int(np.clip(now.year - 2020, 0, 6))]
    hands = state.able(now.index).any(axis=1)
    chance = np.where(hands, chance, chance * p.number("office.no_hands"))
    rows = np.flatnonzero(state.alive & (state.standing == MONITORED) & held & firm & (lot < chance))
    way = np.where(state.aided[rows] > LONG_AGO, HELPED, NATURAL)
    state.standing[rows] = ELIMINATED
    state.eliminated[rows] = now.index
    now.note("elimination", rows, way=way)


def _reinstate(state: State, now: Now, plight: Plight, lot: NDArray[np.float64]) -> None:
    recent = (state.standing == ELIMINATED) & (now.index - state.eliminated <= RELAPSE_MONTHS)
    back = state.alive & recent & plight.need & (lot < now.p.number("office.relapse_found"))
    rows = np.flatnonzero(back)
    state.standing[rows] = MONITORED
    state.entered[rows] = now.index
    now.note("reinstatement", rows)
