"""What a condition on a column lets through."""

from __future__ import annotations

import numpy as np
import pytest

from features.conditions import fulfils
from features.tables import TABLES

MEMBERS, LOANS = TABLES["members"], TABLES["loans"]


@pytest.mark.parametrize(
    ("column", "values", "wanted", "passed"),
    [
        ("disability", [1.0, 3.0, np.nan], ("1", "2"), [True, False, False]),
        ("disability", [1.0, 3.0, np.nan], ("given",), [True, True, False]),
        ("left", [1, 0, -1], ("no", "missing"), [False, True, True]),
        ("health", [0, 2, -1], ("serious",), [False, True, False]),
        ("health", [0, 2, -1], ("missing",), [False, False, True]),
        ("member_id", ["m1", "", "m2"], ("given",), [True, False, True]),
    ],
)
def test_values_are_named_as_people_write_them(column, values, wanted, passed):
    """Codes by id, flags by yes and no, counts by their digits, and whether there is a value at all."""
    assert fulfils(MEMBERS.column(column), np.array(values), wanted).tolist() == passed


def test_a_date_is_given_or_missing():
    """Nothing else can be asked of it."""
    dates = np.array(["2025-01-01", "NaT"], dtype="datetime64[D]")
    assert fulfils(LOANS.column("repaid_on"), dates, ("missing",)).tolist() == [False, True]
    with pytest.raises(KeyError, match="repaid_on"):
        fulfils(LOANS.column("repaid_on"), dates, ("2025-01-01",))


@pytest.mark.parametrize(
    ("column", "word"), [("health", "poorly"), ("left", "maybe"), ("disability", "grave")]
)
def test_a_word_that_the_column_does_not_know_is_an_error(column, word):
    """A slip in a definition never passes for a condition that nothing fulfils."""
    with pytest.raises(KeyError, match=column):
        fulfils(MEMBERS.column(column), np.zeros(1), (word,))
