"""When the stage of schooling that somebody is in will end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Code, Facts

YEARS = {"kindergarten": 3, "primary": 6, "junior": 3, "senior": 3, "tertiary": 4}
"""School years of each stage."""

JULY, SEPTEMBER = 7, 9
"""The school year ends in July and begins in September."""


def stage_ends_on(stages: tuple[Code, ...], facts: Facts) -> NDArray[Any]:
    """Return the last day of the July in which the present stage of each member ends.

    Parameters
    ----------
    stages : tuple of Code
        The code list of ``student``.
    facts : Facts
        Rows of ``members``: ``student``, ``grade`` and ``occurred_on`` are read.

    Returns
    -------
    ndarray of datetime64[D], shape (rows,)
        NaT where stage or grade is unknown, and for who is not at school.
    """
    years = np.array([YEARS.get(stage.id, 0) for stage in stages] + [0])[facts["student"]]
    known = (years > 0) & ~np.isnan(facts["grade"])
    grade = np.where(known, facts["grade"], 0.0).astype(np.int64)
    month = facts["occurred_on"].astype("datetime64[M]").astype(np.int64)
    in_year = month % 12 + 1
    july = month - in_year + JULY + np.where(in_year >= SEPTEMBER, 12, 0)
    ends = july + 12 * np.maximum(years - grade, 0)
    day = (ends + 1).astype("datetime64[M]").astype("datetime64[D]") - 1
    return np.where(known, day, np.datetime64("NaT", "D"))
