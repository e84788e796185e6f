"""One household's whole vector from plain columns, as a request brings them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.turns import medians
from features.check import accept
from features.context import Context
from features.definitions import FEATURES
from features.vectors import build_vectors

AS_OF = np.datetime64("2024-12-31")
FIRST = np.datetime64("2022-01", "M")
RUNS = 200

Row = dict[str, Any]


@dataclass(frozen=True)
class Spent:
    """Median times of one household [ms], and how many facts it has."""

    facts: int
    with_checks: float
    without_checks: float
    parsing: float
    nothing: float


def measure(runs: int = RUNS) -> Spent:
    """Time the whole catalogue for one household, in one process, beside two yardsticks."""
    text = json.dumps(request())
    raw = json.loads(text)
    tables = accept(raw)
    context = Context(tables)  # a service keeps it from request to request
    calls: dict[str, Callable[[], object]] = {
        "with_checks": lambda: build_vectors(accept(raw), AS_OF, context=context),
        "without_checks": lambda: build_vectors(tables, AS_OF, context=context),
        "parsing": lambda: json.loads(text),
        "nothing": lambda: np.full(len(FEATURES), np.nan),
    }
    return Spent(sum(len(columns["record_id"]) for columns in raw.values()), **medians(calls, runs))


def request() -> dict[str, dict[str, list[Any]]]:
    """Return the facts of a family of five over three years, with the context of its area."""
    tables = {
        "households": [_fact("2021-01-01", area="village", origin="ordinary")],
        "members": _members(),
        "compositions": [_fact(day, **_PEOPLE, earners=1 + place % 2) for place, day in enumerate(_days(6))],
        "incomes": _incomes(),
        "expenses": _expenses(),
        "visits": [_fact(day, purpose="round", mode="home", **_SEEN, rooms=3) for day in _days(2)],
        "employments": _employments(),
        "warnings": [_fact(day, kind="medical", value=8_000.0) for day in _days(15)],
        "supports": [
            _fact(
                day,
                area_of_help="industry",
                form="money",
                ground="general",
                start_on=day,
                end_on="2024-11-30",
            )
            for day in _days(12)
        ],
        "areas": _areas(),
        "lines": _lines(),
        "area_rates": _rates(),
    }
    return {name: _columns(name, rows) for name, rows in tables.items()}


def _days(apart: int) -> list[str]:
    months = np.arange(FIRST, FIRST + 36, apart)
    return [str(month.astype("datetime64[D]") + 9) for month in months]


def _fact(day: str, **columns: Any) -> Row:
    return {"household_id": "h", "occurred_on": day, "known_on": str(np.datetime64(day) + 14), **columns}


def _about(day: str, area: str, **columns: Any) -> Row:
    return {"area": area, "occurred_on": day, "known_on": day, **columns}


_PEOPLE = {"people": 5, "under_10": 1, "under_15": 2, "working_age": 2, "over_64": 1, "unemployed": 0}
_SEEN = {
    "medical_ok": True,
    "housing_ok": True,
    "water_ok": True,
    "house_grade": "b",
    "floor": "cement",
    "water": "plot",
    "tenure": "owner",
    "spent_savings": False,
    "borrowed_from_people": True,
    "doctor_visits": 2,
    "hospital_stays": 0,
}


def _members() -> list[Row]:
    relations = ("head", "spouse", "child", "child", "parent")
    return [
        _fact("2022-01-05", member_id=f"m{place}", relation=relation, schooling="junior", health="healthy")
        for place, relation in enumerate(relations)
    ]


def _incomes() -> list[Row]:
    every = (("wage", 1, 2_600.0), ("operating", 6, 9_000.0), ("cost", 6, 3_100.0), ("transfer", 3, 900.0))
    return [
        _fact(day, kind=kind, amount=yuan + 10.0 * place, account="monthly", part_of_total=False)
        for kind, apart, yuan in every
        for place, day in enumerate(_days(apart))
    ]


def _expenses() -> list[Row]:
    every = (("medical_self_paid", 5, 700.0), ("education", 12, 2_400.0), ("disaster", 18, 1_500.0))
    return [
        _fact(day, kind=kind, amount=yuan, serious=False)
        for kind, apart, yuan in every
        for day in _days(apart)
    ]


def _employments() -> list[Row]:
    worked = {"member_id": "m0", "state": "employed", "form": "employee", "formal": True}
    seen = [_fact(day, observed_on=day, hours=45, **worked) for day in _days(6)]
    return [*seen, _fact("2022-02-01", start_on="2022-02-01", **worked)]


def _areas() -> list[Row]:
    chain = (("village", "township"), ("township", "county"), ("county", None))
    return [_about("2021-01-01", area, parent=parent) for area, parent in chain]


def _lines() -> list[Row]:
    return [
        _about(
            f"{year}-01-01",
            "county",
            valid_from=f"{year}-01-01",
            amount=6_000.0 + 300.0 * place,
            basis="per_head",
            period="year",
            currency="CNY",
        )
        for place, year in enumerate(range(2021, 2025))
    ]


def _rates() -> list[Row]:
    return [
        _about(f"{year}-06-30", "county", target="next_visit", horizon_months=2, rate=0.02)
        for year in (2022, 2023, 2024)
    ]


def _columns(name: str, rows: list[Row]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"record_id": [f"{name}-{place}" for place in range(len(rows))]}
    told = dict.fromkeys(column for row in rows for column in row)
    return columns | {column: [row.get(column) for row in rows] for column in told}
