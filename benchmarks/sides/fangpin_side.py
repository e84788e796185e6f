"""The sixty features by the catalogue of the house."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN
from features.compiled.leading import Led
from features.contract import Tables
from features.files import read_tables
from features.replay import Replay
from features.vectors import build_vectors, plan_of


@dataclass(frozen=True)
class Held:
    """Blocks of households with their panels, and where and when a day is read off them."""

    households: int
    blocks: list[tuple[NDArray[np.intp], NDArray[np.int64], Led]]
    days: list[np.datetime64]


def whole(folder: Path, days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Return the features of every household on every day, from the files, as everybody gets them."""
    return build_vectors(read_tables(folder), days, features=CHOSEN).X


def prepare(folder: Path, days: NDArray[np.datetime64]) -> Held:
    """Read the files and build the panel of the days, as of the first of them."""
    return panel_of(read_tables(folder), days)


def day(prepared: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    return read_off(prepared, as_of)


def panel_of(tables: Tables, days: NDArray[np.datetime64]) -> Held:
    """Build the panels of some days, as of the first of them, which is read off them once."""
    replay = Replay(tables, plan_of(CHOSEN, shallow=True), days, days)
    way = replay.way
    if way is None:
        raise RuntimeError("the panel is timed as it is compiled, for many households")
    blocks = [(members, replay.areas(members), led) for members, led in replay.led(way)]
    for *_, led in blocks:
        led.keep()
    held = Held(replay.households.size, blocks, list(days))
    read_off(held, days[0])
    return held


def read_off(held: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Let the panels move on to a day, and read the features off them; days go forward one by one."""
    step, X = held.days.index(as_of), np.empty((held.households, len(CHOSEN)))
    for members, area, led in held.blocks:
        X[members] = led.on(area[step : step + 1], step)[0]
    return X
