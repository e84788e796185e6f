"""Several counties in one fit: their tables one under another, every household still of its county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Table, Tables
from features.errors import Usage
from features.files import read_tables
from features.tables import CONTEXT_TABLES, TABLES

Names = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Counties as one.

    Parameters
    ----------
    tables : Tables
    households, county : ndarray of str, shape (households,)
        Every household, sorted, and the county that it is of.
    """

    tables: Tables
    households: Names
    county: Names

    def county_of(self, household_id: Names) -> Names:
        """Return the county of each of some households."""
        of: Names = self.county[np.searchsorted(self.households, household_id)]
        return of


def read_counties(folders: Sequence[Path]) -> Tables | Pooled:
    """Read the tables of one county, or of several under the names of their folders.

    Raises
    ------
    Usage
        Where two folders have one name.
    """
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) < len(names):
        raise Usage("counties are told apart by the names of their folders, and two have one name")
    if len(folders) == 1:
        return read_tables(folders[0])
    return pooled({name: read_tables(folder) for name, folder in zip(names, folders, strict=True)})


def pooled(counties: Mapping[str, Tables]) -> Pooled:
    """Write the tables of counties one under another.

    Parameters
    ----------
    counties : mapping of name to Tables
        Checked tables of each.

    Notes
    -----
    Records of households are told apart by the county's name before their id. Where counties share ids of
    households, as simulated ones do, the name stands before every id, of areas too: such a pool can be
    learnt from and judged, but its areas are in no request. Otherwise areas keep their codes, and what two
    counties both tell of an area (the province above them) is taken once.
    """
    names = {name: np.unique(tables["households"]["household_id"]) for name, tables in counties.items()}
    every = np.concatenate(list(names.values()))
    apart = np.unique(every).size < every.size
    renamed = {name: _renamed(name, tables, apart) for name, tables in counties.items()}
    tables = {
        table: _under_another(TABLES[table], [each[table] for each in renamed.values() if table in each])
        for table in TABLES
        if any(table in each for each in renamed.values())
    }
    own = {name: np.unique(each["households"]["household_id"]) for name, each in renamed.items()}
    households = np.concatenate(list(own.values()))
    county = np.repeat(list(own), [each.size for each in own.values()])
    order = np.argsort(households)
    return Pooled(tables, households[order], county[order])


def _renamed(county: str, tables: Tables, apart: bool) -> Tables:
    return {
        name: {
            column: _before(county, values) if _is_renamed(TABLES[name], column, apart) else values
            for column, values in facts.items()
        }
        for name, facts in tables.items()
    }


def _is_renamed(table: Table, column: str, apart: bool) -> bool:
    if apart:
        return table.column(column).kind == "id"
    return column == "record_id" and table.name not in CONTEXT_TABLES


def _before(county: str, values: NDArray[Any]) -> Names:
    return np.where(values == "", "", np.char.add(f"{county}/", values.astype(np.str_)))


def _under_another(table: Table, parts: list[Facts]) -> Facts:
    facts = {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
    if table.name not in CONTEXT_TABLES:
        return facts
    revision = np.nan_to_num(facts["revision"].astype(np.float64))
    told = np.rec.fromarrays([facts["record_id"], facts["known_on"], revision])
    once = np.sort(np.unique(told, return_index=True)[1])
    return {column: values[once] for column, values in facts.items()}
