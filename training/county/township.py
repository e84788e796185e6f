"""One township told: its life in a diary, its records, and the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from training.county.diary import Diary
from training.county.life import Life, settle_down
from training.county.parameters import Parameters, perfect
from training.county.places import Place
from training.county.population import grids_of
from training.county.records import tables_of
from training.county.snapshots import SEPTEMBER, write_month, write_people
from training.county.state import ORDINARY
from training.county.streams import Streams
from training.county.work import tell_jobs

TRUTH = (
    "people", "wage", "operating", "cost", "property", "transfer", "medical", "education", "loss", "net_12m",
    "line", "need", "cause", "monitored",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A township as it is written down.

    Parameters
    ----------
    diary : Diary
        All that happened.
    tables : Tables
        The contract tables.
    life : dict of ndarray
        A row for each household and month: the columns of ``truth/life.parquet``.
    perfect : Tables, optional
        The contract tables of an observer who sees everything at once and never errs.
    """

    diary: Diary
    tables: Tables
    life: dict[str, NDArray[Any]]
    perfect: Tables | None


def township(
    place: Place, p: Parameters, seed: int, months: int, start: np.datetime64, with_perfect: bool = False
) -> Told:
    """Live a township and tell it."""
    diary = live_through(place, p, seed, months, start)
    streams = Streams(seed, place.index)
    seen = None
    if with_perfect:
        keen = replace(place, diligence=np.ones_like(place.diligence))
        seen = tables_of(diary, keen, perfect(p), streams)
    return Told(diary, tables_of(diary, place, p, streams), truth_of(diary), seen)


def live_through(place: Place, p: Parameters, seed: int, months: int, start: np.datetime64) -> Diary:
    """Live the months of a township into a diary."""
    life = settle_down(place, p, seed, months, start)
    diary = _open_diary(life, p, Streams(seed, place.index), months, start)
    for now, month in life.months(months, diary):
        if now.index < 0:
            continue
        if now.index == 0:
            tell_jobs(life.state, now, diary.events("job"))
        write_month(diary, life.state, now, month)
        if now.index in (0, months - 1) or now.calendar == SEPTEMBER:
            write_people(diary, life.state, now.index)
    return _close(diary)


def household_ids(place: Place, households: int) -> NDArray[np.str_]:
    """Return the ids of a township's rows: the township's letters, and a running number."""
    short = place.code.removeprefix(place.county)
    return np.array([f"{short}-{row + 1:05d}" for row in range(households)])


def truth_of(diary: Diary) -> dict[str, NDArray[Any]]:
    """Return the latent life as rows by household and month."""
    months = np.arange(diary.months)[:, None]
    there = (months >= diary.first) & (months <= diary.last)
    row, month = np.nonzero(there.T)
    told: dict[str, NDArray[Any]] = {
        "household_id": diary.household_id[row],
        "month": (diary.start + month).astype("datetime64[D]"),
    }
    return told | {name: diary.monthly[name][month, row] for name in TRUTH}


def _open_diary(life: Life, p: Parameters, streams: Streams, months: int, start: np.datetime64) -> Diary:
    state, place, rows = life.state, life.place, len(life.state)
    grid = np.zeros(rows, np.int64)
    grid[: life.settled] = grids_of(place, streams, life.settled)
    ids = household_ids(place, rows)
    registered = state.origin != ORDINARY
    site = streams.of("relocated").random(rows) < p.number("people.relocated")
    return Diary(
        start=start.astype("datetime64[M]"),
        months=months,
        household_id=ids,
        lineage=ids.copy(),
        grid=grid,
        origin=state.origin.copy(),
        relocated=site & registered,
        weight=np.where(registered | (state.kind >= 0), 1.0, place.weight),
        first=np.full(rows, months, np.int64),
        last=np.full(rows, months - 1, np.int64),
        product=state.product.copy(),
    )


def _close(diary: Diary) -> Diary:
    """Join split households to their lineage, and end those that ended."""
    splits = diary.events("split")
    for old, new in zip(splits["row"], splits["other"].astype(np.int64), strict=True):
        diary.lineage[new] = diary.lineage[old]
        for name in ("grid", "origin", "relocated", "weight"):
            getattr(diary, name)[new] = getattr(diary, name)[old]
    alive = diary.monthly["people"] > 0
    ended = diary.months - 1 - alive[::-1].argmax(axis=0)
    diary.last[:] = np.where(alive.any(axis=0), ended, diary.months - 1)
    return diary
