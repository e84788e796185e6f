"""How a plan is worked out: expressions are said in terms that can be shared, and like terms put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.plan import LONG, MEDIUM, SHORT, SINGLE, AreaFigure, Kind, Operand, Plan, Step
from features.reach import REACH
from features.readings import FIGURES, Node, Series


@lru_cache(maxsize=64)
def plan(expressions: tuple[Node, ...], *, shallow: bool = False) -> Plan:
    """Work out the plan of some expressions.

    Parameters
    ----------
    expressions : tuple of Node
    shallow : bool
        Look back no further than need be: less to touch, in more steps. It pays where there are many
        households; the values are the same.
    """
    draft = _Draft(shallow)
    for node in expressions:
        draft.term(node)
        draft.needs(node, REACH)
    return draft.plan(tuple(dict.fromkeys(node for node in expressions if not is_monthly(node))))


_Given = Node | Channel | AreaFigure | float
_Term = tuple[str, tuple[_Given, ...], tuple[object, ...]]
"""Operation, operands and what is fixed."""

_TOTALS = {"known": "known_to", "recorded": "recorded_to", "least": "least_to", "most": "most_to"}
_OF_CHANNEL = {"known_to": "told_to", "recorded_to": "sum_to", "last_row": "last_told", "at_row": "told_at"}
"""How the same is said of a channel as it is, which need not be laid out by month first."""

_MONTHLY = frozenset({*_TOTALS.values(), "below_to", "told_to", "sum_to"})


def _said(op: str, series: Node, *more: Node | float) -> tuple[str, tuple[Any, ...]]:
    """Say an operation on a series: on the channel itself where it is one."""
    if series.op == "months" and op in _OF_CHANNEL:
        return _OF_CHANNEL[op], (*series.args, *more)
    return op, (series, *more)


def _pick(total: str, series: Node, months: float, *more: float) -> Node:
    """Read a running total after so many months."""
    return Node("pick", (Node(*_said(total, series, *more, float(series.complete))), float(months)))


def _known(series: Node, months: int) -> Node:
    return _pick("known_to", series, months)


def _mean(series: Node, months: int) -> Node:
    return Node("mean_of", (_known(series, months), _pick("recorded_to", series, months)))


def _last(series: Node, back: int) -> Node:
    return Node(*_said("last_row", series, float(back), float(series.complete)))


_SAYINGS: dict[str, Callable[..., _Term]] = {
    **{
        op: lambda series, months, total=total: _plain(_pick(total, series, months))
        for op, total in _TOTALS.items()
    },
    "mean": lambda series, months: _plain(_mean(series, months)),
    "total": lambda series, months: (
        "total_of",
        (_known(series, months), _pick("recorded_to", series, months)),
        (),
    ),
    "below": lambda series, limit, months: (
        "total_of",
        (_known(series, months), _pick("below_to", series, months, limit)),
        (),
    ),
    "spread": lambda series, months: (
        "spread_of",
        (series, _known(series, months), _mean(series, months)),
        (months, series.complete),
    ),
    "slope": lambda series, months: (
        "slope_of",
        (series, _known(series, months), _mean(series, months)),
        (months, series.complete),
    ),
    "streak": lambda series, limit, months: ("streak", (series, limit), (months, series.complete)),
    "latest": lambda series, back: (*_said("at_row", series, _last(series, back)), ()),
    "age": lambda series: ("age_of", (_last(series, 0),), ()),
    "ahead": lambda series, months: ("ahead", (*series.channels(), float(months)), ()),
}
"""How an operation is said by those that can be shared: of one running total all windows are read."""


def _plain(node: Node) -> _Term:
    return node.op, node.args, ()  # type: ignore[return-value]


def _term(node: Node) -> _Term:
    if node.op in _SAYINGS:
        return _SAYINGS[node.op](*node.args)
    if node.op in FIGURES:
        return "of_area", (AreaFigure(node.op, node.args),), ()
    return _plain(node)


def is_monthly(node: Node) -> bool:
    """Return whether an expression gives a figure for each month."""
    return isinstance(node, Series) or node.op in _MONTHLY


@dataclass
class _Draft:
    """Terms gathered from expressions, on their way to a plan."""

    shallow: bool
    terms: dict[Node, _Term] = field(default_factory=dict)
    channels: dict[Channel, int] = field(default_factory=dict)
    back: dict[Node, int] = field(default_factory=dict)

    def term(self, node: Node) -> None:
        """Gather an expression and what it is made of."""
        if node in self.terms:
            return
        op, operands, fixed = _term(node)
        for operand in operands:
            if isinstance(operand, Node):
                self.term(operand)
            elif isinstance(operand, Channel):
                self.channels.setdefault(operand, len(self.channels))
        self.terms[node] = op, operands, fixed

    def needs(self, node: Node, back: int) -> None:
        """Note how many months back a term is looked at."""
        self.back[node] = max(self.back.get(node, 0), back)

    def plan(self, figures: tuple[Node, ...]) -> Plan:
        """Put like terms together, in an order in which each finds its operands."""
        for node in reversed(self.terms):
            for operand in self._needs(node):
                self.needs(operand, _looked_back(node, self.terms[node], self.back[node]))
        slots: dict[Node, tuple[int, int]] = {}
        steps: list[Step] = []
        sizes = dict.fromkeys((SINGLE, SHORT, MEDIUM, LONG), 0)
        waiting = defaultdict(list)
        for node in self.terms:
            waiting[self._like(node)].append(node)
        while waiting:
            like, ready = self._next(waiting, slots)
            months = self._months(ready[0])
            first = sizes[months]
            sizes[months] += len(ready)
            slots |= {node: (months, first + place) for place, node in enumerate(ready)}
            op, _, fixed = self.terms[ready[0]]
            operands = tuple(self._operands(ready, slots))
            steps.append(Step(op, months, slice(first, sizes[months]), operands, fixed))
            left = [node for node in waiting.pop(like) if node not in slots]
            if left:
                waiting[like] = left
        return Plan(tuple(self.channels), tuple(steps), sizes, slots, figures)

    def _months(self, node: Node) -> int:
        if not is_monthly(node):
            return SINGLE
        enough = (months for months in (SHORT, MEDIUM) if self.shallow and self.back[node] < months)
        return next(enough, LONG)

    def _like(self, node: Node) -> tuple[object, ...]:
        op, operands, fixed = self.terms[node]
        kinds = tuple(
            (_kind(operand), self._months(operand) if isinstance(operand, Node) else SINGLE)
            for operand in operands
        )
        return op, self._months(node), fixed, kinds

    def _next(
        self, waiting: dict[tuple[object, ...], list[Node]], slots: dict[Node, tuple[int, int]]
    ) -> tuple[tuple[object, ...], list[Node]]:
        """Return the terms to do next: all of one likeness where they can be done, else most of one."""
        ready = {
            like: [node for node in nodes if all(one in slots for one in self._needs(node))]
            for like, nodes in waiting.items()
        }
        best = max(ready, key=lambda like: (len(ready[like]) == len(waiting[like]), len(ready[like])))
        return best, ready[best]

    def _needs(self, node: Node) -> Iterator[Node]:
        return (operand for operand in self.terms[node][1] if isinstance(operand, Node))

    def _operands(self, nodes: Sequence[Node], slots: dict[Node, tuple[int, int]]) -> Iterator[Operand]:
        for like in zip(*(self.terms[node][1] for node in nodes), strict=True):
            kind = _kind(like[0])
            if kind == "number":
                yield Operand(kind, np.array(like, dtype=np.float64))
            elif kind == "area":
                yield Operand(kind, like)
            elif kind == "channel":
                yield Operand(kind, _slots([self.channels[one] for one in like]))
            else:
                yield Operand(kind, _slots([slots[one][1] for one in like]), slots[like[0]][0])


def _looked_back(node: Node, term: _Term, back: int) -> int:
    """Return how many months back an operation that is itself looked at so far looks at its operands."""
    op, operands, fixed = term
    if op == "pick":
        return int(cast("float", operands[1]))
    if op in {"spread_of", "slope_of", "streak"}:
        return cast("int", fixed[0])
    return back if is_monthly(node) else REACH


def _slots(places: list[int]) -> slice | NDArray[np.intp]:
    """Return places as a slice where they follow each other: what lies there need not be copied."""
    if places == list(range(places[0], places[0] + len(places))):
        return slice(places[0], places[0] + len(places))
    return np.array(places, dtype=np.intp)


def _kind(operand: _Given) -> Kind:
    if isinstance(operand, Node):
        return "result"
    if isinstance(operand, AreaFigure):
        return "area"
    return "channel" if isinstance(operand, Channel) else "number"
