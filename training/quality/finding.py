"""A finding: what was looked at, how much of it is at fault where, and who does what about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.measures.pictures import wilson
from training.quality.abouts import About, about
from training.quality.known import Known, Names, Rows

FEWEST = 30
"""Of fewer cases a share is not judged: its 95 % interval would be up to 35 points wide."""

More = Mapping[str, float | int | None]
Further = Callable[[Rows], More]
"""Gives further figures of some of the cases, told by their positions."""


class State(StrEnum):
    """What a finding comes to."""

    ACT = "act"
    FINE = "fine"
    UNJUDGED = "cannot be judged"


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of how many.

    Parameters
    ----------
    count, of : int
    value, low, high : float or None
        The share with its 95 % Wilson interval, or the ratio with its own; None where it cannot be judged.
    households : int
        Households concerned.
    more : mapping
        Further figures of the finding.
    """

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None
    households: int
    more: More = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Give it by name, ready for JSON."""
        plain = {name: getattr(self, name) for name in ("count", "of", "value", "low", "high", "households")}
        return plain | {"more": dict(self.more)}


@dataclass(frozen=True, slots=True)
class Part:
    """The figure of a part of the cases: a table, a source, a column, a grid."""

    by: Mapping[str, str]
    figure: Figure


@dataclass(frozen=True, eq=False)
class Listed:
    """Records to act on, all of one table, the latest first."""

    table: str
    township: Names
    household_id: Names
    record_id: Names


@dataclass(frozen=True, eq=False)
class Finding:
    """What was found of one thing."""

    about: About
    state: State
    total: Figure
    townships: Mapping[str, Figure]
    parts: tuple[Part, ...] = ()
    listed: tuple[Listed, ...] = ()

    @property
    def to_look_at(self) -> int:
        """How many records are listed."""
        return sum(each.record_id.size for each in self.listed)

    @property
    def over(self) -> tuple[Part, ...]:
        """The parts over the tolerance: those with the most cases first, but places by their codes."""
        return _over(self.about, self.parts)

    @property
    def beyond(self) -> float:
        """Households concerned beyond what is in the nature of the thing."""
        usual = self.about.tolerance
        if usual == 0.0:
            return float(self.total.households)
        figures = [part.figure for part in self.over] if self.about.by_part else [self.total]
        beyond = sum(each.households * (1.0 - usual / each.value) for each in figures if each.value)
        return min(beyond, float(self.total.households))

    def by_township(self) -> dict[str, int]:
        """Return how many records are listed in each township that has any."""
        if not self.listed:
            return {}
        codes, counts = np.unique(np.concatenate([each.township for each in self.listed]), return_counts=True)
        return dict(zip(codes.tolist(), counts.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Cases:
    """The cases looked at in one table, and which of them are at fault.

    Parameters
    ----------
    table : str
    at : ndarray of int, shape (cases,)
        The believed row of the table that each case stands on.
    hit : ndarray of bool, shape (cases,)
    listed : bool
        Whether the rows at fault are to be acted on one by one.
    """

    table: str
    at: Rows
    hit: NDArray[np.bool_]
    listed: bool = True


def households(known: Known, which: NDArray[np.bool_], hit: NDArray[np.bool_]) -> Cases:
    """Return households as cases, by their row of ``households``; both arrays are by household."""
    row = np.flatnonzero(which)
    return Cases("households", known.home[row], hit[row])


def nothing_more(_: Rows) -> More:
    """Give no further figures."""
    return {}


def found(
    known: Known,
    name: str,
    *cases: Cases,
    parts: Sequence[Part] = (),
    further: Further = nothing_more,
    by_chance: float = 0.0,
) -> Finding:
    """Count the cases in the county and by township, and list those at fault.

    Parameters
    ----------
    known : Known
    name : str
        Id of the finding.
    *cases : Cases
    parts : sequence of Part
    further : callable
    by_chance : float
        What chance alone makes likely; the tolerance comes on top of it.
    """
    said = about(name)
    said = replace(said, tolerance=said.tolerance + by_chance)
    row = np.concatenate([known.household(each.table)[each.at] for each in cases])
    hit = np.concatenate([each.hit for each in cases])
    total = figure(row, hit, further(np.arange(row.size)))
    township = known.township_at[row]
    of_each = {}
    for number, code in enumerate(known.townships):
        here = np.flatnonzero(township == number)
        of_each[code] = figure(row[here], hit[here], further(here))
    listed = tuple(_listed(known, each) for each in cases if each.listed and each.hit.any())
    return Finding(said, judged(said, total, parts), total, of_each, tuple(parts), listed)


def figure(row: Rows, hit: NDArray[np.bool_], more: More) -> Figure:
    """Return the share of cases at fault; ``row`` is the household of each."""
    count, of = int(hit.sum()), int(hit.size)
    concerned = int(np.unique(row[hit]).size)
    if of < FEWEST:
        return Figure(count, of, None, None, None, concerned, more)
    share = count / of
    low, high = wilson(np.array([share]), np.array([float(of)]))
    return Figure(count, of, share, float(low[0]), float(high[0]), concerned, more)


def parts_by(
    row: Rows, hit: NDArray[np.bool_], keys: Mapping[str, NDArray[Any]], further: Further = nothing_more
) -> list[Part]:
    """Return the figure of each combination of keys that there is, in their order."""
    if not row.size:
        return []
    coded, levels = zip(
        *(pd.factorize(values.astype(object), sort=True) for values in keys.values()), strict=True
    )  # far quicker than sorting texts
    sizes = [level.size for level in levels]
    group: Rows = np.asarray(np.ravel_multi_index(coded, sizes))
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order])) + 1
    parts = []
    for cases in np.split(order, starts):
        place = np.unravel_index(group[cases[0]], sizes)
        by = {name: str(level[at]) for name, level, at in zip(keys, levels, place, strict=True)}
        parts.append(Part(by, figure(row[cases], hit[cases], further(cases))))
    return parts


def judged(said: About, total: Figure, parts: Sequence[Part] = ()) -> State:
    """Say what a figure comes to: to act on where even the low end of its interval is over the tolerance."""
    if said.tolerance == 0.0 and total.of:
        return State.ACT if total.count else State.FINE
    if total.low is None:
        return State.UNJUDGED
    if said.by_part:
        return State.ACT if _over(said, parts) else State.FINE
    return State.ACT if total.low > said.tolerance else State.FINE


def _over(said: About, parts: Sequence[Part]) -> tuple[Part, ...]:
    named = [part for part in parts if said.by and tuple(part.by) == said.by and part.figure.low is not None]
    over = [part for part in named if (part.figure.low or 0.0) > said.tolerance]
    places = not {"grid", "village"}.isdisjoint(said.by)
    return tuple(over if places else sorted(over, key=lambda part: -part.figure.count))


def _listed(known: Known, cases: Cases) -> Listed:
    cases_at: Rows = cases.at
    at = np.unique(cases_at[cases.hit])
    at = at[np.argsort(-known.column(cases.table, "occurred_on")[at].astype(np.int64), kind="stable")]
    row = known.household(cases.table)[at]
    record: Names = known.column(cases.table, "record_id")[at]
    return Listed(cases.table, known.township[row], known.household_id[row], record)
