"""From tables to figures: households, some at a time, led through the as-of days and looked at on each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle, chronicle
from features.context import Context, Homes
from features.contract import Tables
from features.lineage import LINKED, with_lineage
from features.panel import Panel
from features.plan import Plan
from features.view import View

if TYPE_CHECKING:
    from features.compiled.leading import Led, Way

BLOCK = 750
"""Households taken at once: enough to share the work, few enough to stay near the processor, and no power of
two, at which the rows of a panel would fall into the same few places of its memory."""

MANY = 200_000
"""From so many rows, households times days, on their way is compiled, where Numba is installed: loading it
saves time from some 30,000 on, compiling it the first time from some 400,000 on."""

Days = NDArray[np.datetime64]
Positions = NDArray[np.intp]


class Look(NamedTuple):
    """Some households on one day.

    Parameters
    ----------
    members : ndarray of int
        Their positions among the households of the tables.
    step : int
        Position of the day.
    view : View
    """

    members: Positions
    step: int
    view: View


class Figures(NamedTuple):
    """What the plan's figures are of some households on one day.

    Parameters
    ----------
    members : ndarray of int
        Their positions among the households of the tables.
    step : int
        Position of the day.
    area : ndarray of int, shape (households,)
        Position of each one's area among those of the context.
    values : ndarray, shape (households, figures)
    """

    members: Positions
    step: int
    area: Positions
    values: NDArray[np.float64]


class Replay:
    """The households of some tables, ready to be looked at by a plan.

    Parameters
    ----------
    tables : Tables
        Checked.
    read : Plan
    days : ndarray of datetime64[D]
        The as-of days, in order.
    known_by : ndarray of datetime64[D]
        Up to when facts are believed on each of them, in order too.
    context : Context, optional
        The context tables, where they are kept from call to call.
    happened_by : datetime64[D], optional
        What happened later is left out, even where it is known.
    """

    def __init__(
        self,
        tables: Tables,
        read: Plan,
        days: Days,
        known_by: Days,
        *,
        context: Context | None = None,
        happened_by: np.datetime64 | None = None,
    ) -> None:
        names = dict.fromkeys(("households", *LINKED, *read.wired.tables))
        told = chronicle(tables, tuple(names))
        story = with_lineage(told if happened_by is None else told.happened_by(happened_by))
        if context is None or not context.covers(tables):
            context = Context({**(context.tables if context else {}), **tables})
        self.households, self.context = story.households, context
        self._homes = Homes(story.told.get("households"), story.households.size, context.codes)
        self._story = story.of_tables(read.wired.tables)
        self._read, self._days, self._known_by = read, days, known_by
        self._at_home: dict[int, NDArray[np.int64]] = {}

    def looks(self, wanted: list[Positions] | None = None, most: int = BLOCK) -> Iterator[Look]:
        """Yield views, block by block of households and day by day.

        Parameters
        ----------
        wanted : list of ndarray of int, optional
            Sorted positions of the households wanted on each day; all on all days otherwise.
        most : int
            Households in a block.
        """
        for members, block in self._blocks(wanted, most):
            panel = Panel(block, self._read.wired, self._days, self._known_by)
            for step in range(self._days.size):
                panel.advance(step)
                some = members if wanted is None else _within(wanted[step], members)
                if some.size:
                    yield self._look(members, panel, step, some)

    def figures(self, wanted: list[Positions] | None = None, most: int = BLOCK) -> Iterator[Figures]:
        """Yield the figures of the plan, block by block of households and day by day.

        Parameters
        ----------
        wanted, most
            As of `looks`.
        """
        way = self.way
        if way is None:
            for look in self.looks(wanted, most):
                yield Figures(*look[:2], look.view.area, look.view.figures)
            return
        for members, led in self.led(way, wanted, most):
            asked = [_inside(members, each) for each in wanted or [members] * self._days.size]
            for step, area, values in led.figures(self.areas(members), np.stack(asked)):
                some = slice(None) if asked[step].all() else asked[step]
                if asked[step].any():
                    yield Figures(members[some], step, area[some], values[some])

    @cached_property
    def way(self) -> Way | None:
        """The compiled way through the days; None where they are few, or Numba is not installed."""
        if self.households.size * self._days.size < max(MANY, 1):
            return None
        try:
            from features.compiled import leading
        except ImportError:
            return None
        around = [self.context.on(*each) for each in zip(self._days, self._known_by, strict=True)]
        return leading.Way(self._read, around)

    def led(
        self, way: Way, wanted: list[Positions] | None = None, most: int = BLOCK
    ) -> Iterator[tuple[Positions, Led]]:
        """Yield blocks of households at the beginning of the compiled way, and whose they are."""
        everybody = [np.arange(self.households.size)]
        for members, block in self._blocks(everybody if wanted is None else wanted, most):
            yield members, way.led(block)

    def areas(self, members: Positions) -> NDArray[np.int64]:
        """Return the position of the area of some households, shape (days, households)."""
        return np.stack([self._home(step)[members] for step in range(self._days.size)])

    def _blocks(self, wanted: list[Positions] | None, most: int) -> Iterator[tuple[Positions, Chronicle]]:
        """Yield what is told of the households that are wanted on any day, so many at a time."""
        if self._days.size:
            ever = None if wanted is None else np.unique(np.concatenate([*wanted, np.zeros(0, np.intp)]))
            yield from self._story.blocks(ever, most)

    def _look(self, members: Positions, panel: Panel, step: int, some: Positions) -> Look:
        """Look at some of the members of a panel that has been advanced to a day."""
        local = None if some.size == members.size else np.searchsorted(members, some)
        around = self.context.on(self._days[step], self._known_by[step])
        return Look(some, step, View(panel, self._read, around, self._home(step)[some], local))

    def _home(self, step: int) -> NDArray[np.int64]:
        """Return the position of every household's area on a day."""
        if step not in self._at_home:
            self._at_home[step] = self._homes.on(self._known_by[step])
        return self._at_home[step]


def _within(wanted: Positions, members: Positions) -> Positions:
    low, high = np.searchsorted(wanted, (members[0], members[-1] + 1))
    return wanted[low:high]


def _inside(members: Positions, wanted: Positions) -> NDArray[np.bool_]:
    """Return which members are wanted."""
    inside = np.zeros(members.size, dtype=bool)
    inside[np.searchsorted(members, _within(wanted, members))] = True
    return inside
