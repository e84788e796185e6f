"""The ordinary rounds of the grid keepers: what they saw and were told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.people import MEMBERS
from features.tables.visits import VISITS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import LETTERS, code, facts, known_by_end, take
from training.county.records.rounds import HOME, Rounds, rounds
from training.county.records.sums import Sums, counted, snapshot_of, spans

LOOKS = ("housing_ok", "water_ok", "yard_ok", "house_grade")
"""What can only be seen in the house; of the columns ``water_ok`` and so on."""

DROPOUT = code(MEMBERS, "student", "dropout")
DANGEROUS = code(VISITS, "house_grade", "c")
DOWN, SAME, UP = (code(VISITS, "income_change", name) for name in ("down", "same", "up"))
MOOD_LEAST, MOOD_USUAL, MOOD_MOST = 1, 4, 5
Answers = dict[str, NDArray[np.float64]]


def visits(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the ordinary rounds of the table ``visits``, by household and day.

    Notes
    -----
    A visit sees how things stood at the end of the month before, and what is new since the visit
    before. Some are by phone and see neither house nor water nor yard; some copy the answers of the visit
    before; some are keyed weeks later or never; answers are rough, some left out.
    """
    made = rounds(diary, place, p, rng)
    told = _blank(_answers(diary, made, p, rng), diary, made, p, rng)
    told = _copied(told, place.diligence[diary.grid[made.row]], diary, made, p, rng)
    flags = {name: np.where(np.isnan(values), -1, values) for name, values in told.items()}
    counts = {name: told[name] for name in ("workers", "mood", "big_spending")}
    all_rows = facts(
        VISITS,
        place,
        LETTERS["visits"],
        diary.household_id[made.row],
        made.day,
        made.known_on,
        "visit",
        purpose=code(VISITS, "purpose", "round"),
        mode=made.mode,
        **(flags | counts),
    )
    return known_by_end(take(all_rows, made.kept), diary)


def _answers(diary: Diary, made: Rounds, p: Parameters, rng: np.random.Generator) -> Answers:
    """Return what a keeper who asks everything is told, with its noise."""
    news = {name: _news(diary, made, name) for name in ("sales_trouble", "damage", "loss")}
    ill = Sums(counted(diary, "illness", diary.events("illness")["health"] > 0))
    new_illness = ill.between(made.row, made.since, made.seen)
    need = _now(diary, made, "need") > 0
    said = _looks(diary, made, p, rng, news["damage"] > 0) | _floors(diary, made, p)
    said |= {"school_ok": _at_school(diary, made), "medical_ok": _insured(diary, made)}
    told = {name: _seen(fine, p, rng, bad=False) for name, fine in said.items()}
    for name, trouble in (
        ("sales_trouble", news["sales_trouble"]),
        ("new_illness", new_illness),
        ("disaster_seen", news["damage"]),
    ):
        told[name] = _seen(trouble > 0, p, rng, bad=True)
    told["house_grade"] = _misjudged(
        _now(diary, made, "house_grade"), p.number("records.visits.misgraded"), rng, 0, 3
    )
    workers = _now(diary, made, "workers")
    told["workers"] = _misjudged(workers, p.number("records.visits.miscounted"), rng, 0, np.inf)
    told["income_change"] = _income_change(diary, made, p, rng)
    told["big_spending"] = _big_spending(diary, made, p, rng, news["loss"])
    rich = _now(diary, made, "net_12m") > p.number("records.visits.content") * _now(diary, made, "line")
    troubles = (new_illness > 0).astype(np.int64) + (news["damage"] + news["sales_trouble"] > 0)
    mood = np.clip(MOOD_USUAL + rich - need - troubles, MOOD_LEAST, MOOD_MOST)
    told["mood"] = _misjudged(mood, p.number("records.visits.moody"), rng, MOOD_LEAST, MOOD_MOST)
    lot = rng.random(len(made))
    quiet, loud = p.number("records.visits.unasked"), p.number("records.visits.asked")
    told["requests"] = np.where(need, lot >= quiet, lot < loud).astype(np.float64)
    return told


def _now(diary: Diary, made: Rounds, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = diary.monthly[name][made.seen, made.row].astype(np.float64)
    return values


def _news(diary: Diary, made: Rounds, name: str) -> NDArray[np.float64]:
    return Sums(diary.monthly[name]).between(made.row, made.since, made.seen)


def _looks(
    diary: Diary, made: Rounds, p: Parameters, rng: np.random.Generator, damage: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]]:
    untidy = rng.random(diary.household_id.size) < p.number("records.visits.untidy")
    return {
        "housing_ok": _now(diary, made, "house_grade") < DANGEROUS,
        "water_ok": _now(diary, made, "water_ok") > 0,
        "yard_ok": ~(untidy[made.row] | damage),
    }


def _floors(diary: Diary, made: Rounds, p: Parameters) -> dict[str, NDArray[np.bool_]]:
    """Whether there is enough to eat and wear: not where income is far under the line and nothing saved."""
    to_line = _now(diary, made, "net_12m") / np.maximum(_now(diary, made, "line"), 1.0)
    saved = _now(diary, made, "savings") > 0
    return {
        "food_ok": saved | (to_line >= p.number("records.visits.hungry")),
        "clothes_ok": saved | (to_line >= p.number("records.visits.ragged")),
    }


def _at_school(diary: Diary, made: Rounds) -> NDArray[np.bool_]:
    """Whether nobody was a dropout at the last snapshot or became one since."""
    number = diary.people["number"]
    before = ((number >= 0) & (diary.people["student"] == DROPOUT)).any(axis=2)
    snapshot = snapshot_of(diary, made.seen)
    events = diary.events("student")
    gone = events["stage"] == DROPOUT
    month, row = events["month"][gone], events["row"][gone]
    ends = np.append(diary.snapshot_months[1:], diary.months)
    since = spans(diary, row, month, ends[snapshot_of(diary, month)])
    fine: NDArray[np.bool_] = ~(before[snapshot, made.row] | (since[made.seen, made.row] > 0))
    return fine


def _insured(diary: Diary, made: Rounds) -> NDArray[np.bool_]:
    there = diary.people["number"] >= 0
    insured = np.all(~there | (diary.people["insured"] > 0), axis=2)
    covered: NDArray[np.bool_] = insured[snapshot_of(diary, made.seen), made.row]
    return covered


def _seen(truth: NDArray[np.bool_], p: Parameters, rng: np.random.Generator, *, bad: bool) -> NDArray[Any]:
    """Return what is noted: troubles are overlooked, and seldom seen where there are none."""
    lot = rng.random(truth.size)
    trouble = truth if bad else ~truth
    noted = np.where(
        trouble, lot >= p.number("records.visits.overlooked"), lot < p.number("records.visits.imagined")
    )
    return np.where(noted, float(bad), float(not bad))


def _misjudged(
    truth: NDArray[Any], share: float, rng: np.random.Generator, least: float, most: float
) -> NDArray[np.float64]:
    """Return a figure that is one off in some cases."""
    lot = rng.random(truth.size)
    step = np.where(lot < share / 2, -1.0, np.where(lot < share, 1.0, 0.0))
    judged: NDArray[np.float64] = np.clip(truth + step, least, most)
    return judged


def _income_change(
    diary: Diary, made: Rounds, p: Parameters, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Compare the net income of the last months with that of as many before the visit before."""
    month = diary.monthly
    net = Sums(month["wage"] + month["operating"] + month["property"] + month["transfer"] - month["cost"])
    span = int(p.number("records.visits.every"))
    before = net.between(made.row, np.maximum(made.since - span, -1), made.since)
    latest = net.between(made.row, np.maximum(made.seen - span, -1), made.seen)
    change = (latest - before) / np.maximum(np.abs(before), 1.0)
    change = change + p.number("records.visits.income_noise") * rng.standard_normal(len(made))
    limit = p.number("records.visits.changed")
    judged = np.where(change < -limit, DOWN, np.where(change > limit, UP, SAME)).astype(np.float64)
    judged[made.since - span < diary.first[made.row] - 1] = np.nan
    return judged


def _big_spending(
    diary: Diary, made: Rounds, p: Parameters, rng: np.random.Generator, loss: NDArray[np.float64]
) -> NDArray[np.float64]:
    spent = _news(diary, made, "medical") + _news(diary, made, "education") + loss
    noise = p.number("records.visits.spending.noise") * rng.standard_normal(len(made))
    told = spent * np.exp(noise)
    step = p.number("records.visits.spending.step")
    told = np.rint(told / step) * step if step > 0 else told
    return np.where(told >= p.number("records.visits.spending.least"), told, 0.0)


def _blank(told: Answers, diary: Diary, made: Rounds, p: Parameters, rng: np.random.Generator) -> Answers:
    """Leave out what was not asked, less of it with the suspected, and what a phone cannot see."""
    suspicion = np.nan_to_num(_now(diary, made, "suspicion"))
    chance = p.number("records.visits.blank") * (1 - suspicion)
    unseen = made.mode != HOME
    return {
        name: np.where((rng.random(len(made)) < chance) | (unseen & (name in LOOKS)), np.nan, values)
        for name, values in told.items()
    }


def _copied(
    told: Answers,
    diligence: NDArray[np.float64],
    diary: Diary,
    made: Rounds,
    p: Parameters,
    rng: np.random.Generator,
) -> Answers:
    """Let some visits take over the answers of the one before, more where the keeper is lax."""
    lax = np.clip(2 - diligence, 0, 2) * (1 - np.nan_to_num(_now(diary, made, "suspicion")))
    copies = rng.random(len(made)) < p.number("records.visits.copied") * lax
    first = np.append(True, made.row[1:] != made.row[:-1])
    position = np.arange(len(made))
    source = np.maximum.accumulate(np.where(copies & ~first, 0, position))
    unseen = made.mode != HOME
    return {name: np.where(unseen & (name in LOOKS), np.nan, values[source]) for name, values in told.items()}
