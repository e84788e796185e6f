"""Which rows go to which channels: conditions worked out beforehand into one table of classes of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from features.channels import WHOLE, Channel
from features.conditions import Conditions, fulfilling
from features.contract import Column, Table

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
"""Numbers of which there are very many, and none large."""
Floats = NDArray[np.float64]

MONTH, EVER, DUE, SPAN, DURING = range(5)
"""Where a channel's facts lie; a span that the table does not have is the month itself."""
STATES = 256
"""More than any column has."""
NO_DATE = -1e15
"""Days since 1970 that stand for no date lie below it."""


@dataclass(frozen=True)
class TableWiring:
    """How the rows of one table fall into classes.

    Parameters
    ----------
    conditions : tuple of (column name, ndarray)
        A row's class is the sum of what its values give; see ``states``.
    first_class : int
        Number of the table's first class among all.
    values : tuple of str
        The columns that its channels read; ``""`` is 1 in each row.
    """

    conditions: tuple[tuple[str, Ints], ...]
    first_class: int
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Wiring:
    """Channels, and by class of row the channels that read it.

    Parameters
    ----------
    channels : tuple of Channel
    tables : dict of name to TableWiring
    count, first : ndarray of int, shape (classes,)
        How many channels read a row of the class, and where their list begins.
    channel, zero : ndarray, shape (pairs,)
        The lists: a channel, and whether it holds 0 for such a row (``Channel.only``).
    value, begins, ends : ndarray of int, shape (channels,)
        Position of the channel's value, and of the columns of its span (or ``when``), among all values
        of all tables; -1 where it has none.
    at : ndarray of int, shape (channels,)
        ``MONTH``, ``EVER``, ``DUE``, ``SPAN`` or ``DURING``.
    meets, ranked, apart : ndarray of bool, shape (channels,)
        Whether facts that meet in a cell stand against each other; by account; person by person.
    least : ndarray of float, shape (channels,)
        Below it a value is missing.
    late : ndarray of bool, shape (channels,)
        Whether of all the months in which facts fall due only the last fact counts.
    scale : ndarray of float, shape (channels,)
        Whole units.
    coded : ndarray of bool, shape (channels,)
        Whether a channel has ``equals``.
    equal : ndarray of float, shape (channels, states)
        What such a channel holds by value + 1.
    each : dict of table to column
        The column that tells persons apart, of tables with channels that ask.
    """

    channels: tuple[Channel, ...]
    tables: dict[str, TableWiring]
    count: Ints
    first: Ints
    channel: Shorts
    zero: NDArray[np.bool_]
    value: Ints
    begins: Ints
    ends: Ints
    at: Ints
    meets: NDArray[np.bool_]
    ranked: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    late: NDArray[np.bool_]
    least: Floats
    scale: Floats
    coded: NDArray[np.bool_]
    equal: Floats
    each: dict[str, str]


@lru_cache(maxsize=64)
def wiring(channels: tuple[Channel, ...]) -> Wiring:
    """Work out the wiring of some channels."""
    tables: dict[str, TableWiring] = {}
    counts, pairs, zeros = [], [], []
    classes = 0
    for name in dict.fromkeys(channel.table for channel in channels):
        own = [(number, channel) for number, channel in enumerate(channels) if channel.table == name]
        conditions, reads, zero = _classes(own[0][1].declared, [channel for _, channel in own])
        numbers = np.array([number for number, _ in own], dtype=np.int32)
        of_class, position = np.nonzero(reads.T)
        counts.append(reads.sum(axis=0))
        pairs.append(numbers[position])
        zeros.append(zero.T[of_class, position])
        tables[name] = TableWiring(conditions, classes, _values([channel for _, channel in own]))
        classes += reads.shape[1]
    count = np.concatenate(counts) if counts else np.zeros(0, np.int64)
    places = [(name, column) for name, table in tables.items() for column in table.values]
    return Wiring(
        channels=channels,
        tables=tables,
        count=count,
        first=np.cumsum(count) - count,
        channel=np.concatenate([np.zeros(0, np.int32), *pairs]),
        zero=np.concatenate(zeros) if zeros else np.zeros(0, bool),
        value=np.array([places.index((each.table, each.value)) for each in channels], np.int64),
        begins=np.array([_place(places, each, 0) for each in channels], np.int64),
        ends=np.array([_place(places, each, 1) for each in channels], np.int64),
        at=np.array([_at(each) for each in channels], np.int64),
        meets=np.array([each.keep != "all" for each in channels], bool),
        ranked=np.array([each.keep == "account" for each in channels], bool),
        apart=np.array([bool(each.each) for each in channels], bool),
        late=np.array([each.at == "due" and each.keep == "latest" for each in channels], bool),
        least=np.array([_least(each) for each in channels]),
        scale=np.array([_scale(each) for each in channels]),
        coded=np.array([bool(each.equals) for each in channels], bool),
        each={each.table: each.each for each in channels if each.each},
        equal=np.array([_equal(each) for each in channels]).reshape(len(channels), STATES),
    )


def _all_conditions(table: Table, channel: Channel) -> Conditions:
    return channel.where + ((table.feature_rows,) if table.feature_rows is not None else ())


def _classes(
    table: Table, channels: Sequence[Channel]
) -> tuple[tuple[tuple[str, Ints], ...], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what values give to a row's class, and by channel and class: is it read, does it hold 0."""
    wheres = [_all_conditions(table, channel) for channel in channels]
    asked: dict[str, set[tuple[str, ...]]] = {}
    for name, codes in chain(*wheres, *(channel.only for channel in channels)):
        asked.setdefault(name, set()).add(codes)
    digits = {name: _digits(table.column(name), sorted(asked[name])) for name in sorted(asked)}
    radix = [int(digit.max()) + 1 for digit in digits.values()]
    classes = int(np.prod(radix, dtype=np.int64))
    every = dict(zip(digits, np.indices(radix).reshape(len(radix), classes), strict=True))
    reads, holds = np.ones((2, len(channels), classes), bool)
    for row, (where, channel) in enumerate(zip(wheres, channels, strict=True)):
        for conditions, into in ((where, reads), (channel.only, holds)):
            for name, codes in conditions:
                own = digits[name][fulfilling(table.column(name), codes)]
                into[row] &= np.isin(every[name], own)
    steps = [int(np.prod(radix[place + 1 :], dtype=np.int64)) for place in range(len(radix))]
    given = tuple((name, digit * step) for (name, digit), step in zip(digits.items(), steps, strict=True))
    return given, reads, ~holds


def _digits(column: Column, asked: Sequence[tuple[str, ...]]) -> NDArray[np.intp]:
    """Return by state which of the kinds of values it is that the conditions tell apart."""
    told = np.stack([fulfilling(column, codes) for codes in asked], axis=1)
    return np.unique(told, axis=0, return_inverse=True)[1].reshape(-1)


def _values(channels: Sequence[Channel]) -> tuple[str, ...]:
    named = dict.fromkeys(channel.value for channel in channels)
    for channel in channels:
        named.update(dict.fromkeys(channel.span or ()))
        named.update(dict.fromkeys([channel.when] if channel.when else []))
    return tuple(named)


def _place(places: list[tuple[str, str]], channel: Channel, end: int) -> int:
    if channel.at == "due":
        return places.index((channel.table, channel.when))
    return -1 if channel.span is None else places.index((channel.table, channel.span[end]))


def _at(channel: Channel) -> int:
    if channel.at in {"ever", "due"}:
        return EVER if channel.at == "ever" else DUE
    if channel.span is None:
        return MONTH
    return SPAN if channel.at == "span" else DURING


def _column(channel: Channel) -> Column | None:
    return channel.declared.column(channel.value) if channel.value else None


def _least(channel: Channel) -> float:
    column = _column(channel)
    if column is None:
        return 0.0
    return {"code": -0.5, "flag": -0.5, "date": NO_DATE}.get(column.kind, -np.inf)


def _scale(channel: Channel) -> float:
    column = _column(channel)
    return 1.0 if column is None or channel.equals else float(WHOLE[column.kind])


def _equal(channel: Channel) -> Floats:
    found = np.zeros(STATES)
    column = _column(channel)
    if column is not None and channel.equals:
        passed = fulfilling(column, channel.equals)
        found[: passed.size] = passed
    return found
