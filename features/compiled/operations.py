"""Instructions on figures that are in the hand: the operations of `features.operations`, with the same bytes.

What is added up is added up in the same order, so that tests can hold them to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.compiled.compiling import compiled, inlined
from features.compiled.instructions import Instruction, Op
from features.reach import REACH

Array = NDArray[np.float64]


@compiled
def work(rows: Array, each: Instruction) -> None:
    """Follow an instruction on figures."""
    if each.op < Op.SUM_KNOWN:
        _over_months(rows, each)
    elif each.op < Op.OF_LARGEST:
        _in_turn(rows, each)
    elif each.op < Op.ADD:
        _of_one(rows, each)
    else:
        _of_two(rows, each)


@compiled
def _over_months(rows: Array, each: Instruction) -> None:  # noqa: C901 - a branch an operation
    op = each.op
    if op == Op.KNOWN_TO:
        _known_to(rows, each)
    elif op == Op.RECORDED_TO:
        _recorded_to(rows, each)
    elif op == Op.BELOW_TO:
        _below_to(rows, each)
    elif op in (Op.LEAST_TO, Op.MOST_TO):
        _most_to(rows, each)
    elif op == Op.LAST_ROW:
        _last_row(rows, each)
    elif op == Op.AT_ROW:
        _at_row(rows, each)
    elif op == Op.SPREAD_OF:
        _spread_of(rows, each)
    elif op == Op.SLOPE_OF:
        _slope_of(rows, each)
    else:
        _streak(rows, each)


@compiled
def _of_one(rows: Array, each: Instruction) -> None:
    op = each.op
    if op == Op.OF_LARGEST:
        _of_largest(rows, each)
    elif op == Op.PICK:
        rows[each.out] = rows[each.one + each.far]
    elif op == Op.AGE_OF:
        _age_of(rows, each)
    else:
        rows[each.out] = each.number


@compiled
def one_row(rows: Array, first: int, months: int) -> Array:
    """Return rows that follow each other as one long one."""
    lanes = rows.shape[1]
    return rows.reshape(-1)[first * lanes : (first + months) * lanes]


@inlined
def _newest(first: int, months: int, back: int) -> int:
    """Return the row of a month so many back."""
    return first + months - 1 - back


@compiled
def _known_to(rows: Array, each: Instruction) -> None:
    """Count by number of months back how many are known."""
    for m in range(each.months):
        figure = rows[_newest(each.one, each.of_one, m)]
        into, before = rows[each.out + m], rows[each.out + max(m - 1, 0)]
        one = 1.0 - each.complete if m == 0 else 1.0
        for h in range(into.size):
            into[h] = (before[h] if m > 0 else 0.0) + (0.0 if np.isnan(figure[h]) else one)


@compiled
def _recorded_to(rows: Array, each: Instruction) -> None:
    """Add up by number of months back what is known."""
    figure, into = rows[_newest(each.one, each.of_one, 0)], rows[each.out]
    for h in range(into.size):
        into[h] = (0.0 if np.isnan(figure[h]) else figure[h]) * (1.0 - each.complete)
    for m in range(1, each.months):
        figure = rows[_newest(each.one, each.of_one, m)]
        into, before = rows[each.out + m], rows[each.out + m - 1]
        for h in range(into.size):
            into[h] = before[h] + (0.0 if np.isnan(figure[h]) else figure[h])


@compiled
def _below_to(rows: Array, each: Instruction) -> None:
    """Count by number of months back how many known ones are under the limit."""
    for m in range(each.months):
        figure = rows[_newest(each.one, each.of_one, m)]
        into, before = rows[each.out + m], rows[each.out + max(m - 1, 0)]
        one = 1.0 - each.complete if m == 0 else 1.0
        for h in range(into.size):
            into[h] = (before[h] if m > 0 else 0.0) + (one if figure[h] < each.number else 0.0)


@compiled
def _most_to(rows: Array, each: Instruction) -> None:
    """Find by number of months back the greatest known figure, or the least."""
    least = each.op == Op.LEAST_TO
    rows[each.out] = rows[_newest(each.one, each.of_one, 0)]
    if each.complete:
        rows[each.out] = np.nan
    for m in range(1, each.months):
        figure = rows[_newest(each.one, each.of_one, m)]
        into, before = rows[each.out + m], rows[each.out + m - 1]
        for h in range(into.size):
            keeps = before[h] <= figure[h] if least else before[h] >= figure[h]
            into[h] = before[h] if keeps or np.isnan(figure[h]) else figure[h]


@compiled
def _last_row(rows: Array, each: Instruction) -> None:
    """Find the last known month, or the one before."""
    last, before = np.full(rows.shape[1], -1.0), rows[each.out]
    before[:] = -1.0
    for m in range(each.of_one - 1, each.complete - 1, -1):
        figure, month = rows[_newest(each.one, each.of_one, m)], float(REACH - m)
        if each.far:
            for h in range(last.size):
                before[h] = before[h] if np.isnan(figure[h]) else last[h]
        for h in range(last.size):
            last[h] = last[h] if np.isnan(figure[h]) else month
    if not each.far:
        before[:] = last


@compiled
def _at_row(rows: Array, each: Instruction) -> None:
    """Read the figure of a month."""
    month, into, first = rows[each.other], rows[each.out], each.one + each.of_one - (REACH + 1)
    for h in range(into.size):
        into[h] = rows[first + int(month[h]), h] if month[h] >= 0 else np.nan


@compiled
def _spread_of(rows: Array, each: Instruction) -> None:
    """Work out the standard deviation over the window, in two passes."""
    known, mean, into = rows[each.other], rows[each.third], rows[each.out]
    square = np.zeros(into.size)
    for m in range(each.complete, each.far + 1):
        figure = rows[_newest(each.one, each.of_one, m)]
        for h in range(into.size):
            apart = figure[h] - mean[h]
            square[h] += 0.0 if np.isnan(apart) else apart * apart
    for h in range(into.size):
        into[h] = np.sqrt(square[h] / max(known[h], 1.0)) if known[h] > 1 else np.nan


@compiled
def _slope_of(rows: Array, each: Instruction) -> None:
    """Work out the least-squares change a month over the window."""
    known, mean, into = rows[each.other], rows[each.third], rows[each.out]
    middle, rise, run = np.full(into.size, -0.0), np.full(into.size, -0.0), np.full(into.size, -0.0)
    for m in range(each.complete, each.far + 1):
        figure, time = rows[_newest(each.one, each.of_one, m)], -float(m - each.complete)
        for h in range(into.size):
            middle[h] += 0.0 if np.isnan(figure[h]) else time
    for h in range(into.size):
        middle[h] /= max(known[h], 1.0)
    for m in range(each.complete, each.far + 1):
        figure, time = rows[_newest(each.one, each.of_one, m)], -float(m - each.complete)
        for h in range(into.size):
            known_here = not np.isnan(figure[h])
            apart = time - middle[h] if known_here else 0.0
            rise[h] += apart * (figure[h] - mean[h]) if known_here else 0.0
            run[h] += apart * apart
    for h in range(into.size):
        slope = rise[h] / (run[h] if run[h] > 0 else 1.0)
        into[h] = slope if known[h] > 1 else np.nan


@compiled
def _streak(rows: Array, each: Instruction) -> None:
    """Count the known months in a row, up to the last known one, that are under the limit."""
    into = rows[each.out]
    over, in_a_row, any_known = np.zeros(into.size), np.zeros(into.size), np.zeros(into.size)
    for m in range(each.complete, each.far + 1):
        figure = rows[_newest(each.one, each.of_one, m)]
        for h in range(into.size):
            known = 0.0 if np.isnan(figure[h]) else 1.0
            over[h] += 0.0 if figure[h] < each.number else known
            in_a_row[h] += known if over[h] == 0 else 0.0
            any_known[h] += known
    for h in range(into.size):
        into[h] = in_a_row[h] if any_known[h] > 0 else np.nan


@compiled
def _age_of(rows: Array, each: Instruction) -> None:
    """Say how many months ago a month was."""
    month, into = rows[each.one], rows[each.out]
    for h in range(into.size):
        into[h] = REACH - month[h] if month[h] >= 0 else np.nan


@compiled
def _of_largest(rows: Array, each: Instruction) -> None:
    """Take a value if its weight is greater than those before, which are in the third row."""
    weight, value, greatest, into = rows[each.one], rows[each.other], rows[each.third], rows[each.out]
    for h in range(into.size):
        so_far, held = (greatest[h], into[h]) if each.far > 0 else (0.0, np.nan)
        more = weight[h] > so_far
        greatest[h] = weight[h] if more else so_far
        into[h] = value[h] if more else held


@compiled
def _in_turn(rows: Array, each: Instruction) -> None:
    """Add what is known, or take the first that is, or the greatest: one more figure each time."""
    into = one_row(rows, each.out, each.months)
    figure = one_row(rows, each.one + each.of_one - each.months, each.months)
    if each.far == 0:
        into[:] = np.nan
    if each.op == Op.SUM_KNOWN:
        _add_known(into, figure)
    elif each.op == Op.FIRST_KNOWN:
        _fill_in(into, figure)
    else:
        _raise(into, figure)


@compiled
def _add_known(into: Array, figure: Array) -> None:
    for h in range(into.size):
        so_far = 0.0 if np.isnan(into[h]) else into[h]
        into[h] = into[h] if np.isnan(figure[h]) else so_far + figure[h]


@compiled
def _fill_in(into: Array, figure: Array) -> None:
    for h in range(into.size):
        into[h] = figure[h] if np.isnan(into[h]) else into[h]


@compiled
def _raise(into: Array, figure: Array) -> None:
    for h in range(into.size):
        into[h] = into[h] if into[h] >= figure[h] or np.isnan(figure[h]) else figure[h]


@compiled
def _of_two(rows: Array, each: Instruction) -> None:
    """Combine figures of the last months; what has one month only is the same in all."""
    if min(each.of_one, each.of_other) >= each.months:
        one = one_row(rows, each.one + each.of_one - each.months, each.months)
        other = one_row(rows, each.other + each.of_other - each.months, each.months)
        _combine(each.op, one_row(rows, each.out, each.months), one, other)
        return
    for back in range(each.months):
        one = rows[_newest(each.one, each.of_one, min(back, each.of_one - 1))]
        other = rows[_newest(each.other, each.of_other, min(back, each.of_other - 1))]
        _combine(each.op, rows[_newest(each.out, each.months, back)], one, other)


@compiled
def _combine(op: int, into: Array, one: Array, other: Array) -> None:  # noqa: C901, PLR0912 - a branch an operation
    if op == Op.ADD:
        for h in range(into.size):
            into[h] = one[h] + other[h]
    elif op == Op.SUBTRACT:
        for h in range(into.size):
            into[h] = one[h] - other[h]
    elif op == Op.MULTIPLY:
        for h in range(into.size):
            into[h] = one[h] * other[h]
    elif op == Op.DIVIDE:
        for h in range(into.size):
            into[h] = one[h] / other[h] if other[h] != 0 else np.nan
    elif op == Op.TOTAL_OF:
        for h in range(into.size):
            into[h] = other[h] if one[h] > 0 else np.nan
    elif op == Op.MEAN_OF:
        for h in range(into.size):
            into[h] = other[h] / one[h] if one[h] > 0 else np.nan
    elif op == Op.ABOVE:
        for h in range(into.size):
            above = 1.0 if one[h] > other[h] else 0.0
            into[h] = np.nan if np.isnan(one[h]) else above
    else:
        for h in range(into.size):
            into[h] = other[h] if other[h] < one[h] else one[h]  # noqa: FURB136 - what is unknown stays so
