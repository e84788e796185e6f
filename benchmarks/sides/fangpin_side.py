"""The sixty features by the catalogue of the house."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN
from features.channels import Channel
from features.contract import Tables
from features.definitions import FEATURES
from features.files import read_tables
from features.panel import Panel
from features.vectors import areas_on, build_vectors
from features.view import View


@dataclass(frozen=True)
class Held:
    """A panel, and what a day is read off it with."""

    panel: Panel
    tables: Tables
    households: NDArray[np.str_]
    features: tuple[str, ...]


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
    """Build the panel of some days, as of the first of them."""
    households = np.unique(tables["households"]["household_id"])
    channels: dict[Channel, None] = dict.fromkeys(
        channel for name in features for channel in FEATURES[name].reading.channels()
    )
    panel = Panel(tables, list(channels), households, days[0], days[-1])
    panel.advance(days[0])
    return Held(panel, tables, households, features)


def read_off(held: Held, as_of: np.datetime64) -> NDArray[np.float64]:
    """Let the panel move on to a day, and read the features off it."""
    held.panel.advance(as_of)
    areas = areas_on(held.tables, held.households, as_of)
    view = View(held.panel, held.tables, areas, as_of, as_of)
    X = np.empty((held.households.size, len(held.features)))
    for position, name in enumerate(held.features):
        X[:, position] = view.read(FEATURES[name].reading)
    return X
