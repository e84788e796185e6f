"""What is known of areas on a day: worked out once for all households, and kept for the next call."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Told, told_of
from features.contract import Facts, Tables
from features.history import believed, version_order
from features.ids import distinct, positions
from features.lines import monthly_lines
from features.markets import disasters_on, losses_on, prices_on, sold_shares_on
from features.plan import AreaFigure
from features.rates import rates_on
from features.reach import REACH
from features.tables import CONTEXT_TABLES

KEPT = 64
"""Days whose surroundings are kept: more than the month ends of five years."""


class Context:
    """The context tables, and what has been worked out of them.

    Parameters
    ----------
    tables : Tables
        Checked; the tables of households may be among them, and are not looked at but for their areas.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = {name: facts for name, facts in tables.items() if name in CONTEXT_TABLES}
        told = [tables[name]["area"] for name in ("areas", "households") if name in tables]
        self.codes: NDArray[Any] = distinct(np.concatenate([np.array([""]), *told]))
        self._kept: dict[tuple[np.datetime64, np.datetime64], Surroundings] = {}

    @cached_property
    def sha256(self) -> str:
        """The hash of the tables, whatever the order of their rows."""
        digest = hashlib.sha256()
        for name in sorted(self.tables):
            facts = self.tables[name]
            order = version_order(facts)
            digest.update(name.encode())
            for column in CONTEXT_TABLES[name].columns:
                values = facts[column.name][order]
                told = "\x1f".join(values.tolist()).encode() if values.dtype.kind == "U" else values.tobytes()
                digest.update(told)
        return digest.hexdigest()

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.codes.tolist())

    def covers(self, tables: Tables) -> bool:
        """Return whether it is about all areas in which households lie."""
        return self._known.issuperset(tables["households"]["area"].tolist())

    def on(self, as_of: np.datetime64, known_by: np.datetime64) -> Surroundings:
        """Return what is known of the areas on a day."""
        key = as_of, known_by
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = Surroundings(self.tables, self.codes, as_of, known_by)
        return self._kept[key]


class Surroundings:
    """What is known of areas on one day.

    Parameters
    ----------
    tables : Tables
        The context tables.
    codes : ndarray of str, shape (areas,)
        Sorted; the first one, "", is no area.
    as_of : datetime64[D]
        Places the windows.
    known_by : datetime64[D]
        Bounds what is believed.
    """

    def __init__(
        self, tables: Tables, codes: NDArray[Any], as_of: np.datetime64, known_by: np.datetime64
    ) -> None:
        self._tables = {name: _held(facts, as_of, known_by) for name, facts in tables.items()}
        self.codes = codes
        self.as_of, self.known_by = as_of, known_by
        self.months = as_of.astype("datetime64[M]") + np.arange(-REACH, 1)
        self._lines: tuple[NDArray[np.float64], NDArray[np.bool_]] | None = None
        self._read: dict[tuple[AreaFigure, ...], NDArray[np.float64]] = {}

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the income line by month and area, and whether it is per equivalent adult."""
        if self._lines is None:
            self._lines = monthly_lines(self._tables, self.codes, self.months, self.known_by)
        return self._lines

    def read(self, figures: tuple[AreaFigure, ...]) -> NDArray[np.float64]:
        """Return figures of each area, shape (figures, areas)."""
        if figures not in self._read:
            self._read[figures] = np.stack([self._figure(one) for one in figures])
        return self._read[figures]

    def _figure(self, asked: AreaFigure) -> NDArray[np.float64]:
        return _FIGURES[asked.op](self._tables, self.codes, *asked.args, self.as_of, self.known_by)


def _held(facts: Facts, as_of: np.datetime64, known_by: np.datetime64) -> Facts:
    """Return what is believed of what had happened."""
    rows = np.flatnonzero(believed(facts).on(known_by) & (facts["occurred_on"] <= as_of))
    return {name: values[rows] for name, values in facts.items()}


class Homes:
    """Where households lie, day by day.

    Parameters
    ----------
    told : Told, optional
        Their rows of ``households``; none are known otherwise.
    households : int
        How many there are.
    codes : ndarray of str
        The areas, sorted, "" (none) among them.
    """

    def __init__(self, told: Told | None, households: int, codes: NDArray[Any]) -> None:
        self._found = np.zeros(households, dtype=np.int64)
        self._told = told
        if told is not None:
            keys = (told.of(name) for name in ("record_id", "known_on", "occurred_on"))
            self._told = told.take(np.lexsort((*keys, told.owner)))
            self._area = positions(self._told.of("area"), codes)

    def on(self, day: np.datetime64) -> NDArray[np.int64]:
        """Return the position of each household's area believed at the end of a day, 0 where it has none."""
        found = self._found.copy()
        if self._told is not None:
            counted = int(day.astype(np.int64))
            held = np.flatnonzero((self._told.start <= counted) & (counted < self._told.stop))
            found[self._told.owner[held]] = self._area[held]  # of several the last one stays
        return found


def areas_on(tables: Tables, households: NDArray[Any], day: np.datetime64) -> NDArray[Any]:
    """Return the area of each of the sorted households as believed at the end of a day, "" if none."""
    context = Context(tables)
    told = told_of("households", tables["households"], households)
    area: NDArray[Any] = context.codes[Homes(told, households.size, context.codes).on(day)]
    return area


def _rate(
    tables: Tables, codes: NDArray[Any], target: str, as_of: np.datetime64, known_by: np.datetime64
) -> NDArray[np.float64]:
    del as_of
    return rates_on(tables, codes, target, known_by)


_FIGURES: dict[str, Callable[..., NDArray[np.float64]]] = {
    "area_rate": _rate,
    "area_price": prices_on,
    "area_sold_share": sold_shares_on,
    "area_loss": losses_on,
    "area_disasters": disasters_on,
}
