"""What an instruction is: an operation, the rows of figures that it works on, and its numbers."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Op(IntEnum):
    """The operations, by their names in a plan; those that look at the panel or at areas come first."""

    MONTHS = auto()
    COUNTS = auto()
    CARRIED = auto()
    TOLD_TO = auto()
    SUM_TO = auto()
    LAST_TOLD = auto()
    TOLD_AT = auto()
    AHEAD = auto()
    EVER = auto()
    DAYS_SINCE = auto()
    LINE = auto()
    EQUIVALENTS = auto()
    OF_AREA = auto()
    SEASON = auto()

    KNOWN_TO = auto()
    RECORDED_TO = auto()
    BELOW_TO = auto()
    LEAST_TO = auto()
    MOST_TO = auto()
    LAST_ROW = auto()
    AT_ROW = auto()
    SPREAD_OF = auto()
    SLOPE_OF = auto()
    STREAK = auto()

    SUM_KNOWN = auto()
    FIRST_KNOWN = auto()
    LARGEST = auto()
    OF_LARGEST = auto()
    PICK = auto()
    AGE_OF = auto()
    NUMBER = auto()
    ADD = auto()
    SUBTRACT = auto()
    MULTIPLY = auto()
    DIVIDE = auto()
    TOTAL_OF = auto()
    MEAN_OF = auto()
    ABOVE = auto()
    AT_MOST = auto()

    FIGURE = auto()


IN_TURN = range(Op.SUM_KNOWN, Op.OF_LARGEST)
"""Operations on any number of figures: an instruction for each of them."""

OF_TWO = range(Op.ADD, Op.FIGURE)
"""Operations on two figures, of which the second may be a number."""


class Instruction(NamedTuple):
    """One instruction.

    Parameters
    ----------
    op : int
        An ``Op``.
    out, months : int
        The first row of results, and how many there are: by month, the running month last; of running
        totals, first. Of ``FIGURE`` the column in which it is written down.
    one, other, third : int
        The first row of figures of each operand; or a channel, or a figure of areas.
    of_one, of_other : int
        How many rows they have.
    far : int
        How many months back or ahead; or which turn it is.
    complete : int
        1 where the running month does not count.
    number : float
    """

    op: int
    out: int
    months: int = 1
    one: int = 0
    of_one: int = 0
    other: int = 0
    of_other: int = 0
    third: int = 0
    far: int = 0
    complete: int = 0
    number: float = 0.0


Instructions = NDArray[Any]
"""Instructions as Numba reads them: entries with the fields of ``Instruction``."""


def written(instructions: list[Instruction]) -> Instructions:
    """Return instructions as Numba reads them."""
    fields = [(name, float if name == "number" else np.int64) for name in Instruction._fields]
    return np.array(instructions, dtype=fields)
