"""Checks by lot, whoever is suspected: what they stand for, and how a version is judged on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.history import NEVER, believed
from features.tables.outcomes import VERIFICATIONS
from features.vectors import Cohort
from training.cohorts.horizon import months_on
from training.cohorts.outcomes import last_known
from training.cohorts.row_weights import effective_rows
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import Scores

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NOT_JUDGED = VERIFICATIONS.column("risk").code("not_judged")
DRAWN = "drawn_chance"


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


def explored_weights(tables: Tables, cohort: Cohort, horizon_months: int) -> Floats:
    """Return what each row stands for by the checks by lot within its horizon.

    Parameters
    ----------
    tables : Tables
    cohort : Cohort
    horizon_months : int

    Returns
    -------
    ndarray, shape (rows,)
        The sum of one over the recorded chance of each check by lot that judged the household, from the day
        after the as-of day to the end of the horizon; 0 where there was none.

    Notes
    -----
    A household that is drawn with chance p in each of k drawings has an expected sum of k, whatever p is: the
    chances of the drawings that it was not drawn in need not be known. Who was drawn and not met, or not
    judged, is not there to be counted: where that hangs on need, these measures do too.

    References
    ----------
    Hansen and Hurwitz (1943), On the theory of sampling from finite populations, Annals of Mathematical
    Statistics 14: 333-362.
    """
    facts = tables.get("verifications")
    if facts is None or DRAWN not in facts:
        return np.zeros(cohort.as_of.size)
    told = believed(facts).on(last_known(tables)) & ~np.isnan(facts[DRAWN])
    rows = np.flatnonzero(told & (facts["risk"] >= 0) & (facts["risk"] != NOT_JUDGED))
    names, owner = np.unique(cohort.household_id, return_inverse=True)
    rows = rows[np.isin(facts["household_id"][rows], names)]
    span = int(NEVER.astype(np.int64))
    keys = np.searchsorted(names, facts["household_id"][rows]) * span
    keys += facts["occurred_on"][rows].astype(np.int64)
    order = np.argsort(keys, kind="stable")
    total = np.append(0.0, np.cumsum(1.0 / facts[DRAWN][rows][order]))
    start, end = (
        np.searchsorted(keys[order], owner * span + months_on(cohort.as_of, months).astype(np.int64), "right")
        for months in (0, horizon_months)
    )
    return np.where(end > start, total[end] - total[start], 0.0)


@dataclass(frozen=True)
class Explored:
    """A version and the best of the rest on rows that were checked by lot.

    Parameters
    ----------
    rows, households, with_outcome : int
        Rows with a check by lot within the horizon.
    effective : float
        As how many rows of equal weight they tell.
    comparison : Comparison
        Each row weighted by one over its chance.
    """

    rows: int
    households: int
    with_outcome: int
    effective: float
    comparison: Comparison

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {**vars(self), "comparison": self.comparison.as_dict()}

    def as_text(self) -> str:
        """Give the table as plain text, and what it is."""
        head = (
            f"checked by lot within the horizon: {self.rows:,} rows of {self.households:,} households, "
            f"{self.with_outcome:,} with the outcome; weighted by one over the recorded chance they tell as "
            f"much as {self.effective:,.0f} of equal weight"
        )
        return f"{head}\n{self.comparison.as_text()}"


def explored(
    tables: Tables,
    cohort: Cohort,
    y: Floats,
    scorers: Mapping[str, Scores],
    *,
    horizon_months: int,
    share: float = 0.10,
    resamples: int = 200,
    random_state: int = 1,
) -> Explored | None:
    """Judge scorers on rows that were checked by lot, each for as many as it stands for.

    Parameters
    ----------
    tables : Tables
    cohort, y, scorers
        All rows that are judged, what was found, and what is said of them.
    horizon_months : int
    share, resamples, random_state
        As in `training.measures.comparison.comparison`.

    Returns
    -------
    Explored or None
        None where no check within the horizons was by lot.

    Notes
    -----
    Need is found where somebody looks, and looked at are the suspected. Of rows that were checked by lot it
    is known more nearly whether there was need: on the day of the lot for sure, between the checks not.
    """
    weight = explored_weights(tables, cohort, horizon_months)
    rows = np.flatnonzero(weight > 0.0)
    if not rows.size:
        return None
    compared = comparison(
        y[rows],
        {name: each.take(rows) for name, each in scorers.items()},
        cohort.household_id[rows],
        weight=weight[rows],
        share=share,
        resamples=resamples,
        random_state=random_state,
    )
    return Explored(
        int(rows.size),
        int(np.unique(cohort.household_id[rows]).size),
        int(y[rows].sum()),
        effective_rows(weight[rows]),
        compared,
    )
