"""From tables to views: households, some at a time, are led through the as-of days and looked at on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.changes import changes
from features.chronicle import chronicle
from features.context import Context, Homes
from features.contract import Tables
from features.lineage import LINKED, with_lineage
from features.panel import Changing, Panel
from features.plan import Plan
from features.view import Kernels, View

BLOCK = 750
"""Households taken at once: enough to share the work, few enough to stay near the processor, and no power of
two, at which the rows of a panel would fall into the same few places of its memory."""

MANY = 200_000
"""From so many rows, households times days, on operations are compiled, where Numba is installed: with fewer
it takes longer to load them than they save."""

Days = NDArray[np.datetime64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Look:
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


class Way(NamedTuple):
    """How a replay is worked out: by NumPy, or compiled."""

    changes: Callable[..., Changing]
    kernels: Kernels | None


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
        many = self.households.size * days.size >= MANY
        self._way = (_compiled() if many else None) or Way(changes, None)

    def looks(self, wanted: list[Positions] | None = None, most: int = BLOCK) -> Iterator[Look]:
        """Yield views, block by block of households and day by day.

        Parameters
        ----------
        wanted : list of ndarray of int, optional
            Sorted positions of the households wanted on each day; all on all days otherwise.
        most : int
            Households in a block.
        """
        ever = None if wanted is None else np.unique(np.concatenate([*wanted, np.zeros(0, np.intp)]))
        for members, panel in self.panels(ever, most):
            for step in range(self._days.size):
                panel.advance(step)
                some = members if wanted is None else _within(wanted[step], members)
                if some.size:
                    yield self.look(members, panel, step, some)

    def panels(
        self, households: Positions | None = None, most: int = BLOCK
    ) -> Iterator[tuple[Positions, Panel]]:
        """Yield the panels of blocks of households, before the first day, and whose they are."""
        for members, block in self._story.blocks(households, most) if self._days.size else ():
            yield members, Panel(block, self._read.wired, self._days, self._known_by, self._way.changes)

    def look(self, members: Positions, panel: Panel, step: int, some: Positions) -> Look:
        """Look at some of the members of a panel that has been advanced to a day."""
        local = None if some.size == members.size else np.searchsorted(members, some)
        around = self.context.on(self._days[step], self._known_by[step])
        home = self._home(step)[some]
        return Look(some, step, View(panel, self._read, around, home, local, self._way.kernels))

    def _home(self, step: int) -> NDArray[np.int64]:
        """Return the position of every household's area on a day."""
        if step not in self._at_home:
            self._at_home[step] = self._homes.on(self._known_by[step])
        return self._at_home[step]


@lru_cache(maxsize=1)
def _compiled() -> Way | None:
    try:
        from features.compiled import arithmetic, changes, operations
    except ImportError:
        return None
    return Way(changes.Changes, {**operations.KERNELS, **arithmetic.ARITHMETIC})


def _within(wanted: Positions, members: Positions) -> Positions:
    low, high = np.searchsorted(wanted, (members[0], members[-1] + 1))
    return wanted[low:high]
