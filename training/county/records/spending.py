"""What schooling, disasters and accidents cost: told at a visit or a survey, or where it is claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.money import EXPENSES
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay, facts, join, member_ids
from training.county.records.sums import heaped

SCHOOLING, DISASTER, ACCIDENT = "D", "X", "Y"
"""With what record ids begin."""


def spending(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the rows of the table ``expenses`` on schooling, disasters and accidents."""
    return join(
        schooling(diary, place, p, rng),
        _claimed(diary, place, p, rng, DISASTER, "disaster"),
        _claimed(diary, place, p, rng, ACCIDENT, "accident"),
    )


def schooling(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return what households say of their school costs, at a visit or at the survey of the autumn.

    Notes
    -----
    Some are never told; amounts are remembered roughly and rounded.
    """
    paid = diary.events("education")
    told = rng.random(paid["month"].size) < p.number("records.spending.told")
    month, row, number = (paid[name][told] for name in ("month", "row", "number"))
    occurred_on = day_in_month(diary, month, rng)
    by_visit = rng.random(row.size) < p.number("records.spending.by_visit")
    at_visit = occurred_on + delay(p.numbers("records.spending.visit_days"), rng, row.size)
    surveyed = _october(occurred_on) + delay(p.numbers("records.spending.survey_days"), rng, row.size)
    noise = p.number("records.spending.noise") * rng.standard_normal(row.size)
    shares, steps = p.numbers("records.spending.heap_shares"), p.numbers("records.spending.heap_steps")
    amount = heaped(paid["amount"][told] * np.exp(noise), shares, steps, rng)
    visit, survey = code(EXPENSES, "source", "visit"), code(EXPENSES, "source", "survey")
    household_id = diary.household_id[row]
    return facts(
        EXPENSES,
        place,
        SCHOOLING,
        household_id,
        occurred_on,
        np.where(by_visit, at_visit, surveyed),
        np.where(by_visit, visit, survey),
        kind=code(EXPENSES, "kind", "education"),
        amount=np.round(amount, 2),
        member_id=member_ids(household_id, number),
    )


def _october(occurred_on: NDArray[Any]) -> NDArray[Any]:
    """Return the first 1 October on or after each day: the survey of the autumn begins."""
    october = occurred_on.astype("datetime64[Y]").astype("datetime64[M]") + 9
    october = np.where(october.astype("datetime64[D]") < occurred_on, october + 12, october)
    days: NDArray[Any] = october.astype("datetime64[D]")
    return days


def _claimed(
    diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, letter: str, kind: str
) -> Facts:
    """Return losses by disaster or accident, where they are claimed and as they are assessed."""
    lost = diary.events("damage" if kind == "disaster" else "accident")
    amount = lost["amount"].astype(np.float64)
    claimed = rng.random(amount.size) < p.number(f"records.spending.claimed_{kind}")
    claimed &= (amount > 0) & (amount >= p.number("records.spending.claimed_least"))
    month, row, amount = lost["month"][claimed], lost["row"][claimed], amount[claimed]
    number = lost["number"][claimed] if kind == "accident" else np.full(row.size, -1)
    occurred_on = day_in_month(diary, month, rng)
    late = delay(p.numbers(f"records.spending.{kind}_days"), rng, row.size)
    assessed = amount * np.exp(p.number("records.spending.assessed") * rng.standard_normal(row.size))
    household_id = diary.household_id[row]
    return facts(
        EXPENSES,
        place,
        letter,
        household_id,
        occurred_on,
        occurred_on + late,
        "emergency" if kind == "disaster" else "self",
        kind=code(EXPENSES, "kind", kind),
        amount=np.round(assessed, 2),
        member_id=member_ids(household_id, number),
    )
