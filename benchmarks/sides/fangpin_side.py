"""The sixty features by the catalogue of the house."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN
from features.contract import Tables
from features.files import read_tables
from features.panel import Panel
from features.replay import Replay
from features.vectors import build_vectors, plan_of, values_of


@dataclass(frozen=True)
class Held:
    """The panels of blocks of households, and what a day is read off them with."""

    replay: Replay
    panels: list[tuple[NDArray[np.intp], Panel]]
    features: tuple[str, ...]
    days: list[np.datetime64]


def whole(folder: Path, days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Return the features of every household on every day, from the files, as everybody gets them."""
    return build_vectors(read_tables(folder), days, features=CHOSEN).X


def prepare(folder: Path, days: NDArray[np.datetime64]) -> Held:
    """Read the files and build the panel of the days."""
    return panel_of(read_tables(folder), CHOSEN, days)


def day(prepared: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    return read_off(prepared, as_of)


def panel_of(tables: Tables, features: tuple[str, ...], days: NDArray[np.datetime64]) -> Held:
    """Build the panels of some days, as of the first of them."""
    replay = Replay(tables, plan_of(features, shallow=True), days, days)
    held = Held(replay, list(replay.panels()), features, list(days))
    for _, panel in held.panels:
        panel.advance(0)
    return held


def read_off(held: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Let the panels move on to a day, and read the features off them."""
    step, X = held.days.index(as_of), np.empty((held.replay.households.size, len(held.features)))
    for members, panel in held.panels:
        if step:
            panel.advance(step)
        X[members] = values_of(held.replay.look(members, panel, step, members), held.features)
    return X
