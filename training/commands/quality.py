"""The data-quality report of ``check --quality``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from features.errors import BadInput, Breach
from training.commands.door import day, print_json, told_steps

if TYPE_CHECKING:
    from training.quality.report import Quality


def told_quality(
    folder: Path, as_of: str | None, reports: list[Path], listing: Path | None, *, as_json: bool
) -> None:
    """Judge the data of a folder of tables, print it, and write the files asked for.

    Where the contract is breached nothing is judged, and the breaches are told instead.
    """
    from features.files import read_tables
    from training.quality.report import quality
    from training.quality.writing import check_places, write_list, write_quality

    check_places(reports, listing)
    on, told = day(as_of) if as_of else None, told_steps()
    try:
        tables = read_tables(folder)
    except BadInput as broken:
        if not as_json:
            raise
        print_json({"breaches": breaches_told(broken.breaches), "quality": None})
        raise SystemExit(1) from None
    told("tables read and checked")
    report = quality(tables, on, told)
    for out in reports:
        write_quality(report, out)
    if listing is not None:
        told(f"{write_list(report, listing):,} records listed")
    if as_json:
        print_json({"breaches": [], "quality": report.as_dict()})
    else:
        typer.echo(as_text(report))


def breaches_told(breaches: Iterable[Breach]) -> list[dict[str, str | int]]:
    """Return breaches by name, ready for JSON."""
    return [{"table": b.table, "column": b.column, "rule": b.rule, "count": b.count} for b in breaches]


def as_text(report: Quality) -> str:
    """Return the report as a short table."""
    from training.measures.printed import aligned
    from training.quality.words import percent

    rows = [["finding", "at fault", "of", "value", "95 % interval", "households", "state"]]
    for each in report.findings:
        total = each.total
        if each.about.measure == "ratio":
            shown = [
                "-" if value is None else f"{value:.2f}" for value in (total.value, total.low, total.high)
            ]
        else:
            shown = [
                "-" if value is None else percent(value) for value in (total.value, total.low, total.high)
            ]
        span = "-" if total.low is None else f"{shown[1]} to {shown[2]}"
        counts = [f"{total.count:,}", f"{total.of:,}", shown[0], span, f"{total.households:,}"]
        rows.append([each.about.id, *counts, str(each.state)])
    first = [f"{place}. {each.about.en}" for place, each in enumerate(report.first, start=1)]
    head = f"no breach of the contract; {report.households:,} households as of {report.as_of}"
    return "\n".join([head, "", *aligned(rows), "", "first:", *(first or ["nothing to do"])])
