"""The sixty features by the catalogue of the house."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN
from features.compiled.leading import Led
from features.files import read_tables
from features.replay import Replay
from features.vectors import build_vectors, plan_of


@dataclass(frozen=True)
class Held:
    """Blocks of households and what changes in their panels, and when a day is read off them."""

    households: int
    blocks: list[tuple[NDArray[np.intp], NDArray[np.int64], Led]]
    days: list[np.datetime64]


def whole(folder: Path, days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Return the features of every household on every day, from the files, as everybody gets them."""
    return build_vectors(read_tables(folder), days, features=CHOSEN).X


def prepare(folder: Path, days: NDArray[np.datetime64]) -> Held:
    """Read the files and find what every cell of a panel is told, and from which day to which it counts."""
    replay = Replay(read_tables(folder), plan_of(CHOSEN, shallow=True), days, days)
    way = replay.way
    if way is None:
        raise RuntimeError("a day is timed as it is compiled, for many households")
    blocks = [(members, replay.areas(members), led) for members, led in replay.led(way)]
    return Held(replay.households.size, blocks, list(days))


def day(prepared: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    return going_on(prepared, prepared.days.index(as_of), 1)[0]


def going_on(prepared: Held, first: int, days: int) -> NDArray[np.float64]:
    """Return the features on days that follow each other, shape (days, households, features).

    On the first of them the panel is filled; on the others it stands, and goes on from the one before.
    """
    some, X = slice(first, first + days), np.empty((days, prepared.households, len(CHOSEN)))
    for members, area, led in prepared.blocks:
        own = slice(members[0], members[-1] + 1)
        X[:, own] = led.on(first, area[some], np.ones((days, members.size), dtype=bool))
    return X
