"""One month of many households: the order in which things happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.county.health import ail
from training.county.help import allowance, help_all, help_entered
from training.county.land import farm
from training.county.money import Purse, dividends, drift, settle, usual_transfers
from training.county.need import Plight, judge
from training.county.now import Now
from training.county.office import approve, begin, exit_all, look
from training.county.people import live
from training.county.schooling import study
from training.county.state import State
from training.county.work import labour


@dataclass(frozen=True)
class Month:
    """What a month came to.

    Parameters
    ----------
    purse : Purse
    plight : Plight
        At its end.
    chance : ndarray, shape (households,)
        The chance, given the life up to now, that a clue of this month leads to entry.
    """

    purse: Purse
    plight: Plight
    chance: NDArray[np.float64]


def pass_month(state: State, now: Now, spare: NDArray[np.int64] | None = None) -> Month:
    """Let a month pass; the state is changed in place.

    People first, then illness, work and land, then money and help, and the office at the end: an
    ill earner loses the wage and pays the bill in the same month.
    """
    before = judge(state, now)
    live(state, now, spare)
    drift(state, now)
    education = study(state, now)
    ailing = ail(state, now)
    wage = np.round(labour(state, now, ailing.struck))
    farmed = farm(state, now)
    aid = help_entered(state, now, approve(state, now), before)
    pension, usual = usual_transfers(state, now)
    low_income = allowance(state, now)
    general = help_all(state, now, before)
    purse = Purse(
        wage=wage,
        operating=farmed.gross,
        cost=farmed.cost,
        rents=dividends(state, now),
        transfer=pension + usual + low_income + general + aid,
        low_income=low_income,
        pension=pension,
        aid=aid,
        medical=ailing.self_paid,
        education=education,
        loss=farmed.repair + ailing.mishap,
    )
    settle(state, now, purse)
    plight = judge(state, now)
    if now.campaign:
        begin(state, now, plight)
    exit_all(state, now)
    return Month(purse, plight, look(state, now, plight))
