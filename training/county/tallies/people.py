"""How many households and people there are, how they are made up, and who works."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.tables.visits import EMPLOYMENTS
from training.county.ages import PENSION_FROM
from training.county.state import CHRONIC, KINDERGARTEN, PRIMARY, SENIOR, SERIOUS, TERTIARY
from training.county.tallies.told import YEAR, Flags, Floats, Sums, Told

COUNTY = 51_565.0
"""Households of the whole county as told; counts are given for so many."""

MOST = 7
"""Sizes from this on are counted together."""

AGES = np.arange(0, 101, 5)
WEAK = 2
"""Labour codes up to this are people who can work."""

PRIMARY_DONE, JUNIOR_DONE = 2, 3
GRADE_C = 2
BUILT_BY = 2020
"""Year by whose end no formerly poor household lives in an unsafe house any more."""

WAGES_OF, OLDER = 2023, 50
"""Year of the national figures of migrant workers, and the age at which they part the older ones."""

EMPLOYEE, POST, WORKSHOP = (
    EMPLOYMENTS.column("form").code(name) for name in ("employee", "public_post", "workshop")
)
IN_COUNTY = EMPLOYMENTS.column("place").code("county")


def count_people(told: Told, sums: Sums) -> None:
    """Count households and people."""
    _count_start(told, sums)
    for group in ("exited", "all"):
        _count_make_up(told, sums, group)
    _count_houses(told, sums)
    _count_workers(told, sums)
    _count_ledger(told, sums)
    _count_wages(told, sums)
    _count_ages(told, sums)


def _count_start(told: Told, sums: Sums) -> None:
    here, people = told.alive[0], told.diary.monthly["people"][0].astype(np.float64)
    whole = sum(told.place.households.values()) / COUNTY
    groups = {
        "exited": told.exited,
        "not_exited": told.not_exited,
        "edge": told.edge,
        "ordinary": told.ordinary,
    }
    for group, own in groups.items():
        found = own & here
        sums.ratio(f"households.{group}", found, whole)
        sums.ratio(f"people.{group}", people[found], whole)
        sums.ratio(f"size.{group}", people[found], found)
    sums.ratio("weight.ordinary", told.weight[told.ordinary & here], told.ordinary & here)
    sums.ratio("grids", told.place.grids.size, whole)
    sums.ratio("relocated.exited", told.diary.relocated & told.exited & here, told.exited & here)
    size = np.minimum(people[told.exited & here], MOST)
    for n in range(1, MOST + 1):
        sums.ratio(f"sizes.exited.{n}", size == n, size > 0)


def _count_make_up(told: Told, sums: Sums, group: str) -> None:
    """Count shares over the snapshots of all told years."""
    people = told.diary.people
    weight = told.groups[group]
    shown = told.snapshots()
    there = np.stack([told.there(at) for at in shown])
    age = np.stack([told.age(at) for at in shown])
    part = {name: people[name][shown] for name in ("student", "disability", "health", "labour")}
    grown = (part["student"] >= PRIMARY) & (part["student"] <= TERTIARY)
    every = (there.sum(axis=(0, 2)) * weight).sum()
    of_people: dict[str, NDArray[Any]] = {
        "old": age >= PENSION_FROM,
        "pupils": (part["student"] >= KINDERGARTEN) & (part["student"] <= TERTIARY),
        "students": grown,
        "after_compulsory": (part["student"] == SENIOR) | (part["student"] == TERTIARY),
        "disabled": part["disability"] > 0,
        "chronic": part["health"] == CHRONIC,
        "serious": part["health"] == SERIOUS,
    }
    for name, marked in of_people.items():
        sums.ratio(f"{name}.{group}", ((marked & there).sum(axis=(0, 2)) * weight).sum(), every)
    lived = there.any(axis=2)
    hands = ((part["labour"] <= WEAK) & there).sum(axis=2)
    sick = ((part["health"] == CHRONIC) & there).any(axis=2)
    homes = lived.sum(axis=0) @ weight
    sums.ratio(f"labourers.{group}", hands.sum(axis=0) @ weight, homes)
    sums.ratio(f"no_labourer.{group}", (lived & (hands == 0)).sum(axis=0) @ weight, homes)
    sums.ratio(f"with_chronic.{group}", (lived & sick).sum(axis=0) @ weight, homes)
    sums.ratio(f"size_later.{group}", every, homes)


def _count_houses(told: Told, sums: Sums) -> None:
    after = told.year_of(np.arange(told.diary.months)) > BUILT_BY
    poor = told.diary.monthly["house_grade"][after] >= GRADE_C
    sums.ratio(
        "unsafe_house.exited", (poor & told.alive[after])[:, told.exited], told.alive[after][:, told.exited]
    )


def _count_workers(told: Told, sums: Sums) -> None:
    monthly = told.diary.monthly
    for year in told.years:
        months = told.months(year)
        at_work = monthly["workers"][months].sum(axis=0, dtype=np.int64)
        lived = told.alive[months].sum(axis=0)
        people = monthly["people"][months].sum(axis=0, dtype=np.int64)
        sums.ratio(f"workers.exited.{year}", at_work[told.exited], lived[told.exited])
        sums.ratio(f"workers_share.exited.{year}", at_work[told.exited], people[told.exited])
    before, after = told.index("2019-12"), told.index("2020-08")
    if before >= 0 and after >= 0:
        own = told.exited
        sums.ratio("workers_back.exited", monthly["workers"][after][own], monthly["workers"][before][own])


def _count_ledger(told: Told, sums: Sums) -> None:
    """Count exited people who can work or do, and those who were at work by May 2020."""
    people = {name: values[0] for name, values in told.diary.people.items()}
    there = (people["number"] >= 0) & told.exited[:, None]
    everybody = told.diary.monthly["people"][0][told.exited].astype(np.float64)
    count = (there & ((people["labour"] <= WEAK) | people["working"])).sum()
    sums.ratio("ledger", count, sum(told.place.households.values()) / COUNTY)
    sums.ratio("ledger_share.exited", count, everybody)
    until = told.index("2020-05")
    if until < 0:
        return
    row, slot = np.nonzero(there & people["working"])
    jobs = told.diary.events("job")
    taken = (jobs["month"] <= until) & told.exited[jobs["row"]]
    at_start = row * 1000 + people["number"][row, slot]
    known = np.concatenate([at_start, (jobs["row"] * 1000 + jobs["number"])[taken]])
    sums.ratio("worked_by_2020.exited", np.unique(known).size, everybody)


def _count_wages(told: Told, sums: Sums) -> None:
    """Count full month's wages as jobs are taken up, and how many such months a year of work brings."""
    jobs = told.diary.events("job")
    year, own = told.year_of(jobs["month"]), told.exited[jobs["row"]]
    employed = own & (jobs["form"] == EMPLOYEE) & (year == WAGES_OF)
    near = jobs["place"] == IN_COUNTY
    cases: dict[str, Flags] = {
        f"wage.away.{WAGES_OF}": employed & ~near,
        f"wage.near.{WAGES_OF}": employed & near,
        f"wage.workshop.{BUILT_BY}": own & (jobs["form"] == WORKSHOP) & (year == BUILT_BY),
        "wage.post": own & (jobs["form"] == POST) & (year <= BUILT_BY + 1),
    }
    for key, chosen in cases.items():
        sums.ratio(key, jobs["wage"][chosen], chosen)
    sums.spread("months_worked", _months_worked(told, jobs))


def _months_worked(told: Told, jobs: dict[str, NDArray[Any]]) -> Floats:
    """Return a year's wages over the full month's wage, where one person works all the year in one place."""
    monthly = told.diary.monthly
    month, row = jobs["month"], jobs["row"]
    fits = (jobs["form"] == EMPLOYEE) & (month + YEAR <= told.diary.months) & (jobs["wage"] > 0)
    fits &= told.exited[row]
    months, rows, rate = month[fits], row[fits], jobs["wage"][fits]
    span = months[:, None] + np.arange(YEAR)
    alone = (monthly["workers"][span, rows[:, None]] == 1).all(axis=1)
    earned = monthly["wage"][span, rows[:, None]].sum(axis=1, dtype=np.float64)
    changes = np.zeros((told.diary.months + 1, len(told.weight)), np.int64)
    for kind in ("job", "jobless"):
        events = told.diary.events(kind)
        np.add.at(changes, (events["month"] + 1, events["row"]), 1)
    upto = changes.cumsum(axis=0)
    quiet = upto[months + YEAR, rows] - upto[months, rows] == 1
    return np.asarray((earned / rate)[alone & quiet])


def _count_ages(told: Told, sums: Sums) -> None:
    for name, at in (("start", 0), ("end", len(told.diary.snapshot_months) - 1)):
        there = told.there(at) & told.exited[:, None]
        sums.picture(f"ages.{name}", np.histogram(np.clip(told.age(at)[there], 0, 99), AGES)[0])
    for at in told.snapshots(WAGES_OF):
        row, slot = np.nonzero(told.there(at) & told.diary.people["working"][at])
        weight, age = told.weight[row], told.age(at)[row, slot]
        done = told.diary.people["schooling"][at][row, slot]
        sums.ratio("worker_age.all", weight * age, weight)
        sums.ratio("worker_over_50.all", weight * (age > OLDER), weight)
        sums.ratio("worker_primary.all", weight * (done <= PRIMARY_DONE), weight)
        sums.ratio("worker_junior.all", weight * (done == JUNIOR_DONE), weight)
