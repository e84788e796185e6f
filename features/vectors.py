"""Household vectors: one row per household and as-of day, by the one path that everybody takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.context import Context
from features.contract import Day, Tables, as_day
from features.definitions import FEATURES
from features.errors import Usage
from features.ids import positions
from features.plan import Plan
from features.planning import plan
from features.replay import Figures, Replay

Days = Day | Sequence[Day] | NDArray[np.datetime64]
"""One day or several."""

FEW = 64
"""With more rows of households a vector is read off no deeper than need be."""

Progress = Callable[[int, int], None]
"""Told how many vectors are done, and of how many."""


@dataclass(frozen=True)
class Vectors:
    """Household vectors.

    Parameters
    ----------
    household_id : ndarray of str, shape (rows,)
    as_of : ndarray of datetime64[D], shape (rows,)
    features : tuple of str
        Ids of the columns.
    X : ndarray of float64, shape (rows, columns)
        NaN where a value is unknown: unknown is not zero.
    fingerprints : dict
        Feature id to the SHA-256 of its definition.
    area : ndarray of str, shape (rows,)
        The area of the household on the day.
    """

    household_id: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    features: tuple[str, ...]
    X: NDArray[np.float64]
    fingerprints: dict[str, str]
    area: NDArray[np.str_]

    def __len__(self) -> int:
        return self.household_id.size

    def take(self, rows: NDArray[Any]) -> Vectors:
        """Return some of the rows, by positions or mask."""
        return Vectors(
            self.household_id[rows],
            self.as_of[rows],
            self.features,
            self.X[rows],
            self.fingerprints,
            self.area[rows],
        )

    def column(self, feature: str) -> NDArray[np.float64]:
        """Return one column by the feature's id."""
        values: NDArray[np.float64] = self.X[:, self.features.index(feature)]
        return values

    def row_sha256(self, row: int) -> str:
        """Return the hash of a row's bytes and of what its columns mean."""
        meaning = ",".join(f"{name}={self.fingerprints[name]}" for name in self.features)
        return hashlib.sha256(meaning.encode() + np.ascontiguousarray(self.X[row]).tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cohort:
    """Pairs of household and day, of which vectors are wanted."""

    household_id: NDArray[np.str_]
    as_of: NDArray[np.datetime64]


def build_vectors(
    tables: Tables,
    as_of: Days | None,
    *,
    known_by: Day | None = None,
    features: Sequence[str] | None = None,
    cohort: Cohort | None = None,
    context: Context | None = None,
    progress: Progress | None = None,
) -> Vectors:
    """Build the vectors of every household on every as-of day.

    Facts with ``known_on`` after the day never move a bit; one household alone, a batch, any
    order of rows and any partition give the same bytes.

    Parameters
    ----------
    tables : Tables
        Checked tables (``features.check.accept``).
    as_of : date or sequence of dates
        The days at whose end the households are looked at.
    known_by : date, optional
        Bounds what is believed, where it differs from the single ``as_of`` (to tell a correction
        from the passing of time).
    features : sequence of str, optional
        Ids of the columns; the whole catalogue otherwise.
    cohort : Cohort, optional
        Only these pairs are returned, in this order; ``as_of`` may then be None.
    context : Context, optional
        The context tables, kept from call to call; those among ``tables`` otherwise.
    progress : callable, optional
        Called after each block of households and day.

    Returns
    -------
    Vectors
        Rows by day, then by household id; or in the order of the cohort.

    Raises
    ------
    Usage
        On an unknown feature, ``known_by`` with several days, or pairs that the tables do not have.
    """
    names = tuple(FEATURES) if features is None else tuple(features)
    read = plan_of(names, shallow=tables["households"]["record_id"].size > FEW)
    days = _days(as_of, cohort)
    if known_by is not None and days.size != 1:
        raise Usage("known_by goes with one as-of day")
    known = days if known_by is None else np.array([as_day(known_by)])
    happened_by = None if known_by is None else days[0]
    replay = Replay(tables, read, days, known, context=context, happened_by=happened_by)
    rows = _Rows(replay.households, days, cohort)
    X, area = np.empty((rows.size, len(names))), np.zeros(rows.size, dtype=np.int64)
    done = 0
    for found in replay.figures(rows.wanted):
        into, place = rows.of(found)
        X[into] = values_of(found.values, read, names)[place]
        area[into] = found.area[place]
        done += found.members.size
        if progress is not None:
            progress(done, rows.size)
    household_id, as_ofs = rows.pairs()
    return Vectors(household_id, as_ofs, names, X, fingerprints_of(names), replay.context.codes[area])


def values_of(figures: NDArray[np.float64], read: Plan, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the values of features, shape (households, features), out of all figures of their plan."""
    columns = _columns(read, names)
    return figures if columns is None else figures[:, columns]


@lru_cache(maxsize=16)
def fingerprints_of(names: tuple[str, ...]) -> dict[str, str]:
    """Return the fingerprints of features by id."""
    return {name: FEATURES[name].fingerprint for name in names}


@lru_cache(maxsize=16)
def plan_of(names: tuple[str, ...], *, shallow: bool = False) -> Plan:
    """Return the plan of features by id; ``Usage`` where there is no such feature."""
    unknown = [name for name in names if name not in FEATURES]
    if unknown:
        raise Usage(f"no such feature: {', '.join(unknown)}")
    return plan(tuple(FEATURES[name].reading for name in names), shallow=shallow)


@lru_cache(maxsize=32)
def _columns(read: Plan, names: tuple[str, ...]) -> NDArray[np.intp] | None:
    """Return which of the plan's figures are meant; None where it is all of them, in this order."""
    asked = tuple(FEATURES[name].reading for name in names)
    if asked == read.figures:
        return None
    place = {node: number for number, node in enumerate(read.figures)}
    return np.array([place[node] for node in asked], dtype=np.intp)


def _days(as_of: Days | None, cohort: Cohort | None) -> NDArray[np.datetime64]:
    told = cohort.as_of if as_of is None and cohort is not None else np.atleast_1d(np.asarray(as_of))
    return np.unique(told.astype("datetime64[D]"))


class _Rows:
    """Which row of the vectors belongs to which household and day.

    Parameters
    ----------
    households : ndarray of str
        All of the tables, sorted.
    days : ndarray of datetime64[D]
        Sorted.
    cohort : Cohort, optional
        All households on all days otherwise, by day.

    Attributes
    ----------
    size : int
    wanted : list of ndarray, optional
        Positions of the households wanted on each day; None for all.
    """

    def __init__(
        self, households: NDArray[np.str_], days: NDArray[np.datetime64], cohort: Cohort | None
    ) -> None:
        self._households, self._days, self._cohort = households, days, cohort
        self.size = households.size * days.size
        self.wanted: list[NDArray[np.intp]] | None = None
        if cohort is None:
            return
        self.size = cohort.as_of.size
        position, step = positions(cohort.household_id, households), np.searchsorted(days, cohort.as_of)
        if (position < 0).any() or not np.array_equal(days[np.minimum(step, days.size - 1)], cohort.as_of):
            raise Usage("the cohort names households or days that the tables do not have")
        order = np.lexsort((position, step))
        bounds = np.searchsorted(step[order], np.arange(days.size + 1))
        self._row = [order[low:high] for low, high in pairwise(bounds)]
        self._position = [position[row] for row in self._row]
        self.wanted = [np.unique(each) for each in self._position]

    def of(self, found: Figures) -> tuple[NDArray[np.intp] | slice, NDArray[np.intp] | slice]:
        """Return the rows that some figures fill, and the place of each one's household among them."""
        if self._cohort is None:
            first = found.step * self._households.size
            return slice(first + int(found.members[0]), first + int(found.members[-1]) + 1), slice(None)
        position = self._position[found.step]
        low, high = np.searchsorted(position, (found.members[0], found.members[-1] + 1))
        return self._row[found.step][low:high], np.searchsorted(found.members, position[low:high])

    def pairs(self) -> tuple[NDArray[np.str_], NDArray[np.datetime64]]:
        """Return household and day of each row."""
        if self._cohort is not None:
            return self._cohort.household_id, self._cohort.as_of
        return np.tile(self._households, self._days.size), np.repeat(self._days, self._households.size)
