"""Dated rates of areas, from outcomes known by the day: facts like any other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.context import areas_on
from features.contract import Facts, Tables
from features.intake import empty
from features.lines import nearest_area, parents_on
from features.tables.areas import AREA_RATES, AREAS
from training.baselines.margin_and_rate import prior_strength
from training.cohorts.followed import HORIZON_MONTHS, Followed

LEAST_PULL = 1e-6
"""Prior, in households, of areas as unlike as can be: it only speaks for an area where none was met."""

ALIKE = 1e6
"""Times all households: the prior of areas that differ by no more than chance."""


def with_area_rates(
    tables: Tables,
    followed: Followed,
    target: str,
    *,
    horizon_months: int = HORIZON_MONTHS,
    level: str | None = None,
) -> Tables:
    """Return the tables with the rate of each area on each as-of day.

    Parameters
    ----------
    tables : Tables
    followed : Followed
        Rows whose outcomes may be counted. On a day only those count that were known by then, so a
        row never meets its own outcome.
    target : str
    horizon_months : int
    level : str, optional
        Level of ``areas`` at which is counted, such as ``township``: an area below it counts for the
        one above it of that level, and reads its rate. Each area by itself if not given.

    Notes
    -----
    The rate is drawn towards that of all areas by a Beta prior whose strength comes from the
    spread between areas on the same day.
    """
    households, owner = np.unique(followed.cohort.household_id, return_inverse=True)
    last = followed.outcome_on.max()
    area = areas_at_level(tables, areas_on(tables, households, last), level, last)[owner]
    codes, place = np.unique(area, return_inverse=True)
    days = np.unique(np.concatenate([followed.cohort.as_of, followed.outcome_on]))
    events, count = _counts(followed, place, codes.size, days)
    overall = events.sum(axis=1) / np.maximum(count.sum(axis=1), 1.0)
    pull = np.array([_pull(*on_day) for on_day in zip(events, count, strict=True)])[:, None]
    rate = (events + pull * overall[:, None]) / (count + pull)
    known = np.broadcast_to(count.sum(axis=1)[:, None] > 0, rate.shape)
    dated = _facts(target, codes, days, events, count, rate, known)
    dated["horizon_months"] = np.full(dated["area"].size, float(horizon_months))
    return {**tables, "area_rates": dated}


def areas_at_level(
    tables: Tables, areas: NDArray[np.str_], level: str | None, day: np.datetime64
) -> NDArray[np.str_]:
    """Return for each area the one of a level in which it lies, itself where it lies in none."""
    facts = tables.get("areas")
    if level is None or facts is None:
        return areas
    having = set(facts["area"][facts["level"] == AREAS.column("level").code(level)].tolist())
    codes, place = np.unique(areas, return_inverse=True)
    owners = nearest_area(codes, having, parents_on(tables, day))
    above = [owner or code for owner, code in zip(owners, codes.tolist(), strict=True)]
    return np.array(above, dtype=np.str_)[place]


def _counts(
    followed: Followed, place: NDArray[np.intp], areas: int, days: NDArray[np.datetime64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Events and households by day and area, of outcomes known by the day."""
    cell = np.searchsorted(days, followed.outcome_on) * areas + place
    shape = (days.size, areas)
    count = np.bincount(cell, minlength=days.size * areas).reshape(shape)
    events = np.bincount(cell, weights=followed.y, minlength=days.size * areas).reshape(shape)
    return np.cumsum(events, axis=0), np.cumsum(count, axis=0).astype(np.float64)


def _pull(events: NDArray[np.float64], count: NDArray[np.float64]) -> float:
    """Return how many households' worth of the overall rate each area is given on a day."""
    met = count > 0
    strength = prior_strength(events[met], count[met]) if met.any() else np.inf
    return max(strength, LEAST_PULL) if np.isfinite(strength) else (count.sum() + 1.0) * ALIKE


def _facts(
    target: str,
    codes: NDArray[np.str_],
    days: NDArray[np.datetime64],
    events: NDArray[np.float64],
    count: NDArray[np.float64],
    rate: NDArray[np.float64],
    known: NDArray[np.bool_],
) -> Facts:
    day, area = np.nonzero(known)
    facts = empty(AREA_RATES, day.size)
    when = days[day]
    facts["area"] = codes[area]
    facts["record_id"] = np.array(
        [f"rate-{target}-{code}-{date}" for code, date in zip(codes[area], when, strict=True)], dtype=np.str_
    )
    facts["occurred_on"] = facts["known_on"] = when
    facts["target"] = np.full(day.size, target)
    facts["events"], facts["households"] = events[day, area], count[day, area]
    facts["rate"] = rate[day, area]
    return facts
