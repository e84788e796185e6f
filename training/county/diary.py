"""What happened in one township: all that its records are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

SLOTS = 8
"""Places for people in a household; who would be a ninth is not told (1 % of households at most)."""

EVENTS: dict[str, tuple[str, ...]] = {
    "joined": ("number", "birth", "woman", "relation", "schooling", "student", "health", "how"),
    "left": ("number", "how"),
    "student": ("number", "stage", "grade"),
    "illness": ("number", "health"),
    "disability": ("number", "grade"),
    "hospital": ("number", "total", "reimbursed", "self_paid", "in_scope", "serious", "away"),
    "job": ("number", "form", "place", "wage", "formal", "until"),
    "jobless": ("number",),
    "accident": ("number", "amount"),
    "damage": ("kind", "amount", "house"),
    "education": ("number", "amount"),
    "low_income": ("entering", "amount"),
    "support": ("area_of_help", "form", "ground", "amount", "until", "number"),
    "loan": ("kind", "amount", "due"),
    "repaid": ("loan_month",),
    "trigger": ("kind", "value", "number"),
    "clue": ("channel", "accepted", "cause"),
    "verified": ("risk", "reached"),
    "entry": ("type", "cause", "channel"),
    "elimination": ("way",),
    "reinstatement": (),
    "rejection": (),
    "split": ("other",),
    "merged": ("other",),
    "moved": (),
    "exited": (),
}
"""Kinds of events and what is told of each, beside ``month`` and ``row``."""

BORN, MARRIED_IN = 0, 1
DIED, MARRIED_OUT, MOVED_AWAY = 0, 1, 2
"""How somebody joined, and how somebody left."""


class Listener(Protocol):
    """Whoever is told what happens: a diary, or nobody."""

    def note(self, kind: str, month: int, rows: NDArray[Any], /, **told: Any) -> None:
        """Take note that something happened to the households of ``rows`` in a month."""


class Nobody:
    """Nobody listens: the life of a fork leaves no events."""

    def note(self, kind: str, month: int, rows: NDArray[Any], /, **told: Any) -> None:
        """Let it pass."""


@dataclass
class Diary:
    """The told months of a township.

    Parameters
    ----------
    start : datetime64[M]
        The first told month; month indexes count from it.
    months : int
        Told months.
    household_id, lineage : ndarray of str, shape (households,)
    grid, origin : ndarray of int
        Position in the place's grids; code of ``households.origin``.
    relocated : ndarray of bool
    weight : ndarray of float64
        Households each one stands for.
    first, last : ndarray of int
        First and last month in which the household is there.
    product : ndarray of int
        What it mainly grows: a position in ``places.PRODUCTS``.
    monthly : dict of ndarray, shape (months, households)
    people : dict of ndarray, shape (snapshots, households, SLOTS)
    snapshot_months : ndarray of int
        Months at whose end ``people`` were taken.
    """

    start: np.datetime64
    months: int
    household_id: NDArray[np.str_]
    lineage: NDArray[np.str_]
    grid: NDArray[np.int64]
    origin: NDArray[np.int8]
    relocated: NDArray[np.bool_]
    weight: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    product: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    monthly: dict[str, NDArray[Any]] = field(default_factory=dict)
    people: dict[str, NDArray[Any]] = field(default_factory=dict)
    snapshot_months: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _notes: dict[str, list[dict[str, NDArray[Any]]]] = field(default_factory=dict)

    def note(self, kind: str, month: int, rows: NDArray[Any], /, **told: Any) -> None:
        """Take note of an event; months before the first told one are not kept."""
        if month < 0 or not rows.size:
            return
        columns = {"month": np.full(rows.size, month, np.int64), "row": rows.astype(np.int64)}
        for name in EVENTS[kind]:
            columns[name] = np.broadcast_to(np.asarray(told[name]), rows.shape)
        self._notes.setdefault(kind, []).append(columns)

    def events(self, kind: str) -> dict[str, NDArray[Any]]:
        """Return the events of a kind by month and row: ``month``, ``row`` and what is told of it."""
        notes = self._notes.get(kind, [])
        names = ("month", "row", *EVENTS[kind])
        if not notes:
            return {name: np.zeros(0, np.int64 if name in ("month", "row") else np.float64) for name in names}
        joined = {name: np.concatenate([note[name] for note in notes]) for name in names}
        order = np.lexsort((joined["row"], joined["month"]))
        return {name: values[order] for name, values in joined.items()}
