"""The rows of a ledger out of its sheets: headers found by themselves, titles and totals passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from features.errors import BadInput, Breach
from features.ledgers.grids import Grid, Source, read_grids
from features.ledgers.headers import Dictionary, Headers
from features.ledgers.mapping import LedgerMapping
from features.ledgers.mending import fault_of
from features.ledgers.source import Given, Ledger, Notes

_TOTALS = ("合计", "总计", "小计")
_NOT_THERE = "no such column in the file, though the mapping needs it"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet whose headers are found, and the positions of its rows that are rows of the ledger."""

    grid: Grid
    headers: Headers
    lines: tuple[int, ...]

    def texts(self, name: str) -> list[str]:
        """Return what one of the mapping's columns says, "" in all rows where the sheet has it not."""
        position = self.position(name)
        return ["" if position < 0 else self.grid.rows[line][position] for line in self.lines]

    def position(self, name: str) -> int:
        names = [header.name for header in self.headers.headers]
        return names.index(name) if name in names else -1

    def times(self, name: str) -> float:
        position = self.position(name)
        return 1.0 if position < 0 else self.headers.headers[position].times


def read_sheets(files: Sequence[Source], mapping: LedgerMapping, told_on: np.datetime64 | None) -> Ledger:
    """Read the rows of a ledger, one sheet's after another's.

    Parameters
    ----------
    files : sequence of path or Grid
    mapping : LedgerMapping
    told_on : datetime64[D], optional
        The day of the file: its year is that of a snapshot whose file does not tell it.

    Raises
    ------
    BadInput
        Where a file cannot be read, no sheet has the headers, or one lacks needed columns.
    """
    read, breaches, passed = [], [], []
    for file in files:
        grids = [grid for grid in read_grids(file) if _asked_for(grid, mapping)]
        sheets = _with_headers(grids, mapping)
        whole = [sheet for sheet in sheets if not _missing(sheet, mapping, told_on)]
        read += whole
        breaches += _faults_of(file, grids, sheets, mapping, told_on) + _twice(whole)
        passed += [grid.label for grid in grids if grid.label not in {sheet.grid.label for sheet in whole}]
    if breaches:
        raise BadInput(breaches)
    return _ledger(read, mapping, told_on, passed)


def headers_of(files: Sequence[Source], mapping: LedgerMapping) -> list[Headers]:
    """Return the headers of every sheet in which a mapping finds any of its columns."""
    grids = [grid for file in files for grid in read_grids(file) if _asked_for(grid, mapping)]
    return [sheet.headers for sheet in _with_headers(grids, mapping)]


def _with_headers(grids: Sequence[Grid], mapping: LedgerMapping) -> list[_Sheet]:
    """Return the sheets in which any of the mapping's columns is found."""
    words = Dictionary(mapping)
    found = [(grid, words.find(grid.rows)) for grid in grids]
    return [_Sheet(grid, headers, _lines(grid, headers)) for grid, headers in found if headers.found]


def _asked_for(grid: Grid, mapping: LedgerMapping) -> bool:
    patterns = mapping.source.sheets
    if patterns and grid.name:
        return any(fnmatchcase(grid.name, pattern) for pattern in patterns)
    return not grid.hidden


def needed(mapping: LedgerMapping, told_on: np.datetime64 | None) -> tuple[str, ...]:
    """Return the source columns that a sheet must have."""
    named = mapping.in_the_file() if mapping.source.needed is None else mapping.source.needed
    return tuple(name for name in named if name != mapping.source.year or told_on is None)


def _missing(sheet: _Sheet, mapping: LedgerMapping, told_on: np.datetime64 | None) -> list[str]:
    return [name for name in needed(mapping, told_on) if sheet.position(name) < 0]


def _faults_of(
    file: Source,
    grids: Sequence[Grid],
    sheets: Sequence[_Sheet],
    mapping: LedgerMapping,
    told_on: np.datetime64 | None,
) -> list[Breach]:
    """Say what a sheet of the ledger lacks, or why the file has none.

    A sheet is one of the ledger where the mapping names it, or where it tells whom its rows are of.
    """
    if not grids:
        return [Breach(_named(file), "", "no sheet of the name that the mapping asks for", 1)]
    lacking = {sheet.grid.label: _missing(sheet, mapping, told_on) for sheet in sheets}
    meant = [sheet for sheet in sheets if mapping.source.sheets or _tells_whom(sheet, mapping)]
    if any(not names for names in lacking.values()):
        sheets = meant
    found = [
        Breach(sheet.grid.label, name, _NOT_THERE, 1)
        for sheet in sheets
        for name in lacking[sheet.grid.label]
    ]
    return found or [
        Breach(grid.label, "", _why_none(grid), 1)
        for grid in grids
        if grid.label not in lacking and (mapping.source.sheets or not lacking)
    ]


def _tells_whom(sheet: _Sheet, mapping: LedgerMapping) -> bool:
    of = [name for one in mapping.pseudonyms.values() for name in one.of] or mapping.source.key
    return any(sheet.position(name) >= 0 for name in of)


def _twice(sheets: Sequence[_Sheet]) -> list[Breach]:
    rule = "more than one column with this header"
    return [Breach(sheet.grid.label, name, rule, 1) for sheet in sheets for name in sheet.headers.twice]


def _named(source: Source) -> str:
    return source.label if isinstance(source, Grid) else source.name


def _why_none(grid: Grid) -> str:
    if not any(any(row) for row in grid.rows):
        return "empty"
    broken = next((fault for row in grid.rows for text in row if (fault := fault_of(text))), "")
    return "no line has any of the mapping's headers" + (f"; it has {broken}" if broken else "")


def _lines(grid: Grid, headers: Headers) -> tuple[int, ...]:
    """Return the positions of the rows below the headers, without empty ones, totals and headers again."""
    head = grid.rows[headers.below - 1] if headers.below else ()
    return tuple(
        line
        for line, row in enumerate(grid.rows)
        if line >= headers.below and any(row) and row != head and not _is_total(row)
    )


def _is_total(row: Sequence[str]) -> bool:
    first = next((text for text in row if text), "")
    return first.replace(" ", "").rstrip(":：") in _TOTALS


def _ledger(
    sheets: Sequence[_Sheet], mapping: LedgerMapping, told_on: np.datetime64 | None, passed: Sequence[str]
) -> Ledger:
    columns = {name: _column(sheets, name) for name in mapping.in_the_file()}
    rows = sum(len(sheet.lines) for sheet in sheets)
    had = {header.name for sheet in sheets for header in sheet.headers.headers}
    absent = tuple(name for name in mapping.in_the_file() if name not in had)
    said = [f"sheet without the needed headers, passed over: {label}" for label in passed]
    year = mapping.source.year
    if year in absent and told_on is not None:
        columns[year] = Given(np.full(rows, str(told_on.astype("datetime64[Y]"))), np.zeros(rows, dtype=bool))
        said.append(f"{year} is not in the file: taken from the day of the file")
    unnamed = [
        header for sheet in sheets for header in sheet.headers.headers if header.text and not header.name
    ]
    return Ledger(
        columns,
        rows,
        sheets=tuple(sheet.grid.label for sheet in sheets),
        sheet=np.repeat(np.arange(len(sheets)), [len(sheet.lines) for sheet in sheets]),
        line=np.array([line + 1 for sheet in sheets for line in sheet.lines], dtype=np.intp),
        notes=Notes(
            unmapped=tuple(dict.fromkeys(header.text for header in unnamed if not header.dropped)),
            dropped=tuple(dict.fromkeys(header.text for header in unnamed if header.dropped)),
            absent=absent,
            sentences=tuple(said),
        ),
    )


def _column(sheets: Sequence[_Sheet], name: str) -> Given:
    texts = np.array([text for sheet in sheets for text in sheet.texts(name)], dtype=np.str_)
    times = {sheet.times(name) for sheet in sheets if sheet.lines}
    if len(times) > 1:
        rule = "counted in 元 on one sheet and in 万元 on another: import them one by one"
        raise BadInput([Breach(sheets[0].grid.label, name, rule, len(times))])
    return Given(texts, texts == "", times.pop() if times else 1.0)
