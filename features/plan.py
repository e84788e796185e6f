"""How expressions are read off together: like operations are done at once, each subexpression only once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.readings import Node, Series
from features.wiring import Wiring, wiring

Kind = Literal["monthly", "single", "number", "channel"]
"""What an operand is: figures by month, one figure, a number of its own, a channel of the panel."""


@dataclass(frozen=True, eq=False)
class Operand:
    """The like arguments of like operations.

    Parameters
    ----------
    kind : {"monthly", "single", "number", "channel"}
    of : ndarray
        Slots of earlier results, positions of channels, or the numbers themselves; one for each.
    """

    kind: Kind
    of: NDArray[np.intp] | NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Step:
    """One operation, done for several expressions.

    Parameters
    ----------
    op : str
    monthly : bool
        Whether it gives a figure for each month.
    out : slice
        Slots of the results.
    operands : tuple of Operand
    fixed : tuple
        What is the same for all: the window, say.
    """

    op: str
    monthly: bool
    out: slice
    operands: tuple[Operand, ...]
    fixed: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps that give some expressions.

    Parameters
    ----------
    channels : tuple of Channel
        What the panel must hold, in this order.
    steps : tuple of Step
    monthly, single : int
        How many results have a figure for each month, and how many have one.
    slots : dict of Node to int
        Where the result of each expression and subexpression lies, among those of its kind.
    """

    channels: tuple[Channel, ...]
    steps: tuple[Step, ...]
    monthly: int
    single: int
    slots: dict[Node, int]

    @cached_property
    def wired(self) -> Wiring:
        """The wiring of the channels."""
        return wiring(self.channels)


@lru_cache(maxsize=64)
def plan(expressions: tuple[Node, ...]) -> Plan:
    """Work out the plan of some expressions."""
    draft = _Draft()
    for node in expressions:
        draft.term(node)
    return draft.plan()


_Term = tuple[str, tuple[Node | Channel | float, ...], tuple[object, ...]]
"""Operation, operands and what is fixed."""

_SUMS = {"known": "known_to", "recorded": "recorded_to", "least": "least_to", "most": "most_to"}
_MONTHLY = frozenset({*_SUMS.values(), "below_to"})


def _term(node: Node) -> _Term:
    """Say an operation by those that can be shared: of one running total all windows are read."""
    match node.op, node.args:
        case ("known" | "recorded" | "least" | "most") as op, (Node() as series, int(months)):
            return "pick", (Node(_SUMS[op], (series,)), float(months)), ()
        case ("total" | "mean") as op, (Node() as series, int(months)):
            known, recorded = (Node(name, (series, months)) for name in ("known", "recorded"))
            return f"{op}_of", (known, recorded), ()
        case "below", (Node() as series, limit, int(months)):
            under = Node("pick", (Node("below_to", (series, limit)), months))
            return "total_of", (Node("known", (series, months)), under), ()
        case ("spread" | "slope") as op, (Node() as series, int(months)):
            known, mean = (Node(name, (series, months)) for name in ("known", "mean"))
            return f"{op}_of", (series, known, mean), (months, series.complete)
        case "streak", (Node() as series, limit, int(months)):
            return "streak", (series, limit), (months, series.complete)
        case "latest", (Node() as series, int(back)):
            return "at_row", (series, Node("last_row", (series, back))), ()
        case "last_row", (Node() as series, int(back)):
            return "last_row", (series,), (back, series.complete)
        case "age", (Node() as series,):
            return "age_of", (Node("last_row", (series, 0)),), ()
        case "ahead", (Node(args=(Channel() as channel,)), int(months)):
            return "ahead", (channel,), (months,)
        case op, (Node() as series, *limit) if op in _MONTHLY:
            return op, (series, *limit), (series.complete,)
        case op, args if any(isinstance(arg, Node | Channel) for arg in args):
            return op, args, ()
        case op, args:
            return op, (), args


def is_monthly(node: Node) -> bool:
    """Return whether an expression gives a figure for each month."""
    return isinstance(node, Series) or node.op in _MONTHLY


@dataclass
class _Draft:
    """Terms gathered from expressions, on their way to a plan."""

    terms: dict[Node, _Term] = field(default_factory=dict)
    channels: dict[Channel, int] = field(default_factory=dict)

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

    def plan(self) -> Plan:
        """Put like terms together, in an order in which each finds its operands."""
        slots: dict[Node, int] = {}
        steps: list[Step] = []
        size = {True: 0, False: 0}
        waiting = defaultdict(list)
        for node in self.terms:
            waiting[self._like(node)].append(node)
        while waiting:
            like, ready = self._next(waiting, slots)
            monthly = is_monthly(ready[0])
            first = size[monthly]
            for node in ready:
                slots[node] = size[monthly]
                size[monthly] += 1
            op, _, fixed = self.terms[ready[0]]
            operands = tuple(self._operands(ready, slots))
            steps.append(Step(op, monthly, slice(first, size[monthly]), operands, fixed))
            left = [node for node in waiting.pop(like) if node not in slots]
            if left:
                waiting[like] = left
        return Plan(tuple(self.channels), tuple(steps), size[True], size[False], slots)

    def _like(self, node: Node) -> tuple[object, ...]:
        op, operands, fixed = self.terms[node]
        return op, is_monthly(node), fixed, tuple(_kind(operand) for operand in operands)

    def _next(
        self, waiting: dict[tuple[object, ...], list[Node]], slots: dict[Node, int]
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

    def _operands(self, nodes: Sequence[Node], slots: dict[Node, int]) -> Iterator[Operand]:
        for like in zip(*(self.terms[node][1] for node in nodes), strict=True):
            kind = _kind(like[0])
            if kind == "number":
                yield Operand(kind, np.array(like, dtype=np.float64))
            elif kind == "channel":
                yield Operand(kind, np.array([self.channels[one] for one in like], dtype=np.intp))
            else:
                yield Operand(kind, np.array([slots[one] for one in like], dtype=np.intp))


def _kind(operand: Node | Channel | float) -> Kind:
    if isinstance(operand, Node):
        return "monthly" if is_monthly(operand) else "single"
    return "channel" if isinstance(operand, Channel) else "number"
