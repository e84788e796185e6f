"""The little language in which features are written: month series, and readings of their windows.

A feature is an expression of channels, e.g. ``income_to_line.mean(12)``. From the one expression
come its value, its fingerprint, its source tables and the facts behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from features.channels import Channel

LANGUAGE = 1
"""Version of what the operations mean; part of every fingerprint."""


@dataclass(frozen=True)
class Node:
    """An operation on its arguments."""

    op: str
    args: tuple[Node | Channel | float | int | str, ...]

    def _with(self, op: str, *args: Node | Channel | float | int | str) -> Self:
        return type(self)(op, (self, *args))

    @cached_property
    def _hash(self) -> int:
        return hash((self.op, self.args))

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: Node | float) -> Self:
        return self._with("add", other)

    def __sub__(self, other: Node | float) -> Self:
        return self._with("subtract", other)

    def __mul__(self, other: Node | float) -> Self:
        return self._with("multiply", other)

    def __truediv__(self, other: Node | float) -> Self:
        return self._with("divide", other)

    def channels(self) -> Iterator[Channel]:
        """Yield the channels that the expression reads."""
        for arg in self.args:
            if isinstance(arg, Channel):
                yield arg
            elif isinstance(arg, Node):
                yield from arg.channels()

    @cached_property
    def complete(self) -> bool:
        """Whether windows end with the last complete month, as for incomes."""
        return any(channel.complete for channel in self.channels())

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the expression and of the meaning of its operations."""
        return hashlib.sha256(f"{LANGUAGE} {self!r}".encode()).hexdigest()


class Series(Node):
    """A figure for each month; NaN in months without one."""

    def total(self, months: int) -> Reading:
        """Sum over the window; NaN where no month of it has a figure."""
        return self._read("total", months)

    def recorded(self, months: int) -> Reading:
        """Sum over the window; 0 where nothing was recorded."""
        return self._read("recorded", months)

    def known(self, months: int) -> Reading:
        """Return the number of months in the window that have a figure."""
        return self._read("known", months)

    def mean(self, months: int) -> Reading:
        """Mean of the months that have a figure."""
        return self._read("mean", months)

    def least(self, months: int) -> Reading:
        """Smallest figure in the window."""
        return self._read("least", months)

    def most(self, months: int) -> Reading:
        """Largest figure in the window."""
        return self._read("most", months)

    def spread(self, months: int) -> Reading:
        """Return the standard deviation over the months that have a figure, NaN below two."""
        return self._read("spread", months)

    def slope(self, months: int) -> Reading:
        """Least-squares change a month, NaN below two figures."""
        return self._read("slope", months)

    def below(self, limit: float, months: int) -> Reading:
        """Return the number of months under a limit; NaN where no month has a figure."""
        return Reading("below", (self, limit, months))

    def latest(self) -> Reading:
        """Return the last figure."""
        return Reading("latest", (self, 0))

    def before_latest(self) -> Reading:
        """Return the figure before the last one."""
        return Reading("latest", (self, 1))

    def age(self) -> Reading:
        """Return the months since the last figure."""
        return Reading("age", (self,))

    def _read(self, op: str, months: int) -> Reading:
        return Reading(op, (self, months))


class Reading(Node):
    """One figure as of the day; NaN where it is unknown."""

    def above(self, limit: float) -> Reading:
        """1 where greater than the limit, 0 where not."""
        return Reading("above", (self, limit))

    def at_most(self, limit: float) -> Reading:
        """Return the figure, capped."""
        return Reading("at_most", (self, limit))


def months_of(channel: Channel) -> Series:
    """Return a channel's figure by month."""
    return Series("months", (channel,))


def counts_of(channel: Channel) -> Series:
    """Return by month how many facts stand behind a channel's figure; NaN where none."""
    return Series("counts", (channel,))


def carried(channel: Channel) -> Series:
    """Return a channel's figure by month, held until the next one."""
    return Series("carried", (channel,))


def ever(channel: Channel) -> Reading:
    """Return the one figure of a channel that has no months."""
    return Reading("ever", (channel,))


def days_since(channel: Channel) -> Reading:
    """Return the days from the date that a month-less channel holds to the as-of day."""
    return Reading("days_since", (channel,))


def sum_known(*series: Series) -> Series:
    """Add up month by month what is known; NaN where nothing is."""
    return Series("sum_known", series)


def first_known(*series: Series) -> Series:
    """Return month by month the first series that has a figure."""
    return Series("first_known", series)


def line() -> Series:
    """Return the household's income line by month [fen per head or equivalent adult]."""
    return Series("line", ())


def equivalents(people: Series, under_10: Series) -> Series:
    """Return heads, or equivalent adults where the household's line is per equivalent adult.

    References
    ----------
    OECD-modified scale: 1 for the first person of 10 years and over, 0.5 for each other one,
    0.3 for each child under 10 (Hagenaars, de Vos and Zaidi, Poverty Statistics in the Late
    1980s, Eurostat 1994).
    """
    return Series("equivalents", (people, under_10))


def area_rate(target: str) -> Reading:
    """Return the dated rate of a target in the household's area, NaN before any is known."""
    return Reading("area_rate", (target,))
