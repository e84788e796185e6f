"""The income line of each household by month: its own area's, or that of the nearest area above."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import believed
from features.ids import distinct, positions
from features.tables.areas import LINES

PER_YEAR = LINES.column("period").code("year")
OECD_MODIFIED = LINES.column("basis").code("oecd_modified")
MONTHS_A_YEAR = 12
DEEPEST = 8
"""More levels than any chain of areas has; a longer one runs in a circle."""


def uncovered(tables: Tables) -> NDArray[np.bool_]:
    """Return which rows of ``households`` lie in no area, nor under one, that has a line."""
    area = tables["households"]["area"]
    lines = tables.get("lines")
    if lines is None or not lines["area"].size:
        return np.ones(area.size, dtype=bool)
    with_line = set(lines["area"].tolist())
    parents = _parents(tables.get("areas"))
    codes = distinct(area)
    bare = np.array([_nearest(code, with_line, parents) is None for code in codes.tolist()], bool)
    return bare[positions(area, codes)] if np.count_nonzero(bare) else np.zeros(area.size, dtype=bool)


def nearest_area(areas: NDArray[Any], having: set[str], parents: dict[str, str]) -> list[str | None]:
    """Return for each area itself or the nearest one above it that is among ``having``."""
    return [_nearest(code, having, parents) for code in areas.tolist()]


def parents_on(tables: Tables, day: np.datetime64) -> dict[str, str]:
    """Return the parent of each area, as believed at the end of a day."""
    areas = tables.get("areas")
    if areas is None:
        return {}
    held = believed(areas).on(day)
    return _parents({name: values[held] for name, values in areas.items()})


def monthly_lines(
    tables: Tables, areas: NDArray[Any], months: NDArray[np.datetime64], day: np.datetime64
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the line by month and area as believed at the end of a day.

    Parameters
    ----------
    tables : Tables
        ``lines`` and ``areas`` are read.
    areas : ndarray of str, shape (areas,)
    months : ndarray of datetime64[M], shape (months,)
    day : datetime64[D]

    Returns
    -------
    amount : ndarray, shape (months, areas)
        The line [fen a month], per head or per equivalent adult; NaN where none holds yet.
        A line holds for a month when it is valid on the month's last day.
    oecd : ndarray of bool, shape (areas,)
        Whether the latest line is per equivalent adult of the OECD-modified scale.
    """
    amount = np.full((months.size, areas.size), np.nan)
    oecd = np.zeros(areas.size, dtype=bool)
    lines = tables.get("lines")
    if lines is None or not lines["area"].size:
        return amount, oecd
    held = np.flatnonzero(believed(lines).on(day))
    keys = (lines[name][held] for name in ("record_id", "known_on", "valid_from", "area"))
    order = held[np.lexsort(tuple(keys))]
    owners = nearest_area(areas, set(lines["area"][order].tolist()), parents_on(tables, day))
    month_end = (months + 1).astype("datetime64[D]") - 1
    for position, owner in enumerate(owners):
        if owner is None:
            continue
        rows = order[lines["area"][order] == owner]
        latest = np.searchsorted(lines["valid_from"][rows], month_end, side="right") - 1
        known = latest >= 0
        amount[known, position] = _fen_a_month(lines, rows)[latest[known]]
        oecd[position] = lines["basis"][rows[max(int(latest[-1]), 0)]] == OECD_MODIFIED
    return amount, oecd


def _fen_a_month(lines: Facts, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    span = np.where(lines["period"][rows] == PER_YEAR, MONTHS_A_YEAR, 1)
    fen: NDArray[np.float64] = lines["amount"][rows].astype(np.float64) * 100.0 / span
    return fen


def _parents(areas: Facts | None) -> dict[str, str]:
    if areas is None:
        return {}
    order = np.lexsort((areas["record_id"], areas["known_on"], areas["occurred_on"]))
    return dict(zip(areas["area"][order].tolist(), areas["parent"][order].tolist(), strict=True))


def _nearest(code: str, having: set[str], parents: dict[str, str]) -> str | None:
    for _ in range(DEEPEST):
        if code in having:
            return code
        code = parents.get(code, "")
        if not code:
            return None
    return None
