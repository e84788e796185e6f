"""Operations of the plan, compiled for very many households: one pass each, and the bytes of NumPy.

Each writes into ``out`` what its namesake in `features.operations` or `features.view` returns, adding up in
the same order; tests hold them to it. A series comes as figures by month and the places of the expressions
among them; a channel as the panel's values and presence, the first month looked at, and its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.compiled.compiling import compiled
from features.reach import REACH

Array = NDArray[np.float64]
Counts = NDArray[np.int32]
Places = NDArray[np.intp]

MONTHS = REACH + 1


@compiled
def months(out: Array, values: Array, present: Counts, first: int, channel: Places) -> None:
    """Read what a channel tells by month."""
    skipped = first + MONTHS - out.shape[1]
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            value, told, into = values[channel[i], skipped + m], present[channel[i], skipped + m], out[i, m]
            for h in range(into.size):
                into[h] = value[h] if told[h] > 0 else np.nan


@compiled
def counts(out: Array, _values: Array, present: Counts, first: int, channel: Places) -> None:
    """Read how many facts a channel has by month."""
    skipped = first + MONTHS - out.shape[1]
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            told, into = present[channel[i], skipped + m], out[i, m]
            for h in range(into.size):
                into[h] = told[h] if told[h] > 0 else np.nan


@compiled
def carried(out: Array, values: Array, present: Counts, first: int, channel: Places) -> None:
    """Hold what a channel told last by month."""
    skipped = MONTHS - out.shape[1]
    held = np.empty(out.shape[2])
    for i in range(out.shape[0]):
        held[:] = np.nan
        for m in range(MONTHS):
            value, told = values[channel[i], first + m], present[channel[i], first + m]
            for h in range(held.size):
                held[h] = value[h] if told[h] > 0 else held[h]
            if m >= skipped:
                out[i, m - skipped] = held


@compiled
def told_to(
    out: Array, _values: Array, present: Counts, first: int, channel: Places, complete: Array
) -> None:
    """Count by number of months back of how many a channel tells."""
    newest = first + MONTHS - 1
    for i in range(out.shape[0]):
        told, into = present[channel[i], newest], out[i, 0]
        for h in range(into.size):
            into[h] = (1.0 - complete[i]) if told[h] > 0 else 0.0
        for m in range(1, out.shape[1]):
            told, into, before = present[channel[i], newest - m], out[i, m], out[i, m - 1]
            for h in range(into.size):
                into[h] = before[h] + (1.0 if told[h] > 0 else 0.0)


@compiled
def sum_to(out: Array, values: Array, _present: Counts, first: int, channel: Places, complete: Array) -> None:
    """Add up by number of months back what a channel tells."""
    newest = first + MONTHS - 1
    for i in range(out.shape[0]):
        value, into = values[channel[i], newest], out[i, 0]
        for h in range(into.size):
            into[h] = value[h] * (1.0 - complete[i])
        for m in range(1, out.shape[1]):
            value, into, before = values[channel[i], newest - m], out[i, m], out[i, m - 1]
            for h in range(into.size):
                into[h] = before[h] + value[h]


@compiled
def last_told(
    out: Array, _values: Array, present: Counts, first: int, channel: Places, back: Array, complete: Array
) -> None:
    """Find the last month of which a channel tells, or the one before."""
    last, before = np.empty(out.shape[1], np.int32), np.empty(out.shape[1], np.int32)
    for i in range(out.shape[0]):
        last[:] = -1
        before[:] = -1
        for m in range(MONTHS - (1 if complete[i] == 1 else 0)):
            told, month = present[channel[i], first + m], np.int32(m)
            if back[i] != 0:
                for h in range(last.size):
                    before[h] = last[h] if told[h] > 0 else before[h]
            for h in range(last.size):
                last[h] = month if told[h] > 0 else last[h]
        for h in range(last.size):
            out[i, h] = before[h] if back[i] != 0 else last[h]


@compiled
def last_row(out: Array, figures: Array, places: Places, back: Array, complete: Array) -> None:
    """Find the last known month, or the one before."""
    last, before = np.empty(out.shape[1]), np.empty(out.shape[1])
    for i in range(out.shape[0]):
        last[:] = -1
        before[:] = -1
        for m in range(MONTHS - (1 if complete[i] == 1 else 0)):
            figure, month = figures[places[i], m], float(m)
            for h in range(last.size):
                so_far, is_known = last[h], not np.isnan(figure[h])
                before[h] = so_far if is_known else before[h]
                last[h] = month if is_known else so_far
        out[i] = before if back[i] != 0 else last


@compiled
def told_at(
    out: Array, values: Array, _present: Counts, first: int, channel: Places, row: Array, at: Places
) -> None:
    """Read what a channel tells of a month."""
    for i in range(out.shape[0]):
        value, month, into = values[channel[i]], row[at[i]], out[i]
        for h in range(into.size):
            into[h] = value[first + int(month[h]), h] if month[h] >= 0 else np.nan


@compiled
def at_row(out: Array, figures: Array, places: Places, row: Array, at: Places) -> None:
    """Read the figure of a month."""
    for i in range(out.shape[0]):
        figure, month, into = figures[places[i]], row[at[i]], out[i]
        for h in range(into.size):
            into[h] = figure[int(month[h]), h] if month[h] >= 0 else np.nan


@compiled
def line(out: Array, lines: Array, area: Places) -> None:
    """Read the income line of each household's area by month."""
    skipped = lines.shape[0] - out.shape[1]
    for m in range(out.shape[1]):
        of_month, into = lines[skipped + m], out[0, m]
        for h in range(into.size):
            into[h] = of_month[area[h]]


@compiled
def _add_known(out: Array, figures: Array, places: Places, begun: bool) -> None:
    skipped = figures.shape[1] - out.shape[1]
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            figure, into = figures[places[i], skipped + m], out[i, m]
            for h in range(into.size):
                so_far = into[h] if begun else np.nan
                total = (0.0 if np.isnan(so_far) else so_far) + figure[h]
                into[h] = so_far if np.isnan(figure[h]) else total


def sum_known(out: Array, *series: NDArray[Any]) -> None:
    """Add up what is known of some series by month; each is given by figures and places."""
    for number in range(0, len(series), 2):
        _add_known(out, series[number], series[number + 1], number > 0)


@compiled
def _fill_in(out: Array, figures: Array, places: Places, begun: bool) -> None:
    skipped = figures.shape[1] - out.shape[1]
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            figure, into = figures[places[i], skipped + m], out[i, m]
            for h in range(into.size):
                so_far = into[h] if begun else np.nan
                into[h] = figure[h] if np.isnan(so_far) else so_far


def first_known(out: Array, *series: NDArray[Any]) -> None:
    """Take the first of some series that is known by month; each is given by figures and places."""
    for number in range(0, len(series), 2):
        _fill_in(out, series[number], series[number + 1], number > 0)


@compiled
def known_to(out: Array, figures: Array, places: Places, complete: Array) -> None:
    """Count by number of months back how many are known."""
    newest = figures.shape[1] - 1
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            figure, into, before = figures[places[i], newest - m], out[i, m], out[i, max(m - 1, 0)]
            one = 1.0 - complete[i] if m == 0 else 1.0
            for h in range(into.size):
                so_far = before[h] if m > 0 else 0.0
                into[h] = so_far + (one if not np.isnan(figure[h]) else 0.0)


@compiled
def recorded_to(out: Array, figures: Array, places: Places, complete: Array) -> None:
    """Add up by number of months back what is known."""
    newest = figures.shape[1] - 1
    for i in range(out.shape[0]):
        figure, into = figures[places[i], newest], out[i, 0]
        for h in range(into.size):
            into[h] = (0.0 if np.isnan(figure[h]) else figure[h]) * (1.0 - complete[i])
        for m in range(1, out.shape[1]):
            figure, into, before = figures[places[i], newest - m], out[i, m], out[i, m - 1]
            for h in range(into.size):
                into[h] = before[h] + (0.0 if np.isnan(figure[h]) else figure[h])


@compiled
def below_to(out: Array, figures: Array, places: Places, limit: Array, complete: Array) -> None:
    """Count by number of months back how many known ones are under the limit."""
    newest = figures.shape[1] - 1
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            figure, into, before = figures[places[i], newest - m], out[i, m], out[i, max(m - 1, 0)]
            one = 1.0 - complete[i] if m == 0 else 1.0
            for h in range(into.size):
                so_far = before[h] if m > 0 else 0.0
                into[h] = so_far + (one if figure[h] < limit[i] else 0.0)


@compiled
def least_to(out: Array, figures: Array, places: Places, complete: Array) -> None:
    """Find by number of months back the least known figure."""
    newest = figures.shape[1] - 1
    for i in range(out.shape[0]):
        out[i, 0] = figures[places[i], newest]
        if complete[i] == 1:
            out[i, 0] = np.nan
        for m in range(1, out.shape[1]):
            figure, into, before = figures[places[i], newest - m], out[i, m], out[i, m - 1]
            for h in range(into.size):
                keeps = before[h] <= figure[h] or np.isnan(figure[h])
                into[h] = before[h] if keeps else figure[h]


@compiled
def most_to(out: Array, figures: Array, places: Places, complete: Array) -> None:
    """Find by number of months back the greatest known figure."""
    newest = figures.shape[1] - 1
    for i in range(out.shape[0]):
        out[i, 0] = figures[places[i], newest]
        if complete[i] == 1:
            out[i, 0] = np.nan
        for m in range(1, out.shape[1]):
            figure, into, before = figures[places[i], newest - m], out[i, m], out[i, m - 1]
            for h in range(into.size):
                keeps = before[h] >= figure[h] or np.isnan(figure[h])
                into[h] = before[h] if keeps else figure[h]


@compiled
def spread_of(  # noqa: PLR0913, PLR0917 - a series, two figures of it, and its window
    out: Array,
    figures: Array,
    places: Places,
    known: Array,
    of_known: Places,
    mean: Array,
    of_mean: Places,
    months: int,
    complete: bool,
) -> None:
    """Work out the standard deviation over the window."""
    newest = figures.shape[1] - (2 if complete else 1)
    square = np.empty(out.shape[1])
    for i in range(out.shape[0]):
        count, middle, into = known[of_known[i]], mean[of_mean[i]], out[i]
        square[:] = 0.0
        for m in range(months + (0 if complete else 1)):
            figure = figures[places[i], newest - m]
            for h in range(square.size):
                apart = figure[h] - middle[h]
                square[h] += 0.0 if np.isnan(apart) else apart * apart
        for h in range(into.size):
            into[h] = np.sqrt(square[h] / max(count[h], 1.0)) if count[h] > 1 else np.nan


@compiled
def slope_of(  # noqa: PLR0913, PLR0917 - a series, two figures of it, and its window
    out: Array,
    figures: Array,
    places: Places,
    known: Array,
    of_known: Places,
    mean: Array,
    of_mean: Places,
    months: int,
    complete: bool,
) -> None:
    """Work out the least-squares change a month over the window."""
    newest = figures.shape[1] - (2 if complete else 1)
    size, width = out.shape[1], months + (0 if complete else 1)
    middle, rise, run = np.empty(size), np.empty(size), np.empty(size)
    for i in range(out.shape[0]):
        count, level, into = known[of_known[i]], mean[of_mean[i]], out[i]
        middle[:] = -0.0
        rise[:] = -0.0
        run[:] = -0.0
        for m in range(width):
            figure = figures[places[i], newest - m]
            for h in range(size):
                middle[h] += -float(m) if not np.isnan(figure[h]) else 0.0
        for h in range(size):
            middle[h] = middle[h] / max(count[h], 1.0)
        for m in range(width):
            figure = figures[places[i], newest - m]
            for h in range(size):
                known_here = not np.isnan(figure[h])
                apart = -float(m) - middle[h] if known_here else 0.0
                rise[h] += apart * (figure[h] - level[h]) if known_here else 0.0
                run[h] += apart * apart
        for h in range(size):
            slope = rise[h] / (run[h] if run[h] > 0 else 1.0)
            into[h] = slope if count[h] > 1 else np.nan


KERNELS: Mapping[str, Callable[..., None]] = {
    kernel.__name__: kernel
    for kernel in (
        *(months, counts, carried, told_to, sum_to, last_told, told_at),
        *(sum_known, first_known, known_to, recorded_to, below_to, least_to, most_to),
        *(last_row, at_row, spread_of, slope_of, line),
    )
}
"""By operation of the plan."""
