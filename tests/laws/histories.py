"""Made-up histories: households with dated facts of every table, corrections and withdrawals among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from features.check import accept
from features.contract import Column, Tables
from features.tables import HOUSEHOLD_TABLES

FIRST = date(2023, 1, 1)
LAST = date(2026, 6, 30)
AS_OF = np.datetime64("2025-06-30")
IDS = ("h1", "h2", "h3")

days = st.integers(0, (LAST - FIRST).days).map(lambda offset: FIRST + timedelta(days=offset))

CONTEXT: dict[str, dict[str, list[Any]]] = {
    "areas": {
        "record_id": ["a1", "a2"],
        "area": ["county", "village"],
        "parent": [None, "county"],
        "occurred_on": ["2020-01-01"] * 2,
        "known_on": ["2020-01-01"] * 2,
    },
    "lines": {
        "record_id": ["l1", "l2"],
        "area": ["county"] * 2,
        "occurred_on": ["2020-01-01", "2024-12-31"],
        "known_on": ["2020-01-01", "2024-12-31"],
        "valid_from": ["2020-01-01", "2025-01-01"],
        "amount": [8000.0, 8600.0],
        "basis": ["per_head"] * 2,
        "period": ["year"] * 2,
        "currency": ["CNY"] * 2,
    },
    "prices": {
        "record_id": ["p1", "p2", "p3", "p3"],
        "area": ["village"] * 2 + ["county"] * 2,
        "occurred_on": ["2024-03-15", "2025-03-15", "2025-05-15", "2025-05-15"],
        "known_on": ["2024-04-10", "2025-04-10", "2025-05-20", "2025-07-20"],
        "product": ["orange"] * 2 + ["pig"] * 2,
        "price": [4.0, 3.0, 20.0, 10.0],
        "sold_share": [1.0, 0.5, 0.9, None],
    },
    "disasters": {
        "record_id": ["d1", "d2"],
        "area": ["village", "county"],
        "occurred_on": ["2024-07-10", "2025-05-10"],
        "known_on": ["2024-07-20", "2025-07-10"],
        "kind": ["flood", "drought"],
        "loss_share": [0.3, 0.6],
    },
}


def _value(column: Column) -> st.SearchStrategy[Any]:
    least = int(column.least or 0)
    match column.kind:
        case "code":
            drawn: st.SearchStrategy[Any] = st.sampled_from([code.id for code in column.codes])
        case "flag":
            drawn = st.booleans()
        case "date":
            drawn = days
        case "id":
            drawn = st.sampled_from(["m1", "m2"])
        case "money":
            drawn = st.integers(least * 100, 9_000_000).map(lambda fen: fen / 100)
        case _:
            drawn = st.integers(least, int(column.most or least + 6))
    return drawn if column.required else st.none() | drawn


@st.composite
def fact(draw: st.DrawFn, table: str, record_id: str) -> dict[str, Any]:
    """Draw one version of a record."""
    declared = HOUSEHOLD_TABLES[table]
    row = {column.name: draw(_value(column)) for column in declared.columns[8:]}
    known_on = draw(days)
    row |= {
        "record_id": record_id,
        "household_id": IDS[sum(map(ord, record_id)) % len(IDS)],
        "occurred_on": known_on - timedelta(days=draw(st.integers(0, 200))),
        "known_on": known_on,
        "revision": draw(st.integers(0, 2)),
        "voided": draw(st.sampled_from([False, False, False, True])),
        "source": draw(st.sampled_from(["visit", "medical_insurance", None])),
        "known_on_assumed": None,
    }
    for earlier, later in declared.in_order:
        if row.get(earlier) and row.get(later) and row[earlier] > row[later]:
            row[earlier], row[later] = (
                (row[later], row[earlier]) if later != "known_on" else (row[later], row[later])
            )
    if table == "incomes" and row["period_start"] and row["period_end"]:
        row["period_start"] = min(row["period_start"], row["known_on"], row["period_end"])
    return row


@st.composite
def records(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Draw facts of any table, several versions of a record among them."""
    drawn: dict[tuple[str, str, date, int], tuple[str, dict[str, Any]]] = {}
    for _ in range(draw(st.integers(1, 14))):
        table = draw(st.sampled_from(sorted(HOUSEHOLD_TABLES.keys() - {"households"})))
        record_id = f"{table}-{draw(st.integers(1, 3))}"
        row = draw(fact(table, record_id))
        drawn[table, record_id, row["known_on"], row["revision"]] = (table, row)
    return list(drawn.values())


def tables_of(drawn: list[tuple[str, dict[str, Any]]], households: tuple[str, ...] = IDS) -> Tables:
    """Return checked tables of the drawn facts about some households, in the order drawn."""
    raw: dict[str, dict[str, list[Any]]] = {name: dict(columns) for name, columns in CONTEXT.items()}
    raw["households"] = {
        "record_id": list(households),
        "household_id": list(households),
        "occurred_on": ["2020-01-01"] * len(households),
        "known_on": ["2020-01-01"] * len(households),
        "area": ["village"] * len(households),
    }
    for table, row in drawn:
        if row["household_id"] not in households:
            continue
        columns = raw.setdefault(table, {name: [] for name in row})
        for name, value in row.items():
            columns[name].append(value)
    return accept(raw)
