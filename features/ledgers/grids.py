"""Sheets off the disk as grids of texts: Excel workbooks, and the same tables saved as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.errors import BadInput, Breach, MissingExtra
from features.ledgers.mending import LOST_DIGITS
from features.ledgers.told import text_of

if TYPE_CHECKING:
    import python_calamine

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_EXACT = 2**53
"""From here on a float does not hold every whole number: an id number kept as one has lost digits."""
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its name for messages, its own name, and its rows of texts, all of one length."""

    label: str
    name: str
    rows: tuple[tuple[str, ...], ...]
    hidden: bool = False

    @classmethod
    def of(
        cls, label: str, names: Sequence[str], rows: Iterable[Sequence[Any]], unread: Sequence[str]
    ) -> Grid:
        """Return a table in the hand as a sheet: its columns, and the names of those that were not read."""
        texts = [["" if cell is None else _text(cell) for cell in row] for row in rows]
        return cls(label, "", _even([[*names, *unread], *texts]))


Source = Path | Grid
"""Where a ledger lies: a file, or a sheet in the hand."""


def read_grids(file: Source) -> list[Grid]:
    """Read every sheet of a file; a CSV is one sheet without a name, and a sheet in the hand is itself.

    Raises
    ------
    BadInput
        Where the file is locked by a password, is broken, or is no text in UTF-8 or GB 18030.
    MissingExtra
        Where a workbook is given and python-calamine is not installed.
    """
    if isinstance(file, Grid):
        return [file]
    return _workbook(file) if file.suffix.lower() in WORKBOOKS else [_csv(file)]


def decoded(content: bytes, encoding: str = "") -> str:
    """Return a text in the encoding named, else in UTF-8 with or without a mark, else in GB 18030.

    Raises
    ------
    UnicodeDecodeError, LookupError
        Where it is in none of them, or the encoding has no such name.
    """
    if encoding:
        return content.decode(encoding)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode(_ENCODINGS[0])
    except UnicodeDecodeError:
        return content.decode(_ENCODINGS[1])


def _csv(file: Path) -> Grid:
    try:
        text = decoded(file.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput([Breach(file.name, "", "no text in UTF-8 or GB 18030", 1)]) from error
    if "\0" in text:
        raise BadInput([Breach(file.name, "", "no text: is it a workbook under another name?", 1)])
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise BadInput([Breach(file.name, "", "no table of comma-separated values", 1)]) from error
    return Grid(file.name, "", _even([[cell.strip() for cell in row] for row in rows]))


def _workbook(file: Path) -> list[Grid]:
    try:
        import python_calamine
    except ImportError as error:
        raise MissingExtra("files", "python-calamine") from error
    try:
        with python_calamine.CalamineWorkbook.from_path(str(file)) as book:
            shown = python_calamine.SheetVisibleEnum.Visible
            sheets = [
                sheet
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            return [
                _grid(file, book.get_sheet_by_name(sheet.name), hidden=sheet.visible != shown)
                for sheet in sheets
            ]
    except python_calamine.PasswordError as error:
        raise BadInput([Breach(file.name, "", "locked by a password: save it without one", 1)]) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise BadInput([Breach(file.name, "", "no workbook that can be read", 1)]) from error


def _grid(file: Path, sheet: python_calamine.CalamineSheet, *, hidden: bool) -> Grid:
    """Return the sheet with merged cells filled downwards: what is merged is said of every row."""
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]
    return Grid(f"{file.name}[{sheet.name}]", sheet.name, _even(rows), hidden)


def _even(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    width = max((len(row) for row in rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def _text(cell: object) -> str:
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return LOST_DIGITS
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else text_of(cell)
