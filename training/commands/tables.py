"""Commands on contract tables: check, vectors, request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from features.errors import BadInput, Usage
from training.commands.door import AsJson, bar, day, print_json
from training.commands.quality import breaches_told, told_quality


def check(
    folder: Path,
    *,
    quality: Annotated[
        bool, typer.Option("--quality", help="Where nothing is breached: the data-quality report.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(help="Report what was known by this day; else all that is known.")
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option(help="HTML or .json file for the report; also several.")
    ] = None,
    listing: Annotated[
        Path | None, typer.Option("--list", help="CSV file for the ids of all records to act on.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every breach of the contract in a folder of tables; with --quality say how good the data is."""
    from features.files import list_breaches

    if quality:
        told_quality(folder, as_of, report or [], listing, as_json=as_json)
        return
    if as_of or report or listing:
        raise Usage("--as-of, --report and --list belong to --quality")
    breaches = list_breaches(folder)
    if as_json:
        print_json(breaches_told(breaches))
    elif not breaches:
        typer.echo("no breach of the contract")
    if breaches and as_json:
        raise SystemExit(1)
    if breaches:
        raise BadInput(breaches)


def vectors(
    folder: Path,
    *,
    as_of: Annotated[list[str], typer.Option(help="As-of day; may be given several times.")],
    out: Annotated[Path, typer.Option(help="Parquet file.")],
    features: Annotated[str | None, typer.Option(help="Feature ids, separated by commas.")] = None,
) -> None:
    """Write the vectors of every household on the as-of days."""
    from features.files import read_tables
    from features.vectors import build_vectors
    from training.frames import write_vectors

    days = [day(text) for text in as_of]
    chosen = features.split(",") if features else None
    tables = read_tables(folder)
    with bar(" vectors") as show:
        built = build_vectors(tables, days, features=chosen, progress=show)
    write_vectors(built, out)
    typer.echo(f"{len(built):,} rows of {len(built.features)} features")


def request(
    folder: Path,
    *,
    household: Annotated[
        str | None, typer.Option(help="Household id; else the first with the most facts.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="As-of day; else the last day anything became known.")
    ] = None,
) -> None:
    """Print one household's history as the body of a request to the service."""
    from features.files import read_tables
    from training.requests import request_of

    print_json(request_of(read_tables(folder), household, day(as_of) if as_of else None))
