"""Ledgers by mapping: somebody else's files in, contract tables out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from features.contract import Tables
from features.files import write_tables
from features.ledgers.convert import convert
from features.ledgers.grammar import SHIPPED, read_mapping
from features.ledgers.mapping import LedgerMapping
from features.ledgers.readers import read_ledger

__all__ = ["SHIPPED", "ImportSummary", "import_ledger", "read_mapping", "tables_from"]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import made, and on what assumptions.

    Parameters
    ----------
    mapping, mapping_sha256 : str
        Name and hash of the mapping.
    title, cite : str
        What the ledger is, and how it wants to be cited.
    ledger_rows : int
        Rows read.
    rows : dict of table to int
        Rows made.
    known_on : str
        Where ``known_on`` comes from.
    assumed : tuple of str
        What was taken for granted.
    """

    mapping: str
    mapping_sha256: str
    title: str
    cite: str
    ledger_rows: int
    rows: dict[str, int]
    known_on: str
    assumed: tuple[str, ...]


def import_ledger(
    files: Sequence[str | Path], mapping: str | Path, out: str | Path, known_on: date | None = None
) -> ImportSummary:
    """Turn a ledger into a folder of contract tables; the folder is written as a whole or not at all.

    Parameters
    ----------
    files : sequence of path
        The ledger's files; none where it lies in an installed package.
    mapping : str or path
        A mapping of the house by name, or a TOML file.
    out : path
        The folder; contract tables in it are replaced.
    known_on : date, optional
        The day on which the files became known, for every row: asked for by mappings that have no
        dates of their own, and right for a corrected ledger that is imported again.

    Raises
    ------
    BadInput
        With every fault of the mapping, or of the ledger.
    """
    tables, summary = tables_from(files, mapping, known_on)
    write_tables(tables, out)
    return summary


def tables_from(
    files: Sequence[str | Path], mapping: str | Path, known_on: date | None = None
) -> tuple[Tables, ImportSummary]:
    """Turn a ledger into checked contract tables in the hand; parameters as for ``import_ledger``."""
    read = read_mapping(mapping)
    ledger = read_ledger([Path(file) for file in files], read)
    tables = convert(ledger, read, None if known_on is None else np.datetime64(known_on, "D"))
    rows = {name: facts["record_id"].size for name, facts in tables.items()}
    return tables, ImportSummary(
        mapping=read.name,
        mapping_sha256=read.sha256,
        title=read.title,
        cite=read.cite,
        ledger_rows=ledger.rows,
        rows=rows,
        known_on=_known_on(read, known_on),
        assumed=read.assumptions,
    )


def _known_on(mapping: LedgerMapping, given: date | None) -> str:
    if given is not None:
        return f"the day of the file, {given.isoformat()}"
    rule, steps = mapping.dates[mapping.known.rule], 0
    while rule.after:
        steps += rule.months
        rule = mapping.dates[rule.after]
    day = rule.column if rule.unit == "day" else f"{rule.day} day of the {rule.unit} in {rule.column}"
    later = f" + {steps} month{'s' if steps != 1 else ''}" if steps else ""
    return f"{day}{later}, {'assumed' if mapping.known.assumed else 'recorded'}"
