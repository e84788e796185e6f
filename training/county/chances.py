"""The true chance of each target, by letting sampled households live on many times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.arrow import require_arrow
from features.errors import Usage
from training.county.diary import Nobody
from training.county.forks import HELP, HORIZONS, TARGETS, Chances, fork, sampled
from training.county.life import settle_down
from training.county.places import Place, places, shared_out
from training.county.simulate import in_order
from training.county.streams import Streams
from training.county.township import household_ids
from training.county.truth import CHANCES, County, read_county, truth_of

if TYPE_CHECKING:
    import pyarrow as pa

HALVES = 2
HOUSEHOLD_MONTHS = 330_000
"""Household-months that one processor lives in a second, as measured: for the budget that is told."""

Told = Callable[[str], None]
Progress = Callable[[int, int], None]


def chances(
    folder: Path,
    days: Sequence[np.datetime64],
    *,
    sample: int = 5_000,
    forks: int = 400,
    ways: Sequence[str] = HELP,
    processes: int | None = None,
    told: Told = lambda _: None,
    progress: Progress = lambda _, __: None,
) -> int:
    """Write the true chances of sampled households into ``truth/chances.parquet``.

    Parameters
    ----------
    folder : Path
        A simulated county.
    days : sequence of datetime64[D]
        As-of days, each the last of a month; rows of the same days are replaced.
    sample : int
        Households, drawn evenly over the county among those at risk of entry.
    forks : int
        How many times each one lives on, with help and without; even, at least 2.
    ways : sequence of {"practised", "none"}
        Of helping; one alone takes half the time, and its chances are the same.
    processes : int, optional
    told, progress : callable

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    Usage
        Where the folder is no simulated county, a day is not the last of a told month in which the
        office was open, or a number is out of bounds.
    """
    county = read_county(folder)
    months = _months(county, days)
    if forks < 1 or forks % HALVES or sample < 1:
        raise Usage("chances need an even number of forks, and a household at least")
    townships = places(county.parameters, county.seed, county.households, county.months, county.start)
    wanted = shared_out(
        min(sample, county.households), np.array([sum(t.households.values()) for t in townships], np.float64)
    )
    shares = {place.index: int(share) for place, share in zip(townships, wanted, strict=True)}
    lives = sample * len(months) * forks * len(ways)
    told(
        f"{sample:,} households on {len(months)} days, each {forks} times with help {' and '.join(ways)}: "
        f"about {lives * max(HORIZONS) / HOUSEHOLD_MONTHS / 60:.0f} minutes of a processor"
    )
    made = []
    tables = in_order(partial(_of_township, county, months, shares, forks, tuple(ways)), townships, processes)
    for done, table in enumerate(tables, start=1):
        made.append(table)
        progress(done, len(townships))
    return _write(truth_of(folder) / CHANCES, made, days)


def _months(county: County, days: Sequence[np.datetime64]) -> tuple[int, ...]:
    found = []
    for day in days:
        month = int((day.astype("datetime64[M]") - county.start).astype(int))
        if (day + 1).astype("datetime64[M]") == day.astype("datetime64[M]"):
            raise Usage(f"{day} is not the last day of a month")
        year, opens = county.parameters.numbers("office.opens")
        opened = np.datetime64(f"{int(year)}-{int(opens):02d}", "M")
        if not max(0, int((opened - county.start).astype(int)) + 1) <= month < county.months:
            raise Usage(f"{day} lies outside the told months in which households are entered")
        found.append(month)
    return tuple(sorted(set(found)))


def _of_township(
    county: County, months: tuple[int, ...], shares: dict[int, int], forks: int, ways: tuple[str, ...],
    place: Place,
) -> pa.Table:  # fmt: skip
    """Live a township to each of the months, fork there, and return the rows."""
    p, streams = county.parameters, Streams(county.seed, place.index)
    life = settle_down(place, p, county.seed, county.months, county.start)
    ids = household_ids(place, len(life.state))
    tables = []
    for now, _ in life.months(months[-1] + 1, Nobody()):
        if now.index in months:
            rows = sampled(life.state, now.index, shares[place.index], streams)
            if rows.size:
                seen = fork(place, life.calendar, life.state, rows, now.index, forks, county.seed, ways)
                tables.append(_table(seen, ids[rows], county.start + now.index, forks, ways))
    pa, _ = require_arrow()
    return pa.concat_tables(tables) if tables else _schema().empty_table()


def _table(
    seen: Chances, ids: NDArray[np.str_], month: np.datetime64, forks: int, ways: tuple[str, ...]
) -> pa.Table:
    pa, _ = require_arrow()
    household, way, target, horizon = (axis.ravel() for axis in np.indices(seen.mean.shape))
    day = (month + 1).astype("datetime64[D]") - 1
    return pa.table(
        {
            "as_of": pa.array(np.full(household.size, day), pa.date32()),
            "household_id": pa.array(ids[household]),
            "target": pa.array(np.array(TARGETS)[target]),
            "horizon_months": pa.array(np.array(HORIZONS)[horizon], pa.int16()),
            "help": pa.array(np.array(ways)[way]),
            "chance": np.minimum(seen.mean.ravel(), 1.0),  # of few forks a sum of chances may by luck pass 1
            "standard_error": seen.error.ravel(),
            "chance_a": np.minimum(seen.first.ravel(), 1.0),
            "chance_b": np.minimum(seen.second.ravel(), 1.0),
            "forks": pa.array(np.full(household.size, forks), pa.int32()),
        },
        schema=_schema(),
    )


def _schema() -> pa.Schema:
    pa, _ = require_arrow()
    names = ("chance", "standard_error", "chance_a", "chance_b")
    return pa.schema(
        [
            ("as_of", pa.date32()),
            ("household_id", pa.string()),
            ("target", pa.string()),
            ("horizon_months", pa.int16()),
            ("help", pa.string()),
            *((name, pa.float64()) for name in names),
            ("forks", pa.int32()),
        ]
    )


def _write(file: Path, made: list[pa.Table], days: Sequence[np.datetime64]) -> int:
    """Keep the rows of other days, put the new ones, and replace the file as a whole."""
    pa, pq = require_arrow()
    kept = []
    if file.is_file():
        before = pq.read_table(file, schema=_schema())
        others = ~np.isin(before["as_of"].to_numpy().astype("datetime64[D]"), np.array(days, "datetime64[D]"))
        kept = [before.filter(pa.array(others))]
    table = pa.concat_tables([*kept, *made]).sort_by(
        [
            ("as_of", "ascending"),
            ("target", "ascending"),
            ("horizon_months", "ascending"),
            ("help", "ascending"),
        ]
    )
    half = file.with_name(f".{file.name}.half")
    pq.write_table(table, half, compression="zstd")
    half.replace(file)
    return int(table.num_rows)
