"""Probabilities of rows from calibrations that saw neither their block of time nor their household."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from models.calibration import UNCALIBRATED, fit_calibration
from training.cohorts.followed import both_kinds

Floats = NDArray[np.float64]

FOLDS = 5
"""Parts into which the households fall, by a hash of their ids."""


def crossfitted(
    raw: Floats,
    y: Floats,
    household_id: NDArray[np.str_],
    block: NDArray[np.intp],
    weight: Floats | None = None,
) -> Floats:
    """Return what each row is promised by a calibration of other blocks and other households.

    Parameters
    ----------
    raw : (rows,) array
        Raw scores.
    y : (rows,) array
        Outcomes, 0 or 1.
    household_id : (rows,) array of str
    block : (rows,) array of int
        The block of time of each row, which trees of its own scored.
    weight : (rows,) array, optional
        How many rows each stands for.

    Returns
    -------
    (rows,) array
        Probabilities.

    Notes
    -----
    A block has a level of its own, of weather, prices and the year's rules, and a household's rows of several
    blocks may tell of one event: a calibration that had seen either would know part of the answer. Where
    there is one block only, other households must do; where the others had outcomes of one kind only, the
    scores are taken as they are.
    """
    part = parts_of(household_id)
    alone = np.unique(block).size == 1
    probability = np.empty(raw.size)
    for each in np.unique(block):
        for fold in np.unique(part[block == each]):
            own = (block == each) & (part == fold)
            others = (part != fold) & (alone | (block != each))
            calibration = UNCALIBRATED
            if both_kinds(y[others]):
                counted = None if weight is None else weight[others]
                calibration = fit_calibration(raw[others], y[others], weight=counted, origin=block[others])
            probability[own] = calibration.probability(raw[own])
    return probability


def parts_of(household_id: NDArray[np.str_], parts: int = FOLDS) -> NDArray[np.intp]:
    """Return the part in which each household falls, by a hash of its id alone."""
    names, rows = np.unique(household_id, return_inverse=True)
    part = np.array([crc32(name.encode()) % parts for name in names.tolist()], dtype=np.intp)
    return part[rows]
