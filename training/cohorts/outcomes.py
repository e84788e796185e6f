"""Who is at risk at a month's end, and what came of it within the horizon: entry, need, income, hardship."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Refused
from features.history import NEVER, believed
from features.tables import HOUSEHOLD_TABLES
from features.tables.outcomes import VERIFICATIONS
from features.vectors import Cohort, build_vectors
from training.cohorts.followed import HORIZON_MONTHS, SOONER_MONTHS, Followed
from training.cohorts.horizon import month_ends, months_on
from training.cohorts.recorded import hard_cost_share, income_to_line
from training.cohorts.standing import departures_of, steps_of
from training.cohorts.targets import REPORTING_MONTHS

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Events = tuple[NDArray[np.int64], Days]
"""Position among all households, and day, of each event."""

EVERY = 3
"""Households are looked at every so many months: at the end of March, June, September and December."""

HISTORY_MONTHS = 12
"""Nobody is looked at before the records go back so far: the windows would be half empty."""

OLDEST_INCOME_MONTHS = 24
"""Of whom nothing newer is known there is no probability, only what to collect."""

HARDSHIP_SHARE = 0.40
"""Hard costs above this share of gross income are a hardship."""

READ = {"entry": "monitoring", "need": "verifications", "income": "incomes", "hardship": "expenses"}
"""The table without which a target cannot be followed."""

NEEDS_HELP = VERIFICATIONS.column("risk").code("needs_help")


def follow(
    tables: Tables,
    target: str,
    *,
    horizon_months: int = HORIZON_MONTHS,
    every: int = EVERY,
) -> Followed:
    """Follow the households at risk at the end of each season over the horizon.

    Parameters
    ----------
    tables : Tables
    target : {"entry", "need", "income", "hardship"}
        What may come within (t, t + horizon], t the as-of day:
        *entry*, an approval as monitored (a reinstatement is none; who was eliminated is at risk again);
        *need*, a check at the door that found that help is needed;
        *income*, net income a head of the twelve months to the horizon, transfers granted after t left
        out as far as they can be (`training.cohorts.recorded.income_to_line`), under the line that holds
        then;
        *hardship*, self-paid medical, school and loss costs of these twelve months above 40 % of gross
        income.
    horizon_months : int
        [months]
    every : int
        Months from one as-of day to the next, counted so that one ends with December.

    Returns
    -------
    Followed
        By household and time. ``outcome_on`` is the same for all rows of a day, events or not: the end
        of the horizon and of the months that reports take (`training.cohorts.targets.REPORTING_MONTHS`). An
        event known sooner must not enter sooner, or the first rows learnt from would be events only.

    Raises
    ------
    Refused
        Where the table of the target is empty, the data end before any outcome is known, or nobody is
        at risk.

    Notes
    -----
    Outcomes are those believed on the last day of the data, corrections included; who is at risk is what
    was known on the as-of day (`at_risk`). A household that is no more by the end of the horizon and had
    no event leaves the rows, as does one whose entry had been approved by the as-of day without being
    known, or of which too little was recorded to tell. Sampling weights of households are not used.
    """
    facts = tables.get(READ[target])
    if facts is None or not facts["record_id"].size:
        raise Refused(f"no {READ[target]}: nobody can be followed to {target}")
    last = last_known(tables)
    wait = horizon_months + REPORTING_MONTHS[target]
    days = as_of_days(tables, every)
    days = days[months_on(days, wait) <= last]
    if not days.size:
        raise Refused(
            f"the data end on {last}: no outcome is known yet; it takes {HISTORY_MONTHS} months of records, "
            f"{horizon_months} of the horizon and {wait - horizon_months} for reports to come in"
        )
    cohort = at_risk(tables, days)
    y = OUTCOMES[target](Asked(tables, cohort, horizon_months, last))
    soon = None
    if target in COMING and horizon_months > SOONER_MONTHS:
        soon = OUTCOMES[target](Asked(tables, cohort, SOONER_MONTHS, last)) == 1.0
    known = np.flatnonzero(~np.isnan(y))
    if not known.size:
        raise Refused(f"nobody was at risk of {target} and could be followed for {horizon_months} months")
    order = known[np.lexsort((cohort.as_of[known], cohort.household_id[known]))]
    nothing = np.zeros(order.size, dtype=np.bool_)
    return Followed(
        Cohort(cohort.household_id[order], cohort.as_of[order]),
        months_on(cohort.as_of[order], wait),
        y[order],
        np.full(order.size, horizon_months),
        nothing,
        nothing.copy(),
        soon=None if soon is None else soon[order],
    )


def last_known(tables: Tables) -> np.datetime64:
    """Return the last day on which anything about a household became known."""
    last: np.datetime64 = max(
        facts["known_on"].max()
        for name, facts in tables.items()
        if name in HOUSEHOLD_TABLES and facts["known_on"].size
    )
    return last


def as_of_days(tables: Tables, every: int = EVERY) -> Days:
    """Return the month ends on which households can be looked at: from a year after incomes were known.

    Raises
    ------
    Refused
        Where no income is known.
    """
    incomes = tables.get("incomes")
    if incomes is None or not incomes["record_id"].size:
        raise Refused("no incomes: of nobody is enough known to be at risk")
    first = incomes["known_on"].min()
    return month_ends(months_on(np.array([first]), HISTORY_MONTHS)[0], last_known(tables), every)


def at_risk(tables: Tables, days: Days) -> Cohort:
    """Return who was at risk on each day, as known at its end.

    At risk is a household that is known and there, whose income against the line is known and at most 24
    months old (else there is no probability to give), and that is neither monitored nor has an open clue.

    Returns
    -------
    Cohort
        By day, then by household.
    """
    households = np.unique(tables["households"]["household_id"])
    seen = build_vectors(tables, days, features=["income_to_line_latest", "income_age"])
    ratio, age = seen.X.T
    known = (seen.area != "") & ~np.isnan(ratio) & (age <= OLDEST_INCOME_MONTHS)
    steps, departures = steps_of(tables, households), departures_of(tables, households)
    there = [~steps.taken_up(day) & (departures.known_by(day) > day) for day in np.unique(days)]
    kept = known & np.concatenate(there)
    return Cohort(seen.household_id[kept], seen.as_of[kept])


@dataclass(frozen=True, eq=False)
class Asked:
    """What came of a cohort by its horizon, as believed on the last day of the data."""

    tables: Tables
    cohort: Cohort
    horizon_months: int
    last: np.datetime64

    def households(self) -> NDArray[np.str_]:
        """Return all households, sorted."""
        return np.unique(self.tables["households"]["household_id"])

    def came(self, events: Events) -> Floats:
        """Return 1 where the household had an event within the horizon, NaN where it was gone before one."""
        some = ~np.isnat(self.first(events))
        return np.where(some, 1.0, np.where(self._there(), 0.0, np.nan))

    def first(self, events: Events) -> Days:
        """Return the day of the household's first event within the horizon, NaT where it had none."""
        owner = np.searchsorted(self.households(), self.cohort.household_id)
        household, day = events
        span = NEVER.astype(np.int64)
        keys = np.append(np.sort(household * span + day.astype(np.int64)), np.iinfo(np.int64).max)
        found = keys[np.searchsorted(keys, owner * span + self.cohort.as_of.astype(np.int64), side="right")]
        within = found <= owner * span + self.ends().astype(np.int64)
        return np.where(within, (found - owner * span).astype("datetime64[D]"), np.datetime64("NaT", "D"))

    def stood(self, state: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
        """Return a state at the end of the horizon; NaN where it is not known, or the household was gone."""
        return np.where(known & self._there(), state.astype(np.float64), np.nan)

    def ends(self) -> Days:
        """Return the last day of each row's horizon."""
        return months_on(self.cohort.as_of, self.horizon_months)

    def _there(self) -> NDArray[np.bool_]:
        households = self.households()
        gone = departures_of(self.tables, households).known_by(self.last)
        there: NDArray[np.bool_] = gone[np.searchsorted(households, self.cohort.household_id)] > self.ends()
        return there


def first_day(asked: Asked, target: str) -> Days:
    """Return the day on which each row's outcome came; NaT where none did, or where it is a state."""
    if target not in COMING:
        return np.full(asked.cohort.as_of.size, np.datetime64("NaT", "D"))
    return asked.first(COMING[target](asked))


def _entries(asked: Asked) -> Events:
    household, day, _ = steps_of(asked.tables, asked.households()).entries(asked.last)
    return household, day


def _needs(asked: Asked) -> Events:
    facts = asked.tables["verifications"]
    rows = believed(facts).on(asked.last) & (facts["risk"] == NEEDS_HELP)
    return np.searchsorted(asked.households(), facts["household_id"][rows]), facts["occurred_on"][rows]


def _entry(asked: Asked) -> Floats:
    households = asked.households()
    steps = steps_of(asked.tables, households)
    y = asked.came(_entries(asked))
    owner = np.searchsorted(households, asked.cohort.household_id)
    for day in np.unique(asked.cohort.as_of):
        rows = np.flatnonzero(asked.cohort.as_of == day)
        y[rows[steps.monitored(day, asked.last)[owner[rows]]]] = np.nan
    return y


def _need(asked: Asked) -> Floats:
    return asked.came(_needs(asked))


def _income(asked: Asked) -> Floats:
    ratio = income_to_line(asked.tables, asked.cohort, asked.horizon_months, asked.last)
    return asked.stood(ratio < 1.0, ~np.isnan(ratio))


def _hardship(asked: Asked) -> Floats:
    share = hard_cost_share(asked.tables, asked.cohort, asked.horizon_months, asked.last)
    return asked.stood(share > HARDSHIP_SHARE, ~np.isnan(share))


OUTCOMES: dict[str, Callable[[Asked], Floats]] = {
    "entry": _entry,
    "need": _need,
    "income": _income,
    "hardship": _hardship,
}

COMING: dict[str, Callable[[Asked], Events]] = {"entry": _entries, "need": _needs}
"""Targets that come on a day; the others are states at the end of the horizon."""
