"""What a plan is: steps that give some expressions, like operations at once and each subexpression once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.reach import REACH
from features.readings import Node
from features.wiring import Wiring, wiring

Kind = Literal["result", "number", "channel", "area"]
"""What an operand is: an earlier result, a number, a channel of the panel, or what is asked of an area."""

SINGLE, SHORT, MEDIUM, LONG = 0, 12 + 1, 24 + 1, REACH + 1
"""Months of a result: none, one or two years and the running one, or all that can be looked back on."""


class AreaFigure(NamedTuple):
    """A figure of the household's area: the operation of the readings, and its arguments."""

    op: str
    args: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Operand:
    """The like arguments of like operations.

    Parameters
    ----------
    kind : {"result", "number", "channel", "area"}
    of : slice, ndarray or tuple
        Slots of earlier results, positions of channels, or the numbers and figures of areas
        themselves; one for each.
    months : int
        ``SINGLE``, ``SHORT``, ``MEDIUM`` or ``LONG``: how many months a result has.
    """

    kind: Kind
    of: Any
    months: int = SINGLE

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """The slots one by one."""
        return (
            np.arange(self.of.start, self.of.stop, dtype=np.intp) if isinstance(self.of, slice) else self.of
        )


@dataclass(frozen=True, eq=False)
class Step:
    """One operation, done for several expressions.

    Parameters
    ----------
    op : str
    months : int
        ``SINGLE``, ``SHORT``, ``MEDIUM`` or ``LONG``: for how many months it gives a figure.
    out : slice
        Slots of the results.
    operands : tuple of Operand
    fixed : tuple
        What is the same for all: the window, say.
    """

    op: str
    months: int
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
    sizes : dict of int to int
        How many results have so many months.
    slots : dict of Node to (int, int)
        How many months the result of each expression and subexpression has, and where among those
        with as many it lies.
    figures : tuple of Node
        The expressions, each once, that give one figure a household.
    """

    channels: tuple[Channel, ...]
    steps: tuple[Step, ...]
    sizes: dict[int, int]
    slots: dict[Node, tuple[int, int]]
    figures: tuple[Node, ...]

    @cached_property
    def wired(self) -> Wiring:
        """The wiring of the channels."""
        return wiring(self.channels)

    @cached_property
    def places(self) -> dict[Channel, int]:
        """The position of each channel."""
        return {channel: place for place, channel in enumerate(self.channels)}

    @cached_property
    def figure_slots(self) -> NDArray[np.intp]:
        """Where the result of each figure lies among those without months."""
        return np.array([self.slots[node][1] for node in self.figures], dtype=np.intp)
