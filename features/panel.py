"""The replay: facts, in the order in which they became known, into a dense panel of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel, Claims, claims
from features.contract import Tables
from features.history import NEVER, Believed, believed

REACH = 36
"""Complete months before the as-of day's month that a vector may look back on."""

AHEAD = 12
"""Months after the as-of day's month in which a vector sees what is due."""


@dataclass(frozen=True, slots=True)
class Events:
    """Changes of cells, ordered by the day on which they became known."""

    day: NDArray[np.datetime64]
    cell: NDArray[np.int64]
    amount: NDArray[np.float64]
    present: NDArray[np.int32]


class Panel:
    """Channels by months by households, as believed at the end of a day that moves forward.

    Every cell holds a whole number (money in fen) and how many facts stand behind it, so that
    taking a corrected fact back is exact.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    channels : sequence of Channel
        What the panel holds, in this order.
    households : ndarray of str, shape (households,)
        Sorted pseudonyms; facts of others are left out.
    first_day, last_day : datetime64[D]
        The first and the last as-of day.
    """

    def __init__(
        self,
        tables: Tables,
        channels: Sequence[Channel],
        households: NDArray[np.str_],
        first_day: np.datetime64,
        last_day: np.datetime64,
    ) -> None:
        self.channels = {channel: position for position, channel in enumerate(channels)}
        self.first_month = _month(first_day) - REACH
        months = _month(last_day) - self.first_month + 1 + AHEAD
        shape = (len(channels), months, households.size)
        self.values = np.zeros(shape)
        self._held: dict[str, Believed] = {}
        self.present = np.zeros(shape, dtype=np.int32)
        parts = [
            self._events(tables, channel, position, households) for channel, position in self.channels.items()
        ]
        self._events_ahead = _in_order(parts)
        self._applied = 0

    def advance(self, known_by: np.datetime64) -> None:
        """Let everything become known that was known by the end of a day; days only go forward."""
        events = self._events_ahead
        until = int(np.searchsorted(events.day, known_by, side="right"))
        batch = slice(self._applied, max(until, self._applied))
        np.add.at(self.values.reshape(-1), events.cell[batch], events.amount[batch])
        np.add.at(self.present.reshape(-1), events.cell[batch], events.present[batch])
        self._applied = batch.stop

    def window(
        self, channel: Channel, as_of: np.datetime64, households: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return values and counts, shape (REACH + 1, households), the last row the running month.

        Parameters
        ----------
        channel : Channel
        as_of : datetime64[D]
        households : ndarray of int, optional
            Positions of the households wanted; all otherwise.
        """
        position = self.channels[channel]
        last = _month(as_of) - self.first_month
        rows = slice(0, 1) if channel.at == "ever" else slice(last - REACH, last + 1)
        values, present = self.values[position, rows], self.present[position, rows]
        return (values, present) if households is None else (values[:, households], present[:, households])

    def _events(
        self, tables: Tables, channel: Channel, position: int, households: NDArray[np.str_]
    ) -> Events:
        facts = tables.get(channel.table)
        if facts is None or not facts["record_id"].size:
            return _in_order([])
        ahead = 0 if channel.at == "due" else AHEAD
        last_month = self.first_month + self.values.shape[1] - 1 - ahead
        if channel.table not in self._held:
            self._held[channel.table] = believed(facts)
        made = claims(channel, facts, self._held[channel.table], self.first_month, last_month)
        owner = np.searchsorted(households, facts["household_id"])
        owner[owner == households.size] = 0
        ours = (households[owner] == facts["household_id"])[made.row]
        month = np.zeros_like(made.month) if channel.at == "ever" else made.month - self.first_month
        _, months, width = self.values.shape
        cell = (position * months + month) * width + owner[made.row]
        return _settled(channel, made, cell, ours)


def _month(day: np.datetime64) -> int:
    return int(day.astype("datetime64[M]").astype(np.int64))


def _settled(channel: Channel, made: Claims, cell: NDArray[np.int64], ours: NDArray[np.bool_]) -> Events:
    """Turn claims into events, so that in each cell only the claims that count are added."""
    contested = np.zeros(ours.size, dtype=bool) if channel.keep == "all" else _contested(made, cell)
    plain = np.flatnonzero(ours & ~contested)
    ends = plain[made.stop[plain] < NEVER]
    amount = made.amount.astype(np.float64)
    one = np.ones(plain.size, dtype=np.int32)
    parts = [
        Events(made.start[plain], cell[plain], amount[plain], one),
        Events(made.stop[ends], cell[ends], -amount[ends], -one[: ends.size]),
    ]
    parts.append(_sweep(made, cell, np.flatnonzero(ours & contested)))
    return _in_order(parts)


def _contested(made: Claims, cell: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the claims on cells where claims of one slot overlap in time, or ranks differ."""
    order = np.lexsort((made.start, made.slot, cell))
    this, following = order[:-1], order[1:]
    same_cell = cell[this] == cell[following]
    clash = same_cell & (
        ((made.slot[this] == made.slot[following]) & (made.stop[this] > made.start[following]))
        | (made.rank[this] != made.rank[following])
    )
    return np.isin(cell, cell[this[clash]])


def _sweep(made: Claims, cell: NDArray[np.int64], rows: NDArray[np.intp]) -> Events:
    """Follow contested cells through time: least rank first, then the greatest order of a slot.

    A moment is a day on which anything changes in a cell; each claim is held against every moment
    of its cell at which it lives.
    """
    if not rows.size:
        return _in_order([])
    places, place = np.unique(cell[rows], return_inverse=True)
    first_day = made.start[rows].min()
    span = int((NEVER - first_day).astype(np.int64)) + 1
    begins = place * span + (made.start[rows] - first_day).astype(np.int64)
    ends = place * span + (made.stop[rows] - first_day).astype(np.int64)
    moments = np.unique(np.concatenate([begins, ends]))
    live_from, live_to = np.searchsorted(moments, begins), np.searchsorted(moments, ends)
    lives = live_to - live_from
    claim = np.repeat(rows, lives)
    moment = np.arange(claim.size) + np.repeat(live_from - (np.cumsum(lives) - lives), lives)
    counts = _that_count(made, claim, moment)
    amount = np.bincount(moment[counts], made.amount[claim[counts]].astype(np.float64), moments.size)
    present = np.bincount(moment[counts], minlength=moments.size)
    here = moments // span
    opens = np.concatenate([[True], here[1:] != here[:-1]])
    day = first_day + moments % span
    lasts = day < NEVER
    return Events(
        day[lasts],
        places[here[lasts]],
        (amount - np.where(opens, 0.0, np.roll(amount, 1)))[lasts],
        (present - np.where(opens, 0, np.roll(present, 1)))[lasts].astype(np.int32),
    )


def _that_count(made: Claims, claim: NDArray[np.intp], moment: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return which of the claims that live at a moment count: of the least rank, the last of each slot."""
    order = np.lexsort((made.order[claim], made.slot[claim], made.rank[claim], moment))
    claim, moment = claim[order], moment[order]
    opens = np.concatenate([[True], moment[1:] != moment[:-1]])
    least = made.rank[claim][opens][np.cumsum(opens) - 1]
    order, claim, moment = (part[made.rank[claim] == least] for part in (order, claim, moment))
    slot = made.slot[claim]
    last = np.concatenate([(moment[1:] != moment[:-1]) | (slot[1:] != slot[:-1]), [True]])
    counting: NDArray[np.intp] = order[last]
    return counting


def _in_order(parts: Sequence[Events]) -> Events:
    if not parts:
        nothing = np.zeros(0)
        day = np.zeros(0, dtype="datetime64[D]")
        return Events(day, nothing.astype(np.int64), nothing, nothing.astype(np.int32))
    day = np.concatenate([part.day for part in parts])
    order = np.argsort(day, kind="stable")
    return Events(
        day[order],
        np.concatenate([part.cell for part in parts])[order],
        np.concatenate([part.amount for part in parts])[order],
        np.concatenate([part.present for part in parts])[order],
    )
