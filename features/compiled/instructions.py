"""What an instruction is: an operation, the rows of figures that it works on, and its numbers."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np

INSTRUCTION = np.dtype(
    [
        *((name, np.int64) for name in ("op", "out", "months")),
        *((name, np.int64) for name in ("one", "of_one", "other", "of_other", "third", "of_third")),
        *((name, np.int64) for name in ("count", "complete")),
        ("number", np.float64),
    ]
)
"""``out`` is the first of ``months`` rows of results, the running month last (of totals, first); ``one``,
``other`` and ``third`` are the first of as many rows as ``of_…`` says, or a channel or a figure of areas.
``count`` is a number of months, or says which turn it is; ``complete`` is 1 where the running month does not
count."""


class Op(IntEnum):
    """The operations, by their names in a plan."""

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
    PICK = auto()
    SPREAD_OF = auto()
    SLOPE_OF = auto()
    STREAK = auto()
    SUM_KNOWN = auto()
    FIRST_KNOWN = auto()
    LARGEST = auto()
    OF_LARGEST = auto()
    AGE_OF = auto()
    ADD = auto()
    SUBTRACT = auto()
    MULTIPLY = auto()
    DIVIDE = auto()
    TOTAL_OF = auto()
    MEAN_OF = auto()
    ABOVE = auto()
    AT_MOST = auto()
    NUMBER = auto()
    FIGURE = auto()


OF_TWO = range(Op.ADD, Op.AT_MOST + 1)
"""Operations on two figures, of which the second may be a number."""

IN_TURN = range(Op.SUM_KNOWN, Op.LARGEST + 1)
"""Operations on any number of figures: an instruction for each of them."""
