"""Contradictions: two tables that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.history import believed
from features.lines import parents_on
from features.tables.people import MEMBERS
from training.quality.finding import Cases, Finding, found
from training.quality.known import Days, Known, Rows, last_of
from training.quality.roster import Roster

SCHOOL_AGE = (7, 14)
"""Ages at the end of the year at which everybody is of compulsory age, whatever the birthday."""
BEFORE, AFTER = np.timedelta64(92, "D"), np.timedelta64(31, "D")
STUDENT = MEMBERS.column("student")
NOT_AT_SCHOOL = (STUDENT.code("not"), STUDENT.code("dropout"))


def contradictions(known: Known, people: Roster) -> Iterator[Finding]:
    """Find what cannot both be right."""
    yield _people(known, people)
    yield _school(known, people)
    yield _disaster(known)
    yield _working(known, people)


def _people(known: Known, people: Roster) -> Finding:
    size = known.household_id.size
    listed = np.bincount(people.household[~people.left], minlength=size)
    latest = _latest(known, "compositions", np.arange(known.household("compositions").size))
    counted = np.full(size, np.nan)
    counted[known.household("compositions")[latest]] = known.column("compositions", "people")[latest]
    both = known.there & (listed > 0) & ~np.isnan(counted)
    row = np.flatnonzero(both)
    return found(known, "people_count", Cases("households", known.home[row], (listed != counted)[row]))


def _school(known: Known, people: Roster) -> Finding:
    age = known.as_of.astype("datetime64[Y]").astype(int) + 1970 - people.last("birth_year")
    student = people.last("student")
    asked = ~people.left & (age >= SCHOOL_AGE[0]) & (age <= SCHOOL_AGE[1]) & (student >= 0)
    size = known.household_id.size
    children = np.bincount(people.household[asked], minlength=size)
    out = np.bincount(people.household[asked & np.isin(student, NOT_AT_SCHOOL)], minlength=size)
    said = known.column("visits", "school_ok")
    rounds = np.flatnonzero(known.coded("visits", "purpose", "round") & (said >= 0))
    latest = _latest(known, "visits", rounds)
    row = known.household("visits")[latest]
    both = known.there[row] & (children[row] > 0)
    latest, row = latest[both], row[both]
    return found(known, "school", Cases("visits", latest, (said[latest] == 1) != (out[row] == 0)))


def _latest(known: Known, table: str, which: Rows) -> Rows:
    days = (known.column(table, day)[which] for day in ("occurred_on", "known_on"))
    return which[last_of(known.household(table)[which], *days)]


def _disaster(known: Known) -> Finding:
    at = np.flatnonzero(known.coded("expenses", "kind", "disaster"))
    day: Days = known.column("expenses", "occurred_on")[at]
    area, place = np.unique(known.grid[known.household("expenses")[at]], return_inverse=True)
    struck = np.zeros(at.size, dtype=bool)
    for number, days in enumerate(_struck(known, area)):
        here = np.flatnonzero(place == number)
        next_ = np.searchsorted(days, day[here] - BEFORE)
        soon = next_ < days.size
        struck[here[soon]] = days[next_[soon]] - day[here[soon]] <= AFTER
    return found(known, "disaster_cost", Cases("expenses", at, ~struck))


def _struck(known: Known, areas: NDArray[np.str_]) -> list[NDArray[np.datetime64]]:
    """Return for each area the days of disasters there or in an area above, in order."""
    none = np.zeros(0, dtype="datetime64[D]")
    disasters = known.tables.get("disasters")
    if disasters is None:
        return [none] * areas.size
    held = believed(disasters).on(known.as_of)
    where, when = disasters["area"][held], disasters["occurred_on"][held].astype("datetime64[D]")
    by_area = {area: when[where == area] for area in np.unique(where).tolist()}
    parents = parents_on(known.tables, known.as_of)
    days = []
    for area in areas.tolist():
        chain = [area]
        while parents.get(chain[-1]) and parents[chain[-1]] not in chain:
            chain.append(parents[chain[-1]])
        days.append(np.sort(np.concatenate([by_area.get(each, none) for each in chain])))
    return days


def _working(known: Known, people: Roster) -> Finding:
    place = people.place("employments")
    at = people.latest_work()
    return found(known, "working_though_left", Cases("employments", at, people.left[place[at]]))
