"""Contract tables in and out of folders, a Parquet file a table."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from features.check import check, is_missing
from features.contract import Column, Table, Tables
from features.errors import BadInput, Breach, MissingExtra, Usage
from features.intake import Values, take
from features.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"

UNKNOWN = np.iinfo(np.int16).max
"""Position of a text that is on no code list; the intake refuses it."""


def read_tables(folder: str | Path) -> Tables:
    """Read and check the contract tables of a folder.

    Parameters
    ----------
    folder : path
        With ``incomes.parquet``, ``visits.parquet`` and so on; what is not there is empty.

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
    _arrow()
    target = Path(folder).resolve()
    _check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{uuid4().hex}.partial")
    try:
        fresh.mkdir()
        for name, facts in tables.items():
            _write_table(TABLES[name], facts, fresh / f"{name}{SUFFIX}")
        _replace(target, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _taken(folder: str | Path) -> tuple[Tables, list[Breach]]:
    raw, unreadable = _read(folder)
    tables, unfit = take(raw)
    return tables, unreadable + unfit + check(tables)


def _arrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("files", "pyarrow") from error
    return pa, pq


def _read(folder: str | Path) -> tuple[dict[str, dict[str, Values]], list[Breach]]:
    pa, pq = _arrow()
    place = Path(folder)
    if not place.is_dir():
        raise Usage(f"no folder {folder}")
    raw: dict[str, dict[str, Values]] = {}
    breaches: list[Breach] = []
    for file in sorted(place.iterdir()):
        if file.name.startswith(".") or file.is_dir():
            continue
        if file.suffix != SUFFIX:
            breaches.append(Breach(file.name, "", "no table of the contract", 1))
            continue
        try:
            table = pq.read_table(file, partitioning=None)
        except (OSError, pa.ArrowException):
            breaches.append(Breach(file.stem, "", "cannot be read as Parquet", 1))
            continue
        raw[file.stem] = _columns(TABLES.get(file.stem), table)
    if not raw and not breaches:
        raise Usage(f"no table in {folder}")
    return raw, breaches


def _columns(table: Table | None, arrow: pa.Table) -> dict[str, Values]:
    declared = {column.name: column for column in table.columns} if table else {}
    columns: dict[str, Values] = {}
    for name in arrow.column_names:
        values = arrow.column(name)
        columns[name] = _values(declared[name], values) if name in declared else np.zeros(len(values))
    return columns


def _values(column: Column, arrow: pa.ChunkedArray) -> Values:
    """Bring a column into the hand in bulk where its type fits; else value by value, for the intake."""
    import pyarrow as pa

    kind = arrow.type.value_type if pa.types.is_dictionary(arrow.type) else arrow.type
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    dated = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    counted = pa.types.is_floating(kind) or pa.types.is_integer(kind)
    values: Values
    match column.kind:
        case "id" if textual:
            values = _texts(arrow)
        case "code" if textual:
            values = _positions(column, arrow)
        case "flag" if pa.types.is_boolean(kind):
            values = arrow.cast(pa.int8()).fill_null(pa.scalar(-1, pa.int8())).to_numpy()
        case "date" if dated:
            values = arrow.cast(pa.date32(), safe=False).to_numpy().astype("datetime64[D]")
        case "money" | "number" | "count" if counted:
            values = arrow.cast(pa.float64(), safe=False).to_numpy()
        case _:
            values = arrow.to_pylist()
    return values


def _texts(arrow: pa.ChunkedArray) -> NDArray[np.str_]:
    same = _of_one_width(arrow)
    if same is not None:
        return same
    values, position = _encoded(arrow)
    texts = np.array(["", *values], dtype=np.str_)
    taken: NDArray[np.str_] = texts[position + 1]
    return taken


def _positions(column: Column, arrow: pa.ChunkedArray) -> NDArray[np.int16]:
    values, position = _encoded(arrow)
    known = {code.id: place for place, code in enumerate(column.codes)} | {"": -1}
    places = np.array([-1, *(known.get(value, UNKNOWN) for value in values)], dtype=np.int16)
    taken: NDArray[np.int16] = places[position + 1]
    return taken


def _of_one_width(arrow: pa.ChunkedArray) -> NDArray[np.str_] | None:
    """Return texts of one length in ASCII, as record ids are, in one move; None where they are not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if arrow.null_count or not len(arrow) or pa.types.is_dictionary(arrow.type):
        return None
    width = pc.min_max(pc.binary_length(arrow))
    if not 0 < width["min"].as_py() == width["max"].as_py():
        return None
    one = pa.concat_arrays(arrow.cast(pa.binary()).cast(pa.binary(width["max"].as_py())).chunks)
    try:
        return np.frombuffer(one.buffers()[1], dtype=f"S{one.type.byte_width}").astype(np.str_)
    except UnicodeDecodeError:
        return None


def _encoded(arrow: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct texts of a column and the position of each row's own, -1 for null."""
    import pyarrow as pa

    one = (
        pa.concat_arrays(arrow.unify_dictionaries().chunks) if arrow.num_chunks else pa.array([], arrow.type)
    )
    if not pa.types.is_dictionary(one.type):
        one = one.dictionary_encode()
    position = one.indices.cast(pa.int64()).fill_null(-1).to_numpy()
    return [value or "" for value in one.dictionary.to_pylist()], position


def _check_replaceable(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise Usage(f"{target.name} is a file, not a folder")
    ours = {f"{name}{SUFFIX}" for name in TABLES}
    others = sorted(one.name for one in target.iterdir() if one.name not in ours)
    if others:
        raise Usage(f"the folder {target.name} holds more than contract tables: {', '.join(others[:5])}")


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


def _write_table(table: Table, facts: Mapping[str, NDArray[Any]], file: Path) -> None:
    pa, pq = _arrow()
    columns = {column.name: _to_arrow(pa, column, facts[column.name]) for column in table.columns}
    pq.write_table(pa.table(columns), file, compression="zstd")


def _to_arrow(pa: ModuleType, column: Column, values: NDArray[Any]) -> pa.Array:
    gaps = is_missing(column, values)
    match column.kind:
        case "id":
            return pa.array(values, type=pa.string(), mask=gaps)
        case "code":
            position = pa.array(values, mask=gaps)
            return pa.DictionaryArray.from_arrays(position, pa.array([code.id for code in column.codes]))
        case "flag":
            return pa.array(values == 1, mask=gaps)
        case "date":
            return pa.array(values.astype("datetime64[D]"), type=pa.date32(), mask=gaps)
        case _:
            return pa.array(values, type=pa.float64(), mask=gaps)
