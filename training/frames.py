"""Vectors as a Parquet file: household_id, as_of, then the features."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from features.vectors import Vectors


def frame(vectors: Vectors) -> pd.DataFrame:
    """Return vectors as a data frame, a row per household and day."""
    columns = pd.DataFrame(vectors.X, columns=list(vectors.features))
    columns.insert(0, "household_id", vectors.household_id.astype(object))
    columns.insert(1, "as_of", vectors.as_of.astype("datetime64[s]"))
    return columns


def write_vectors(vectors: Vectors, out: Path) -> None:
    """Write vectors to a Parquet file, whole or not at all."""
    half = out.with_name(f".{out.name}.half")
    frame(vectors).to_parquet(half, index=False)
    half.replace(out)
