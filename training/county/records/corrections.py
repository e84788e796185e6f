"""Records that prove wrong: corrected later, withdrawn, or put to a wrong household at first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import version_order
from features.tables.money import EXPENSES
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, delay, join, numbered, take
from training.county.records.versions import later

AMOUNTS = {"expenses": "amount", "incomes": "amount", "warnings": "value"}
"""Tables with faults, and the column that is wrong and then corrected."""
TWICE = {"expenses": "2", "incomes": "3", "warnings": "4"}
ASTRAY = "1"
"""With what the ids of records begin that are entered twice, and of those put to a wrong household."""
MEDICAL = [code(EXPENSES, "kind", f"medical_{p}") for p in ("total", "reimbursed", "self_paid", "in_scope")]
SETTLING_IN = np.timedelta64(31, "D")


@dataclass(frozen=True)
class _Lots:
    """What befalls each row; rows of one paper (all parts of a bill, all versions of a record) share it.

    Parameters
    ----------
    astray, twice, corrected : ndarray of bool, shape (rows,)
        No row is in two of them.
    days : ndarray of int
        Until the fault is found.
    pause : ndarray of int
        Until it is entered again, where it is entered twice.
    factor : ndarray of float64
        By how much the first amount is off.
    other : ndarray of float64
        Uniform draw of the wrong household.
    """

    astray: NDArray[np.bool_]
    twice: NDArray[np.bool_]
    corrected: NDArray[np.bool_]
    days: NDArray[np.int64]
    pause: NDArray[np.int64]
    factor: NDArray[np.float64]
    other: NDArray[np.float64]


def with_corrections(tables: Tables, place: Place, p: Parameters, rng: np.random.Generator) -> Tables:
    """Return the tables with faults in some expenses, incomes and warnings, and how they were mended.

    Parameters
    ----------
    tables : Tables
        Of one township; ``households`` tells which ones a bill may be put to by mistake.
    place, p, rng

    Notes
    -----
    A wrong amount is followed by a version with the right one; what was entered twice is withdrawn; a
    medical bill that was put to another household is withdrawn there and becomes known of the right one
    on the same day. Perfect records pass unchanged.
    """
    homes = _homes(tables["households"])
    mended = dict(tables)
    for name in AMOUNTS:
        mended[name] = _with_faults(name, tables[name], homes, place, p, rng)
    return mended


def _homes(households: Facts) -> NDArray[np.str_]:
    """Return the households that were there from the start."""
    occurred = households["occurred_on"]
    at_first = occurred <= occurred.min() + SETTLING_IN if occurred.size else np.zeros(0, np.bool_)
    homes: NDArray[np.str_] = np.unique(households["household_id"][at_first])
    return homes


def _with_faults(
    name: str, told: Facts, homes: NDArray[np.str_], place: Place, p: Parameters, rng: np.random.Generator
) -> Facts:
    lots = _drawn(name, told, p, rng)
    wrong = homes[np.floor(lots.other * homes.size).astype(np.int64)]
    lots.astray[wrong == told["household_id"]] = False
    told = dict(told)
    astray = _astray(told, lots, wrong, place)
    twice = _twice(told, lots, place, TWICE[name])
    right = _corrected(told, lots, AMOUNTS[name])
    return join(told, *astray, *twice, right)


def _drawn(name: str, told: Facts, p: Parameters, rng: np.random.Generator) -> _Lots:
    paper = _papers(name, told)
    papers = int(paper.max()) + 1 if paper.size else 0
    at = p.names("records.corrections.corrected").index(name)
    shares = [p.numbers(f"records.corrections.{what}")[at] for what in ("astray", "twice", "corrected")]
    lot = rng.random(papers)[paper]
    limits = np.cumsum(shares)
    astray = lot < limits[0]
    if name == "expenses":
        astray &= np.isin(told["kind"], MEDICAL)
    days = delay(p.numbers("records.corrections.days"), rng, papers)
    pause = delay(p.numbers("records.corrections.pause"), rng, papers)
    size = np.maximum(np.abs(rng.standard_normal(papers)), p.number("records.corrections.least"))
    sign = rng.choice([-1.0, 1.0], papers)
    factor = np.exp(p.number("records.corrections.size") * sign * size)
    other = rng.random(papers)
    return _Lots(
        astray=astray,
        twice=(lot >= limits[0]) & (lot < limits[1]),
        corrected=(lot >= limits[1]) & (lot < limits[2]),
        days=days[paper],
        pause=pause[paper],
        factor=factor[paper],
        other=other[paper],
    )


def _papers(name: str, told: Facts) -> NDArray[np.int64]:
    """Return the paper that each row stands on: an expense's household and days, else the record."""
    rows = told["record_id"].size
    if name == "expenses":
        _, owner = np.unique(told["household_id"], return_inverse=True)
        days = [told[day].astype(np.int64) for day in ("occurred_on", "known_on")]
        least = [int(day.min()) if rows else 0 for day in days]
        span = [int(day.max()) - low + 1 if rows else 1 for day, low in zip(days, least, strict=True)]
        key = (owner.astype(np.int64) * span[0] + days[0] - least[0]) * span[1] + days[1] - least[1]
        papers: NDArray[np.int64] = np.unique(key, return_inverse=True)[1].astype(np.int64)
        return papers
    if not (told["revision"] > 0).any():
        return np.arange(rows)
    records: NDArray[np.int64] = np.unique(told["record_id"], return_inverse=True)[1].astype(np.int64)
    return records


def _astray(told: Facts, lots: _Lots, wrong: NDArray[np.str_], place: Place) -> tuple[Facts, Facts]:
    """Let bills come to another household first; they become known of the right one when that is found."""
    which = np.flatnonzero(lots.astray)
    found_on = told["known_on"][which] + lots.days[which]
    elsewhere = take(told, which) | {
        "household_id": wrong[which],
        "member_id": np.full(which.size, ""),
    }
    elsewhere = numbered(elsewhere, place, ASTRAY)
    known_on = told["known_on"].copy()
    known_on[which] = found_on
    told["known_on"] = known_on
    return elsewhere, later(elsewhere, found_on, voided=1)


def _twice(told: Facts, lots: _Lots, place: Place, letter: str) -> tuple[Facts, Facts]:
    which = np.flatnonzero(lots.twice & (told["revision"] == 0))
    again_on = told["known_on"][which] + lots.pause[which]
    again = numbered(take(told, which) | {"known_on": again_on}, place, letter)
    return again, later(again, again_on + lots.days[which], voided=1)


def _corrected(told: Facts, lots: _Lots, column: str) -> Facts:
    """Let some amounts be wrong at first, in every version but a last one."""
    right: NDArray[Any] = told[column]
    some = lots.corrected & (right > 0)
    wrong = np.where(some, np.round(right * lots.factor, 2), right)
    last = np.flatnonzero(some & _is_last(told))
    versions = later(take(told, last), told["known_on"][last] + lots.days[last])
    told[column] = wrong
    return versions


def _is_last(told: Facts) -> NDArray[np.bool_]:
    """Return which rows are the last version of their record."""
    last = np.ones(told["record_id"].size, np.bool_)
    if (told["revision"] > 0).any():
        order = version_order(told)
        record = told["record_id"][order]
        last[order[:-1]] = record[1:] != record[:-1]
    return last
