"""The rules of the data contract that look across values; every breach at once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Facts, Table, Tables
from features.errors import BadInput, Breach
from features.history import versions
from features.ids import strangers
from features.intake import Raw, breach, gaps, take
from features.lines import uncovered
from features.tables import CONTEXT_TABLES, HOUSEHOLD_TABLES, TABLES

MISSING = "missing"
"""The rule that a required value breaks by not being there."""


def accept(raw: Raw) -> Tables:
    """Read plain values and check them; what comes back can be trusted.

    Raises
    ------
    BadInput
        With every breach of the contract, of single values and across them.
    """
    tables, breaches = take(raw)
    breaches += check(tables)
    if breaches:
        raise BadInput(breaches)
    return tables


def check(tables: Tables) -> list[Breach]:
    """List every breach of the contract in tables in the hand.

    Checked are required values, bounds, dates in order (``occurred_on`` never after ``known_on``),
    versions of a record (same ``record_id``, ``known_on`` and ``revision`` with other content; a
    record that changes its household), households that are not in ``households``, areas that are
    not in ``areas``, and households without an income line.
    """
    return check_each(tables) + check_across(tables)


def check_each(tables: Tables) -> list[Breach]:
    """List what tables break each by itself: values, days in order, versions of a record."""
    breaches: list[Breach] = []
    for name, facts in tables.items():
        table = TABLES[name]
        if not _sound(table, facts):
            for column in table.columns:
                breaches += _check_column(name, column, facts[column.name])
            breaches += _check_order(table, facts)
        breaches += _check_versions(table, facts)
    return breaches


def check_across(tables: Tables) -> list[Breach]:
    """List what tables break together: households, areas and lines that others speak of."""
    return _check_households(tables) + _check_areas(tables) + _check_lines(tables)


def is_missing(column: Column, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which values of a column in the hand are missing."""
    gaps: NDArray[np.bool_]
    match column.kind:
        case "id":
            gaps = values == ""
        case "date":
            gaps = np.isnat(values)
        case "code" | "flag":
            gaps = values < 0
        case _:
            gaps = np.isnan(values)
    return gaps


def _sound(table: Table, facts: Facts) -> bool:
    """Return whether every value is there that must be and within its bounds, and days are in order.

    Whether, and no more, is told quickly; which row is at fault is found out where one is.
    """
    occurred, known = facts["occurred_on"], facts["known_on"]
    if np.count_nonzero(occurred <= known) < occurred.size:  # out of order, or missing
        return False
    return all(_fits(column, facts[column.name]) for column in _ruled(table.name)) and not any(
        np.count_nonzero(facts[earlier] > facts[later]) for earlier, later in table.in_order
    )


@cache
def _ruled(table: str) -> tuple[Column, ...]:
    """Return the columns of a table of the contract that have a rule, but the two days of every fact."""
    return tuple(
        column
        for column in TABLES[table].columns
        if (column.required or column.least is not None or column.most is not None)
        and column.name not in {"occurred_on", "known_on"}
    )


def _fits(column: Column, values: NDArray[Any]) -> bool:
    if values is gaps(column.kind, values.size):
        return not column.required or not values.size
    if column.kind == "id":
        return bool(np.count_nonzero(values) == values.size)
    if column.required and np.count_nonzero(is_missing(column, values)):
        return False
    below = column.least is not None and np.count_nonzero(values < column.least)
    return not below and not (column.most is not None and np.count_nonzero(values > column.most))


def _check_column(table: str, column: Column, values: NDArray[Any]) -> list[Breach]:
    found: list[Breach] = []
    if column.required:
        found += breach(table, column.name, MISSING, is_missing(column, values))
    if column.least is not None:
        found += breach(table, column.name, f"below {column.least:g}", values < column.least)
    if column.most is not None:
        found += breach(table, column.name, f"above {column.most:g}", values > column.most)
    return found


def _check_order(table: Table, facts: Facts) -> list[Breach]:
    found: list[Breach] = []
    for earlier, later in (("occurred_on", "known_on"), *table.in_order):
        first: NDArray[Any] = facts[earlier]
        found += breach(table.name, earlier, f"after {later}", first > facts[later])
    return found


def _check_versions(table: Table, facts: Facts) -> list[Breach]:
    order = versions(facts)
    if not order.size:
        return []
    record = facts["record_id"][order]
    same = (record[1:] == record[:-1]) & (record[1:] != "")
    first, second = order[:-1][same], order[1:][same]
    owner = "household_id" if table.grain == "household" else "area"
    moved = facts[owner][first] != facts[owner][second]
    known, revision = facts["known_on"], np.nan_to_num(facts["revision"][order], nan=0.0)
    again = (known[first] == known[second]) & (revision[:-1][same] == revision[1:][same])
    differs = _differs(table, facts, first[again], second[again])
    rows = facts["record_id"].size
    return [
        *breach(table.name, owner, "the record belonged to another one before", _marked(rows, second[moved])),
        *breach(
            table.name,
            "record_id",
            "same record_id, known_on and revision with other content",
            _marked(rows, second[again][differs]),
        ),
    ]


def _differs(
    table: Table, facts: Facts, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.bool_]:
    differs = np.zeros(first.size, dtype=bool)
    for column in table.columns if first.size else ():
        one, other = facts[column.name][first], facts[column.name][second]
        differs |= (one != other) & ~(is_missing(column, one) & is_missing(column, other))
    return differs


def _marked(rows: int, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
    marked = np.zeros(rows, dtype=bool)
    marked[positions] = True
    return marked


def _strangers(ids: NDArray[Any], known: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which ids are given and not among the known ones."""
    strange = strangers(ids, known)
    return strange & (ids != "") if np.count_nonzero(strange) else strange


def _check_households(tables: Tables) -> list[Breach]:
    known = tables["households"]["household_id"] if "households" in tables else np.array([], dtype="<U1")
    found: list[Breach] = []
    for name in tables.keys() & HOUSEHOLD_TABLES.keys() - {"households"}:
        ids = tables[name]["household_id"]
        found += breach(name, "household_id", "not in households", _strangers(ids, known))
    return sorted(found, key=lambda one: one.table)


def _check_areas(tables: Tables) -> list[Breach]:
    if "areas" not in tables:
        return []
    known = tables["areas"]["area"]
    found: list[Breach] = []
    for name in ("households", *CONTEXT_TABLES):
        if name in tables and name != "areas":
            area = tables[name]["area"]
            found += breach(name, "area", "not in areas", _strangers(area, known))
    parent = tables["areas"]["parent"]
    return found + breach("areas", "parent", "not in areas", _strangers(parent, known))


def _check_lines(tables: Tables) -> list[Breach]:
    if "households" not in tables or not tables["households"]["household_id"].size:
        return []
    return breach("households", "area", "no income line for the household", uncovered(tables))
