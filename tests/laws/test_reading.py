"""What must hold of every reading and checking of plain values, whatever they are."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.check import check_each
from features.contract import Column, codes
from features.intake import empty, missing, plain, take, take_column
from features.tables import TABLES

COLUMNS = {
    column.kind: column
    for column in (
        Column("a", "id", "", ""),
        Column("b", "date", "", ""),
        Column("c", "money", "", ""),
        Column("d", "count", "", ""),
        Column("e", "code", "", "", codes=codes(("wage", "", ""), ("0", "", ""))),
        Column("f", "flag", "", ""),
    )
}
LIKE_DAYS = (
    *("2026-06-30", "2026-6-30", "2026-06-31", "2024-02-29", "2026-W27-2", "20260630", "0002026-06"),
    *("2026-06   ", " 2026-06-1", "-006-06-30", "2026-06-3O", "\uff12026-06-30", "0001-01-01", "0000-01-01"),
    *("2026-06-30T00", "today", "NaT", "2026/06/30"),
)
OF_ANY_SORT = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([2**53 + 1, 2**63, 10**400, -(10**400)]),
    st.floats(),
    st.sampled_from([0.0, 1.0, -0.0, 1.5]),
    st.sampled_from(["", "wage", "salary", "0", "1", "户1", "a\0", "\0", " ", "NaN", "inf", *LIKE_DAYS]),
    st.text(max_size=3),
    st.dates(),
    st.sampled_from(
        [datetime.fromisoformat("2026-06-30T08:00"), np.datetime64("2026-06-30"), np.datetime64("NaT")]
    ),
    st.sampled_from([np.float64(1.0), np.float32(0.5), np.int64(1), np.bool_(True), np.str_("wage")]),
    st.sampled_from([b"wage", ("wage",), 1j]),
)
OF_FEW_SORTS = {
    "id": st.none() | st.text(max_size=3),
    "date": st.none() | st.dates() | st.dates().map(str) | st.sampled_from(LIKE_DAYS),
    "money": st.none() | st.floats() | st.integers() | st.sampled_from([10**400]),
    "count": st.none() | st.integers(0, 3) | st.sampled_from([1.0, 1.5, float("inf"), 10**400]),
    "code": st.none() | st.sampled_from(["wage", "0", "", "salary"]),
    "flag": st.none() | st.booleans() | st.integers(0, 2),
}
"""Such as are read at once, and such as are nearly so."""


@pytest.mark.parametrize("kind", COLUMNS)
@given(data=st.data())
def test_values_are_read_the_same_at_once_and_one_by_one(kind, data):
    """Beside a value that fits no column each is looked at by itself: nothing changes for the others."""
    values = data.draw(st.lists(data.draw(st.sampled_from([OF_ANY_SORT, OF_FEW_SORTS[kind]])), max_size=5))
    at_once, bad = take_column(COLUMNS[kind], values)
    one_by_one, unfit = take_column(COLUMNS[kind], [*values, object()])

    assert at_once.dtype.kind == one_by_one.dtype.kind
    np.testing.assert_array_equal(at_once, one_by_one[:-1])
    assert [*bad.tolist(), True] == unfit.tolist()


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-W27-2", date(2026, 6, 30)),
        *((text, None) for text in ("2026-06   ", "0002026-06", "-006-06-30", "2026-6-30", "today", "NaT")),
    ],
)
def test_a_day_is_one_in_the_form_of_the_standard(told, day):
    """NumPy takes more for days, the contract does not."""
    read, bad = take_column(COLUMNS["date"], [told])

    assert (read.tolist(), bad.tolist()) == ([day], [day is None])


@pytest.mark.parametrize("kind", COLUMNS)
@given(data=st.data())
def test_what_was_read_is_read_again_as_it_is(kind, data):
    """Arrays in the hand have nothing that cannot be read, whatever they were made of."""
    column = COLUMNS[kind]
    read, _ = take_column(column, data.draw(st.lists(OF_ANY_SORT, max_size=5)))
    again, bad = take_column(column, read)

    np.testing.assert_array_equal(read, again)
    assert not bad.any()


def test_columns_that_are_not_given_cannot_be_spoilt():
    """They are shared: one that is to be written to is made by itself."""
    visits = take({"visits": {"record_id": ["a", "b"]}})[0]["visits"]

    with pytest.raises(ValueError, match="read-only"):
        visits["rooms"][0] = 3.0
    for column in TABLES["visits"].columns:
        own = missing(column, 2)
        own[:1] = own[1:]
        np.testing.assert_array_equal(own, empty(TABLES["visits"], 2)[column.name])


def readable(column):
    """Draw a value of a column that can be read, often missing and often out of bounds."""
    match column.kind:
        case "id":
            drawn = st.sampled_from(["a", "b", " "])
        case "date":
            drawn = st.dates(date(2026, 1, 1), date(2026, 1, 3))
        case "code":
            drawn = st.sampled_from([code.id for code in column.codes])
        case "flag":
            drawn = st.booleans()
        case _:
            drawn = st.sampled_from([-1, 0, 1, 200])
    return st.one_of(drawn, drawn, drawn, st.none())


def broken(table, rows):
    """Return what rows of plain values break by themselves, rule by rule and row by row."""
    found = set()
    for place, row in enumerate(rows):
        for column in table.columns:
            value = row[column.name]
            if value is None and column.required:
                found.add((column.name, "missing", place))
            if value is not None and column.least is not None and value < column.least:
                found.add((column.name, f"below {column.least:g}", place))
            if value is not None and column.most is not None and value > column.most:
                found.add((column.name, f"above {column.most:g}", place))
        for earlier, later in (("occurred_on", "known_on"), *table.in_order):
            if row[earlier] and row[later] and row[earlier] > row[later]:
                found.add((earlier, f"after {later}", place))
    return found


@given(data=st.data(), table=st.sampled_from(list(TABLES.values())))
def test_every_row_that_breaks_a_rule_is_found(data, table):
    """Whether all is well is told quickly; nothing is passed over for it."""
    given_columns = data.draw(st.sets(st.sampled_from([column.name for column in table.columns])))
    rows = data.draw(st.integers(0, 3))
    columns = {
        column.name: data.draw(st.lists(readable(column), min_size=rows, max_size=rows))
        for column in table.columns
        if column.name in given_columns
    }
    if "record_id" in columns:
        columns["record_id"] = [
            value and f"{value}{place}" for place, value in enumerate(columns["record_id"])
        ]
    tables, unread = take({table.name: columns})
    told = plain(table, tables[table.name])
    length = rows if columns else 0
    each = [{name: values[place] for name, values in told.items()} for place in range(length)]

    assert not unread
    assert {(one.column, one.rule, row) for one in check_each(tables) for row in one.rows} == broken(
        table, each
    )
