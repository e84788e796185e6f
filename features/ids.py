"""Texts that tell things apart, as numbers: quick to compare, sort and look up."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.settled import settled

Hashes = NDArray[np.uint64]

_FACTOR = 0x9E3779B97F4A7C15
"""Odd, with its bits well spread (the golden ratio): powers of it weigh the places of a text."""
FEW = 512
"""Up to so many texts are told apart quickest one by one."""
_SPREAD = 8
"""Places for each number where some of its bits are to lead to it at once: at least so many."""
_CHUNK = 4096
"""Texts taken at once, so that their letters stay near the processor."""


def hashes(texts: NDArray[Any]) -> Hashes:
    """Return a number of 64 bits for each text; equal texts have equal numbers, whatever the array's width.

    Two texts with the same number are possible; whoever must be exact compares the texts themselves
    where numbers agree.
    """
    width = texts.dtype.itemsize // 4
    if not width or not texts.size:
        return np.zeros(texts.size, dtype=np.uint64)
    letters = np.ascontiguousarray(texts).view(np.uint32).reshape(texts.size, width)
    weights, found = _weights(width), np.empty(texts.size, dtype=np.uint64)
    for low in range(0, texts.size, _CHUNK):
        chunk = letters[low : low + _CHUNK].astype(np.uint64)
        np.einsum("ij,j->i", chunk, weights, out=found[low : low + _CHUNK])
    return _mixed(found)


@cache
def _weights(width: int) -> Hashes:
    return np.array([pow(_FACTOR, place + 1, 1 << 64) for place in range(width)], dtype=np.uint64)


def _mixed(found: Hashes) -> Hashes:
    """Spread the high bits over the low ones, on which sums of like texts would differ too little."""
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    found ^= found >> np.uint64(32)
    return found


@settled
def positions(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each text stands among sorted distinct ones, -1 where it does not."""
    if not among.size:
        return np.full(texts.size, -1)
    if among.size == 1:
        return np.where(texts == among[0], 0, -1)
    place = _likeliest(texts, among)
    wrong = _misled(texts, among, place)
    if wrong.size:
        exact = np.minimum(np.searchsorted(among, texts[wrong]), among.size - 1)
        place[wrong] = np.where(among[exact] == texts[wrong], exact, -1)
    return place


def strangers(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which texts are not among others, in whatever order those stand."""
    if texts.size + among.size > FEW:
        return positions(texts, distinct(among)) < 0
    strange = np.zeros(texts.size, dtype=bool)
    if unknown := set(texts.tolist()).difference(among.tolist()):
        strange[:] = [text in unknown for text in texts.tolist()]
    return strange


def _likeliest(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each text stands among others if it does, by numbers alone; anywhere if it does not.

    The first bits of a number lead to a place at once. Where some of the others share theirs, the next
    bits do, and for the few that share those too a search.
    """
    number, theirs = hashes(texts), hashes(among)
    bits = _bits(_SPREAD * among.size)
    place = _led(number, theirs, bits)
    lost = np.flatnonzero(theirs[place] != number)
    place[lost] = _led(number[lost] << bits, theirs << bits, bits)
    lost = lost[theirs[place[lost]] != number[lost]]
    if lost.size:
        order = np.argsort(theirs)
        found = np.searchsorted(theirs, number[lost], sorter=order)
        place[lost] = order[np.minimum(found, among.size - 1)]
    return place


def _led(number: Hashes, among: Hashes, bits: np.uint64) -> NDArray[np.int64]:
    """Return where the first bits of each number lead: to one of the others that has the same."""
    drop = np.uint64(64) - bits
    place = np.zeros(1 << int(bits), dtype=np.int32)
    place[among >> drop] = np.arange(among.size)
    led: NDArray[np.int64] = place[number >> drop].astype(np.int64)
    return led


def _bits(places: int) -> np.uint64:
    """Return how many bits tell at least so many places apart."""
    return np.uint64(places.bit_length())


def _misled(texts: NDArray[Any], among: NDArray[Any], place: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the rows whose text is not the one at its place."""
    wrong = np.empty(texts.size, dtype=bool)
    for low in range(0, texts.size, _CHUNK):
        here = slice(low, low + _CHUNK)
        np.not_equal(among[place[here]], texts[here], out=wrong[here])
    return np.flatnonzero(wrong)


@settled
def distinct(texts: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct texts, sorted."""
    if texts.size <= FEW:
        return np.array(sorted(set(texts.tolist())), dtype=texts.dtype)
    _, first = np.unique(hashes(texts), return_index=True)
    some = texts[first]
    found = np.unique(some)
    return found if np.all(positions(texts, found) >= 0) else np.unique(texts)


@settled
def told_again(texts: NDArray[Any]) -> NDArray[np.intp]:
    """Return the rows whose text stands in more than one row (and, once in ages, a few others)."""
    if texts.size <= FEW:
        told = texts.tolist()
        if len(set(told)) == len(told):
            return np.zeros(0, dtype=np.intp)
        times = Counter(told)
        return np.flatnonzero([times[text] > 1 for text in told])
    number = hashes(texts)
    ordered = np.sort(number)  # far quicker than finding out the order too
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return np.zeros(0, dtype=np.intp)
    drop = np.uint64(64) - _bits(_SPREAD * _SPREAD * twice.size)
    some = np.zeros(1 << int(np.uint64(64) - drop), dtype=bool)
    some[twice >> drop] = True
    rows = np.flatnonzero(some[number >> drop])  # those told again, and few others
    few = number[rows]
    order = np.argsort(few)
    same = few[order[1:]] == few[order[:-1]]
    again = np.zeros(rows.size, dtype=bool)
    again[order[1:][same]] = True
    again[order[:-1][same]] = True
    return rows[again]
