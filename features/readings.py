"""The little language in which features are written: month series, and readings of their windows.

A feature is an expression of channels, e.g. ``income_to_line.mean(12)``. From the one expression
come its value, its fingerprint, its source tables and the facts behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from features.channels import Channel

LANGUAGE = 2
"""Version of what the operations mean; part of every fingerprint."""


CONTEXT = {
    "line": "lines",
    "equivalents": "lines",
    "area_rate": "area_rates",
    "area_price": "prices",
    "area_sold_share": "prices",
    "area_loss": "disasters",
    "area_disasters": "disasters",
}
"""Operations that read a table of areas, and which."""

FIGURES = frozenset({"area_rate", "area_price", "area_sold_share", "area_loss", "area_disasters"})
"""Operations that read a figure of the household's area."""

WINDOWED = frozenset(
    {"known", "recorded", "total", "mean", "least", "most", "spread", "slope", "below", "streak"}
)
"""Operations whose first argument is a series and whose last is the window [months]."""


@dataclass(frozen=True, order=True)
class Window:
    """The months that an expression looks at.

    Parameters
    ----------
    months : int
    ahead : bool
        Whether they come after the running month, or lead up to it.
    """

    months: int
    ahead: bool = False


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

    def context(self) -> Iterator[str]:
        """Yield the tables of areas that the expression reads."""
        if self.op in CONTEXT:
            yield CONTEXT[self.op]
        for arg in self.args:
            if isinstance(arg, Node):
                yield from arg.context()

    def windows(self) -> Iterator[Window]:
        """Yield the windows of the expression."""
        if self.op in WINDOWED | {"ahead", "area_loss", "area_disasters"}:
            yield Window(int(str(self.args[-1])), self.op == "ahead")
        for arg in self.args:
            if isinstance(arg, Node):
                yield from arg.windows()

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

    def streak(self, limit: float, months: int) -> Reading:
        """Return how many months in a row, up to the last known one of the window, are under a limit.

        Unknown months are passed over: they neither break the row nor count. NaN where no month is
        known.
        """
        return Reading("streak", (self, limit, months))

    def ahead(self, months: int) -> Reading:
        """Sum over the months after the running one of what is due in them; 0 where nothing is."""
        return self._read("ahead", months)

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


def largest(*readings: Reading) -> Reading:
    """Return the greatest of the readings that are known; NaN where none is."""
    return Reading("largest", readings)


def of_largest(weights: Sequence[Reading], values: Sequence[Reading]) -> Reading:
    """Return the value that goes with the greatest weight, the first of equals.

    NaN where no weight is above 0, or where that value is unknown.
    """
    if len(weights) != len(values):
        raise ValueError(f"{len(weights)} weights for {len(values)} values")
    return Reading("of_largest", (*weights, *values))


def area_price(product: str) -> Reading:
    """Return a product's last price around the household, to what it usually brings in that month.

    The price of the household's area, or of the nearest area above that has one, over the mean of the
    same calendar month in up to three years before; NaN where either is unknown.
    """
    return Reading("area_price", (product,))


def area_sold_share(product: str) -> Reading:
    """Return the share of a product's harvest that was sold around the household, as last told."""
    return Reading("area_sold_share", (product,))


def area_loss(months: int) -> Reading:
    """Return the greatest share of crops lost by a disaster around the household over the window.

    0 where none is told, NaN where nobody tells of disasters.
    """
    return Reading("area_loss", (months,))


def area_disasters(months: int) -> Reading:
    """Return how many disasters are told around the household over the window, as ``area_loss``."""
    return Reading("area_disasters", (months,))


def season() -> Reading:
    """Return the calendar month of the as-of day, 1 to 12."""
    return Reading("season", ())
