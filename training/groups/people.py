"""Whether a list finds women, the old, the disabled and the remote as often as all others."""

from __future__ import annotations

import numpy as np

from features.contract import Tables
from features.policy import Policy
from training.cohorts.followed import Followed
from training.groups.belonging import NOT_KNOWN, groups_of
from training.lists.listed import Listed, Part
from training.measures.evaluation import Scores

PEOPLE = (
    "sex of head",
    "elderly only",
    "disabled member",
    "remote village",
    "village of an ethnic majority other than Han",
)
"""Questions of `training.groups.belonging` about who a household is, not about what the office knows of
it."""


def people_found(
    tables: Tables,
    judged: Followed,
    scores: Scores,
    policy: Policy,
    *,
    overlap: bool,
    share: float,
    resamples: int,
    random_state: int = 1,
) -> tuple[Part, ...]:
    """Return what one list of all rows holds and misses of each group of people.

    Parameters
    ----------
    tables : Tables
    judged : Followed
        Rows that the model had not seen.
    scores : Scores
        What it says of them.
    policy : Policy
    overlap : bool
        Whether several rows of a household tell of one event.
    share : float
        Of all rows, on the list.
    resamples, random_state : int

    Returns
    -------
    tuple of Part
        By question, then by answer; who has no answer is in no group, and among all others.
    """
    answers = groups_of(tables, judged.cohort, policy).answers
    listed = Listed.of(
        judged.cohort.household_id,
        judged.y,
        scores,
        share=share,
        overlap=overlap,
        resamples=resamples,
        random_state=random_state,
        weight=judged.weight,
    )
    return tuple(
        listed.part(question, str(answer), answers[question] == answer)
        for question in PEOPLE
        for answer in np.unique(answers[question])
        if answer != NOT_KNOWN
    )
