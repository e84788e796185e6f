"""What must hold of every import, whatever the ledgers say."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract import Tables
from features.files import read_tables
from features.history import believed
from features.ledgers import import_ledger
from tests.ledgers import HEAD, KNOWN

pytest.importorskip("pyarrow")

BY_FILE = "file = true"
SNAPSHOT = (
    HEAD.replace('key = ["code", "day"]', 'key = ["code"]').replace('column = "day"', "file = true")
    + KNOWN.replace('date = "learnt"\nassumed = true', "file = true")
    + """
[every]
household_id = "code"
occurred_on = { date = "seen" }

[[table]]
name = "lines"
each = []
[table.columns]
area = { value = "v" }
valid_from = { value = "2020-01-01" }
amount = { value = 7000 }
basis = { value = "per_head" }
period = { value = "year" }
currency = { value = "CNY" }

[[table]]
name = "households"
[table.columns]
area = { value = "v" }

[[table]]
name = "compositions"
[table.columns]
people = "people"
"""
).replace("[missing]\nwage = [-9]\nwork = [0]\n", "")
YEARS = [date(year, 12, 31) for year in (2021, 2022, 2023, 2024)]

snapshots = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1), min_size=1, max_size=len(YEARS)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with the mapping."""
    folder = tmp_path_factory.mktemp("snapshots")
    (folder / "own.toml").write_text(SNAPSHOT, encoding="utf-8")
    return folder


def write(place, ledgers):
    """Write a file a year, as far as they go."""
    files = []
    for year, people in zip(YEARS, ledgers, strict=False):
        file = place / f"{year.year}.csv"
        file.write_text("\n".join(["code,people", *(f"{code},{count}" for code, count in people.items())]))
        files.append((file, year))
    return files


def imported(place, *commands) -> Tables:
    """Return the tables after some commands, each a list of (file, day)."""
    out = place / "out"
    for name in ("households", "lines", "compositions"):
        (out / f"{name}.parquet").unlink(missing_ok=True)
    for files in commands:
        import_ledger([file for file, _ in files], place / "own.toml", out, [day for _, day in files])
    return read_tables(out)


def beliefs(tables: Tables) -> list[dict[str, float]]:
    """Return what is believed of the people of each household at the end of each year."""
    facts = tables["compositions"]
    held = [believed(facts).on(np.datetime64(day)) for day in YEARS]
    return [
        dict(zip(facts["household_id"][on].tolist(), facts["people"][on].tolist(), strict=True))
        for on in held
    ]


@given(snapshots)
@settings(max_examples=25, deadline=None)
def test_a_sequence_of_snapshots_is_believed_as_it_was_told(place, ledgers):
    """On each day what the last file said of a household that it had; who is gone is not withdrawn."""
    files, held, told = write(place, ledgers), {}, []
    for position in range(len(YEARS)):
        held = held | (ledgers[position] if position < len(ledgers) else {})
        told.append(dict(held))

    assert beliefs(imported(place, files)) == told


@given(snapshots, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_any_order_of_files_gives_the_same_tables(place, ledgers, random):
    """In one command in any order, and one after another in the order of their days."""
    files = write(place, ledgers)
    mixed = random.sample(files, len(files))

    at_once = imported(place, files)
    for tables in (imported(place, mixed), imported(place, *([one] for one in files))):
        for name, facts in at_once.items():
            assert all((facts[column] == tables[name][column]).all() for column in ("record_id", "known_on"))
        assert beliefs(tables) == beliefs(at_once)


@given(snapshots)
@settings(max_examples=15, deadline=None)
def test_two_files_are_believed_alike_in_either_order(place, ledgers):
    """A file that comes late takes its place in the order of the days."""
    files = write(place, ledgers[:2])

    for order in itertools.permutations(files):
        assert beliefs(imported(place, *([one] for one in order))) == beliefs(imported(place, files))


@given(snapshots)
@settings(max_examples=15, deadline=None)
def test_importing_twice_is_importing_once(place, ledgers):
    """Nothing new is made of what is known, and nothing is taken back."""
    files = write(place, ledgers)
    once = {name: facts["record_id"].size for name, facts in imported(place, files).items()}

    assert {name: facts["record_id"].size for name, facts in imported(place, files, files).items()} == once
