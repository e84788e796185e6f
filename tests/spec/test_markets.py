"""What befalls the area: prices of the household's product, what is sold, disasters."""

from __future__ import annotations

import math

import pytest

from tests.facts import LINES, facts, income, value

DAY = "2025-06-30"
AREAS = [
    {"area": "village", "parent": "county", "occurred_on": "2015-01-01"},
    {"area": "county", "occurred_on": "2015-01-01"},
    {"area": "elsewhere", "parent": "county", "occurred_on": "2015-01-01"},
]


def price(day, yuan, product="orange", **more):
    """Return a price in the village."""
    return {"area": "village", "occurred_on": day, "product": product, "price": yuan, **more}


def disaster(day, share=None, area="village", **more):
    """Return a disaster of an area."""
    return {"area": area, "occurred_on": day, "loss_share": share, "kind": "flood", **more}


def grown(day, yuan, product="orange"):
    """Return operating income from a product."""
    return income(day, yuan, "operating", product=product)


def around(**tables):
    """Return tables of a household in a village of a county."""
    lines = [LINES[0] | {"area": "county"}]
    return facts(areas=AREAS, lines=lines, **tables)


def test_a_price_is_held_against_the_same_month_of_three_years():
    """4 yuan after 5, 7 and 9; the year before those does not count, nor does another month."""
    told = [
        price(f"{year}-03-15", yuan)
        for year, yuan in ((2021, 90), (2022, 9), (2023, 7), (2024, 5), (2025, 4))
    ]
    tables = around(prices=[*told, price("2024-12-15", 50)], incomes=[grown("2025-03-31", 1000)])
    assert value(tables, DAY, "product_price") == pytest.approx(4 / 7)


def test_a_price_without_years_before_says_nothing():
    """Nor does a product of which no price is told, or a household that grows nothing."""
    first = [price("2025-03-15", 4)]
    assert math.isnan(value(around(prices=first, incomes=[grown("2025-03-31", 1)]), DAY, "product_price"))
    both = [*first, price("2024-03-15", 4)]
    assert math.isnan(
        value(around(prices=both, incomes=[grown("2025-03-31", 1, "tea")]), DAY, "product_price")
    )
    assert math.isnan(value(around(prices=both), DAY, "product_price"))


def test_the_price_is_that_of_the_product_that_brought_most():
    """Oranges brought more than pigs over two years."""
    told = [
        price(f"{year}-03-15", yuan, product)
        for product, old, new in (("orange", 4, 2), ("pig", 10, 20))
        for year, yuan in ((2024, old), (2025, new))
    ]
    sold = [grown("2024-12-31", 900), grown("2025-05-31", 500, "pig")]
    assert value(around(prices=told, incomes=sold), DAY, "product_price") == 0.5
    assert value(around(prices=told, incomes=sold), DAY, "main_product_share_24m") == pytest.approx(9 / 14)
    other = [*sold, grown("2025-04-30", 500, "pig")]
    assert value(around(prices=told, incomes=other), DAY, "product_price") == 2.0


def test_a_price_of_the_area_above_stands_in():
    """The county's where the village has none; another village's never."""
    county = [price(f"{year}-03-15", yuan) | {"area": "county"} for year, yuan in ((2024, 4), (2025, 1))]
    other = [one | {"area": "elsewhere", "price": 4} for one in county]
    sold = [grown("2025-03-31", 1)]
    assert value(around(prices=[*county, *other], incomes=sold), DAY, "product_price") == 0.25
    assert math.isnan(value(around(prices=other, incomes=sold), DAY, "product_price"))


def test_a_price_counts_from_the_day_it_is_known_as_corrected():
    """Known late, then corrected."""
    new = price("2025-03-15", 1, known_on="2025-05-01", record_id="new")
    tables = around(
        prices=[
            price("2024-03-15", 4),
            price("2023-03-15", 4),
            new,
            new | {"price": 2, "known_on": "2025-06-01"},
        ],
        incomes=[grown("2025-03-31", 1)],
    )
    found = [value(tables, day, "product_price") for day in ("2025-04-30", "2025-05-31", DAY)]
    assert found == [1.0, 0.25, 0.5]


def test_what_a_fallen_price_touches_is_the_share_of_the_land():
    """A quarter lost on half of the income."""
    tables = around(
        prices=[price("2024-03-15", 4), price("2025-03-15", 3, sold_share=0.6)],
        incomes=[grown("2025-03-31", 500), income("2025-03-31", 500, "wage")],
    )
    assert value(tables, DAY, "product_price_exposure") == 0.125
    assert value(tables, DAY, "product_sold_share") == 0.6


def test_disasters_are_those_of_the_area_and_of_all_above_it():
    """Over a year: the county's greater loss counts, an epidemic takes no crop, elsewhere is not here."""
    told = [
        disaster("2025-05-10", 0.2),
        disaster("2024-06-01", 0.4, "county"),
        disaster("2025-02-10", kind="epidemic"),
        disaster("2024-05-31", 0.9),
        disaster("2025-05-10", 0.9, "elsewhere"),
    ]
    tables = around(disasters=told, incomes=[grown("2025-03-31", 500), income("2025-03-31", 500, "wage")])
    assert value(tables, DAY, "area_loss_12m") == 0.4
    assert value(tables, DAY, "area_disasters_12m") == 3
    assert value(tables, DAY, "area_loss_exposure_12m") == 0.2


def test_no_disaster_is_known_only_where_disasters_are_told():
    """Told of elsewhere, there was none here; with no table nobody knows."""
    assert value(around(disasters=[disaster("2025-05-10", 0.9, "elsewhere")]), DAY, "area_loss_12m") == 0
    assert math.isnan(value(around(), DAY, "area_loss_12m"))
    assert math.isnan(value(around(), DAY, "area_disasters_12m"))
