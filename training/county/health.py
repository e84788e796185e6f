"""People fall ill, are treated, get better or are left disabled; accidents; what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from training.county.now import Now
from training.county.rules import (
    ACCIDENT_RULE,
    DISABILITY_RULE,
    MEDICAL_RULE,
    SERIOUS_ILLNESS_RULE,
)
from training.county.state import AWAY, CHRONIC, GRAVE, HEALTHY, NO_WORK, ORDINARY, SERIOUS, State


@dataclass(frozen=True)
class Ailing:
    """What a month of illness came to.

    Parameters
    ----------
    self_paid : ndarray, shape (households,)
        Own share of all bills [yuan].
    mishap : ndarray, shape (households,)
        Paid after an accident [yuan].
    struck : ndarray of bool, shape (households,)
        Somebody fell seriously ill this month.
    """

    self_paid: NDArray[np.float64]
    mishap: NDArray[np.float64]
    struck: NDArray[np.bool_]


def ail(state: State, now: Now) -> Ailing:
    """Let a month of illness pass; the state is changed in place."""
    lot = now.everyone("health", len(state))
    older = np.exp(now.p.number("health.age_slope") * (state.age(now.index) - 40))
    onset = _fall_ill(state, now, lot, older)
    _recover(state, now, 1 - lot)
    self_paid = _hospital(state, now, onset, older)
    mishap = _accident(state, now)
    return Ailing(self_paid, mishap, np.asarray(onset.any(axis=1)))


def _fall_ill(
    state: State, now: Now, lot: NDArray[np.float64], older: NDArray[np.float64]
) -> NDArray[np.bool_]:
    serious = now.monthly("health.serious") * older
    wearing = np.exp(now.p.number("health.chronic_slope") * (state.age(now.index) - 40))
    chronic = serious + now.monthly("health.chronic") * wearing
    onset: NDArray[np.bool_] = state.there & (state.health < SERIOUS) & (lot < serious)
    lasting = state.there & (state.health == HEALTHY) & (lot >= serious) & (lot < chronic)
    state.health[lasting] = CHRONIC
    state.health[onset] = SERIOUS
    state.ill_since[onset] = now.index
    for cases, health in ((onset, SERIOUS), (lasting, CHRONIC)):
        row, slot = np.nonzero(cases)
        now.note("illness", row, number=state.number[row, slot], health=health)
    row, slot = np.nonzero(onset)
    now.note("trigger", row, kind=SERIOUS_ILLNESS_RULE, value=np.nan, number=state.number[row, slot])
    return onset


def _recover(state: State, now: Now, lot: NDArray[np.float64]) -> None:
    p = now.p
    over = (state.health == SERIOUS) & (now.index - state.ill_since >= p.number("health.least_months"))
    better = over & (lot < p.number("health.recovery"))
    state.health[better] = CHRONIC
    row, slot = np.nonzero(better & state.there)
    now.note("illness", row, number=state.number[row, slot], health=CHRONIC)
    chance = now.monthly("health.disability") * np.where(
        state.health == SERIOUS, p.number("health.disability_serious"), 1.0
    )
    disabled = state.there & (state.disability == 0) & (lot < chance)
    grade = np.ceil(4 * np.clip(lot / chance, 0.0, 1.0)).astype(np.int8)
    _disable(state, now, disabled, np.maximum(grade, 1))


def _disable(state: State, now: Now, cases: NDArray[np.bool_], grade: NDArray[np.int8]) -> None:
    state.disability[cases] = grade[cases]
    row, slot = np.nonzero(cases)
    number = state.number[row, slot]
    now.note("disability", row, number=number, grade=grade[row, slot])
    grave = grade[row, slot] <= GRAVE
    now.note("trigger", row[grave], kind=DISABILITY_RULE, value=np.nan, number=number[grave])


def _hospital(
    state: State, now: Now, onset: NDArray[np.bool_], older: NDArray[np.float64]
) -> NDArray[np.float64]:
    p, lot = now.p, now.everyone("bills", len(state))
    healthy, chronic, serious = (
        p.number(f"health.stay_{name}") for name in ("healthy", "chronic", "serious")
    )
    chance = np.array([healthy, chronic, serious])[state.health] * np.where(
        state.health < SERIOUS, older, 1.0
    )
    chance = np.where(onset, 1.0, np.minimum(chance, 0.9))
    row, slot = np.nonzero(state.there & (lot < chance))
    z = ndtri(np.clip(lot[row, slot] / chance[row, slot], 1e-9, 1 - 1e-9))
    first, ill = onset[row, slot], state.health[row, slot] == SERIOUS
    middle = np.where(first, p.number("health.bill_onset"), p.number("health.bill_stay"))
    middle = np.where(ill & ~first, p.number("health.bill_again"), middle)
    spread = np.where(first, p.number("health.bill_onset_spread"), p.number("health.bill_spread"))
    total = np.round(middle * np.exp(spread * z))
    self_paid, in_scope = _own_share(state, now, row, slot, total)
    away = state.work[row, slot] == AWAY
    now.note(
        "hospital", row, number=state.number[row, slot], total=total, reimbursed=total - self_paid,
        self_paid=self_paid, in_scope=in_scope, serious=ill, away=away,
    )  # fmt: skip
    paid: NDArray[np.float64] = np.bincount(row, self_paid, len(state)).astype(np.float64)
    _medical_rule(state, now, paid)
    return paid


def _own_share(
    state: State, now: Now, row: NDArray[np.int64], slot: NDArray[np.int64], total: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return own share after all layers, and the part of it within policy scope [yuan]."""
    p = now.p
    ordinary = state.origin[row] == ORDINARY
    share = np.where(ordinary, p.number("health.share_ordinary"), p.number("health.share_exited"))
    beside = np.where(ordinary, p.number("health.beside_ordinary"), p.number("health.beside_exited"))
    share = np.where(state.insured[row, slot], share, p.number("health.share_uninsured"))
    covered = state.covered_until[row] >= now.index
    ease = np.where(covered, 1 - p.number("help.medical_aid"), 1.0)
    in_scope = np.round(total * share * ease)
    return np.minimum(in_scope + np.round(total * beside * ease), total), in_scope


def _medical_rule(state: State, now: Now, paid: NDArray[np.float64]) -> None:
    """Let the insurance office count the own share of the calendar year."""
    p = now.p
    threshold = np.where(
        state.origin == ORDINARY, p.number("rules.medical_ordinary"), p.number("rules.medical_exited")
    )
    places = [(now.index - back) % 12 for back in range(1, now.calendar + 1)]
    before = state.medical[:, places].sum(axis=1)
    row = np.flatnonzero((before < threshold) & (before + paid >= threshold))
    now.note("trigger", row, kind=MEDICAL_RULE, value=(before + paid)[row], number=-1)


def _accident(state: State, now: Now) -> NDArray[np.float64]:
    p, lot = now.p, now.each("mishap", len(state))
    chance = now.monthly("health.accident")
    able = state.able(now.index)
    row = np.flatnonzero(state.alive & able.any(axis=1) & (lot < chance))
    slot = (able[row] * (1.0 + (state.work[row] != NO_WORK))).argmax(axis=1)
    within = np.clip(lot[row] / chance, 1e-9, 1 - 1e-9)
    amount = np.round(
        p.number("health.accident_cost") * np.exp(p.number("health.accident_spread") * ndtri(within))
    )
    number = state.number[row, slot]
    now.note("accident", row, number=number, amount=amount)
    now.note("trigger", row, kind=ACCIDENT_RULE, value=amount, number=number)
    state.hurt[row] = now.index
    state.work[row, slot] = NO_WORK
    lamed = np.zeros(state.there.shape, np.bool_)
    worst = within > 1 - p.number("health.accident_disables")
    lamed[row[worst], slot[worst]] = True
    _disable(state, now, lamed & (state.disability == 0), np.full(state.there.shape, 2, np.int8))
    return np.bincount(row, amount, len(state)).astype(np.float64)
