"""The command on ledgers: a look, a draft of a mapping, or contract tables."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import BadInput, Usage
from training.commands.door import AsJson, print_json

if TYPE_CHECKING:
    from features.ledgers import ImportSummary


def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files of the ledger, or a database's table: sqlite:///ledger.db?table=NAME."),
    ] = None,
    *,
    mapping: Annotated[
        str | None, typer.Option(help="A shipped mapping (docs/mappings.md lists them) or a TOML file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the contract tables; with --draft the TOML file.")
    ] = None,
    known_on: Annotated[
        list[datetime] | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Day the files became known; once for all, or once for each file."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be made; write nothing.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Write a mapping for these files, with every unmapped column.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a ledger into a folder of contract tables; nothing is written where anything breaks a rule."""
    from features.ledgers import import_ledger
    from training.settings import pseudonym_key
    from training.sources import source_of

    if draft:
        _draft([Path(file) for file in files or ()], mapping, out)
        return
    if mapping is None or out is None:
        raise Usage("import needs --mapping and --out")
    days = [day.date() for day in known_on or ()]
    sources = [source_of(file, mapping) for file in files or ()]
    summary = import_ledger(sources, mapping, out, days, key=pseudonym_key(), dry_run=dry_run)
    if as_json:
        print_json(asdict(summary))
    else:
        _tell(summary, out, dry_run=dry_run)
    if summary.breaches and as_json:
        raise SystemExit(1)
    if summary.breaches:
        raise BadInput(summary.breaches)


def _draft(files: list[Path], mapping: str | None, out: Path | None) -> None:
    from features.ledgers import draft_mapping

    text = draft_mapping(files, mapping)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise Usage(f"{out.name} is there already")
    out.write_text(text, encoding="utf-8")


def _tell(summary: ImportSummary, out: Path, *, dry_run: bool) -> None:
    typer.echo(f"{summary.title}: {summary.ledger_rows:,} rows read{', nothing written' if dry_run else ''}")
    for table, rows in summary.rows.items():
        change = summary.changes[table]
        told = (("new", change.new), ("corrected", change.corrected), ("known already", change.same))
        parts = [f"{count:,} {word}" for word, count in told if count]
        typer.echo(f"  {table:14} {rows:>10,}  {', '.join(parts)}".rstrip())
    typer.echo(f"known_on: {summary.known_on}")
    for table, change in summary.changes.items():
        if change.assumed:
            typer.echo(f"  {table:14} {change.assumed:>10,}  of them assumed")
    _tell_notes(summary)
    if summary.set_aside:
        _tell_set_aside(summary, out, dry_run=dry_run)
    for sentence in summary.assumed:
        typer.echo(f"assumed: {sentence}")


def _tell_notes(summary: ImportSummary) -> None:
    notes = summary.notes
    lists = (
        ("not mapped, not read", notes.unmapped),
        ("dropped, not read", notes.dropped),
        ("not in the file, left missing", notes.absent),
    )
    for title, names in lists:
        if names:
            typer.echo(f"{title}: {', '.join(names)}")
    for sentence in notes.sentences:
        typer.echo(f"note: {sentence}")


def _tell_set_aside(summary: ImportSummary, out: Path, *, dry_run: bool) -> None:
    from features.ledgers import set_aside_file

    listed = "" if dry_run else f", listed in {set_aside_file(out, summary.mapping).name}"
    typer.echo(f"set aside: {len(summary.set_aside):,} rows whose household is not in the folder{listed}")
