"""One household's history as the body of a request to the service."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.contract import Tables
from features.errors import Usage
from features.evidence import of_household
from features.intake import plain
from features.tables import HOUSEHOLD_TABLES


def request_of(tables: Tables, household_id: str | None, as_of: np.datetime64 | None) -> dict[str, Any]:
    """Return the body that asks for one household's assessment.

    Parameters
    ----------
    tables : Tables
    household_id : str, optional
        Else the household with the most facts, the first of equals.
    as_of : datetime64[D], optional
        Else the last day on which anything became known of it.

    Raises
    ------
    Usage
        Where there is no such household.
    """
    household_id = household_id or _best_known(tables)
    own = of_household(tables, household_id, np.datetime64("9999-12-31"))
    if not own["households"]["record_id"].size:
        raise Usage("no such household in the tables")
    if as_of is None:
        as_of = max(
            own[name]["known_on"].max()
            for name in HOUSEHOLD_TABLES.keys() & own.keys()
            if own[name]["record_id"].size
        )
    records = {name: _records(name, own) for name in HOUSEHOLD_TABLES if name in own}
    mine = records.pop("households")
    household = {**mine[-1], **{name: rows for name, rows in records.items() if rows}}
    return {"as_of": str(as_of), "households": [household]}


def _records(name: str, own: Tables) -> list[dict[str, Any]]:
    columns = plain(HOUSEHOLD_TABLES[name], own[name])
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    inner = [{key: value for key, value in row.items() if value is not None} for row in rows]
    if name != "households":
        for row in inner:
            del row["household_id"]
    return inner


def _best_known(tables: Tables) -> str:
    ids = np.concatenate([tables[name]["household_id"] for name in HOUSEHOLD_TABLES if name in tables])
    known, count = np.unique(ids, return_counts=True)
    if not known.size:
        raise Usage("the tables hold no household")
    return str(known[np.argmax(count)])
