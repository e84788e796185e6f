"""What the office keeps of its own acts: steps of monitoring, checks at the door, visits it orders."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.outcomes import MONITORING, VERIFICATIONS
from features.tables.visits import VISITS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, day_in_month, delay, facts, join, months_told

CLUE, ENTRY, ELIMINATION, REINSTATEMENT, REJECTION = "K", "Q", "L", "N", "R"
CHECK, VERIFICATION, ORDERED = "F", "A", "T"
"""With what record ids begin: of each step, of checks, of visits to check, of ordered visits."""
APPROVED = {
    "entry": ENTRY,
    "elimination": ELIMINATION,
    "reinstatement": REINSTATEMENT,
    "rejection": REJECTION,
}
"""Steps that the county approves on one day of the month."""
NEEDS_HELP, NOT_JUDGED = (code(VERIFICATIONS, "risk", name) for name in ("needs_help", "not_judged"))
RIGHT, PARTLY, WRONG, NOT_CHECKED = (
    code(VERIFICATIONS, "facts", name) for name in ("right", "partly", "wrong", "not_checked")
)
HOME, PHONE = (code(VISITS, "mode", name) for name in ("home", "phone"))
DANGEROUS = code(VISITS, "house_grade", "c")
MONITORED = 2
"""Of ``monthly["monitored"]``."""


def office(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> dict[str, Facts]:
    """Return ``monitoring``, ``verifications``, and the ``visits`` that are no ordinary rounds."""
    clue_on = _clue_days(diary, p, rng)
    checked_on = _check_days(diary, p, rng, clue_on)
    check_known = checked_on + delay(p.numbers("records.office.clue_days"), rng, checked_on.size)
    return {
        "monitoring": join(
            _clues(diary, place, p, rng, clue_on),
            *(_approved(diary, place, p, rng, step) for step in APPROVED),
        ),
        "verifications": _verifications(diary, place, p, rng, checked_on, check_known),
        "visits": join(
            _to_verify(diary, place, checked_on, check_known),
            _ordered(diary, place, p, rng),
        ),
    }


def approval_days(diary: Diary, p: Parameters, month: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the day on which the county approves what the month brought."""
    return day_in_month(diary, month, round(p.number("records.office.approval_day")))


def _clue_days(diary: Diary, p: Parameters, rng: np.random.Generator) -> NDArray[np.datetime64]:
    month = diary.events("clue")["month"]
    return day_in_month(diary, month, 1 + delay(p.numbers("records.office.clue_opened"), rng, month.size))


def _check_days(
    diary: Diary, p: Parameters, rng: np.random.Generator, clue_on: NDArray[Any]
) -> NDArray[np.datetime64]:
    """Return the days of checks: some days after the clue of the same month, before the approval."""
    clue, verified = diary.events("clue"), diary.events("verified")
    households = diary.household_id.size
    opened = clue["month"] * households + clue["row"]
    wanted = verified["month"] * households + verified["row"]
    found = np.minimum(np.searchsorted(opened, wanted), max(opened.size - 1, 0))
    first = day_in_month(diary, verified["month"], 1)
    if opened.size:
        first = np.where(opened[found] == wanted, clue_on[found], first)
    days = first + delay(p.numbers("records.office.check_days"), rng, wanted.size)
    return np.maximum(np.minimum(days, approval_days(diary, p, verified["month"])), first)


def _clues(
    diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, clue_on: NDArray[Any]
) -> Facts:
    clue = diary.events("clue")
    return facts(
        MONITORING,
        place,
        CLUE,
        diary.household_id[clue["row"]],
        clue_on,
        clue_on + delay(p.numbers("records.office.clue_days"), rng, clue_on.size),
        "county",
        step=code(MONITORING, "step", "clue"),
        cause=clue["cause"],
        channel=clue["channel"],
    )


def _approved(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, step: str) -> Facts:
    """Return the steps of one kind: all of a month on one day, keyed some days later."""
    events = diary.events(step)
    approved_on = approval_days(diary, p, events["month"])
    told = {name: events[name] for name in ("type", "cause", "channel", "way") if name in events}
    return facts(
        MONITORING,
        place,
        APPROVED[step],
        diary.household_id[events["row"]],
        approved_on,
        approved_on + delay(p.numbers("records.office.keyed_days"), rng, approved_on.size),
        "county",
        step=code(MONITORING, "step", step),
        **told,
    )


def _verifications(
    diary: Diary,
    place: Place,
    p: Parameters,
    rng: np.random.Generator,
    checked_on: NDArray[Any],
    known_on: NDArray[Any],
) -> Facts:
    verified = diary.events("verified")
    reached, rows = verified["reached"] > 0, checked_on.size
    needs = verified["risk"] == NEEDS_HELP
    partly = rng.random(rows) < p.number("records.office.partly")
    found = np.where(partly, PARTLY, np.where(needs, RIGHT, WRONG))
    following = checked_on + delay(p.numbers("records.office.next_days"), rng, rows)
    return facts(
        VERIFICATIONS,
        place,
        CHECK,
        diary.household_id[verified["row"]],
        checked_on,
        known_on,
        "visit",
        facts=np.where(reached, found, NOT_CHECKED),
        risk=np.where(reached, verified["risk"], NOT_JUDGED),
        reached=reached,
        next_visit_on=np.where(needs, following, np.datetime64("NaT")),
    )


def _to_verify(diary: Diary, place: Place, checked_on: NDArray[Any], known_on: NDArray[Any]) -> Facts:
    verified = diary.events("verified")
    mode = np.where(verified["reached"] > 0, HOME, PHONE)
    return _visits(
        diary,
        place,
        VERIFICATION,
        "verification",
        verified["row"],
        checked_on,
        known_on,
        mode,
    )


def _ordered(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the visits the office orders: to the monitored month by month, and to those it suspects."""
    held = diary.monthly["monitored"] == MONITORED
    suspicion = np.nan_to_num(diary.monthly["suspicion"].astype(np.float64))
    chance = np.where(
        held, p.number("records.office.monthly_visit"), p.number("records.office.ordered") * suspicion
    )
    month = np.arange(diary.months)[:, None]
    there = (diary.first <= month) & (month <= diary.last)
    done = there & (rng.random(chance.shape) < chance * place.diligence[diary.grid])
    month, row = np.nonzero(done)
    day = day_in_month(diary, month, rng)
    known_on = day + delay(p.numbers("records.office.visit_days"), rng, day.size)
    mode = np.where(rng.random(day.size) < p.number("records.office.phone"), PHONE, HOME)
    return _visits(diary, place, ORDERED, "ordered", row, day, known_on, mode)


def _visits(
    diary: Diary,
    place: Place,
    letter: str,
    purpose: str,
    row: NDArray[Any],
    day: NDArray[Any],
    known_on: NDArray[Any],
    mode: NDArray[Any],
) -> Facts:
    """Return visits that see how things stood at the end of the month before; a phone sees no house."""
    before = np.maximum(months_told(diary, day) - 1, diary.first[row])

    def seen(name: str) -> NDArray[np.float64]:
        values: NDArray[np.float64] = diary.monthly[name][before, row].astype(np.float64)
        return values

    at_home = mode == HOME
    grade = seen("house_grade")
    return facts(
        VISITS,
        place,
        letter,
        diary.household_id[row],
        day,
        known_on,
        "visit",
        purpose=code(VISITS, "purpose", purpose),
        mode=mode,
        workers=seen("workers"),
        sales_trouble=seen("sales_trouble"),
        disaster_seen=seen("damage"),
        house_grade=np.where(at_home, grade, -1),
        housing_ok=np.where(at_home, grade < DANGEROUS, -1),
        water_ok=np.where(at_home, seen("water_ok"), -1),
    )
