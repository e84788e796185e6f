"""Ages at which the law and custom change what somebody does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KINDERGARTEN_AT, SCHOOL_AT, JUNIOR_AT, SENIOR_AT, TERTIARY_AT, GRADUATION_AT = 3, 6, 12, 15, 18, 22
"""Years at which a stage of schooling begins; the last is when it all ends."""

STARTS = np.array([0, KINDERGARTEN_AT, SCHOOL_AT, JUNIOR_AT, SENIOR_AT, TERTIARY_AT, SCHOOL_AT])
"""Age at which each stage (code of ``members.student``) begins."""

MARRIES_FROM, MARRIES_UNTIL = 20, 36
BEARS_FROM, BEARS_UNTIL = 20, 40
WORKS_FROM, WORKS_UNTIL = 16, 65
"""Work for others and on the fields; page G1 counts labourers from 16."""
PENSION_FROM = 60

MONTHS = 12


def stage_at(years: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the stage of schooling that belongs to an age in September; 0 outside school age."""
    bounds = np.array([KINDERGARTEN_AT, SCHOOL_AT, JUNIOR_AT, SENIOR_AT, TERTIARY_AT, GRADUATION_AT])
    return (np.searchsorted(bounds, years, side="right") % bounds.size).astype(np.int8)


def grade_at(years: NDArray[np.int64], stage: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return the school year within a stage, from 1; 0 for who is not at school."""
    return np.where(stage > 0, np.clip(years - STARTS[stage] + 1, 1, MONTHS), 0)
