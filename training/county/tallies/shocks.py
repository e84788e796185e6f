"""What strikes households: illness and its bills, accidents, lost work, disasters, sales; who splits off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.county.diary import DIED
from training.county.rules import ACCIDENT_RULE
from training.county.state import SENIOR, SERIOUS, TERTIARY
from training.county.tallies.told import YEAR, Flags, Floats, Sums, Told

DEAR = 10_000.0
"""Own medical cost in a calendar year that is counted as much [yuan]."""

LONG = 3
"""Months without work from which a loss of work is counted."""

GRAVE = 2
"""Grades of disability up to this end work."""

EPIDEMIC_YEAR, EPIDEMIC = 2020, ("2020-02", "2020-04")


def count_shocks(told: Told, sums: Sums) -> None:
    """Count what strikes households."""
    _count_hospital(told, sums)
    _count_serious(told, sums)
    _count_bills(told, sums)
    _count_earners(told, sums)
    _count_work_lost(told, sums)
    _count_school(told, sums)
    _count_outside(told, sums)
    _count_households(told, sums)


def _rate(
    told: Told, sums: Sums, key: str, events: dict[str, Any], group: str, chosen: Flags | None = None
) -> None:
    """Count the share of household-years in which an event happened."""
    weight = told.groups[group]
    kept = np.ones(events["row"].shape, np.bool_) if chosen is None else chosen
    struck = told.struck(events["month"][kept], events["row"][kept], weight)
    sums.ratio(f"{key}.{group}", struck, told.household_years(weight))


def _count_hospital(told: Told, sums: Sums) -> None:
    stays = told.diary.events("hospital")
    for group in ("exited", "all"):
        _rate(told, sums, "hospital", stays, group)
        weight = told.groups[group]
        full = told.full(stays["month"])
        person = (stays["row"] * 1000 + stays["number"].astype(np.int64)) * 10_000 + told.year_of(
            stays["month"]
        )
        once = np.unique(person[full]) // 10_000 // 1000
        sums.ratio(f"hospital_people.{group}", weight[once], told.person_years(weight))
    weight = told.groups["all"][stays["row"]]
    sums.ratio("bill.all", weight * stays["total"], weight)
    for group in ("exited", "ordinary"):
        weight = told.groups[group][stays["row"]]
        sums.ratio(f"own_share.{group}", weight * stays["self_paid"], weight * stays["total"])


def _count_serious(told: Told, sums: Sums) -> None:
    """Count new serious illness, its bills within a year, and stays in the year after."""
    ill = told.diary.events("illness")
    new = ill["health"] == SERIOUS
    for group in ("exited", "all"):
        _rate(told, sums, "new_serious", ill, group, new)
        weight = told.groups[group]
        cases = new & told.full(ill["month"])
        sums.ratio(f"new_serious_people.{group}", weight[ill["row"][cases]], told.person_years(weight))
    stays = told.diary.events("hospital")
    watched = new & (ill["month"] + 2 * YEAR < told.diary.months)
    person = ill["row"][watched] * 1000 + ill["number"][watched].astype(np.int64)
    onset, weight = ill["month"][watched], told.weight[ill["row"][watched]]
    order = np.argsort(person, kind="stable")
    who = stays["row"] * 1000 + stays["number"].astype(np.int64)
    place = np.searchsorted(person[order], who).clip(0, max(person.size - 1, 0))
    if not person.size:
        sums.ratio("serious_bill.all", 0, 0)
        sums.ratio("serious_again.all", 0, 0)
        return
    case = order[place]
    since = np.where(person[case] == who, stays["month"] - onset[case], -1)
    bill = np.bincount(case, np.where((since >= 0) & (since < YEAR), stays["total"], 0.0), person.size)
    again = np.bincount(case, (since >= YEAR) & (since < 2 * YEAR), person.size) > 0
    sums.ratio("serious_bill.all", weight * bill, weight)
    sums.ratio("serious_again.all", weight * again, weight)


def _count_bills(told: Told, sums: Sums) -> None:
    medical = told.diary.monthly["medical"]
    top, bottom = {"exited": 0.0, "ordinary": 0.0}, {"exited": 0.0, "ordinary": 0.0}
    for year in told.years:
        dear = medical[told.months(year)].sum(axis=0, dtype=np.float64) > DEAR
        here = told.alive[told.december(year)]
        for group in top:
            own = told.groups[group] > 0
            top[group] += float((dear & here & own).sum())
            bottom[group] += float((here & own).sum())
    for group, dear_ones in top.items():
        sums.ratio(f"self_paid_over_10000.{group}", dear_ones, bottom[group])


def _count_earners(told: Told, sums: Sums) -> None:
    """Count accidents, and earners who die or become gravely disabled."""
    accidents = told.diary.events("accident")
    _rate(told, sums, "accident", accidents, "all")
    weight = told.weight[accidents["row"]]
    sums.ratio("accident_cost.all", weight * accidents["amount"], weight)
    alarms = told.diary.events("trigger")
    died = (alarms["kind"] == ACCIDENT_RULE) & np.isnan(alarms["value"].astype(np.float64))
    marked = told.diary.events("disability")
    lamed = (marked["grade"] <= GRAVE) & _worked(told, marked)
    both = {name: np.concatenate([alarms[name][died], marked[name][lamed]]) for name in ("month", "row")}
    _rate(told, sums, "earner_lost", both, "all")


def _worked(told: Told, events: dict[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Return whether the person of an event was at work at the snapshot before it."""
    people = told.diary.people
    at = np.searchsorted(told.diary.snapshot_months, events["month"], side="left") - 1
    at, row = np.maximum(at, 0), events["row"]
    same = people["number"][at, row] == events["number"][:, None]
    worked: NDArray[np.bool_] = (same & people["working"][at, row]).any(axis=1)
    return worked


def _count_work_lost(told: Told, sums: Sums) -> None:
    """Count households where somebody loses work and has none for three months and more."""
    lost, jobs = told.diary.events("jobless"), told.diary.events("job")
    who, took = (e["row"] * 1000 + e["number"].astype(np.int64) for e in (lost, jobs))
    span = told.diary.months + LONG
    keys = np.sort(took * span + jobs["month"])
    next_job = np.searchsorted(keys, who * span + lost["month"])
    found = keys[np.minimum(next_job, max(keys.size - 1, 0))] if keys.size else np.zeros(0, np.int64)
    soon = np.zeros(who.size, np.bool_)
    if keys.size:
        soon = (next_job < keys.size) & (found // span == who) & (found % span < lost["month"] + LONG)
    quiet = tuple(year for year in told.years if year != EPIDEMIC_YEAR)
    chosen = ~soon & np.isin(told.year_of(lost["month"]), quiet)
    weight = told.groups["exited"]
    struck = told.struck(lost["month"][chosen], lost["row"][chosen], weight)
    sums.ratio("work_lost.exited", struck, told.household_years(weight, quiet))
    first, last = (told.index(month) for month in EPIDEMIC)
    if first > 0 and last > 0:
        within = (lost["month"] >= first) & (lost["month"] <= last)
        hit = np.zeros(told.weight.size, np.bool_)
        hit[lost["row"][within]] = True
        earns = told.exited & (told.diary.monthly["workers"][first - 1] > 0)
        sums.ratio("work_lost_2020.exited", hit & earns, earns)


def _count_school(told: Told, sums: Sums) -> None:
    changes = told.diary.events("student")
    begun = (changes["stage"] == SENIOR) | (changes["stage"] == TERTIARY)
    _rate(told, sums, "school_start", changes, "exited", begun)
    paid = told.diary.events("education")
    who = paid["row"] * 1000 + paid["number"].astype(np.int64)
    spent = students = 0.0
    for at in told.snapshots():
        month = int(told.diary.snapshot_months[at])
        stage = told.diary.people["student"][at]
        row, slot = np.nonzero((stage == TERTIARY) & told.there(at) & told.exited[:, None])
        own = row * 1000 + told.diary.people["number"][at][row, slot]
        year = (paid["month"] >= month) & (paid["month"] < month + YEAR)
        if month + YEAR <= told.diary.months:
            spent += float(paid["amount"][year & np.isin(who, own)].sum())
            students += own.size
    sums.ratio("university_cost.exited", spent, students)


def _count_outside(told: Told, sums: Sums) -> None:
    damage = told.diary.events("damage")
    _rate(told, sums, "disaster", damage, "all")
    _rate(told, sums, "house_damaged", damage, "all", damage["house"].astype(np.bool_))
    trouble = told.diary.monthly["sales_trouble"]
    recent = np.zeros(trouble.shape[1], np.int64)
    begun = np.zeros(trouble.shape, np.bool_)
    for told_month, bad in enumerate(trouble):
        begun[told_month] = bad & (recent == 0) & told.alive[told_month]
        recent = np.where(bad, YEAR, np.maximum(recent - 1, 0))
    month, row = np.nonzero(begun)
    later = month >= YEAR
    years = tuple(y for y in told.years if y != EPIDEMIC_YEAR and told.months(y).start >= YEAR)
    weight: Floats = told.groups["exited"]
    struck = told.struck(month[later], row[later], weight, years)
    sums.ratio("sales_trouble.exited", struck, told.household_years(weight, years))


def _count_households(told: Told, sums: Sums) -> None:
    weight = told.groups["all"]
    events = [told.diary.events(kind) for kind in ("split", "merged")]
    both = {name: np.concatenate([e[name] for e in events]).astype(np.int64) for name in ("month", "row")}
    cases = told.full(both["month"])
    sums.ratio("split_or_merged.all", weight[both["row"][cases]], told.household_years(weight))
    left = told.diary.events("left")
    dead = (left["how"] == DIED) & told.full(left["month"])
    joined = told.diary.events("joined")
    born = (joined["how"] == 0) & told.full(joined["month"])
    years = told.person_years(weight)
    sums.ratio("deaths.all", weight[left["row"][dead]], years)
    sums.ratio("births.all", weight[joined["row"][born]], years)
