"""From the rows of a ledger to contract tables, by a mapping; nothing or all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.check import check
from features.contract import Column, Facts, Tables
from features.errors import BadInput, Breach, Usage
from features.intake import breach, missing, take, take_column
from features.ledgers.dates import day_of
from features.ledgers.mapping import (
    Block,
    Cell,
    Constant,
    FromAggregate,
    FromColumn,
    FromDate,
    LedgerMapping,
    Where,
)
from features.ledgers.source import Given, Ledger
from features.tables import TABLES

Rows = NDArray[np.intp]
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
    return _Conversion(ledger, mapping, known_on).tables()


class _Conversion:
    """One ledger on its way, gathering what cannot be read."""

    def __init__(self, ledger: Ledger, mapping: LedgerMapping, known_on: np.datetime64 | None) -> None:
        self.ledger, self.mapping, self.known_on = ledger, mapping, known_on
        self.breaches: list[Breach] = []
        self.unread: set[tuple[str, str]] = set()
        self.keys: dict[tuple[str, ...], list[str]] = {}
        self.days: dict[str, NDArray[np.datetime64]] = {}
        self.figures: dict[str, NDArray[np.float64]] = {}

    def tables(self) -> Tables:
        self.check_key()
        parts: dict[str, list[Facts]] = {}
        for block in self.mapping.blocks:
            parts.setdefault(block.table.name, []).append(self.facts(block))
        made, unfit = take({name: _joined(name, facts) for name, facts in parts.items()})
        found = [one for one in unfit + check(made) if (one.table, one.column) not in self.unread]
        if self.breaches or found:
            raise BadInput(self.breaches + found)
        return made

    def check_key(self) -> None:
        """Every row of the ledger has its natural key, and no two have the same."""
        for name in self.mapping.source.key:
            self.refuse(name, "missing in the natural key", self.ledger.columns[name].missing)
        group = self.group(self.mapping.source.key)
        _, first = np.unique(group, return_index=True)
        again = np.ones(group.size, dtype=bool)
        again[first] = False
        self.refuse(", ".join(self.mapping.source.key), "the natural key of an earlier row", again)

    def refuse(self, column: str, rule: str, bad: NDArray[np.bool_]) -> None:
        self.breaches += breach(self.mapping.name, column, rule, bad)

    def facts(self, block: Block) -> Facts:
        rows = np.flatnonzero(self.passing(block.where) & self.answered(block.answered))
        key = self.mapping.source.key if block.each is None else block.each
        if block.each is None:
            facts = {name: self.values(block, name, cell, rows) for name, cell in block.cells.items()}
        else:
            rows, facts = self.grouped(block, rows)
        facts["record_id"] = self.record_ids(block, key, rows)
        if self.known_on is not None:
            facts["known_on"] = np.full(rows.size, self.known_on, dtype="datetime64[D]")
        else:
            facts["known_on"] = self.day(self.mapping.known.rule)[rows]
        assumed = self.known_on is None and self.mapping.known.assumed
        facts["known_on_assumed"] = np.full(rows.size, int(assumed), dtype=np.int8)
        return facts

    def passing(self, where: Where) -> NDArray[np.bool_]:
        passed = np.ones(self.ledger.rows, dtype=bool)
        for name, texts in where:
            passed &= self.ledger.columns[name].among(texts)
        return passed

    def answered(self, names: Sequence[str]) -> NDArray[np.bool_]:
        passed = np.ones(self.ledger.rows, dtype=bool)
        for name in names:
            passed &= ~self.ledger.columns[name].missing
        return passed

    def group(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Number the rows by the values of columns."""
        group = np.zeros(self.ledger.rows, dtype=np.int64)
        for name in names:
            distinct, position = self.ledger.columns[name].distinct
            group = np.unique(group * max(distinct.size, 1) + position, return_inverse=True)[1].reshape(-1)
        return group

    def grouped(self, block: Block, rows: Rows) -> tuple[Rows, Facts]:
        """Return one row for each value of the block's columns, and its facts."""
        group = self.group(block.each or ())[rows]
        if block.first_by:
            order = self.ledger.columns[block.first_by].numbers()[0][rows]
            rows = rows[np.lexsort((order, group))]
            group = np.sort(group)
        _, first, member = np.unique(group, return_index=True, return_inverse=True)
        if block.first_by:
            kept = rows[first]
            return kept, {name: self.values(block, name, cell, kept) for name, cell in block.cells.items()}
        facts: Facts = {}
        for name, cell in block.cells.items():
            values = self.values(block, name, cell, rows)
            own = values[first][member.reshape(-1)]
            differs = np.zeros(self.ledger.rows, dtype=bool)
            differs[rows] = (values != own) & ~((values != values) & (own != own))  # noqa: PLR0124
            rule = f"not the same in every row of one {', '.join(block.each or ())}, for {block.table.name}.{name}"
            self.refuse(_source_of(cell), rule, differs)
            facts[name] = values[first]
        return rows[first], facts

    def record_ids(self, block: Block, key: Sequence[str], rows: Rows) -> NDArray[np.str_]:
        texts = self.key_texts(tuple(key))
        start = hashlib.sha256(_key_text((self.mapping.name, block.table.name, block.part)).encode())
        ids = []
        for row in rows.tolist():
            digest = start.copy()
            digest.update(texts[row].encode())
            ids.append(digest.hexdigest()[:ID_LENGTH])
        return np.array(ids, dtype=f"<U{ID_LENGTH}")

    def key_texts(self, key: tuple[str, ...]) -> list[str]:
        """Return the natural key of every row as one text, each value led by its length."""
        if key not in self.keys:
            columns = []
            for name in key:
                given = self.ledger.columns[name]
                texts = np.array([_key_text((text,)) for text in given.texts], dtype=object)
                columns.append(texts[given.distinct[1]].tolist())
            self.keys[key] = ["".join(row) for row in zip(*columns, strict=True)] if key else [""] * self.ledger.rows
        return self.keys[key]

    def day(self, rule: str) -> NDArray[np.datetime64]:
        if rule not in self.days:
            wanted = self.mapping.dates[rule]
            if wanted.after:
                self.days[rule] = day_of(self.day(wanted.after), wanted)
            else:
                given = self.ledger.columns[wanted.column]
                self.days[rule], bad = _days(given, wanted.unit)
                self.refuse(wanted.column, f"no {wanted.unit} that the date {rule} can be made of", bad)
                self.days[rule] = day_of(self.days[rule], wanted)
        return self.days[rule]
