"""From values as they are sent to tables in the hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.intake import plain, take
from features.tables import INCOMES, TABLES, VISITS


def rules(raw):
    """Return what `take` says of raw tables, as (table, column, count)."""
    return [(one.table, one.column, one.count) for one in take(raw)[1]]


def test_plain_values_become_arrays_of_their_kind():
    """Texts, dates, numbers, codes and flags each have one form in the hand, and one for what is missing."""
    tables, breaches = take(
        {
            "visits": {
                "household_id": ["户1", None],
                "occurred_on": ["2026-06-30", None],
                "purpose": ["ordered", None],
                "toilet": [True, None],
                "big_spending": [12.5, None],
            }
        }
    )
    visits = tables["visits"]

    assert not breaches
    assert visits["household_id"].tolist() == ["户1", ""]
    assert visits["occurred_on"].tolist() == [date(2026, 6, 30), None]
    assert visits["purpose"].tolist() == [VISITS.column("purpose").code("ordered"), -1]
    assert visits["toilet"].tolist() == [1, -1]
    assert visits["big_spending"][0] == 12.5
    assert np.isnan(visits["big_spending"][1])


def test_a_column_that_is_not_given_is_all_missing():
    """A table has all its columns, whatever was sent."""
    tables, breaches = take({"visits": {"household_id": ["h"]}})

    assert not breaches
    assert set(tables["visits"]) == {column.name for column in VISITS.columns}
    assert {values.size for values in tables["visits"].values()} == {1}


def test_an_empty_table_is_legal():
    """No rows, or no columns, is no breach."""
    assert rules({"visits": {}, "incomes": {"amount": []}}) == []


def test_an_unknown_table_is_named_with_its_rows():
    """A table that the contract does not have is refused."""
    assert rules({"salaries": {"amount": [1, 2]}}) == [("salaries", "", 2)]


def test_an_unknown_column_is_named_with_its_rows():
    """A column that the contract does not have is refused."""
    assert rules({"visits": {"phone": ["1", "2"]}}) == [("visits", "phone", 2)]


def test_columns_of_unequal_length_are_named():
    """The shorter column is the one at fault."""
    assert rules({"visits": {"household_id": ["h", "h"], "toilet": [True]}}) == [("visits", "toilet", 1)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("incomes", "kind", "salary"),
        ("incomes", "kind", 3),
        ("incomes", "kind", ["wage"]),
        ("incomes", "amount", "12"),
        ("incomes", "amount", True),
        ("incomes", "amount", float("inf")),
        ("incomes", "amount", 10**400),
        ("incomes", "occurred_on", "30.06.2026"),
        ("incomes", "occurred_on", "2026-02-30"),
        ("incomes", "occurred_on", 20260630),
        ("incomes", "household_id", 42),
        ("incomes", "imputed", "yes"),
        ("incomes", "imputed", 2),
        ("compositions", "people", 1.5),
    ],
)
def test_a_value_of_the_wrong_kind_is_counted_and_left_out(table, column, value):
    """Such a value is named by table, column and position, and is missing in the hand."""
    tables, breaches = take({table: {column: [value, None]}})
    absent = take({table: {column: [None, None]}})[0]

    assert [(one.table, one.column, one.count, one.rows) for one in breaches] == [(table, column, 1, (0,))]
    np.testing.assert_array_equal(tables[table][column], absent[table][column])


def test_a_breach_never_says_the_value():
    """A household's values stay out of messages."""
    breaches = take({"incomes": {"kind": ["a secret"], "amount": ["another"]}})[1]

    assert len(breaches) == 2
    assert not any("secret" in str(one) or "another" in str(one) for one in breaches)


def test_arrays_in_the_hand_are_taken_as_they_are():
    """Positions of codes and flags pass without a detour over their ids."""
    kind = np.array([0, 5, -1], dtype=np.int16)
    imputed = np.array([0, 1, -1], dtype=np.int8)
    tables, breaches = take({"incomes": {"kind": kind, "imputed": imputed, "amount": np.array([1, 2, 3])}})

    assert not breaches
    assert tables["incomes"]["kind"].tolist() == [0, 5, -1]
    assert tables["incomes"]["imputed"].tolist() == [0, 1, -1]
    assert tables["incomes"]["amount"].dtype == np.float64


def test_positions_outside_a_code_list_are_breaches():
    """A code that the list does not have is one in whatever form it comes."""
    kind = np.array([len(INCOMES.column("kind").codes), -2, 0], dtype=np.int16)
    imputed = np.array([2, 0, -2], dtype=np.int8)

    assert rules({"incomes": {"kind": kind, "imputed": imputed}}) == [
        ("incomes", "kind", 2),
        ("incomes", "imputed", 2),
    ]


def test_plain_values_read_back_are_the_same_table():
    """What `plain` writes, `take` reads."""
    given = {
        "record_id": ["a", "b"],
        "occurred_on": ["2026-06-30", None],
        "purpose": ["round", None],
        "rooms": [3, None],
        "water_ok": [False, None],
    }
    tables, _ = take({"visits": given})
    written = plain(TABLES["visits"], tables["visits"])
    again, breaches = take({"visits": written})

    assert not breaches
    assert {name: written[name] for name in given} == given
    for name, values in tables["visits"].items():
        np.testing.assert_array_equal(again["visits"][name], values)
