"""One month as the life meets it: the calendar, the chances drawn, what strikes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import SLOTS, Listener
from training.county.parameters import Parameters

NEVER = 9_999
"""Month index of what will not come."""

Generators = dict[str, np.random.Generator]
TOPICS = (
    "people", "school", "health", "bills", "mishap", "work", "land", "money", "help", "early", "office",
)  # fmt: skip
"""Each part of a life draws from its own stream, the same number of values each month."""


@dataclass(frozen=True)
class Now:
    """A month.

    Parameters
    ----------
    index : int
        Month index; 0 is the first told month.
    calendar : int
        0 January to 11 December.
    year : int
    p : Parameters
    draws : dict of Generator
    listener : Listener
    loss_share, disaster : ndarray, shape (households,)
        Share of crops a disaster of this month takes, and its kind (-1 none).
    price : ndarray, shape (households,)
        Price of the household's product relative to a usual year.
    epidemic : float
        0 none to 1 at its worst.
    line : float
        The income line [yuan a head and year].
    wages, yields : float
        Level of wages and of farm income against 2020.
    review : int
        Month in which a clue of this month is approved.
    vigour : float
        How keenly the office looks, against its first year.
    open : bool
        Whether the office enters households at all.
    campaign : bool
        Whether this is the month in which the office begins: it enters the neediest at once.
    helping : bool
        Whether help is newly given.
    watch : int
        Transfers granted after this month are summed in ``granted``.
    """

    index: int
    calendar: int
    year: int
    p: Parameters
    draws: Generators
    listener: Listener
    loss_share: NDArray[np.float64]
    disaster: NDArray[np.int8]
    price: NDArray[np.float64]
    epidemic: float
    line: float
    wages: float
    yields: float
    review: int
    vigour: float
    open: bool
    campaign: bool
    helping: bool = True
    watch: int = NEVER

    def each(self, topic: str, households: int) -> NDArray[np.float64]:
        """Draw a uniform number for each household."""
        return self.draws[topic].random(households)

    def everyone(self, topic: str, households: int) -> NDArray[np.float64]:
        """Draw a uniform number for each slot of each household."""
        return self.draws[topic].random((households, SLOTS))

    def normal(self, topic: str, households: int) -> NDArray[np.float64]:
        """Draw a standard normal number for each household."""
        return self.draws[topic].standard_normal(households)

    def monthly(self, key: str) -> float:
        """Return a yearly chance of the parameters as that of a month."""
        return self.p.number(key) / 12

    def note(self, kind: str, rows: NDArray[Any], /, **told: Any) -> None:
        """Tell the listener."""
        self.listener.note(kind, self.index, rows, **told)
