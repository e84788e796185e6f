"""Instructions that look at the panel or at areas: what is told of each household, and of where it lies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.compiled.compiling import compiled
from features.compiled.instructions import Instruction, Op
from features.compiled.operations import one_row
from features.reach import REACH

Array = NDArray[np.float64]
Counts = NDArray[np.int32]


class Seen(NamedTuple):
    """The panel of households side by side, and their areas, as of a day.

    Parameters
    ----------
    values, present : ndarray, shape (channels, months, lanes)
        As of `features.panel.Panel`; a lane may be empty.
    start : int
        The first month that may be looked at.
    lines : ndarray, shape (REACH + 1, areas)
    weighed : ndarray of bool, shape (areas,)
        Whether the line is per equivalent adult.
    figures : ndarray, shape (figures, areas)
    area : ndarray of int, shape (households,)
        Of fewer than there are lanes, perhaps.
    as_of : float
        The day, since 1970.
    season : float
        The month of the year.
    """

    values: Array
    present: Counts
    start: int
    lines: Array
    weighed: NDArray[np.bool_]
    figures: Array
    area: NDArray[np.int64]
    as_of: float
    season: float


@compiled
def look(rows: Array, each: Instruction, seen: Seen) -> None:  # noqa: C901, PLR0912 - a branch an operation
    """Follow an instruction that looks at the panel or at areas."""
    op = each.op
    if op == Op.MONTHS:
        _months(rows, each, seen)
    elif op == Op.COUNTS:
        _counts(rows, each, seen)
    elif op == Op.CARRIED:
        _carried(rows, each, seen)
    elif op == Op.TOLD_TO:
        _told_to(rows, each, seen)
    elif op == Op.SUM_TO:
        _sum_to(rows, each, seen)
    elif op == Op.LAST_TOLD:
        _last_told(rows, each, seen)
    elif op == Op.TOLD_AT:
        _told_at(rows, each, seen)
    elif op == Op.AHEAD:
        _ahead(rows, each, seen)
    elif op in (Op.EVER, Op.DAYS_SINCE):
        _ever(rows, each, seen)
    elif op == Op.LINE:
        _line(rows, each, seen)
    elif op == Op.EQUIVALENTS:
        _equivalents(rows, each, seen)
    elif op == Op.OF_AREA:
        _of_area(rows, each, seen)
    else:
        rows[each.out] = seen.season


@compiled
def _months(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read what a channel tells by month."""
    first, into = seen.start + REACH + 1 - each.months, one_row(rows, each.out, each.months)
    value = one_row(seen.values[each.one], first, each.months)
    told = one_row(seen.present[each.one], first, each.months)
    for h in range(into.size):
        figure = value[h]
        into[h] = figure if told[h] > 0 else np.nan


@compiled
def _counts(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read how many facts a channel has by month."""
    first, into = seen.start + REACH + 1 - each.months, one_row(rows, each.out, each.months)
    told = one_row(seen.present[each.one], first, each.months)
    for h in range(into.size):
        into[h] = told[h] if told[h] > 0 else np.nan


@compiled
def _carried(rows: Array, each: Instruction, seen: Seen) -> None:
    """Hold what a channel told last by month; in the first row, until the first month that is asked for."""
    skipped = REACH + 1 - each.months
    rows[each.out] = np.nan
    for m in range(REACH + 1):
        value, told = seen.values[each.one, seen.start + m], seen.present[each.one, seen.start + m]
        into, before = rows[each.out + max(m - skipped, 0)], rows[each.out + max(m - skipped - 1, 0)]
        for h in range(into.size):
            figure, so_far = value[h], before[h]
            into[h] = figure if told[h] > 0 else so_far


@compiled
def _told_to(rows: Array, each: Instruction, seen: Seen) -> None:
    """Count by number of months back of how many a channel tells."""
    for m in range(each.months):
        told = seen.present[each.one, seen.start + REACH - m]
        into, before = rows[each.out + m], rows[each.out + max(m - 1, 0)]
        one = 1.0 - each.complete if m == 0 else 1.0
        for h in range(told.size):
            into[h] = (before[h] if m > 0 else 0.0) + (one if told[h] > 0 else 0.0)


@compiled
def _sum_to(rows: Array, each: Instruction, seen: Seen) -> None:
    """Add up by number of months back what a channel tells: it holds 0 where it tells nothing."""
    value, into = seen.values[each.one, seen.start + REACH], rows[each.out]
    for h in range(value.size):
        into[h] = value[h] * (1.0 - each.complete)
    for m in range(1, each.months):
        value = seen.values[each.one, seen.start + REACH - m]
        into, before = rows[each.out + m], rows[each.out + m - 1]
        for h in range(value.size):
            into[h] = before[h] + value[h]


@compiled
def _last_told(rows: Array, each: Instruction, seen: Seen) -> None:
    """Find the last month of which a channel tells, or the one before."""
    last, before = np.full(rows.shape[1], -1.0), rows[each.out]
    before[:] = -1.0
    for m in range(REACH, each.complete - 1, -1):
        told, month = seen.present[each.one, seen.start + REACH - m], float(REACH - m)
        if each.far:
            for h in range(last.size):
                before[h] = last[h] if told[h] > 0 else before[h]
        for h in range(last.size):
            last[h] = month if told[h] > 0 else last[h]
    if not each.far:
        before[:] = last


@compiled
def _told_at(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read what a channel tells of a month."""
    month, into = rows[each.other], rows[each.out]
    for h in range(into.size):
        at = seen.start + max(int(month[h]), 0)
        into[h] = seen.values[each.one, at, h] if month[h] >= 0 else np.nan


@compiled
def _ahead(rows: Array, each: Instruction, seen: Seen) -> None:
    """Add up what is due in so many months ahead."""
    into = rows[each.out]
    for m in range(each.far):
        value = seen.values[each.one, seen.start + REACH + 1 + m]
        for h in range(value.size):
            into[h] = value[h] if m == 0 else into[h] + value[h]


@compiled
def _ever(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read a channel without months, or the days since the one that it tells."""
    value, told, into = seen.values[each.one, 0], seen.present[each.one, 0], rows[each.out]
    sign, as_of = (-1.0, seen.as_of) if each.op == Op.DAYS_SINCE else (1.0, 0.0)
    for h in range(value.size):
        into[h] = as_of + sign * value[h] if told[h] > 0 else np.nan


@compiled
def _line(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read the income line of each household's area by month."""
    area = seen.area
    for m in range(each.months):
        line, into = seen.lines[REACH + 1 - each.months + m], rows[each.out + m]
        for h in range(area.size):
            into[h] = line[area[h]]


@compiled
def _equivalents(rows: Array, each: Instruction, seen: Seen) -> None:
    """Count people as the line of their area counts them, by month."""
    area = seen.area
    for m in range(each.months):
        people = rows[each.one + each.of_one - each.months + m]
        under_10 = rows[each.other + each.of_other - each.months + m]
        into = rows[each.out + m]
        for h in range(area.size):
            rest = people[h] - under_10[h] - 1.0
            adults = 0.0 if rest < 0.0 else rest  # noqa: FURB136 - what is unknown stays so
            weighed = 1.0 + 0.5 * adults + 0.3 * under_10[h]
            into[h] = weighed if seen.weighed[area[h]] else people[h]


@compiled
def _of_area(rows: Array, each: Instruction, seen: Seen) -> None:
    """Read a figure of each household's area."""
    figure, area, into = seen.figures[each.one], seen.area, rows[each.out]
    for h in range(area.size):
        into[h] = figure[area[h]]
