"""What a place in the order is worth: the logistic regression of the outcome on one score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.measures.reliability import calibration_line, logit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Univariate:
    """A fitted line.

    Parameters
    ----------
    slope, intercept : float
        Of the log odds on the score; the slope is never negative.
    """

    slope: float
    intercept: float

    def probability(self, x: Floats) -> Floats:
        """Return the probability at each score."""
        return np.asarray(expit(self.intercept + self.slope * x), dtype=np.float64)


def univariate(y: Floats, x: Floats) -> Univariate:
    """Fit the outcome on a score, of which higher means more at risk.

    Parameters
    ----------
    y : (rows,) array of 0.0 and 1.0
    x : (rows,) array

    Returns
    -------
    Univariate
        Level, at the rate of the rows, where there is no line (see
        `training.measures.reliability.calibration_line`) or where it falls: a probability does not contradict
        the order.

    Examples
    --------
    >>> y = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
    >>> univariate(y, np.array([1.0, 2.0, 3.0, 4.0, 5.0])).slope
    0.0
    """
    line = calibration_line(y, x, np.ones((y.size, 1)))
    slope, intercept = float(line.slope[0]), float(line.intercept[0])
    if np.isnan(slope) or slope < 0.0:
        return Univariate(0.0, float(logit(np.asarray(y.mean()))))
    return Univariate(slope, intercept)
