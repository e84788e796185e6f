"""The contract table by table: no fact before it happened, no negative amount, nothing required left out."""

from __future__ import annotations

import pytest

from features.check import accept
from features.errors import BadInput
from features.tables import HOUSEHOLD_TABLES, TABLES
from tests.facts import income, people, raw

AMOUNTS = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if column.kind == "money" and (table.name, column.name) != ("warnings", "value")
]


def breaches(given) -> set[tuple[str, str, str, int]]:
    """Return what is said of tables that are refused: table, column, rule, count."""
    with pytest.raises(BadInput) as refused:
        accept(given)
    return {(one.table, one.column, one.rule, one.count) for one in refused.value.breaches}


def with_row(table, **row):
    """Return good tables with one row of a table instead of its own."""
    return {**raw(), table: {name: [value] for name, value in row.items()}}


@pytest.mark.parametrize("table", TABLES)
def test_in_no_table_is_a_fact_known_before_it_happened(table):
    """occurred_on is never after known_on."""
    found = breaches(with_row(table, occurred_on="2025-05-31", known_on="2025-05-30"))
    assert (table, "occurred_on", "after known_on", 1) in found


@pytest.mark.parametrize(("table", "column"), AMOUNTS)
def test_no_amount_is_negative(table, column):
    """What was paid or earned is zero or more; the sign lies in the kind."""
    assert (table, column, "below 0", 1) in breaches(with_row(table, **{column: -0.01}))


@pytest.mark.parametrize("table", HOUSEHOLD_TABLES)
def test_what_must_be_told_is_missed(table):
    """Every required column of every table is named where it is empty."""
    required = {column.name for column in TABLES[table].columns if column.required}
    found = breaches(with_row(table, voided=False))
    assert {column for name, column, rule, _ in found if (name, rule) == (table, "missing")} == required


def test_an_unknown_code_is_refused_with_those_that_are_known():
    """The message lists what could have been meant, never what was sent."""
    found = breaches(raw(incomes=[income("2025-05-31", 2000, "lottery")]))
    rules = [rule for table, column, rule, _ in found if (table, column) == ("incomes", "kind")]
    assert any("wage" in rule for rule in rules)
    assert not any("lottery" in rule for rule in rules)


def test_faults_of_every_kind_in_several_tables_come_in_one_message():
    """They are told by table, column, rule and count, without a household's value."""
    given = raw(
        lines=[],
        incomes=[
            income("2025-05-31", -1),
            income("2025-05-31", -2),
            income("2025-06-30", 5, known_on="2025-06-01"),
        ],
        compositions=[people("2025-01-15", 2, household_id="stranger")],
    )
    given["incomes"]["weather"] = ["fine"] * 3
    with pytest.raises(BadInput) as refused:
        accept(given)
    found = {(one.table, one.column): one.count for one in refused.value.breaches}
    assert found == {
        ("incomes", "amount"): 2,
        ("incomes", "occurred_on"): 1,
        ("incomes", "weather"): 3,
        ("compositions", "household_id"): 1,
        ("households", "area"): 1,
    }
    message = str(refused.value)
    assert "incomes.amount: below 0: 2 (first at rows 0, 1)" in message
    assert not any(word in message for word in ("stranger", "fine"))


def test_only_the_first_few_rows_are_named():
    """A table that is wrong throughout is told by its count, with five places to look at."""
    with pytest.raises(BadInput) as refused:
        accept(raw(incomes=[income("2025-05-31", -1.0) for _ in range(40)]))
    (found,) = refused.value.breaches
    assert (found.count, found.rows) == (40, (0, 1, 2, 3, 4))
