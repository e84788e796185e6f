"""Who is at risk on which day, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.errors import Refused
from features.history import version_order
from features.tables.visits import VISITS
from features.vectors import Cohort, build_vectors

HORIZON_MONTHS = 12
"""How far on an outcome counts where nothing else is said; the next visit within it, always."""

SOONER_MONTHS = 6
"""The shorter horizon of outcomes that come on a day, where the longer is longer."""

JUST_NOW = 1.0
"""Age in months of an income learned at the visit itself."""


@dataclass(frozen=True)
class Followed:
    """Households at risk on a day, and what came of it.

    Parameters
    ----------
    cohort : Cohort
        Pairs of household and as-of day, by household and time.
    outcome_on : ndarray of datetime64[D]
        The day on which the outcome was known.
    y : ndarray of float64
        1 where the outcome came, else 0.
    months_ahead : ndarray of int64
        Months from the as-of day to the outcome, or over which it was looked for.
    was_under : ndarray of bool
        Of the next visit: whether the household had been under the line at an earlier one (it had left
        poverty). False elsewhere.
    outcome_imputed : ndarray of bool
        Of the next visit: whether the office estimated the income that decided. False elsewhere.
    kept : float
        Share of the rows without the outcome that were kept; those with it all were.
    soon : ndarray of bool, optional
        Where outcomes come on a day: whether this one came within the shorter horizon.
    stands_for : ndarray of float64, optional
        How many rows each stands for because help left others out (`training.helped`); the thinning is not
        in it.
    """

    cohort: Cohort
    outcome_on: NDArray[np.datetime64]
    y: NDArray[np.float64]
    months_ahead: NDArray[np.int64]
    was_under: NDArray[np.bool_]
    outcome_imputed: NDArray[np.bool_]
    kept: float = 1.0
    soon: NDArray[np.bool_] | None = None
    stands_for: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return self.y.size

    @property
    def weight(self) -> NDArray[np.float64] | None:
        """How many rows each row stands for; None where all count alike."""
        return each_stands_for(self.y, self.kept, self.stands_for)

    def take(self, rows: NDArray[Any]) -> Followed:
        """Return some of the rows, by positions or mask."""
        return Followed(
            Cohort(self.cohort.household_id[rows], self.cohort.as_of[rows]),
            self.outcome_on[rows],
            self.y[rows],
            self.months_ahead[rows],
            self.was_under[rows],
            self.outcome_imputed[rows],
            self.kept,
            None if self.soon is None else self.soon[rows],
            None if self.stands_for is None else self.stands_for[rows],
        )


def each_stands_for(
    y: NDArray[np.float64], kept: float, stands_for: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Return how many rows each row stands for, of those left out by help and by thinning; None for one each.

    Examples
    --------
    >>> each_stands_for(np.array([0.0, 1.0]), 0.5, None)
    array([2., 1.])
    """
    thinned = None if kept == 1.0 else np.where(y == 1.0, 1.0, 1.0 / kept)
    if thinned is None or stands_for is None:
        return stands_for if thinned is None else thinned
    return thinned * stands_for


def both_kinds(y: NDArray[np.float64]) -> bool:
    """Say whether the outcome came in some rows and did not in others: else there is nothing to tell apart.

    Examples
    --------
    >>> both_kinds(np.array([0.0, 1.0, 0.0])), both_kinds(np.array([0.0, 0.0]))
    (True, False)
    """
    return bool((y == 1.0).any() and (y == 0.0).any())


def next_visit(tables: Tables) -> Followed:
    """Follow every household from each visit to its next one.

    At risk is a household whose income, learned at a visit, was on or above the line. The outcome
    is the income learned at the next visit, at most a year on; where either visit brought no
    income there is no row.

    Raises
    ------
    Refused
        Where no household can be followed.
    """
    visits = tables.get("visits")
    if visits is None or not visits["record_id"].size:
        raise Refused("no visits: nobody can be followed to the next one")
    household, day = _rounds(visits)
    pairs = np.unique(
        np.rec.fromarrays([household, day], dtype=[("household", household.dtype), ("day", day.dtype)])
    )
    seen = Cohort(pairs["household"], pairs["day"])
    vectors = build_vectors(
        tables, None, features=["income_to_line_latest", "income_age", "income_imputed"], cohort=seen
    )
    ratio, age, imputed = vectors.X.T
    learned = (age == JUST_NOW) & ~np.isnan(ratio)
    month = seen.as_of.astype("datetime64[M]").astype(np.int64)
    same = seen.household_id[:-1] == seen.household_id[1:]
    ahead = np.where(same, month[1:] - month[:-1], 0)
    at_risk = same & learned[:-1] & learned[1:] & (ratio[:-1] >= 1.0) & (ahead <= HORIZON_MONTHS)
    now = np.flatnonzero(at_risk)
    if not now.size:
        raise Refused("no household was above the line at one visit and met again within a year")
    return Followed(
        Cohort(seen.household_id[now], seen.as_of[now]),
        seen.as_of[now + 1],
        (ratio[now + 1] < 1.0).astype(np.float64),
        ahead[now],
        _under_before(seen.household_id, learned & (ratio < 1.0))[now],
        imputed[now + 1] == 1,
    )


def _rounds(visits: Facts) -> tuple[NDArray[np.str_], NDArray[np.datetime64]]:
    """Return whom each ordinary round met and when that was learned; a correction is no visit of its own."""
    order = version_order(visits)
    record = visits["record_id"][order]
    changes = record[1:] != record[:-1]
    first, last = order[np.append(True, changes)], order[np.append(changes, True)]
    stands = (visits["purpose"][last] == VISITS.column("purpose").code("round")) & (
        visits["voided"][last] != 1
    )
    return visits["household_id"][last][stands], visits["known_on"][first][stands]


def _under_before(household: NDArray[np.str_], under: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which visits follow, in the same household, one at which income was under the line."""
    total = np.cumsum(under)
    first = np.flatnonzero(np.concatenate([[True], household[1:] != household[:-1]]))
    visits = np.diff(np.append(first, household.size))
    before_household: NDArray[np.int64] = np.repeat(total[first] - under[first], visits)
    earlier: NDArray[np.bool_] = (total - under - before_household) > 0
    return earlier
