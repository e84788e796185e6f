"""Chances are written for stated days and a sample, and asked for wrongly they are refused."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.errors import Usage
from training.county.chances import chances
from training.county.simulate import simulate
from training.county.truth import CHANCES, truth_of
from training.judging.truth import read_chances

DAY, LATER = np.datetime64("2020-09-30"), np.datetime64("2020-12-31")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the folder of a small county of two and a half years."""
    folder = tmp_path_factory.mktemp("county") / "made"
    simulate(folder, 300, 30, seed=4, processes=1)
    return folder


def told(county: Path):
    """Return the rows written."""
    return pq.read_table(truth_of(county) / CHANCES).to_pandas()


def test_every_target_horizon_and_way_of_helping_is_told(county):
    """There is one row for each household, target, horizon and way of helping, with its error and halves."""
    rows = chances(county, [DAY], sample=60, forks=10, processes=1)
    table = told(county)
    assert len(table) == rows
    households = table["household_id"].nunique()
    assert 40 <= households <= 60
    assert rows == households * 4 * 2 * 2
    assert np.allclose((table["chance_a"] + table["chance_b"]) / 2, table["chance"])
    assert table["chance"].between(0, 1).all()
    assert (table["forks"] == 10).all()


def test_the_number_of_processes_changes_nothing(county):
    """One process and two write the same chances."""
    chances(county, [DAY], sample=40, forks=4, processes=1)
    one = told(county)
    chances(county, [DAY], sample=40, forks=4, processes=2)
    assert one.equals(told(county))


def test_two_forks_of_everybody_give_chances_too(county):
    """Where luck adds the monthly chances of a fork up to more than one, one is told; they can be read."""
    chances(county, [DAY], sample=300, forks=2, processes=1)
    table = told(county)
    entry = table[(table["target"] == "entry") & (table["horizon_months"] == 12)]
    assert entry[["chance", "chance_a", "chance_b"]].max().max() == 1.0
    assert len(read_chances(county, "entry", 12)) == table["household_id"].nunique()


def test_one_way_of_helping_alone_has_the_chances_that_it_has_beside_the_other(county):
    """And the other is not written."""
    chances(county, [DAY], sample=40, forks=4, processes=1)
    both = told(county)
    chances(county, [DAY], sample=40, forks=4, ways=("practised",), processes=1)
    alone = told(county)
    assert alone.equals(both[both["help"] == "practised"].reset_index(drop=True))


def test_a_day_is_replaced_and_others_stay(county):
    """Asking again for a day replaces its rows; another day is added."""
    chances(county, [DAY], sample=20, forks=4, processes=1)
    chances(county, [LATER], sample=20, forks=4, processes=1)
    assert set(told(county)["as_of"].astype(str)) == {str(DAY), str(LATER)}
    before = len(told(county))
    chances(county, [DAY], sample=20, forks=4, processes=1)
    assert len(told(county)) == before


@pytest.mark.parametrize(
    ("day", "more", "message"),
    [
        ("2020-09-29", {}, "not the last day of a month"),
        ("2019-06-30", {}, "outside the told months"),
        ("2022-06-30", {}, "outside the told months"),
        ("2020-09-30", {"forks": 3}, "even number of forks"),
        ("2020-09-30", {"sample": 0}, "a household at least"),
    ],
)
def test_what_cannot_be_told_is_refused(county, day, more, message):
    """A day inside a month, before the office opens or after the end, and odd forks are refused."""
    with pytest.raises(Usage, match=message):
        chances(county, [np.datetime64(day)], **{"sample": 5, "forks": 2, "processes": 1} | more)


def test_a_folder_of_real_tables_has_no_chances(tmp_path):
    """Only a simulated county can be lived again."""
    with pytest.raises(Usage, match="no simulated county"):
        chances(tmp_path, [DAY])
