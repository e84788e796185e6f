"""Stale: what was true once and has not been asked again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from features.history import believed
from features.lines import nearest_area, parents_on
from training.quality.finding import Cases, Finding, found, households
from training.quality.incomes import answers, spans
from training.quality.known import Days, Known, Rows
from training.quality.roster import Roster

OLD = np.timedelta64(456, "D")
"""15 months: a yearly survey that ends in September is 3 to 15 months old when it is used."""
OLD_WORK = np.timedelta64(730, "D")
LONG_AGO = np.datetime64("1900-01-01", "D")


def stale(known: Known, people: Roster) -> Iterator[Finding]:
    """Find what is out of date."""
    told = answers(known)
    latest = _latest(known, known.household("incomes")[told], spans(known)[1][told])
    yield _aged(known, "stale_income", latest)
    row = np.concatenate([known.household(table) for table in ("members", "compositions")])
    day = np.concatenate([known.column(table, "occurred_on") for table in ("members", "compositions")])
    yield _aged(known, "stale_people", _latest(known, row, day))
    yield _work(known, people)
    old = (known.as_of - _in_force(known) > OLD)[known.there]
    yield found(known, "stale_line", Cases("households", known.home[known.there], old, listed=False))


def _aged(known: Known, name: str, latest: Days) -> Finding:
    return found(
        known, name, households(known, known.there & (latest > LONG_AGO), known.as_of - latest > OLD)
    )


def _latest(known: Known, row: Rows, day: Days) -> Days:
    latest = np.full(known.household_id.size, LONG_AGO.astype(np.int64))
    np.maximum.at(latest, row, day.astype("datetime64[D]").astype(np.int64))
    return latest.astype("datetime64[D]")


def _work(known: Known, people: Roster) -> Finding:
    at = people.latest_work()
    at = at[~people.left[people.place("employments")[at]]]
    said = np.maximum(*(known.column("employments", day)[at] for day in ("occurred_on", "known_on")))
    return found(known, "stale_work", Cases("employments", at, known.as_of - said > OLD_WORK))


def _in_force(known: Known) -> Days:
    """Return since when the line of each household's area has been in force."""
    lines = known.tables["lines"]
    held = believed(lines).on(known.as_of) & (lines["valid_from"] <= known.as_of)
    owner, since = lines["area"][held], lines["valid_from"][held].astype("datetime64[D]")
    latest = {area: since[owner == area].max() for area in np.unique(owner).tolist()}
    areas, row = np.unique(known.grid, return_inverse=True)
    near = nearest_area(areas, set(latest), parents_on(known.tables, known.as_of))
    return np.array([latest[area] if area is not None else LONG_AGO for area in near], "datetime64[D]")[row]
