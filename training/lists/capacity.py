"""How many visits a month the grids of a county have to give: the strength of the visitors, no quota."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import Usage

Whole = NDArray[np.int64]

VISITS_PER_100 = 2.0
"""Visits a month for 100 households.

A grid can verify 0.5 to 1 household a month beside its rounds (reasoned), and 51,565 households in 2,105
grids (seed S000) are 24.5 a grid: 2 to 4 visits for 100 households, of which this is the lower end.
"""

MOST_PER_100 = 100.0
"""Everybody every month."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))


def check_visits(per_100: float) -> None:
    """Refuse a number of visits a month for 100 households that is none.

    Raises
    ------
    Usage
    """
    if not 0.0 <= per_100 <= MOST_PER_100:
        raise Usage(f"visits a month for 100 households are 0 to {MOST_PER_100:.0f}, not {per_100:g}")


@dataclass(frozen=True, eq=False)
class Capacity:
    """Visits of one month.

    Parameters
    ----------
    own : (grids,) array of int
        Of each grid.
    spare : (townships,) array of int
        Of each township beside those of its grids, for whoever is highest in it.
    """

    own: Whole
    spare: Whole

    @property
    def total(self) -> int:
        """Visits of the county."""
        return int(self.own.sum() + self.spare.sum())


def monthly_capacity(
    households: Whole, township: Whole, month: int, *, per_100: float = VISITS_PER_100, seed: int = 0
) -> Capacity:
    """Give each grid its visits of a month, and each township at least one.

    Parameters
    ----------
    households : (grids,) array of int
        How many live in each grid.
    township : (grids,) array of int
        Position of the township of each grid.
    month : int
        Which month it is, counted from any.
    per_100 : float
        Visits a month for 100 households.
    seed : int
        Of the lot below.

    Notes
    -----
    Small grids have less than a visit a month: fractions add up from month to month, and a grid spends them
    when they are a whole visit. A lot says with which fraction it begins, so that not all spend in the same
    month. A township none of whose grids has a visit this month has one.
    """
    rate = households * per_100 / 100.0
    begun = lots(np.arange(households.size), 0, seed)
    own = (np.floor(rate * (month + 1) + begun) - np.floor(rate * month + begun)).astype(np.int64)
    townships = int(township.max()) + 1
    of_grids = np.bincount(township, own, minlength=townships)
    return Capacity(own, np.where(of_grids == 0, 1, 0))


def lots(who: NDArray[np.intp], month: int, seed: int) -> NDArray[np.float64]:
    """Draw a number in [0, 1) for each of some positions: the same for the same position, month and seed.

    Notes
    -----
    The mixing steps of SplitMix64 (Steele, Lea and Flood, 2014), so that no order of rows matters.
    """
    with np.errstate(over="ignore"):
        start = _mixed(
            _mixed(np.array([seed], dtype=np.uint64)) + np.array([month], dtype=np.int64).view(np.uint64)
        )
        mixed = _mixed(who.astype(np.uint64) + start)
    drawn: NDArray[np.float64] = (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = words + _STEP
    words = (words ^ (words >> _SHIFTS[0])) * _MIX[0]
    words = (words ^ (words >> _SHIFTS[1])) * _MIX[1]
    return words ^ (words >> _SHIFTS[2])
