"""A diary as the counting reads it: groups of households, told years, events by household and year."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Diary
from training.county.places import Place
from training.county.state import EXITED, NOT_EXITED, ORDINARY

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counted = NDArray[Any] | float
YEAR = 12


@dataclass
class Sums:
    """Sums of one township, as they are counted.

    Parameters
    ----------
    ratios : dict of (top, bottom)
    spreads : dict of (count, sum, sum of squares)
    changes : dict of (count, sum, sum of the next, sum of squares, sum of products with the next)
    pictures : dict of arrays of any shape
    """

    ratios: dict[str, Floats] = field(default_factory=dict)
    spreads: dict[str, Floats] = field(default_factory=dict)
    changes: dict[str, Floats] = field(default_factory=dict)
    pictures: dict[str, Floats] = field(default_factory=dict)

    def ratio(self, key: str, top: Counted, bottom: Counted) -> None:
        """Count a share or a mean."""
        self.ratios[key] = np.array([float(np.sum(top)), float(np.sum(bottom))])

    def spread(self, key: str, x: NDArray[Any], weight: NDArray[Any] | float = 1.0) -> None:
        """Count what a mean and a standard deviation are made of."""
        w, x = np.broadcast_to(np.asarray(weight, np.float64), x.shape), x.astype(np.float64)
        self.spreads[key] = np.array([w.sum(), (w * x).sum(), (w * x * x).sum()])

    def change(self, key: str, step: Floats, following: Floats) -> None:
        """Count what the variance of a step and its covariance with the next one are made of."""
        self.changes[key] = np.array(
            [step.size, step.sum(), following.sum(), (step**2).sum(), (step * following).sum()]
        )

    def picture(self, key: str, values: NDArray[Any]) -> None:
        """Keep sums that are only drawn."""
        self.pictures[key] = np.asarray(values, np.float64)


@dataclass(frozen=True)
class Told:
    """A township as it is counted.

    Parameters
    ----------
    diary : Diary
    place : Place
    """

    diary: Diary
    place: Place

    @cached_property
    def alive(self) -> Flags:
        """Who is there, shape (months, households)."""
        there: Flags = self.diary.monthly["people"] > 0
        return there

    @cached_property
    def weight(self) -> Floats:
        """Households that each one stands for."""
        return self.diary.weight.astype(np.float64)

    @cached_property
    def exited(self) -> Flags:
        """Households that left poverty."""
        return self._of(EXITED)

    @cached_property
    def not_exited(self) -> Flags:
        """Households still registered as poor at the start."""
        return self._of(NOT_EXITED)

    @cached_property
    def edge(self) -> Flags:
        """Ordinary households known to be at the edge at the start."""
        edge: Flags = self._of(ORDINARY) & (self.weight == 1.0)
        return edge

    @cached_property
    def ordinary(self) -> Flags:
        """Other ordinary households: the weighted sample."""
        rest: Flags = self._of(ORDINARY) & ~self.edge
        return rest

    @cached_property
    def groups(self) -> dict[str, Floats]:
        """Weights of the groups that are compared; ``all`` stands for all rural households."""
        return {
            "exited": self.exited.astype(np.float64),
            "ordinary": self.ordinary.astype(np.float64),
            "all": self.weight,
        }

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Calendar years told in full."""
        first = int(self.diary.start.astype("datetime64[Y]").astype(np.int64)) + 1970
        possible = range(first, first + self.diary.months // YEAR + 2)
        told = range(self.diary.months - YEAR + 1)
        return tuple(year for year in possible if self._january(year) in told)

    def months(self, year: int) -> slice:
        """Return the months of a year told in full."""
        return slice(self._january(year), self._january(year) + YEAR)

    def december(self, year: int) -> int:
        """Return the index of the last month of a year."""
        return self._january(year) + YEAR - 1

    def index(self, month: str) -> int:
        """Return the index of a month, such as ``2020-09``; -1 where it is not told."""
        index = int((np.datetime64(month, "M") - self.diary.start).astype(np.int64))
        return index if 0 <= index < self.diary.months else -1

    def of_year(self, months: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the month of the year, 0 for January."""
        return np.asarray((self.diary.start + months).astype(np.int64) % YEAR)

    def year_of(self, months: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the calendar year of months."""
        return np.asarray((self.diary.start + months).astype("datetime64[Y]").astype(np.int64) + 1970)

    def full(self, months: NDArray[np.int64]) -> Flags:
        """Return whether months lie in years told in full."""
        return np.isin(self.year_of(months), self.years)

    def household_years(self, weight: Floats, years: tuple[int, ...] | None = None) -> float:
        """Return the weighted years that households were there."""
        chosen = self.years if years is None else tuple(y for y in years if y in self.years)
        return sum(float(self.alive[self.months(year)].sum(axis=0) @ weight) / YEAR for year in chosen)

    def person_years(self, weight: Floats) -> float:
        """Return the weighted years that people were there."""
        people = self.diary.monthly["people"]
        return sum(
            float(people[self.months(y)].sum(axis=0, dtype=np.int64) @ weight) / YEAR for y in self.years
        )

    def struck(
        self,
        month: NDArray[np.int64],
        row: NDArray[np.int64],
        weight: Floats,
        years: tuple[int, ...] | None = None,
    ) -> float:
        """Return the weighted household-years in which something happened at least once."""
        chosen = np.isin(self.year_of(month), self.years if years is None else years) & self.full(month)
        cases = np.unique(self.year_of(month)[chosen] * len(self.weight) + row[chosen])
        return float(weight[cases % len(self.weight)].sum())

    def age(self, snapshot: int) -> Floats:
        """Return the age of each person at a snapshot [years]."""
        at = self.diary.snapshot_months[snapshot]
        return np.asarray((at - self.diary.people["birth"][snapshot]) / YEAR)

    def there(self, snapshot: int) -> Flags:
        """Return whose slots are taken at a snapshot."""
        there: Flags = self.diary.people["number"][snapshot] >= 0
        return there

    def snapshots(self, *years: int) -> list[int]:
        """Return the snapshots of some years, all but the first where none are named."""
        of = self.year_of(self.diary.snapshot_months)
        later = [place for place in range(of.size) if place > 0 or of.size == 1]
        return [place for place in later if not years or of[place] in years]

    def _of(self, origin: int) -> Flags:
        same: Flags = self.diary.origin == origin
        return same

    def _january(self, year: int) -> int:
        return int((np.datetime64(f"{year}-01", "M") - self.diary.start).astype(np.int64))
