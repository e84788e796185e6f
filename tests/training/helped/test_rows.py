"""Which rows help reached before their outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.facts import facts
from training.cohorts.followed import Followed
from training.cohorts.targets import Question
from training.helped.rows import helped_rows
from training.helped.starts import first_after

AS_OF = "2022-09-30"
GRANT = {"area_of_help": "industry", "form": "money", "ground": "general"}


def followed(*households):
    """Return households looked at on one day, followed for a year."""
    from features.vectors import Cohort

    ids = np.array(households)
    days = np.repeat(np.datetime64(AS_OF), ids.size)
    no = np.zeros(ids.size, dtype=bool)
    return Followed(Cohort(ids, days), days + 396, np.zeros(ids.size), np.full(ids.size, 12), no, no.copy())


def county(entered, helped):
    """Return a county of households that were entered and helped on days."""
    ids = sorted({*entered, *helped})
    steps = [
        {"household_id": one, "occurred_on": day, "step": "entry"} for one, day in entered.items() if day
    ]
    supports = [
        {"household_id": one, "occurred_on": day, **GRANT} for one, days in helped.items() for day in days
    ]
    homes = [{"household_id": one, "occurred_on": "2015-01-01", "area": "village"} for one in ids]
    later = [{"household_id": ids[0], "occurred_on": "2024-06-30", "purpose": "round"}]
    return facts(households=homes, monitoring=steps, supports=supports, visits=later), followed(*ids)


def test_help_counts_after_the_day_and_before_the_month_of_the_outcome():
    """Help of the day itself is known, help of the outcome's month answers it; both reach nobody before."""
    tables, rows = county(
        {"a": "2023-03-10", "b": "2023-03-10", "c": "2023-03-10", "d": None, "e": None, "f": None},
        {
            "a": ["2023-02-28"], "b": ["2023-03-01"], "c": [AS_OF],
            "d": ["2023-09-30"], "e": ["2023-10-01"], "f": ["2021-01-01", "2022-10-01"],
        },
    )  # fmt: skip
    found = helped_rows(tables, rows, Question("entry"))
    assert found.before.tolist() == [True, False, False, True, False, True]


def test_who_had_the_outcome_early_had_less_time_to_be_helped():
    """Five of the twelve months had gone before the month of the outcome; without one it is all of them."""
    tables, rows = county({"a": "2023-03-10", "b": None}, {"a": [], "b": []})
    exposed = helped_rows(tables, rows, Question("entry")).exposed
    assert exposed[0] == 151 / 365
    assert exposed[1] == 1.0


def test_a_state_comes_at_the_end_of_the_horizon_and_the_next_visit_when_it_comes():
    """All help of the year lies before a state; help after the next visit lies before nothing."""
    tables, rows = county({"a": "2023-03-10"}, {"a": ["2023-05-01"]})
    assert helped_rows(tables, rows, Question("income")).before.all()
    visited = replace(rows, outcome_on=np.array(["2023-04-30"], "datetime64[D]"))
    assert not helped_rows(tables, visited, Question("next_visit")).before.any()


def test_the_first_event_is_the_household_s_own():
    """Not that of the next household, and none where the household has no more."""
    rows = followed("a", "b")
    events = (
        np.array(["b", "b", "c"]),
        np.array(["2023-01-01", "2022-12-01", "2022-10-05"], "datetime64[D]"),
    )
    assert first_after(rows.cohort, events).astype(str).tolist() == ["NaT", "2022-12-01"]
