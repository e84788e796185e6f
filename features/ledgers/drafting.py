"""A mapping to begin with for a ledger of one's own: the nearest of the house's, and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from features.errors import BadInput, Breach, Usage
from features.ledgers.grammar import COUNTY, read_mapping, shipped_file
from features.ledgers.headers import Headers
from features.ledgers.mapping import LedgerMapping
from features.ledgers.sheets import headers_of, needed


def draft_mapping(files: Sequence[str | Path], mapping: str | Path | None = None) -> str:
    """Return the text of a mapping for some files, with every column listed that it does not name.

    Parameters
    ----------
    files : sequence of path
        Workbooks, or tables saved as CSV. Only their headers are looked at.
    mapping : str or path, optional
        What to begin with; the county mapping that knows the most of the headers otherwise.

    Raises
    ------
    BadInput
        Where a file cannot be read, or no mapping knows any of its headers.
    Usage
        Where no file is given, or the mapping is none of sheets.
    """
    if not files:
        raise Usage("a draft needs a file to look at")
    paths = [Path(file) for file in files]
    tried = [(name, read_mapping(name)) for name in ((mapping,) if mapping else COUNTY)]
    if any(read.source.format != "excel" for _, read in tried):
        raise Usage("a draft begins with a mapping of sheets, not of a survey's file")
    found = [(name, read, _told(headers_of(paths, read))) for name, read in tried]
    name, read, headers = max(found, key=lambda one: sum(sheet.found for sheet in one[2]))
    if not headers:
        raise BadInput([Breach(paths[0].name, "", "no line has any header that a mapping knows", 1)])
    file = shipped_file(str(name)) if str(name) in COUNTY else Path(name)
    return "\n".join((_remarks(paths, read, headers), file.read_text(encoding="utf-8")))


def _told(headers: Sequence[Headers]) -> list[Headers]:
    """Return what is surely headers: a single known word may stand in any row, beside a name."""
    most = max((sheet.found for sheet in headers), default=0)
    return [sheet for sheet in headers if sheet.found > 1 and sheet.found * 2 >= most]


def _remarks(files: Sequence[Path], mapping: LedgerMapping, headers: Sequence[Headers]) -> str:
    """Say in comments which columns were found, which are lacking, and which nothing reads."""
    all_headers = [header for sheet in headers for header in sheet.headers if header.text]
    found = {header.name: header.text for header in all_headers if header.name}
    lacking = [name for name in needed(mapping, None) if name not in found and name != mapping.source.year]
    others = [name for name in mapping.in_the_file() if name not in found and name not in lacking]
    dropped = dict.fromkeys(header.text for header in all_headers if header.dropped)
    unmapped = dict.fromkeys(header.text for header in all_headers if not header.name and not header.dropped)
    lines = [f"Draft for {', '.join(file.name for file in files)}, from the mapping {mapping.name}."]
    lines += _listed(
        "Found", [name if name == text else f"{name} (as {text})" for name, text in found.items()]
    )
    lines += _listed("NEEDED and not found: say under [headers] how the file calls it", lacking)
    lines += _listed("Not found, left missing", others)
    lines += _listed("Dropped, never read", dropped)
    lines += _listed(
        "Not mapped, not read: name one under [headers] or in a cell to take it in, or in `dropped`", unmapped
    )
    return "".join(f"# {line}\n" for line in lines)


def _listed(title: str, names: Sequence[str] | dict[str, None]) -> list[str]:
    return [f"{title}:", *(f"    {name}" for name in names)] if names else []
