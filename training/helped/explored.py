"""Visits by lot, whoever is suspected, and what they stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def audit_sample(visits: NDArray[np.int64], share: float, random_state: int) -> tuple[Mask, Floats]:
    """Draw visits at random to be audits, whoever is suspected.

    Parameters
    ----------
    visits : (rows,) array of int
        Visits of the row's household within the horizon.
    share : float
        Share of the visits that become audits.
    random_state : int

    Returns
    -------
    drawn : (rows,) array of bool
        At least one of its visits was an audit.
    weight : (rows,) array of float
        One over the chance of that where drawn, else 0: the often visited are audited more often, and
        count for less. Who is never visited is never audited, and nobody stands for him.

    References
    ----------
    Horvitz and Thompson (1952), A generalization of sampling without replacement from a finite universe,
    JASA 47: 663-685. Elkan and Noto (2008), Learning classifiers from only positive and unlabeled data, KDD
    (what cannot be learnt where only the found are labelled).
    """
    chance = 1.0 - (1.0 - share) ** visits
    drawn: Mask = np.random.default_rng(random_state).random(visits.size) < chance
    return drawn, np.divide(1.0, chance, out=np.zeros(visits.size), where=drawn)
