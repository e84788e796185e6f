"""Random numbers by place and topic: what is drawn for one never moves what is drawn for another."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

COUNTY = 2**32 - 1
"""Stands in the place of a township's index for what is drawn once for the whole county."""


@dataclass(frozen=True, init=False)
class Streams:
    """The random streams of one place.

    Parameters
    ----------
    seed : int
        Seed of the county, 0 or more.
    place : int
        Index of the township, or ``COUNTY``.
    *more : int
        Narrower still: a fork, a day, a household.

    Examples
    --------
    >>> streams = Streams(7, 3)
    >>> bool(streams.of("visits").random() == streams.of("visits").random())
    True
    >>> bool(streams.of("visits").random() == streams.of("warnings").random())
    False
    """

    seed: int
    path: tuple[int, ...]

    def __init__(self, seed: int, place: int, *more: int) -> None:
        object.__setattr__(self, "seed", int(seed))
        object.__setattr__(self, "path", (int(place), *map(int, more)))

    def of(self, topic: str) -> np.random.Generator:
        """Return the stream of a topic, from its start at every call."""
        key = (*self.path, zlib.crc32(topic.encode()))
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=key)))
