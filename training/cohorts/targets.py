"""What can be predicted: the targets, under which name each is registered, which columns it may see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.definitions import FEATURES
from features.errors import Usage
from training.cohorts.followed import HORIZON_MONTHS

NEXT_VISIT = "next_visit"
TARGETS = ("entry", "need", "income", "hardship", NEXT_VISIT)

REPORTING_MONTHS = {"entry": 1, "need": 1, "income": 6, "hardship": 6}
"""Months that reports may take to come in: an outcome counts as known so long after its horizon.

Entries and checks are known within the month. Bills of other provinces and cash claims come up to six
months late, and incomes are asked for once a year.
"""

NAME = {"entry": "fangpin"}
"""Registered name of a target; others are ``fangpin-<target>``."""

FLOOR = 300
"""Households with the outcome below which a county's own trees are worse than a logistic.

On the Argentine panel trees and a logistic of 15 columns are even somewhere between 200 and 500 events.
"""

AREA_RATE = "area_rate_"


@dataclass(frozen=True)
class Question:
    """What is to be predicted, and what may be learnt from.

    Parameters
    ----------
    target : str
    horizon_months : int
        Of the next visit always 12.
    until : datetime64[D], optional
        Only outcomes known by the end of this day are learnt from; all if not given.
    floor : int
        Households with the outcome below which no trees are learnt.

    Raises
    ------
    Usage
        Where the target is unknown, or has no such horizon.
    """

    target: str
    horizon_months: int = HORIZON_MONTHS
    until: np.datetime64 | None = None
    floor: int = 0

    @property
    def overlap(self) -> bool:
        """Whether several rows of a household may tell of one event, as those of month ends do."""
        return self.target != NEXT_VISIT

    def __post_init__(self) -> None:
        check_target(self.target)
        if self.horizon_months < 1:
            raise Usage(f"a horizon is at least one month, not {self.horizon_months}")
        if self.target == NEXT_VISIT and self.horizon_months != HORIZON_MONTHS:
            raise Usage(
                f"the next visit is looked for within {HORIZON_MONTHS} months, not {self.horizon_months}"
            )


def check_target(target: str) -> None:
    """Refuse a target that is not known.

    Raises
    ------
    Usage
    """
    if target not in TARGETS:
        raise Usage(f"the target {target!r} cannot be fitted; known are {', '.join(TARGETS)}")


def registered_name(target: str) -> str:
    """Return the name under which versions of a target are registered.

    Examples
    --------
    >>> registered_name("entry"), registered_name("next_visit")
    ('fangpin', 'fangpin-next-visit')
    """
    return NAME.get(target, f"fangpin-{target.replace('_', '-')}")


def columns_for(target: str) -> tuple[str, ...]:
    """Return the features that a model of a target is fitted on: all but the area rates of other targets."""
    own = f"{AREA_RATE}{target}"
    return tuple(name for name in FEATURES if name == own or not name.startswith(AREA_RATE))
