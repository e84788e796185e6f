"""What facts say about cells of the panel, compiled: the claims of `features.claims` in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.claims import NOWHERE, Cells, classes
from features.compiled.compiling import compiled, inlined
from features.reach import AHEAD
from features.wiring import DUE, DURING, EVER, NO_DATE, SPAN, STATES, Wiring

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]

USUAL = 8
"""Claims of a fact for which there is room at first; where that is too little they are made once more."""

NO_MONTH = -(1 << 40)
"""Month of no date: before all others."""


class Rows(NamedTuple):
    """Facts, one table under another, and their values, one column under another.

    A fact is believed from the day at position ``begin`` until the one at ``end``. Those of a table about the
    households of one lot begin at its entry in ``cut``, by table and lot.
    """

    of_class: Ints
    owner: Ints
    begin: Shorts
    end: Shorts
    occurred: Ints
    ended: Ints
    values: Floats
    place: Ints
    cut: Ints


class Wires(NamedTuple):
    """What of the wiring claims are made by (`features.wiring.Wiring`)."""

    first_of: Ints
    count_of: Ints
    channel: Shorts
    zero: NDArray[np.bool_]
    value: Ints
    begins: Ints
    ends: Ints
    at: Ints
    least: Floats
    scale: Floats
    coded: NDArray[np.bool_]
    equal: Floats
    late: NDArray[np.bool_]


class Grid(NamedTuple):
    """The panel of households that lie side by side in lanes: its first month since 1970, and its shape."""

    first_month: int
    channels: int
    months: int
    lanes: int


class Made(NamedTuple):
    """One entry a claim: its row and channel, and its amount, a whole number.

    Its cell is ``NOWHERE`` where it only takes back; ``where`` is the cell on which it meets others.
    """

    row: Shorts
    channel: Shorts
    cell: Shorts
    where: Shorts
    amount: Floats


class Index(NamedTuple):
    """Where the claims of each fact are: from its entry in ``claim`` on; and the facts of a lot, by ``fact``.

    A fact is believed from the day at position ``begin`` until the one at ``end``. One entry more than there
    are facts, or lots, says where the last one's end.
    """

    begin: Shorts
    end: Shorts
    claim: Ints
    fact: Ints


def rows_of(chronicle: Chronicle, wired: Wiring, known_by: NDArray[np.datetime64], lanes: int) -> Rows:
    """Gather the facts of a chronicle, as believed on some days."""
    cells = Cells(chronicle, wired)
    begin, end = chronicle.steps(known_by)
    occurred = chronicle.column("occurred_on").view(np.int64)
    owner, ended = chronicle.joined("owner"), chronicle.joined("ends")
    edges = np.arange(0, chronicle.households.size + lanes, lanes)
    cut = [
        np.searchsorted(told.owner, edges) + chronicle.first[name] for name, told in chronicle.told.items()
    ]
    values = cells.values, cells.begin
    return Rows(classes(chronicle, wired), owner, begin, end, occurred, ended, *values, np.stack(cut))


def made(rows: Rows, wired: Wiring, grid: Grid) -> tuple[Made, Index]:
    """Make the claims of facts that are believed on any day."""
    wires = Wires(wired.first, wired.count, *(getattr(wired, name) for name in Wires._fields[2:]))
    facts, lots = rows.begin.size + 1, rows.cut.shape[1]
    begin, end = np.empty((2, facts), np.int32)
    index = Index(begin, end, np.empty(facts, np.int64), np.empty(lots, np.int64))
    room = USUAL * rows.begin.size
    while True:
        row, channel, cell, where = (np.empty(room, dtype=np.int32) for _ in range(4))
        claims = Made(row, channel, cell, where, np.empty(room))
        count = _make(rows, wires, grid, claims, index)
        if count <= room:
            some = slice(count)
            return Made(row[some], channel[some], cell[some], where[some], claims.amount[some]), index
        room = count


@compiled
def _make(rows: Rows, wires: Wires, grid: Grid, claims: Made, index: Index) -> int:
    """Make the claims of all rows, as far as there is room for them; return how many they are."""
    count, fact = 0, 0
    for lot in range(rows.cut.shape[1] - 1):
        index.fact[lot] = fact
        for table in range(rows.cut.shape[0]):
            for row in range(rows.cut[table, lot], rows.cut[table, lot + 1]):
                if rows.begin[row] < rows.end[row]:
                    index.begin[fact], index.end[fact] = rows.begin[row], rows.end[row]
                    index.claim[fact] = count
                    count, fact = _claim(rows, wires, grid, claims, row, count), fact + 1
    index.claim[fact] = count
    index.fact[-1] = fact
    return count


@inlined
def _claim(rows: Rows, wires: Wires, grid: Grid, claims: Made, row: int, count: int) -> int:
    """Make the claims of a row behind others, as far as there is room; return how many they are then."""
    lane = rows.owner[row] % grid.lanes
    occurred = _month_of(rows.occurred[row]) - grid.first_month
    ended = _month_of(rows.ended[row]) - grid.first_month
    first_wire = wires.first_of[rows.of_class[row]]
    for wire in range(first_wire, first_wire + wires.count_of[rows.of_class[row]]):
        channel, zero = wires.channel[wire], wires.zero[wire]
        value = rows.values[rows.place[wires.value[channel]] + row]
        amount = _amount(zero, value, wires.least[channel], wires.scale[channel])
        if np.isnan(amount):
            continue
        if wires.coded[channel] and not zero:
            amount = wires.equal[channel, int(min(amount, STATES - 2.0)) + 1]
        at, first, last = wires.at[channel], occurred, occurred
        if at >= DUE:
            begins = _date(rows.values[rows.place[wires.begins[channel]] + row], grid.first_month)
            ends = _date(rows.values[rows.place[wires.ends[channel]] + row], grid.first_month)
            first, last = _span(at, occurred, begins, ends, ended)
        low, high = _within(at, wires.late[channel], first, last, grid.months)
        anywhere = channel * grid.months * grid.lanes + lane
        end = count + max(high - low + 1, 0)
        for claim in range(count, end if end <= claims.row.size else count):
            month = low + claim - count
            cell = anywhere + month * grid.lanes
            claims.row[claim], claims.channel[claim] = row, channel
            claims.cell[claim] = cell if month != NOWHERE else NOWHERE
            claims.where[claim] = anywhere if wires.late[channel] else cell
            claims.amount[claim] = amount
            if at == SPAN and first < last:
                claims.amount[claim] = _share(amount, month - first, last - first + 1)
        count = end
    return count


@compiled
def _amount(zero: bool, value: float, least: float, scale: float) -> float:
    """Return a value in whole units, NaN where it is missing."""
    if zero:
        return 0.0
    return float(np.rint(value * scale)) if value >= least else np.nan


@compiled
def _date(day: float, first_month: int) -> int:
    """Return the month of the panel of a day since 1970, ``NO_MONTH`` where there is none."""
    return _month_of(int(day)) - first_month if day > NO_DATE else NO_MONTH


@compiled
def _span(at: int, occurred: int, begins: int, ends: int, ended: int) -> tuple[int, int]:
    """Return the first and the last month of a span, or twice the one in which something is due."""
    if at == DUE:
        return begins, begins
    first, last = occurred, occurred
    if begins != NO_MONTH:
        first, last = begins, ended if at == DURING else occurred
    if ends != NO_MONTH:
        last = ends
    return first, max(min(last, ended), first)


@compiled
def _within(at: int, late: bool, first: int, last: int, months: int) -> tuple[int, int]:
    """Return the first and the last of some months that a panel has; the last before the first: none."""
    if at == EVER:
        return 0, 0
    if at != DUE:
        return max(first, 0), min(last, months - AHEAD - 1)
    if 0 <= first < months:
        return first, first
    return (NOWHERE, NOWHERE) if late else (0, -1)


@compiled
def _share(amount: float, month: int, months: int) -> float:
    """Return what of a sum falls on one of its months, to the whole unit."""
    whole = int(amount)
    return float(whole * (month + 1) // months - whole * month // months)


@compiled
def _month_of(day: int) -> int:
    """Return the month since 1970 of a day since 1970.

    References
    ----------
    H. Hinnant, chrono-Compatible Low-Level Date Algorithms (2021), civil_from_days.
    """
    shifted = day + 719468
    era = shifted // 146097
    of_era = shifted - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    return (year + era * 400 - 1970) * 12 + (5 * of_year + 2) // 153 + 2
