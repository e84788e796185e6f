"""What the features of the data's age mean, and the rate of the area: a small table in, a figure out."""

from __future__ import annotations

import math

import pytest

from tests.facts import LINES, facts, income, people, value

AREAS = [
    {"area": "village", "parent": "county", "occurred_on": "2015-01-01"},
    {"area": "county", "occurred_on": "2015-01-01"},
]


def rate(day, share, area="village", **more):
    """Return a row of ``area_rates``."""
    plain = {"occurred_on": day, "area": area, "target": "next_visit", "horizon_months": 12, "rate": share}
    return plain | more


def test_days_since_the_last_visit():
    """Days from the last ordinary visit to the day, unknown before any."""
    tables = facts(visits=[{"occurred_on": day, "purpose": "round"} for day in ("2025-05-01", "2025-06-20")])
    assert value(tables, "2025-06-30", "days_since_visit") == 10.0
    assert value(tables, "2025-05-31", "days_since_visit") == 30.0
    assert math.isnan(value(tables, "2025-04-30", "days_since_visit"))


def test_the_season_is_the_calendar_month():
    """Known of every day."""
    assert [value(facts(), day, "season") for day in ("2025-01-01", "2025-06-30", "2025-12-31")] == [1, 6, 12]


def test_the_age_of_people_and_of_the_ledger():
    """Months since the last row of each; unknown before any."""
    row = {"occurred_on": "2025-02-10", "start_on": "2025-02-10", "member_id": "m1", "state": "employed"}
    tables = facts(compositions=[people("2025-04-10", 3)], employments=[row])
    assert value(tables, "2025-06-30", "people_age") == 2
    assert value(tables, "2025-06-30", "ledger_age") == 4
    assert math.isnan(value(facts(), "2025-06-30", "ledger_age"))


def test_an_income_s_age_is_the_months_since_its_month():
    """The income of May is one month old in June, whenever in June it is."""
    tables = facts(incomes=[income("2025-05-31", 1000)])
    assert value(tables, "2025-06-01", "income_age") == value(tables, "2025-06-30", "income_age") == 1.0
    assert value(tables, "2025-09-10", "income_age") == 4.0
    assert math.isnan(value(facts(), "2025-06-30", "income_age"))


def test_months_with_an_income_are_counted():
    """A yearly figure makes twelve months known, a monthly one one."""
    survey = income(
        "2024-12-31", 12_000, account="period", period_start="2024-01-01", period_end="2024-12-31"
    )
    tables = facts(incomes=[survey, income("2025-03-31", 900)])
    assert value(tables, "2025-06-30", "income_months_12m") == 7 + 1
    assert value(tables, "2025-06-30", "income_months_24m") == 12 + 1


def test_an_income_that_the_office_estimated_is_marked():
    """The last income's mark, and the share over two years."""
    incomes = [income("2025-04-30", 900, imputed=False), income("2025-05-31", 900, imputed=True)]
    assert value(facts(incomes=incomes), "2025-06-30", "income_imputed") == 1.0
    assert value(facts(incomes=incomes), "2025-06-30", "income_imputed_share_24m") == 0.5


@pytest.mark.parametrize(("visits", "counted"), [(1, 1), (6, 6), (9, 6)])
def test_months_with_a_visit_are_counted_to_six(visits, counted):
    """Who is visited often is not thereby at risk: the count is capped."""
    days = [{"occurred_on": f"2025-{month:02d}-03", "purpose": "round"} for month in range(1, visits + 1)]
    assert value(facts(visits=days), "2025-12-31", "visited_months_12m") == counted


def test_the_area_s_rate_is_the_last_that_was_known_by_the_day():
    """A rate of tomorrow says nothing today, and none is known before the first."""
    tables = facts(areas=AREAS, area_rates=[rate("2025-03-31", 0.1), rate("2025-06-30", 0.3)])
    days = ("2025-03-30", "2025-03-31", "2025-06-29", "2025-06-30")
    found = [value(tables, day, "area_rate_next_visit") for day in days]
    assert found == pytest.approx([math.nan, 0.1, 0.1, 0.3], nan_ok=True)


def test_a_village_without_a_rate_has_that_of_the_area_above():
    """The nearest area above lends its rate; a rate of another target lends nothing."""
    given = [rate("2025-03-31", 0.2, area="county"), rate("2025-03-31", 0.9, target="entry")]
    tables = facts(areas=AREAS, lines=[LINES[0] | {"area": "county"}], area_rates=given)
    assert value(tables, "2025-06-30", "area_rate_next_visit") == 0.2
