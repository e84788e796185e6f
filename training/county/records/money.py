"""What comes in and what is owed: yearly surveys, estimates at visits, ledgers, loans."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.tables.money import INCOMES, LOANS
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import (
    LETTERS,
    code,
    day_in_month,
    delay,
    facts,
    join,
    known_by_end,
    last_day,
    months_told,
    numbered,
    rows_of,
    take,
)
from training.county.records.ledgers import ledgers
from training.county.records.rounds import seen_before
from training.county.records.sums import NOTHING, Sums, heaped
from training.county.records.surveys import KINDS, cost_by_ratio, products, surveys

PRIVATE = code(LOANS, "kind", "private")


def money(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, visited: Facts) -> Tables:
    """Return the tables ``incomes`` and ``loans``.

    Parameters
    ----------
    diary, place, p, rng
    visited : Facts
        The rounds, as ``visits`` returns them: some ask what came in since the visit before.
    """
    yearly = surveys(diary, place, p, rng)
    told = join(yearly, _estimates(diary, place, p, rng, visited), ledgers(diary, place, p, rng))
    incomes = numbered(known_by_end(told, diary), place, LETTERS["incomes"])
    return {"incomes": incomes, "loans": known_by_end(_loans(diary, place, p, rng), diary)}


def _estimates(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator, visited: Facts) -> Facts:
    """Return what was told at visits of the whole months since the visit before."""
    row, month = rows_of(diary, visited["household_id"]), months_told(diary, visited["occurred_on"])
    since = seen_before(diary, row, month, int(p.number("records.visits.every")))
    asked = np.flatnonzero(rng.random(row.size) < p.number("records.money.estimate.share"))
    row, seen = row[asked], month[asked] - 1
    since = np.maximum(since[asked], seen - int(p.number("records.money.estimate.recall")))
    true = {name: Sums(diary.monthly[name]).between(row, since, seen) for name in (*KINDS, "cost")}
    shares, steps = p.numbers("records.money.estimate.heaping"), p.numbers("records.money.heaping_steps")
    stated: dict[str, NDArray[np.float64]] = {}
    for name, told in zip(KINDS, p.numbers("records.money.estimate.told"), strict=True):
        noise = p.number("records.money.estimate.noise") * rng.standard_normal(row.size)
        amount = heaped(true[name] * np.exp(noise), shares, steps, rng)
        stated[name] = np.where(rng.random(row.size) < told, amount, np.nan)
    by_ratio = rng.random(row.size) < p.number("records.money.estimate.cost_by_ratio")
    written = cost_by_ratio(stated["operating"], true["operating"], true["cost"], p)
    exact = np.where(np.isnan(stated["operating"]), np.nan, true["cost"])
    stated["cost"] = np.where(by_ratio, written, exact)
    span = (day_in_month(diary, since + 1, 1), day_in_month(diary, seen, 31))
    parts = []
    for name in ("cost", *KINDS):
        some = np.flatnonzero((stated[name] >= NOTHING) | ((name == "wage") & (stated[name] >= 0)))
        parts.append(
            facts(
                INCOMES,
                place,
                "",
                diary.household_id[row[some]],
                visited["occurred_on"][asked[some]],
                visited["known_on"][asked[some]],
                "visit",
                kind=code(INCOMES, "kind", name),
                amount=np.round(stated[name][some], 2),
                account=code(INCOMES, "account", "visit"),
                period_start=span[0][some],
                period_end=span[1][some],
                part_of_total=0,
                imputed=by_ratio[some] if name == "cost" else 0,
                product=products(diary, row[some]) if name == "operating" else -1,
            )
        )
    return join(*parts)


def _loans(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return loans as they were taken up, with later versions when overdue and when repaid."""
    events = diary.events("loan")
    lent = day_in_month(diary, events["month"], rng)
    late = p.numbers("records.money.loan.late")
    known_on = lent + delay(late, rng, lent.size)
    due = events["due"].astype(np.int64)
    due_on: NDArray[np.datetime64] = np.where(
        due >= 0, day_in_month(diary, due, 20), np.datetime64("NaT", "D")
    )
    repaid_on = _repaid(diary, events, rng)
    overdue_known: NDArray[np.datetime64] = due_on + 1 + delay(late, rng, lent.size)
    repaid_known = repaid_on + delay(late, rng, lent.size)
    base = facts(
        LOANS,
        place,
        LETTERS["loans"],
        diary.household_id[events["row"]],
        lent,
        known_on,
        "bank",
        kind=events["kind"],
        amount=np.round(events["amount"], 2),
        due_on=due_on,
        overdue=0,
    )
    private = np.asarray(events["kind"]) == PRIVATE
    base["source"][private] = code(LOANS, "source", "visit")
    share = np.where(private, p.number("records.money.loan.private"), p.number("records.money.loan.coverage"))
    heard = rng.random(lent.size) < share
    over = heard & (due_on < last_day(diary)) & ((repaid_on > due_on) | np.isnat(repaid_on))
    over &= np.isnat(repaid_known) | (overdue_known < repaid_known)
    back = heard & ~np.isnat(repaid_on)
    return join(
        take(base, heard),
        _version(base, over, 1, np.maximum(overdue_known, known_on), overdue=1),
        _version(base, back, 2, np.maximum(repaid_known, known_on), repaid_on=repaid_on),
    )


def _version(
    base: Facts, which: NDArray[np.bool_], revision: int, known_on: NDArray[Any], **news: Any
) -> Facts:
    """Return later versions of some records."""
    told = take(base, which)
    told["known_on"] = known_on[which]
    told["revision"] = np.full(told["revision"].size, float(revision))
    for name, values in news.items():
        told[name] = np.broadcast_to(values, which.shape)[which].astype(base[name].dtype)
    return told


def _repaid(diary: Diary, loans: dict[str, NDArray[Any]], rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Return the day on which each loan was repaid, NaT where it was not."""
    events = diary.events("repaid")
    day = day_in_month(diary, events["month"], rng)
    keys = events["row"] * diary.months + events["loan_month"].astype(np.int64)
    found = np.full(loans["row"].size, np.datetime64("NaT", "D"))
    if not keys.size:
        return found
    order = np.argsort(keys, kind="stable")
    wanted = loans["row"] * diary.months + loans["month"]
    place = np.minimum(np.searchsorted(keys[order], wanted), keys.size - 1)
    known = keys[order][place] == wanted
    found[known] = day[order][place[known]]
    return found
