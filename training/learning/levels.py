"""The level of the last year: a calibration moved to what came of it, as far as its events can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from models.calibration import LogisticCalibration

Floats = NDArray[np.float64]

YEAR_DAYS = 365

LEVELS_DIFFER = 0.2
"""By how much a year's level differs from that of all years [standard deviation, log odds] (reasoned)."""

PRIOR_EVENTS = round(LEVELS_DIFFER**-2)
"""Events by which a year's own level counts for half.

A level told by n events is sure to about 1 / √n in log odds; drawn towards that of all years by a normal
prior, n / (n + `PRIOR_EVENTS`) of the way to its own is left.
"""

FARTHEST = 10.0
"""Log odds by which a level is moved at most, before it is drawn back."""


def of_the_last_year(
    calibration: LogisticCalibration,
    raw: Floats,
    y: Floats,
    household_id: NDArray[np.str_],
    as_of: NDArray[np.datetime64],
    weight: Floats | None = None,
) -> LogisticCalibration:
    """Return a calibration whose level is that of the last year, drawn towards that of all years.

    Parameters
    ----------
    calibration : LogisticCalibration
        Of all rows.
    raw, y : (rows,) arrays
        Scores and outcomes of rows that the trees had not seen.
    household_id, as_of : (rows,) arrays
        Rows of one household in one year tell of one event.
    weight : (rows,) array, optional
        How many rows each stands for.

    Returns
    -------
    LogisticCalibration
        Of the same slope, so that the order and the points' signs stay.

    References
    ----------
    Steyerberg (2019), Clinical Prediction Models, 2nd ed., ch. 20: updating the intercept alone, shrunk.
    """
    last = as_of > as_of.max() - np.timedelta64(YEAR_DAYS, "D")
    events = np.unique(household_id[last & (y == 1.0)]).size
    counted = np.ones(y.size) if weight is None else weight
    came = float((y * counted)[last].sum())
    if not 0.0 < came < counted[last].sum():
        return calibration

    def excess(moved: float) -> float:
        shifted = replace(calibration, intercept=calibration.intercept + moved)
        return float((shifted.probability(raw[last]) * counted[last]).sum()) - came

    moved = float(brentq(excess, -FARTHEST, FARTHEST)) if excess(-FARTHEST) < 0.0 < excess(FARTHEST) else 0.0
    share = events / (events + PRIOR_EVENTS)
    return replace(calibration, intercept=calibration.intercept + share * moved)
