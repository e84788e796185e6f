"""The report as files: a page, JSON, and the list of all records to act on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from features.errors import Usage
from training.quality.page import page
from training.quality.report import Quality

ENDINGS = (".html", ".json")
HEAD = ("finding", "问题", "township", "table", "record_id", "household_id", "谁", "做什么")


def check_places(reports: Sequence[Path], listing: Path | None) -> None:
    """Refuse names of reports that end in nothing known, and folders that are not there, all at once.

    Raises
    ------
    Usage
    """
    strange = sorted(each.name for each in reports if each.suffix not in ENDINGS)
    faults = [f"a report ends in {' or '.join(ENDINGS)}, not as {', '.join(strange)}"] if strange else []
    files = [*reports, *([listing] if listing else [])]
    homeless = sorted({str(each.parent) for each in files if not each.parent.is_dir()})
    faults += [f"no folder {', '.join(homeless)} for the report"] if homeless else []
    if faults:
        raise Usage("; ".join(faults))


def write_quality(report: Quality, out: Path) -> None:
    """Write the report as a page or as JSON, as its name ends; whole or not at all."""
    if out.suffix == ".json":
        _write(out, json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        _write(out, page(report))


def write_list(report: Quality, out: Path) -> int:
    """Write every record to act on as CSV that spreadsheets open in Chinese; return how many there are."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEAD)
    written = 0
    for finding in report.findings:
        about = finding.about
        for each in finding.listed:
            for where, record, household in zip(
                each.township, each.record_id, each.household_id, strict=True
            ):
                rows.writerow(
                    (about.id, about.zh, where, each.table, record, household, about.who, about.what)
                )
            written += each.record_id.size
    _write(out, "\ufeff" + text.getvalue())
    return written


def _write(out: Path, text: str) -> None:
    half = out.with_name(f".{out.name}.half")
    half.write_text(text, "utf-8", newline="")
    half.replace(out)
