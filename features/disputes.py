"""What households say is not so: facts that stand, but are marked wherever they are cited."""

from __future__ import annotations

import numpy as np

from features.contract import Tables
from features.history import believed

Record = tuple[str, str, str]
"""Household, table and ``record_id``."""


def disputed_records(tables: Tables, day: np.datetime64) -> frozenset[Record]:
    """Return the records that are disputed as believed at the end of a day."""
    facts = tables.get("disputes")
    if facts is None or not facts["record_id"].size:
        return frozenset()
    held = believed(facts).on(day)
    columns = (facts[name][held].tolist() for name in ("household_id", "about_table", "about_record_id"))
    return frozenset(zip(*columns, strict=True))
