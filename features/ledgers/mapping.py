"""What a mapping is: a TOML file that says how the rows of a ledger become contract tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
    times : float or str
        Factor on a number, or the source column that holds it.
    several : str
        Of several words in one cell the first, or the one highest in the contract's order.
    blank : any, optional
        The contract's value where the source has none.
    under : tuple of str
        Of an id: source columns whose values are put before it, joined by hyphens.
    minus : str
        Source column taken off it.
    prefix, digits : str, int
        Of an id: what is put before it, and to how many digits it is filled up with zeros.
    """

    column: str
    codes: Mapping[str, Any] | None = None
    steps: tuple[tuple[float, Any], ...] = ()
    where: Where = ()
    times: float | str = 1.0
    minus: str = ""
    prefix: str = ""
    digits: int = 0
    several: Literal["", "first", "highest"] = ""
    under: tuple[str, ...] = ()
    blank: Any = None

    def columns(self) -> Iterator[str]:
        """Yield the source columns that the cell reads."""
        yield self.column
        if self.minus:
            yield self.minus
        if isinstance(self.times, str):
            yield self.times
        yield from self.under
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
        the first or the last day of that span. A day that tells only its month is rounded so, and
        is refused where ``day`` is empty.
    file : bool
        Instead: the day of the file.
    after, months : str, int
        Instead: so many months after another rule's day; the last day of a month stays a last day.
    """

    column: str = ""
    unit: Literal["day", "quarter", "year"] = "day"
    day: Literal["", "first", "last"] = "first"
    after: str = ""
    months: int = 0
    file: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A statistic of a source column over the rows that share the values of other columns."""

    column: str
    statistic: Literal["median", "mean"]
    by: tuple[str, ...]
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """Where ``known_on`` comes from: a date rule, assumed or recorded, or the day of the file.

    ``otherwise`` is the rule for rows in which the first gives no day; those are assumed.
    """

    rule: str = ""
    assumed: bool = False
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """A source column whose values become keyed pseudonyms when they are read.

    Parameters
    ----------
    kind : {"household", "person", "record"}
        What it is of; pseudonyms of two kinds never meet.
    of : tuple of str
        The source columns it is made of; one that no cell names is not kept.
    """

    kind: Literal["household", "person", "record"]
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How rows find their household among those imported before: by itself, or through a member."""

    by: Literal["household", "person"]
    column: str


HOUSEHOLD = "household"
"""The source column that a match through a member makes."""
OF_A_NUMBER = (".birth_year", ".sex")
"""Endings of the source columns that an id number gives beside its pseudonym."""


@dataclass(frozen=True, slots=True)
class Source:
    """How the ledger is stored, and the columns that tell its rows apart.

    Parameters
    ----------
    format : {"parquet", "csv", "package", "excel"}
    key : tuple of str
    options : mapping
    needed : tuple of str, optional
        The columns that a file must have; all that the mapping names where it does not say.
    sheets : tuple of str
        Names or patterns of the sheets to read; all that have the headers where there is none.
    year : str
        The column of a snapshot's year, that of the file's day where the file does not have it.
    """

    format: Literal["parquet", "csv", "package", "excel"]
    key: tuple[str, ...]
    options: Mapping[str, str]
    needed: tuple[str, ...] | None = None
    sheets: tuple[str, ...] = ()
    year: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of the ledger that become rows of one contract table.

    Parameters
    ----------
    table : Table
    part : str
        Tells apart the records that one row of the ledger gives to the table.
    where, answered, unanswered : Where, tuple of str
        Which rows: those with these values, with any value in these columns, and with none in those.
    each : tuple of str, optional
        One row for each value of these columns, instead of one for each row of the ledger.
    first_by : str
        Of several rows the one with the least value here; otherwise all must agree.
    cells : mapping of contract column to Cell
    known : Known, optional
        Where ``known_on`` comes from, where the table has a rule of its own.
    """

    table: Table
    part: str
    where: Where
    answered: tuple[str, ...]
    unanswered: tuple[str, ...]
    each: tuple[str, ...] | None
    first_by: str
    cells: Mapping[str, Cell]
    known: Known | None = None

    def columns(self) -> Iterator[str]:
        """Yield the source columns that the block reads, those of its date rules apart."""
        yield from (name for name, _ in self.where)
        yield from self.answered
        yield from self.unanswered
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
    headers : mapping of source column to texts
        Other ways in which files write its header.
    dropped : tuple of str
        Headers of columns that are never read.
    pseudonyms : mapping of source column to Pseudonym
    match : Match, optional
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
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    pseudonyms: Mapping[str, Pseudonym] = field(default_factory=dict)
    match: Match | None = None

    @property
    def asks_for_the_day(self) -> bool:
        """Whether it must be told on which day the file became known."""
        knowns = [self.known, *(block.known for block in self.blocks if block.known)]
        rules = {known.rule for known in knowns} | {known.otherwise for known in knowns if known.otherwise}
        cells = [cell for block in self.blocks for cell in block.cells.values()]
        rules |= {cell.rule for cell in cells if isinstance(cell, FromDate)}
        return any(not name or self._first_rule(name).file for name in rules)

    def _first_rule(self, name: str) -> DateRule:
        rule = self.dates[name]
        while rule.after:
            rule = self.dates[rule.after]
        return rule

    def in_the_file(self) -> tuple[str, ...]:
        """Return the source columns that are looked for in a file, sorted."""
        named = set(self.columns())
        made = {name + ending for name in self.pseudonyms for ending in OF_A_NUMBER}
        if self.match is not None:
            named.add(self.match.column)
            made |= {HOUSEHOLD} if self.match.by == "person" else set()
        made |= self.pseudonyms.keys()
        sources = {name for one in self.pseudonyms.values() for name in one.of}
        return tuple(sorted(named - made | sources))

    def columns(self) -> tuple[str, ...]:
        """Return the source columns that the mapping names, sorted."""
        named = {*self.source.key, *self.missing}
        named.update(rule.column for rule in self.dates.values() if rule.column)
        for aggregate in self.aggregates.values():
            named.update((aggregate.column, *aggregate.by))
        for block in self.blocks:
            named.update(block.columns())
        return tuple(sorted(named))
