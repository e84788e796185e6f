"""A made-up county: incomes month by month, bills, clues and entries that follow both, over some years."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.check import accept
from features.contract import Tables

LINE = 1000.0
"""The line [yuan a head and month]."""

START = np.datetime64("2020-01", "M")
MONTHS = 54
TOWNSHIPS = ("t1", "t2")


def entered_county(households: int = 300, random_state: int = 0) -> Tables:
    """Return checked tables of a made-up county.

    Each household has a level of income that goes its own way, told every quarter, and now and then a
    bill. In a month of low income or of a heavy bill a clue may be opened, and is answered two months
    later by an entry, which ends after ten months, or a rejection. A check comes between.
    """
    rng = np.random.default_rng(random_state)
    ids = np.array([f"h{number:04d}" for number in range(households)])
    size = rng.integers(1, 5, households)
    level = rng.normal(0.45, 0.35, households)
    taken_until = np.full(households, -1)
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("incomes", "visits", "expenses", "monitoring", "verifications", "supports")
    }
    for month in range(MONTHS):
        level += rng.normal(0.0, 0.05, households)
        billed = rng.random(households) < 0.03
        bill = np.where(billed, rng.uniform(2000, 40_000, households).round(2), 0.0)
        risk = 0.004 + 0.05 * (level < 0.1) + 0.12 * (bill > 15_000)
        struck = (rng.random(households) < risk) & (taken_until < month)
        end = _day(month + 1) - 1
        for place, household in enumerate(ids):
            own = {"household_id": household}
            if month % 3 == 2:
                rows["incomes"].append(own | _quarter(end, month, level[place], size[place]))
                rows["visits"].append(own | {"occurred_on": end, "known_on": end, "purpose": "round"})
            if billed[place]:
                paid = {"kind": "medical_self_paid", "amount": float(bill[place])}
                rows["expenses"].append(own | {"occurred_on": end - 5, "known_on": end + 20} | paid)
            if struck[place]:
                accepted = bool(rng.random() < 0.7)
                taken_until[place] = month + (12 if accepted else 2)
                _taken_up(rows, own, month, accepted)
    last = _day(MONTHS) - 1
    rows = {name: [row for row in each if row["known_on"] <= last] for name, each in rows.items()}
    return accept({name: _columns(name, each) for name, each in {**rows, **_standing(ids, size)}.items()})


def _day(month: int) -> np.datetime64:
    return (START + month).astype("datetime64[D]")


def _quarter(end: np.datetime64, month: int, level: float, size: int) -> dict[str, Any]:
    yuan = round(float(3 * np.exp(level) * LINE * size), 2)
    span = {"period_start": _day(month - 2), "period_end": end}
    kind = {"kind": "total", "account": "period", "part_of_total": False}
    return {"occurred_on": end, "known_on": end, "amount": yuan} | span | kind


def _taken_up(rows: dict[str, list[dict[str, Any]]], own: dict[str, Any], month: int, accepted: bool) -> None:
    """Note a clue, its check and its answer, help, and the end of an entry."""

    def on(later: int, day: int) -> dict[str, Any]:
        when = _day(month + later) + day
        return own | {"occurred_on": when, "known_on": when + 1}

    rows["monitoring"].append(on(1, 3) | {"step": "clue"})
    risk = "needs_help" if accepted else "manageable"
    rows["verifications"].append(on(1, 12) | {"risk": risk, "reached": True})
    rows["monitoring"].append(on(2, 14) | {"step": "entry" if accepted else "rejection"})
    if accepted:
        help_given = {"area_of_help": "insurance", "form": "money", "ground": "monitoring", "amount": 3000.0}
        rows["supports"].append(on(2, 20) | help_given | {"start_on": _day(month + 2) + 20})
        rows["monitoring"].append(on(12, 14) | {"step": "elimination"})


def _standing(ids: np.ndarray, size: np.ndarray) -> dict[str, list[dict[str, Any]]]:
    begun = {"occurred_on": "2019-06-01", "known_on": "2019-06-01"}
    line = {"valid_from": "2019-06-01", "amount": 12 * LINE, "basis": "per_head", "period": "year"}
    grids = [f"{township}g{number}" for township in TOWNSHIPS for number in range(3)]
    areas = [{"area": "c", "level": "county"}]
    areas += [{"area": township, "parent": "c", "level": "township"} for township in TOWNSHIPS]
    areas += [{"area": grid, "parent": grid[:2], "level": "grid"} for grid in grids]
    living = [{"household_id": one, "area": grids[place % len(grids)]} for place, one in enumerate(ids)]
    counted = [
        {"household_id": one, "people": int(heads), "occurred_on": day, "known_on": day}
        for day in (f"{year}-01-10" for year in (2020, 2021, 2022, 2023, 2024))
        for one, heads in zip(ids, size, strict=True)
    ]
    return {
        "households": [begun | one for one in living],
        "compositions": counted,
        "areas": [begun | one for one in areas],
        "lines": [begun | line | {"area": "c", "currency": "CNY"}],
    }


def _columns(table: str, rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return {"record_id": [f"{table}-{place}" for place in range(len(rows))], **columns}
