"""What changes in the cells of the panel, compiled: what `features.changes` finds, in a few passes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.claims import NOWHERE
from features.compiled.claims import Floats, Grid, Index, Ints, Made, Shorts, made, rows_of
from features.compiled.compiling import compiled, inlined
from features.contests import Keys
from features.wiring import Wiring

ALONE = -1
"""Place of a claim that meets no other against which it stands."""
NO_ACCOUNT = -1
"""Account where none counts."""


class Met(NamedTuple):
    """Claims that stand against each other, place by place; at each by account, person, time and record.

    Those of a place begin at its entry in ``bounds``, the places of a lot at its entry in ``first``.
    """

    bounds: Shorts
    first: Ints
    account: Ints
    person: Ints
    begin: Shorts
    end: Shorts
    cell: Shorts
    amount: Floats


class Changes(NamedTuple):
    """What changes in the panels of households that lie side by side: fact by fact, and where claims meet.

    Claims that meet others have no cell of their own.
    """

    told: Index
    cell: Shorts
    amount: Floats
    met: Met


def changes(chronicle: Chronicle, wired: Wiring, grid: Grid, known_by: NDArray[np.datetime64]) -> Changes:
    """Find what changes in the panels of some households, as `features.changes.changes` does."""
    if not chronicle.told:
        return _nothing(-(-chronicle.households.size // grid.lanes))
    rows = rows_of(chronicle, wired, known_by, grid.lanes)
    claims, index = made(rows, wired, grid)
    place, first = _places(claims, index, wired.meets, grid.channels * grid.months * grid.lanes)
    claim, bounds = _by_place(place, first[-1])
    row, channel = claims.row[claim], claims.channel[claim]
    keys = Keys(chronicle, wired, row)
    account, person = keys.ranked(row, channel), keys.apart(row, channel)
    time, record = keys.late(row, channel, keys.latest, keys.account), keys.record[keys.at[row]]
    _sort(bounds, claim, account, person, time, record)
    row, cell = claims.row[claim], claims.cell[claim]
    met = Met(bounds, first, account, person, rows.begin[row], rows.end[row], cell, claims.amount[claim])
    claims.cell[claim] = NOWHERE
    return Changes(index, claims.cell, claims.amount, met)


def _nothing(lots: int) -> Changes:
    """Return no changes of so many lots."""
    short, long, amount = np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0)
    none = np.zeros(lots + 1, np.int64)
    met = Met(np.zeros(1, np.int32), none, long, long, short, short, short, amount)
    return Changes(Index(short, short, np.zeros(1, np.int64), none), short, amount, met)


@compiled
def _places(claims: Made, index: Index, meets: NDArray[np.bool_], cells: int) -> tuple[Shorts, Ints]:
    """Give a number to each place on which several claims stand against each other.

    Returns
    -------
    place : ndarray of int
        Of each claim, or ``ALONE``.
    first : ndarray of int
        The first place of each lot, and how many there are.
    """
    last = np.empty(cells, np.int32)
    place, first = np.full(claims.row.size, ALONE, np.int32), np.zeros(index.fact.size, np.int64)
    for lot in range(first.size - 1):
        low, high = index.claim[index.fact[lot]], index.claim[index.fact[lot + 1]]
        first[lot + 1] = _number(claims, low, high, meets, place, first[lot], last)
    return place, first


@compiled
def _number(
    claims: Made, low: int, high: int, meets: NDArray[np.bool_], place: Shorts, places: int, last: Shorts
) -> int:
    """Give numbers to the places of a lot's claims, after others; return how many they are then.

    Of each cell that has a claim, the last one is noted on the way.
    """
    for claim in range(low, high):
        if meets[claims.channel[claim]]:
            last[claims.where[claim]] = claim
    for claim in range(low, high):
        other = last[claims.where[claim]] if meets[claims.channel[claim]] else claim
        if other != claim and place[other] == ALONE:
            place[other] = places
            places += 1
    for claim in range(low, high):
        if meets[claims.channel[claim]]:
            place[claim] = place[last[claims.where[claim]]]
    return places


@compiled
def _by_place(place: Shorts, places: int) -> tuple[Shorts, Shorts]:
    """Return the claims that have a place, by place, and where those of each begin and end."""
    bounds = np.zeros(places + 1, np.int32)
    for number in place:
        if number != ALONE:
            bounds[number + 1] += 1
    for number in range(places):
        bounds[number + 1] += bounds[number]
    following, found = bounds[:places].copy(), np.empty(bounds[places], np.int32)
    for claim in range(place.size):
        if place[claim] != ALONE:
            found[following[place[claim]]] = claim
            following[place[claim]] += 1
    return found, bounds


@compiled
def _sort(
    bounds: Shorts, claim: Shorts, account: Ints, person: Ints, time: Ints, record: NDArray[np.uint64]
) -> None:
    """Sort the claims of each place, and their keys, by their keys."""
    for number in range(bounds.size - 1):
        for end in range(bounds[number] + 1, bounds[number + 1]):
            one, key = claim[end], (account[end], person[end], time[end], record[end])
            at = end
            while at > bounds[number] and key < (
                account[at - 1],
                person[at - 1],
                time[at - 1],
                record[at - 1],
            ):
                claim[at], account[at], person[at] = claim[at - 1], account[at - 1], person[at - 1]
                time[at], record[at] = time[at - 1], record[at - 1]
                at -= 1
            claim[at] = one
            account[at], person[at], time[at], record[at] = key


@compiled
def begin(values: Floats, present: Shorts, changed: Changes, lot: int, day: int) -> None:
    """Let the empty panel of a lot hold what counts on a day."""
    told, met = changed.told, changed.met
    for fact in range(told.fact[lot], told.fact[lot + 1]):
        if told.begin[fact] <= day < told.end[fact]:
            for claim in range(told.claim[fact], told.claim[fact + 1]):
                _add(values, present, changed.cell[claim], changed.amount[claim], 1)
    for place in range(met.first[lot], met.first[lot + 1]):
        _decide(values, present, met, met.bounds[place], met.bounds[place + 1], day, 1)


@compiled
def go_on(values: Floats, present: Shorts, changed: Changes, lot: int, day: int) -> None:
    """Let the panel of a lot go on to a day from the one before: facts begin to count, or no longer do."""
    told, met = changed.told, changed.met
    for fact in range(told.fact[lot], told.fact[lot + 1]):
        begins, ends = told.begin[fact] == day, told.end[fact] == day
        if begins | ends:
            sign = 1 if begins else -1
            for claim in range(told.claim[fact], told.claim[fact + 1]):
                _add(values, present, changed.cell[claim], changed.amount[claim], sign)
    for place in range(met.first[lot], met.first[lot + 1]):
        low, high = met.bounds[place], met.bounds[place + 1]
        if _is_news(met, low, high, day):
            _decide(values, present, met, low, high, day - 1, -1)
            _decide(values, present, met, low, high, day, 1)


@inlined
def _add(values: Floats, present: Shorts, cell: int, amount: float, sign: int) -> None:
    if cell != NOWHERE:
        values[cell] += sign * amount
        present[cell] += sign


@inlined
def _is_news(met: Met, low: int, high: int, day: int) -> bool:
    """Return whether any of some claims begins or ends on a day."""
    found = False
    for at in range(low, high):
        found |= (met.begin[at] == day) | (met.end[at] == day)
    return found


@compiled
def _decide(values: Floats, present: Shorts, met: Met, low: int, high: int, day: int, sign: int) -> None:
    """Add, or take back, what counts on a day: of the first account that has any claim each person's last."""
    account, later = NO_ACCOUNT, ALONE
    for at in range(high - 1, low - 1, -1):
        if met.begin[at] <= day < met.end[at]:
            account = met.account[at]
    for at in range(high - 1, low - 1, -1):
        if met.begin[at] <= day < met.end[at] and met.account[at] == account:
            if later == ALONE or met.person[later] != met.person[at]:
                _add(values, present, met.cell[at], met.amount[at], sign)
            later = at
