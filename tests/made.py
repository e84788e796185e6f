"""A made-up panel: households visited twice a year, whose income decides whether they are under the line."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.check import accept
from features.contract import Tables
from features.tables import HOUSEHOLD_TABLES

LINE = 1000.0
"""The line [yuan a head and month]."""

FIRST_ROUND = np.datetime64("2023-01", "M")
MONTHS_BETWEEN = 6
AREAS = ("north", "south")


def made_panel(households: int = 300, visits: int = 5, random_state: int = 0) -> Tables:
    """Return checked tables of a made-up panel.

    Each household is met every half year, in one of two months. A visit learns the income of the
    month before, the people, what was spent on illness and how the household gets by. Income goes
    its own slow way; bills and a bad area pull it down at the next visit. A tenth of the incomes are
    estimated, a twentieth not learned at all.
    """
    rng = np.random.default_rng(random_state)
    ids = np.array([f"h{number:04d}" for number in range(households)])
    size = rng.integers(1, 7, households)
    level = rng.normal(0.3, 0.4, households)
    area = rng.integers(0, 2, households)
    bills = np.zeros(households)
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("incomes", "compositions", "visits", "expenses", "supports")
    }
    first = FIRST_ROUND + rng.integers(0, 2, households)
    for visit in range(visits):
        level += rng.normal(0.0, 0.25, households) - 0.3 * (bills > 0) - 0.08 * area + 0.1
        bills = np.where(rng.random(households) < 0.15, rng.uniform(500, 20_000, households).round(2), 0.0)
        learned, estimated = rng.random(households) > 0.05, rng.random(households) < 0.1
        savings = rng.random(households) < 0.2 + 0.2 * (level < 0.3)
        for place, household in enumerate(ids):
            month = first[place] + visit * MONTHS_BETWEEN
            yesterday = month.astype("datetime64[D]") - 1
            met = {
                "household_id": household,
                "occurred_on": yesterday,
                "known_on": yesterday + 15,
                "source": "survey",
            }
            yuan = round(float(np.exp(level[place]) * LINE * size[place]), 2)
            if learned[place]:
                rows["incomes"].append(met | _income(yuan, bool(estimated[place])))
            people = {
                "people": int(size[place]),
                "under_10": int(size[place] > 3),
                "earners": int(1 + (size[place] > 2)),
            }
            rows["compositions"].append(met | people)
            seen = {
                "purpose": "round",
                "spent_savings": bool(savings[place]),
                "rooms": int(1 + size[place] // 2),
            }
            rows["visits"].append(met | seen)
            if bills[place]:
                rows["expenses"].append(met | {"kind": "medical_self_paid", "amount": float(bills[place])})
            if savings[place]:
                help_given = {
                    "area_of_help": "social_floor",
                    "form": "money",
                    "ground": "general",
                    "start_on": yesterday,
                }
                rows["supports"].append(met | help_given | {"end_on": yesterday + 120})
    begun = {"occurred_on": "2020-01-01", "known_on": "2020-01-01"}
    rows["households"] = [
        begun | {"household_id": one, "area": AREAS[where]} for one, where in zip(ids, area, strict=True)
    ]
    rows["areas"] = [begun | {"area": name} for name in AREAS]
    rows["lines"] = [begun | {"area": name} | _line() for name in AREAS]
    return accept({name: _columns(name, each) for name, each in rows.items()})


def _income(yuan: float, estimated: bool) -> dict[str, Any]:
    return {"kind": "total", "amount": yuan, "account": "visit", "part_of_total": False, "imputed": estimated}


def _line() -> dict[str, Any]:
    return {
        "valid_from": "2020-01-01",
        "amount": LINE,
        "basis": "per_head",
        "period": "month",
        "currency": "CNY",
    }


def _columns(table: str, rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    key = "h" if table in HOUSEHOLD_TABLES else "a"
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {"record_id": [f"{table}-{key}{place}" for place in range(len(rows))], **columns}
