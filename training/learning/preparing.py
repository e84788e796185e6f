"""From tables to rows to learn from: households followed, area rates dated, vectors built."""

from __future__ import annotations

import numpy as np

from features.contract import Tables
from features.errors import Refused
from features.vectors import Vectors, build_vectors
from training.cohorts.followed import Followed, next_visit
from training.cohorts.outcomes import follow
from training.cohorts.targets import NEXT_VISIT, Question, columns_for
from training.cohorts.thinning import thinned
from training.learning.area_rates import with_area_rates
from training.learning.model import Told

VECTORS = "building the vectors"
"""What it is told as."""

RATES_AT = "township"
"""Level of the areas whose rates of rare outcomes are dated."""


def prepare(
    tables: Tables,
    target: str | Question,
    told: Told,
    *,
    until: np.datetime64 | None = None,
) -> tuple[Tables, Followed, Vectors]:
    """Follow the households, date the area rates, build the vectors.

    Parameters
    ----------
    tables : Tables
    target : str or Question
        A question where it asks for more than a target.
    told : callable
    until : datetime64[D], optional
        Only outcomes known by this day enter the area rates.

    Returns
    -------
    tables : Tables
        With ``area_rates``.
    followed : Followed
        Of very many rows without the outcome a share (`training.cohorts.thinning`).
    vectors : Vectors
        A row for each row of ``followed``.

    Raises
    ------
    Usage, Refused
        Where the target or its horizon is unknown, or nobody can be followed.
    """
    asked = target if isinstance(target, Question) else Question(target)
    told("following the households")
    followed = followed_to(tables, asked)
    if asked.until is not None:
        followed = _known_by(asked.until, followed)
    counted = followed if until is None else followed.take(followed.outcome_on <= until)
    dated = dated_tables(tables, counted, asked)
    learnt_from = followed if asked.target == NEXT_VISIT else thinned(followed)
    told(VECTORS)
    vectors = build_vectors(dated, None, features=columns_for(asked.target), cohort=learnt_from.cohort)
    return dated, learnt_from, vectors


def followed_to(tables: Tables, asked: Question) -> Followed:
    """Follow the households of any target; refused where nobody can be followed."""
    if asked.target == NEXT_VISIT:
        return next_visit(tables)
    return follow(tables, asked.target, horizon_months=asked.horizon_months)


def dated_tables(tables: Tables, counted: Followed, asked: Question) -> Tables:
    """Return the tables with area rates: of each area for the next visit, of townships for rare outcomes."""
    level = None if asked.target == NEXT_VISIT else RATES_AT
    return with_area_rates(tables, counted, asked.target, horizon_months=asked.horizon_months, level=level)


def _known_by(until: np.datetime64, followed: Followed) -> Followed:
    """Return what may be learnt from on a day: rows whose outcome was known by then."""
    known = followed.outcome_on <= until
    if not known.any():
        raise Refused(f"no outcome was known by {until}")
    return followed.take(known)
