"""In which groups a household was on a day, as known then: for judging a score, never for making one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.ids import positions
from features.policy import Policy
from features.tables.people import MEMBERS
from features.vectors import Cohort, Vectors, build_vectors
from models.assessment import LOOKED_AT, sufficiency
from training.groups.area_marks import AreaMarks
from training.groups.roster import UNTOLD, Roster

Names = NDArray[np.str_]
Whole = NDArray[np.int64]

NOT_KNOWN = "not known"
SEXES = tuple(code.id for code in MEMBERS.column("sex").codes)
WHETHER = ("no", "yes")
TOWNSHIPS = ("mostly near", "mostly remote")

COLUMNS = (("members", "sex"), ("members", "birth_year"), ("areas", "remote"), ("areas", "ethnic_majority"))
"""Columns that are read for groups and that no feature may read."""


@dataclass(frozen=True, eq=False)
class Groups:
    """The answer of each row to each question.

    Parameters
    ----------
    answers : mapping of question to (rows,) array of str
        A row has one answer to every question: the answers to a question part the rows.
    township : (rows,) array of str
        Type of township: `TOWNSHIPS`, or not known.
    """

    answers: Mapping[str, Names]
    township: Names


def groups_of(tables: Tables, cohort: Cohort, policy: Policy) -> Groups:
    """Return in which groups each row was, as known at the end of its day.

    Parameters
    ----------
    tables : Tables
    cohort : Cohort
    policy : Policy
        Says when data is thin.

    Notes
    -----
    What became known after the day moves nothing, and nothing is known before it happens. Remote, and of a
    people other than Han, is the village where its area, or the nearest one above, is marked so. The contract
    knows no type of township: it is told by how many of its villages are remote
    (`training.groups.area_marks`).
    """
    seen = build_vectors(tables, None, features=(*LOOKED_AT, "disabled_members", "exited"), cohort=cohort)
    data = np.full(cohort.as_of.size, NOT_KNOWN, dtype="<U12")
    codes, place = np.unique(seen.area, return_inverse=True)
    sex, old, remote, people, township = np.full((5, cohort.as_of.size), UNTOLD)
    roster = Roster.of(tables)
    for day in np.unique(cohort.as_of):
        rows = np.flatnonzero(cohort.as_of == day)
        data[rows] = _sufficiency(seen.take(rows), policy)
        marks = AreaMarks(tables, day)
        remote[rows] = marks.of(codes, "remote")[place[rows]]
        people[rows] = marks.of(codes, "ethnic_majority")[place[rows]]
        township[rows] = marks.mostly_remote(codes)[place[rows]]
        if roster is not None:
            at = positions(cohort.household_id[rows], roster.households)
            found = at >= 0
            for into, told in zip((sex, old), roster.on(day), strict=True):
                into[rows[found]] = told[at[found]]
    answers = {
        "sex of head": _named(sex, SEXES),
        "elderly only": _named(old, WHETHER),
        "disabled member": _named(_whether(seen.column("disabled_members")), WHETHER),
        "remote village": _named(remote, WHETHER),
        "village of an ethnic majority other than Han": _named(people, WHETHER),
        "data": data,
        "exited household": _named(_whether(seen.column("exited")), WHETHER),
    }
    return Groups(answers, _named(township, TOWNSHIPS))


def _sufficiency(seen: Vectors, policy: Policy) -> list[str]:
    return [sufficiency(dict(zip(seen.features, row, strict=True)), policy) for row in seen.X.tolist()]


def _whether(told: NDArray[np.float64]) -> Whole:
    return np.where(np.isnan(told), UNTOLD, (told > 0.0).astype(np.int64))


def _named(codes: Whole, names: tuple[str, ...]) -> Names:
    return np.array([*names, NOT_KNOWN], dtype=np.str_)[codes]
