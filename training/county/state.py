"""Households and their people at the end of a month, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.tables.outcomes import MONITORING
from features.tables.people import HOUSEHOLDS, MEMBERS
from training.county.ages import WORKS_FROM, WORKS_UNTIL
from training.county.diary import SLOTS

YEAR = 12
GRAVE = 2
"""Grades of disability up to this one are grave; 0 is none."""

EXITED, ORDINARY, NOT_EXITED = (
    HOUSEHOLDS.column("origin").code(name) for name in ("exited", "ordinary", "not_exited")
)
HEAD, SPOUSE, CHILD, GRANDCHILD, PARENT = (
    MEMBERS.column("relation").code(name) for name in ("head", "spouse", "child", "grandchild", "parent")
)
HEALTHY, CHRONIC, SERIOUS = (
    MEMBERS.column("health").code(name) for name in ("healthy", "chronic", "serious")
)
NOT_STUDENT, KINDERGARTEN, PRIMARY, JUNIOR, SENIOR, TERTIARY, DROPOUT = (
    MEMBERS.column("student").code(name)
    for name in ("not", "kindergarten", "primary", "junior", "senior", "tertiary", "dropout")
)
ILLNESS, DISABILITY, SCHOOLING, DISASTER, ACCIDENT, JOB, TRADE, LABOUR, SKILL = (
    MONITORING.column("cause").code(name)
    for name in (
        "illness", "disability", "schooling", "disaster", "accident", "job", "trade", "labour", "skill",
    )
)  # fmt: skip

NO_WORK, AWAY, NEAR, WORKSHOP, POST = range(5)
"""What somebody lives from beside the fields."""

FREE, PENDING, MONITORED, ELIMINATED = range(4)
"""Where a household stands with the office."""

LONG_AGO = -9_999
"""Month of what never happened."""


@dataclass
class State:
    """The latent state of many households.

    People are arrays of shape (households, SLOTS); an empty slot has the number -1. Months are
    indexes from the first told month. Money is in yuan of the month.
    """

    number: NDArray[np.int16]
    birth: NDArray[np.int16]
    woman: NDArray[np.bool_]
    married: NDArray[np.bool_]
    relation: NDArray[np.int8]
    schooling: NDArray[np.int8]
    student: NDArray[np.int8]
    grade: NDArray[np.int8]
    health: NDArray[np.int8]
    ill_since: NDArray[np.int16]
    disability: NDArray[np.int8]
    insured: NDArray[np.bool_]
    skill: NDArray[np.float64]
    steady: NDArray[np.float64]
    work: NDArray[np.int8]
    until: NDArray[np.int16]

    numbers: NDArray[np.int16]
    alive: NDArray[np.bool_]
    origin: NDArray[np.int8]
    village: NDArray[np.int16]
    diligence: NDArray[np.float64]
    fortune: NDArray[np.float64]
    product: NDArray[np.int8]
    scale: NDArray[np.float64]
    field: NDArray[np.float64]
    thrift: NDArray[np.float64]
    savings: NDArray[np.float64]
    house: NDArray[np.int8]
    water: NDArray[np.bool_]
    damaged: NDArray[np.int16]
    hurt: NDArray[np.int16]
    bereaved: NDArray[np.int16]
    jobless: NDArray[np.int16]
    unsold: NDArray[np.int16]
    damage_share: NDArray[np.float64]
    allowance: NDArray[np.float64]
    allowance_since: NDArray[np.int16]
    covered_until: NDArray[np.int16]
    aided: NDArray[np.int16]
    loan_due: NDArray[np.int16]
    paid_out: NDArray[np.int16]
    need_since: NDArray[np.int16]
    standing: NDArray[np.int8]
    approved_in: NDArray[np.int16]
    entered: NDArray[np.int16]
    eliminated: NDArray[np.int16]
    cause: NDArray[np.int8]
    kind: NDArray[np.int8]
    channel: NDArray[np.int8]
    granted: NDArray[np.float64]
    net: NDArray[np.float64]
    gross: NDArray[np.float64]
    medical: NDArray[np.float64]
    other_rigid: NDArray[np.float64]

    def __len__(self) -> int:
        return self.alive.size

    def take(self, rows: NDArray[Any]) -> State:
        """Return copies of some households, each as often as it is named."""
        return State(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})

    @property
    def there(self) -> NDArray[np.bool_]:
        """Whether a slot holds somebody, shape (households, SLOTS)."""
        there: NDArray[np.bool_] = self.number >= 0
        return there

    @property
    def people(self) -> NDArray[np.int64]:
        """Members of each household."""
        count: NDArray[np.int64] = self.there.sum(axis=1)
        return count

    def age(self, month: int) -> NDArray[np.float64]:
        """Age of each person [years] at the end of a month."""
        age: NDArray[np.float64] = (month - self.birth) / YEAR
        return age

    def able(self, month: int) -> NDArray[np.bool_]:
        """Who could work: of age, not at school, neither seriously ill nor gravely disabled."""
        age = self.age(month)
        at_school = (self.student > NOT_STUDENT) & (self.student < DROPOUT)
        grave = (self.disability > 0) & (self.disability <= GRAVE)
        can: NDArray[np.bool_] = (
            self.there
            & (age >= WORKS_FROM)
            & (age < WORKS_UNTIL)
            & ~at_school
            & ~grave
            & (self.health < SERIOUS)
        )
        return can


def empty(households: int) -> State:
    """Return households in which nobody lives yet."""
    slots, own = (households, SLOTS), (households,)
    kinds: dict[str, Any] = {"number": -1, "ill_since": LONG_AGO, "until": -1}
    for name in ("damaged", "hurt", "bereaved", "jobless", "unsold", "allowance_since"):
        kinds[name] = LONG_AGO
    for name in ("covered_until", "aided", "loan_due", "paid_out", "need_since"):
        kinds[name] = LONG_AGO
    for name in ("approved_in", "entered", "eliminated"):
        kinds[name] = LONG_AGO
    kinds |= {"cause": -1, "kind": -1, "channel": -1, "water": True, "insured": True, "diligence": 1.0}
    made: dict[str, NDArray[Any]] = {}
    people = True
    for part in fields(State):
        people = people and part.name != "numbers"
        dtype = _dtype(str(part.type))
        shape: tuple[int, ...] = slots if people else own
        if part.name in ("net", "gross", "medical", "other_rigid"):
            shape = (households, YEAR)
        made[part.name] = np.full(shape, kinds.get(part.name, 0), dtype)
    return State(**made)


def _dtype(annotation: str) -> type[np.generic]:
    dtype: type[np.generic] = getattr(np, annotation.split("np.")[1].rstrip("]"))
    return dtype
