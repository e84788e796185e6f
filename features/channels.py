"""Which facts go where in the panel: a channel turns the rows of a table into whole-number claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from features.conditions import GIVEN, MISSING, fulfils, present
from features.contract import Facts, Table
from features.history import NEVER, Believed
from features.tables import TABLES

Keep = Literal["all", "latest", "account"]
At = Literal["month", "span", "during", "ever", "due"]
Months = NDArray[np.int64]

WHOLE = {"money": 100, "number": 100, "count": 1, "code": 1, "flag": 1, "date": 1, "id": 1}
"""Whole units a value is held in: money in fen, other numbers in hundredths."""

SPANS = (("period_start", "period_end"), ("start_on", "end_on"))
"""Columns that give a fact a span of months, in the tables that have one."""


@dataclass(frozen=True)
class Channel:
    """Rows of one table, one figure of each, and where it lies in the panel.

    Parameters
    ----------
    table : str
        Table of the contract.
    value : str
        Column whose value is held, as a whole number (money in fen, dates in days since 1970);
        ``""`` counts the rows.
    where : tuple of (column, codes)
        Only rows with one of the codes (flags: ``"yes"``, ``"no"``; counts: numbers as texts; any
        column: ``"given"``, ``"missing"``).
    equals : tuple of str
        Hold 1 where the value is one of these, in the same words, else 0.
    keep : {"all", "latest", "account"}
        Where several facts meet in a cell: add all; the one that occurred last; or one account,
        the first of the table's ``account`` list and within it the last known.
    at : {"month", "span", "during", "ever", "due"}
        The month of ``occurred_on``; spread evenly over the months of the span; in every month of
        the span; one cell for the whole history; or the month of the date ``when``, which may come
        after the as-of day.
    each : str
        Column (``member_id``) whose values are kept apart by ``keep`` and then added up.
    complete : bool
        Whether windows end with the last complete month (incomes), not with the running one.
    when : str
        Date column that places a fact that is ``"due"``; a fact without the date lies nowhere. With
        ``keep="latest"`` only the last fact of all months counts, so that a later one takes back
        what was due, whether or not it has a date itself.
    only : tuple of (column, codes)
        Facts that count but do not fulfil these conditions hold 0 instead of their value, whatever
        the value column says: whoever left the household counts 0, not as before.
    """

    table: str
    value: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    equals: tuple[str, ...] = ()
    keep: Keep = "all"
    at: At = "month"
    each: str = ""
    complete: bool = False
    when: str = ""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def declared(self) -> Table:
        """The table of the contract that the channel reads."""
        return TABLES[self.table]


@dataclass(frozen=True, slots=True)
class Claims:
    """What rows of a table say about cells of the panel, and when that is believed.

    All arrays have one entry a claim. ``row`` is the row of the table, ``month`` months since 1970
    (0 for "ever"), ``amount`` a whole number; among claims of a cell and ``slot`` the least
    ``rank`` counts, then the greatest ``order``.
    """

    row: NDArray[np.intp]
    month: Months
    amount: NDArray[np.int64]
    start: NDArray[np.datetime64]
    stop: NDArray[np.datetime64]
    rank: NDArray[np.int64]
    slot: NDArray[np.int64]
    order: NDArray[np.int64]


def claims(channel: Channel, facts: Facts, held: Believed, first_month: int, last_month: int) -> Claims:
    """Return the claims of a table's rows on a channel within a span of months.

    Parameters
    ----------
    channel : Channel
    facts : Facts
        Checked rows of the channel's table.
    held : Believed
        When each row is believed.
    first_month, last_month : int
        Months since 1970, both included; claims outside are left out.
    """
    whole, present = _whole(channel, facts)
    row = np.flatnonzero(present & matches(channel, facts) & (held.start < held.stop))
    start, stop = held.start[row], held.stop[row]
    if channel.at == "due":
        row, start, stop = _due(channel, facts, row, start, stop)
    first, last = span_months(channel, facts, row)
    place, month, amount = _placed(channel, whole[row], first, last, first_month, last_month)
    row = row[place]
    return Claims(
        row=row,
        month=month,
        amount=amount,
        start=start[place],
        stop=stop[place],
        rank=facts["account"][row].astype(np.int64) if channel.keep == "account" else np.zeros_like(month),
        slot=_slots(channel, facts, row),
        order=_order(channel, facts)[row] if channel.keep != "all" else np.zeros_like(month),
    )


def matches(channel: Channel, facts: Facts) -> NDArray[np.bool_]:
    """Return which rows vectors may read and the channel's conditions let through."""
    table = channel.declared
    conditions = list(channel.where)
    if table.feature_rows is not None:
        conditions.append(table.feature_rows)
    return _all_of(channel, facts, tuple(conditions))


def span_months(channel: Channel, facts: Facts, row: NDArray[np.intp]) -> tuple[Months, Months]:
    """Return the first and last month [months since 1970] that rows speak of."""
    month = _month(facts["occurred_on"][row])
    if channel.at == "due":
        month = _month(channel.declared.values(facts, channel.when)[row])
    if channel.at == "ever":
        return np.zeros_like(month), np.zeros_like(month)
    for start_name, end_name in SPANS:
        if start_name in facts and channel.at in {"span", "during"}:
            start, end = facts[start_name][row], facts[end_name][row]
            first = np.where(np.isnat(start), month, _month(start))
            open_end = _month(np.full(row.size, NEVER)) if channel.at == "during" else month
            last = np.where(np.isnat(end), np.where(np.isnat(start), month, open_end), _month(end))
            return first, np.maximum(first, last)
    return month, month


def _month(days: NDArray[Any]) -> Months:
    return days.astype("datetime64[M]").astype(np.int64)


def _all_of(
    channel: Channel, facts: Facts, conditions: tuple[tuple[str, tuple[str, ...]], ...]
) -> NDArray[np.bool_]:
    table, passed = channel.declared, np.ones(facts["record_id"].size, dtype=bool)
    for name, wanted in conditions:
        passed &= fulfils(table.column(name), table.values(facts, name), wanted)
    return passed


def _whole(channel: Channel, facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what each row holds, and whether it says anything on the channel."""
    counting = _all_of(channel, facts, channel.only)
    whole, there = _value(channel, facts)
    return np.where(counting, whole, 0), there | ~counting


def _value(channel: Channel, facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    rows = facts["record_id"].size
    if not channel.value:
        return np.ones(rows, dtype=np.int64), np.ones(rows, dtype=bool)
    column = channel.declared.column(channel.value)
    values = channel.declared.values(facts, channel.value)
    there = present(column, values)
    if channel.equals:
        there |= not {GIVEN, MISSING}.isdisjoint(channel.equals)
        return fulfils(column, values, channel.equals).astype(np.int64), there
    if column.kind == "date":
        values = values.astype(np.int64)
    whole = np.zeros(rows, dtype=np.int64)
    whole[there] = np.rint(values[there].astype(np.float64) * WHOLE[column.kind]).astype(np.int64)
    return whole, there


def _placed(
    channel: Channel,
    whole: NDArray[np.int64],
    first: Months,
    last: Months,
    first_month: int,
    last_month: int,
) -> tuple[NDArray[np.intp], Months, NDArray[np.int64]]:
    if channel.at == "ever":
        return np.arange(whole.size), first, whole
    low, high = np.maximum(first, first_month), np.minimum(last, last_month)
    count = np.maximum(high - low + 1, 0)
    repeated = np.repeat(np.arange(whole.size), count)
    step = np.arange(repeated.size) - np.repeat(np.cumsum(count) - count, count)
    month = low[repeated] + step
    amount = whole[repeated]
    if channel.at == "span":
        months = (last - first + 1)[repeated]
        place = month - first[repeated]
        amount = amount * (place + 1) // months - amount * place // months
    return repeated, month, amount


def _slots(channel: Channel, facts: Facts, row: NDArray[np.intp]) -> NDArray[np.int64]:
    if not channel.each or not row.size:
        return np.zeros(row.size, dtype=np.int64)
    slots: NDArray[np.int64] = np.unique(facts[channel.each][row], return_inverse=True)[1].astype(np.int64)
    return slots


def _order(channel: Channel, facts: Facts) -> NDArray[np.int64]:
    revision = np.nan_to_num(facts["revision"], nan=0.0)
    known, occurred = facts["known_on"], facts["occurred_on"]
    keys = (known, occurred) if channel.keep == "latest" else (occurred, known)
    by_time = np.lexsort((facts["record_id"], revision, *keys))
    order = np.empty(by_time.size, dtype=np.int64)
    order[by_time] = np.arange(by_time.size)
    return order


def _due(
    channel: Channel,
    facts: Facts,
    row: NDArray[np.intp],
    start: NDArray[np.datetime64],
    stop: NDArray[np.datetime64],
) -> tuple[NDArray[np.intp], NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return the rows that have the date ``when``, with the days on which they count."""
    if channel.keep == "latest":
        row, start, stop = _last_ones(channel, facts, row, start, stop)
    dated = ~np.isnat(channel.declared.values(facts, channel.when)[row])
    return row[dated], start[dated], stop[dated]


def _last_ones(
    channel: Channel,
    facts: Facts,
    row: NDArray[np.intp],
    start: NDArray[np.datetime64],
    stop: NDArray[np.datetime64],
) -> tuple[NDArray[np.intp], NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return the spans of days on which a row is the last one believed of its household and slot.

    A moment is a day on which the belief in any row of a slot begins or ends; between two moments
    of it nothing changes.
    """
    if not row.size:
        return row, start, stop
    _, household = np.unique(facts["household_id"][row], return_inverse=True)
    slot = _slots(channel, facts, row)
    place = household * (int(slot.max()) + 1) + slot
    first_day = start.min()
    span = int((NEVER - first_day).astype(np.int64)) + 1
    begins = place * span + (start - first_day).astype(np.int64)
    ends = place * span + (stop - first_day).astype(np.int64)
    moments = np.unique(np.concatenate([begins, ends]))
    live_from, live_to = np.searchsorted(moments, begins), np.searchsorted(moments, ends)
    lives = live_to - live_from
    claim = np.repeat(np.arange(row.size), lives)
    moment = np.arange(claim.size) + np.repeat(live_from - (np.cumsum(lives) - lives), lives)
    by_moment = np.lexsort((_order(channel, facts)[row][claim], moment))
    claim, moment = claim[by_moment], moment[by_moment]
    last = np.append(moment[1:] != moment[:-1], True)
    claim, moment = claim[last], moment[last]
    return row[claim], first_day + moments[moment] % span, first_day + moments[moment + 1] % span
