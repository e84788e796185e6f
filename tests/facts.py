"""Facts by hand: a row is what a test wants to say, the rest is filled in."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.check import accept
from features.contract import Tables
from features.tables import CONTEXT_TABLES
from features.vectors import build_vectors

Row = dict[str, Any]

LINE = 1000.0
"""The usual line [yuan a head and month]."""

LINES: tuple[Row, ...] = (
    {
        "area": "village",
        "occurred_on": "2015-01-01",
        "valid_from": "2015-01-01",
        "amount": 12 * LINE,
        "basis": "per_head",
        "period": "year",
        "currency": "CNY",
    },
)
HOUSEHOLDS: tuple[Row, ...] = ({"household_id": "h", "occurred_on": "2015-01-01", "area": "village"},)


def raw(**tables: Any) -> dict[str, dict[str, list[Any]]]:
    """Return tables of plain values; one household ``h`` in a village with a line, unless told otherwise."""
    given = {"households": HOUSEHOLDS, "lines": LINES, **tables}
    return {name: _columns(name, list(rows)) for name, rows in given.items() if rows}


def facts(**tables: Any) -> Tables:
    """Return checked tables of the rows, each known on the day it happened unless told otherwise."""
    return accept(raw(**tables))


def value(tables: Tables, as_of: str, feature: str) -> float:
    """Return the value of a feature of household ``h`` at the end of a day."""
    vectors = build_vectors(tables, np.datetime64(as_of), features=[feature])
    return float(vectors.X[vectors.household_id.tolist().index("h"), 0])


def income(occurred_on: str, amount: float, kind: str = "total", **more: Any) -> Row:
    """Return a row of ``incomes``: a monthly record, part of no total."""
    plain = {
        "occurred_on": occurred_on,
        "kind": kind,
        "amount": amount,
        "account": "monthly",
        "part_of_total": False,
    }
    return plain | more


def people(occurred_on: str, number: int, **more: Any) -> Row:
    """Return a row of ``compositions``."""
    return {"occurred_on": occurred_on, "people": number, **more}


def _columns(name: str, rows: list[Row]) -> dict[str, list[Any]]:
    filled = [_filled(name, place, row) for place, row in enumerate(rows)]
    columns = dict.fromkeys(column for row in filled for column in row)
    return {column: [row.get(column) for row in filled] for column in columns}


def _filled(name: str, place: int, row: Row) -> Row:
    owner = {} if name in CONTEXT_TABLES else {"household_id": "h"}
    return {"record_id": f"{name}-{place}", **owner, "known_on": row.get("occurred_on"), **row}
