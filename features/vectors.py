"""Household vectors: one row per household and as-of day, by the one path that everybody takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.contract import Day, Facts, Tables, as_day
from features.definitions import FEATURES
from features.errors import Usage
from features.feature import Feature
from features.history import believed
from features.panel import AHEAD, REACH, Panel
from features.tables import HOUSEHOLD_TABLES
from features.view import View

BLOCK_CELLS = 20_000_000
"""Cells of the panel held at once (12 bytes each); more households are taken in blocks."""

Days = Day | Sequence[Day] | NDArray[np.datetime64]
"""One day or several."""

Progress = Callable[[int], None]
"""Told how many households more are done."""


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
    progress : callable, optional
        Called with the number of households done since the last call.

    Returns
    -------
    Vectors
        Rows by day, then by household id; or in the order of the cohort.

    Raises
    ------
    Usage
        On an unknown feature, or ``known_by`` with several days.
    """
    chosen = _chosen(features)
    if as_of is None and cohort is not None:
        days = np.unique(cohort.as_of)
    else:
        days = np.unique(np.atleast_1d(np.asarray(as_of)).astype("datetime64[D]"))
    if known_by is not None:
        if days.size != 1:
            raise Usage("known_by goes with one as-of day")
        tables = _happened_by(tables, days[0])
    known = as_day(known_by) if known_by is not None else None
    parts = list(_blocks(tables, days, known, chosen, cohort, progress))
    names = tuple(feature.id for feature in chosen)
    ids = np.concatenate([part[0] for part in parts]) if parts else np.array([], dtype="<U1")
    days_of = np.concatenate([part[1] for part in parts]) if parts else np.array([], dtype="datetime64[D]")
    X = np.concatenate([part[2] for part in parts]) if parts else np.empty((0, len(names)))
    area = np.concatenate([part[3] for part in parts]) if parts else np.array([], dtype="<U1")
    order = np.lexsort((ids, days_of))
    if cohort is not None:
        order = order[_positions(cohort, ids[order], days_of[order])]
    fingerprints = {feature.id: feature.fingerprint for feature in chosen}
    return Vectors(ids[order], days_of[order], names, X[order], fingerprints, area[order])


def areas_on(tables: Tables, households: NDArray[Any], day: np.datetime64) -> NDArray[Any]:
    """Return the area of each of the sorted households as believed at the end of a day, "" if none."""
    facts = tables["households"]
    held = np.flatnonzero(believed(facts).on(day))
    order = held[
        np.lexsort((facts["known_on"][held], facts["occurred_on"][held], facts["household_id"][held]))
    ]
    ids = facts["household_id"][order]
    last = np.searchsorted(ids, households, side="right") - 1
    found = np.zeros(households.size, dtype=facts["area"].dtype)
    some = last >= 0
    some[some] = ids[last[some]] == households[some]
    found[some] = facts["area"][order][last[some]]
    return found


def _chosen(features: Sequence[str] | None) -> list[Feature]:
    if features is None:
        return list(FEATURES.values())
    unknown = [name for name in features if name not in FEATURES]
    if unknown:
        raise Usage(f"no such feature: {', '.join(unknown)}")
    return [FEATURES[name] for name in features]


@cache
def _channels(features: tuple[str, ...]) -> list[Channel]:
    read = (channel for name in features for channel in FEATURES[name].reading.channels())
    return list(dict.fromkeys(read))


def _happened_by(tables: Tables, day: np.datetime64) -> Tables:
    return {
        name: {column: values[facts["occurred_on"] <= day] for column, values in facts.items()}
        if name in HOUSEHOLD_TABLES
        else facts
        for name, facts in tables.items()
    }


Block = tuple[NDArray[Any], NDArray[Any], NDArray[np.float64], NDArray[Any]]


def _blocks(
    tables: Tables,
    days: NDArray[Any],
    known_by: np.datetime64 | None,
    chosen: list[Feature],
    cohort: Cohort | None,
    progress: Progress | None,
) -> Iterator[Block]:
    households = np.unique(tables["households"]["household_id"])
    if cohort is not None:
        households = households[np.isin(households, cohort.household_id)]
    if not households.size or not days.size:
        return
    channels = _channels(tuple(feature.id for feature in chosen))
    months = int((days[-1] - days[0]).astype(int)) // 28 + REACH + 2 + AHEAD
    width = max(BLOCK_CELLS // (max(len(channels), 1) * months), 1)
    pieces = _pieces(tables, households, width)
    for piece, start in zip(pieces, range(0, households.size, width), strict=True):
        block = households[start : start + width]
        yield from _days(piece, block, days, known_by, chosen, channels, cohort)
        if progress is not None:
            progress(block.size)


def _days(
    tables: Tables,
    households: NDArray[Any],
    days: NDArray[Any],
    known_by: np.datetime64 | None,
    chosen: list[Feature],
    channels: list[Channel],
    cohort: Cohort | None,
) -> Iterator[Block]:
    panel = Panel(tables, channels, households, days[0], days[-1])
    for day in days:
        wanted = None
        if cohort is not None:
            wanted = np.flatnonzero(np.isin(households, cohort.household_id[cohort.as_of == day]))
            if not wanted.size:
                continue
        known = day if known_by is None else known_by
        panel.advance(known)
        read = households if wanted is None else households[wanted]
        areas = areas_on(tables, read, known)
        view = View(panel, tables, areas, day, known, wanted)
        X = np.empty((read.size, len(chosen)))
        for position, feature in enumerate(chosen):
            X[:, position] = view.read(feature.reading)
        yield read, np.full(read.size, day), X, areas


def _pieces(tables: Tables, households: NDArray[Any], width: int) -> list[Tables]:
    """Cut the household tables into blocks of households; context tables go whole to each."""
    blocks = -(-households.size // width)
    if blocks == 1:
        return [tables]
    pieces: list[Tables] = [{} for _ in range(blocks)]
    for name, facts in tables.items():
        if name not in HOUSEHOLD_TABLES:
            for piece in pieces:
                piece[name] = facts
            continue
        owner = np.searchsorted(households, facts["household_id"]) // width
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(blocks + 1))
        for piece, low, high in zip(pieces, bounds[:-1], bounds[1:], strict=True):
            piece[name] = _rows(facts, order[low:high])
    return pieces


def _rows(facts: Facts, rows: NDArray[np.intp]) -> Facts:
    return {name: values[rows] for name, values in facts.items()}


def _positions(cohort: Cohort, ids: NDArray[Any], days: NDArray[Any]) -> NDArray[np.intp]:
    """Return where each pair of the cohort stands among rows sorted by day and household."""
    days_known, day_row = np.unique(days, return_inverse=True)
    ids_known, id_row = np.unique(ids, return_inverse=True)
    key = day_row * ids_known.size + id_row
    wanted_day = np.searchsorted(days_known, cohort.as_of)
    wanted_id = np.searchsorted(ids_known, cohort.household_id)
    wanted = wanted_day * ids_known.size + wanted_id
    place = np.searchsorted(key, wanted)
    place[place == key.size] = 0
    if key.size == 0 or not (
        np.array_equal(ids[place], cohort.household_id) and np.array_equal(days[place], cohort.as_of)
    ):
        raise Usage("the cohort names households or days that the tables do not have")
    return place
