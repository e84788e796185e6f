"""From the rows of a ledger to contract tables, by a mapping: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.check import MISSING, check, is_missing
from features.contract import Facts, Tables
from features.errors import BadInput, Breach, Usage
from features.intake import missing, take
from features.ledgers.cells import Cells, Rows
from features.ledgers.mapping import Block, Cell, FromColumn, LedgerMapping
from features.ledgers.source import Ledger
from features.tables import TABLES

ID_LENGTH = 24
"""Hexadecimal digits of a ``record_id`` (96 bits)."""


def convert(ledger: Ledger, mapping: LedgerMapping, known_on: np.datetime64 | None = None) -> Tables:
    """Turn a ledger into checked contract tables.

    Parameters
    ----------
    ledger : Ledger
    mapping : LedgerMapping
    known_on : datetime64[D], optional
        The day on which the file became known; counts for every row instead of the mapping's rule.

    Raises
    ------
    BadInput
        With every value that cannot be read, by source column, and every breach of the contract.
    Usage
        Where the mapping asks for the day of the file and none is given.
    """
    if known_on is None and not mapping.known.rule:
        raise Usage(f"the mapping {mapping.name} needs the day on which the file became known")
    cells = Cells(ledger, mapping)
    keys = _Keys(ledger, mapping.name)
    _check_key(cells)
    parts: dict[str, list[Facts]] = {}
    for block in mapping.blocks:
        rows, facts = _rows_of(cells, block)
        facts["record_id"] = keys.record_ids(
            block, block.each if block.each is not None else mapping.source.key, rows
        )
        facts["known_on"] = (
            cells.day_for(block.table, "known_on", mapping.known.rule)[rows]
            if known_on is None
            else np.full(rows.size, known_on, "datetime64[D]")
        )
        facts["known_on_assumed"] = np.full(
            rows.size, known_on is None and mapping.known.assumed, dtype=np.int8
        )
        parts.setdefault(block.table.name, []).append(facts)
    made, unfit = take({name: _joined(name, facts) for name, facts in parts.items()})
    found = unfit + [one for one in check(made) if not _named(cells, one)]
    if cells.breaches or found:
        raise BadInput(cells.breaches + found)
    return made


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
    rows = np.flatnonzero(cells.passing(block.where, block.answered))
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
        _check_agreement(cells, block, name, rows, values, values[first][member.reshape(-1)])
        facts[name] = values[first]
    return rows[first], facts


def _check_agreement(
    cells: Cells, block: Block, name: str, rows: Rows, values: NDArray[Any], own: NDArray[Any]
) -> None:
    column = block.table.column(name)
    differs = np.zeros(cells.ledger.rows, dtype=bool)
    differs[rows] = (values != own) & ~(is_missing(column, values) & is_missing(column, own))
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
        start = hashlib.sha256(_framed((self.source, block.table.name, block.part)))
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
                framed = [_framed((text,)) for text in given.texts]
                columns.append([framed[position] for position in given.distinct[1].tolist()])
            self._bytes[key] = (
                [b"".join(row) for row in zip(*columns, strict=True)] if key else [b""] * self.ledger.rows
            )
        return self._bytes[key]


def _framed(texts: Iterable[str]) -> bytes:
    """Write texts one after another, each led by its length, so that no two lists look the same."""
    return b"".join(f"{len(text)}:{text}".encode() for text in texts)


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
