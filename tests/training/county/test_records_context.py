"""What surrounds the households: areas, lines, disasters, prices."""

from dataclasses import replace

import numpy as np
import pytest

from features.check import check
from tests.training.county.made import MONTHS, START, code, draw
from training.county.parameters import perfect, read_parameters
from training.county.places import places
from training.county.records.context import context, county_context


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture(scope="module")
def county(p):
    """Return a small county."""
    return places(p, 7, 12_000, MONTHS, START)


@pytest.fixture(scope="module")
def told(county, p):
    """Return what holds for all of it."""
    return county_context(county, p, 7, MONTHS, START)


def parents(told):
    """Return the parent of each area."""
    return dict(zip(told["areas"]["area"].tolist(), told["areas"]["parent"].tolist(), strict=True))


def test_areas_and_lines_keep_the_contract_with_every_township(county, p, told):
    """The county's context and that of all townships have no breach, and ids are unique."""
    for place in county:
        assert check(told | context(place, p, START, MONTHS, draw())) == []
    ids = told["areas"]["record_id"].tolist() + told["lines"]["record_id"].tolist()
    assert len(set(ids)) == len(ids)


def test_every_grid_lies_in_village_township_county_and_nation(county, told):
    """The chain of parents is whole, and every grid, village and township of the county is in it."""
    parent = parents(told)
    levels = told["areas"]["level"]
    names = [code("areas", "level", name) for name in ("nation", "county", "township", "village", "grid")]
    count = [int((levels == name).sum()) for name in names]
    villages, grids = sum(place.villages.size for place in county), sum(place.grids.size for place in county)
    assert count == [1, 1, len(county), villages, grids]
    for place in county:
        for grid, village in zip(
            place.grids.tolist(), place.villages[place.grid_village].tolist(), strict=True
        ):
            assert parent[grid] == village
            assert parent[village] == place.code
    assert {parent[place.code] for place in county} == {county[0].county}
    assert parent[parent[county[0].county]] == ""


def test_villages_and_their_grids_are_marked_remote_as_they_are(county, told):
    """A grid is as remote, and of as many peoples, as its village."""
    remote = dict(zip(told["areas"]["area"].tolist(), told["areas"]["remote"].tolist(), strict=True))
    minority = dict(
        zip(told["areas"]["area"].tolist(), told["areas"]["ethnic_majority"].tolist(), strict=True)
    )
    for place in county:
        assert [remote[village] for village in place.villages.tolist()] == place.remote.astype(int).tolist()
        for grid, village in zip(
            place.grids.tolist(), place.villages[place.grid_village].tolist(), strict=True
        ):
            assert remote[grid] == remote[village]
            assert minority[grid] == minority[village]
        assert remote[place.code] == -1
    assert 0 < sum(flag == 1 for flag in minority.values()) < 0.3 * len(minority)


def test_each_year_has_its_line_for_the_whole_county(county, p, told):
    """Yuan a head and year, from 1 January; known then at first, and some weeks later in other years."""
    lines = told["lines"]
    years = lines["valid_from"].astype("datetime64[Y]").astype(int) + 1970
    assert years.tolist() == [2019, 2020, 2021, 2022]
    assert lines["amount"].tolist() == p.numbers("lines.amount")[:4].tolist()
    assert set(lines["area"].tolist()) == {county[0].county}
    assert set(lines["basis"].tolist()) == {code("lines", "basis", "per_head")}
    assert set(lines["period"].tolist()) == {code("lines", "period", "year")}
    assert set(lines["currency"].tolist()) == {"CNY"}
    late = (lines["known_on"] - lines["valid_from"]).astype(int)
    assert late.tolist() == [0, 45, 45, 45]


def test_years_beyond_the_list_keep_its_last_line(county, p):
    """A county told into the years after keeps the line of the last one, and before the first that of it."""
    late = county_context(county, p, 7, 24, np.datetime64("2027-03"))["lines"]
    assert late["amount"].tolist() == [p.numbers("lines.amount")[-1]] * 3
    early = county_context(county, p, 7, 12, np.datetime64("2015-01"))["lines"]
    assert early["amount"].tolist() == [p.numbers("lines.amount")[0]]


def test_disasters_and_prices_of_told_months_are_told(county, p):
    """Each one of the township and its villages, in its month, one to twenty days late."""
    place = county[0]
    told = context(place, p, START, MONTHS, draw())
    for name, source, owners in (
        ("disasters", place.disasters, {place.code}),
        ("prices", place.prices, None),
    ):
        months = source["month"][(source["month"] >= 0) & (source["month"] < MONTHS)]
        facts = told[name]
        assert ((facts["occurred_on"].astype("datetime64[M]") - START).astype(int) == months).all()
        assert set(facts["area"].tolist()) == (owners or set(place.villages.tolist()))
        late = (facts["known_on"] - facts["occurred_on"]).astype(int)
        assert 1 <= late.min() <= late.max() <= 20
    epidemic = told["disasters"]["kind"] == code("disasters", "kind", "epidemic")
    assert (np.isnan(told["disasters"]["loss_share"]) == epidemic).all()


def test_perfect_context_is_known_at_once(county, p):
    """Without fault lines, disasters and prices are known on their day."""
    ideal = perfect(p)
    told = county_context(county, ideal, 7, MONTHS, START) | context(county[1], ideal, START, MONTHS, draw())
    for facts in told.values():
        assert (facts["known_on"] == facts["occurred_on"]).all()


def test_a_township_without_a_disaster_has_an_empty_table(county, p):
    """An empty table has every column of the contract."""
    place = county[0]
    quiet = {name: values[:0] for name, values in place.disasters.items()}
    told = context(replace(place, disasters=quiet), p, START, MONTHS, draw())["disasters"]
    assert {values.size for values in told.values()} == {0}
