"""One table of the contract in Arrow's form and in Parquet, and back into the hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.contract import Column, Table
from features.errors import MissingExtra
from features.intake import Values, gaps

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

UNKNOWN = np.iinfo(np.int16).max
"""Position of a text that is on no code list; the intake refuses it."""

DISTINCT = ("record_id",)
"""Columns that hardly ever say the same twice; a dictionary would only swell the file."""

SHORT = 64
"""How many bytes a text may have to be moved in bulk; one long one would blow up all the others."""

FIRST_OUTSIDE_ASCII = 128
"""Bytes below are letters by themselves, with the same number in Unicode."""


def require_arrow() -> tuple[ModuleType, ModuleType]:
    """Return pyarrow and its Parquet module; ``MissingExtra`` where they are not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("files", "pyarrow") from error
    return pa, pq


def to_arrow(table: Table, facts: Mapping[str, NDArray[Any]]) -> pa.Table:
    """Return a table in the hand in Arrow's form: codes by their ids, flags true or false, gaps null."""
    pa, _ = require_arrow()
    columns = [_to_arrow(pa, column, facts[column.name]) for column in table.columns]
    return pa.table(columns, schema=_schema(pa, table))


def open_table(table: Table, file: Path) -> pq.ParquetWriter:
    """Open a Parquet file for a table of the contract; each writing becomes row groups of its own."""
    pa, _ = require_arrow()
    return open_parquet(_schema(pa, table), file)


def open_parquet(schema: pa.Schema, file: Path) -> pq.ParquetWriter:
    """Open a Parquet file in the form in which the house writes them all."""
    _, pq = require_arrow()
    repeated = [name for name in schema.names if name not in DISTINCT]
    return pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=repeated)


def read_parquet(file: Path) -> pa.Table | None:
    """Return what a Parquet file holds; None where it cannot be read."""
    pa, pq = require_arrow()
    try:
        return pq.read_table(file, partitioning=None)
    except (OSError, pa.ArrowException):
        return None


def joined(parts: Sequence[pa.Table]) -> pa.Table | None:
    """Return parts of a table as one, without a copy; None where their columns are of types that differ."""
    pa, _ = require_arrow()
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException:
        return None


def from_arrow(table: Table | None, arrow: pa.Table) -> dict[str, Values]:
    """Return the columns of a table for the intake; of what the contract does not know, only the length."""
    declared = {column.name: column for column in table.columns} if table else {}
    columns: dict[str, Values] = {}
    for name in arrow.column_names:
        values = arrow.column(0)
        told = _values(declared[name], values) if name in declared else np.zeros(len(values))
        if isinstance(told, np.ndarray):
            told.setflags(write=False)
        columns[name] = told
        arrow = arrow.remove_column(0)  # its memory is free for the next
    return columns


def _schema(pa: ModuleType, table: Table) -> pa.Schema:
    types = {
        "id": pa.string(),
        "code": pa.dictionary(pa.int16(), pa.string()),
        "flag": pa.bool_(),
        "date": pa.date32(),
    }
    return pa.schema([(column.name, types.get(column.kind, pa.float64())) for column in table.columns])


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


def _values(column: Column, arrow: pa.ChunkedArray) -> Values:
    """Bring a column into the hand in bulk where its type fits; else value by value, for the intake."""
    import pyarrow as pa

    if arrow.null_count == len(arrow):
        return gaps(column.kind, len(arrow))
    kind = arrow.type.value_type if pa.types.is_dictionary(arrow.type) else arrow.type
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    dated = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    counted = pa.types.is_floating(kind) or pa.types.is_integer(kind)
    values: Values
    match column.kind:
        case "id" if textual:
            values = _texts(arrow, distinct=column.name in DISTINCT)
        case "code" if textual:
            values = _positions(column, arrow)
        case "flag" if pa.types.is_boolean(kind):
            values = arrow.cast(pa.int8()).fill_null(pa.scalar(-1, pa.int8())).to_numpy()
        case "date" if dated:
            values = arrow.cast(pa.date32(), safe=False).to_numpy()
        case "money" | "number" | "count" if counted:
            values = arrow.cast(pa.float64(), safe=False).to_numpy()
        case _:
            values = arrow.to_pylist()
    return values


def _texts(arrow: pa.ChunkedArray, *, distinct: bool) -> NDArray[np.str_]:
    moved = _in_one_move(arrow, distinct=distinct)
    if moved is not None:
        return moved
    values, position = _encoded(arrow)
    texts = np.array([*values, ""], dtype=np.str_)
    taken: NDArray[np.str_] = texts[position]
    return taken


def _positions(column: Column, arrow: pa.ChunkedArray) -> NDArray[np.int16]:
    values, position = _encoded(arrow)
    known = {code.id: place for place, code in enumerate(column.codes)} | {"": -1}
    places = np.array([*(known.get(value, UNKNOWN) for value in values), -1], dtype=np.int16)
    taken: NDArray[np.int16] = places[position]
    return taken


def _in_one_move(arrow: pa.ChunkedArray, *, distinct: bool) -> NDArray[np.str_] | None:
    """Return short texts in ASCII of one length, or hardly ever the same twice, in bulk; None for others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if arrow.null_count or not len(arrow) or pa.types.is_dictionary(arrow.type):
        return None
    found = pc.min_max(pc.binary_length(arrow))
    least, width = found["min"].as_py(), found["max"].as_py()
    if not 0 < width <= SHORT or (least < width and not distinct):
        return None
    padded = arrow if least == width else pc.ascii_rpad(arrow, width, padding="\0")
    letters = np.empty(len(arrow) * width, dtype=np.uint32)
    done = 0
    for chunk in padded.chunks:
        told = _bytes(chunk)
        if told.size and told.max() >= FIRST_OUTSIDE_ASCII:
            return None
        letters[done : done + told.size] = told
        done += told.size
    letters.setflags(write=False)
    return letters.view(f"U{width}")


def _bytes(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.uint8]:
    """Return the bytes of texts without gaps, one after the other."""
    import pyarrow as pa

    _, offsets, told = texts.buffers()
    if told is None:
        return np.zeros(0, dtype=np.uint8)
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    ends = np.frombuffer(offsets, dtype=width)[[texts.offset, texts.offset + len(texts)]]
    return np.frombuffer(told, dtype=np.uint8)[slice(*ends.tolist())]


def _encoded(arrow: pa.ChunkedArray) -> tuple[list[str], NDArray[np.integer[Any]]]:
    """Return the distinct texts of a column and the position of each row's own, -1 for null."""
    import pyarrow as pa

    one = (
        pa.concat_arrays(arrow.unify_dictionaries().chunks) if arrow.num_chunks else pa.array([], arrow.type)
    )
    if not pa.types.is_dictionary(one.type):
        one = one.dictionary_encode()
    position = one.indices.cast(pa.int64()).fill_null(-1) if one.null_count else one.indices
    return [value or "" for value in one.dictionary.to_pylist()], position.to_numpy()
