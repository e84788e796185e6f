"""Visiting: who is not visited, by phone only, and how much more the suspected are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.tables.visits import VISITS
from training.quality.abouts import about
from training.quality.finding import FEWEST, Cases, Figure, Finding, Part, found, judged, parts_by
from training.quality.known import Known, Rows

MONTHS = 24
WARNED = np.timedelta64(60, "D")
_Z = 1.959963984540054
Flags = NDArray[np.bool_]


def visiting(known: Known) -> Iterator[Finding]:
    """Find who is visited how often, and after what."""
    household, day = known.household("visits"), known.column("visits", "occurred_on")
    month = known.as_of.astype("datetime64[M]")
    for name, months in (("not_visited_4m", 4), ("not_visited_12m", 12)):
        since = (month - months + 1).astype("datetime64[D]")
        visited = np.bincount(household[day >= since], minlength=known.household_id.size) > 0
        row = np.flatnonzero(known.there)
        parts = parts_by(row, ~visited[row], {"grid": known.grid[row]})
        yield found(known, name, Cases("households", known.home[row], ~visited[row]), parts=parts)
    told = known.coded("visits", "purpose", "round") & (known.column("visits", "mode") >= 0)
    at = np.flatnonzero(told & (day >= (month - 11).astype("datetime64[D]")))
    hit = ~known.coded("visits", "mode", "home")[at]
    parts = parts_by(household[at], hit, {"grid": known.grid[household[at]]})
    yield found(known, "by_phone", Cases("visits", at, hit, listed=False), parts=parts)
    yield _informative(known)


def _informative(known: Known) -> Finding:
    """Count visits and household-months by what was known when the month began."""
    month = known.as_of.astype("datetime64[M]")
    months = month - MONTHS + 1 + np.arange(MONTHS)
    there = (known.founded()[:, None] < months.astype("datetime64[D]")) & known.there[:, None]
    warned, monitored = _warned(known, months), _monitored(known, months)
    counts = {code.id: _visits(known, months, code.id) for code in VISITS.column("purpose").codes}
    parts = []
    for purpose, count in counts.items():
        for of_warned in (False, True):
            for of_monitored in (False, True):
                which = there & (warned == of_warned) & (monitored == of_monitored)
                by = {"purpose": purpose, "warned": _yes(of_warned), "monitored": _yes(of_monitored)}
                parts.append(Part(by, _rate(count, which)))
    rounds, after, before = counts["round"], there & warned & ~monitored, there & ~warned & ~monitored
    total = _ratio(rounds, after, before)
    townships = {
        name: _ratio(*(each[known.township_at == number] for each in (rounds, after, before)))
        for number, name in enumerate(known.townships)
    }
    said = about("after_warnings")
    return Finding(said, judged(said, total), total, townships, tuple(parts))


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _rate(count: Rows, which: Flags) -> Figure:
    visits, household_months = int(count[which].sum()), int(which.sum())
    years = household_months / 12.0
    households = int(which.any(axis=1).sum())
    rate = {"household_years": years, "per_household_year": visits / years if years else None}
    return Figure(visits, household_months, None, None, None, households, rate)


def _ratio(count: Rows, after: Flags, before: Flags) -> Figure:
    """Return the ratio of two rates with the usual interval of its logarithm (Poisson counts)."""
    more, less = int(count[after].sum()), int(count[before].sum())
    households = int(after.any(axis=1).sum())
    if more < FEWEST or less < FEWEST:
        return Figure(more, more + less, None, None, None, households)
    ratio = (more / after.sum()) / (less / before.sum())
    half = np.exp(_Z * np.sqrt(1.0 / more + 1.0 / less))
    return Figure(more, more + less, float(ratio), float(ratio / half), float(ratio * half), households)


def _place(months: NDArray[np.datetime64], day: NDArray[np.datetime64]) -> Rows:
    place: Rows = (day.astype("datetime64[M]") - months[0]).astype(np.int64)
    return place


def _visits(known: Known, months: NDArray[np.datetime64], purpose: str) -> Rows:
    at = np.flatnonzero(known.coded("visits", "purpose", purpose))
    place = _place(months, known.column("visits", "occurred_on")[at])
    inside = (place >= 0) & (place < months.size)
    cell = known.household("visits")[at[inside]] * months.size + place[inside]
    counted: Rows = np.bincount(cell, minlength=known.household_id.size * months.size).reshape(
        -1, months.size
    )
    return counted


def _warned(known: Known, months: NDArray[np.datetime64]) -> Flags:
    """Return whether a warning of the household came within the 60 days before each month."""
    came = known.first_known("warnings")
    warned = np.zeros((known.household_id.size, months.size), dtype=bool)
    for place, begin in enumerate(months.astype("datetime64[D]")):
        recent = (came < begin) & (came >= begin - WARNED)
        warned[known.household("warnings")[recent], place] = True
    return warned


def _monitored(known: Known, months: NDArray[np.datetime64]) -> Flags:
    """Return whether each household was in monitoring when each month began: its last step let it in."""
    steps = known.coded("monitoring", "step", "entry", "elimination", "reinstatement")
    at = np.flatnonzero(steps)
    day, row = known.column("monitoring", "occurred_on")[at], known.household("monitoring")[at]
    order = np.argsort(day, kind="stable")
    into = ~known.coded("monitoring", "step", "elimination")[at]
    monitored = np.zeros((known.household_id.size, months.size), dtype=bool)
    for place, begin in enumerate(months.astype("datetime64[D]")):
        before = order[day[order] < begin]
        monitored[row[before], place] = into[before]  # in order of days: the last one stands
    return monitored
