"""What the panel holds: rows of one table, one figure of each, and where in time it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from features.conditions import Conditions
from features.contract import Table
from features.tables import TABLES

Keep = Literal["all", "latest", "account"]
At = Literal["month", "span", "during", "due", "ever"]
WHOLE = {"money": 100, "number": 100, "count": 1, "code": 1, "flag": 1, "date": 1}
"""Whole units a value is held in: money in fen, other numbers in hundredths."""

SPANS = (("period_start", "period_end"), ("start_on", "end_on"))
"""Columns that give a fact a span of months, in the tables that have one."""


@dataclass(frozen=True)
class Channel:
    """Rows of one table, one figure of each, and where it lies in the panel.

    Parameters
    ----------
    table : str
        Table of the contract.
    value : str
        Column whose value is held, as a whole number (money in fen, dates in days since 1970);
        ``""`` counts the rows.
    where : tuple of (column, codes)
        Only rows with one of the codes (flags: ``"yes"``, ``"no"``; counts: numbers as texts; any
        column: ``"given"``, ``"missing"``).
    equals : tuple of str
        Hold 1 where the value is one of these, in the same words, else 0.
    keep : {"all", "latest", "account"}
        Where several facts meet in a cell: add all; the one that occurred last; or one account,
        the first of the table's ``account`` list and within it the last known.
    at : {"month", "span", "during", "due", "ever"}
        The month of ``occurred_on``; spread evenly over the months of the span; in every month of
        the span; the month of the date in ``when``, later ones too; or one cell for the whole history.
    each : str
        Column (``member_id``) whose values are kept apart by ``keep`` and then added up.
    complete : bool
        Whether windows end with the last complete month (incomes), not with the running one.
    when : str
        With ``at="due"``: the date column that places the fact; without the date it lies nowhere. With
        ``keep="latest"`` only the last fact of all months counts, so that a later one takes back
        what was due, whether or not it has a date itself.
    only : tuple of (column, codes)
        Facts that count but do not fulfil these conditions hold 0 instead of their value, whatever
        the value column says: whoever left the household counts 0, not as before.
    """

    table: str
    value: str = ""
    where: Conditions = ()
    equals: tuple[str, ...] = ()
    keep: Keep = "all"
    at: At = "month"
    each: str = ""
    complete: bool = False
    when: str = ""
    only: Conditions = ()

    @property
    def declared(self) -> Table:
        """The table of the contract that the channel reads."""
        return TABLES[self.table]

    @property
    def span(self) -> tuple[str, str] | None:
        """The columns of the span in which the channel lies, None where the table has none."""
        if self.at not in {"span", "during"}:
            return None
        names = {column.name for column in self.declared.columns}
        return next((pair for pair in SPANS if pair[0] in names), None)
