"""What comes in and goes out in a month, and what a year of it amounts to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.tables.money import LOANS
from training.county.ages import PENSION_FROM
from training.county.now import Now
from training.county.state import EXITED, NO_WORK, State

SMALL_CREDIT = LOANS.column("kind").code("small_credit")
PRIVATE = LOANS.column("kind").code("private")
SPRING, DECEMBER = (3, 4, 5, 6), 11


@dataclass
class Purse:
    """One month's money of each household [yuan]; arrays of shape (households,).

    ``rents`` are income from property; ``transfer`` holds all transfers; ``low_income``, ``pension``
    and ``aid`` are parts of it.
    """

    wage: NDArray[np.float64]
    operating: NDArray[np.float64]
    cost: NDArray[np.float64]
    rents: NDArray[np.float64]
    transfer: NDArray[np.float64]
    low_income: NDArray[np.float64]
    pension: NDArray[np.float64]
    aid: NDArray[np.float64]
    medical: NDArray[np.float64]
    education: NDArray[np.float64]
    loss: NDArray[np.float64]

    @property
    def net(self) -> NDArray[np.float64]:
        """Net income of the month."""
        return self.wage + self.operating + self.rents + self.transfer - self.cost

    @property
    def gross(self) -> NDArray[np.float64]:
        """Gross income of the month."""
        return self.wage + self.operating + self.rents + self.transfer


def usual_transfers(state: State, now: Now) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pensions and other transfers that come without asking [yuan]."""
    p = now.p
    old = (state.there & (state.age(now.index) >= PENSION_FROM)).sum(axis=1)
    pension = np.round(old * p.number("money.pension") * now.wages)
    farming = np.where(
        now.calendar in SPRING, state.field * p.number("money.farm_subsidy") / len(SPRING), 0.0
    )
    kin = state.people * p.number("money.kin") / 12 * now.wages * np.exp(state.fortune)
    alone = ~((state.work != NO_WORK) & state.there).any(axis=1)
    sent = np.where(alone, old * p.number("money.kin_elders") / 12 * now.wages, 0.0)
    return pension, np.round(farming + kin + sent)


def dividends(state: State, now: Now) -> NDArray[np.float64]:
    """Return rents and dividends, paid in December [yuan]."""
    if now.calendar != DECEMBER:
        return np.zeros(len(state))
    least, most = now.p.numbers("money.property_between")
    each = now.p.number("money.property") * (least + (most - least) * state.thrift)
    return np.asarray(np.round(state.people * each * now.yields))


def drift(state: State, now: Now) -> None:
    """Let the lasting part of a household's luck wander."""
    step = now.p.number("money.lasting_shock") / np.sqrt(12)
    state.fortune += step * now.normal("money", len(state)) - now.p.number("money.pull") / 12 * state.fortune


def settle(state: State, now: Now, purse: Purse) -> None:
    """Book the month into the last twelve, and into savings and loans."""
    place = now.index % 12
    state.net[:, place] = purse.net
    state.gross[:, place] = purse.gross
    state.medical[:, place] = purse.medical
    state.other_rigid[:, place] = purse.education + purse.loss
    usual = np.maximum(state.net.sum(axis=1), 0.0) / 12
    floor = now.p.number("money.floor") * now.line / 12 * state.people
    easy = 1 + now.p.number("money.thrift") * (1 - 2 * state.thrift)
    eaten = np.maximum(now.p.number("money.eaten") * easy * usual, floor)
    state.savings += purse.net - eaten - purse.medical - purse.education - purse.loss
    most = now.p.number("money.most_debt") * now.line * state.people
    state.savings[...] = np.maximum(state.savings, -most)
    _borrow(state, now)


def _borrow(state: State, now: Now) -> None:
    p, lot = now.p, now.each("money", len(state))
    repays = state.loan_due == now.index
    now.note("repaid", np.flatnonzero(repays & (state.savings > 0)), loan_month=now.index - LOAN_MONTHS)
    farms = state.alive & (state.origin == EXITED) & (state.scale > 0)
    idle = state.loan_due < now.index
    wants = farms & idle & (lot < now.monthly("money.small_credit"))
    row = np.flatnonzero(wants)
    amount = np.minimum(50_000, np.round(state.scale[row] * 2 + 10_000, -4))
    now.note("loan", row, kind=SMALL_CREDIT, amount=amount, due=now.index + LOAN_MONTHS)
    needs = state.alive & idle & ~wants & (state.savings < -p.number("money.borrows") * now.line)
    row = np.flatnonzero(needs)
    now.note("loan", row, kind=PRIVATE, amount=np.round(-state.savings[row], -3), due=now.index + LOAN_MONTHS)
    state.loan_due[wants | needs] = now.index + LOAN_MONTHS


LOAN_MONTHS = 36
"""Small credit runs for three years at most (page G6 of the county file)."""
