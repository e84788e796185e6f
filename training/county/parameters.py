"""Every number a simulated county is made of: read, checked, drawn from its range, written, shown."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput, Breach, Usage
from training.county.number import FILE, Number, checked_number, leaves, overlay, page_row, parsed, table_text

SHIPPED = Path(__file__).with_name(FILE)
LOG_UNIFORM_FROM = 3.0
"""A range whose ends lie at least this many times apart is drawn on the scale of logarithms."""


@dataclass(frozen=True)
class Parameters:
    """The numbers of a county, by key."""

    entries: Mapping[str, Number] = field(repr=False)

    def number(self, key: str) -> float:
        """Return a single number; ``KeyError`` where there is none of that key."""
        entry = self.entries[key]
        if entry.listed:
            raise KeyError(f"{key} is a list")
        return entry.value[0]

    def numbers(self, key: str) -> NDArray[np.float64]:
        """Return a list as a read-only array; ``KeyError`` where there is none of that key."""
        entry = self.entries[key]
        if not entry.listed:
            raise KeyError(f"{key} is no list")
        values = np.array(entry.value, dtype=np.float64)
        values.setflags(write=False)
        return values

    def names(self, key: str) -> tuple[str, ...]:
        """Return what the elements of a list stand for."""
        return self.entries[key].names

    def keys(self) -> tuple[str, ...]:
        """Return all keys in the order of the file."""
        return tuple(self.entries)

    def to_toml(self) -> str:
        """Return a file that ``read_parameters`` reads back to the same numbers."""
        return "\n".join(table_text(entry) for entry in self.entries.values())


def read_parameters(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Parameters:
    """Read the shipped numbers, overlaid by a file and by single values.

    Parameters
    ----------
    path : Path, optional
        A file in the form of the shipped one, or with bare values (``[work]``, ``loss = 0.01``). Only its
        values count: ranges, units and the rest are those of the shipped file.
    overrides : mapping, optional
        Values by key, dotted or nested; they win over the file.

    Raises
    ------
    Usage
        If the file cannot be read.
    BadInput
        With every fault: a key that is not known, no number, outside its range, shares that do not add up.
    """
    entries = dict(parameters_of(SHIPPED.read_text("utf-8")).entries)
    faults: list[Breach] = []
    if path is not None:
        overlay(entries, parsed(_text(path), faults), faults)
    overlay(entries, overrides or {}, faults)
    if faults:
        raise BadInput(faults)
    return Parameters(entries)


def parameters_of(text: str) -> Parameters:
    """Read a complete file, which brings its own ranges."""
    faults: list[Breach] = []
    numbers = [checked_number(key, item, faults) for key, item in leaves(parsed(text, faults))]
    if faults:
        raise BadInput(faults)
    return Parameters({number.key: number for number in numbers if number is not None})


def draw_parameters(parameters: Parameters, draw: int) -> Parameters:
    """Draw every number that has a range from it.

    Parameters
    ----------
    parameters : Parameters
    draw : int
        Which drawing, 0 or more; the same gives the same numbers.

    Notes
    -----
    Uniform, or uniform in the logarithm where ``high / low`` is 3 or more. A list with a total is then scaled
    to it, elements held at their ends. A key's drawing depends on no other key.
    """
    if draw < 0:
        raise Usage(f"a drawing is numbered from 0, not {draw}")
    return Parameters({key: _drawn(entry, draw) for key, entry in parameters.entries.items()})


def perfect(parameters: Parameters) -> Parameters:
    """Return the numbers with every declared imperfection of the records gone."""
    return Parameters(
        {
            key: entry if entry.perfect is None else replace(entry, value=entry.perfect)
            for key, entry in parameters.entries.items()
        }
    )


def parameters_page(parameters: Parameters) -> str:
    """Return all numbers as Markdown tables, one for each group."""
    groups: dict[str, list[Number]] = {}
    for entry in parameters.entries.values():
        groups.setdefault(entry.key.split(".", 1)[0], []).append(entry)
    head = "| key | value | range | unit | meaning | source |\n|---|---|---|---|---|---|"
    return "\n".join(
        f"## {group}\n\n{head}\n" + "\n".join(map(page_row, entries)) + "\n"
        for group, entries in groups.items()
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Usage(f"{path}: cannot be read as a text file") from fault


def _drawn(entry: Number, draw: int) -> Number:
    if entry.low is None or entry.high is None or entry.low == entry.high:
        return entry
    low, high = np.array(entry.low), np.array(entry.high)
    seed = np.random.SeedSequence(draw, spawn_key=(zlib.crc32(entry.key.encode()),))
    u = np.random.Generator(np.random.Philox(seed)).random(low.size)
    wide = (low > 0) & (high >= LOG_UNIFORM_FROM * low)
    ratio = np.where(wide, high, 1.0) / np.where(wide, low, 1.0)
    drawn = np.clip(np.where(wide, low * ratio**u, low + (high - low) * u), low, high)
    if entry.total is not None:
        drawn = _scaled(drawn, low, high, entry.total)
    return replace(entry, value=tuple(drawn.tolist()))


def _scaled(
    values: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], total: float
) -> NDArray[np.float64]:
    """Multiply values by the one factor at which they, held within their range, add up to the total."""
    least, most = -50.0, 50.0
    for _ in range(80):
        middle = (least + most) / 2
        if np.clip(values * math.exp(middle), low, high).sum() < total:
            least = middle
        else:
            most = middle
    return np.clip(values * math.exp(most), low, high)
