"""What made a county, kept beside its tables, and which folders may be written over."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import Usage
from features.files import write_tables
from features.tables import TABLES
from tests.facts import facts
from training.county.parameters import draw_parameters, read_parameters
from training.county.truth import (
    MAKING,
    MONITORED,
    NUMBERS,
    YUAN,
    County,
    check_replaceable,
    life_schema,
    life_table,
    month,
    read_county,
    write_making,
)

START = np.datetime64("2019-01", "M")


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture
def folder(p, tmp_path):
    """Return a folder with tables and what made them."""
    write_tables(facts(), tmp_path / "county")
    (tmp_path / "county" / "truth").mkdir()
    county = County(draw_parameters(p, 4), 500, 12, seed=9, start=START, draw=4, perfect=True)
    write_making(county, tmp_path / "county" / "truth")
    return tmp_path / "county"


def test_a_county_is_read_back_as_it_was_made(p, folder):
    """Arguments and drawn numbers; whoever has them can run its life again."""
    county = read_county(folder)

    assert (county.households, county.months, county.seed) == (500, 12, 9)
    assert (county.start, county.draw, county.perfect) == (START, 4, True)
    assert county.parameters.to_toml() == draw_parameters(p, 4).to_toml()


def test_the_making_says_that_nothing_of_it_is_real(folder):
    """For whoever opens the folder without us."""
    told = json.loads((folder / "truth" / MAKING).read_text("utf-8"))

    assert told.keys() == {
        "households", "months", "seed", "start", "draw", "perfect", "version", "trained_on",
    }  # fmt: skip
    assert told["trained_on"] == "simulated"
    assert told["start"] == "2019-01"


def test_a_folder_that_was_not_simulated_is_refused(tmp_path):
    """With the word for what to do."""
    write_tables(facts(), tmp_path / "real")
    for name in ("real", "nowhere"):
        with pytest.raises(Usage, match=r"no simulated county.*simulate makes one"):
            read_county(tmp_path / name)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (MAKING, "no json"),
        (MAKING, "[]"),
        (MAKING, "{}"),
        (MAKING, '{"households": 0, "months": 1, "seed": 0, "start": "2019-01", "draw": null, "perfect": 0}'),
        (MAKING, '{"households": 9, "months": 1, "seed": 0, "start": "soon", "draw": null, "perfect": 0}'),
        (NUMBERS, "no toml"),
    ],
)
def test_a_making_that_was_tampered_with_is_refused(folder, file, text):
    """Not run with half of it guessed."""
    (folder / "truth" / file).write_text(text, encoding="utf-8")
    with pytest.raises(Usage, match="cannot be read: simulate it again"):
        read_county(folder)


def test_numbers_of_another_version_are_refused(p, folder):
    """A number that these programs do not know, or would have to guess, makes another county."""
    first, rest = p.to_toml().split("\n\n", 1)
    (folder / "truth" / NUMBERS).write_text(rest, encoding="utf-8")
    assert first

    with pytest.raises(Usage, match="of other numbers: simulate it again"):
        read_county(folder)


@pytest.mark.parametrize("partitioned", [False, True])
def test_an_earlier_county_may_be_replaced(folder, partitioned):
    """Also one in parts, also with chances beside its life; and an empty or new folder may be written to."""
    if partitioned:
        (folder / "incomes").mkdir()
        (folder / "incomes" / "00001-C01T01.parquet").touch()
    for name in ("life.parquet", "chances.parquet"):
        (folder / "truth" / name).touch()
    (folder.parent / "empty").mkdir()

    check_replaceable(folder)
    check_replaceable(folder.parent / "empty")
    check_replaceable(folder.parent / "new")


@pytest.mark.parametrize("name", ["notes.txt", "truth/notes.txt", "incomes/notes.txt", "salaries.parquet"])
def test_a_folder_with_anything_else_is_left_alone(folder, name):
    """Somebody's notes are not ours to remove."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    with pytest.raises(Usage, match=name if name.startswith("truth") else name.split("/")[0]):
        check_replaceable(folder)


def test_real_tables_are_not_replaced_by_simulated_ones(tmp_path):
    """A ledger's import in the same folder would be lost; a file is no folder."""
    write_tables(facts(), tmp_path / "real")
    with pytest.raises(Usage, match="not simulated"):
        check_replaceable(tmp_path / "real")
    (tmp_path / "file").touch()
    with pytest.raises(Usage, match="a file"):
        check_replaceable(tmp_path / "file")


def test_all_that_is_out_of_bounds_is_told_at_once(p):
    """Households, months, seed, draw and start, each by name."""
    with pytest.raises(Usage) as refused:
        County(p, 0, 601, seed=-1, start=np.datetime64("1066-10", "M"), draw=-1)

    for name in ("households", "months", "seed", "draw", "start"):
        assert name in str(refused.value)


@pytest.mark.parametrize("text", ["2019", "2019-13", "2019-1", "2019-01-01", "next month", "2019-00", ""])
def test_a_month_is_written_in_one_way(text):
    """Anything else is refused with an example of how."""
    assert month("2019-01") == START
    with pytest.raises(Usage, match="2019-01"):
        month(text)


def test_the_life_is_written_in_words(tmp_path):
    """Causes and monitoring by their ids, yuan unknown as null, months as days."""
    unsure = {name: np.array([1.5, np.nan]) for name in YUAN}
    life = {
        "household_id": np.array(["h1", "h2"]),
        "month": np.array(["2019-01-01", "2019-02-01"], "datetime64[D]"),
        "people": np.array([3, 4], np.int8),
        "need": np.array([True, False]),
        "cause": np.array([0, -1], np.int8),
        "monitored": np.array([2, 0], np.int8),
    } | unsure
    pq.write_table(life_table(life), tmp_path / "life.parquet")
    read = pq.read_table(tmp_path / "life.parquet")

    assert read.schema.remove_metadata() == life_schema()
    assert pa.types.is_dictionary(read.schema.field("household_id").type)
    rows = read.to_pylist()
    assert rows[0]["cause"] == TABLES["monitoring"].column("cause").codes[0].id
    assert (rows[0]["monitored"], rows[1]["monitored"]) == (MONITORED[2], "no")
    assert (rows[1]["cause"], rows[1]["wage"], rows[0]["net_12m"]) == (None, None, 1.5)
