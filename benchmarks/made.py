"""Made data for the benchmarks: contract tables of households over three years, a Parquet file a table.

Nothing here is like a county; it has what makes point-in-time reading cost something. Facts become known
up to 120 days after they happened and stand in the files in that order; some are corrected or withdrawn
later; a month's income may be estimated at a visit before its record comes; some months have two visits;
this year's line is announced when some of the year has passed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.chosen import COPING_12M, FIRST_MONTH, MONTHS
from features.arrow import open_parquet
from features.tables import TABLES

AREAS = 40
LONGEST_DELAY = 120
"""Days from a fact to our knowing it, at most."""

CORRECTED, WITHDRAWN = 0.03, 0.01
"""Shares of records that a later version corrects or withdraws."""

VISIT_EVERY, COUNTED_EVERY, TRANSFER_EVERY, SOLD_EVERY = 2, 6, 3, 6
"""Months between rounds of visits, counts of the people, payments of transfers and sales of produce."""

Columns = dict[str, NDArray[Any]]
Draw = Callable[[np.random.Generator, int], Columns]


def made(folder: Path, households: int, seed: int = 0) -> Path:
    """Return the folder of a made data set below ``folder``; it is made where it is not there yet."""
    place = folder / f"{households}-households-seed-{seed}"
    if not place.exists():
        fresh = place.with_name(f".{place.name}.partial")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        sizes = {name: _write(fresh, name, columns) for name, columns in _tables(households, seed).items()}
        (fresh / ".sizes.json").write_text(json.dumps(sizes))
        fresh.rename(place)
    return place


def facts_in(place: Path) -> int:
    """Return how many facts a made data set tells, versions counted apart."""
    return sum(json.loads((place / ".sizes.json").read_text()).values())


def _tables(households: int, seed: int) -> dict[str, Columns]:
    rng = np.random.default_rng(seed)
    tables = {name: _told(rng, name, draw(rng, households)) for name, draw in _DRAWS.items()}
    begun = np.datetime64("2021-01-01")
    areas = np.array([f"a{number:03d}" for number in range(AREAS)])
    tables["households"] = {
        "record_id": _ids("hh", np.arange(households)),
        "household_id": _ids("h", rng.permutation(households)),
        "occurred_on": np.full(households, begun),
        "known_on": np.full(households, begun),
        "area": areas[rng.integers(0, AREAS, households)],
    }
    tables["areas"] = {
        "record_id": areas,
        "area": areas,
        "occurred_on": np.full(AREAS, begun),
        "known_on": np.full(AREAS, begun),
    }
    return tables | {"lines": _lines(rng, areas)}


def _lines(rng: np.random.Generator, areas: NDArray[np.str_]) -> Columns:
    first = np.arange(np.datetime64("2021", "Y"), np.datetime64("2025", "Y")).astype("datetime64[D]")
    area, valid_from = (part.ravel() for part in np.meshgrid(areas, first))
    year = np.repeat(np.arange(first.size), areas.size)
    return {
        "record_id": _ids("line", np.arange(area.size)),
        "area": area,
        "occurred_on": valid_from,
        "known_on": valid_from + rng.integers(20, 100, area.size),
        "valid_from": valid_from,
        "amount": np.round(6_500.0 + 350.0 * year + rng.integers(0, 900, area.size), 0),
        "basis": np.full(area.size, "per_head"),
        "period": np.full(area.size, "year"),
        "currency": np.full(area.size, "CNY"),
    }


def _told(rng: np.random.Generator, name: str, facts: Columns) -> Columns:
    """Give facts their records, delays and later versions, in the order in which they became known."""
    rows = facts["occurred_on"].size
    facts["record_id"] = _ids(name[:3], np.arange(rows))
    facts["household_id"] = _ids("h", facts.pop("household"))
    facts["known_on"] = facts["occurred_on"] + (LONGEST_DELAY * rng.beta(1.0, 4.0, rows)).astype(int)
    fate = rng.random(rows)
    later = np.flatnonzero(fate < CORRECTED + WITHDRAWN)
    versions = {column: values[later] for column, values in facts.items()}
    versions["known_on"] = versions["known_on"] + rng.integers(1, LONGEST_DELAY, later.size)
    if "amount" in versions:
        versions["amount"] = np.round(versions["amount"] * rng.uniform(0.5, 1.5, later.size), 2)
    facts["voided"] = np.zeros(rows, dtype=bool)
    versions["voided"] = fate[later] < WITHDRAWN
    order = np.argsort(np.concatenate([facts["known_on"], versions["known_on"]]), kind="stable")
    return {column: np.concatenate([values, versions[column]])[order] for column, values in facts.items()}


def _incomes(rng: np.random.Generator, households: int) -> Columns:
    earns, farms, draws = (rng.random(households) < share for share in (0.3, 0.4, 0.4))
    every = {
        "wage": (np.flatnonzero(earns), 1, 2_500.0),
        "operating": (np.flatnonzero(farms), SOLD_EVERY, 9_000.0),
        "cost": (np.flatnonzero(farms), SOLD_EVERY, 3_000.0),
        "transfer": (np.flatnonzero(draws), TRANSFER_EVERY, 1_200.0),
    }
    parts = []
    for kind, (who, apart, usual) in every.items():
        household, day = _rounds(rng, who, apart)
        amount = np.round(usual * rng.lognormal(0.0, 0.5, day.size), 2)
        parts.append((household, day, np.full(day.size, kind), amount))
    household, day, kinds, amount = (np.concatenate(part) for part in zip(*parts, strict=True))
    guessed = np.flatnonzero(rng.random(day.size) < 0.05)
    account = np.repeat(np.array(["monthly", "visit"]), [day.size, guessed.size])
    return {
        "household": np.concatenate([household, household[guessed]]),
        "occurred_on": np.concatenate([day, day[guessed]]),
        "kind": np.concatenate([kinds, kinds[guessed]]),
        "amount": np.concatenate([amount, np.round(amount[guessed], -2) + 100.0]),
        "account": account,
        "part_of_total": np.zeros(account.size, dtype=bool),
    }


def _visits(rng: np.random.Generator, households: int) -> Columns:
    household, day = _rounds(rng, np.arange(households), VISIT_EVERY)
    again = np.flatnonzero(rng.random(day.size) < 0.02)
    month_end = (day[again].astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    household = np.concatenate([household, household[again]])
    day = np.concatenate([day, month_end])
    rows = day.size
    flags: dict[str, NDArray[Any]] = {column: rng.random(rows) < 0.15 for column in COPING_12M}
    flags |= {column: rng.random(rows) < 0.9 for column in ("medical_ok", "housing_ok")}
    flags["sales_trouble"] = rng.random(rows) < 0.05
    seen = {name: _gaps(rng, values.astype(object)) for name, values in flags.items()}
    return seen | {
        "household": household,
        "occurred_on": day,
        "purpose": np.where(rng.random(rows) < 0.05, "verification", "round"),
        "house_grade": _gaps(rng, np.array(["a", "b", "c", "d"], dtype=object)[rng.integers(0, 4, rows)]),
        "rooms": rng.integers(1, 7, rows).astype(np.float64),
        "doctor_visits": rng.poisson(1.0, rows).astype(np.float64),
        "hospital_stays": rng.poisson(0.2, rows).astype(np.float64),
    }


def _compositions(rng: np.random.Generator, households: int) -> Columns:
    household, day = _rounds(rng, np.arange(households), COUNTED_EVERY)
    people = (1 + np.arange(households) % 6)[household] + (rng.random(day.size) < 0.1)
    return {
        "household": household,
        "occurred_on": day,
        "people": people.astype(np.float64),
        "earners": np.floor(people * rng.random(day.size)),
    }


def _expenses(rng: np.random.Generator, households: int) -> Columns:
    household, day = _scattered(rng, households, 3.0)
    kinds = np.array(["medical_self_paid", "education", "disaster", "accident", "housing"])
    kind = rng.choice(kinds, day.size, p=[0.5, 0.3, 0.05, 0.05, 0.1])
    return {
        "household": household,
        "occurred_on": day,
        "kind": kind,
        "amount": np.round(rng.lognormal(6.5, 1.0, day.size), 2),
        "serious": (kind == "medical_self_paid") & (rng.random(day.size) < 0.1),
    }


def _warnings(rng: np.random.Generator, households: int) -> Columns:
    household, day = _scattered(rng, households, 1.0)
    kinds = np.array(["medical", "job_loss", "disaster"])
    return {"household": household, "occurred_on": day, "kind": rng.choice(kinds, day.size)}


def _supports(rng: np.random.Generator, households: int) -> Columns:
    household, day = _scattered(rng, households, 1.5)
    return {
        "household": household,
        "occurred_on": day,
        "area_of_help": rng.choice(np.array(["industry", "health", "education", "social_floor"]), day.size),
        "form": rng.choice(np.array(["money", "goods", "service"]), day.size),
        "ground": np.where(rng.random(day.size) < 0.1, "monitoring", "general"),
        "start_on": day,
        "end_on": day + rng.integers(30, 400, day.size),
    }


def _employments(rng: np.random.Generator, households: int) -> Columns:
    household, day = _scattered(rng, households, 2.5)
    end = day + rng.integers(30, 700, day.size)
    return {
        "household": household,
        "occurred_on": day,
        "member_id": _ids("m", household),
        "state": np.where(rng.random(day.size) < 0.9, "employed", "inactive"),
        "start_on": day,
        "end_on": np.where(rng.random(day.size) < 0.2, np.datetime64("NaT"), end),
    }


_DRAWS: dict[str, Draw] = {
    "incomes": _incomes,
    "visits": _visits,
    "compositions": _compositions,
    "expenses": _expenses,
    "warnings": _warnings,
    "supports": _supports,
    "employments": _employments,
}


def _rounds(
    rng: np.random.Generator, who: NDArray[np.int64], apart: int
) -> tuple[NDArray[np.int64], NDArray[np.datetime64]]:
    """Return a day a round for each of the households, in its own month of every so many."""
    rounds = MONTHS // apart
    household = np.repeat(who, rounds)
    own = np.repeat(rng.integers(0, apart, who.size), rounds)
    month = FIRST_MONTH + (own + apart * np.tile(np.arange(rounds), who.size)).astype("timedelta64[M]")
    return household, month.astype("datetime64[D]") + rng.integers(0, 27, household.size).astype(
        "timedelta64[D]"
    )


def _scattered(
    rng: np.random.Generator, households: int, each: float
) -> tuple[NDArray[np.int64], NDArray[np.datetime64]]:
    """Return days drawn anywhere in the three years, so many a household on average."""
    rows = int(households * each)
    days = (FIRST_MONTH + MONTHS).astype("datetime64[D]") - FIRST_MONTH.astype("datetime64[D]")
    drawn = rng.integers(0, days.astype(int), rows)
    return rng.integers(0, households, rows), FIRST_MONTH.astype("datetime64[D]") + drawn


def _gaps(rng: np.random.Generator, values: NDArray[Any]) -> NDArray[Any]:
    values[rng.random(values.size) < 0.05] = None
    return values


def _ids(prefix: str, numbers: NDArray[Any]) -> NDArray[np.str_]:
    return np.strings.add(prefix, np.strings.zfill(numbers.astype("U8"), 8))


def _write(place: Path, name: str, columns: Mapping[str, NDArray[Any]]) -> int:
    types = {"date": pa.date32(), "flag": pa.bool_(), "code": pa.dictionary(pa.int16(), pa.string())}
    arrays = {}
    for column in TABLES[name].columns:
        if column.name in columns:
            values = columns[column.name]
            array = pa.array(values, type=pa.string() if column.kind == "code" else types.get(column.kind))
            arrays[column.name] = array.cast(types["code"]) if column.kind == "code" else array
    table = pa.table(arrays)
    with open_parquet(table.schema, place / f"{name}.parquet") as file:
        file.write_table(table)
    return int(table.num_rows)
