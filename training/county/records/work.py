"""The real-name ledger of work: spells that are entered late and often closed later still."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.people import HOUSEHOLDS, MEMBERS
from features.tables.visits import EMPLOYMENTS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay, facts, join, member_ids, take
from training.county.records.spells import LOST, NUMBERS, OPEN, Spells, spells
from training.county.records.sums import heaped
from training.county.records.versions import later

SPELL, WITHOUT, LOSS = "J", "O", "U"
"""With what record ids begin: spells, people without work, losses of work."""
LABOURERS = [code(MEMBERS, "labour", name) for name in ("skilled", "ordinary", "weak")]
ORDINARY = code(HOUSEHOLDS, "origin", "ordinary")
LONG = 31
"""Longer than any month is beyond its last day: the helper takes the last one instead."""


def employments(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the table ``employments``.

    Notes
    -----
    Most people who can work are on the ledger. A spell is entered some weeks after its start, with the
    wage that was agreed and, for posts, the day on which it will end. Its end becomes known months later,
    as a new version of the same record, and some ends never do. Whoever cannot be found at work
    when first entered stands there without.
    """
    worked = spells(diary)
    able = _labourers(diary)
    people = np.unique(np.concatenate([worked.person, able["person"]]))
    ordinary = diary.origin[people // NUMBERS] == ORDINARY
    coverage = np.where(
        ordinary, p.number("records.work.coverage_ordinary"), p.number("records.work.coverage")
    )
    listed = people[rng.random(people.size) < coverage]
    idle = {name: values[np.isin(able["person"], listed)] for name, values in able.items()}
    return join(
        _spells(diary, place, p, rng, _only(worked, np.isin(worked.person, listed))),
        _without(diary, place, p, rng, idle),
    )


def _labourers(diary: Diary) -> dict[str, NDArray[Any]]:
    """Return who could work, each once: when first seen so, and whether at work then."""
    people = diary.people
    able = (people["number"] >= 0) & np.isin(people["labour"], LABOURERS)
    snapshot, row, slot = np.nonzero(able)
    person = row * NUMBERS + people["number"][snapshot, row, slot].astype(np.int64)
    person, first = np.unique(person, return_index=True)
    working = people["working"][snapshot, row, slot][first] > 0
    return {"person": person, "month": diary.snapshot_months[snapshot[first]], "working": working}


def _only(worked: Spells, which: NDArray[np.bool_]) -> Spells:
    return Spells(**{name: values[which] for name, values in vars(worked).items()})


def _spells(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, worked: Spells) -> Facts:
    """Return the spells, their ends as later versions, and losses of work told by themselves."""
    rows = worked.person.size
    start_on = _start(diary, p, rng, worked.start)
    agreed = _month_before(diary, worked.until)
    agreed = np.where(worked.until >= 0, np.maximum(agreed, start_on), np.datetime64("NaT"))
    late = delay(p.numbers("records.work.start_days"), rng, rows)
    unsaid = rng.random(rows) < p.number("records.work.formal_unknown")
    household_id = diary.household_id[worked.row]
    entered = facts(
        EMPLOYMENTS,
        place,
        SPELL,
        household_id,
        start_on,
        np.maximum(start_on, diary.start.astype("datetime64[D]")) + late,
        "labour",
        member_id=member_ids(household_id, worked.number),
        start_on=start_on,
        end_on=agreed,
        state=code(EMPLOYMENTS, "state", "employed"),
        form=worked.form,
        place=worked.place,
        formal=np.where(unsaid, -1, worked.formal),
        monthly_wage=_stated(worked.wage, p, rng),
        part_of_income=1,
    )
    return join(entered, *_ends(diary, place, p, rng, worked, entered))


def _start(
    diary: Diary, p: Parameters, rng: np.random.Generator, month: NDArray[Any]
) -> NDArray[np.datetime64]:
    """Return the first day of work; what was under way at the start began up to years before."""
    since = delay(p.numbers("records.work.begun_before"), rng, month.size)
    return day_in_month(diary, np.where(month < 0, -since, month), rng)


def _stated(wage: NDArray[np.float64], p: Parameters, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the wage as it was agreed, which is not what is paid."""
    noise = p.number("records.work.wage_noise") * rng.standard_normal(wage.size)
    shares, steps = p.numbers("records.work.heap_shares"), p.numbers("records.work.heap_steps")
    stated = heaped(wage * p.number("records.work.wage_stated") * np.exp(noise), shares, steps, rng)
    return np.round(stated, 2)


def _ends(
    diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, worked: Spells, entered: Facts
) -> tuple[Facts, Facts]:
    """Return the versions of spells that tell their end, and the losses of work told beside."""
    rows = worked.person.size
    ended = worked.end < OPEN
    month = np.where(ended, worked.end, diary.months)
    end_on = np.maximum(_month_before(diary, month), entered["start_on"])
    lost_on = np.maximum(day_in_month(diary, month, rng), end_on)
    known_on = lost_on + delay(p.numbers("records.work.loss_days"), rng, rows)
    noticed = ended & (rng.random(rows) >= p.number("records.work.stale"))
    told = noticed & (end_on != entered["end_on"])
    versions = later(take(entered, told), known_on[told], end_on=end_on[told])
    registered = rng.random(rows) < p.number("records.work.registered")
    lost = noticed & registered & (worked.how == LOST)
    losses = facts(
        EMPLOYMENTS,
        place,
        LOSS,
        entered["household_id"][lost],
        lost_on[lost],
        np.maximum(known_on, entered["known_on"])[lost],
        "labour",
        member_id=entered["member_id"][lost],
        observed_on=lost_on[lost],
        state=code(EMPLOYMENTS, "state", "unemployed"),
    )
    return versions, losses


def _without(
    diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, able: dict[str, NDArray[Any]]
) -> Facts:
    """Return who is on the ledger and was without work when first entered."""
    idle = ~able["working"]
    person, month = able["person"][idle], able["month"][idle]
    observed_on = day_in_month(diary, month, rng)
    household_id = diary.household_id[person // NUMBERS]
    return facts(
        EMPLOYMENTS,
        place,
        WITHOUT,
        household_id,
        observed_on,
        observed_on + delay(p.numbers("records.work.start_days"), rng, person.size),
        "labour",
        member_id=member_ids(household_id, person % NUMBERS),
        observed_on=observed_on,
        state=code(EMPLOYMENTS, "state", "inactive"),
    )


def _month_before(diary: Diary, month: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the last day of the month before."""
    return day_in_month(diary, month - 1, LONG)
