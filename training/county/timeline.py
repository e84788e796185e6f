"""What the office came to know of one household, line by line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Column, Facts, Table, Tables
from features.tables import HOUSEHOLD_TABLES
from features.tables.money import EXPENSES

SHOWN = (
    "expenses", "warnings", "registrations", "employments", "loans", "visits", "supports", "verifications",
    "monitoring",
)  # fmt: skip
"""Tables in which a story can be followed; yearly counts and monthly incomes would drown it."""

TROUBLE = ("sales_trouble", "new_illness", "disaster_seen", "requests")
"""Answers that make a visit worth a line, and all that is shown of it."""

BILL = tuple(EXPENSES.column("kind").code(f"medical_{part}") for part in ("total", "reimbursed", "in_scope"))
"""Of a bill only the own share is shown."""


@dataclass(frozen=True, order=True)
class Line:
    """One fact as it was first told.

    Parameters
    ----------
    known_on, occurred_on : datetime64[D]
    table : str
    words : str
        What it says, in the words of the contract.
    """

    known_on: np.datetime64
    occurred_on: np.datetime64
    table: str
    words: str

    def __str__(self) -> str:
        happened = "" if self.occurred_on == self.known_on else f" (of {self.occurred_on})"
        return f"{self.known_on}{happened}  {self.table}: {self.words}"


def timeline(tables: Tables, household_id: str) -> list[Line]:
    """Return what became known of a household, in the order in which it did.

    Parameters
    ----------
    tables : Tables
    household_id : str

    Raises
    ------
    KeyError
        Where no table knows the household.
    """
    if not any(
        (tables[name]["household_id"] == household_id).any() for name in tables if name in HOUSEHOLD_TABLES
    ):
        raise KeyError(household_id)
    lines: list[Line] = []
    for name in SHOWN:
        if name in tables:
            lines += _of_table(HOUSEHOLD_TABLES[name], tables[name], household_id)
    return sorted(lines)


def _of_table(table: Table, facts: Facts, household_id: str) -> list[Line]:
    rows = np.flatnonzero((facts["household_id"] == household_id) & (facts["voided"] != 1))
    if table.name == "visits":
        rows = rows[np.any([facts[name][rows] == 1 for name in TROUBLE], axis=0)]
    if table.name == "expenses":
        rows = rows[~np.isin(facts["kind"][rows], BILL)]
    return [
        Line(facts["known_on"][row], facts["occurred_on"][row], table.name, _words(table, facts, row))
        for row in rows.tolist()
    ]


def _words(table: Table, facts: Facts, row: int) -> str:
    shown = [column for column in table.columns if column.use in ("feature", "outcome")]
    if table.name == "visits":
        shown = [column for column in shown if column.name in TROUBLE]
    words = [_word(column, facts[column.name], row) for column in shown]
    if (
        "end_on" in facts
        and not np.isnat(facts["end_on"][row])
        and facts["end_on"][row] > facts["occurred_on"][row]
    ):
        words.append(f"until {facts['end_on'][row]}")
    return ", ".join(word for word in words if word)


def _word(column: Column, values: NDArray[np.generic], row: int) -> str:
    value = values[row]
    if column.kind == "code":
        return column.codes[int(value)].en if value >= 0 else ""
    if column.kind == "flag":
        return column.en.lower() if value == 1 else ""
    if column.kind in ("money", "number", "count") and not np.isnan(value):
        return f"{column.en.lower()} {value:,.0f} {column.unit}".strip()
    return ""
