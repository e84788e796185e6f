"""The data contract at the door: whatever breaks it is named, counted and refused, all at once."""

from __future__ import annotations

import numpy as np
import pytest

from features.check import accept
from features.errors import BadInput
from features.tables import HOUSEHOLD_TABLES, TABLES
from tests.facts import HOUSEHOLDS, LINES, facts, income, people, raw

GOOD = {"incomes": [income("2025-05-31", 2000)], "compositions": [people("2025-01-15", 2)]}


def breaches(given) -> set[tuple[str, str, str, int]]:
    """Return what is said of tables that are refused: table, column, rule, count."""
    with pytest.raises(BadInput) as refused:
        accept(given)
    return {(one.table, one.column, one.rule, one.count) for one in refused.value.breaches}


def one_breach(given) -> tuple[str, str, str, int]:
    """Return the one thing that is wrong."""
    (found,) = breaches(given)
    return found


def test_good_tables_are_taken():
    """Nothing is said of tables that keep the contract."""
    tables = facts(**GOOD)
    assert tables["incomes"]["amount"].tolist() == [2000.0]


def test_a_table_of_no_contract_is_refused():
    """It is named with its number of rows."""
    assert one_breach({**raw(**GOOD), "gossip": {"what": ["a", "b"]}}) == (
        "gossip",
        "",
        "no table of the contract",
        2,
    )


def test_an_unknown_column_is_refused():
    """A column that nobody reads might have been meant for something."""
    given = raw(**GOOD)
    given["incomes"]["ammount"] = [1.0]
    assert one_breach(given) == ("incomes", "ammount", "no column of the contract", 1)


def test_an_unknown_code_is_refused_and_the_known_ones_are_named():
    """The message lists what could have been meant, not what was sent."""
    found = breaches(raw(incomes=[income("2025-05-31", 2000, "lottery")]))
    (rule,) = [
        rule
        for table, column, rule, _ in found
        if (table, column) == ("incomes", "kind") and rule != "missing"
    ]
    assert "wage" in rule
    assert "lottery" not in rule


@pytest.mark.parametrize("name", TABLES)
def test_in_no_table_may_a_fact_be_known_before_it_happened(name):
    """occurred_on is never after known_on."""
    row = {"occurred_on": "2025-05-31", "known_on": "2025-05-30", "area": "village"}
    found = breaches({**raw(), name: {key: [value] for key, value in row.items()}})
    assert (name, "occurred_on", "after known_on", 1) in found


AMOUNTS = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if column.kind == "money" and column.name != "value"
]


@pytest.mark.parametrize(("table", "column"), AMOUNTS)
def test_no_amount_may_be_negative(table, column):
    """What was paid or earned is zero or more; the sign lies in the kind."""
    row = {"occurred_on": "2025-05-31", "known_on": "2025-05-31", "household_id": "h", column: -0.01}
    found = breaches({**raw(), table: {key: [value] for key, value in row.items()}})
    assert (table, column, "below 0", 1) in found


@pytest.mark.parametrize("name", HOUSEHOLD_TABLES)
def test_what_must_be_told_is_missed(name):
    """Every required column of every table is named where it is empty."""
    required = {column.name for column in TABLES[name].columns if column.required}
    found = breaches({**raw(), name: {"voided": [False]}})
    assert {column for table, column, rule, _ in found if (table, rule) == (name, "missing")} == required


def test_two_versions_of_one_day_and_revision_must_be_the_same():
    """The same record, day and revision with other content is refused; sent twice over it is harmless."""
    first = income("2025-05-31", 2000, record_id="r")
    other = first | {"amount": 2500}
    rule = "same record_id, known_on and revision with other content"
    assert one_breach(raw(incomes=[first, other])) == ("incomes", "record_id", rule, 1)
    assert facts(incomes=[first, first])["incomes"]["amount"].size == 2
    for corrected in (other | {"revision": 1}, other | {"known_on": "2025-06-01"}):
        assert facts(incomes=[first, corrected])["incomes"]["amount"].size == 2


def test_a_record_stays_with_its_household():
    """A correction cannot move a record to another household."""
    first = income("2025-05-31", 2000, record_id="r")
    households = [*HOUSEHOLDS, HOUSEHOLDS[0] | {"household_id": "other"}]
    moved = first | {"household_id": "other", "known_on": "2025-06-05"}
    found = one_breach(raw(households=households, incomes=[first, moved]))
    assert found == ("incomes", "household_id", "the record belonged to another one before", 1)


def test_a_household_that_nobody_declared_is_refused():
    """Facts about it cannot be placed."""
    given = raw(incomes=[income("2025-05-31", 2000, household_id="stranger")])
    assert one_breach(given) == ("incomes", "household_id", "not in households", 1)


@pytest.mark.parametrize("lines", [(), [LINES[0] | {"area": "elsewhere"}]])
def test_a_household_without_a_line_is_refused(lines):
    """Neither its area nor any above has one."""
    given = raw(**GOOD, lines=lines)
    assert one_breach(given) == ("households", "area", "no income line for the household", 1)


def test_an_area_that_is_not_declared_is_refused():
    """Where areas are given, every area is among them, parents too."""
    areas = [{"area": "village", "parent": "lost county", "occurred_on": "2015-01-01"}]
    given = raw(**GOOD, areas=areas, lines=[*LINES, LINES[0] | {"area": "elsewhere"}])
    assert breaches(given) == {("areas", "parent", "not in areas", 1), ("lines", "area", "not in areas", 1)}


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("amount", "2000", "not a number"),
        ("amount", True, "not a number"),
        ("amount", float("inf"), "not a number"),
        ("occurred_on", "31.5.2025", "not a date like 2026-06-30"),
        ("occurred_on", "20250531", "not a date like 2026-06-30"),
        ("occurred_on", "2025-02-30", "not a date like 2026-06-30"),
        ("member_id", 7, "not a text"),
        ("imputed", "yes", "neither true nor false"),
        ("revision", 1.5, "not a whole number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(column, value, rule):
    """It is told what the value is not, never what it was."""
    row = income("2025-05-31", 2000, known_on="2025-06-05") | {column: value}
    assert ("incomes", column, rule, 1) in breaches(raw(incomes=[row]))


def test_columns_of_unequal_length_are_refused():
    """Rows that do not line up would put figures on the wrong household."""
    given = raw(**GOOD)
    given["incomes"]["amount"] = [2000.0, 3000.0]
    assert any(
        table == "incomes" and "where the table has 2 rows" in rule for table, _, rule, _ in breaches(given)
    )


def test_every_breach_is_told_at_once_and_counted():
    """Faults of several kinds in several tables come in one message, without a household's value."""
    given = raw(
        lines=[],
        incomes=[
            income("2025-05-31", -1),
            income("2025-05-31", -2),
            income("2025-06-30", 5, known_on="2025-06-01"),
        ],
        compositions=[people("2025-01-15", 2, household_id="stranger")],
        visits=[{"occurred_on": "2025-01-15", "purpose": "party"}],
    )
    given["visits"]["weather"] = ["fine"]
    with pytest.raises(BadInput) as refused:
        accept(given)
    found = {(one.table, one.column): one.count for one in refused.value.breaches}
    assert found == {
        ("incomes", "amount"): 2,
        ("incomes", "occurred_on"): 1,
        ("compositions", "household_id"): 1,
        ("visits", "purpose"): 1,
        ("visits", "weather"): 1,
        ("households", "area"): 1,
    }
    message = str(refused.value)
    assert "incomes.amount: below 0: 2 (first at rows 0, 1)" in message
    assert not any(word in message for word in ("stranger", "party", "fine"))


def test_only_the_first_few_rows_are_named():
    """A table that is wrong throughout is told by its count, with five places to look at."""
    with pytest.raises(BadInput) as refused:
        accept(raw(incomes=[income("2025-05-31", -1.0) for _ in range(40)]))
    (found,) = refused.value.breaches
    assert (found.count, found.rows) == (40, (0, 1, 2, 3, 4))


def test_what_is_taken_has_the_contract_s_types():
    """Texts, numbers and gaps become arrays of one kind a column."""
    tables = facts(**GOOD)["incomes"]
    assert tables["amount"].dtype == np.float64
    assert tables["occurred_on"].dtype == np.dtype("datetime64[D]")
    assert tables["kind"].dtype == np.int16
    assert tables["imputed"].tolist() == [-1]
