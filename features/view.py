"""What can be read off the panel on one as-of day: evaluates the language of the readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.contract import Tables
from features.lines import MONTHS_A_YEAR, monthly_lines
from features.markets import disasters_on, losses_on, prices_on, sold_shares_on
from features.panel import AHEAD, REACH, Panel
from features.rates import rates_on
from features.readings import Node

Array = NDArray[np.float64]


class View:
    """The panel as of one day.

    Parameters
    ----------
    panel : Panel
        Advanced to the day up to which facts are believed.
    tables : Tables
        The context tables are read.
    areas : ndarray of str, shape (households,)
        The area of each household on the day.
    as_of : datetime64[D]
        Places the windows.
    known_by : datetime64[D]
        Bounds what is believed of the context.
    households : ndarray of int, optional
        Positions in the panel of the households to read; all otherwise.
    """

    def __init__(
        self,
        panel: Panel,
        tables: Tables,
        areas: NDArray[Any],
        as_of: np.datetime64,
        known_by: np.datetime64,
        households: NDArray[np.intp] | None = None,
    ) -> None:
        self.panel, self.tables, self.areas = panel, tables, areas
        self.as_of, self.known_by, self.households = as_of, known_by, households
        self.months = as_of.astype("datetime64[M]") + np.arange(-REACH, 1)
        self._done: dict[int, tuple[Node, Array]] = {}
        self._lines: tuple[Array, NDArray[np.bool_]] | None = None
        self._later: View | None = None
        self._codes: tuple[NDArray[Any], NDArray[np.intp]] | None = None

    def read(self, node: Node) -> Array:
        """Return the value of an expression.

        Returns
        -------
        ndarray
            Of a series, shape (REACH + 1, households), the last row the running month; of a
            reading, shape (households,).
        """
        done = self._done.get(id(node))
        if done is None:
            done = self._done[id(node)] = node, _OPS[node.op](self, *node.args)
        return done[1]

    def window(self, channel: Channel) -> tuple[Array, NDArray[np.int32]]:
        """Return a channel's values and counts of facts, as ``Panel.window``."""
        return self.panel.window(channel, self.as_of, self.households)

    def lines(self) -> tuple[Array, NDArray[np.bool_]]:
        """Return the income line by month and household, and whether it is per equivalent adult."""
        if self._lines is None:
            codes, area = self.coded_areas()
            amount, oecd = monthly_lines(self.tables, codes, self.months, self.known_by)
            self._lines = amount[:, area], oecd[area]
        return self._lines

    def later(self) -> View:
        """Return what is believed on the same day of the windows ``AHEAD`` months later."""
        if self._later is None:
            day = (self.as_of.astype("datetime64[M]") + AHEAD).astype("datetime64[D]")
            self._later = View(self.panel, self.tables, self.areas, day, self.known_by, self.households)
        return self._later

    def coded_areas(self) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Return each area once, and the place among them of every household's."""
        if self._codes is None:
            self._codes = np.unique(self.areas, return_inverse=True)
        return self._codes

    def value(self, arg: Node | float) -> Array | float:
        """Return the value of an argument: of an expression its reading, else itself."""
        return self.read(arg) if isinstance(arg, Node) else arg

    def rows(self, series: Node, months: int) -> slice:
        """Return the rows of a window: complete months only for incomes, else with the running one."""
        return slice(REACH - months, REACH + (0 if series.complete else 1))


def ordered_sum(values: Array) -> Array:
    """Add up along the first axis in its order, whatever the shape (NumPy's ``sum`` does not)."""
    total: Array = np.add.accumulate(values, axis=0)[-1]
    return total


def latest_row(known: NDArray[np.bool_], back: int = 0) -> NDArray[np.intp]:
    """Return for each column the last true row (``back`` = 1: the one before it), -1 where none."""
    for _ in range(back):
        last = latest_row(known)
        known = known.copy()
        some = last >= 0
        known[last[some], np.flatnonzero(some)] = False
    last = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    return np.where(known.any(axis=0), last, -1)


def _months(view: View, channel: Channel) -> Array:
    values, present = view.window(channel)
    return np.where(present > 0, values, np.nan)


def _counts(view: View, channel: Channel) -> Array:
    _, present = view.window(channel)
    return np.where(present > 0, present, np.nan)


def _carried(view: View, channel: Channel) -> Array:
    values, present = view.window(channel)
    rows = np.arange(values.shape[0])[:, None]
    last = np.maximum.accumulate(np.where(present > 0, rows, -1), axis=0)
    held: Array = np.take_along_axis(values, np.maximum(last, 0), axis=0)
    return np.where(last >= 0, held, np.nan)


def _ever(view: View, channel: Channel) -> Array:
    held: Array = _months(view, channel)[0]
    return held


def _days_since(view: View, channel: Channel) -> Array:
    return float(view.as_of.astype(np.int64)) - _ever(view, channel)


def _window(view: View, series: Node, months: int) -> Array:
    return view.read(series)[view.rows(series, months)]


def _known(view: View, series: Node, months: int) -> Array:
    return ordered_sum(np.isfinite(_window(view, series, months)).astype(np.float64))


def _recorded(view: View, series: Node, months: int) -> Array:
    window = _window(view, series, months)
    return ordered_sum(np.where(np.isfinite(window), window, 0.0))


def _total(view: View, series: Node, months: int) -> Array:
    return np.where(_known(view, series, months) > 0, _recorded(view, series, months), np.nan)


def _mean(view: View, series: Node, months: int) -> Array:
    known = _known(view, series, months)
    return np.where(known > 0, _recorded(view, series, months) / np.maximum(known, 1.0), np.nan)


def _least(view: View, series: Node, months: int) -> Array:
    window = _window(view, series, months)
    least = np.where(np.isfinite(window), window, np.inf).min(axis=0)
    return np.where(np.isfinite(least), least, np.nan)


def _most(view: View, series: Node, months: int) -> Array:
    window = _window(view, series, months)
    most = np.where(np.isfinite(window), window, -np.inf).max(axis=0)
    return np.where(np.isfinite(most), most, np.nan)


def _spread(view: View, series: Node, months: int) -> Array:
    window, known = _window(view, series, months), _known(view, series, months)
    apart = np.where(np.isfinite(window), window - _mean(view, series, months), 0.0)
    return np.where(known > 1, np.sqrt(ordered_sum(apart * apart) / np.maximum(known, 1.0)), np.nan)


def _slope(view: View, series: Node, months: int) -> Array:
    window, known = _window(view, series, months), _known(view, series, months)
    finite = np.isfinite(window)
    time = np.where(finite, np.arange(window.shape[0], dtype=np.float64)[:, None], 0.0)
    middle = ordered_sum(time) / np.maximum(known, 1.0)
    apart = np.where(finite, time - middle, 0.0)
    rise = ordered_sum(apart * np.where(finite, window - _mean(view, series, months), 0.0))
    run = ordered_sum(apart * apart)
    return np.where(known > 1, rise / np.where(run > 0, run, 1.0), np.nan)


def _below(view: View, series: Node, limit: float, months: int) -> Array:
    under = ordered_sum((_window(view, series, months) < limit).astype(np.float64))
    return np.where(_known(view, series, months) > 0, under, np.nan)


def _latest(view: View, series: Node, back: int) -> Array:
    window = _window(view, series, REACH)
    row = latest_row(np.isfinite(window), back)
    return np.where(row >= 0, window[np.maximum(row, 0), np.arange(row.size)], np.nan)


def _age(view: View, series: Node) -> Array:
    window = view.rows(series, REACH)
    row = latest_row(np.isfinite(view.read(series)[window]))
    return np.where(row >= 0, REACH - (window.start + row).astype(np.float64), np.nan)


def _sum_known(view: View, *series: Node) -> Array:
    values = np.stack([view.read(one) for one in series])
    known = np.isfinite(values)
    return np.where(known.any(axis=0), ordered_sum(np.where(known, values, 0.0)), np.nan)


def _first_known(view: View, *series: Node) -> Array:
    chosen = view.read(series[0])
    for one in series[1:]:
        chosen = np.where(np.isfinite(chosen), chosen, view.read(one))
    return chosen


def _line(view: View) -> Array:
    return view.lines()[0]


def _equivalents(view: View, people: Node, under_10: Node) -> Array:
    heads, children = view.read(people), view.read(under_10)
    adults = np.maximum(heads - children - 1.0, 0.0)
    return np.where(view.lines()[1], 1.0 + 0.5 * adults + 0.3 * children, heads)


def _area_rate(view: View, target: str) -> Array:
    codes, area = view.coded_areas()
    rates: Array = rates_on(view.tables, codes, target, view.known_by)[area]
    return rates


def _divide(view: View, top: Node, bottom: Node | float) -> Array:
    over, under = view.read(top), view.value(bottom)
    return np.where(under != 0, over / np.where(under != 0, under, 1.0), np.nan)


def _streak(view: View, series: Node, limit: float, months: int) -> Array:
    window = _window(view, series, months)
    known = np.isfinite(window)
    last_over = latest_row(known & ~(window < limit))
    after = np.arange(window.shape[0])[:, None] > last_over
    return np.where(known.any(axis=0), ordered_sum((known & after).astype(np.float64)), np.nan)


def _ahead(view: View, series: Node, months: int) -> Array:
    following = view.later().read(series)[REACH + 1 - AHEAD : REACH + 1 - AHEAD + months]
    return ordered_sum(np.where(np.isfinite(following), following, 0.0))


def _largest(view: View, *readings: Node) -> Array:
    values = np.stack([view.read(one) for one in readings])
    known = np.isfinite(values)
    return np.where(known.any(axis=0), np.where(known, values, -np.inf).max(axis=0), np.nan)


def _of_largest(view: View, *readings: Node) -> Array:
    half = len(readings) // 2
    weights = np.stack([view.read(one) for one in readings[:half]])
    values = np.stack([view.read(one) for one in readings[half:]])
    weights = np.where(weights > 0, weights, 0.0)
    chosen = np.take_along_axis(values, weights.argmax(axis=0)[None], axis=0)[0]
    return np.where(weights.max(axis=0) > 0, chosen, np.nan)


def _of_areas(view: View, read: Callable[[NDArray[Any]], Array]) -> Array:
    codes, area = view.coded_areas()
    return read(codes)[area]


def _area_price(view: View, product: str) -> Array:
    return _of_areas(view, lambda codes: prices_on(view.tables, codes, product, view.as_of, view.known_by))


def _area_sold_share(view: View, product: str) -> Array:
    return _of_areas(
        view, lambda codes: sold_shares_on(view.tables, codes, product, view.as_of, view.known_by)
    )


def _area_loss(view: View, months: int) -> Array:
    return _of_areas(view, lambda codes: losses_on(view.tables, codes, months, view.as_of, view.known_by))


def _area_disasters(view: View, months: int) -> Array:
    return _of_areas(view, lambda codes: disasters_on(view.tables, codes, months, view.as_of, view.known_by))


def _season(view: View) -> Array:
    month = int(view.as_of.astype("datetime64[M]").astype(np.int64)) % MONTHS_A_YEAR + 1
    return np.full(view.areas.size, float(month))


_OPS: dict[str, Callable[..., Array]] = {
    "months": _months,
    "counts": _counts,
    "carried": _carried,
    "ever": _ever,
    "days_since": _days_since,
    "known": _known,
    "recorded": _recorded,
    "total": _total,
    "mean": _mean,
    "least": _least,
    "most": _most,
    "spread": _spread,
    "slope": _slope,
    "below": _below,
    "latest": _latest,
    "age": _age,
    "sum_known": _sum_known,
    "first_known": _first_known,
    "line": _line,
    "equivalents": _equivalents,
    "area_rate": _area_rate,
    "divide": _divide,
    "streak": _streak,
    "ahead": _ahead,
    "largest": _largest,
    "of_largest": _of_largest,
    "area_price": _area_price,
    "area_sold_share": _area_sold_share,
    "area_loss": _area_loss,
    "area_disasters": _area_disasters,
    "season": _season,
    "add": lambda view, a, b: view.read(a) + view.value(b),
    "subtract": lambda view, a, b: view.read(a) - view.value(b),
    "multiply": lambda view, a, b: view.read(a) * view.value(b),
    "above": lambda view, a, limit: np.where(np.isnan(view.read(a)), np.nan, view.read(a) > limit),
    "at_most": lambda view, a, most: np.minimum(view.read(a), most),
}
