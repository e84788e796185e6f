"""Where several facts speak of one cell: which of them count."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle, Told
from features.claims import Claims
from features.ids import hashes
from features.wiring import Shorts, Wiring

Ints = NDArray[np.int64]

_EARLIEST, _DAYS = 1 << 20, 1 << 22
"""Days before 1970 and in all that a key has room for: from before Christ to the year 9999 and beyond."""
_REVISIONS = 1 << 18
_ACCOUNTS = 8
"""More than the contract has."""


class Keys:
    """What decides between the claims of some rows: account, person, time and record.

    Parameters
    ----------
    chronicle : Chronicle
    wired : Wiring
    row : ndarray of int
        Rows of the chronicle.

    Attributes
    ----------
    at : ndarray of int
        By row of the chronicle its place among those of `record`, `latest` and `account`.
    record : ndarray of uint64
        The hash of each row's record.
    latest, account : ndarray of int64
        When each occurred, and then was known; or when it was known, and then occurred; then its revision.
    """

    def __init__(self, chronicle: Chronicle, wired: Wiring, row: Shorts) -> None:
        self._wired = wired
        fought = np.zeros(chronicle.joined("owner").size, dtype=bool)
        fought[row] = True
        rows, self.at = np.flatnonzero(fought), np.cumsum(fought) - 1
        occurred, known = (
            chronicle.some(name, rows).astype(np.int64) + _EARLIEST for name in ("occurred_on", "known_on")
        )
        self.record = hashes(chronicle.some("record_id", rows))
        revision = np.fmin(np.fmax(chronicle.some("revision", rows), 0), _REVISIONS - 1).astype(np.int64)
        self.latest = self.account = (occurred * _DAYS + known) * _REVISIONS + revision
        if wired.ranked.any():
            self.account = (known * _DAYS + occurred) * _REVISIONS + revision
        self._person = _by_row(chronicle, wired.each, _persons)
        accounts = {wired.channels[each].table: "account" for each in np.flatnonzero(wired.ranked)}
        self._least = _by_row(chronicle, accounts, lambda told, column: told.of(column).astype(np.int64))

    def ranked(self, row: Shorts, channel: Shorts) -> Ints:
        """Return the account of claims for which it counts, else 0."""
        return np.where(self._wired.ranked[channel], self._least[row], 0)

    def apart(self, row: Shorts, channel: Shorts) -> Ints:
        """Return a number of the person of claims that are kept apart by person, else 0."""
        return np.where(self._wired.apart[channel], self._person[row], 0)

    def late(self, row: Shorts, channel: Shorts, latest: Ints, account: Ints) -> Ints:
        """Return what is given of the rows of claims: by account for those that have one, else the other."""
        at = self.at[row]
        chosen: Ints = np.where(self._wired.ranked[channel], account[at], latest[at])
        return chosen


class Contest:
    """What decides between claims on one cell.

    Of the claims on a cell that live on the same day those of the least account count, and of each
    person the last of them: by the day it occurred and then by the day it was known, or, where accounts stand
    against each other, by the day it was known and then by the day it occurred; then by
    revision; then, for want of anything better, by the hash of the record.

    Parameters
    ----------
    chronicle : Chronicle
    wired : Wiring
    made : Claims
        Those that stand against each other.
    """

    def __init__(self, chronicle: Chronicle, wired: Wiring, made: Claims) -> None:
        self._keys = keys = Keys(chronicle, wired, made.row)
        self._account = self._latest = _ranks(keys.record, keys.latest)
        if keys.account is not keys.latest:
            self._account = _ranks(keys.record, keys.account)

    def winners(self, made: Claims, moment: Ints) -> NDArray[np.intp]:
        """Return which claims count, of those that live at each moment."""
        row, channel = made.row, made.channel
        person = self._keys.apart(row, channel)
        least = moment.astype(np.int64) * _ACCOUNTS + self._keys.ranked(row, channel)
        group = least * (person.max(initial=0) + 1) + person
        late = self._keys.late(row, channel, self._latest, self._account)
        order = np.argsort(group * self._latest.size + late)
        group, least, moment = group[order], least[order], moment[order]
        opens = np.ones(order.size, dtype=bool)
        opens[1:] = moment[1:] != moment[:-1]
        first = np.flatnonzero(opens)[np.cumsum(opens) - 1]
        last = np.ones(order.size, dtype=bool)
        last[:-1] = group[1:] != group[:-1]
        won: NDArray[np.intp] = order[last & (least == least[first])]
        return won


def _ranks(record: NDArray[np.uint64], time: Ints) -> Ints:
    """Return the place of each row in the order of time and, within it, of the record's hash."""
    order = np.lexsort((record, time))
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    return rank


def _persons(told: Told, column: str) -> Ints:
    """Return a number of the person of each row within the household, the same for the same person."""
    person = hashes(told.of(column))
    order = np.lexsort((person, told.owner))
    owner, person = told.owner[order], person[order]
    other, another = owner[1:] != owner[:-1], person[1:] != person[:-1]
    count = np.concatenate([[0], np.cumsum(other | another)])
    first = np.concatenate([[0], np.flatnonzero(other) + 1])
    number = np.empty(order.size, dtype=np.int64)
    number[order] = count - np.repeat(count[first], np.diff(np.append(first, order.size)))
    return number


def _by_row(chronicle: Chronicle, columns: Mapping[str, str], made: Callable[[Told, str], Ints]) -> Ints:
    """Return what is made of one column of some tables, and 0 for the rows of the others."""
    return np.concatenate(
        [
            made(told, columns[name]) if name in columns else np.zeros(told.row.size, np.int64)
            for name, told in chronicle.told.items()
        ]
    )
