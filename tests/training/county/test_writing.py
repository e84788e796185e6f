"""A county written piece by piece, by one process or several, whole or not at all."""

from __future__ import annotations

import os
import time
from functools import partial

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.contract import SOURCES
from features.errors import FangpinError, Usage
from features.files import read_raw
from features.intake import empty, take
from features.tables import TABLES
from training.county.parameters import read_parameters
from training.county.places import places
from training.county.simulate import as_arrow, write_county
from training.county.streams import Streams
from training.county.truth import YUAN, County, life_table, read_county
from training.county.writing import Piece

START = np.datetime64("2019-01", "M")
HOUSEHOLDS, MONTHS = 1500, 6
WRONG = 2
"""The township in which something goes wrong, where a test wants it."""


@pytest.fixture(scope="module")
def county():
    """Return what a small county of several townships is made from."""
    return County(read_parameters(), HOUSEHOLDS, MONTHS, seed=3, start=START)


@pytest.fixture(scope="module")
def townships(county):
    """Return its townships."""
    found = places(county.parameters, county.seed, county.households, county.months, county.start)
    assert len(found) > WRONG + 1
    return found


def rows_of(table, stem, count, **columns):
    """Return facts of a table, known on the day they happened, with some columns told."""
    facts = empty(TABLES[table], count)
    day = np.full(count, START.astype("datetime64[D]"))
    facts |= {"record_id": np.array([f"{table}-{stem}-{row}" for row in range(count)], dtype=np.str_)}
    facts |= {"occurred_on": day, "known_on": day, "source": np.full(count, len(SOURCES) - 1, np.int16)}
    return facts | columns


def stand_in(county, place):
    """Tell a township of which nothing is known but incomes, at random."""
    rng = Streams(county.seed, place.index).of("stand-in")
    count = sum(place.households.values())
    ids = np.array([f"{place.code}-{row}" for row in range(count)])
    incomes = rows_of("incomes", place.code, count, household_id=ids, amount=rng.random(count))
    tables = {
        "households": rows_of("households", place.code, count, household_id=ids),
        "incomes": incomes,
        "loans": empty(TABLES["loans"]),
        "areas": rows_of("areas", place.code, 1, area=np.array([place.code])),
    }
    return Piece(as_arrow(tables), life_table(life(ids, rng)), as_arrow({"incomes": incomes}))


def life(ids, rng):
    """Return a month of a life in which only the wage differs."""
    told = {name: np.zeros(ids.size) for name in YUAN} | {"wage": rng.random(ids.size)}
    nobody = np.zeros(ids.size, np.int8)
    month = np.full(ids.size, START.astype("datetime64[D]"))
    return told | {
        "household_id": ids,
        "month": month,
        "people": nobody + 3,
        "need": nobody == 1,
        "cause": nobody - 1,
        "monitored": nobody,
    }


def slow_at_first(county, place):
    """Tell the first township last."""
    time.sleep(0.5 * (place.index == 0))
    return stand_in(county, place)


def failing(county, place):
    """Fail in the middle of the county."""
    if place.index == WRONG:
        raise FangpinError("the river took the papers")
    return stand_in(county, place)


def killed(county, place):
    """End without a word in the middle of the county."""
    if place.index == WRONG:
        os._exit(1)
    return stand_in(county, place)


def whole(_, townships, __):
    """Tell of the county as a whole that it is an area."""
    return {"areas": rows_of("areas", "county", 1, area=np.array([townships[0].county]))}


def content(folder):
    """Return every file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def tables(folder):
    """Return the tables of a folder in the hand, unchecked."""
    read, breaches = take(read_raw(folder))
    assert not breaches
    return read


def test_the_bytes_do_not_depend_on_the_number_of_processes(county, townships, tmp_path):
    """Even where the first township is the last to be ready."""
    told = {}
    for processes, teller in ((1, stand_in), (2, slow_at_first), (3, stand_in)):
        out = tmp_path / str(processes)
        told[processes], _ = write_county(out, county, townships, teller, whole, processes=processes)

    assert told[1] == told[2] == told[3]
    assert content(tmp_path / "1") == content(tmp_path / "2") == content(tmp_path / "3")


def test_the_summary_counts_what_was_written(county, townships, tmp_path):
    """By table, in the order of the contract, the county's own rows with the townships'."""
    seen = []
    made, _ = write_county(
        tmp_path / "out", county, townships, stand_in, whole, processes=1,
        progress=lambda *told: seen.append(told),
    )  # fmt: skip

    assert made.rows == {
        "households": HOUSEHOLDS, "incomes": HOUSEHOLDS, "loans": 0, "areas": len(townships) + 1,
    }  # fmt: skip
    assert list(made.rows) == [name for name in TABLES if name in made.rows]
    assert (made.townships, made.life, made.first, made.last) == (
        len(townships),
        HOUSEHOLDS,
        "2019-01",
        "2019-06",
    )
    assert [of for _, of in seen] == [HOUSEHOLDS] * len(townships)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == HOUSEHOLDS


def test_a_township_is_a_row_group_in_the_order_of_the_county(county, townships, tmp_path):
    """A reader may take one township without reading the others."""
    write_county(tmp_path / "out", county, townships, stand_in, whole, processes=1)
    incomes = pq.ParquetFile(tmp_path / "out" / "incomes.parquet")

    assert incomes.num_row_groups == len(townships)
    for place in townships:
        group = incomes.read_row_group(place.index, columns=["household_id"]).column(0)
        assert len(group) == sum(place.households.values())
        assert group[0].as_py() == f"{place.code}-0"


def test_parts_hold_the_rows_of_the_whole(county, townships, tmp_path):
    """Partitioned or not, the tables are equal, the empty one and the order of rows included."""
    one, _ = write_county(tmp_path / "one", county, townships, stand_in, whole, processes=1)
    many, _ = write_county(
        tmp_path / "many", county, townships, stand_in, whole, partitioned=True, processes=1
    )
    parts = sorted(file.name for file in (tmp_path / "many" / "incomes").iterdir())

    assert one == many
    assert parts == [f"{place.index + 1:05d}-{place.code}.parquet" for place in townships]
    assert (tmp_path / "many" / "areas" / "00000-C01.parquet").is_file()
    kept, again = tables(tmp_path / "one"), tables(tmp_path / "many")
    assert kept.keys() == again.keys() == one.rows.keys()
    for name, facts in kept.items():
        for column, values in facts.items():
            np.testing.assert_array_equal(values, again[name][column])
    assert content(tmp_path / "one" / "truth") == content(tmp_path / "many" / "truth")


def test_perfect_records_are_kept_with_the_truth_where_they_are_asked_for(county, townships, tmp_path):
    """And nowhere else."""
    asked = County(county.parameters, HOUSEHOLDS, MONTHS, county.seed, START, perfect=True)
    write_county(tmp_path / "plain", county, townships, stand_in, whole, processes=1)
    write_county(tmp_path / "asked", asked, townships, stand_in, whole, processes=1)
    kept = tables(tmp_path / "asked" / "truth" / "perfect")

    assert not (tmp_path / "plain" / "truth" / "perfect").exists()
    assert kept.keys() == {"areas", "incomes"}
    assert kept["incomes"]["amount"].size == HOUSEHOLDS


@pytest.mark.parametrize("processes", [1, 2])
def test_a_county_that_fails_half_way_leaves_what_was_there(county, townships, tmp_path, processes):
    """The earlier county keeps its every byte, and nothing half-written lies about."""
    write_county(tmp_path / "out", county, townships, stand_in, whole, processes=1)
    was = content(tmp_path)
    with pytest.raises(FangpinError, match="the river took the papers"):
        write_county(tmp_path / "out", county, townships, failing, whole, processes=processes)

    assert content(tmp_path) == was


def test_a_process_that_is_killed_is_told_in_words(county, townships, tmp_path):
    """No traceback of the machinery; nothing is left."""
    with pytest.raises(FangpinError, match="ended from outside"):
        write_county(tmp_path / "out", county, townships, killed, whole, processes=2)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("processes", [0, -1, 257])
def test_processes_have_bounds(county, townships, tmp_path, processes):
    """Nothing is begun with an impossible number of them."""
    with pytest.raises(Usage, match="processes"):
        write_county(tmp_path / "out", county, townships, stand_in, whole, processes=processes)

    assert list(tmp_path.iterdir()) == []


def test_only_a_few_pieces_wait(county, townships, tmp_path):
    """Townships are told as they are written, so that memory does not grow with the county."""
    begun = tmp_path / "begun"
    begun.mkdir()
    ahead = []

    def count(done, _):
        written = next(k for k in range(len(townships)) if done <= reached[k]) + 1
        ahead.append(len(list(begun.iterdir())) - written)

    reached = np.cumsum([sum(place.households.values()) for place in townships])
    write_county(
        tmp_path / "out", county, townships, partial(noted, begun), whole, processes=2, progress=count
    )

    assert max(ahead) <= 3


def noted(begun, county, place):
    """Leave a note that a township was begun."""
    (begun / place.code).touch()
    return stand_in(county, place)


def test_what_made_a_county_can_be_read_back(county, townships, tmp_path):
    """The same arguments and numbers, so that its life can be run again."""
    write_county(tmp_path / "out", county, townships, stand_in, whole, processes=1)
    again = read_county(tmp_path / "out")

    assert (again.households, again.months, again.seed, again.start) == (HOUSEHOLDS, MONTHS, 3, START)
    assert again.parameters.to_toml() == county.parameters.to_toml()
