"""The cells of sheets before they mean anything: code words mended, broken writing refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput, Breach
from features.ledgers.mapping import FromColumn, LedgerMapping
from features.ledgers.mending import fault_of, lost_digits, mended, plain_signs
from features.ledgers.source import Given, Ledger


def cleaned(ledger: Ledger, mapping: LedgerMapping) -> Ledger:
    """Return the ledger with its code words mended, and say how many cells were.

    Raises
    ------
    BadInput
        With every column that holds broken writing, by sheet, with count and lines.
    """
    ids = _said_of_ids(mapping)
    breaches: list[Breach] = []
    columns: dict[str, Given] = {}
    said = []
    for name, given in ledger.columns.items():
        texts = (
            [lost_digits(text) for text in given.texts]
            if name in ids
            else [mended(text) for text in given.texts]
        )
        changed = _where(
            given, [new != plain_signs(old) for new, old in zip(texts, given.texts, strict=True)]
        )
        if changed.any() and name not in ids:
            said.append(f"{name}: {int(changed.sum())} cells read as if written in simplified characters")
        faults = [fault_of(text) for text in texts]
        for fault in sorted(set(faults) - {""}):
            breaches += ledger.breaches(
                mapping.name, name, f"broken: {fault}", _where(given, [one == fault for one in faults])
            )
        columns[name] = replace(given, values=_spread(given, texts))
    if breaches:
        raise BadInput(breaches)
    return ledger.with_columns(columns).saying(*said)


def _said_of_ids(mapping: LedgerMapping) -> set[str]:
    """Return the source columns that tell one row, household or place from another: never mended."""
    named = {*mapping.source.key, *(name for one in mapping.pseudonyms.values() for name in one.of)}
    for block in mapping.blocks:
        named.update(block.each or ())
        for column, cell in block.cells.items():
            if block.table.column(column).kind == "id" and isinstance(cell, FromColumn):
                named.update(cell.columns())
    return named


def _where(given: Given, distinct: list[bool]) -> NDArray[np.bool_]:
    marked: NDArray[np.bool_] = np.array(distinct, dtype=bool)[given.distinct[1]] & ~given.missing
    return marked


def _spread(given: Given, texts: list[str]) -> NDArray[np.str_]:
    return np.array(texts, dtype=np.str_)[given.distinct[1]]
