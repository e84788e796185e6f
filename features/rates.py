"""The dated rates of areas, as believed on a day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.history import believed
from features.lines import nearest_area, parents_on


def rates_on(tables: Tables, areas: NDArray[Any], target: str, day: np.datetime64) -> NDArray[np.float64]:
    """Return the last rate of a target for each area, or for the nearest area above that has one.

    Parameters
    ----------
    tables : Tables
        ``area_rates`` and ``areas`` are read.
    areas : ndarray of str, shape (areas,)
    target : str
        The outcome, e.g. ``"next_visit"``.
    day : datetime64[D]
        What was believed at the end of this day.

    Returns
    -------
    ndarray, shape (areas,)
        Rates in [0, 1]; NaN where none is known yet.
    """
    found = np.full(areas.size, np.nan)
    facts = tables.get("area_rates")
    if facts is None:
        return found
    held = np.flatnonzero(believed(facts).on(day) & (facts["target"] == target))
    keys = (facts[name][held] for name in ("record_id", "known_on", "occurred_on"))
    order = held[np.lexsort(tuple(keys))]
    latest = dict(zip(facts["area"][order].tolist(), facts["rate"][order].tolist(), strict=True))
    owners = nearest_area(areas, set(latest), parents_on(tables, day))
    for position, owner in enumerate(owners):
        if owner is not None:
            found[position] = latest[owner]
    return found
