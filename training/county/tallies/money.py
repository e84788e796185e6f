"""Income by year, source and month; its spread, its steps and the line."""

from __future__ import annotations

import numpy as np

from training.county.tallies.told import YEAR, Sums, Told

SOURCES = ("wage", "operating", "property", "transfer", "cost")
LEAST = 500.0
"""Income [yuan a head and year] that lower ones are taken for where logarithms are."""

BINS = np.linspace(-1.5, 2.5, 81)
"""Edges of the picture of income over the line, in logarithms."""


def count_money(told: Told, sums: Sums) -> None:
    """Count what households earn."""
    for year in told.years:
        _count_year(told, sums, year)
    _count_steps(told, sums)
    _count_seasons(told, sums)
    _count_falls(told, sums)
    _count_allowance(told, sums)


def _count_year(told: Told, sums: Sums, year: int) -> None:
    monthly, months, last = told.diary.monthly, told.months(year), told.december(year)
    of = {name: monthly[name][months].sum(axis=0, dtype=np.float64) for name in SOURCES}
    of["low_income"] = monthly["low_income"][months].sum(axis=0, dtype=np.float64)
    net = of["wage"] + of["operating"] + of["property"] + of["transfer"] - of["cost"]
    operating = of["operating"] - of["cost"]
    people = monthly["people"][months].sum(axis=0, dtype=np.float64) / YEAR
    head = monthly["net_12m"][last].astype(np.float64)
    here, line = told.alive[last], monthly["line"][last]
    for group, weight in told.groups.items():
        sums.ratio(f"income.{group}.{year}", weight @ net, weight @ people)
        sums.ratio(f"wage.{group}.{year}", weight @ of["wage"], weight @ people)
        sums.ratio(f"operating.{group}.{year}", weight @ operating, weight @ people)
        sums.ratio(f"wage_share.{group}.{year}", weight @ of["wage"], weight @ net)
        sums.ratio(f"operating_share.{group}.{year}", weight @ operating, weight @ net)
        sums.ratio(f"property_share.{group}.{year}", weight @ of["property"], weight @ net)
        sums.ratio(f"transfer_share.{group}.{year}", weight @ of["transfer"], weight @ net)
        sums.ratio(f"under_line.{group}.{year}", weight @ (here & (head < line)), weight @ here)
        sums.ratio(f"need.{group}.{year}", weight @ (here & monthly["need"][last]), weight @ here)
        logs = np.log(np.maximum(head, LEAST))
        sums.spread(f"sigma.{group}.{year}", logs[here], weight[here])
    own = told.exited & here
    over = np.log(np.maximum(head[own], LEAST) / line[own])
    sums.picture(f"distribution.{year}", np.histogram(np.clip(over, BINS[0], BINS[-1]), BINS)[0])


def _count_steps(told: Told, sums: Sums) -> None:
    """Count the steps of log income from year to year, and each with the next."""
    logs = np.log(np.maximum(told.diary.monthly["net_12m"].astype(np.float64), LEAST))
    for year in told.years[1:-1]:
        last = told.december(year)
        own = told.exited & told.alive[last - YEAR] & told.alive[last + YEAR]
        before, now, after = logs[last - YEAR][own], logs[last][own], logs[last + YEAR][own]
        sums.change(f"steps.{year}", now - before, after - now)


def _count_seasons(told: Told, sums: Sums) -> None:
    """Count income of exited households by source and month of the year."""
    months = np.flatnonzero(told.full(np.arange(told.diary.months)))
    table = np.zeros((len(SOURCES), YEAR))
    for place, name in enumerate(SOURCES):
        paid = told.diary.monthly[name][months][:, told.exited].sum(axis=1, dtype=np.float64)
        np.add.at(table[place], told.of_year(months), paid)
    sums.picture("seasons", table)


def _count_falls(told: Told, sums: Sums) -> None:
    """Count exited households over the line that are under it at the end of one of the next four years."""
    monthly = told.diary.monthly
    top = bottom = 0.0
    for year in told.years:
        if year + 4 not in told.years:
            continue
        first, ends = told.december(year), [told.december(year + later) for later in range(1, 5)]
        over = monthly["net_12m"][first] >= monthly["line"][first]
        own = told.exited & over & told.alive[first] & told.alive[ends[-1]]
        fell = (monthly["net_12m"][ends] < monthly["line"][ends]).any(axis=0)
        top, bottom = top + float((own & fell).sum()), bottom + float(own.sum())
    sums.ratio("fell_back.exited", top, bottom)


def _count_allowance(told: Told, sums: Sums) -> None:
    """Count the minimum living allowance: who draws it, and how much a head and year."""
    monthly = told.diary.monthly
    paid, people = monthly["low_income"], monthly["people"]
    drawn = paid > 0
    sums.ratio("allowance.amount", YEAR * paid.sum(dtype=np.float64), (people * drawn).sum(dtype=np.int64))
    sums.ratio("allowance.exited", drawn[:, told.exited].sum(), told.alive[:, told.exited].sum())
