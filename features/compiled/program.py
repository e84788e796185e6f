"""A plan as a list of instructions on rows of figures, as `features.compiled.leading` follows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from features.compiled.instructions import IN_TURN, OF_TWO, Instruction, Instructions, Op, written
from features.plan import AreaFigure, Operand, Plan, Step

_Result = tuple[int, int]
"""How many months a result of the plan has, and its slot among those with as many."""

_ARGUMENTS = {
    **dict.fromkeys(("known_to", "recorded_to", "least_to", "most_to"), ("one", "complete")),
    **dict.fromkeys(("told_to", "sum_to"), ("one", "complete")),
    **dict.fromkeys(("last_row", "last_told"), ("one", "far", "complete")),
    **dict.fromkeys(("spread_of", "slope_of"), ("one", "other", "third", "far", "complete")),
    **dict.fromkeys(("pick", "ahead"), ("one", "far")),
    "below_to": ("one", "number", "complete"),
    "streak": ("one", "number", "far", "complete"),
}
"""What the operands of an operation, and what is fixed of it, are called in its instruction."""


@dataclass(frozen=True, eq=False)
class Program:
    """A plan, one instruction after the other.

    Parameters
    ----------
    instructions : ndarray of Instruction
    rows : int
        How many rows of figures are in the hand at once.
    areas : tuple of AreaFigure
        What is asked of areas, in the order in which the instructions count it.
    """

    instructions: Instructions
    rows: int
    areas: tuple[AreaFigure, ...]


@lru_cache(maxsize=64)
def program(plan: Plan) -> Program:
    """Work out the instructions of a plan, figure by figure: a result is kept only while it is needed."""
    return _Writing(plan).program()


class _Writing:
    """The instructions of a plan while they are written."""

    def __init__(self, plan: Plan) -> None:
        self._figures = [plan.slots[node] for node in plan.figures]
        self._made: dict[_Result, tuple[Step, int]] = {
            (step.months, step.out.start + place): (step, place)
            for step in plan.steps
            for place in range(step.out.stop - step.out.start)
        }
        self._left = Counter(self._figures)
        for step, place in self._made.values():
            self._left.update(_results(step, place))
        self._rows = 0
        self._row: dict[_Result, int] = {}
        self._free: dict[int, list[int]] = defaultdict(list)
        self._areas: dict[AreaFigure, int] = {}
        self._written: list[Instruction] = []

    def program(self) -> Program:
        """Write down all that gives the figures."""
        for column, figure in enumerate(self._figures):
            self._make(figure)
            self._written.append(Instruction(Op.FIGURE, column, one=self._row[figure]))
            self._used(figure)
        return Program(written(self._written), self._rows, tuple(self._areas))

    def _make(self, result: _Result) -> None:
        """Write down what gives a result, unless that is done."""
        if result in self._row:
            return
        step, place = self._made[result]
        operands = list(_results(step, place))
        for operand in operands:
            self._make(operand)
        self._row[result] = self._room(max(step.months, 1))
        self._written += self._instructions(step, place, self._row[result])
        for operand in operands:
            self._used(operand)

    def _instructions(self, step: Step, place: int, out: int) -> Iterator[Instruction]:
        whole = Instruction(Op[step.op.upper()], out, max(step.months, 1))
        given = [self._given(whole.op, operand, place) for operand in step.operands]
        if whole.op in IN_TURN:
            for turn, (at, rows) in enumerate(given):
                yield whole._replace(one=at, of_one=rows, far=turn)
        elif whole.op == Op.OF_LARGEST:
            half, greatest = len(given) // 2, self._room(1)
            for turn, ((weight, _), (value, _)) in enumerate(zip(given[:half], given[half:], strict=True)):
                yield whole._replace(one=weight, other=value, third=greatest, far=turn)
            self._free[1].append(greatest)
        else:
            names = _ARGUMENTS.get(step.op, ("one", "other"))
            told = dict(zip(names, [*given, *((each, 0) for each in step.fixed)], strict=False))
            of = {f"of_{name}": told[name][1] for name in ("one", "other") if name in told}
            yield whole._replace(**{name: value for name, (value, _) in told.items()}, **of)

    def _given(self, op: int, operand: Operand, place: int) -> tuple[Any, int]:
        """Return what an instruction is given, and how many months it has if it is rows of figures."""
        if operand.kind == "result":
            return self._row[operand.months, int(operand.places[place])], max(operand.months, 1)
        if operand.kind == "channel":
            return int(operand.places[place]), 0
        if operand.kind == "area":
            return self._areas.setdefault(operand.of[place], len(self._areas)), 0
        number = float(operand.of[place])
        if op not in OF_TWO:
            return number, 0
        row = self._room(1)
        self._free[1].append(row)  # needed at once, and no more
        self._written.append(Instruction(Op.NUMBER, row, number=number))
        return row, 1

    def _room(self, months: int) -> int:
        """Return the first of so many rows that nothing needs."""
        if self._free[months]:
            return self._free[months].pop()
        self._rows += months
        return self._rows - months

    def _used(self, result: _Result) -> None:
        """Give back the rows of a result that was needed for the last time."""
        self._left[result] -= 1
        if not self._left[result]:
            self._free[max(result[0], 1)].append(self._row[result])


def _results(step: Step, place: int) -> Iterator[_Result]:
    """Yield the results that one of the results of a step is made of."""
    for operand in step.operands:
        if operand.kind == "result":
            yield operand.months, int(operand.places[place])
