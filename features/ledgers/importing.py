"""One import from files to a folder of contract tables: what it makes, what it changes, what it doubts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from features.check import check_across, check_each
from features.contract import Tables
from features.errors import BadInput, Breach, Usage
from features.files import not_tables, read_tables, write_tables
from features.ledgers.convert import convert
from features.ledgers.grammar import read_mapping
from features.ledgers.grids import Source
from features.ledgers.mapping import Known, LedgerMapping
from features.ledgers.matching import SetAside, matched
from features.ledgers.merging import Change, out_of_turn, put_to
from features.ledgers.readers import read_ledger
from features.ledgers.source import Notes


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
    changes : dict of table to Change
        What of them is new, corrects, or was known already.
    set_aside : tuple of SetAside
        Rows whose household is not known.
    known_on : str
        Where ``known_on`` comes from.
    assumed : tuple of str
        What was taken for granted.
    notes : Notes
        Columns that were not read or not there, and what was mended or doubted.
    breaches : tuple of Breach
        Why nothing can be written, where something is wrong.
    """

    mapping: str
    mapping_sha256: str
    title: str
    cite: str
    ledger_rows: int
    rows: dict[str, int]
    changes: dict[str, Change]
    set_aside: tuple[SetAside, ...]
    known_on: str
    assumed: tuple[str, ...]
    notes: Notes
    breaches: tuple[Breach, ...] = ()


@dataclass
class _Course:
    """What has come together while the files of one import are read."""

    tables: Tables
    ledger_rows: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    notes: list[Notes] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)

    def take(
        self,
        files: Sequence[Source],
        mapping: LedgerMapping,
        told_on: np.datetime64 | None,
        key: bytes | None,
    ) -> None:
        """Read some files as one ledger and put what it says to the tables."""
        ledger = read_ledger(files, mapping, told_on=told_on, key=key)
        self.ledger_rows += ledger.rows
        ledger, aside = matched(ledger, mapping, self.tables)
        told = convert(ledger, mapping, told_on)
        if out_of_turn(self.tables, told, told_on):
            ledger = ledger.saying(_LATE)
        self.breaches += told.breaches
        self.set_aside += aside
        self.notes.append(ledger.notes)
        self.tables, changes = put_to(self.tables, told, told_on)
        for name, change in changes.items():
            self.changes[name] = self.changes.get(name, Change()) + change
            self.rows[name] = self.rows.get(name, 0) + told.tables[name]["record_id"].size


_LATE = (
    "the folder holds a later file of this ledger: import files in the order of their days, or all at once, "
    "so that no change is lost between them"
)


def import_ledger(
    files: Sequence[str | Source],
    mapping: str | Path,
    out: str | Path,
    known_on: date | Sequence[date] | None = None,
    *,
    key: bytes | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Put a ledger into a folder of contract tables; the folder is written as a whole or not at all.

    Parameters
    ----------
    files : sequence of path or Grid
        The ledger's files, or tables in the hand; none where it lies in an installed package.
    mapping : str or path
        A mapping of the house by name, or a TOML file.
    out : path
        The folder. What it holds is added to: a record told again is nothing new, one told otherwise
        is corrected. Rows whose household is not known are listed beside it, by sheet and line.
    known_on : date or sequence of date, optional
        The day on which the files became known, or a day for each: a sequence of snapshots. Asked
        for by mappings that have no dates of their own, and right for a corrected ledger.
    key : bytes, optional
        The key of the pseudonyms, asked for by mappings that make any.
    dry_run : bool
        Whether to look only: nothing is written, and breaches are part of the summary.

    Raises
    ------
    BadInput
        With every fault of the mapping, or of the ledger.
    Usage
        Where the folder holds anything but contract tables, or the days are not one or one a file.
    """
    others = not_tables(out)
    if others:
        raise Usage(f"the folder {Path(out).name} holds more than contract tables: {', '.join(others[:5])}")
    held = Path(out).exists() and any(Path(out).iterdir())
    tables, summary = _imported(files, mapping, known_on, key, read_tables(out) if held else {})
    if dry_run:
        return summary
    if summary.breaches:
        raise BadInput(summary.breaches)
    write_tables(tables, out)
    _list_set_aside(summary, Path(out))
    return summary


def tables_from(
    files: Sequence[str | Source],
    mapping: str | Path,
    known_on: date | Sequence[date] | None = None,
    *,
    key: bytes | None = None,
) -> tuple[Tables, ImportSummary]:
    """Turn a ledger into checked contract tables in the hand; parameters as for ``import_ledger``."""
    tables, summary = _imported(files, mapping, known_on, key, {})
    if summary.breaches:
        raise BadInput(summary.breaches)
    return tables, summary


def set_aside_file(out: Path, mapping: str) -> Path:
    """Return where the rows are listed whose household is not known: beside the folder."""
    return out.resolve().with_name(f"{out.resolve().name}.{mapping}.set-aside.csv")


def _imported(
    files: Sequence[str | Source],
    mapping: str | Path,
    known_on: date | Sequence[date] | None,
    key: bytes | None,
    before: Tables,
) -> tuple[Tables, ImportSummary]:
    read, course = read_mapping(mapping), _Course(before)
    days = [known_on] if isinstance(known_on, date) else list(known_on or ())
    for told_on, group in _in_order([Path(file) if isinstance(file, str) else file for file in files], days):
        try:
            course.take(group, read, told_on, key)
        except BadInput as error:
            course.breaches += error.breaches
    course.breaches += check_across(course.tables) if course.rows else []
    if not course.breaches:
        course.breaches += check_each(course.tables)
    return course.tables, _summary(read, course, days)


def _in_order(
    files: Sequence[Source], days: Sequence[date]
) -> list[tuple[np.datetime64 | None, Sequence[Source]]]:
    """Return the files that are one ledger together: all of them, or each of a sequence of snapshots."""
    if len(days) <= 1:
        return [(np.datetime64(days[0], "D") if days else None, files)]
    if len(days) != len(files):
        raise Usage(
            f"{len(days)} days for {len(files)} files: give --known-on once for all, or once for each"
        )
    if len(set(days)) < len(days):
        raise Usage("two files of one day: which of them corrects the other?")
    pairs = sorted(zip(days, files, strict=True), key=lambda pair: pair[0])
    return [(np.datetime64(day, "D"), [file]) for day, file in pairs]


def _summary(mapping: LedgerMapping, course: _Course, days: Sequence[date]) -> ImportSummary:
    return ImportSummary(
        mapping=mapping.name,
        mapping_sha256=mapping.sha256,
        title=mapping.title,
        cite=mapping.cite,
        ledger_rows=course.ledger_rows,
        rows=course.rows,
        changes=course.changes,
        set_aside=tuple(course.set_aside),
        known_on=_known_on(mapping, days),
        assumed=mapping.assumptions,
        notes=_together(course.notes),
        breaches=tuple(course.breaches),
    )


def _together(notes: Sequence[Notes]) -> Notes:
    """Return the notes on all files as one; a column counts as absent that no file has."""
    absent = notes[0].absent if notes else ()
    return Notes(
        unmapped=tuple(dict.fromkeys(name for one in notes for name in one.unmapped)),
        dropped=tuple(dict.fromkeys(name for one in notes for name in one.dropped)),
        absent=tuple(name for name in absent if all(name in one.absent for one in notes)),
        sentences=tuple(dict.fromkeys(sentence for one in notes for sentence in one.sentences)),
    )


def _list_set_aside(summary: ImportSummary, out: Path) -> None:
    """List beside the folder the rows that were set aside, or take an earlier list away."""
    file = set_aside_file(out, summary.mapping)
    if not summary.set_aside:
        file.unlink(missing_ok=True)
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("sheet", "line", "rule"))
    writer.writerows((one.sheet, one.line, one.rule) for one in summary.set_aside)
    file.write_text(text.getvalue(), encoding="utf-8-sig")


def _known_on(mapping: LedgerMapping, days: Sequence[date]) -> str:
    own = [
        f"{block.table.name}: {_told(mapping, block.known)}"
        for block in mapping.blocks
        if block.known is not None
    ]
    whole = (
        f"the day of the file, {', '.join(day.isoformat() for day in sorted(days))}"
        if days
        else _told(mapping, mapping.known)
    )
    return "; ".join(dict.fromkeys([whole, *own]))


def _told(mapping: LedgerMapping, known: Known) -> str:
    if not known.rule:
        return "the day of the file"
    rule, steps = mapping.dates[known.rule], 0
    while rule.after:
        steps += rule.months
        rule = mapping.dates[rule.after]
    day = rule.column if rule.unit == "day" else f"{rule.day} day of the {rule.unit} in {rule.column}"
    later = f" + {steps} month{'s' if steps != 1 else ''}" if steps else ""
    told = f"{day}{later}, {'assumed' if known.assumed else 'recorded'}"
    return told + (
        f", else {_told(mapping, Known(known.otherwise, assumed=True))}" if known.otherwise else ""
    )
