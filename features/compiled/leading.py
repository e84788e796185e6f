"""Very many households led through the as-of days: those side by side at once, day after day in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.compiled.changes import Put, apply, changes
from features.compiled.claims import Grid
from features.compiled.compiling import compiled
from features.compiled.instructions import Op
from features.compiled.months import Array, Counts, Seen, look
from features.compiled.operations import work
from features.compiled.program import Instructions, program
from features.context import Surroundings
from features.lines import MONTHS_A_YEAR
from features.panel import month_of
from features.plan import Plan
from features.reach import AHEAD, REACH

LANES = 64
"""Households that lie side by side: few enough for their panel to stay near the processor."""


class Days(NamedTuple):
    """What is the same for all households, by as-of day (`features.compiled.months.Seen`)."""

    start: NDArray[np.int64]
    lines: Array
    weighed: NDArray[np.bool_]
    figures: Array
    as_of: Array
    season: Array


class Way:
    """The way through the as-of days.

    Parameters
    ----------
    plan : Plan
    around : sequence of Surroundings
        What is known of areas, by as-of day, in order.
    """

    def __init__(self, plan: Plan, around: Sequence[Surroundings]) -> None:
        self.plan, self.program = plan, program(plan)
        self.known_by = np.array([each.known_by for each in around])
        as_of = np.array([each.as_of for each in around])
        months = as_of.astype("datetime64[M]").astype(np.int64)
        self.first_month = int(months[0]) - REACH
        self.months = month_of(as_of[-1]) + AHEAD - self.first_month + 1
        asked = self.program.areas
        self.days = Days(
            months - months[0],
            np.stack([each.lines()[0] for each in around]),
            np.stack([each.lines()[1] for each in around]),
            np.stack([each.read(asked) if asked else np.zeros((0, 0)) for each in around]),
            as_of.astype(np.int64).astype(np.float64),
            (months % MONTHS_A_YEAR + 1).astype(np.float64),
        )

    def led(self, chronicle: Chronicle, *, kept: bool = False) -> Led:
        """Return the households of a chronicle at the beginning of the way."""
        return Led(self, chronicle, kept=kept)


class Led:
    """Some households on their way.

    Parameters
    ----------
    way : Way
    chronicle : Chronicle
        What is told of them.
    kept : bool
        Whether their panels are kept from call to call.
    """

    def __init__(self, way: Way, chronicle: Chronicle, *, kept: bool = False) -> None:
        self._way, self._households = way, chronicle.households.size
        self._lots = -(-self._households // LANES)
        grid = Grid(way.first_month, len(way.plan.channels), way.months, LANES)
        self._put = changes(chronicle, way.plan.wired, grid, way.known_by)
        shape = (self._lots if kept else 1, grid.channels, grid.months, LANES)
        self._values, self._present = np.zeros(shape), np.zeros(shape, dtype=np.int32)
        self._rows = np.zeros((way.program.rows, LANES))

    def figures(self, area: NDArray[np.int64], first: int = 0) -> Array:
        """Return the figures of the plan from a day on, shape (days, households, figures).

        Parameters
        ----------
        area : ndarray of int, shape (days, households)
            Position of the area of each household among those of the surroundings.
        first : int
            Position of the first of the days; after the first of all, panels must be kept.
        """
        out = np.empty((*area.shape, len(self._way.plan.figures)))
        panels = self._values, self._present
        _lead(out, self._rows, *panels, self._put, self._way.program.instructions, self._way.days, area, first)
        return out


@compiled
def _lead(
    out: Array,
    rows: Array,
    values: Array,
    present: Counts,
    put: Put,
    instructions: Instructions,
    days: Days,
    area: NDArray[np.int64],
    first: int,
) -> None:
    """Lead each lot of households through the days, and write down its figures."""
    lanes = rows.shape[1]
    for low in range(0, out.shape[1], lanes):
        high, lot = min(low + lanes, out.shape[1]), low // lanes
        value, told = values[lot % values.shape[0]], present[lot % values.shape[0]]
        if first == 0:
            value[:] = 0.0
            told[:] = 0
        for step in range(out.shape[0]):
            day = first + step
            apply(value.reshape(-1), told.reshape(-1), put, lot, day)
            seen = Seen(
                value,
                told,
                days.start[day],
                days.lines[day],
                days.weighed[day],
                days.figures[day],
                area[step, low:high],
                days.as_of[day],
                days.season[day],
            )
            _follow(out[step, low:high], rows, instructions, seen)


@compiled
def _follow(out: Array, rows: Array, instructions: Instructions, seen: Seen) -> None:
    """Follow instructions for households side by side, and write down their figures."""
    for each in instructions:
        if each.op < Op.KNOWN_TO:
            look(rows, each, seen)
        elif each.op < Op.FIGURE:
            work(rows, each)
        else:
            out[:, each.out] = rows[each.one, : out.shape[0]]
