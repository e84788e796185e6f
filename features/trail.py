"""Which cells of the panel an expression was read from: it is followed down to its channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.reach import AHEAD, REACH
from features.readings import WINDOWED, Node
from features.view import View

Months = NDArray[np.bool_]
"""Which months of a view are meant: the reach, the running month and those ahead."""

Use = tuple[Channel, Months]
"""A channel, and the months of it that were used."""


class Trail:
    """The way back from the values of one household.

    Parameters
    ----------
    view : View
        By a plan of the expressions that are followed.
    own : int
        Position of the household in it.
    """

    def __init__(self, view: View, own: int) -> None:
        self._view, self._own = view, own

    def uses(self, node: Node) -> Iterator[Use]:
        """Yield the channels and months that a value was read from."""
        yield from self._uses(node, _some(0, REACH + 1))

    def _uses(self, node: Node, months: Months) -> Iterator[Use]:
        match node.op, node.args:
            case _, (Channel() as channel,):
                yield channel, self._told(channel, months) if node.op == "carried" else months
            case "ahead", (Node(args=(Channel() as channel,)), int(ahead)):
                yield channel, _some(REACH + 1, REACH + 1 + ahead)
            case "first_known", choices:
                yield from self._first_known(choices, months)
            case _, (Node() as series, *rest):
                yield from self._uses(series, self._narrowed(node.op, series, rest, months))
                for other in rest:
                    if isinstance(other, Node):
                        yield from self._uses(other, months)

    def _narrowed(self, op: str, series: Node, rest: Sequence[object], months: Months) -> Months:
        """Return the months of its first operand that an operation looks at."""
        if op in WINDOWED:
            return _window(series, int(str(rest[-1])))
        if op in {"latest", "age"}:
            return self._latest(series, int(str(rest[0])) if rest else 0)
        return months

    def _latest(self, series: Node, back: int) -> Months:
        """Return the month of the last known figure, or of the one before it."""
        known = ~np.isnan(self._view.read(series)[:, self._own]) & _window(series, REACH)[: REACH + 1]
        months = np.flatnonzero(known)[::-1]
        return _some(months[back], months[back] + 1) if months.size > back else _some(0, 0)

    def _first_known(self, choices: Sequence[object], months: Months) -> Iterator[Use]:
        left = months.copy()
        for choice in choices:
            if isinstance(choice, Node):
                chosen = left.copy()
                chosen[: REACH + 1] &= ~np.isnan(self._view.read(choice)[..., self._own])
                left &= ~chosen
                if chosen.any():
                    yield from self._uses(choice, chosen)

    def _told(self, channel: Channel, months: Months) -> Months:
        """Return the months in which the figures held in some months were told."""
        there = self._view.present[self._view.plan.places[channel], : REACH + 1, self._own] > 0
        last = np.maximum.accumulate(np.where(there, np.arange(REACH + 1), -1))[months[: REACH + 1]]
        found = np.zeros_like(months)
        found[last[last >= 0]] = True
        return found


def _some(first: int, end: int) -> Months:
    months = np.zeros(REACH + 1 + AHEAD, dtype=bool)
    months[first:end] = True
    return months


def _window(series: Node, months: int) -> Months:
    return _some(REACH - months, REACH + (0 if series.complete else 1))
