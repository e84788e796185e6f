"""An interval for a household's true chance: how many times the odds promised the odds may truly be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from features.errors import Foreign

KIND = "times-odds"


@dataclass(frozen=True)
class Spread:
    """Between how many times the odds promised the true odds of most households lie.

    Parameters
    ----------
    level : float
        Share of households whose true chance the interval is to hold, such as 0.9.
    at : tuple of float
        [log-odds] Rising; the probabilities at which the factors are told. Between two of them the factors
        lie on a line, beyond the outermost they stay.
    least, most : tuple of float
        [times the odds] At the lower end from 0 to 1, at the upper end 1 and more.

    Raises
    ------
    Foreign
        Where these are no such numbers.

    Examples
    --------
    >>> low, high = Spread(0.9, (-4.0,), (0.5,), (3.0,)).interval(0.5)
    >>> round(low, 6), round(high, 6)
    (0.333333, 0.75)
    """

    level: float
    at: tuple[float, ...]
    least: tuple[float, ...]
    most: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.at or {len(self.least), len(self.most)} != {len(self.at)}:
            raise Foreign("a spread needs both factors at each of its log odds, and at one at least")
        if not all(map(math.isfinite, (*self.at, *self.most))) or min(self.most) < 1.0:
            raise Foreign("a spread needs finite log odds, and factors of 1 and more at the upper end")
        if not all(0.0 <= each <= 1.0 for each in self.least):
            raise Foreign("a spread needs factors from 0 to 1 at the lower end")
        if not 0.0 < self.level < 1.0 or any(first >= second for first, second in pairwise(self.at)):
            raise Foreign("a spread needs rising log odds, and a level between 0 and 1")

    def interval(self, probability: float) -> tuple[float, float]:
        """Return the ends of the interval of a probability, which lies between them.

        Notes
        -----
        Every household by itself, in the same scalar operations: alone and among many the bytes are the same.
        """
        odds = probability / (1.0 - probability)
        z = math.log(odds)
        low, high = (odds * self._at(z, factors) for factors in (self.least, self.most))
        return min(low / (1.0 + low), probability), max(high / (1.0 + high), probability)

    def as_mapping(self) -> dict[str, Any]:
        """Return the spread as it is written into a bundle."""
        return {
            "kind": KIND,
            "level": self.level,
            "at": list(self.at),
            "least": list(self.least),
            "most": list(self.most),
        }

    def _at(self, z: float, factors: Sequence[float]) -> float:
        """Return the factor at some log odds."""
        if z <= self.at[0]:
            return factors[0]
        for place, (start, end) in enumerate(pairwise(self.at)):
            if z <= end:
                share = (z - start) / (end - start)
                return factors[place] + share * (factors[place + 1] - factors[place])
        return factors[-1]


def spread_from(mapping: Mapping[str, Any] | None) -> Spread | None:
    """Return a spread from its mapping in a bundle; None of a bundle without one.

    Raises
    ------
    Foreign
        Where the kind is unknown or a number is missing.
    """
    if mapping is None:
        return None
    if mapping.get("kind") != KIND:
        raise Foreign(f"unknown kind of spread: {mapping.get('kind')!r}")
    try:
        at, least, most = (tuple(float(one) for one in mapping[name]) for name in ("at", "least", "most"))
        return Spread(float(mapping["level"]), at, least, most)
    except (KeyError, TypeError, ValueError) as error:
        raise Foreign("a spread needs the numbers level, at, least and most") from error
