"""Tables in and out of folders."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import BadInput, MissingExtra, Usage
from features.files import list_breaches, read_raw, read_tables, write_tables
from features.intake import take
from features.tables import TABLES
from tests.facts import LINES, facts, income, people, raw

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=4)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def values(column):
    """Draw one plain value of a column."""
    match column.kind:
        case "id":
            drawn = TEXTS
        case "date":
            drawn = DAYS
        case "code":
            drawn = st.sampled_from([code.id for code in column.codes])
        case "flag":
            drawn = st.booleans()
        case "count":
            drawn = st.integers(-(2**53), 2**53)
        case _:
            drawn = FINITE
    return st.none() | drawn


@st.composite
def any_table(draw):
    """Draw a table of the contract with a few rows of any readable values."""
    table = draw(st.sampled_from(list(TABLES.values())))
    rows = draw(st.integers(0, 3))
    columns = {
        column.name: draw(st.lists(values(column), min_size=rows, max_size=rows)) for column in table.columns
    }
    return take({table.name: columns})[0]


def same(one, other):
    """Whether two sets of tables hold the same values."""
    assert one.keys() == other.keys()
    for name, columns in one.items():
        assert columns.keys() == other[name].keys()
        for column, held in columns.items():
            np.testing.assert_array_equal(held, other[name][column])


@settings(max_examples=60, deadline=None)
@given(tables=any_table())
def test_writing_and_reading_is_the_identity(tables, tmp_path_factory):
    """Whatever can be in the hand comes back as it was, gaps and rare characters included."""
    folder = tmp_path_factory.mktemp("tables") / "out"
    write_tables(tables, folder)
    again, breaches = take(read_raw(folder))

    assert not breaches
    same(tables, again)


def test_checked_tables_come_back_checked(tmp_path):
    """Several tables, each in its file."""
    tables = facts(incomes=[income("2026-05-31", 1000)], compositions=[people("2026-05-31", 2)])
    write_tables(tables, tmp_path / "out")

    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "compositions.parquet",
        "households.parquet",
        "incomes.parquet",
        "lines.parquet",
    ]
    same(tables, read_tables(tmp_path / "out"))


def test_files_can_be_read_without_us(tmp_path):
    """Codes are words, flags true or false, days dates, gaps null."""
    write_tables(facts(incomes=[income("2026-05-31", 1000)]), tmp_path / "out")
    row = pq.read_table(tmp_path / "out" / "incomes.parquet").to_pylist()[0]

    assert row["kind"] == "total"
    assert row["part_of_total"] is False
    assert row["occurred_on"] == date(2026, 5, 31)
    assert row["amount"] == 1000.0
    assert row["member_id"] is None


def test_the_same_tables_are_the_same_bytes(tmp_path):
    """A folder has one hash."""
    tables = facts(incomes=[income("2026-05-31", 1000)])
    write_tables(tables, tmp_path / "one")
    write_tables(tables, tmp_path / "two")

    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_folder_of_tables_is_replaced_as_a_whole(tmp_path):
    """A table that is not written again is gone, and nothing else is left lying about."""
    write_tables(facts(incomes=[income("2026-05-31", 1000)]), tmp_path / "out")
    write_tables(facts(), tmp_path / "out")

    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "households.parquet",
        "lines.parquet",
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_anything_else_is_left_alone(tmp_path):
    """Somebody's notes are not ours to remove."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Usage, match=r"notes\.txt"):
        write_tables(facts(), tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path):
    """Nor is a file replaced."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(Usage, match="not a folder"):
        write_tables(facts(), tmp_path / "out")


def test_nothing_is_left_of_a_writing_that_fails(tmp_path):
    """All or nothing: the old tables stay, the half-written are gone."""
    tables = facts(incomes=[income("2026-05-31", 1000)])
    write_tables(tables, tmp_path / "out")
    broken = {"households": tables["households"], "incomes": {"record_id": np.array(["r"])}}
    with pytest.raises(KeyError):
        write_tables(broken, tmp_path / "out")

    same(tables, read_tables(tmp_path / "out"))
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_every_breach_of_a_folder_is_listed(tmp_path):
    """Values, rules across tables, unknown files and unreadable ones in one list."""
    write_tables(take(raw(lines=[LINES[0] | {"area": "elsewhere"}]))[0], tmp_path / "out")
    pq.write_table(
        pa.table({"kind": ["wage", "salary"], "amount": ["1", None], "bonus": [1, 2]}),
        tmp_path / "out" / "incomes.parquet",
    )
    (tmp_path / "out" / "visits.parquet").write_bytes(b"no Parquet")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    pq.write_table(pa.table({"x": [1, 2, 3]}), tmp_path / "out" / "salaries.parquet")
    (tmp_path / "out" / "truth").mkdir()
    (tmp_path / "out" / ".hidden").write_text("")
    found = {(one.table, one.column): one.count for one in list_breaches(tmp_path / "out")}

    assert found == {
        ("notes.txt", ""): 1,
        ("visits", ""): 1,
        ("salaries", ""): 3,
        ("incomes", "kind"): 1,
        ("incomes", "amount"): 2,
        ("incomes", "bonus"): 2,
        ("incomes", "record_id"): 2,
        ("incomes", "household_id"): 2,
        ("incomes", "occurred_on"): 2,
        ("incomes", "known_on"): 2,
        ("incomes", "account"): 2,
        ("households", "area"): 1,
    }
    with pytest.raises(BadInput):
        read_tables(tmp_path / "out")


def parted(tables, folder, parts=3):
    """Write tables as folders of parts, the rows dealt out in their order."""
    for part in range(parts):
        some = {
            name: {column: np.array_split(values, parts)[part] for column, values in columns.items()}
            for name, columns in tables.items()
        }
        write_tables(some, folder.with_name("part"))
        for file in folder.with_name("part").iterdir():
            (folder / file.stem).mkdir(parents=True, exist_ok=True)
            file.rename(folder / file.stem / f"{part:05d}-C01T{part + 8:02d}.parquet")


@settings(max_examples=30, deadline=None)
@given(tables=any_table())
def test_parts_are_the_table_in_the_order_of_their_names(tables, tmp_path_factory):
    """Whatever the rows, gaps and rare characters included; a part may be empty."""
    folder = tmp_path_factory.mktemp("tables") / "out"
    parted(tables, folder)
    again, breaches = take(read_raw(folder))

    assert not breaches
    same(tables, again)


def test_a_folder_may_hold_files_and_parts(tmp_path):
    """Other folders and hidden files are passed over; the whole is checked as one."""
    incomes = [income(f"2026-{month:02d}-28", month) for month in range(1, 6)]
    tables = facts(incomes=incomes, compositions=[people("2026-05-31", 2)])
    write_tables({name: columns for name, columns in tables.items() if name != "incomes"}, tmp_path / "out")
    parted({"incomes": tables["incomes"]}, tmp_path / "out")
    for name in ("truth", "notes", "truth/incomes"):
        (tmp_path / "out" / name).mkdir()
    (tmp_path / "out" / "truth" / "incomes.parquet").write_bytes(b"no Parquet")
    (tmp_path / "out" / "incomes" / ".hidden").write_text("")

    same(tables, read_tables(tmp_path / "out"))
    assert list_breaches(tmp_path / "out") == []


def test_every_breach_of_parts_is_listed(tmp_path):
    """By table and by part; rows are counted over all parts."""
    tables = facts(incomes=[income(f"2026-{month:02d}-28", month) for month in range(1, 4)])
    parted(tables, tmp_path / "out")
    incomes = tmp_path / "out" / "incomes"
    pq.write_table(pa.table({"bonus": [1.0, 2.0]}), incomes / "00003.parquet")
    (incomes / "00004.parquet").write_bytes(b"no Parquet")
    (incomes / "notes.txt").write_text("mine")
    (incomes / "deeper").mkdir()
    pq.write_table(pa.table({"record_id": ["x"]}), tmp_path / "out" / "incomes.parquet")
    (tmp_path / "out" / "visits").mkdir()
    pq.write_table(pa.table({"source": ["visit"]}), tmp_path / "out" / "visits" / "1.parquet")
    pq.write_table(pa.table({"source": [3]}), tmp_path / "out" / "visits" / "2.parquet")
    (tmp_path / "out" / "loans").mkdir()
    found = {(one.table, one.column): one.count for one in list_breaches(tmp_path / "out")}

    assert found == {
        ("incomes", ""): 1,  # told twice
        ("incomes/00004", ""): 1,
        ("incomes/notes.txt", ""): 1,
        ("incomes/deeper", ""): 1,
        ("incomes", "bonus"): 5,
        **{("incomes", name): 2 for name in ("record_id", "household_id", "occurred_on", "known_on")},
        **{("incomes", name): 2 for name in ("kind", "amount", "account")},
        ("visits", ""): 2,  # parts of two types
    }


def test_parts_are_replaced_with_the_folder(tmp_path):
    """They are contract tables; somebody's notes among them are not."""
    parted(facts(), tmp_path / "out")
    write_tables(facts(), tmp_path / "out")
    assert all(file.is_file() for file in (tmp_path / "out").iterdir())

    (tmp_path / "out" / "incomes").mkdir()
    (tmp_path / "out" / "incomes" / "notes.txt").write_text("mine")
    with pytest.raises(Usage, match="incomes"):
        write_tables(facts(), tmp_path / "out")


def test_record_ids_of_unequal_length_are_read_as_they_are(tmp_path):
    """Long texts and other scripts too, in one table."""
    ids = ["a", "bbb", "", "卡-1", "c" * 100]
    for some in (ids[:2], ids[:3], ids[:4], ids):
        columns = raw(incomes=[income("2026-05-31", 1) for _ in some])
        columns["incomes"]["record_id"] = some
        write_tables(take(columns)[0], tmp_path / "out")
        assert read_raw(tmp_path / "out")["incomes"]["record_id"].tolist() == some


def test_other_hands_types_are_read_where_they_fit(tmp_path):
    """Plain texts for codes, times of day for days and whole numbers for money are no breach."""
    write_tables(facts(), tmp_path / "out")
    pq.write_table(
        pa.table(
            {
                "record_id": pa.array(["a", "bb"], pa.large_string()),
                "household_id": pa.array(["h", "h"]).dictionary_encode(),
                "occurred_on": pa.array([datetime(2026, 5, 31, 8, tzinfo=UTC)] * 2),
                "known_on": pa.array(["2026-06-01"] * 2),
                "kind": pa.array(["wage", "total"]),
                "account": pa.array(["monthly"] * 2).dictionary_encode(),
                "amount": pa.array([1, 2], pa.int32()),
                "imputed": pa.array([1, None], pa.int8()),
                "member_id": pa.nulls(2),
            }
        ),
        tmp_path / "out" / "incomes.parquet",
    )
    incomes = read_tables(tmp_path / "out")["incomes"]

    assert incomes["record_id"].tolist() == ["a", "bb"]
    assert incomes["occurred_on"].tolist() == [date(2026, 5, 31)] * 2
    assert incomes["amount"].tolist() == [1.0, 2.0]
    assert incomes["imputed"].tolist() == [1, -1]


@pytest.mark.parametrize("name", ["no-such-folder", "empty"])
def test_a_folder_without_tables_is_a_wrong_call(tmp_path, name):
    """A folder that is not there, or holds nothing, is not an empty county."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(Usage):
        read_tables(tmp_path / name)


def test_the_extra_is_named_where_it_is_missing(tmp_path, monkeypatch):
    """The base install has no pyarrow: the message says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pyarrow.*fangpin\[files\]"):
        read_tables(tmp_path)
    with pytest.raises(MissingExtra, match=r"fangpin\[files\]"):
        write_tables({}, tmp_path / "out")
