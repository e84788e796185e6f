"""Very many households led through the as-of days: those side by side at once, day after day in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle
from features.compiled.changes import Changes, begin, changes, go_on
from features.compiled.claims import Grid
from features.compiled.compiling import compiled
from features.compiled.instructions import Instructions, Op
from features.compiled.months import Array, Counts, Seen, look
from features.compiled.operations import work
from features.compiled.program import program
from features.context import Surroundings
from features.lines import MONTHS_A_YEAR
from features.panel import extent
from features.plan import Plan

LANES = 64
"""Households that lie side by side: few enough for their panel to stay near the processor."""

AT_ONCE = 1 << 22
"""Figures of a block of households that are held at once: with more of them its days are done in parts."""


class Days(NamedTuple):
    """What is the same for all households, by as-of day (`features.compiled.months.Seen`)."""

    start: NDArray[np.int64]
    lines: Array
    weighed: NDArray[np.bool_]
    figures: Array
    as_of: Array
    season: Array


class Held(NamedTuple):
    """What is in the hand: the panel of a lot of households, what changes in it, figures, instructions."""

    values: Array
    present: Counts
    changed: Changes
    rows: Array
    instructions: Instructions


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
        self.first_month, self.months = extent(as_of)
        asked = self.program.areas
        self.days = Days(
            months - months[0],
            np.stack([each.lines()[0] for each in around]),
            np.stack([each.lines()[1] for each in around]),
            np.stack([each.read(asked) if asked else np.zeros((0, 0)) for each in around]),
            as_of.astype(np.int64).astype(np.float64),
            (months % MONTHS_A_YEAR + 1).astype(np.float64),
        )

    def led(self, chronicle: Chronicle) -> Led:
        """Return the households of a chronicle at the beginning of the way."""
        return Led(self, chronicle)


class Led:
    """Some households on their way.

    Parameters
    ----------
    way : Way
    chronicle : Chronicle
        What is told of them.
    """

    def __init__(self, way: Way, chronicle: Chronicle) -> None:
        self._way, self._households = way, chronicle.households.size
        grid = Grid(way.first_month, len(way.plan.channels), way.months, LANES)
        self._changes = changes(chronicle, way.plan.wired, grid, way.known_by)
        self._shape = grid.channels, grid.months, grid.lanes

    def figures(
        self, area: NDArray[np.int64], asked: NDArray[np.bool_]
    ) -> Iterator[tuple[int, NDArray[np.int64], Array]]:
        """Yield each day's position, the areas on it, and the plan's figures, shape (households, figures).

        Parameters
        ----------
        area : ndarray of int, shape (days, households)
            Position of the area of each household among those of the surroundings.
        asked : ndarray of bool, shape (days, households)
            Whose figures are asked for; what is yielded of the others is anything.
        """
        days, size = area.shape[0], self._households * len(self._way.plan.figures)
        at_once = max(AT_ONCE // max(size, 1), 1)
        for first in range(0, days, at_once):
            some = slice(first, first + at_once)
            yield from zip(
                range(first, days), area[some], self.on(first, area[some], asked[some]), strict=False
            )

    def on(self, first: int, area: NDArray[np.int64], asked: NDArray[np.bool_]) -> Array:
        """Return the figures of the plan on days that follow each other, shape (days, households, figures).

        Parameters
        ----------
        first : int
            Position of the first of the days.
        area, asked
            As of `figures`, of these days.
        """
        way = self._way
        out = np.empty((*area.shape, len(way.plan.figures)))
        some = np.logical_or.reduceat(asked, np.arange(0, self._households, LANES), axis=1)
        panel = np.empty(self._shape), np.empty(self._shape, dtype=np.int32)
        rows = np.zeros((way.program.rows, LANES))
        held = Held(*panel, self._changes, rows, way.program.instructions)
        _lead(way.days, held, area, some, first, out)
        return out


@compiled
def _lead(
    way: Days, held: Held, area: NDArray[np.int64], asked: NDArray[np.bool_], first: int, out: Array
) -> None:
    """Lead each lot of households through days, and write down the figures of those that are asked for."""
    lanes, values, present = held.rows.shape[1], held.values.reshape(-1), held.present.reshape(-1)
    for low in range(0, out.shape[1], lanes):
        high, lot = min(low + lanes, out.shape[1]), low // lanes
        values[:] = 0.0
        present[:] = 0
        for step in range(out.shape[0]):
            day = first + step
            if step == 0:
                begin(values, present, held.changed, lot, day)
            else:
                go_on(values, present, held.changed, lot, day)
            if asked[step, lot]:
                seen = Seen(
                    held.values,
                    held.present,
                    way.start[day],
                    way.lines[day],
                    way.weighed[day],
                    way.figures[day],
                    area[step, low:high],
                    way.as_of[day],
                    way.season[day],
                )
                _follow(out[step, low:high], held.rows, held.instructions, seen)


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
