"""The figures of real counties that a simulated one is held against, and whether it agrees."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from training.county.measures import Measure

FILE = Path(__file__).with_name("anchors.toml")
TITLES = {
    "4.1": "Counts",
    "4.2": "Make-up of households",
    "4.3": "Income",
    "4.4": "Shocks",
    "4.5": "Outcomes",
}


class Verdict(StrEnum):
    """How a measure stands to its anchor."""

    AGREES = "within"
    UNSURE = "unsure"
    DIFFERS = "outside"
    SHOWN = "no anchor"
    UNTOLD = "not told"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A figure that a measure is held against.

    Parameters
    ----------
    key : str
        Of the measure.
    section, meaning, households, unit, source, note : str
    value, low, high : float, optional
        The figure, or a range; none of them where a measure is only shown.
    tolerance : float, optional
        How far outside a county still agrees.
    main : bool
        Whether a county of a tenth of the size must hold it.
    noisy : bool
        Whether there a few sampled households decide it, so that only a clear difference counts.
    """

    key: str
    section: str
    meaning: str
    households: str
    unit: str
    source: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tolerance: float | None = None
    note: str = ""
    main: bool = False
    noisy: bool = False

    def __post_init__(self) -> None:
        held = self.value is not None or self.low is not None
        if held != (self.tolerance is not None) or (self.low is None) != (self.high is None):
            raise ValueError(f"{self.key}: a value, or low and high, with a tolerance")
        if held and not self.bounds[0] <= self.bounds[1]:
            raise ValueError(f"{self.key}: low is above high")

    @property
    def held(self) -> bool:
        """Whether there is a figure to be held against."""
        return self.tolerance is not None

    @property
    def bounds(self) -> tuple[float, float]:
        """What still agrees."""
        low = self.low if self.low is not None else self.value
        high = self.high if self.high is not None else self.value
        if low is None or high is None or self.tolerance is None:
            return -math.inf, math.inf
        return low - self.tolerance, high + self.tolerance

    def judge(self, measure: Measure) -> Verdict:
        """Say whether a measure agrees.

        Returns
        -------
        Verdict
            Unsure where the measure is outside, but its interval reaches within.
        """
        if math.isnan(measure.value):
            return Verdict.UNTOLD
        if not self.held:
            return Verdict.SHOWN
        low, high = self.bounds
        if low <= measure.value <= high:
            return Verdict.AGREES
        if measure.low <= high and measure.high >= low:
            return Verdict.UNSURE
        return Verdict.DIFFERS


@cache
def read_anchors(path: Path = FILE) -> tuple[Anchor, ...]:
    """Read the anchors in the order of the file."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))
    return tuple(Anchor(key=key, **table) for key, table in tables.items())
