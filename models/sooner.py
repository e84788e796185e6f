"""A shorter horizon of the same model: how much of the probability falls into its first months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.calibration import LogisticCalibration, calibration_from, fit_calibration


@dataclass(frozen=True)
class Sooner:
    """A shorter horizon.

    Parameters
    ----------
    months : int
        The outcome lies in (as of, as of + months].
    share : LogisticCalibration
        From the raw score to the share of outcomes of the longer horizon that come within the shorter.

    Notes
    -----
    The probability is that of the longer horizon times the share: never above it, and rising with the same
    score, so that both horizons put households into one order and have the same reasons.
    """

    months: int
    share: LogisticCalibration

    def probability(self, f: ArrayLike, longer: ArrayLike) -> NDArray[np.float64]:
        """Return the probability within the shorter horizon.

        Parameters
        ----------
        f : array-like, shape (rows,)
            Raw scores.
        longer : array-like, shape (rows,)
            Probabilities of the longer horizon.
        """
        return np.asarray(longer, dtype=np.float64) * self.share.probability(f)

    def as_mapping(self) -> dict[str, Any]:
        """Return the horizon as it is written into a bundle."""
        return {"months": self.months, "boosters": [], "share": self.share.as_mapping()}


def sooner_from(mapping: Mapping[str, Any]) -> Sooner:
    """Return a shorter horizon from its mapping in a bundle; ``Foreign`` where it is none."""
    return Sooner(int(mapping["months"]), calibration_from(mapping["share"]))


def fit_sooner(
    f: ArrayLike,
    came: ArrayLike,
    months: int,
    *,
    weight: ArrayLike | None = None,
    origin: ArrayLike | None = None,
) -> Sooner:
    """Fit the share on rows that had the outcome within the longer horizon.

    Parameters
    ----------
    f : array-like, shape (rows,)
        Raw scores of later months than the trees have seen.
    came : array-like, shape (rows,)
        1 where the outcome came within the shorter horizon, else 0.
    months : int
    weight : array-like, shape (rows,), optional
        How many rows each row stands for; all alike if not given.
    origin : array-like of int, shape (rows,), optional
        Which trees scored each row, where several did (`models.calibration.fit_calibration`).

    Raises
    ------
    Refused
        Where all came sooner, or none did.
    """
    return Sooner(months, fit_calibration(f, came, weight=weight, origin=origin))
