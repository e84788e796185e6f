"""Who could be put on a list at a month's end, by which grid, and whether anybody suspected it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.history import believed
from features.lines import nearest_area, parents_on
from features.tables.areas import AREAS
from features.vectors import Cohort, build_vectors
from training.baselines.rules_fired import RulesFired
from training.cohorts.standing import departures_of, steps_of

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Who could be listed at each month's end, a row a household and month, by month.

    Parameters
    ----------
    cohort : Cohort
    household : (rows,) array of int
        Position among the sorted households of the tables.
    grid : (rows,) array of int
        Position of its grid among those of the map.
    clue, suspected : (rows,) arrays of bool
        Whether a clue was open; whether one was or a rule of practice fired.
    """

    cohort: Cohort
    household: Whole
    grid: Whole
    clue: Mask
    suspected: Mask


@dataclass(frozen=True, eq=False)
class Map:
    """Where the grids lie.

    Parameters
    ----------
    grids : (grids,) array of str
        The areas in which households are written down, which is the lowest level told.
    township, village : (grids,) arrays of int
        Positions of the township and the village; the county is one township where none is told, and a grid
        its own village.
    """

    grids: NDArray[np.str_]
    township: Whole
    village: Whole


def candidates_on(
    tables: Tables, households: NDArray[np.str_], days: Days
) -> tuple[Candidates, Map, list[Whole]]:
    """Return who could be listed at month ends, the map, and how many households live in each grid by then.

    A candidate is a household that is there and not monitored, as known at the end of the day, with or
    without an open clue.

    Parameters
    ----------
    tables : Tables
    households : (households,) array of str
        All of the tables, sorted.
    days : (months,) array of datetime64[D]
        In time.

    Returns
    -------
    candidates : Candidates
    map : Map
        As told by the last of the days.
    households of each grid : list of (grids,) arrays of int
        Monitored ones too, by month.
    """
    seen = build_vectors(tables, days, features=RulesFired.features)
    steps, departures = steps_of(tables, households), departures_of(tables, households)
    there = (seen.area != "") & np.concatenate([departures.known_by(day) > day for day in days])
    grids, grid = np.unique(seen.area[there], return_inverse=True)
    month = np.repeat(np.arange(days.size), households.size)[there]
    of_grids = [np.bincount(grid[month == each], minlength=grids.size) for each in range(days.size)]
    monitored = np.concatenate([steps.monitored(day, day) for day in days])[there]
    clue = np.concatenate([steps.taken_up(day) for day in days])[there] & ~monitored
    fires = RulesFired().score(seen.take(there)) > 0.0
    household = np.tile(np.arange(households.size), days.size)[there]
    free = ~monitored
    candidates = Candidates(
        Cohort(seen.household_id[there][free], seen.as_of[there][free]),
        household[free],
        grid[free],
        clue[free],
        (clue | fires)[free],
    )
    return candidates, map_of(tables, grids, days[-1]), of_grids


def map_of(tables: Tables, grids: NDArray[np.str_], day: np.datetime64) -> Map:
    """Return where some grids lie, as believed at the end of a day."""
    areas = tables.get("areas")
    parents, held = parents_on(tables, day), None if areas is None else believed(areas).on(day)

    def above(level: str) -> list[str | None]:
        if areas is None or held is None:
            return [None] * grids.size
        rows = held & (areas["level"] == AREAS.column("level").code(level))
        return nearest_area(grids, set(areas["area"][rows].tolist()), parents)

    township = np.array([each or "" for each in above("township")])
    village = np.array([each or grid for each, grid in zip(above("village"), grids.tolist(), strict=True)])
    return Map(
        grids,
        np.unique(township, return_inverse=True)[1],
        np.unique(village, return_inverse=True)[1],
    )
