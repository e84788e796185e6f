"""A county measured: sums counted township by township, the measures made of them, their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from training.county.diary import Diary
from training.county.places import Place
from training.county.tallies.money import count_money
from training.county.tallies.outcomes import count_outcomes
from training.county.tallies.people import count_people
from training.county.tallies.shocks import count_shocks
from training.county.tallies.told import Floats, Sums, Told

CONFIDENCE = 0.95
LEAST_TOWNSHIPS = 2
"""An interval needs so many."""
LEAST_TOWNSHIPS = 2
"""An interval needs so many."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a county.

    Parameters
    ----------
    value : float
        NaN where it was not told.
    low, high : float
        Ends of its 95 % interval; NaN for fewer than two townships.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Measured:
    """What was counted of some townships; it can be added up, and grows by a row a township.

    Parameters
    ----------
    ratios, spreads, changes : dict of ndarray, shape (townships, 2 | 3 | 5)
        See ``Sums``.
    pictures : dict of ndarray
        Sums over the townships.
    """

    ratios: Mapping[str, Floats]
    spreads: Mapping[str, Floats]
    changes: Mapping[str, Floats]
    pictures: Mapping[str, Floats]

    def __add__(self, other: Measured) -> Measured:
        """Return what was counted of the townships of both."""
        return Measured(
            _joined(self.ratios, other.ratios),
            _joined(self.spreads, other.spreads),
            _joined(self.changes, other.changes),
            {key: self.pictures[key] + other.pictures[key] for key in _same(self.pictures, other.pictures)},
        )

    @property
    def townships(self) -> int:
        """How many townships were counted."""
        return len(next(iter(self.ratios.values())))

    def measure(self, key: str) -> Measure:
        """Return a measure with its interval, by leaving out one township after the other.

        Notes
        -----
        The townships are taken as drawn independently; what strikes all of them alike (the epidemic, the
        course of wages) is not in the interval. Efron and Stein (1981), Annals of Statistics 9: 586-596.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(_value(self, key, np.sum))
            n = self.townships
            if n < LEAST_TOWNSHIPS or np.isnan(value):
                return Measure(value, np.nan, np.nan)
            left_out = np.array([float(_value(self, key, _without(i))) for i in range(n)])
        spread = np.sqrt((n - 1) / n * np.sum((left_out - left_out.mean()) ** 2))
        reach = float(student.ppf((1 + CONFIDENCE) / 2, n - 1)) * float(spread)
        return Measure(value, value - reach, value + reach)

    def names(self) -> tuple[str, ...]:
        """Return the names of all measures."""
        return (*self.ratios, *self.spreads, *DERIVED)


def of(diary: Diary, place: Place) -> Measured:
    """Count one township."""
    told, sums = Told(diary, place), Sums()
    for count in (count_people, count_money, count_shocks, count_outcomes):
        count(told, sums)
    return Measured(_row(sums.ratios), _row(sums.spreads), _row(sums.changes), sums.pictures)


def _row(counted: Mapping[str, Floats]) -> dict[str, Floats]:
    return {key: values[None] for key, values in counted.items()}


def _joined(mine: Mapping[str, Floats], theirs: Mapping[str, Floats]) -> dict[str, Floats]:
    return {key: np.concatenate([mine[key], theirs[key]]) for key in _same(mine, theirs)}


Total = Callable[..., Floats]
"""Adds up the rows of the townships, or of all but one: ``total(rows, axis=0)``."""


def _without(left_out: int) -> Total:
    def total(rows: Floats, axis: int) -> Floats:
        return np.asarray(rows.sum(axis=axis) - rows[left_out])

    return total


def _value(measured: Measured, key: str, total: Total) -> float:
    if key in DERIVED:
        return DERIVED[key](measured, total)
    if key in measured.ratios:
        top, bottom = total(measured.ratios[key], axis=0)
        return float(top / bottom) if bottom else np.nan
    if key in measured.spreads:
        count, first, second = total(measured.spreads[key], axis=0)
        return float(np.sqrt(max(second / count - (first / count) ** 2, 0.0))) if count else np.nan
    return np.nan


def _growth(key: str, year: int) -> Callable[[Measured, Total], float]:
    def growth(measured: Measured, total: Total) -> float:
        now, before = (_value(measured, f"{key}.{y}", total) for y in (year, year - 1))
        return now / before - 1.0

    return growth


def _mean_growth(key: str, first: int, last: int) -> Callable[[Measured, Total], float]:
    def growth(measured: Measured, total: Total) -> float:
        then, now = (_value(measured, f"{key}.{y}", total) for y in (first - 1, last))
        return float((now / then) ** (1.0 / (last - first + 1)) - 1.0)

    return growth


def _mean_of_years(key: str, years: range) -> Callable[[Measured, Total], float]:
    def mean(measured: Measured, total: Total) -> float:
        values = np.array([_value(measured, f"{key}.{y}", total) for y in years])
        return float(values.mean())

    return mean


def _rest(measured: Measured, total: Total) -> float:
    return 1.0 - sum(_value(measured, f"{part}_share.exited.2022", total) for part in ("wage", "operating"))


def _mean_months(measured: Measured, total: Total) -> float:
    count, first, _ = total(measured.spreads["months_worked"], axis=0)
    return float(first / count) if count else np.nan


def _steps(measured: Measured, total: Total) -> tuple[float, float]:
    """Return the variance of the yearly step of log income and its covariance with the next."""
    each = []
    for rows in measured.changes.values():
        count, first, following, squares, products = total(rows, axis=0)
        if count:
            mean = first / count
            each.append((squares / count - mean**2, products / count - mean * following / count))
    if not each:
        return np.nan, np.nan
    variance, covariance = np.mean(each, axis=0)
    return float(variance), float(covariance)


def _step(measured: Measured, total: Total) -> float:
    return float(np.sqrt(_steps(measured, total)[0]))


def _lasting(measured: Measured, total: Total) -> float:
    variance, covariance = _steps(measured, total)
    return float(np.sqrt(max(variance + 2 * covariance, 0.0)))


def _passing(measured: Measured, total: Total) -> float:
    return float(np.sqrt(max(-_steps(measured, total)[1], 0.0)))


DERIVED: dict[str, Callable[[Measured, Total], float]] = {
    **{f"income_growth.exited.{y}": _growth("income.exited", y) for y in range(2020, 2027)},
    **{f"wage_growth.exited.{y}": _growth("wage.exited", y) for y in (2021, 2022)},
    **{f"operating_growth.exited.{y}": _growth("operating.exited", y) for y in (2021, 2022)},
    "income_growth.exited.2023_2024": _mean_growth("income.exited", 2023, 2024),
    "rest_share.exited.2022": _rest,
    "under_line.exited.2021_2022": _mean_of_years("under_line.exited", range(2021, 2023)),
    "entry.all.2022_2024": _mean_of_years("entry.all", range(2022, 2025)),
    "entry.exited.2023_2025": _mean_of_years("entry.exited", range(2023, 2026)),
    "months_worked.mean": _mean_months,
    "step.exited": _step,
    "step_lasting.exited": _lasting,
    "step_passing.exited": _passing,
}
"""Measures made of others."""


def _same(
    mine: Mapping[str, NDArray[np.float64]], theirs: Mapping[str, NDArray[np.float64]]
) -> Iterator[str]:
    if mine.keys() != theirs.keys():
        raise ValueError("townships of one county are told over the same months")
    return iter(mine)
