"""Who is at risk at a visit, and what the next visit found."""

from __future__ import annotations

import numpy as np
import pytest

from features.check import accept
from features.errors import Refused
from features.tables import HOUSEHOLD_TABLES
from tests.facts import facts, income, people, raw
from tests.made import made_panel
from training.cohorts.followed import next_visit


def met(*visits, household="h", **more):
    """Return tables of a household met on the 15th, whose income of the month before was learned then.

    A visit is a month and an income in multiples of the line, None where none was learned.
    """
    incomes, counts, seen = [], [people("2023-06-15", 1, household_id=household)], []
    for month, times in visits:
        known_on = np.datetime64(month, "M").astype("datetime64[D]") + 14
        occurred_on = np.datetime64(month, "M").astype("datetime64[D]") - 1
        seen.append({"occurred_on": str(known_on), "purpose": "round", "household_id": household})
        if times is not None:
            row = income(str(occurred_on), 1000 * times, known_on=str(known_on), household_id=household)
            incomes.append(row | more)
    return facts(visits=seen, incomes=incomes, compositions=counts)


def found(tables):
    """Return as-of month, outcome and months ahead of each row."""
    followed = next_visit(tables)
    months = followed.cohort.as_of.astype("datetime64[M]").astype(str).tolist()
    return list(zip(months, followed.y.tolist(), followed.months_ahead.tolist(), strict=True))


def test_each_visit_above_the_line_is_followed_to_the_next():
    """Two visits above and one under the line are two rows, the second with an event."""
    assert found(met(("2024-01", 1.5), ("2024-07", 1.2), ("2025-01", 0.9))) == [
        ("2024-01", 0.0, 6),
        ("2024-07", 1.0, 6),
    ]


def test_who_is_under_the_line_is_not_at_risk_of_falling_under_it():
    """From under the line no row starts; back above it the household had left poverty."""
    tables = met(("2024-01", 0.8), ("2024-07", 1.2), ("2025-01", 1.3))
    followed = next_visit(tables)
    assert found(tables) == [("2024-07", 0.0, 6)]
    assert followed.was_under.tolist() == [True]


def test_on_the_line_is_not_under_it():
    """An income of exactly the line is at risk, and is no event."""
    assert found(met(("2024-01", 1.0), ("2024-07", 1.0))) == [("2024-01", 0.0, 6)]


@pytest.mark.parametrize(("month", "rows"), [("2025-01", 1), ("2025-02", 0)])
def test_a_next_visit_later_than_a_year_is_no_outcome(month, rows):
    """Twelve months on it still counts."""
    if rows:
        assert found(met(("2024-01", 1.5), (month, 0.5))) == [("2024-01", 1.0, 12)]
    else:
        with pytest.raises(Refused, match="within a year"):
            next_visit(met(("2024-01", 1.5), (month, 0.5)))


def test_a_visit_that_brought_no_income_makes_no_row():
    """Neither from it nor to it, and it is not skipped either."""
    assert found(met(("2024-01", 1.5), ("2024-04", None), ("2024-07", 1.5), ("2024-10", 1.1))) == [
        ("2024-07", 0.0, 3)
    ]


def test_the_outcome_is_known_on_the_day_of_the_next_visit():
    """The day on which it was learned, with the office's mark on the income that decided."""
    followed = next_visit(met(("2024-01", 1.5), ("2024-07", 0.5), imputed=True))
    assert followed.outcome_on.tolist() == [np.datetime64("2024-07-15").item()]
    assert followed.outcome_imputed.tolist() == [True]


def versions(*later):
    """Return three visits half a year apart, with later versions of its record."""
    tables = met(("2024-01", 1.5), ("2024-07", 1.2), ("2025-01", 1.5))
    rows = [
        {"occurred_on": str(day), "purpose": "round", "record_id": f"v{day}"}
        for day in tables["visits"]["known_on"]
    ]
    more = [rows[1] | {"known_on": "2024-08-20"} | row for row in later]
    plain_rows = raw(visits=[*rows, *more])["visits"]
    return {**tables, "visits": accept({**raw(), "visits": plain_rows})["visits"]}


def test_a_corrected_visit_is_one_visit():
    """What is corrected in August about the visit of July is no visit in August."""
    assert found(versions({"rooms": 3})) == found(versions()) == [("2024-01", 0.0, 6), ("2024-07", 0.0, 6)]


def test_a_withdrawn_visit_did_not_happen():
    """It starts nothing and ends nothing."""
    assert found(versions({"voided": True})) == [("2024-01", 0.0, 12)]


def test_what_is_learned_after_the_outcome_changes_no_row():
    """A correction that came later than the next visit leaves the rows as they were known."""
    tables = met(("2024-01", 1.5), ("2024-07", 0.9), ("2025-01", 1.5))
    late = met(("2024-01", 1.5), ("2024-07", 0.9), ("2025-01", 1.5), ("2025-06", 0.1))
    assert found(late)[: len(found(tables))] == found(tables)


def test_households_are_followed_each_by_itself():
    """A household alone has the rows that it has among others."""
    tables = made_panel(households=30, visits=4)
    whole = next_visit(tables)
    assert np.all(whole.outcome_on > whole.cohort.as_of)
    for household in np.unique(whole.cohort.household_id)[:5]:
        own = {
            name: {column: values[rows["household_id"] == household] for column, values in rows.items()}
            if name in HOUSEHOLD_TABLES
            else rows
            for name, rows in tables.items()
        }
        alone, mine = next_visit(own), whole.take(whole.cohort.household_id == household)
        assert (alone.y.tolist(), alone.outcome_on.tolist()) == (mine.y.tolist(), mine.outcome_on.tolist())


def test_without_visits_nobody_can_be_followed():
    """It is refused, not answered with nothing."""
    with pytest.raises(Refused, match="no visits"):
        next_visit(facts())
