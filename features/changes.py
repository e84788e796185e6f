"""What changes in the cells of the panel from one day to the next, as facts become known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.claims import NOWHERE, Claims, claims
from features.contests import Contest
from features.wiring import Shorts, Wiring

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes in a panel: one entry a change, in the order of the days.

    Parameters
    ----------
    step : ndarray of int
        Position of the day among those on which the panel is looked at.
    cell : ndarray of int
    amount : ndarray of float64
        What is added to the cell's value.
    facts : ndarray of int
        What is added to the number of facts behind it.
    standing : Claims
        The claims that count on the first day.
    """

    step: Shorts
    cell: Shorts
    amount: Floats
    facts: Shorts
    standing: Claims

    def apply(self, step: int, values: Floats, present: Shorts) -> None:
        """Let a panel change as of one day: add to its cells, and to the facts behind them."""
        low, high = np.searchsorted(self.step, (step, step + 1))
        np.add.at(values.reshape(-1), self.cell[low:high], self.amount[low:high])
        np.add.at(present.reshape(-1), self.cell[low:high], self.facts[low:high])


_Part = tuple[Shorts, Shorts, Floats, Shorts]
"""Days, cells, amounts and facts of some changes."""

_NOTHING = np.zeros(0, dtype=np.int32)
_NONE = Changes(_NOTHING, _NOTHING, np.zeros(0), _NOTHING, Claims(_NOTHING, _NOTHING, _NOTHING, np.zeros(0)))


def changes(
    chronicle: Chronicle,
    wired: Wiring,
    first_month: int,
    shape: tuple[int, int, int],
    known_by: NDArray[np.datetime64],
) -> Changes:
    """Return what changes in a panel.

    Parameters
    ----------
    chronicle : Chronicle
    wired : Wiring
        Of the panel's channels.
    first_month : int
        The panel's first month since 1970.
    shape : tuple of int
        Channels, months, households.
    known_by : ndarray of datetime64[D], shape (days,)
        The days, in order, at whose end the panel is looked at.
    """
    if not chronicle.told:
        return _NONE
    step, until = chronicle.steps(known_by)
    made = claims(chronicle, wired, first_month, shape[1], step < until)
    owner = chronicle.joined("owner").astype(np.int32)
    cell = (made.channel * shape[1] + made.month) * shape[2] + owner[made.row]
    late = wired.late[made.channel]
    where = np.where(late, cell - made.month * shape[2], cell)  # one place for all months
    meeting, place = _meeting(where, wired.meets[made.channel], int(np.prod(shape)))
    plain = made.month != NOWHERE
    plain[meeting] = False
    alone = np.flatnonzero(plain)
    begins, ends = step[made.row], until[made.row]
    one = np.ones(alone.size, dtype=np.int32)
    later = alone[ends[alone] < known_by.size]
    parts = [
        (begins[alone], cell[alone], made.amount[alone], one),
        (ends[later], cell[later], -made.amount[later], -one[: later.size]),
    ]
    first = alone[begins[alone] == 0]
    if meeting.size:
        met = made.take(meeting)
        contest = Contest(chronicle, wired, met)
        fought, won = _fought(
            met, cell[meeting], place, begins[meeting], ends[meeting], known_by.size, contest
        )
        parts += fought
        first = np.concatenate([first, meeting[won]])
    return Changes(*_in_order(parts, known_by.size), made.take(first))


def _meeting(cell: Shorts, meets: NDArray[np.bool_], cells: int) -> tuple[NDArray[np.intp], Shorts]:
    """Return the claims that share their cell with another against which they stand, and a number of it."""
    rows = np.flatnonzero(meets)
    cell, each = cell[rows], np.arange(rows.size, dtype=np.int32)
    last = np.empty(cells, dtype=np.int32)  # the last claim on each cell, of cells that have one
    last[cell] = each
    lasts = last[cell]
    shared = np.zeros(rows.size, dtype=bool)  # by the last claim
    shared[lasts[lasts != each]] = True
    meeting = shared[lasts]
    number = np.cumsum(shared, dtype=np.int32) - np.int32(1)
    return rows[meeting], number[lasts[meeting]]


def _fought(
    made: Claims, cell: Shorts, place: Shorts, begins: Shorts, ends: Shorts, days: int, contest: Contest
) -> tuple[list[_Part], NDArray[np.intp]]:
    """Follow places on which claims stand against each other through the days; also who wins the first.

    A moment is a day on which anything changes at a place; each claim is held against every moment
    of its place at which it lives, and counts from one that it wins up to the next one.
    """
    first, last = place * (days + 1) + begins, place * (days + 1) + ends
    turns = np.zeros((int(place.max()) + 1) * (days + 1), dtype=bool)
    turns[first] = turns[last] = True
    moments, number = np.flatnonzero(turns), np.cumsum(turns) - 1
    lives = number[last] - number[first]
    claim = np.repeat(np.arange(place.size), lives)
    moment = np.arange(claim.size) + (number[first] - (np.cumsum(lives) - lives))[claim]
    won = contest.winners(made.take(claim), moment)
    won = won[made.month[claim[won]] != NOWHERE]
    claim, moment = claim[won], moment[won]
    step, until = moments[moment] % (days + 1), moments[moment + 1] % (days + 1)
    one = np.ones(claim.size, dtype=np.int32)
    ended = np.flatnonzero(until < days)
    changed = [
        (step, cell[claim], made.amount[claim], one),
        (until[ended], cell[claim[ended]], -made.amount[claim[ended]], -one[ended]),
    ]
    return changed, claim[step == 0]


def _in_order(parts: list[_Part], days: int) -> _Part:
    step, cell, amount, facts = (np.concatenate(of_all) for of_all in zip(*parts, strict=True))
    if days == 1:
        return step, cell, amount, facts
    order = np.argsort(step.astype(np.int16), kind="stable")
    return step[order], cell[order], amount[order], facts[order]
