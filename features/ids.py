"""Texts that tell things apart, as numbers: quick to compare, sort and look up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_FACTOR = 0x9E3779B97F4A7C15
"""Odd, with its bits well spread (the golden ratio): powers of it weigh the places of a text."""
_FEW = 512
"""Up to so many texts are told apart quickest one by one."""
_SPREAD = 8
"""Places for each number where its first bits are to lead to it at once: at least so many."""
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
    weights = np.array([pow(_FACTOR, place + 1, 1 << 64) for place in range(width)], dtype=np.uint64)
    found = np.empty(texts.size, dtype=np.uint64)
    for low in range(0, texts.size, _CHUNK):
        chunk = letters[low : low + _CHUNK].astype(np.uint64)
        np.einsum("ij,j->i", chunk, weights, out=found[low : low + _CHUNK])
    return _mixed(found)


def _mixed(found: Hashes) -> Hashes:
    """Spread the high bits over the low ones, on which sums of like texts would differ too little."""
    found ^= found >> np.uint64(32)
    found *= np.uint64(0xD6E8FEB86659FD93)
    found ^= found >> np.uint64(32)
    return found


def positions(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each text stands among sorted distinct ones, -1 where it does not."""
    if not among.size:
        return np.full(texts.size, -1)
    if among.size == 1:
        return np.where(texts == among[0], 0, -1)
    place = _likeliest(texts, among)
    wrong = np.flatnonzero(among[place] != texts)
    if wrong.size:
        exact = np.minimum(np.searchsorted(among, texts[wrong]), among.size - 1)
        place[wrong] = np.where(among[exact] == texts[wrong], exact, -1)
    return place


def strangers(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which texts are not among others, in whatever order those stand."""
    strange = np.zeros(texts.size, dtype=bool)
    if texts.size + among.size <= _FEW or not among.size:
        suspect = texts.tolist()
        rows: NDArray[np.intp] | slice = slice(None)
    else:
        rows = np.flatnonzero(among[_likeliest(texts, among)] != texts)
        suspect = texts[rows].tolist()
    unknown = set(suspect).difference(among.tolist()) if suspect else ()
    if unknown:
        strange[rows] = [text in unknown for text in suspect]
    return strange


def _likeliest(texts: NDArray[Any], among: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each text stands among others if it does, by numbers alone; anywhere if it does not.

    The first bits of a number lead to a place at once; where two of the others share theirs, a search
    leads to the one that the place does not hold.
    """
    number, theirs = hashes(texts), hashes(among)
    drop = np.uint64(64 - (_SPREAD * among.size).bit_length())
    place_of = np.zeros(1 << (64 - int(drop)), dtype=np.int64)
    place_of[theirs >> drop] = np.arange(among.size)
    place: NDArray[np.int64] = place_of[number >> drop]
    lost = np.flatnonzero(theirs[place] != number)
    if lost.size:
        order = np.argsort(theirs)
        found = np.searchsorted(theirs, number[lost], sorter=order)
        place[lost] = order[np.minimum(found, among.size - 1)]
    return place


def distinct(texts: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct texts, sorted."""
    if texts.size <= _FEW:
        return np.array(sorted(set(texts.tolist())), dtype=texts.dtype)
    _, first = np.unique(hashes(texts), return_index=True)
    some = texts[first]
    found = np.unique(some)
    return found if np.all(positions(texts, found) >= 0) else np.unique(texts)


def told_again(texts: NDArray[Any]) -> NDArray[np.intp]:
    """Return the rows whose text stands in more than one row (and, once in ages, a few others)."""
    if texts.size <= _FEW and len(set(texts.tolist())) == texts.size:
        return np.zeros(0, dtype=np.intp)
    number = hashes(texts)
    ordered = np.sort(number)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return np.zeros(0, dtype=np.intp)
    drop = np.uint64(64 - (_SPREAD * twice.size).bit_length())
    some = np.zeros(1 << (64 - int(drop)), dtype=bool)
    some[twice >> drop] = True
    rows = np.flatnonzero(some[number >> drop])  # those told again, and few others
    found = np.searchsorted(twice, number[rows])
    again: NDArray[np.intp] = rows[twice[np.minimum(found, twice.size - 1)] == number[rows]]
    return again
