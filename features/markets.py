"""What befalls an area: what its products bring, what stays unsold, which disasters strike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import believed
from features.ids import hashes
from features.lines import DEEPEST, MONTHS_A_YEAR, nearest_area, parents_on
from features.tables.shocks import PRICES

YEARS_BEFORE = 3
"""Years whose same calendar month says what a product usually brings."""

Floats = NDArray[np.float64]
Months = NDArray[np.int64]


def prices_on(
    tables: Tables, areas: NDArray[Any], product: str, as_of: np.datetime64, day: np.datetime64
) -> Floats:
    """Return the last price of a product to what it usually brings in that month of the year.

    Parameters
    ----------
    tables : Tables
        ``prices`` and ``areas`` are read.
    areas : ndarray of str, shape (areas,)
    product : str
        Code of the product.
    as_of, day : datetime64[D]
        Prices up to the first, as believed at the end of the second.

    Returns
    -------
    ndarray, shape (areas,)
        The price over the mean of those of the same calendar month in the three years before, as many
        as are known; of the area itself or the nearest one above it that has the product. NaN where
        there is no price, or none to hold it against.
    """
    return _told(tables, areas, product, "price", as_of, day, _to_usual)


def sold_shares_on(
    tables: Tables, areas: NDArray[Any], product: str, as_of: np.datetime64, day: np.datetime64
) -> Floats:
    """Return the last share of the harvest of a product that was sold, as ``prices_on`` finds it."""
    return _told(tables, areas, product, "sold_share", as_of, day, _last)


def losses_on(
    tables: Tables, areas: NDArray[Any], months: int, as_of: np.datetime64, day: np.datetime64
) -> Floats:
    """Return the greatest share of crops lost by a disaster of an area or of one above it.

    Returns
    -------
    ndarray, shape (areas,)
        Over the months before that of ``as_of`` and this one; 0 where none is told, NaN where nobody
        tells of disasters.
    """
    return _struck(tables, areas, months, as_of, day, lambda losses: np.nanmax([*losses, 0.0]))


def disasters_on(
    tables: Tables, areas: NDArray[Any], months: int, as_of: np.datetime64, day: np.datetime64
) -> Floats:
    """Return how many disasters struck an area or one above it, as ``losses_on`` counts months."""
    return _struck(tables, areas, months, as_of, day, lambda losses: float(len(losses)))


def _last(months: Months, shares: Floats) -> float:
    """Return the last share; of which month makes no difference."""
    return float(shares[-1]) if months.size else np.nan


def _to_usual(months: Months, prices: Floats) -> float:
    """Return the last price to the mean of its month in the years before."""
    same = [months == months[-1] - year * MONTHS_A_YEAR for year in range(1, YEARS_BEFORE + 1)]
    before = [prices[which][-1] for which in same if which.any()]
    usual = float(np.mean(before)) if before else 0.0
    return float(prices[-1]) / usual if usual > 0 else np.nan


def _told(
    tables: Tables,
    areas: NDArray[Any],
    product: str,
    column: str,
    as_of: np.datetime64,
    day: np.datetime64,
    say: Callable[[Months, Floats], float],
) -> Floats:
    found = np.full(areas.size, np.nan)
    facts = tables.get("prices")
    if facts is None:
        return found
    held = believed(facts).on(day) & (facts["occurred_on"] <= as_of)
    held &= (facts["product"] == PRICES.column("product").code(product)) & ~np.isnan(facts[column])
    rows = np.flatnonzero(held)
    rows = rows[np.lexsort((facts["record_id"][rows], facts["known_on"][rows], facts["occurred_on"][rows]))]
    by_area = _by_area(facts, rows)
    said: dict[str, float] = {}
    for position, owner in enumerate(nearest_area(areas, set(by_area), parents_on(tables, day))):
        if owner is not None:
            if owner not in said:
                own = by_area[owner]
                said[owner] = float(say(_months(facts["occurred_on"][own]), facts[column][own]))
            found[position] = said[owner]
    return found


def _struck(
    tables: Tables,
    areas: NDArray[Any],
    months: int,
    as_of: np.datetime64,
    day: np.datetime64,
    say: Callable[[list[float]], float],
) -> Floats:
    facts = tables.get("disasters")
    if facts is None:
        return np.full(areas.size, np.nan)
    held = believed(facts).on(day) & (facts["occurred_on"] <= as_of)
    if not held.any():  # nobody has told of any yet
        return np.full(areas.size, np.nan)
    held &= _months(facts["occurred_on"]) >= _months(np.array(as_of)) - months
    by_area = _by_area(facts, np.flatnonzero(held))
    parents = parents_on(tables, day)
    return np.array([say(_losses(code, by_area, facts, parents)) for code in areas.tolist()])


def _losses(
    code: str, by_area: dict[str, NDArray[np.intp]], facts: Facts, parents: dict[str, str]
) -> list[float]:
    """Return the losses of the disasters of an area and of all above it."""
    losses: list[float] = []
    for _ in range(DEEPEST):
        losses += facts["loss_share"][by_area[code]].tolist() if code in by_area else []
        code = parents.get(code, "")
        if not code:
            break
    return losses


def _by_area(facts: Facts, rows: NDArray[np.intp]) -> dict[str, NDArray[np.intp]]:
    """Return the rows of each area, in the order given."""
    area = facts["area"][rows]
    number = hashes(area)
    order = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.append(True, number[order[1:]] != number[order[:-1]])[: order.size])
    parts = np.split(rows[order], first[1:])
    return dict(zip(area[order[first]].tolist(), parts, strict=True)) if order.size else {}


def _months(days: NDArray[Any]) -> Months:
    return days.astype("datetime64[M]").astype(np.int64)
