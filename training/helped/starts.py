"""Who was helped, and from when: supports and given work, and how they lie to a cohort's as-of days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import NEVER, believed
from features.tables.support import SUPPORTS
from features.tables.visits import EMPLOYMENTS
from features.vectors import Cohort
from training.cohorts.horizon import months_on

Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Events = tuple[NDArray[np.str_], Days]
"""Household and day of each event."""

JOBS = SUPPORTS.column("area_of_help").code("jobs")
SPAN = int(NEVER.astype(np.int64))
"""More than any day, so that household and day make one number."""

POSTS = tuple(EMPLOYMENTS.column("form").code(form) for form in ("public_post", "workshop"))


def posts_taken(tables: Tables, known_by: np.datetime64) -> Events:
    """Return who was given work, and when: public posts, places in workshops, other help in kind of work.

    Parameters
    ----------
    tables : Tables
    known_by : datetime64[D]
        What is believed at the end of this day.

    Returns
    -------
    Events
        A post that is given for another year is taken anew.
    """
    work, supports = tables.get("employments"), tables.get("supports")
    given = [] if work is None else [_starts(work, np.isin(work["form"], POSTS), known_by)]
    if supports is not None:
        given.append(_starts(supports, supports["area_of_help"] == JOBS, known_by))
    return _joined(given)


def help_starts(tables: Tables, known_by: np.datetime64) -> Events:
    """Return who was helped, and from when: every support on whatever ground, and every post."""
    supports = tables.get("supports")
    given = [posts_taken(tables, known_by)]
    if supports is not None:
        given.append(_starts(supports, np.ones(supports["record_id"].size, np.bool_), known_by))
    return _joined(given)


def times_within(cohort: Cohort, events: Events, after: int, until: int) -> NDArray[np.int64]:
    """Count the events of each household between two numbers of months after its as-of day.

    Parameters
    ----------
    cohort : Cohort
        Households and as-of days t.
    events : Events
    after, until : int
        [months] Counted is from the day after t + ``after`` to t + ``until``.

    Returns
    -------
    ndarray of int, shape (rows,)
    """
    keys, owner = _in_order(cohort, events)
    start, end = (
        owner * SPAN + months_on(cohort.as_of, months).astype(np.int64) for months in (after, until)
    )
    counted: NDArray[np.int64] = np.searchsorted(keys, end, "right") - np.searchsorted(keys, start, "right")
    return counted


def first_after(cohort: Cohort, events: Events) -> Days:
    """Return the day of each household's first event after its as-of day; NaT where there is none."""
    keys, owner = _in_order(cohort, events)
    keys = np.append(keys, np.iinfo(np.int64).max)
    found = keys[np.searchsorted(keys, owner * SPAN + cohort.as_of.astype(np.int64), "right")]
    own = found < (owner + 1) * SPAN
    return np.where(own, (found - owner * SPAN).astype("datetime64[D]"), np.datetime64("NaT", "D"))


def _in_order(cohort: Cohort, events: Events) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the events of the cohort's households as rising numbers, and the household of each row."""
    names, owner = np.unique(cohort.household_id, return_inverse=True)
    household, day = events
    ours = np.isin(household, names)
    return np.sort(np.searchsorted(names, household[ours]) * SPAN + day[ours].astype(np.int64)), owner


def _starts(facts: Facts, rows: Mask, known_by: np.datetime64) -> Events:
    held = np.flatnonzero(believed(facts).on(known_by) & rows)
    start = np.where(np.isnat(facts["start_on"]), facts["occurred_on"], facts["start_on"])
    return facts["household_id"][held], start[held]


def _joined(parts: list[Events]) -> Events:
    if not parts:
        return np.zeros(0, dtype=np.str_), np.zeros(0, dtype="datetime64[D]")
    household, day = (np.concatenate(one) for one in zip(*parts, strict=True))
    return household, day
