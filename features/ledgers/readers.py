"""Ledgers off the disk, a small reader for each format; only the columns that a mapping names."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput, Breach, MissingExtra, Usage
from features.ledgers.cleaning import cleaned
from features.ledgers.grids import Source, decoded
from features.ledgers.mapping import LedgerMapping
from features.ledgers.pseudonyms import pseudonymised, require_key
from features.ledgers.sheets import read_sheets
from features.ledgers.source import Given, Ledger

if TYPE_CHECKING:
    import pyarrow as pa

Named = dict[str, Given]


def read_ledger(
    files: Sequence[Source],
    mapping: LedgerMapping,
    *,
    told_on: np.datetime64 | None = None,
    key: bytes | None = None,
) -> Ledger:
    """Read the rows of a ledger, one file's after another's; numbers and names are pseudonyms already.

    Parameters
    ----------
    files : sequence of path or Grid
    mapping : LedgerMapping
    told_on : datetime64[D], optional
        The day on which the files became known.
    key : bytes, optional
        The key of the pseudonyms.

    Raises
    ------
    Usage
        Where files are given to a ledger that lies in a package, or none to another, or where the
        mapping makes pseudonyms and there is no key.
    BadInput
        Where a file cannot be read, lacks columns that the mapping needs, or holds broken writing.
    MissingExtra
        Where the format needs an extra that is not installed.
    """
    source = mapping.source
    if (source.format == "package") == bool(files):
        raise Usage(f"the mapping {mapping.name} reads {'its own package' if files else 'a file: name one'}")
    require_key(mapping, key)
    if source.format == "excel":
        ledger = cleaned(read_sheets(files, mapping, told_on), mapping)
    else:
        paths = [file for file in files if isinstance(file, Path)]
        if len(paths) < len(files):
            raise Usage(
                f"the mapping {mapping.name} reads {source.format}: a table needs one of sheets (excel)"
            )
        ledger = _read_pieces(paths, mapping)
    return pseudonymised(ledger.having(mapping.missing), mapping, key)


def _read_pieces(files: Sequence[Path], mapping: LedgerMapping) -> Ledger:
    """Read files that are tables from their first line to their last, with every column named."""
    reader, wanted = _READERS[mapping.source.format], mapping.in_the_file()
    parts = [reader(file, mapping.source.options, wanted) for file in files or [Path(mapping.name)]]
    breaches = [
        Breach(file.name, name, "no such column in the file, though the mapping names it", 1)
        for file, part in zip(files or [Path(mapping.name)], parts, strict=True)
        for name in wanted
        if name not in part
    ]
    if breaches:
        raise BadInput(breaches)
    columns = {name: _joined([part[name] for part in parts]) for name in wanted}
    return Ledger(columns, next(iter(columns.values())).missing.size)


def _joined(parts: Sequence[Given]) -> Given:
    if len(parts) == 1:
        return parts[0]
    values = [part.values for part in parts]
    if len({one.dtype.kind for one in values}) > 1:
        values = [np.array(part.texts, dtype=np.str_)[part.distinct[1]] for part in parts]
    return Given(np.concatenate(values), np.concatenate([part.missing for part in parts]))


def _read_parquet(file: Path, options: Mapping[str, str], wanted: Sequence[str]) -> Named:
    del options
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("files", "pyarrow") from error
    try:
        with pq.ParquetFile(file) as parquet:
            names = [name for name in parquet.schema_arrow.names if name in wanted]
            table = parquet.read(columns=names)
    except (OSError, pa.ArrowException) as error:
        raise BadInput([Breach(file.name, "", "no file that can be read as Parquet", 1)]) from error
    return {name: _from_arrow(file, name, table.column(name)) for name in names}


def _from_arrow(file: Path, name: str, column: pa.ChunkedArray) -> Given:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    gaps: NDArray[np.bool_] = column.is_null(nan_is_null=True).to_numpy()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _given_texts([value or "" for value in column.to_pylist()])
    if pa.types.is_temporal(kind):
        days = column.cast(pa.date32(), safe=False).to_numpy().astype("datetime64[D]")
        return Given(days, np.isnat(days))
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise BadInput([Breach(file.name, name, "a type that no cell can be read from", 1)])
    if not pa.types.is_floating(column.type):
        column = column.fill_null(pa.scalar(0).cast(column.type))
    return Given(np.asarray(column.to_numpy()), gaps)


def _read_csv(file: Path, options: Mapping[str, str], wanted: Sequence[str]) -> Named:
    try:
        text = decoded(file.read_bytes(), options.get("encoding", ""))
    except (OSError, UnicodeDecodeError, LookupError) as error:
        raise BadInput(
            [Breach(file.name, "", "no file that can be read as text in its encoding", 1)]
        ) from error
    return _csv_columns(file.name, text, options, wanted)


def _csv_columns(name: str, text: str, options: Mapping[str, str], wanted: Sequence[str]) -> Named:
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=options.get("delimiter", ",")))
    lines = [line for line in lines if line]
    header, rows = (lines[0], lines[1:]) if lines else ([], [])
    uneven = [row for row, line in enumerate(rows) if len(line) != len(header)]
    if uneven:
        rule = "another number of fields than the header"
        raise BadInput([Breach(name, "", rule, len(uneven), tuple(uneven[:5]))])
    columns: Iterable[Sequence[str]] = zip(*rows, strict=True) if rows else [[] for _ in header]
    return {
        title: _given_texts(values) for title, values in zip(header, columns, strict=True) if title in wanted
    }


def _given_texts(values: Sequence[str]) -> Given:
    texts = np.char.strip(np.array(values, dtype=np.str_)) if values else np.array([], dtype="<U1")
    return Given(texts, texts == "")


def _read_package(file: Path, options: Mapping[str, str], wanted: Sequence[str]) -> Named:
    """Read a CSV out of an archive inside an installed package, without importing the package."""
    del file
    package, member = options["package"], options["member"]
    try:
        installed = metadata.files(package) or []
    except metadata.PackageNotFoundError as error:
        raise MissingExtra("panels", package) from error
    archive = next((one for one in installed if one.name == options["archive"]), None)
    place = "" if archive is None else str(archive.locate())
    try:
        with tarfile.open(place) as tar:
            found = tar.extractfile(member)
            text = found.read().decode(options.get("encoding", "utf-8-sig")) if found else ""
    except (OSError, KeyError, tarfile.TarError, UnicodeDecodeError) as error:
        raise BadInput([Breach(package, "", f"has no {member} in {options['archive']}", 1)]) from error
    return _csv_columns(Path(member).name, text, options, wanted)


_READERS: Mapping[str, Callable[[Path, Mapping[str, str], Sequence[str]], Named]] = {
    "parquet": _read_parquet,
    "csv": _read_csv,
    "package": _read_package,
}
