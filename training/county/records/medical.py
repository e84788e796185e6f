"""What hospital stays cost, as the insurance office settles them: near ones soon, far ones late."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.money import EXPENSES
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay, facts, member_ids

LETTER = "E"
PARTS = ("total", "reimbursed", "self_paid", "in_scope")
"""Columns of a stay; each is an expense of the kind ``medical_`` and its name."""
YEAR_END = 61
"""Days from 1 December to 31 January."""


def medical(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the medical rows of the table ``expenses``: four for each stay that was settled.

    Notes
    -----
    A stay in the county is settled on the spot and known within weeks. One elsewhere, or paid in cash,
    is known when the claim is handed in, many of them at the end of the year. Care bought outside
    the system leaves no record.
    """
    stays = diary.events("hospital")
    kept = rng.random(stays["month"].size) >= p.number("records.medical.outside")
    stays = {name: values[kept] for name, values in stays.items()}
    row = stays["row"]
    occurred_on = day_in_month(diary, stays["month"], rng)
    known_on = occurred_on + _days_late(occurred_on, stays["away"] > 0, p, rng)
    household_id = diary.household_id[row]
    kinds = [code(EXPENSES, "kind", f"medical_{part}") for part in PARTS]
    return facts(
        EXPENSES,
        place,
        LETTER,
        np.tile(household_id, len(PARTS)),
        np.tile(occurred_on, len(PARTS)),
        np.tile(known_on, len(PARTS)),
        "medical_insurance",
        kind=np.repeat(kinds, row.size),
        amount=np.round(np.concatenate([stays[part] for part in PARTS]), 2),
        member_id=np.tile(member_ids(household_id, stays["number"]), len(PARTS)),
        serious=np.tile(stays["serious"] > 0, len(PARTS)),
    )


def _days_late(
    occurred_on: NDArray[Any], away: NDArray[np.bool_], p: Parameters, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the days from a stay to the day on which its bill is known."""
    rows = occurred_on.size
    local = delay(p.numbers("records.medical.local_days"), rng, rows)
    span = p.numbers("records.medical.away_days")
    claimed = delay(span, rng, rows)
    december = (occurred_on.astype("datetime64[Y]") + 1).astype("datetime64[D]") - 31
    until_december = (december - occurred_on).astype(np.int64)
    first = np.maximum(until_december, int(span[0]))
    last = np.minimum(until_december + YEAR_END, int(span[1]))
    bulge = (rng.random(rows) < p.number("records.medical.year_end")) & (first <= last)
    at_year_end = first + np.floor(rng.random(rows) * (last - first + 1)).astype(np.int64)
    return np.where(away, np.where(bulge, at_year_end, claimed), local)
