"""Who lives where: households, members, what visits count of them, and the registers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.tables.people import COMPOSITIONS, HOUSEHOLDS, REGISTRATIONS
from training.county.diary import DIED, Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import (
    LETTERS,
    Desk,
    code,
    day_in_month,
    delay,
    facts,
    join,
    known_by_end,
    last_day,
    member_ids,
    months_told,
    numbered,
    rows_of,
)
from training.county.records.members import Dated, Updates, dated, members, updates
from training.county.records.persons import AGES, persons
from training.county.records.rounds import seen_before
from training.county.records.sums import spans

EXITED = code(HOUSEHOLDS, "origin", "exited")
LAST_OF_MONTH = 28
ONE_DAY = np.timedelta64(1, "D")


def people(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, visited: Facts) -> Tables:
    """Return the tables ``households``, ``members``, ``compositions`` and ``registrations``.

    Parameters
    ----------
    diary, place, p, rng
    visited : Facts
        The rounds, as ``visits`` returns them: some notice that people or earners are others.
    """
    desk = Desk(diary, place, p, rng)
    founded = _founded(diary, p, rng)
    happened, yearly = dated(diary, p, rng), updates(diary, p, rng)
    tables = {
        "households": _households(diary, place, founded),
        "members": members(desk, yearly, happened, founded),
        "compositions": _compositions(desk, yearly, visited, founded),
        "registrations": _registrations(desk, happened, founded),
    }
    return {name: known_by_end(told, diary) for name, told in tables.items()}


def _founded(diary: Diary, p: Parameters, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Return the day on which each household is known: the first of all, or some time after the split.

    The last told day at the latest: what else is told of a household needs it.
    """
    late = delay(p.numbers("records.people.split.late"), rng, diary.household_id.size)
    late[diary.first == 0] = 0
    return np.minimum(day_in_month(diary, diary.first, 1) + late, last_day(diary))


def _ever(diary: Diary) -> NDArray[np.int64]:
    """Return the rows that ever became a household."""
    return np.flatnonzero(diary.first < diary.months)


def _households(diary: Diary, place: Place, founded: NDArray[np.datetime64]) -> Facts:
    """Tell where each household belongs: at first, and again when it left poverty later."""
    exits = diary.events("exited")
    row = np.concatenate([_ever(diary), exits["row"]])
    later = np.arange(row.size) >= row.size - exits["row"].size
    left = day_in_month(diary, exits["month"], LAST_OF_MONTH)
    told = facts(
        HOUSEHOLDS,
        place,
        "",
        diary.household_id[row],
        np.where(later, np.append(founded[_ever(diary)], left), day_in_month(diary, diary.first[row], 1)),
        np.append(founded[_ever(diary)], left),
        "county",
        area=place.grids[diary.grid[row]],
        origin=np.where(later, EXITED, diary.origin[row]),
        lineage_id=diary.lineage[row],
        relocated=diary.relocated[row],
        weight=diary.weight[row],
    )
    return numbered(told, place, LETTERS["households"])


def _compositions(desk: Desk, yearly: Updates, visited: Facts, founded: NDArray[np.datetime64]) -> Facts:
    """Count the people of households at first, at each yearly update, and where a visit sees a change."""
    diary = desk.diary
    counts = _counts(diary, desk.p, desk.rng)
    every = _ever(diary)
    year, row = np.nonzero(yearly.made)
    seen, day, known_on, owner = _noticed(diary, desk.p, desk.rng, visited)
    parts = [
        (diary.first[every], every, day_in_month(diary, diary.first[every], 1), founded[every], "survey"),
        (
            diary.snapshot_months[yearly.snapshots][year],
            row,
            yearly.day[year, row],
            yearly.known_on[year, row],
            "survey",
        ),
        (seen, owner, day, known_on, "visit"),
    ]
    told = [_counted(desk, counts, *part) for part in parts]
    return numbered(join(*told), desk.place, LETTERS["compositions"])


def _counts(diary: Diary, p: Parameters, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """Return by month and household how many are counted, with some who are on the register only."""
    everybody = persons(diary)
    counts = {name: everybody.count(diary, least, under) for name, (least, under) in AGES.items()}
    left = diary.events("left")
    away = left["how"] != DIED
    kept = away & (rng.random(away.size) < p.number("records.people.register.share"))
    since = left["month"][kept]
    months = int(p.number("records.people.register.months"))
    on_paper = spans(diary, left["row"][kept], since, since + months)
    counts["people"] = diary.monthly["people"].astype(np.int64)
    counts["people"] = counts["people"] + np.where(counts["people"] > 0, on_paper, 0)
    counts["working_age"] = counts["working_age"] + on_paper
    counts["earners"] = diary.monthly["workers"].astype(np.int64)
    return counts


def _counted(
    desk: Desk,
    counts: dict[str, NDArray[np.int64]],
    month: NDArray[Any],
    row: NDArray[Any],
    day: NDArray[Any],
    known_on: NDArray[Any],
    source: str,
) -> Facts:
    """Count people in their months; ages are missing where nobody's age is known yet."""
    told = {name: values[month, row].astype(np.float64) for name, values in counts.items()}
    unknown = told["under_15"] + told["working_age"] + told["over_64"] == 0
    for name in AGES:
        told[name][unknown] = np.nan
    lot = desk.rng.random(row.size)
    share = desk.p.number("records.people.compositions.miscounted")
    step = np.where(lot < share / 2, -1.0, np.where(lot < share, 1.0, 0.0))
    told["earners"] = np.clip(told["earners"] + step, 0.0, told["people"])
    some = np.flatnonzero(told["people"] > 0)
    return facts(
        COMPOSITIONS,
        desk.place,
        "",
        desk.diary.household_id[row[some]],
        day[some],
        known_on[some],
        source,
        **{name: values[some] for name, values in told.items()},
    )


def _noticed(
    diary: Diary, p: Parameters, rng: np.random.Generator, visited: Facts
) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[Any], NDArray[np.int64]]:
    """Return the month seen, day, day of knowing and row of visits that notice a change of people."""
    row, month = rows_of(diary, visited["household_id"]), months_told(diary, visited["occurred_on"])
    since = np.maximum(seen_before(diary, row, month, 1), diary.first[row])
    differs = np.zeros(row.size, dtype=bool)
    for name in ("people", "workers"):
        values = diary.monthly[name]
        differs |= values[month - 1, row] != values[since, row]
    noticed = differs & (rng.random(row.size) < p.number("records.people.compositions.noticed"))
    which = np.flatnonzero(noticed)
    return month[which] - 1, visited["occurred_on"][which], visited["known_on"][which], row[which]


def _registrations(desk: Desk, happened: dict[str, Dated], founded: NDArray[np.datetime64]) -> Facts:
    """Return the table ``registrations``."""
    entering = happened["low_income"].events["entering"] > 0
    died = happened["left"].events["how"] == DIED
    parts = [
        _registered(desk, "low_income_in", happened["low_income"], "civil_affairs", entering),
        _registered(desk, "low_income_out", happened["low_income"], "civil_affairs", ~entering),
        _registered(desk, "disability", happened["disability"], "disabled_federation"),
        _registered(desk, "died", happened["left"], "police", died),
        _registered(desk, "moved", happened["moved"], "police"),
        _registered(desk, "merged", happened["merged"], "police"),
        _splits(desk.diary, desk.place, founded),
        _exits(desk, founded),
    ]
    return numbered(join(*parts), desk.place, LETTERS["registrations"])


def _registered(
    desk: Desk, kind: str, told: Dated, source: str, which: NDArray[np.bool_] | None = None
) -> Facts:
    some = np.flatnonzero(np.ones(told.day.size, bool) if which is None else which)
    names = desk.diary.household_id
    owner = names[told.events["row"][some]]
    columns: dict[str, Any] = {}
    if "number" in told.events:
        columns["member_id"] = member_ids(owner, told.events["number"][some])
    if "other" in told.events:
        columns["other_household_id"] = names[told.events["other"][some].astype(np.int64)]
    return facts(
        REGISTRATIONS, desk.place, "", owner, told.day[some], told.known_on[some], source,
        kind=code(REGISTRATIONS, "kind", kind), **columns,
    )  # fmt: skip


def _splits(diary: Diary, place: Place, founded: NDArray[np.datetime64]) -> Facts:
    """Return the splits, known with the household that came of each."""
    events = diary.events("split")
    other = events["other"].astype(np.int64)
    return facts(
        REGISTRATIONS,
        place,
        "",
        diary.household_id[events["row"]],
        day_in_month(diary, diary.first[other], 1),
        founded[other],
        "police",
        kind=code(REGISTRATIONS, "kind", "split"),
        other_household_id=diary.household_id[other],
    )


def _exits(desk: Desk, founded: NDArray[np.datetime64]) -> Facts:
    """Return who left registered poverty: in the years before the start, or with the last of the county."""
    diary = desk.diary
    rows = np.flatnonzero((diary.origin == EXITED) & (diary.first < diary.months))
    share = desk.p.numbers("records.people.exit_years")
    back = 1 + np.searchsorted(np.cumsum(share), desk.rng.random(rows.size), side="right")
    back = np.minimum(back, share.size)
    year = diary.start.astype("datetime64[Y]") - (back - 1)
    day = year.astype("datetime64[D]") - ONE_DAY
    late = diary.events("exited")
    left = day_in_month(diary, late["month"], LAST_OF_MONTH)
    return facts(
        REGISTRATIONS,
        desk.place,
        "",
        diary.household_id[np.append(rows, late["row"])],
        np.append(day, left),
        np.append(np.where(diary.first[rows] > 0, founded[rows], day), left),
        "county",
        kind=code(REGISTRATIONS, "kind", "exited"),
    )
