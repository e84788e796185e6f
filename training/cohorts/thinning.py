"""Rare outcomes among many rows: all rows with the outcome, and as many others as can be learnt from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.cohorts.followed import Followed
from training.measures.reliability import logit

Floats = NDArray[np.float64]

MOST_ROWS = 60_000
"""Rows that are learnt from where there are more."""

AT_LEAST = 20
"""Rows without the outcome that stay for each with it, whatever the room."""


def thinned(
    followed: Followed, *, most: int = MOST_ROWS, at_least: int = AT_LEAST, random_state: int = 1
) -> Followed:
    """Return all rows with the outcome and a random share of the others.

    Parameters
    ----------
    followed : Followed
    most : int
        Rows to keep; as given where they are no more.
    at_least : int
        Rows without the outcome to keep for each with it, even beyond that.
    random_state : int

    Returns
    -------
    Followed
        In the order given; ``kept`` tells the share, ``weight`` how many rows each stands for.

    References
    ----------
    King and Zeng (2001), Logistic regression in rare events data, Political Analysis 9: 137-163.
    """
    if len(followed) <= most:
        return followed
    others = np.flatnonzero(followed.y != 1.0)
    events = len(followed) - others.size
    room = min(max(most - events, at_least * events), others.size)
    chosen = np.random.default_rng(random_state).choice(others, size=room, replace=False)
    rows = np.sort(np.concatenate([np.flatnonzero(followed.y == 1.0), chosen]))
    return replace(followed.take(rows), kept=followed.kept * room / others.size)


def shifted(probability: Floats, kept: float) -> Floats:
    """Return probabilities learnt on thinned rows as they hold for all: the odds times the share kept.

    Examples
    --------
    >>> shifted(np.array([0.5, 0.5 / 0.6]), 0.2).round(6).tolist()
    [0.166667, 0.5]
    """
    return probability if kept == 1.0 else np.asarray(expit(logit(probability) + np.log(kept)), np.float64)
