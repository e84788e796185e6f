"""Yearly income surveys: from October to September, asked for afterwards, rounded, copied, imputed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts
from features.tables.money import INCOMES
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import PRODUCTS, Place
from training.county.records.facts import code, day_in_month, delay, facts, join
from training.county.records.sums import NOTHING, Sums, heaped

KINDS = ("wage", "operating", "property", "transfer")
WRITTEN = ("cost", "wage", "operating", "property", "transfer")
"""The order of the rows of a survey: of rows of one day the last one counts for ``imputed``, and cost
nearly always imputed. Nothing is an answer too, but for property, which few have."""

SEPTEMBER = 8
YEAR = 12
Stated = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Window:
    """The span of one survey: months ``first`` to ``last`` of every household, and when it was taken."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    day: NDArray[np.datetime64]
    known_on: NDArray[np.datetime64]

    @property
    def months(self) -> NDArray[np.int64]:
        """Months of the span."""
        length: NDArray[np.int64] = self.last - self.first + 1
        return length


def surveys(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the incomes of the yearly surveys, and of the one before the start."""
    calendar = (diary.start + np.arange(diary.months)).astype(np.int64) % YEAR
    sums = {name: Sums(diary.monthly[name]) for name in (*KINDS, "cost")}
    rate_before: Stated = {}
    parts = [_before(diary, place, p, rng)]
    for september in np.flatnonzero(calendar[:-1] == SEPTEMBER):
        window = _window(diary, p, rng, int(september))
        stated, imputed, answered = _year(diary, p, rng, sums, rate_before, window)
        parts.append(_rows(diary, place, window, stated, imputed, answered))
        for name, values in stated.items():
            known = rate_before.get(name, np.full(values.size, np.nan))
            rate_before[name] = np.where(answered, values / np.maximum(window.months, 1), known)
    return join(*parts)


def products(diary: Diary, row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the code of what households mainly grow: it is written beside their operating income."""
    named = np.array([code(INCOMES, "product", name) for name in PRODUCTS])
    told: NDArray[np.int64] = named[diary.product[row]]
    return told


def cost_by_ratio(
    stated: NDArray[np.float64], operating: NDArray[np.float64], cost: NDArray[np.float64], p: Parameters
) -> NDArray[np.float64]:
    """Return the cost that the office writes: a fixed share of the stated operating income.

    The share is that of the kind of product whose share is nearest to what the household truly spent.
    """
    ratios = p.numbers("records.money.cost_ratios")
    true = cost / np.maximum(operating, 1.0)
    kind = np.abs(true[:, None] - ratios).argmin(axis=1)
    written: NDArray[np.float64] = stated * ratios[kind]
    return written


def _window(diary: Diary, p: Parameters, rng: np.random.Generator, september: int) -> Window:
    households = diary.household_id.size
    first = np.maximum(np.maximum(september - YEAR + 1, 0), diary.first)
    october = day_in_month(diary, np.full(households, september + 1), 1)
    day = october + delay(p.numbers("records.money.survey.window"), rng, households)
    known_on = day + delay(p.numbers("records.money.survey.keyed"), rng, households)
    return Window(np.minimum(first, september), np.full(households, september), day, known_on)


def _year(
    diary: Diary,
    p: Parameters,
    rng: np.random.Generator,
    sums: dict[str, Sums],
    rate_before: Stated,
    window: Window,
) -> tuple[Stated, NDArray[np.int64], NDArray[np.bool_]]:
    """Return what a survey states of every household, the cost's and the others' imputation, who is in it."""
    households, key = diary.household_id.size, "records.money.survey"
    rows = np.arange(households)
    true = {name: one.between(rows, window.first - 1, window.last) for name, one in sums.items()}
    answered = (diary.first <= window.last) & (diary.last > window.last)
    answered &= rng.random(households) >= p.numbers(f"{key}.missed")[diary.origin]
    lot = rng.random(households)
    low, high = p.numbers(f"{key}.copy_rise")
    rise = 1 + low + (high - low) * rng.random(households)
    known = ~np.isnan(rate_before["wage"]) if rate_before else np.zeros(households, bool)
    unanswered = known & (lot < p.number(f"{key}.unanswered"))
    again = known & (lot < p.number(f"{key}.unanswered") + p.number(f"{key}.copied"))
    shares, steps = p.numbers(f"{key}.heaping"), p.numbers("records.money.heaping_steps")
    by_ratio = rng.random(households) < p.number(f"{key}.cost_by_ratio")
    stated: Stated = {}
    for name in KINDS:
        asked = true[name] * np.exp(p.number(f"{key}.noise") * rng.standard_normal(households))
        last = rate_before[name] * window.months * rise if rate_before else asked
        stated[name] = heaped(np.where(again, last, asked), shares, steps, rng)
    written = cost_by_ratio(stated["operating"], true["operating"], true["cost"], p)
    stated["cost"] = np.where(by_ratio, written, true["cost"])
    _lift(diary, p, rng, stated, window)
    return stated, np.stack([unanswered, by_ratio | unanswered]).astype(np.int64), answered


def _lift(diary: Diary, p: Parameters, rng: np.random.Generator, stated: Stated, window: Window) -> None:
    """Let some who would come out a little under the line come out just over it."""
    rows = np.arange(diary.household_id.size)
    heads = np.maximum(diary.monthly["people"][window.last, rows], 1)
    line = diary.monthly["line"][window.last, rows] * heads * window.months / YEAR
    net = sum(stated[name] for name in KINDS) - stated["cost"]
    near = (net < line) & (net >= line * (1 - p.number("records.money.over_line.reach")))
    near &= rng.random(rows.size) < p.number("records.money.over_line.share")
    over = line * (1 + p.number("records.money.over_line.above") * rng.random(rows.size)) - net
    into = np.where(stated["wage"] >= stated["operating"], "wage", "operating")
    for name in ("wage", "operating"):
        stated[name] = stated[name] + np.where(near & (into == name), over, 0.0)


def _rows(
    diary: Diary,
    place: Place,
    window: Window,
    stated: Stated,
    imputed: NDArray[np.int64],
    answered: NDArray[np.bool_],
) -> Facts:
    parts = []
    for name in WRITTEN:
        some = np.flatnonzero(answered & ((stated[name] >= NOTHING) | (name != "property")))
        parts.append(
            facts(
                INCOMES,
                place,
                "",
                diary.household_id[some],
                window.day[some],
                window.known_on[some],
                "survey",
                kind=code(INCOMES, "kind", name),
                amount=np.round(stated[name][some], 2),
                account=code(INCOMES, "account", "period"),
                period_start=day_in_month(diary, window.first[some], 1),
                period_end=day_in_month(diary, window.last[some], 31),
                part_of_total=0,
                imputed=imputed[int(name == "cost"), some],
                product=products(diary, some) if name == "operating" else -1,
            )
        )
    return join(*parts)


def _before(diary: Diary, place: Place, p: Parameters, rng: np.random.Generator) -> Facts:
    """Return the total of the year before the start, known a month after it."""
    net = diary.monthly["net_12m"][0].astype(np.float64) * diary.monthly["people"][0]
    noise = p.number("records.money.survey.noise") * rng.standard_normal(net.size)
    shares, steps = p.numbers("records.money.survey.heaping"), p.numbers("records.money.heaping_steps")
    stated = heaped(np.maximum(np.nan_to_num(net), 0.0) * np.exp(noise), shares, steps, rng)
    there = (diary.first == 0) & (diary.last > 0)
    some = np.flatnonzero(there & (rng.random(net.size) < p.number("records.money.before_start")))
    day = day_in_month(diary, np.ones(some.size, np.int64), 1)
    return facts(
        INCOMES,
        place,
        "",
        diary.household_id[some],
        day,
        day,
        "survey",
        kind=code(INCOMES, "kind", "total"),
        amount=np.round(stated[some], 2),
        account=code(INCOMES, "account", "period"),
        period_start=np.full(some.size, (diary.start - YEAR).astype("datetime64[D]")),
        period_end=np.full(some.size, diary.start.astype("datetime64[D]") - 1),
        part_of_total=0,
        imputed=0,
    )
