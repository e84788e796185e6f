"""Missing: households of whom nothing is told that an answer needs, and questions left open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.tables import TABLES
from training.quality.finding import Cases, Finding, found, households, parts_by
from training.quality.incomes import answers, spans
from training.quality.known import Known, Rows
from training.quality.roster import Roster

YEARS = 3
FEWEST_MONTHS = 6
ITEMS = ("food_ok", "clothes_ok", "school_ok", "medical_ok", "housing_ok", "water_ok")
"""两不愁三保障 and water, which every visit to the house is to answer."""
OF_MEMBERS = ("health", "labour", "student", "medical_insured")
YEAR = np.timedelta64(365, "D")


def missing(known: Known, people: Roster) -> Iterator[Finding]:
    """Find what is not told."""
    told = _any(known, known.household("incomes")[answers(known)])
    listed = _any(known, people.household[~people.left])
    counted = _any(known, known.household("compositions"))
    visited = _any(known, known.household("visits"))
    for name, there in (
        ("no_income", told),
        ("no_people", listed | counted),
        ("no_members", listed),
        ("no_visit", visited),
    ):
        yield found(known, name, households(known, known.there, ~there))
    yield _income_years(known)
    yield _open_items(known)
    yield _of_people(known, people)


def _any(known: Known, row: Rows) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = np.bincount(row, minlength=known.household_id.size) > 0
    return there


def _income_years(known: Known) -> Finding:
    """Count the months of each household and year that some income is about."""
    this_year = known.as_of.astype("datetime64[Y]")
    first, last = spans(known)
    kept = np.flatnonzero(answers(known) & (last >= (this_year - YEARS).astype("datetime64[D]")))
    start = (this_year - YEARS).astype("datetime64[M]")
    months = YEARS * 12
    begin = np.clip((first[kept].astype("datetime64[M]") - start).astype(np.int64), 0, months)
    end = np.clip((last[kept].astype("datetime64[M]") - start).astype(np.int64) + 1, 0, months)
    width = months + 1
    cell = known.household("incomes")[kept] * width
    size = known.household_id.size * width
    change = np.bincount(cell + begin, minlength=size) - np.bincount(cell + end, minlength=size)
    covered = np.cumsum(change.reshape(-1, width), axis=1)[:, :months] > 0
    per_year = covered.reshape(-1, YEARS, 12).sum(axis=2)
    years = this_year - YEARS + np.arange(YEARS)
    earliest = np.append(first[kept], known.as_of).min().astype("datetime64[Y]")
    asked = known.there[:, None] & (known.founded()[:, None] <= years[None, :].astype("datetime64[D]"))
    asked &= (years >= earliest)[None, :]
    row, year = np.nonzero(asked)
    hit = per_year[row, year] < FEWEST_MONTHS
    cases = Cases("households", known.home[row], hit)
    return found(known, "income_years", cases, parts=parts_by(row, hit, {"year": years[year].astype(str)}))


def _open_items(known: Known) -> Finding:
    at_home = known.coded("visits", "purpose", "round") & known.coded("visits", "mode", "home")
    recent = known.column("visits", "occurred_on") > known.as_of - YEAR
    at = np.flatnonzero(at_home & recent)
    left_open = {name: known.column("visits", name)[at] < 0 for name in ITEMS}
    return _left_open(known, "open_items", "visits", at, left_open)


def _of_people(known: Known, people: Roster) -> Finding:
    here = np.flatnonzero(~people.left & known.there[people.household])
    left_open = {
        name: is_missing(TABLES["members"].column(name), people.last(name))[here] for name in OF_MEMBERS
    }
    return _left_open(known, "member_items", "members", people.at[here], left_open, listed=True)


def _left_open(
    known: Known,
    name: str,
    table: str,
    at: Rows,
    left_open: dict[str, NDArray[np.bool_]],
    *,
    listed: bool = False,
) -> Finding:
    """Count answers left open; what nobody ever answers is not asked here, and only told by column."""
    row = known.household(table)[at]
    by_column = [
        part
        for column, hit in left_open.items()
        for part in parts_by(row, hit, {"column": np.full(row.size, column)})
    ]
    ever = [hit for hit in left_open.values() if not hit.all()]
    hit = np.concatenate([np.zeros(0, bool), *ever])
    rows = np.tile(row, len(ever))
    by_grid = parts_by(rows, hit, {"grid": known.grid[rows]})
    return found(
        known, name, Cases(table, np.tile(at, len(ever)), hit, listed=listed), parts=by_column + by_grid
    )
