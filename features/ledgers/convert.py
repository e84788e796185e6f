"""From the rows of a ledger to contract tables, by a mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.check import MISSING, check_each, is_missing
from features.contract import Facts, Tables
from features.errors import Breach, Usage
from features.intake import missing, take
from features.ledgers.cells import Cells, Rows
from features.ledgers.dates import Days
from features.ledgers.framing import framed
from features.ledgers.mapping import Block, Cell, FromColumn, FromDate, LedgerMapping
from features.ledgers.source import Ledger
from features.tables import TABLES

ID_LENGTH = 24
"""Hexadecimal digits of a ``record_id`` (96 bits)."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a ledger says, as contract tables.

    Parameters
    ----------
    tables : Tables
    breaches : list of Breach
        Every value that cannot be read, and every rule of the contract that a table breaks by itself.
    by_file : frozenset of str
        Tables whose every row is known on the day of the file.
    as_seen : frozenset of str
        Tables that tell a state as the file saw it: ``occurred_on`` is the day of the file.
    """

    tables: Tables
    breaches: list[Breach]
    by_file: frozenset[str]
    as_seen: frozenset[str]


def convert(ledger: Ledger, mapping: LedgerMapping, told_on: np.datetime64 | None = None) -> Converted:
    """Turn a ledger into contract tables.

    Parameters
    ----------
    ledger : Ledger
    mapping : LedgerMapping
    told_on : datetime64[D], optional
        The day on which the file became known; counts instead of the mapping's rule, though not
        instead of a table's own.

    Raises
    ------
    Usage
        Where the mapping asks for the day of the file and none is given.
    """
    if told_on is None and mapping.asks_for_the_day:
        raise Usage(f"the mapping {mapping.name} needs the day on which the file became known: --known-on")
    cells = Cells(ledger, mapping, told_on)
    keys = _Keys(ledger, mapping.name)
    _check_key(cells)
    parts: dict[str, list[Facts]] = {}
    for block in mapping.blocks:
        rows, facts = _rows_of(cells, block)
        key = block.each if block.each is not None else mapping.source.key
        facts["record_id"] = keys.record_ids(block, key, rows)
        known, assumed = _known_on(cells, block)
        facts["known_on"], facts["known_on_assumed"] = known[rows], assumed[rows]
        parts.setdefault(block.table.name, []).append(facts)
    made, unfit = take({name: _joined(name, facts) for name, facts in parts.items()})
    found = unfit + [one for one in check_each(made) if not _named(cells, one)]
    return Converted(
        made,
        cells.breaches + found,
        by_file=_tables_where(mapping, lambda block: _by_file(mapping, block, told_on)),
        as_seen=_tables_where(mapping, lambda block: _as_seen(mapping, block)),
    )


def _known_on(cells: Cells, block: Block) -> tuple[Days, NDArray[np.int8]]:
    """Return of every row of the ledger when it became known, and whether that is assumed.

    Where the day of the file is given, no rule of a table gives a later one: the file tells it.
    """
    mapping, told_on = cells.mapping, cells.told_on
    rows, known = cells.ledger.rows, block.known or mapping.known
    if told_on is not None and _by_file(mapping, block, told_on):
        return np.full(rows, told_on, "datetime64[D]"), np.zeros(rows, dtype=np.int8)
    days = cells.day_for(block.table, "known_on", known.rule)
    assumed = np.full(rows, known.assumed, dtype=np.int8)
    if known.otherwise:
        gaps = np.isnat(days)
        days = np.where(gaps, cells.day_for(block.table, "known_on", known.otherwise), days)
        assumed[gaps] = 1
    return days if told_on is None else np.minimum(days, told_on), assumed


def _by_file(mapping: LedgerMapping, block: Block, told_on: np.datetime64 | None) -> bool:
    known = block.known or mapping.known
    return not known.rule or (told_on is not None and block.known is None)


def _as_seen(mapping: LedgerMapping, block: Block) -> bool:
    cell = block.cells.get("occurred_on")
    return isinstance(cell, FromDate) and mapping.dates[cell.rule].file


def _tables_where(mapping: LedgerMapping, holds: Callable[[Block], bool]) -> frozenset[str]:
    """Return the tables of whose blocks all are so."""
    names = {block.table.name for block in mapping.blocks}
    return frozenset(names - {block.table.name for block in mapping.blocks if not holds(block)})


def _named(cells: Cells, found: Breach) -> bool:
    """Return whether a value is missing only because it could not be read, which has been said."""
    return found.rule == MISSING and (found.table, found.column) in cells.unread


def _check_key(cells: Cells) -> None:
    """Every row of the ledger has its natural key, and no two have the same."""
    key = cells.mapping.source.key
    for name in key:
        cells.refuse(name, "missing in the natural key", cells.ledger.columns[name].missing)
    again = np.ones(cells.ledger.rows, dtype=bool)
    again[np.unique(cells.group(key), return_index=True)[1]] = False
    cells.refuse(", ".join(key), "the natural key of an earlier row", again)


def _rows_of(cells: Cells, block: Block) -> tuple[Rows, Facts]:
    """Return the rows of the ledger that a block takes, and its facts."""
    rows = np.flatnonzero(cells.passing(block.where, block.answered, block.unanswered))
    if block.each is None or not rows.size:
        return rows, {name: cells.read(block.table, name, cell, rows) for name, cell in block.cells.items()}
    group = cells.group(block.each)
    if block.first_by:
        order = cells.ledger.columns[block.first_by].numbers()[0]
        rows = rows[np.lexsort((order[rows], group[rows]))]
        rows = rows[np.unique(group[rows], return_index=True)[1]]
        return rows, {name: cells.read(block.table, name, cell, rows) for name, cell in block.cells.items()}
    _, first, member = np.unique(group[rows], return_index=True, return_inverse=True)
    facts: Facts = {}
    for name, cell in block.cells.items():
        values = cells.read(block.table, name, cell, rows)
        own = values[_first_told(is_missing(block.table.column(name), values), first, member.reshape(-1))]
        _check_agreement(cells, block, name, rows, values, own[member.reshape(-1)])
        facts[name] = own
    return rows[first], facts


def _first_told(silent: NDArray[np.bool_], first: Rows, member: Rows) -> Rows:
    """Return of each group the first row that tells something, or its first where none does."""
    told = np.flatnonzero(~silent)
    found = first.copy()
    found[member[told[::-1]]] = told[::-1]
    return found


def _check_agreement(
    cells: Cells, block: Block, name: str, rows: Rows, values: NDArray[Any], own: NDArray[Any]
) -> None:
    column = block.table.column(name)
    differs = np.zeros(cells.ledger.rows, dtype=bool)
    differs[rows] = (values != own) & ~is_missing(column, values)
    each = ", ".join(block.each or ())
    cells.refuse(
        _source_of(block.cells[name]),
        f"not the same in all rows of one {each}, for {block.table.name}.{name}",
        differs,
    )


def _source_of(cell: Cell) -> str:
    return cell.column if isinstance(cell, FromColumn) else ""


class _Keys:
    """The natural keys of a ledger's rows, and the record ids made of them."""

    def __init__(self, ledger: Ledger, source: str) -> None:
        self.ledger, self.source = ledger, source
        self._bytes: dict[tuple[str, ...], list[bytes]] = {}

    def record_ids(self, block: Block, key: Sequence[str], rows: Rows) -> NDArray[np.str_]:
        """Hash source, table, part and natural key, so that the same row always gets the same id."""
        start = hashlib.sha256(framed((self.source, block.table.name, block.part)))
        texts, ids = self._texts(tuple(key)), []
        for row in rows.tolist():
            digest = start.copy()
            digest.update(texts[row])
            ids.append(digest.hexdigest()[:ID_LENGTH])
        return np.array(ids, dtype=f"<U{ID_LENGTH}")

    def _texts(self, key: tuple[str, ...]) -> list[bytes]:
        if key not in self._bytes:
            columns = []
            for name in key:
                given = self.ledger.columns[name]
                led = [framed((text,)) for text in given.texts]
                columns.append([led[position] for position in given.distinct[1].tolist()])
            self._bytes[key] = (
                [b"".join(row) for row in zip(*columns, strict=True)] if key else [b""] * self.ledger.rows
            )
        return self._bytes[key]


def _joined(table: str, parts: Sequence[Facts]) -> Facts:
    """Put the rows of several blocks of one table under each other."""
    if len(parts) == 1:
        return parts[0]
    names = {name for part in parts for name in part}
    joined: Facts = {}
    for name in sorted(names):
        column = TABLES[table].column(name)
        values = [part[name] if name in part else missing(column, part["record_id"].size) for part in parts]
        joined[name] = np.concatenate(values)
    return joined
