"""Which rows help reached before their outcome came, so that nobody knows what would have come without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from training.cohorts.followed import Followed
from training.cohorts.outcomes import Asked, first_day, last_known
from training.cohorts.targets import NEXT_VISIT, Question
from training.helped.starts import first_after, help_starts

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class HelpedRows:
    """Rows, and whether help came between them and their outcome.

    Parameters
    ----------
    before : (rows,) array of bool
        Help began after the as-of day and before the month in which the outcome came; where none came, or the
        outcome is a state, by the last day of the horizon.
    exposed : (rows,) array of float
        Share of the horizon in which help could have come before the outcome: 1 where none came.
    """

    before: Mask
    exposed: Floats


def helped_rows(tables: Tables, followed: Followed, asked: Question) -> HelpedRows:
    """Tell which rows help reached before their outcome came.

    Parameters
    ----------
    tables : Tables
    followed : Followed
    asked : Question
        Its target and horizon.

    Returns
    -------
    HelpedRows

    Notes
    -----
    Help is every support, on whatever ground, and every public post or place in a workshop that is given
    anew, as believed on the last day of the data; what began by the as-of day is no later help. Help in the
    month of the outcome answers it: within a month the recorded days do not tell what came first.
    """
    last = last_known(tables)
    looked = Asked(tables, followed.cohort, asked.horizon_months, last)
    end = followed.outcome_on if asked.target == NEXT_VISIT else looked.ends()
    came = first_day(looked, asked.target)
    month_before = came.astype("datetime64[M]").astype("datetime64[D]") - 1
    until = np.where(np.isnat(came), end, np.maximum(month_before, followed.cohort.as_of))
    first = first_after(followed.cohort, help_starts(tables, last))
    whole = (end - followed.cohort.as_of).astype(np.float64)
    return HelpedRows(first <= until, (until - followed.cohort.as_of).astype(np.float64) / whole)
