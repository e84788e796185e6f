"""Monthly lists by the true chances of a simulated county: what the best order of all would have found."""

from __future__ import annotations

import numpy as np

from training.cohorts.horizon import months_on
from training.judging.ceiling import CEILING
from training.judging.truth import Chances
from training.lists.candidates import Candidates
from training.lists.programme import Ordered

CHANCE_AGE_MONTHS = 3
"""A true chance stands for its household for so long."""

CHANCES_NEEDED = 0.9
"""Share of the candidates whose chance must be known every month for an order by chances to be a ceiling."""


def by_chances(chances: Chances, candidates: Candidates) -> Ordered:
    """Return the order of the true chances of entry, or why there is none.

    An open clue has no chance of being opened: such a household stands first. One whose chance is not known
    stands last; they are few, or there is no order.

    Parameters
    ----------
    chances : Chances
        Of a simulated county.
    candidates : Candidates
        Of all months.
    """
    known = dict(
        zip(
            zip(chances.household_id.tolist(), chances.as_of.tolist(), strict=True),
            chances.chance.tolist(),
            strict=True,
        )
    )
    told_on = np.unique(chances.as_of)
    days = np.unique(candidates.cohort.as_of)
    chance = np.full(candidates.household.size, np.nan)
    for day in days:
        rows = np.flatnonzero(candidates.cohort.as_of == day)
        near = told_on[(told_on <= day) & (months_on(told_on, CHANCE_AGE_MONTHS) >= day)]
        if near.size:
            on = near[-1].item()
            chance[rows] = [
                known.get((one, on), np.nan) for one in candidates.cohort.household_id[rows].tolist()
            ]
    waiting = ~candidates.clue
    shares = [float((~np.isnan(chance[waiting & (candidates.cohort.as_of == day)])).mean()) for day in days]
    if min(shares) < CHANCES_NEEDED:
        return {}, (
            f"No ceiling: in some month the true chances of {min(shares):.0%} of the candidates are known, "
            f"{CHANCES_NEEDED:.0%} are needed."
        )
    known_last = np.where(np.isnan(chance), -np.inf, chance)
    return {CEILING: np.where(candidates.clue, np.inf, known_last)}, None
