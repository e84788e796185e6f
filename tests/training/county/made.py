"""A made-up township: a plausible diary without a life behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from features.contract import Tables
from features.tables import TABLES
from training.county.diary import BORN, DIED, MARRIED_IN, MARRIED_OUT, MOVED_AWAY, SLOTS, Diary
from training.county.parameters import Parameters, read_parameters
from training.county.places import PRODUCTS, Place, places
from training.county.records.facts import facts

START = np.datetime64("2019-01", "M")
MONTHS = 42
HOUSEHOLDS = 150
TAKEN_IN = -1
"""How somebody joined of whom no event tells: with a household that merged."""

SPLITS = 6
"""Households born later, the last rows."""

FIELDS = (
    "number", "birth", "woman", "relation", "schooling", "student", "grade", "health", "disability",
    "labour", "insured", "pensioner", "working",
)  # fmt: skip


def code(table: str, column: str, name: str) -> int:
    """Return the value in the hand of a code."""
    return TABLES[table].column(column).code(name)


def made_place(months: int = MONTHS, p: Parameters | None = None) -> Place:
    """Return the second township of a small county."""
    return places(p or read_parameters(), 7, 12_000, months, START)[1]


@dataclass
class Person:
    """Somebody, and from which month to before which in the household."""

    row: int
    number: int
    birth: int
    woman: bool
    relation: int
    since: int = 0
    until: int = 10_000
    how: int = BORN
    how_left: int = DIED
    schooling: int = 3
    health: list[tuple[int, int]] = field(default_factory=lambda: [(-1, 0)])
    disability: list[tuple[int, int]] = field(default_factory=lambda: [(-1, 0)])
    work: list[tuple[int, int, int]] = field(default_factory=list)

    def at(self, month: int) -> dict[str, Any]:
        """Return the state at the end of a month."""
        age = (month - self.birth) / 12
        school = (month - 8 - self.birth + 12 * 100) // 12 - 100
        stage = 2 if 6 <= school < 12 else 3 if 12 <= school < 15 else 4 if 15 <= school < 18 else 0
        health = next(state for since, state in reversed(self.health) if since <= month)
        disability = next(grade for since, grade in reversed(self.disability) if since <= month)
        working = any(first <= month < end for first, end, _ in self.work)
        return {
            "number": self.number, "birth": self.birth, "woman": self.woman, "relation": self.relation,
            "schooling": self.schooling, "student": stage, "grade": school % 3 + 1 if stage else 0,
            "health": health, "disability": disability, "labour": 1 if 16 <= age < 65 else 4,
            "insured": self.number != 5, "pensioner": age >= 60, "working": working,
        }  # fmt: skip


def made_diary(
    place: Place, households: int = HOUSEHOLDS, months: int = MONTHS, random_state: int = 0
) -> Diary:
    """Return a diary in which every kind of event happens.

    The people of the snapshots, of the events and of the monthly counts are the same people. Money is
    drawn anew each month and follows from nothing.
    """
    rng = np.random.default_rng(random_state)
    everybody = _people(rng, households, months)
    diary = _households(place, rng, households, months)
    _found(diary, everybody, rng)
    snapshots = [0, *(m for m in range(months) if (START + m).astype(int) % 12 == 8)]
    diary.snapshot_months = np.array(snapshots)
    diary.people = _snapshots(diary, everybody)
    diary.monthly = _monthly(diary, everybody, rng)
    _tell_people(diary, everybody)
    _tell_money(diary, rng)
    _tell_office(diary, rng)
    return diary


def _households(place: Place, rng: np.random.Generator, households: int, months: int) -> Diary:
    ids = np.array([f"{place.code}-{row:05d}" for row in rng.permutation(households)])
    return Diary(
        start=START,
        months=months,
        household_id=ids,
        lineage=ids.copy(),
        grid=rng.integers(0, place.grids.size, households),
        origin=rng.choice(3, households, p=[0.6, 0.3, 0.1]).astype(np.int8),
        relocated=rng.random(households) < 0.1,
        weight=np.ones(households),
        first=np.zeros(households, np.int64),
        last=np.full(households, months - 1, np.int64),
        product=(np.arange(households) % len(PRODUCTS)).astype(np.int8),
    )


def _people(rng: np.random.Generator, households: int, months: int) -> list[Person]:
    everybody = []
    for row in range(households - SPLITS):
        size = int(rng.integers(1, 7))
        for number in range(size):
            age = (45, 43, 12, 8, 70, 22)[number] * 12 + int(rng.integers(-60, 60))
            relation = (0, 1, 2, 2, 4, 2)[number]
            one = Person(row, number, -age, number in (1, 3), relation, schooling=int(rng.integers(0, 7)))
            _befall(one, age, rng, months)
            everybody.append(one)
        if rng.random() < 0.2:
            since = int(rng.integers(1, months))
            how = int(rng.choice([BORN, MARRIED_IN]))
            birth = since if how == BORN else since - 25 * 12
            everybody.append(Person(row, size, birth, True, 2, since=since, how=how, schooling=0))
    return everybody


def _befall(one: Person, age: int, rng: np.random.Generator, months: int) -> None:
    """Let somebody fall ill, find work, leave."""
    if rng.random() < 0.2:
        one.health.append((int(rng.integers(1, months)), int(rng.integers(1, 3))))
    if rng.random() < 0.05:
        one.disability.append((int(rng.integers(1, months)), int(rng.integers(1, 5))))
    if one.number and rng.random() < 0.1:
        one.until = int(rng.integers(2, months))
        one.how_left = int(rng.choice([DIED, MARRIED_OUT, MOVED_AWAY]))
    month = int(rng.integers(0, 10))
    while 18 * 12 <= age + month < 60 * 12 and month < months:
        end = month + int(rng.integers(3, 20))
        one.work.append((month, min(end, one.until), int(rng.integers(4))))
        month = end + int(rng.integers(1, 9))


def _found(diary: Diary, everybody: list[Person], rng: np.random.Generator) -> None:
    """Let households be born of others, move away and merge."""
    rows = diary.household_id.size
    for new in range(rows - SPLITS, rows):
        old, month = rows - 1 - new, int(rng.integers(4, diary.months - 8))
        diary.first[new], diary.lineage[new] = month, diary.lineage[old]
        for number in range(2):
            birth = -30 * 12 + number * 12
            everybody.append(Person(new, number, birth, bool(number), number, since=month))
        diary.note("split", month, np.array([old]), other=np.array([new]))
    gone = np.arange(SPLITS, SPLITS + 6)
    diary.last[gone] = rng.integers(12, diary.months - 12, gone.size)
    for row in gone:
        kind = "moved" if row % 2 else "merged"
        month, host = int(diary.last[row]) + 1, 50 + int(row)
        if kind == "moved":
            diary.note(kind, month, np.array([row]))
        else:
            diary.note(kind, month, np.array([row]), other=np.array([host]))
            everybody.append(Person(host, SLOTS - 1, -50 * 12, True, 5, since=month, how=TAKEN_IN))
    for one in everybody:
        one.until = min(one.until, int(diary.last[one.row]) + 1)


def _snapshots(diary: Diary, everybody: list[Person]) -> dict[str, np.ndarray]:
    shape = (diary.snapshot_months.size, diary.household_id.size, SLOTS)
    people = {name: np.full(shape, -1 if name == "number" else 0, np.int64) for name in FIELDS}
    for index, month in enumerate(diary.snapshot_months):
        for one in everybody:
            if one.since <= month < one.until and diary.first[one.row] <= month:
                for name, value in one.at(int(month)).items():
                    people[name][index, one.row, one.number] = value
    return people


def _monthly(diary: Diary, everybody: list[Person], rng: np.random.Generator) -> dict[str, np.ndarray]:
    shape = (diary.months, diary.household_id.size)
    people, workers = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for one in everybody:
        people[one.since : one.until, one.row] += 1
        for first, end, _ in one.work:
            workers[first : min(end, one.until), one.row] += 1
    there = people > 0
    month = {"people": people, "workers": workers}
    month["wage"] = np.round(workers * 2_500 * rng.lognormal(0, 0.2, shape), 2)
    month["operating"] = np.round((rng.random(shape) < 0.2) * 4_000 * rng.lognormal(0, 0.5, shape) * there, 2)
    month["cost"] = np.round(month["operating"] * 0.35, 2)
    month["property"] = np.round((rng.random(shape[1]) < 0.1) * 100.0 * there, 2)
    month["low_income"] = np.where(rng.random(shape[1]) < 0.1, 450.0, 0.0) * there
    month["pension"] = np.where(rng.random(shape[1]) < 0.3, 120.0, 0.0) * there
    month["aid"] = np.where(rng.random(shape) < 0.01, 800.0, 0.0) * there
    month["transfer"] = month["low_income"] + month["pension"] + month["aid"] + 100.0 * there
    for name, chance, size in (("medical", 0.1, 900), ("education", 0.05, 1_500), ("loss", 0.01, 6_000)):
        month[name] = np.round((rng.random(shape) < chance) * size * rng.lognormal(0, 0.8, shape) * there, 2)
    month["net_12m"] = np.round(11_000 * rng.lognormal(0, 0.4, shape[1]) * rng.lognormal(0, 0.1, shape), 2)
    month["line"] = np.full(shape, 6_000.0)
    month["need"] = rng.random(shape) < 0.02
    month["cause"] = np.where(month["need"], rng.integers(0, 9, shape), -1).astype(np.int8)
    month["sales_trouble"], month["damage"] = rng.random(shape) < 0.03, rng.random(shape) < 0.02
    month["monitored"] = np.where(rng.random(shape) < 0.02, 2, 0).astype(np.int8)
    month["savings"] = np.round(rng.normal(5_000, 6_000, shape), 2)
    month["house_grade"] = np.broadcast_to(rng.choice(4, shape[1], p=[0.6, 0.3, 0.07, 0.03]), shape).copy()
    month["water_ok"] = np.broadcast_to(rng.random(shape[1]) < 0.97, shape).copy()
    month["suspicion"] = rng.random(shape) ** 4
    return month


def _tell_people(diary: Diary, everybody: list[Person]) -> None:
    for one in everybody:
        end = min(one.until, diary.months)
        if one.since < end:
            _tell_person(diary, one, end)


def _tell_person(diary: Diary, one: Person, end: int) -> None:
    row = np.array([one.row])
    if one.since > 0 and one.how != TAKEN_IN and diary.first[one.row] == 0:
        told = one.at(one.since)
        columns = ("number", "birth", "woman", "relation", "schooling", "student", "health")
        diary.note("joined", one.since, row, how=one.how, **{name: told[name] for name in columns})
    if end < diary.months and end <= diary.last[one.row]:
        diary.note("left", end, row, number=one.number, how=one.how_left)
    for kind, name, states in (("illness", "health", one.health), ("disability", "grade", one.disability)):
        for month, state in states:
            if one.since <= month < end and month >= 0:
                diary.note(kind, month, row, number=one.number, **{name: state})
    septembers = (month for month in range(one.since, end) if (START + month).astype(int) % 12 == 8)
    for month in septembers:
        before, now = one.at(month - 1), one.at(month)
        if before["student"] != now["student"]:
            diary.note("student", month, row, number=one.number, stage=now["student"], grade=now["grade"])
    _tell_work(diary, one, end)


FORMS = ("employee", "public_post", "workshop", "flexible")


def _tell_work(diary: Diary, one: Person, end: int) -> None:
    row = np.array([one.row])
    for first, until, form in one.work:
        if first >= end:
            continue
        agreed = until if FORMS[form] in {"public_post", "workshop"} else -1
        diary.note(
            "job", first, row, number=one.number, form=code("employments", "form", FORMS[form]),
            place=form % 3, wage=2_000.0 + 500 * form, formal=form == 0, until=agreed,
        )  # fmt: skip
        if until < end:
            diary.note("jobless", until, row, number=one.number)


def _tell_money(diary: Diary, rng: np.random.Generator) -> None:
    """Tell of stays in hospital, accidents, damage, schooling, allowances and loans."""
    rows = diary.household_id.size
    for month in range(diary.months):
        there = np.flatnonzero(diary.monthly["people"][month] > 0)
        some = there[rng.random(there.size) < 0.06]
        total = np.round(6_000 * rng.lognormal(0, 0.8, some.size), 2)
        own = np.round(total * rng.uniform(0.1, 0.4, some.size), 2)
        diary.note(
            "hospital", month, some, number=np.zeros(some.size, int), total=total, reimbursed=total - own,
            self_paid=own, in_scope=np.round(own * 0.8, 2), serious=rng.random(some.size) < 0.2,
            away=rng.random(some.size) < 0.3,
        )  # fmt: skip
        for kind, chance in (("accident", 0.002), ("damage", 0.004), ("education", 0.02), ("loan", 0.01)):
            some = there[rng.random(there.size) < chance]
            amount = np.round(3_000 * rng.lognormal(0, 0.7, some.size), 2)
            more: dict[str, Any] = {"number": 0}
            if kind == "damage":
                more = {"kind": 0, "house": rng.random(some.size) < 0.2}
            elif kind == "loan":
                more = {"kind": rng.integers(0, 4, some.size), "due": month + 12}
                paid = some[rng.random(some.size) < 0.7]
                back = month + int(rng.integers(6, 18))
                if back < diary.months:
                    paid = paid[diary.last[paid] >= back]
                    diary.note("repaid", back, paid, loan_month=month)
            diary.note(kind, month, some, amount=amount, **more)
    for row in np.flatnonzero(rng.random(rows) < 0.1):
        month = int(rng.integers(max(diary.first[row], 1), diary.months))
        diary.note("low_income", month, np.array([row]), entering=int(month % 3 > 0), amount=450.0)


def _tell_office(diary: Diary, rng: np.random.Generator) -> None:
    """Tell of help, rules that were set off, and the steps of monitoring."""
    kinds = len(TABLES["warnings"].column("kind").codes)
    for month in range(diary.months):
        there = np.flatnonzero(diary.monthly["people"][month] > 0)
        some = there[rng.random(there.size) < 0.03]
        value = np.where(rng.random(some.size) < 0.5, 12_000.0, np.nan)
        diary.note("trigger", month, some, kind=rng.integers(0, kinds, some.size), value=value, number=0)
        some = there[rng.random(there.size) < 0.03]
        ground = rng.integers(0, 2, some.size)
        amount = np.where(rng.random(some.size) < 0.6, 1_200.0, np.nan)
        until = np.where(rng.random(some.size) < 0.5, month + 11, -1)
        diary.note(
            "support", month, some, area_of_help=rng.integers(0, 10, some.size),
            form=rng.integers(0, 3, some.size), ground=ground, amount=amount, until=until, number=-1,
        )  # fmt: skip
    stayed = np.flatnonzero((diary.first == 0) & (diary.last == diary.months - 1))
    for row in stayed[rng.random(stayed.size) < 0.2]:
        one, month = np.array([row]), int(rng.integers(0, max(diary.months - 14, 1)))
        cause, channel = int(rng.integers(0, 9)), int(rng.integers(0, 3))
        accepted = rng.random() < 0.7
        diary.note("clue", month, one, channel=channel, accepted=accepted, cause=cause)
        risk = code("verifications", "risk", "needs_help" if accepted else "none")
        diary.note("verified", month + 1, one, risk=risk, reached=True)
        if not accepted:
            diary.note("rejection", month + 1, one)
            continue
        diary.note("entry", month + 2, one, type=int(rng.integers(0, 3)), cause=cause, channel=channel)
        diary.note("elimination", month + 9, one, way=int(rng.integers(0, 2)))
        if rng.random() < 0.3:
            diary.note("reinstatement", month + 12, one)


def draw(topic: int = 0) -> np.random.Generator:
    """Return a generator of its own."""
    return np.random.Generator(np.random.Philox(topic))


def changed(p: Parameters, **values: float | list[float]) -> Parameters:
    """Return numbers with other values; ``__`` in a key stands for a dot; ranges do not hold."""
    entries = dict(p.entries)
    for name, value in values.items():
        key = name.replace("__", ".")
        plain = tuple(map(float, value)) if isinstance(value, list) else (float(value),)
        entries[key] = replace(entries[key], value=plain)
    return Parameters(entries)


def with_lines(tables: Tables, place: Place, amount: float = 6_000.0) -> Tables:
    """Add an income line for every grid."""
    day = np.full(place.grids.size, np.datetime64("2015-01-01", "D"))
    lines = facts(
        TABLES["lines"], place, "X", place.grids, day, day, "county", valid_from=day, amount=amount,
        basis=code("lines", "basis", "per_head"), period=code("lines", "period", "year"), currency="CNY",
    )  # fmt: skip
    return {**tables, "lines": lines}
