"""What facts say about cells of the panel: a channel, a month, a whole number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.conditions import states
from features.history import NEVER
from features.reach import AHEAD
from features.wiring import DUE, DURING, EVER, NO_DATE, SPAN, STATES, Shorts, Wiring

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ALWAYS = int(NEVER.astype("datetime64[M]").astype(np.int64))
"""Month in which a spell ends of which no end is told."""


NOWHERE = -1
"""Month of what is due on no day, or on one that the panel does not reach."""


@dataclass(frozen=True, slots=True)
class Claims:
    """One entry a claim: what one fact says about one cell.

    Parameters
    ----------
    row : ndarray of int
        Row of the chronicle.
    channel : ndarray of int
    month : ndarray of int
        Row of the panel; 0 of a channel without months, ``NOWHERE`` of what only takes back.
    amount : ndarray of float64
        A whole number.
    """

    row: Shorts
    channel: Shorts
    month: Shorts
    amount: Floats

    def take(self, some: NDArray[np.intp]) -> Claims:
        """Return some of the claims."""
        return Claims(self.row[some], self.channel[some], self.month[some], self.amount[some])


class Cells:
    """The values of a chronicle that channels read, one column under another.

    Parameters
    ----------
    chronicle : Chronicle
    wired : Wiring

    Attributes
    ----------
    values : ndarray of float64
    begin : ndarray of int
        By place in the wiring: what is added to a row of the chronicle to find its value.
    """

    def __init__(self, chronicle: Chronicle, wired: Wiring) -> None:
        columns: list[NDArray[Any]] = []
        begin: list[int] = []
        height = 0
        for name, table in wired.tables.items():
            told = chronicle.told.get(name)
            first = chronicle.first.get(name, 0)
            for column in table.values:
                begin.append(height - first)
                if told is not None:
                    columns.append(_plain(told.of(column)) if column else np.ones(told.row.size))
                    height += told.row.size
        self.values = np.concatenate(columns, dtype=np.float64, casting="unsafe") if columns else np.zeros(0)
        self.begin = np.array(begin, dtype=np.int64)

    def read(self, place: Ints, row: Shorts) -> Floats:
        """Return values by their places in the wiring and rows of the chronicle."""
        values: Floats = self.values[self.begin[place] + row]
        return values


def claims(
    chronicle: Chronicle, wired: Wiring, first_month: int, months: int, live: NDArray[np.bool_]
) -> Claims:
    """Return what the facts of a chronicle say about a panel.

    Parameters
    ----------
    chronicle : Chronicle
    wired : Wiring
        Of the panel's channels.
    first_month, months : int
        The panel's first month since 1970, and how many it has, those ahead of the last day among
        them. Claims outside are left out, but where a later fact takes back what was due.
    live : ndarray of bool
        Which rows of the chronicle are read.
    """
    row, channel, zero = _read(chronicle, wired, live)
    cells = Cells(chronicle, wired)
    value = cells.read(wired.value[channel], row)
    there = zero | (value >= wired.least[channel])
    if not there.all():
        row, channel, zero, value = row[there], channel[there], zero[there], value[there]
    amount = np.rint(value * wired.scale[channel])
    coded = np.flatnonzero(wired.coded[channel])
    state = np.minimum(value[coded], STATES - 2).astype(np.int64) + 1
    amount[coded] = wired.equal[channel[coded], state]
    amount[zero] = 0.0
    month = (_month(chronicle.column("occurred_on")) - first_month).astype(np.int32)[row]
    return _placed(chronicle, Claims(row, channel, month, amount), cells, wired, first_month, months)


def _read(
    chronicle: Chronicle, wired: Wiring, live: NDArray[np.bool_]
) -> tuple[Shorts, Shorts, NDArray[np.bool_]]:
    """Return row and channel of every reading of a row, and whether 0 is held instead of the value."""
    of_row = classes(chronicle, wired)
    row, within = _counted_out(np.where(live, wired.count[of_row], 0), wired.first[of_row])
    return row, wired.channel[within], wired.zero[within]


def classes(chronicle: Chronicle, wired: Wiring) -> Ints:
    """Return the class of every row of a chronicle."""
    found = []
    for name, told in chronicle.told.items():
        table = wired.tables[name]
        of_row = np.full(told.row.size, table.first_class)
        for column, gives in table.conditions:
            of_row += gives[states(told.declared.column(column), told.of(column))]
        found.append(of_row)
    return np.concatenate(found)


def _counted_out(count: Ints, first: Ints) -> tuple[Shorts, Shorts]:
    """Repeat positions so often each, and count on from the first number of each."""
    one = np.repeat(np.arange(count.size, dtype=np.int32), count)
    shift = (first - (np.cumsum(count) - count)).astype(np.int32)
    return one, np.arange(one.size, dtype=np.int32) + shift[one]


def _placed(
    chronicle: Chronicle, made: Claims, cells: Cells, wired: Wiring, first_month: int, months: int
) -> Claims:
    """Put claims into the months where their channels lie."""
    at = wired.at[made.channel]
    made.month[at == EVER] = 0
    due = np.flatnonzero(at == DUE)
    most = np.full(at.size, months - AHEAD, dtype=np.int32)
    if due.size:
        day = cells.read(wired.begins[made.channel[due]], made.row[due])
        month = np.where(day > NO_DATE, _month_of(day) - first_month, NOWHERE)
        made.month[due] = np.where((month >= 0) & (month < months), month, NOWHERE)
        most[due] = months
    long = at >= SPAN
    plain = np.flatnonzero(((made.month >= 0) & (made.month < most) | wired.late[made.channel]) & ~long)
    if not long.any():
        return made.take(plain)
    spread = _spread(chronicle, made.take(np.flatnonzero(long)), cells, wired, first_month, months - AHEAD)
    return Claims(*(_both(getattr(made, name), plain, getattr(spread, name)) for name in Claims.__slots__))


def _both(values: NDArray[Any], some: NDArray[np.intp], others: NDArray[Any]) -> NDArray[Any]:
    """Return some of the values and, behind them, others, copied once."""
    both = np.empty(some.size + others.size, dtype=values.dtype)
    np.take(values, some, out=both[: some.size], mode="clip")
    both[some.size :] = others
    return both


def _spread(
    chronicle: Chronicle, made: Claims, cells: Cells, wired: Wiring, first_month: int, months: int
) -> Claims:
    """Put claims into every month of their span; those of a sum share it, to the whole unit."""
    at = wired.at[made.channel]
    start = cells.read(wired.begins[made.channel], made.row)
    end = cells.read(wired.ends[made.channel], made.row)
    open_end = np.where(at == DURING, ALWAYS - first_month, made.month)
    first = np.where(start > NO_DATE, _month_of(start) - first_month, made.month)
    last = np.where(start > NO_DATE, open_end, made.month)
    last = np.where(end > NO_DATE, _month_of(end) - first_month, last)
    ended = _month(chronicle.joined("ends")[made.row].astype("datetime64[D]")) - first_month
    last = np.maximum(np.minimum(last, ended), first)
    low, high = np.maximum(first, 0), np.minimum(last, months - 1)
    count = np.maximum(high - low + 1, 0)
    one, month = _counted_out(count, low)
    whole, parts = made.amount.astype(np.int64)[one], (last - first + 1)[one]
    place = month - first[one]
    shared = np.where(at[one] == SPAN, whole * (place + 1) // parts - whole * place // parts, whole)
    return Claims(made.row[one], made.channel[one], month, shared.astype(np.float64))


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    return values.view(np.int64) if values.dtype.kind == "M" else values


def _month(days: NDArray[np.datetime64]) -> Ints:
    return days.astype("datetime64[M]").astype(np.int64)


def _month_of(day: Floats) -> Ints:
    """Return the month since 1970 of days since 1970; any month of a day that is missing."""
    return _month(np.where(day > NO_DATE, day, 0.0).astype("datetime64[D]"))
