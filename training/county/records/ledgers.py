"""Money that an office pays and books: allowances, pensions, the wages of posts and workshops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.money import INCOMES
from features.tables.visits import EMPLOYMENTS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import Desk, code, day_in_month, delay, facts, join, member_ids
from training.county.records.persons import NUMBERS

QUARTER = 3
HELP_FORMS = tuple(code(EMPLOYMENTS, "form", name) for name in ("public_post", "workshop"))


def ledgers(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return what offices paid by calendar quarter.

    Notes
    -----
    A ledger comes before other accounts wherever it has a figure, though it holds only a part of a
    household's transfers or wages. Its rows therefore are ``part_of_total``: of what the survey states.
    """
    desk = Desk(diary, place, p, rng)
    parts = [
        _transfers(desk, name, source)
        for name, source in (("low_income", "civil_affairs"), ("pension", "labour"))
    ]
    return join(*parts, _help_wages(desk))


def _quarters(diary: Diary) -> NDArray[np.int64]:
    """Return the calendar quarter of each told month, counted from that of the first."""
    quarter = (diary.start + np.arange(diary.months)).astype(np.int64) // QUARTER
    counted: NDArray[np.int64] = quarter - quarter[0]
    return counted


def _transfers(desk: Desk, name: str, source: str) -> Facts:
    diary = desk.diary
    quarter = _quarters(diary)
    first = np.flatnonzero(np.diff(quarter, prepend=-1))
    paid = np.add.reduceat(np.nan_to_num(diary.monthly[name].astype(np.float64)), first, axis=0)
    when, row = np.nonzero(paid > 0)
    nobody = np.full(row.size, -1)
    return _paid(desk, when, row, nobody, paid[when, row], "transfer", source)


def _help_wages(desk: Desk) -> Facts:
    """Return the wages of posts and workshops, of each worker."""
    spell = _help_spells(desk.diary)
    months = np.maximum(spell["end"] - spell["month"], 0)
    each = np.repeat(np.arange(months.size), months)
    step = np.arange(each.size) - np.repeat(np.cumsum(months) - months, months)
    quarter = _quarters(desk.diary)[spell["month"][each] + step]
    quarters = int(quarter.max(initial=0)) + 1
    person = spell["row"][each] * NUMBERS + spell["number"][each]
    key, place_of = np.unique(person * quarters + quarter, return_inverse=True)
    amount = np.zeros(key.size)
    np.add.at(amount, place_of, spell["wage"][each])
    person, when = key // quarters, key % quarters
    row, number = person // NUMBERS, person % NUMBERS
    return _paid(desk, when, row, number, amount, "wage", "labour")


def _help_spells(diary: Diary) -> dict[str, NDArray[Any]]:
    """Return the jobs of posts and workshops with the month after their last one."""
    jobs, jobless, left = (diary.events(kind) for kind in ("job", "jobless", "left"))
    row = np.concatenate([jobs["row"], jobless["row"], left["row"]])
    number = np.concatenate([jobs["number"], jobless["number"], left["number"]]).astype(np.int64)
    month = np.concatenate([jobs["month"], jobless["month"], left["month"]])
    job = np.arange(row.size)
    taken_up = job < jobs["row"].size
    order = np.lexsort((taken_up, month, number, row))
    following = np.full(row.size, diary.months)
    same = (row[order][1:] == row[order][:-1]) & (number[order][1:] == number[order][:-1])
    following[order[:-1][same]] = month[order][1:][same]
    help_jobs = np.flatnonzero(np.isin(jobs["form"], HELP_FORMS))
    agreed = jobs["until"][help_jobs].astype(np.int64)
    end = np.minimum(following[help_jobs], np.where(agreed >= 0, agreed, diary.months))
    owner = jobs["row"][help_jobs]
    return {
        "row": owner,
        "number": jobs["number"][help_jobs].astype(np.int64),
        "month": jobs["month"][help_jobs],
        "end": np.minimum(end, np.minimum(diary.last[owner] + 1, diary.months)),
        "wage": jobs["wage"][help_jobs].astype(np.float64),
    }


def _paid(
    desk: Desk,
    when: NDArray[Any],
    row: NDArray[Any],
    number: NDArray[Any],
    amount: NDArray[np.float64],
    kind: str,
    source: str,
) -> Facts:
    """Return payments of quarters, booked on the quarter's last day and known later."""
    diary, p, rng = desk.diary, desk.p, desk.rng
    start = diary.start.astype("datetime64[M]").astype(np.int64)
    month = (start // QUARTER + when) * QUARTER - start
    last = day_in_month(diary, month + QUARTER - 1, 31)
    known_on = last + delay(p.numbers("records.money.ledger.late"), rng, last.size)
    booked = rng.random(last.size) < p.number("records.money.ledger.coverage")
    some = np.flatnonzero(booked & (amount > 0))
    owner = diary.household_id[row[some]]
    return facts(
        INCOMES,
        desk.place,
        "",
        owner,
        last[some],
        known_on[some],
        source,
        kind=code(INCOMES, "kind", kind),
        amount=np.round(amount[some], 2),
        account=code(INCOMES, "account", "ledger"),
        period_start=day_in_month(diary, np.maximum(month[some], 0), 1),
        period_end=last[some],
        member_id=member_ids(owner, number[some]),
        part_of_total=1,
        imputed=0,
    )
