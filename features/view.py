"""What can be read off the panel on one as-of day: follows a plan, step by step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.context import Surroundings
from features.lines import MONTHS_A_YEAR
from features.operations import OPERATIONS, added_back, carried, last_of
from features.panel import Panel
from features.plan import LONG, SINGLE, AreaFigure, Operand, Plan, Step
from features.readings import Node

Array = NDArray[np.float64]
Positions = NDArray[np.intp]


class View:
    """The panel as of one day, read by a plan.

    Parameters
    ----------
    panel : Panel
        Of the plan's channels, advanced to the day up to which facts are believed.
    plan : Plan
    around : Surroundings
        What is known of areas on the day.
    area : ndarray of int, shape (households,)
        Position of each household's area among them.
    households : ndarray of int, optional
        Positions in the panel of the households to read; all otherwise.

    Attributes
    ----------
    results : dict of int to ndarray
        By how many months they have: shape (results, months, households), the running month last, or
        (results, households).
    """

    def __init__(
        self,
        panel: Panel,
        plan: Plan,
        around: Surroundings,
        area: Positions,
        households: Positions | None = None,
    ) -> None:
        self.panel, self.plan, self.around, self.area = panel, plan, around, area
        rows, some = panel.rows(around.as_of), slice(None) if households is None else households
        self.values, self.present = panel.values[:, rows, some], panel.present[:, rows, some]
        self.first = panel.values[:, 0, some], panel.present[:, 0, some]
        self.results = {
            months: np.empty((size, months, area.size) if months else (size, area.size))
            for months, size in plan.sizes.items()
        }
        for step in plan.steps:
            self.results[step.months][step.out] = self._done(step)

    @property
    def figures(self) -> Array:
        """The plan's figures, shape (households, figures)."""
        values: Array = self.results[SINGLE][self.plan.figure_slots].T
        return values

    def read(self, node: Node) -> Array:
        """Return the value of an expression, or a part of one: by month and household, or by household.

        Months that nothing looked at are unknown.
        """
        if node not in self.plan.slots and isinstance(node.args[0], Channel):
            place = np.array([self.plan.places[node.args[0]]])
            told: Array = _months(self, LONG, place)[0]
            return told
        months, slot = self.plan.slots[node]
        value: Array = self.results[months][slot]
        if months in {SINGLE, LONG}:
            return value
        return np.concatenate([np.full((LONG - months, value.shape[1]), np.nan), value])

    def _done(self, step: Step) -> Array:
        if step.op in _BY_PLACE:
            return _BY_PLACE[step.op](self, *step.operands)
        operands = [self._operand(operand, step) for operand in step.operands]
        operation = OPERATIONS.get(step.op)
        if operation is not None:
            return operation(*operands, *step.fixed)
        return _READ[step.op](self, step.months, *operands, *step.fixed)

    def _operand(self, operand: Operand, step: Step) -> object:
        if operand.kind != "result":
            return operand.of
        values = self.results[operand.months][operand.of]
        return values[:, -step.months :] if step.months < operand.months and step.months else values


def _months(view: View, months: int, channel: Positions) -> Array:
    rows = slice(LONG - months, LONG)
    return np.where(view.present[channel, rows] > 0, view.values[channel, rows], np.nan)


def _counts(view: View, months: int, channel: Positions) -> Array:
    present = view.present[channel, LONG - months : LONG]
    return np.where(present > 0, present, np.nan)


def _carried(view: View, months: int, channel: Positions) -> Array:
    return carried(view.values[channel, :LONG], view.present[channel, :LONG] > 0)[:, LONG - months :]


def _told_to(view: View, months: int, channel: Positions, complete: Array) -> Array:
    """Count by number of months back how many of them a channel tells of (`operations.known_to`)."""
    told = view.present[channel, LONG - months : LONG][:, ::-1] > 0
    return added_back(told.astype(np.float64), complete)


def _sum_to(view: View, months: int, channel: Positions, complete: Array) -> Array:
    """Add up by number of months back what a channel tells of them: it holds 0 where it tells nothing."""
    return added_back(view.values[channel, LONG - months : LONG][:, ::-1].copy(), complete)


def _last_told(view: View, _months: int, channel: Positions, back: Array, complete: Array) -> Array:
    return last_of(view.present[channel, :LONG] > 0, back, complete)


def _pick(view: View, totals: Operand, months: Operand) -> Array:
    """Return running totals as they are after so many months."""
    picked: Array = view.results[totals.months][totals.places, months.of.astype(np.intp)]
    return picked


def _at_row(view: View, series: Operand, row: Operand) -> Array:
    """Return the figures of a month, unknown where there is none."""
    return _at(view.results[series.months], series, view.results[SINGLE][row.of])


def _told_at(view: View, channel: Operand, row: Operand) -> Array:
    """Return what channels tell of a month."""
    return _at(view.values, channel, view.results[SINGLE][row.of])


def _at(figures: Array, which: Operand, row: Array) -> Array:
    place = row.astype(np.intp)
    figure = figures[which.places[:, None], np.maximum(place, 0), np.arange(row.shape[1])]
    return np.where(place >= 0, figure, np.nan)


def _ahead(view: View, _months: int, channel: Positions, months: Array) -> Array:
    due = np.add.accumulate(view.values[channel, LONG:], axis=1)
    total: Array = due[np.arange(months.size), months.astype(np.intp) - 1]
    return total


def _ever(view: View, _months: int, channel: Positions) -> Array:
    values, present = view.first
    return np.where(present[channel] > 0, values[channel], np.nan)


def _days_since(view: View, _months: int, channel: Positions) -> Array:
    return float(view.around.as_of.astype(np.int64)) - _ever(view, _months, channel)


def _line(view: View, months: int) -> Array:
    return view.around.lines()[0][LONG - months :].take(view.area, axis=1)


def _equivalents(view: View, _months: int, people: Array, under_10: Array) -> Array:
    weighed = view.around.lines()[1][view.area]
    if not weighed.any():
        return people
    adults = np.maximum(people - under_10 - 1.0, 0.0)
    return np.where(weighed, 1.0 + 0.5 * adults + 0.3 * under_10, people)


def _of_area(view: View, _months: int, figures: tuple[AreaFigure, ...]) -> Array:
    return view.around.read(figures).take(view.area, axis=1)


def _season(view: View, _months: int) -> Array:
    month = int(view.around.as_of.astype("datetime64[M]").astype(np.int64)) % MONTHS_A_YEAR + 1
    return np.full(view.area.size, float(month))


_READ: dict[str, Callable[..., Array]] = {
    "months": _months,
    "counts": _counts,
    "carried": _carried,
    "told_to": _told_to,
    "sum_to": _sum_to,
    "last_told": _last_told,
    "ahead": _ahead,
    "ever": _ever,
    "days_since": _days_since,
    "line": _line,
    "equivalents": _equivalents,
    "season": _season,
    "of_area": _of_area,
}
"""Operations that look at the panel or at the areas."""

_BY_PLACE: dict[str, Callable[..., Array]] = {"pick": _pick, "at_row": _at_row, "told_at": _told_at}
"""Operations that look up a little in long results, which are not copied for it."""
