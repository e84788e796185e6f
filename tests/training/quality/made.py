"""A clean county by hand, in which a test plants its fault, and how to ask for one finding."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.check import accept
from features.contract import Tables
from tests.facts import Row, raw
from training.quality.finding import Finding
from training.quality.report import quality

AS_OF = "2025-12-31"
EACH = 60
"""Households of each of the townships A and B; a00 to a59 and b00 to b59."""
LINE = 8000.0
YEARS = (2021, 2022, 2023, 2024, 2025)
SOURCES = ("wage", "operating", "transfer")
Rows = dict[str, list[Row]]


def clean(random_state: int = 0) -> Rows:
    """Return the rows of a county in which the report finds nothing to do.

    Every household has a head, a spouse and a child of ten at school, was surveyed each autumn with amounts
    to the yuan, and is visited every second month; a department warned of some once, of nobody twice.
    """
    rng = np.random.default_rng(random_state)
    rows: Rows = {name: [] for name in ("members", "compositions", "incomes", "visits", "warnings")}
    rows |= {"expenses": [], "employments": [], "areas": _areas(), "lines": _lines(), "households": []}
    for household in everybody():
        grid = f"{household[0].upper()}VG"
        begun = {"household_id": household, "occurred_on": "2020-06-01"}
        rows["households"].append(begun | {"area": grid, "source": "county"})
        _people(rows, household)
        level = np.exp(rng.normal(0.6, 0.35))
        for year in YEARS:
            _survey(rows, rng, household, year, level)
        _visited(rows, rng, household)
        if rng.random() < 0.4:
            day = _day("2024-03-01", int(rng.integers(0, 500)))
            known = {"occurred_on": day, "known_on": _day(day, 20), "source": "labour"}
            who = {"household_id": household, "member_id": f"{household}-1", "outcome": "true"}
            rows["warnings"].append(known | who | {"kind": "job_loss"})
        bill = {
            "kind": "medical_self_paid",
            "amount": float(rng.integers(300, 9000)),
            "source": "medical_insurance",
        }
        day = _day("2024-02-01", int(rng.integers(0, 600)))
        paid = {"household_id": household, "member_id": f"{household}-2", "occurred_on": day}
        rows["expenses"].append(paid | {"known_on": _day(day, 15)} | bill)
        work = {
            "household_id": household,
            "member_id": f"{household}-1",
            "state": "employed",
            "source": "labour",
        }
        rows["employments"].append(
            work | {"occurred_on": "2025-03-01", "known_on": "2025-04-10", "start_on": "2025-03-01"}
        )
    return rows


def everybody() -> list[str]:
    """Return the ids of all households."""
    return [f"{township}{number:02d}" for township in "ab" for number in range(EACH)]


def made(rows: Rows) -> Tables:
    """Return checked tables of rows."""
    return accept(raw(**rows))


def finding(rows: Rows, name: str, as_of: str = AS_OF) -> Finding:
    """Return one finding of the report on some rows."""
    report = quality(made(rows), np.datetime64(as_of))
    return {each.about.id: each for each in report.findings}[name]


def counts(found: Finding) -> tuple[int, int, int]:
    """Return the cases at fault of the county and of the two townships."""
    return found.total.count, found.townships["A"].count, found.townships["B"].count


def records(found: Finding) -> set[str]:
    """Return the ids of the households whose records are listed."""
    return {str(household) for each in found.listed for household in each.household_id}


def without(rows: Rows, table: str, *households: str) -> None:
    """Take the rows of some households out of a table."""
    rows[table] = [row for row in rows[table] if row["household_id"] not in households]


def _areas() -> list[Row]:
    begun = {"occurred_on": "2020-01-01"}
    areas: list[dict[str, Any]] = [{"area": "county", "parent": None, "level": "county"}]
    for township in "AB":
        areas += [
            {"area": township, "parent": "county", "level": "township"},
            {"area": f"{township}V", "parent": township, "level": "village"},
            {"area": f"{township}VG", "parent": f"{township}V", "level": "grid"},
        ]
    return [begun | area for area in areas]


def _lines() -> list[Row]:
    told = {"area": "county", "amount": LINE, "basis": "per_head", "period": "year", "currency": "CNY"}
    days = [f"{year}-01-01" for year in range(2020, 2026)]
    return [told | {"occurred_on": day, "valid_from": day} for day in days]


def _people(rows: Rows, household: str) -> None:
    born = {1: ("head", 1980, "not"), 2: ("spouse", 1982, "not"), 3: ("child", 2015, "primary")}
    for number, (relation, year, student) in born.items():
        told = {"household_id": household, "member_id": f"{household}-{number}", "occurred_on": "2025-10-10"}
        state = {"health": "healthy", "labour": "ordinary", "medical_insured": True, "left": False}
        rows["members"].append(
            told | state | {"relation": relation, "birth_year": year, "student": student, "source": "survey"}
        )
    for day in ("2021-01-01", "2025-10-10"):
        rows["compositions"].append(
            {"household_id": household, "occurred_on": day, "people": 3, "source": "survey"}
        )


def _survey(rows: Rows, rng: np.random.Generator, household: str, year: int, level: float) -> None:
    asked = {
        "household_id": household,
        "occurred_on": f"{year}-10-20",
        "known_on": f"{year}-10-30",
        "source": "survey",
    }
    span = {"period_start": f"{year - 1}-10-01", "period_end": f"{year}-09-30", "account": "period"}
    for kind, part in zip(SOURCES, (0.6, 0.25, 0.15), strict=True):
        yuan = 3 * LINE * level * part * np.exp(rng.normal(0.0, 0.25))
        odd = 100.0 * int(yuan / 100) + float(rng.integers(1, 100))
        rows["incomes"].append(asked | span | {"kind": kind, "amount": odd, "imputed": False})


def _visited(rows: Rows, rng: np.random.Generator, household: str) -> None:
    for month in range(36):
        if (month + int(household[1:])) % 2:
            continue
        day = str(np.datetime64("2023-01", "M") + month) + f"-{int(rng.integers(1, 28)):02d}"
        fine = ("food_ok", "clothes_ok", "school_ok", "medical_ok", "housing_ok", "water_ok", "yard_ok")
        seen = dict.fromkeys(fine, True) | {"purpose": "round", "mode": "home", "source": "visit"}
        drawn = {"mood": int(rng.integers(1, 6)), "workers": int(rng.integers(0, 4))}
        rows["visits"].append({"household_id": household, "occurred_on": day} | seen | drawn)


def _day(day: str, later: int) -> str:
    return str(np.datetime64(day) + later)
