"""The programme replay of a folder of tables: monthly lists by every scorer, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Refused
from features.vectors import Cohort
from training.cohorts.horizon import months_on
from training.cohorts.outcomes import as_of_days, last_known
from training.cohorts.standing import steps_of
from training.cohorts.targets import REPORTING_MONTHS
from training.learning.model import Told
from training.lists.candidates import Candidates, Map, candidates_on
from training.lists.capacity import VISITS_PER_100, monthly_capacity
from training.lists.programme_table import ProgrammeTable, programme_rows
from training.lists.replay import Entries, Month, Reach, Rules, reach, replay

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Days = NDArray[np.datetime64]
Order = Callable[[Cohort], Mapping[str, Floats]]

REFERENCE = "rules fired"
ENTRY = "entry"
"""What a list is to find, whatever a version predicts."""

LAST_MONTHS = 12
"""Where a version learnt from all month ends, so many of the last are replayed."""

Ordered = tuple[Mapping[str, NDArray[np.float64]], str | None]
"""Orders of the candidates by name, the greater the sooner; and why there is none, if there is a reason."""


def days_to_replay(
    tables: Tables,
    learnt_by: np.datetime64 | None,
    *,
    known_by: np.datetime64 | None = None,
) -> tuple[Days, bool]:
    """Return the month ends whose lists are replayed, and whether the version learnt from them.

    Parameters
    ----------
    tables : Tables
    learnt_by : datetime64[D] or None
        The last day whose outcomes the version learnt from; None where that is not known.
    known_by : datetime64[D], optional
        Only what was known by this day is counted; if not given, all.

    Returns
    -------
    days : (months,) array of datetime64[D]
        Those from ``learnt_by`` on of which it is known what came; where there is none, the last twelve.
    in_sample : bool

    Raises
    ------
    Refused
        Where there is no monitoring, or of no month's list it is known yet what it found.
    """
    facts = tables.get("monitoring")
    if facts is None or not facts["record_id"].size:
        raise Refused("no monitoring: no list can have found an entry")
    days, last = as_of_days(tables, 1), last_known(tables)
    last = last if known_by is None else min(last, known_by)
    days = days[months_on(days, Rules.within_months + REPORTING_MONTHS[ENTRY]) <= last]
    if not days.size:
        raise Refused(f"the data end on {last}: of no month's list it is known yet what it found")
    later = days[:0] if learnt_by is None else days[days >= learnt_by]
    return (later, False) if later.size else (days[-LAST_MONTHS:], True)


def replayed(
    tables: Tables,
    order: Order,
    days: Days,
    *,
    in_sample: bool = False,
    also: Callable[[Candidates], Ordered] | None = None,
    per_100: float = VISITS_PER_100,
    resamples: int = 200,
    told: Told = lambda _: None,
) -> ProgrammeTable:
    """Replay the monthly lists by every scorer and count what they found.

    Parameters
    ----------
    tables : Tables
    order : callable
        Gives the scores of a cohort by name of the scorer: the greater, the sooner on a list.
    days : (months,) array of datetime64[D]
        Month ends, as `days_to_replay` gives them.
    in_sample : bool
        Whether a scorer learnt from these days.
    also : callable, optional
        Gives further orders of the candidates, such as that of the true chances.
    per_100 : float
        Visits a month for 100 households.
    resamples : int
    told : callable

    Raises
    ------
    Refused
        Where nobody could be listed.

    Notes
    -----
    What is found is an entry, whatever the version predicts.
    Candidates are the households that are there and not monitored, with or without an open clue.
    """
    rules = Rules()
    told(f"lists: the candidates of {days.size} months")
    households = np.unique(tables["households"]["household_id"])
    candidates, map_, of_grids = candidates_on(tables, households, days)
    if not candidates.household.size:
        raise Refused("nobody could be listed: every household is monitored or gone")
    told("lists: what each scorer says of them")
    scores = order(candidates.cohort)
    more, no_ceiling = ({}, None) if also is None else also(candidates)
    told("lists: of every month")
    months = _months(candidates, days, of_grids, map_, per_100, rules)
    entries = _entries(tables, households, days[0])
    reached, stability = _replays(months, {**scores, **more}, map_, entries, rules)
    village = _villages(candidates, map_, households.size)
    rows = programme_rows(
        reached, stability, village, reference=REFERENCE, resamples=resamples, random_state=1
    )
    return ProgrammeTable(
        rows=rows,
        reference=REFERENCE,
        days=tuple(days.astype(str).tolist()),
        in_sample=in_sample,
        candidates=candidates.household.size / days.size,
        per_100=per_100,
        rules=rules,
        villages=int(np.unique(map_.village).size),
        resamples=resamples,
        no_ceiling=no_ceiling,
    )


def _months(
    candidates: Candidates, days: Days, of_grids: list[Whole], map_: Map, per_100: float, rules: Rules
) -> list[Month]:
    months = []
    for place, day in enumerate(days):
        rows = candidates.cohort.as_of == day
        months.append(
            Month(
                day,
                candidates.household[rows],
                candidates.grid[rows],
                candidates.suspected[rows],
                monthly_capacity(of_grids[place], map_.township, place, per_100=per_100, seed=rules.seed),
            )
        )
    return months


def _entries(tables: Tables, households: NDArray[np.str_], first: np.datetime64) -> Entries:
    """Return each household's first entry after the first list, as believed on the last day of the data."""
    steps = steps_of(tables, households)
    owner, day, known = steps.entries(last_known(tables))
    later = np.flatnonzero(day > first)
    order = later[np.lexsort((known[later], day[later], owner[later]))]
    who, at = np.unique(owner[order], return_index=True)
    entered, known_on = np.full((2, households.size), np.datetime64("NaT", "D"))
    entered[who], known_on[who] = day[order][at], known[order][at]
    return Entries(entered, known_on)


def _villages(candidates: Candidates, map_: Map, households: int) -> Whole:
    """Return the village of each household: that in which it first could be listed, for good."""
    village = np.zeros(households, dtype=np.int64)
    village[candidates.household[::-1]] = map_.village[candidates.grid[::-1]]
    return village


def _replays(
    months: list[Month], scores: Mapping[str, Floats], map_: Map, entries: Entries, rules: Rules
) -> tuple[dict[str, Reach], dict[str, float | None]]:
    starts = np.cumsum([month.household.size for month in months])[:-1]
    reached, stability = {}, {}
    for name, score in scores.items():
        listings = replay(months, np.split(score, starts), map_.township, entries, rules)
        reached[name], stability[name] = reach(listings, months, entries, rules), listings.stability
    return reached, stability
