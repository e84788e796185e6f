"""The county's map: how many of what, and what strikes it."""

import numpy as np
import pytest

from features.errors import Usage
from features.tables.shocks import DISASTERS
from training.county.parameters import perfect, read_parameters
from training.county.places import BURN_IN, ORIGINS, PRODUCTS, drawn_surroundings, places, shared_out
from training.county.surroundings import epidemic_price

START = np.datetime64("2019-01")
MONTHS = 90
WHOLE = 34_983 + 1_013 + 569 + 15_000
ORANGE = PRODUCTS.index("orange")


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture(scope="module")
def county(p):
    """Return the whole county."""
    return places(p, 7, WHOLE, MONTHS, START)


def totals(county):
    """Return the households of each origin in a county."""
    return {origin: sum(place.households[origin] for place in county) for origin in ORIGINS}


def test_the_whole_county_has_the_counts_of_fengjie(county):
    """Households by origin, townships and grids are exactly the anchors."""
    assert totals(county) == {"exited": 34_983, "not_exited": 1_013, "edge": 569, "ordinary": 15_000}
    assert len(county) == 33
    assert sum(place.grids.size for place in county) == 2_105
    assert 10 <= np.mean([place.villages.size for place in county]) <= 14
    assert {place.weight for place in county} == {16}


@pytest.mark.parametrize("households", [1, 7, 120, 121, 200, 999, 5_156, 200_001, 1_000_000])
def test_any_number_of_households_is_shared_out_whole(p, households):
    """From one household to a million, all live in some township, and each village has a grid."""
    county = places(p, 3, households, 2, START)
    assert sum(totals(county).values()) == households
    anchors = np.array([34_983, 1_013, 569, 15_000]) * households / WHOLE
    assert (np.abs(np.array(list(totals(county).values())) - anchors) < 1).all()
    for place in county:
        assert len(county) == 1 or sum(place.households.values()) >= 40
        assert set(place.grid_village.tolist()) == set(range(place.villages.size))


@pytest.mark.parametrize("households", [1, 60, 120])
def test_a_small_county_is_one_village(p, households):
    """Up to 120 households are one township with one village."""
    (place,) = places(p, 7, households, MONTHS, START)
    assert place.villages.tolist() == ["C01T01V01"]


def test_nothing_is_no_county(p):
    """No households or no months are refused."""
    with pytest.raises(Usage):
        places(p, 7, 0, MONTHS, START)
    with pytest.raises(Usage):
        places(p, 7, 100, 0, START)


def test_codes_name_their_parents(county):
    """A grid's code begins with its village's, a village's with its township's; none comes twice."""
    codes = []
    for place in county:
        assert place.code.startswith(place.county)
        assert all(village.startswith(place.code) for village in place.villages)
        within = np.char.startswith(place.grids, np.char.add(place.villages[place.grid_village], "G"))
        assert within.all()
        codes += [place.code, *place.villages, *place.grids]
    assert len(set(codes)) == len(codes)


def test_the_same_seed_gives_the_same_county(p, county):
    """Another seed gives another; what happens in a month does not depend on how many are told."""
    again = places(p, 7, WHOLE, MONTHS, START)
    other = places(p, 8, WHOLE, MONTHS, START)
    short = places(p, 7, WHOLE, 12, START)
    assert all(
        (a.price == b.price).all() and a.households == b.households
        for a, b in zip(county, again, strict=True)
    )
    assert any(a.households != b.households for a, b in zip(county, other, strict=True))
    for long, brief in zip(county, short, strict=True):
        assert (long.price[: brief.price.shape[0]] == brief.price).all()
        assert (long.loss_share[: brief.loss_share.size] == brief.loss_share).all()


def test_keepers_differ_in_diligence_around_one(p, county):
    """The mean of a township is 1; perfect keepers are all alike."""
    for place in county:
        assert place.diligence.mean() == pytest.approx(1)
        assert place.diligence.min() > 0.4
        assert place.diligence.max() < 1.5
    spread = np.std(np.concatenate([place.diligence for place in county]))
    assert spread == pytest.approx(p.number("grids.diligence_spread"), abs=0.03)
    assert (places(perfect(p), 7, 500, 2, START)[0].diligence == 1).all()


def test_disasters_affect_a_tenth_to_a_fifth_a_year_mostly_in_summer(p, county):
    """Struck township-months times reach lie between 10 and 20 % a year, most of them in June to August."""
    loss = np.array([place.loss_share for place in county])
    assert 0.10 <= (loss > 0).mean() * 12 * p.number("disasters.reach") <= 0.20
    of_year = (np.arange(-BURN_IN, MONTHS) % 12) + 1
    summer = np.isin(of_year, [6, 7, 8])
    assert (loss[:, summer] > 0).sum() > 0.5 * (loss > 0).sum()
    struck = loss[loss > 0]
    assert struck.min() >= 0.10
    assert struck.max() <= 0.60


def test_disaster_rows_tell_what_the_months_hold(county):
    """The rows name the kind by its code, ordered by month, and the epidemic without a loss."""
    epidemic = DISASTERS.column("kind").code("epidemic")
    for place in county:
        rows = place.disasters
        crops = rows["kind"] != epidemic
        assert (np.diff(rows["month"]) >= 0).all()
        assert rows["month"][~crops].tolist() == [13, 14, 15, 16, 17]
        assert np.isnan(rows["loss_share"][~crops]).all()
        for month, kind, loss in zip(
            rows["month"][crops], rows["kind"][crops], rows["loss_share"][crops], strict=True
        ):
            around = place.surroundings(int(month))
            assert (around.disaster_kind, around.loss_share) == (kind, loss)
        assert crops.sum() == (place.loss_share > 0).sum()


def test_some_seasons_stay_unsold_and_last_until_the_next(p, county):
    """Three to five in a hundred village-seasons fail; a price changes only where a season opens."""
    price = np.concatenate([place.price for place in county], axis=1)
    quiet = price / epidemic_price(p, np.arange(-BURN_IN, MONTHS), START)[:, None, :]
    of_year = (np.arange(-BURN_IN, MONTHS) % 12) + 1
    changes = np.abs(np.diff(quiet, axis=0)).max(axis=1) > 1e-9
    for product, opens in zip(range(len(PRODUCTS)), p.numbers("prices.season_opens"), strict=True):
        assert set(of_year[1:][changes[:, product]].tolist()) == {int(opens)}
    failed = (quiet <= 0.7).mean(axis=(0, 1))
    assert 0.03 <= failed.mean() <= 0.05
    assert quiet.min() >= 0.2
    assert np.median(quiet) == pytest.approx(1, abs=0.02)


def test_the_oranges_of_2020(county):
    """From February to April 2020 oranges bring 0.2 to 0.7 of a usual year; a year later they do not."""
    for month in (13, 14, 15):
        bad = np.concatenate([place.surroundings(month).price[:, ORANGE] for place in county])
        good = np.concatenate([place.surroundings(month + 12).price[:, ORANGE] for place in county])
        assert np.median(bad) < 0.7
        assert np.median(good) > 0.85
    assert [county[0].surroundings(m).epidemic for m in (12, 13, 18)] == [0, 1, 0]


def test_market_rows(p, county):
    """A market row stands for each village and harvest month; price times share sold is what was brought."""
    place = county[5]
    rows = place.prices
    told = rows["month"] == 14
    assert set(rows["product"][told].tolist()) == {"orange"}
    assert rows["village"][told].tolist() == place.villages.tolist()
    brought = rows["price"] * rows["sold_share"] / p.numbers("prices.usual")[ORANGE]
    assert brought[told] == pytest.approx(place.surroundings(14).price[:, ORANGE])
    assert (rows["sold_share"] <= 1).all()
    assert rows["month"].min() == -BURN_IN


def test_months_that_were_not_drawn(county):
    """A month before the burn-in or after the last is no month of the place."""
    for month in (-BURN_IN - 1, MONTHS):
        with pytest.raises(IndexError):
            county[0].surroundings(month)


def test_forks_meet_what_the_county_meets(p, county):
    """Drawn anew, disasters and prices have the frequencies of the main life; copies differ."""
    loss = np.array([place.loss_share for place in county])
    rng = np.random.default_rng(0)
    struck, prices, before = [], [], None
    for month in range(60, 84):
        drawn, before = drawn_surroundings(p, rng, month, START, 4_000, before)
        struck.append(drawn > 0)
        prices.append(before)
    assert np.mean(struck) == pytest.approx((loss > 0).mean(), abs=0.005)
    late = np.array(prices)[12:]
    assert (late <= 0.7).mean(axis=(0, 1)) == pytest.approx(p.numbers("prices.unsold"), abs=0.015)
    assert np.unique(late[0, :, ORANGE]).size > 3_000


def test_a_fork_lives_in_the_season_it_found(p, county):
    """Within a season a copy keeps its village's price, with the known epidemic taken in and out again."""
    village = county[0].surroundings(12).price[:1]
    rng = np.random.default_rng(0)
    price = np.repeat(village, 3, axis=0)
    for month in (13, 14, 15):
        _, price = drawn_surroundings(p, rng, month, START, 3, price)
        assert price[:, ORANGE] == pytest.approx(county[0].surroundings(month).price[0, ORANGE])


def test_largest_remainder():
    """Whole numbers nearest to the proportions, adding up."""
    assert shared_out(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert shared_out(7, np.array([0.5, 0.25, 0.25])).tolist() == [3, 2, 2]
    assert shared_out(0, np.array([1.0, 2.0])).tolist() == [0, 0]
