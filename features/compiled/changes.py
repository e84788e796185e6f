"""What changes in the cells of the panel, compiled: what `features.changes` finds, in a few passes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.claims import NOWHERE
from features.compiled.claims import Floats, Grid, Ints, Made, Shorts, made, rows_of
from features.compiled.compiling import compiled, inlined
from features.contests import Keys
from features.wiring import Wiring

ALONE = -1
"""Place of a claim that meets no other against which it stands."""


class Met(NamedTuple):
    """Claims that stand against each other, place by place; at each by account, person, time and record."""

    claim: Shorts
    bounds: Shorts
    account: Ints
    person: Ints


class Put(NamedTuple):
    """Changes of the households that lie side by side in the order of the days, one lot after another.

    Those of lot and day ``n`` end at ``following[n]``, where those of the next one begin; ``cells`` is how many
    cells a lot has, and ``days`` how many days there are.
    """

    following: Ints
    cell: Shorts
    amount: Floats
    facts: NDArray[np.int8]
    cells: int
    days: int


def changes(chronicle: Chronicle, wired: Wiring, grid: Grid, known_by: NDArray[np.datetime64]) -> Put:
    """Find what changes in the panels of households, as `features.changes.changes` does.

    Parameters
    ----------
    chronicle, wired, known_by
        As there.
    grid : Grid
    """
    lots = -(-chronicle.households.size // grid.lanes)
    counted = _room(np.zeros(lots * known_by.size, np.int64), grid, known_by.size)
    if not chronicle.told:
        return counted
    rows = rows_of(chronicle, wired, known_by)
    claims = made(rows, wired, grid)
    place, places = _places(claims, wired.meets, lots * grid.cells)
    met = _met(claims, Keys(chronicle, wired, claims.row[place != ALONE]), place, places)
    begin, end = rows.begin[claims.row], rows.end[claims.row]
    _change(begin, end, claims, place, met, counted, False)
    put = _room(counted.following, grid, known_by.size)
    _change(begin, end, claims, place, met, put, True)
    return put


def _room(changes: Ints, grid: Grid, days: int) -> Put:
    """Return room for so many changes of each lot and day."""
    total = int(changes.sum())
    following = np.cumsum(changes) - changes
    room = np.empty(total, np.int32), np.empty(total), np.empty(total, np.int8)
    return Put(following, *room, grid.cells, days)


def _met(claims: Made, keys: Keys, place: Shorts, places: int) -> Met:
    claim, bounds = _by_place(place, places)
    row, channel = claims.row[claim], claims.channel[claim]
    account, person = keys.ranked(row, channel), keys.apart(row, channel)
    time, record = keys.late(row, channel, keys.latest, keys.account), keys.record[keys.at[row]]
    _sort(bounds, claim, account, person, time, record)
    return Met(claim, bounds, account, person)


@compiled
def _places(claims: Made, meets: NDArray[np.bool_], cells: int) -> tuple[Shorts, int]:
    """Give a number to each place on which several claims stand against each other.

    Returns
    -------
    place : ndarray of int
        Of each claim, or ``ALONE``.
    places : int
    """
    last = np.empty(cells, np.int32)  # the last claim on each cell, of cells that have one
    place = np.full(claims.row.size, ALONE, np.int32)
    for claim in range(place.size):
        if meets[claims.channel[claim]]:
            last[claims.where[claim]] = claim
    places = 0
    for claim in range(place.size):
        if meets[claims.channel[claim]]:
            other = last[claims.where[claim]]
            if other != claim and place[other] == ALONE:
                place[other] = places
                places += 1
    for claim in range(place.size):
        if meets[claims.channel[claim]]:
            place[claim] = place[last[claims.where[claim]]]
    return place, places


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


def _change(begin: Shorts, end: Shorts, claims: Made, place: Shorts, met: Met, put: Put, fill: bool) -> None:
    """Put down every change that claims make, or only count them by day."""
    _change_alone(begin, end, claims, place, put, fill)
    _change_met(begin[met.claim], end[met.claim], claims, met, put, fill)


@compiled
def _change_alone(begin: Shorts, end: Shorts, claims: Made, place: Shorts, put: Put, fill: bool) -> None:
    """Put down the changes that claims make which meet no other, or only count them."""
    for claim in range(place.size):
        if place[claim] == ALONE and claims.cell[claim] != NOWHERE:
            _put(put, begin[claim], claims.cell[claim], claims.amount[claim], 1, fill)
            if end[claim] < put.days:
                _put(put, end[claim], claims.cell[claim], -claims.amount[claim], -1, fill)


@compiled
def _change_met(begin: Shorts, end: Shorts, claims: Made, met: Met, put: Put, fill: bool) -> None:
    """Put down the changes that claims make which stand against each other, or only count them."""
    counted, counts = np.zeros((2, begin.size), np.bool_)
    for number in range(met.bounds.size - 1):
        low, high = met.bounds[number], met.bounds[number + 1]
        for day in range(put.days):
            if _is_news(begin, end, low, high, day):
                _decide(begin, end, low, high, day, met, counts)
                for at in range(low, high):
                    cell, amount = claims.cell[met.claim[at]], claims.amount[met.claim[at]]
                    if counts[at] != counted[at] and cell != NOWHERE:
                        sign = 1 if counts[at] else -1
                        _put(put, day, cell, sign * amount, sign, fill)
                    counted[at] = counts[at]


@compiled
def _is_news(begin: Shorts, end: Shorts, low: int, high: int, day: int) -> bool:
    """Return whether any of some claims begins or ends on a day."""
    found = False
    for at in range(low, high):
        found = found or day in (begin[at], end[at])
    return found


@compiled
def _decide(
    begin: Shorts, end: Shorts, low: int, high: int, day: int, met: Met, counts: NDArray[np.bool_]
) -> None:
    """Say which claims of a place count on a day: of the first account that has any each person's last."""
    account, later = met.account[low], ALONE
    for at in range(high - 1, low - 1, -1):
        if begin[at] <= day < end[at]:
            account = met.account[at]
    for at in range(high - 1, low - 1, -1):
        lives = begin[at] <= day < end[at] and met.account[at] == account
        counts[at] = lives and (later == ALONE or met.person[later] != met.person[at])
        later = at if lives else later


@inlined
def _put(put: Put, day: int, cell: int, amount: float, facts: int, fill: bool) -> None:
    lot = cell // put.cells
    at = put.following[lot * put.days + day]
    if fill:
        put.cell[at], put.amount[at], put.facts[at] = cell - lot * put.cells, amount, facts
    put.following[lot * put.days + day] = at + 1


@compiled
def apply(values: Floats, present: Shorts, put: Put, lot: int, day: int) -> None:
    """Let the panel of a lot change as of a day."""
    number = lot * put.days + day
    for at in range(put.following[number - 1] if number else 0, put.following[number]):
        values[put.cell[at]] += put.amount[at]
        present[put.cell[at]] += put.facts[at]
