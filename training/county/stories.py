"""Five households of the county whose stories the seed articles tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.tables.shocks import DISASTERS
from features.tables.visits import EMPLOYMENTS
from training.county.ages import MONTHS
from training.county.diary import Diary
from training.county.places import PRODUCTS
from training.county.state import DISASTER, EXITED, ILLNESS, JUNIOR, SENIOR, SERIOUS, SPOUSE

FLOOD = DISASTERS.column("kind").code("flood")
WORKSHOP = EMPLOYMENTS.column("form").code("workshop")
AWAY = EMPLOYMENTS.column("place").code("away")
LEAST_OPERATING = 0.35
"""Share of income from the land, from which on a household lives from its oranges."""

ENTERED = 1e6
"""A story fits better where the office entered the household for it; outweighs any sum of yuan."""


@dataclass(frozen=True, order=True)
class Story:
    """A household whose life is like one the articles tell.

    Parameters
    ----------
    name : str
    fits : float
        How well; the best of the county is told.
    household_id : str
    turned : datetime64[M]
        The month in which it happened; the last month for who only stood firm.
    """

    name: str
    fits: float
    household_id: str
    turned: np.datetime64


TITLES = {
    "ill_wife": "the wife falls gravely ill, and a child is about to leave school",
    "unsold_oranges": "the oranges stay unsold",
    "ill_earner": "an earner far away falls gravely ill, and work is brought home",
    "flooded_village": "the flood takes the harvest",
    "stable_migrants": "two earners away, and nothing happens",
}
"""Stories in the order of telling; all but the last are of seeds S000 and S002, the last of S004."""


def found(diary: Diary) -> list[Story]:
    """Return the households of a township that fit, the best for each story."""
    finders: dict[str, Callable[[Diary], Iterable[tuple[float, int, int]]]] = {
        "ill_wife": _ill_wife,
        "unsold_oranges": _unsold_oranges,
        "ill_earner": _ill_earner,
        "flooded_village": _flooded_village,
        "stable_migrants": _stable_migrants,
    }
    best = []
    for name, finder in finders.items():
        fitting = sorted(finder(diary), key=lambda match: (-match[0], match[1]))
        if fitting:
            fits, row, month = fitting[0]
            best.append(Story(name, fits, str(diary.household_id[row]), diary.start + month))
    return best


def best_of(stories: Iterable[Story]) -> list[Story]:
    """Return the best household for each story, in the order of telling."""
    every = sorted(stories, key=lambda story: (-story.fits, story.household_id))
    firsts = {story.name: story for story in reversed(every)}
    return [firsts[name] for name in TITLES if name in firsts]


def _entered(diary: Diary, row: int, month: int, cause: int) -> bool:
    entry = diary.events("entry")
    hit = (entry["row"] == row) & (entry["month"] > month) & (entry["month"] <= month + MONTHS)
    return bool((hit & (entry["cause"] == cause)).any())


def _ill(diary: Diary) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return month, row and number of who fell gravely ill with a year told before and after."""
    ill = diary.events("illness")
    told = (ill["health"] == SERIOUS) & (ill["month"] >= MONTHS) & (ill["month"] < diary.months - MONTHS)
    told &= diary.origin[ill["row"]] == EXITED
    return ill["month"][told], ill["row"][told], ill["number"][told]


def _snapshot(diary: Diary, month: int) -> int:
    """Return which yearly snapshot was the last before a month."""
    return int(np.searchsorted(diary.snapshot_months, month, side="right")) - 1


def _ill_wife(diary: Diary) -> Iterable[tuple[float, int, int]]:
    for month, row, number in zip(*_ill(diary), strict=True):
        at = _snapshot(diary, int(month))
        people = {name: diary.people[name][at, row] for name in ("number", "relation", "woman", "student")}
        wife = (people["number"] == number) & (people["relation"] == SPOUSE) & people["woman"]
        pupil = np.isin(people["student"], (JUNIOR, SENIOR))
        if wife.any() and pupil.any():
            paid = float(diary.monthly["medical"][month : month + MONTHS, row].sum())
            entered = _entered(diary, int(row), int(month), ILLNESS)
            yield paid + entered * ENTERED, int(row), int(month)


def _ill_earner(diary: Diary) -> Iterable[tuple[float, int, int]]:
    job = diary.events("job")
    for month, row, number in zip(*_ill(diary), strict=True):
        own = job["row"] == row
        his = job["place"][own & (job["number"] == number) & (job["month"] < month)]
        later = own & (job["form"] == WORKSHOP) & (job["month"] > month) & (job["month"] <= month + MONTHS)
        if his.size and his[-1] == AWAY and later.any():
            before = diary.monthly["wage"][month - MONTHS : month, row].sum()
            after = diary.monthly["wage"][month : month + MONTHS, row].sum()
            yield float(before - after), int(row), int(month)


def _unsold_oranges(diary: Diary) -> Iterable[tuple[float, int, int]]:
    """Look at the spring of 2020: the epidemic, and nobody buys."""
    spring = int((np.datetime64("2020-03", "M") - diary.start).astype(int))
    if not MONTHS <= spring < diary.months - MONTHS:
        return
    orange = (diary.product == PRODUCTS.index("orange")) & (diary.origin == EXITED)
    before = diary.monthly["operating"][spring - MONTHS : spring - 1].sum(axis=0)
    after = diary.monthly["operating"][spring - 1 : spring + MONTHS - 1].sum(axis=0)
    income = before + diary.monthly["wage"][spring - MONTHS : spring - 1].sum(axis=0)
    lives_from_it = before > LEAST_OPERATING * np.maximum(income, 1.0)
    there = (diary.first == 0) & (diary.last == diary.months - 1)
    for row in np.flatnonzero(orange & lives_from_it & there & (after < before)):
        yield float(before[row] - after[row]), int(row), spring


def _flooded_village(diary: Diary) -> Iterable[tuple[float, int, int]]:
    damage = diary.events("damage")
    flood = (damage["kind"] == FLOOD) & (damage["month"] >= MONTHS)
    for month, row, amount in zip(
        damage["month"][flood], damage["row"][flood], damage["amount"][flood], strict=True
    ):
        entered = _entered(diary, int(row), int(month), DISASTER)
        yield float(amount) + entered * ENTERED, int(row), int(month)


def _stable_migrants(diary: Diary) -> Iterable[tuple[float, int, int]]:
    there = (diary.first == 0) & (diary.last == diary.months - 1) & (diary.origin == EXITED)
    two = (diary.monthly["workers"] >= 2).all(axis=0)  # noqa: PLR2004 - two earners
    calm = ~diary.monthly["need"].any(axis=0) & (diary.monthly["monitored"] == 0).all(axis=0)
    job = diary.events("job")
    goes_away = np.isin(np.arange(diary.first.size), job["row"][job["place"] == AWAY])
    doubted = np.isin(np.arange(diary.first.size), diary.events("clue")["row"])
    for row in np.flatnonzero(there & two & calm & goes_away & ~doubted):
        wage = diary.monthly["wage"][:, row]
        yield float(wage.mean() / (1.0 + wage.std())), int(row), diary.months - 1
