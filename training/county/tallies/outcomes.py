"""What the office did: entries, types, causes, eliminations, relapses; and what it never saw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.tables.outcomes import MONITORING
from features.tables.support import SUPPORTS
from training.county.state import ELIMINATED, MONITORED
from training.county.tallies.people import WEAK
from training.county.tallies.told import YEAR, Flags, Floats, Sums, Told

TYPES = tuple(code.id for code in MONITORING.column("type").codes)
CAUSES = tuple(code.id for code in MONITORING.column("cause").codes)
CHANNELS = tuple(code.id for code in MONITORING.column("channel").codes)
JUNE, NOVEMBER, DECEMBER = 5, 10, 11
START_UP = 2021
"""Year from which new entries are told apart by type and cause."""

LASTING = 3
"""Months in need from which a household counts as having been in need."""

INDUSTRY, INSURANCE = (SUPPORTS.column("area_of_help").code(name) for name in ("industry", "insurance"))
ON_MONITORING = SUPPORTS.column("ground").code("monitoring")

Events = dict[str, NDArray[Any]]


def count_outcomes(told: Told, sums: Sums) -> None:
    """Count what the office did."""
    entries = told.diary.events("entry")
    _count_first(told, sums, entries)
    _count_entries(told, sums, entries)
    _count_mix(told, sums, entries)
    _count_eliminated(told, sums, entries)
    _count_relapse(told, sums)
    _count_unresolved(told, sums)
    _count_alerts(told, sums, entries)
    _count_unseen(told, sums)
    _count_help(told, sums)


def _opened(entries: Events) -> int:
    """Return the month of the first entries, in which the stock of the start is entered; -1 without any."""
    return int(entries["month"].min()) if entries["month"].size else -1


def _count_first(told: Told, sums: Sums, entries: Events) -> None:
    first = entries["row"][entries["month"] == _opened(entries)]
    own = first[told.exited[first]]
    at = max(_opened(entries), 0)
    people = told.diary.monthly["people"][at].astype(np.float64)
    sums.ratio("monitored_first.exited", own.size, (told.alive[at] & told.exited).sum())
    sums.ratio("size.monitored", people[own], own.size)


def _count_entries(told: Told, sums: Sums, entries: Events) -> None:
    """Count new entries by year; those of the first month are the stock of the start."""
    later = entries["month"] > _opened(entries)
    year, row = told.year_of(entries["month"]), entries["row"]
    for y in told.years:
        january = told.months(y).start
        for group, weight in told.groups.items():
            sums.ratio(f"entry.{group}.{y}", weight[row[later & (year == y)]], weight @ told.alive[january])
    waits = told.diary.events("clue")
    accepted = waits["accepted"].astype(np.bool_)
    opened = np.full(told.weight.size, -1, np.int64)
    wait: list[float] = []
    clues = {m: waits["row"][accepted & (waits["month"] == m)] for m in np.unique(waits["month"]).tolist()}
    by_month = {m: row[later & (entries["month"] == m)] for m in np.unique(entries["month"]).tolist()}
    for m in range(told.diary.months):
        entered = by_month.get(m, np.zeros(0, np.int64))
        wait.extend((m - opened[entered]).tolist())
        opened[clues.get(m, np.zeros(0, np.int64))] = m
    sums.ratio("clue_to_entry", np.array(wait), len(wait))
    table = np.zeros((told.diary.months, len(TYPES)))
    known = entries["type"] >= 0
    np.add.at(table, (entries["month"][known], entries["type"][known].astype(int)), 1.0)
    sums.picture("entries", table)


def _count_mix(told: Told, sums: Sums, entries: Events) -> None:
    later = entries["month"] > _opened(entries)
    year = told.year_of(entries["month"])
    for group in ("exited", "all"):
        weight = told.groups[group][entries["row"]]
        for place, name in enumerate(TYPES):
            for y in (y for y in told.years if y >= START_UP):
                chosen = later & (year == y)
                same = chosen & (entries["type"] == place)
                sums.ratio(f"type.{group}.{name}.{y}", weight[same], weight[chosen])
        chosen = later & (year >= START_UP)
        for place, name in enumerate(CAUSES):
            sums.ratio(f"cause.{group}.{name}", weight[chosen & (entries["cause"] == place)], weight[chosen])
        for place, name in enumerate(CHANNELS):
            sums.ratio(
                f"channel.{group}.{name}", weight[chosen & (entries["channel"] == place)], weight[chosen]
            )


def _count_eliminated(told: Told, sums: Sums, entries: Events) -> None:
    """Count, month by month, the share of all ever entered whose risk is marked as gone."""
    standing = told.diary.monthly["monitored"]
    ever = np.zeros(told.weight.size, np.bool_)
    curve = np.zeros((told.diary.months, 4))
    by_month = np.searchsorted(entries["month"], np.arange(told.diary.months + 1))
    for month in range(told.diary.months):
        ever[entries["row"][by_month[month] : by_month[month + 1]]] = True
        here = ever & told.alive[month]
        gone = here & (standing[month] == ELIMINATED)
        curve[month] = (
            told.weight @ gone, told.weight @ here, (gone & told.exited).sum(), (here & told.exited).sum(),
        )  # fmt: skip
        name = str(told.diary.start + month)
        sums.ratio(f"eliminated.all.{name}", curve[month, 0], curve[month, 1])
        sums.ratio(f"eliminated.exited.{name}", curve[month, 2], curve[month, 3])
    sums.picture("eliminated", curve)
    ended = told.diary.events("elimination")
    counted = told.full(ended["month"])
    of_year = told.of_year(ended["month"])[counted]
    late, june = np.isin(of_year, (NOVEMBER, DECEMBER)).sum(), (of_year == JUNE).sum()
    rest = of_year.size - late - june
    sums.ratio("bunching.late", late / 2, rest / 9)
    sums.ratio("bunching.june", june, rest / 9)
    sums.picture("eliminations", np.bincount(of_year, minlength=YEAR))


def _count_relapse(told: Told, sums: Sums) -> None:
    """Count reinstatements within twelve months of an elimination, for eliminations so long ago."""
    ended, back = told.diary.events("elimination"), told.diary.events("reinstatement")
    span = told.diary.months + YEAR
    returns = np.sort(back["row"] * span + back["month"])
    watched = ended["month"] + YEAR < told.diary.months
    key = ended["row"][watched] * span + ended["month"][watched]
    found = np.searchsorted(returns, key, side="right") - np.searchsorted(returns, key + YEAR, side="right")
    weight = told.weight[ended["row"][watched]]
    sums.ratio("relapse.all", weight * (found != 0), weight)


def _count_unresolved(told: Told, sums: Sums) -> None:
    """Count, among the monitored, those without hands and those on the social floor."""
    people, monthly = told.diary.people, told.diary.monthly
    for name, years in (("early", (2020, 2021, 2022)), ("late", (2025,))):
        without = floor = all_of_them = 0.0
        for at in told.snapshots(*years):
            month = int(told.diary.snapshot_months[at])
            held = (monthly["monitored"][month] == MONITORED) & told.alive[month]
            hands = ((people["labour"][at] <= WEAK) & told.there(at)).any(axis=1)
            without += float(told.weight @ (held & ~hands))
            floor += float(told.weight @ (held & (~hands | (monthly["low_income"][month] > 0))))
            all_of_them += float(told.weight @ held)
        sums.ratio(f"monitored_no_labourer.{name}", without, all_of_them)
        sums.ratio(f"monitored_floor.{name}", floor, all_of_them)


def _count_alerts(told: Told, sums: Sums, entries: Events) -> None:
    """Count how often a departmental rule is set off for one entry."""
    alarms = told.diary.events("trigger")
    later = entries["month"] > _opened(entries)
    for y in told.years:
        raised = told.weight[alarms["row"][told.year_of(alarms["month"]) == y]]
        entered = told.weight[entries["row"][later & (told.year_of(entries["month"]) == y)]]
        sums.ratio(f"alerts_per_entry.{y}", raised, entered)


def _count_unseen(told: Told, sums: Sums) -> None:
    """Count households lastingly in need since 2021, and those of them never monitored."""
    monthly = told.diary.monthly
    begins = told.index("2021-01")
    if begins < 0:
        return
    need, watched = monthly["need"][begins:], (monthly["monitored"] == MONITORED).any(axis=0)
    for group, weight in told.groups.items():
        lasting: Flags = need.sum(axis=0) >= LASTING
        sums.ratio(f"never_entered.{group}", weight @ (lasting & ~watched), weight @ lasting)
        free: Floats = weight * ~lasting
        entered = (monthly["monitored"][begins:] == MONITORED).any(axis=0)
        sums.ratio(f"entered_without_need.{group}", free @ entered, weight @ entered)


def _count_help(told: Told, sums: Sums) -> None:
    given = told.diary.events("support")
    ours = (given["ground"] == ON_MONITORING) & ~np.isnan(given["amount"].astype(np.float64))
    for key, area in (("grant.monitored", INDUSTRY), ("payout.monitored", INSURANCE)):
        chosen = ours & (given["area_of_help"] == area)
        sums.ratio(key, given["amount"][chosen], chosen)
    entered = told.diary.events("entry")
    sums.ratio("measures_per_entry", (given["ground"] == ON_MONITORING).sum(), entered["row"].size)
