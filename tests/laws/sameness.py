"""When vectors are the same, and tables of which a part says anything at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Facts, Table, Tables
from features.tables import TABLES
from features.vectors import Vectors

FACT_COLUMNS = 8
"""Columns that every table has, first."""


def same_bytes(one: Vectors, other: Vectors) -> bool:
    """Whether two sets of vectors are of the same households and days and the same in every bit."""
    return (
        one.household_id.tolist() == other.household_id.tolist()
        and one.as_of.tolist() == other.as_of.tolist()
        and one.area.tolist() == other.area.tolist()
        and one.X.tobytes() == other.X.tobytes()
    )


def shuffled_after(tables: Tables, day: date, rng: np.random.Generator) -> Tables:
    """Return tables in which all that became known after a day is shuffled, each column by itself."""
    mixed = {}
    for name, facts in tables.items():
        late = np.flatnonzero(facts["known_on"] > np.datetime64(day))
        mixed[name] = {column: values.copy() for column, values in facts.items()}
        for values in mixed[name].values():
            values[late] = values[rng.permutation(late)]
    return mixed


def known_by(tables: Tables, day: date) -> Tables:
    """Return what was known by the end of a day."""
    return {name: taken(facts, facts["known_on"] <= np.datetime64(day)) for name, facts in tables.items()}


def taken(facts: Facts, rows: NDArray[Any]) -> Facts:
    """Return some rows of a table."""
    return {column: values[rows] for column, values in facts.items()}


def with_noise(tables: Tables, rng: np.random.Generator) -> Tables:
    """Return tables that say anything at all wherever vectors may not look.

    Columns whose use is outcome or never; rows of which the contract says that vectors never read
    them, but for what makes them such rows and their place among the versions of their record; all
    of a table that has no feature.
    """
    return {name: _noisy(TABLES[name], facts, rng) for name, facts in tables.items()}


def _noisy(table: Table, facts: Facts, rng: np.random.Generator) -> Facts:
    noisy = {name: values.copy() for name, values in facts.items()}
    if table.grain == "household" and not any(column.use == "feature" for column in table.columns):
        for column in table.columns:
            if column.name != "household_id":
                noisy[column.name] = noise(column, facts[column.name], rng)
        return noisy
    unread = np.zeros(facts["record_id"].size, dtype=bool)
    told_by = ""
    if table.feature_rows is not None:
        told_by, codes = table.feature_rows
        unread = ~np.isin(facts[told_by], [table.column(told_by).code(code) for code in codes])
    for column in table.columns:
        values = noise(column, facts[column.name], rng)
        if column.use in {"outcome", "never"}:
            noisy[column.name] = values
        elif column in table.columns[FACT_COLUMNS:] and column.name != told_by:
            noisy[column.name] = np.where(unread, values, noisy[column.name])
    return noisy


def noise(column: Column, values: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Return anything that a column may hold, missing values among it."""
    size = values.size
    match column.kind:
        case "code":
            return rng.integers(-1, len(column.codes), size).astype(values.dtype)
        case "flag":
            return rng.integers(-1, 2, size).astype(values.dtype)
        case "date":
            days = np.datetime64("2022-01-01") + rng.integers(0, 1800, size)
            return np.where(rng.random(size) < 0.2, np.datetime64("NaT", "D"), days)
        case "id":
            return rng.choice(np.array(["", "m1", "m2", "h1", "noise"]), size)
        case _:
            return np.where(rng.random(size) < 0.2, np.nan, rng.integers(0, 90_000, size) / 100)
