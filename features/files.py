"""Contract tables in and out of folders: a Parquet file a table, or a folder of Parquet parts a table."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from features.arrow import from_arrow, joined, open_table, read_parquet, require_arrow, to_arrow
from features.check import check
from features.contract import Tables
from features.errors import BadInput, Breach, Usage
from features.intake import Values, take
from features.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"


def read_tables(folder: str | Path) -> Tables:
    """Read and check the contract tables of a folder.

    Parameters
    ----------
    folder : path
        With ``incomes.parquet``, ``visits.parquet`` and so on; what is not there is empty. A table
        may also be a folder of its own, ``incomes/``, with parts such as ``00007-C01T07.parquet``,
        whose rows follow each other in the order of the parts' names. Other folders are passed over.

    Returns
    -------
    Tables
        Tables that can be trusted.

    Raises
    ------
    BadInput
        With every breach of the contract in any of the files.
    Usage
        Where the folder does not exist or holds no table.
    MissingExtra
        Where pyarrow is not installed.
    """
    tables, breaches = _taken(folder)
    if breaches:
        raise BadInput(breaches)
    return tables


def list_breaches(folder: str | Path) -> list[Breach]:
    """List every breach of the contract in a folder, unknown and unreadable files included."""
    return _taken(folder)[1]


def read_raw(folder: str | Path) -> dict[str, dict[str, Values]]:
    """Read the files of a folder as they are, for ``features.intake.take``.

    A file that is no table of the contract is there too, by its name, so that it is refused.

    Raises
    ------
    BadInput
        Where a file cannot be read at all.
    """
    raw, breaches = _read(folder)
    if breaches:
        raise BadInput(breaches)
    return raw


def write_tables(tables: Tables, folder: str | Path) -> None:
    """Write tables to a folder, a Parquet file a table; the folder appears as a whole or not at all.

    Codes are written by their ids, flags as booleans, dates as days, missing values as null.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    folder : path
        New, empty, or with contract tables, which are all replaced.

    Raises
    ------
    Usage
        Where the folder holds anything else.
    MissingExtra
        Where pyarrow is not installed.
    """
    require_arrow()
    others = not_tables(folder)
    if others:
        raise Usage(
            f"the folder {Path(folder).name} holds more than contract tables: {', '.join(others[:5])}"
        )
    with fresh_folder(folder) as fresh:
        for name, facts in tables.items():
            with open_table(TABLES[name], fresh / f"{name}{SUFFIX}") as file:
                file.write_table(to_arrow(TABLES[name], facts))


def not_tables(folder: str | Path) -> list[str]:
    """List what a folder holds beside contract tables; nothing where there is no folder yet.

    Raises
    ------
    Usage
        Where it is a file.
    """
    place = Path(folder)
    if not place.exists():
        return []
    if not place.is_dir():
        raise Usage(f"{place.name} is a file, not a folder")
    return sorted(entry.name for entry in place.iterdir() if not _is_table(entry))


@contextmanager
def fresh_folder(folder: str | Path) -> Iterator[Path]:
    """Give an empty folder to write in, which takes the place of ``folder`` in the end.

    Where the writing fails, it is gone, and what was at ``folder`` is still there.
    """
    target = Path(folder).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{uuid4().hex}.partial")
    try:
        fresh.mkdir()
        yield fresh
        _replace(target, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_table(entry: Path) -> bool:
    if entry.is_dir():
        return entry.name in TABLES and all(_is_parquet(part) for part in entry.iterdir())
    return _is_parquet(entry) and entry.stem in TABLES


def _is_parquet(file: Path) -> bool:
    return file.suffix == SUFFIX and file.is_file()


def _taken(folder: str | Path) -> tuple[Tables, list[Breach]]:
    raw, unreadable = _read(folder)
    tables, unfit = take(raw)
    return tables, unreadable + unfit + check(tables)


def _read(folder: str | Path) -> tuple[dict[str, dict[str, Values]], list[Breach]]:
    require_arrow()
    place = Path(folder)
    if not place.is_dir():
        raise Usage(f"no folder {folder}")
    found, breaches = _found(place)
    raw: dict[str, dict[str, Values]] = {}
    for name, files in found.items():
        whole = _whole(name, files, breaches)
        if whole is not None:
            raw[name] = from_arrow(TABLES.get(name), whole)
    if not raw and not breaches:
        raise Usage(f"no table in {folder}")
    return raw, breaches


def _found(place: Path) -> tuple[dict[str, list[Path]], list[Breach]]:
    """Return the files of each table, in order, and what is no table."""
    found: dict[str, list[Path]] = {}
    breaches: list[Breach] = []
    for entry in _shown(place):
        name = entry.name if entry.is_dir() else entry.stem
        if entry.is_dir() and name not in TABLES:
            continue
        files = _shown(entry) if entry.is_dir() else [entry]
        strange = [file for file in files if not _is_parquet(file)]
        breaches += [
            Breach(str(file.relative_to(place)), "", "no table of the contract", 1) for file in strange
        ]
        if name in found:
            breaches.append(Breach(name, "", "told by a file and by a folder", 1))
        elif len(files) > len(strange):
            found[name] = [file for file in files if file not in strange]
    return found, breaches


def _shown(place: Path) -> list[Path]:
    return sorted(entry for entry in place.iterdir() if not entry.name.startswith("."))


def _whole(name: str, files: list[Path], breaches: list[Breach]) -> pa.Table | None:
    """Return the table of one file or several, None where there is none; notes what cannot be read."""
    read = [(file, read_parquet(file)) for file in files]
    for file, table in read:
        if table is None:
            told = name if len(files) == 1 else f"{name}/{file.stem}"
            breaches.append(Breach(told, "", "cannot be read as Parquet", 1))
    parts = [table for _, table in read if table is not None]
    if not parts:
        return None
    whole = joined(parts)
    if whole is None:
        breaches.append(Breach(name, "", "parts whose columns are not of one type", len(parts)))
    return whole


def _replace(target: Path, fresh: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    old = target.with_name(f".{target.name}.{uuid4().hex}.old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)
