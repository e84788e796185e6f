"""What a mapping is: a TOML file that says how the rows of a ledger become contract tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from features.contract import Table

Where = tuple[tuple[str, frozenset[str]], ...]
"""Source columns and the values that let a row pass; a missing value never does."""


@dataclass(frozen=True, slots=True)
class FromColumn:
    """A value of a source column, as it stands, by a code list, or reckoned.

    Parameters
    ----------
    column : str
        The source column.
    codes : mapping of text to value, optional
        The contract's value for each value of the source; any other value is a breach.
    steps : tuple of (number, value)
        The contract's value from each number on, ascending; a number below the first is a breach.
    where : Where
        Rows that take the value; it is missing in all others.
    times : float
        Factor on a number.
    minus : str
        Source column taken off it.
    prefix, digits : str, int
        Of an id: what is put before it, and to how many digits it is filled up with zeros.
    """

    column: str
    codes: Mapping[str, Any] | None = None
    steps: tuple[tuple[float, Any], ...] = ()
    where: Where = ()
    times: float = 1.0
    minus: str = ""
    prefix: str = ""
    digits: int = 0

    def columns(self) -> Iterator[str]:
        """Yield the source columns that the cell reads."""
        yield self.column
        if self.minus:
            yield self.minus
        yield from (name for name, _ in self.where)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in every row, as the contract writes it."""

    value: Any


@dataclass(frozen=True, slots=True)
class FromDate:
    """A day by one of the mapping's date rules."""

    rule: str


@dataclass(frozen=True, slots=True)
class FromAggregate:
    """A figure reckoned over many rows of the ledger."""

    name: str


Cell = FromColumn | Constant | FromDate | FromAggregate


@dataclass(frozen=True, slots=True)
class DateRule:
    """A day made from a source column, or from another rule.

    Parameters
    ----------
    column, unit, day : str
        The column holds days, years, or quarters counted as year·4 + quarter - 1; the rule gives
        the first or the last day of that span.
    after, months : str, int
        Instead: so many months after another rule's day; the last day of a month stays a last day.
    """

    column: str = ""
    unit: Literal["day", "quarter", "year"] = "day"
    day: Literal["first", "last"] = "first"
    after: str = ""
    months: int = 0


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A statistic of a source column over the rows that share the values of other columns."""

    column: str
    statistic: Literal["median", "mean"]
    by: tuple[str, ...]
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """Where ``known_on`` comes from: a date rule, assumed or recorded, or the day of the file."""

    rule: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """How the ledger is stored, and the columns that tell its rows apart."""

    format: Literal["parquet", "csv", "package"]
    key: tuple[str, ...]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of the ledger that become rows of one contract table.

    Parameters
    ----------
    table : Table
    part : str
        Tells apart the records that one row of the ledger gives to the table.
    where, answered : Where, tuple of str
        Which rows: those with these values, and with any value in these columns.
    each : tuple of str, optional
        One row for each value of these columns, instead of one for each row of the ledger.
    first_by : str
        Of several rows the one with the least value here; otherwise all must agree.
    cells : mapping of contract column to Cell
    """

    table: Table
    part: str
    where: Where
    answered: tuple[str, ...]
    each: tuple[str, ...] | None
    first_by: str
    cells: Mapping[str, Cell]

    def columns(self) -> Iterator[str]:
        """Yield the source columns that the block reads, those of its date rules apart."""
        yield from (name for name, _ in self.where)
        yield from self.answered
        yield from self.each or ()
        if self.first_by:
            yield self.first_by
        for cell in self.cells.values():
            if isinstance(cell, FromColumn):
                yield from cell.columns()


@dataclass(frozen=True)
class LedgerMapping:
    """How the rows of a ledger become contract tables.

    Parameters
    ----------
    name : str
        Name of the source; part of every ``record_id``.
    title, cite : str
        What the ledger is, and how it wants to be cited.
    assumptions : tuple of str
        What the mapping takes for granted, in sentences.
    source : Source
    missing : mapping of source column to texts
        Values that stand for no answer.
    dates, aggregates : mapping of name to DateRule, Aggregate
    known : Known
    blocks : tuple of Block
    sha256 : str
        Hash of the file.
    """

    name: str
    title: str
    cite: str
    assumptions: tuple[str, ...]
    source: Source
    missing: Mapping[str, frozenset[str]]
    dates: Mapping[str, DateRule]
    aggregates: Mapping[str, Aggregate]
    known: Known
    blocks: tuple[Block, ...]
    sha256: str

    def columns(self) -> tuple[str, ...]:
        """Return the source columns that the mapping names, sorted."""
        named = {*self.source.key, *self.missing}
        named.update(rule.column for rule in self.dates.values() if rule.column)
        for aggregate in self.aggregates.values():
            named.update((aggregate.column, *aggregate.by))
        for block in self.blocks:
            named.update(block.columns())
        return tuple(sorted(named))


def text_of(value: object) -> str:
    """Return the text by which a value of a ledger is compared: 1, 1.0 and "1" are the same.

    Examples
    --------
    >>> [text_of(value) for value in (1, 1.0, " 1 ", 10.5, True)]
    ['1', '1', '1', '10.5', 'true']
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value).strip()
