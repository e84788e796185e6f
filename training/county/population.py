"""The households of a township as they are a year before the first told month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.county.ages import JUNIOR_AT, MONTHS, SENIOR_AT, TERTIARY_AT, grade_at, stage_at
from training.county.diary import SLOTS
from training.county.office import EDGE
from training.county.parameters import Parameters
from training.county.places import ORIGINS, PRODUCTS, Place
from training.county.schooling import DONE_JUNIOR, DONE_PRIMARY, DONE_SENIOR, DONE_TERTIARY
from training.county.state import (
    AWAY,
    CHILD,
    CHRONIC,
    EXITED,
    GRANDCHILD,
    HEAD,
    HEALTHY,
    NEAR,
    NO_WORK,
    NOT_EXITED,
    NOT_STUDENT,
    ORDINARY,
    PARENT,
    POST,
    SENIOR,
    SERIOUS,
    SPOUSE,
    TERTIARY,
    State,
    empty,
)
from training.county.streams import Streams
from training.county.work import fading

MEAN_SIZE = 3.82
"""People of an exited household of Fengjie in 2020 (133,653 in 34,983)."""

SIZES = ("exited", "ordinary", "poor")
COUPLE, PARENTS = 2, 2
"""A household so small has no children; nobody has more parents."""

GRANDCHILDREN_FROM = 4
"""Slot from which a child too old to be one is told as a grandchild."""

HEAD_AGES, OLDEST_PARENT, OLDEST = (22, 84), 90, 92
"""Bounds of ages [years]."""

DISABLED_BOUNDS = (0.3, 2.0)
"""Least and most that age counts for a disability, against that at forty."""

LEVELS = np.array([0, DONE_PRIMARY, DONE_JUNIOR, DONE_SENIOR, DONE_TERTIARY], np.int8)
GRAIN = PRODUCTS.index("grain")

ORIGIN_CODE = {"exited": EXITED, "not_exited": NOT_EXITED, "edge": ORDINARY, "ordinary": ORDINARY}


def settlers(place: Place, p: Parameters, streams: Streams, spare: int, month: int, line: float) -> State:
    """Return the households of a place, and rows kept free for those that will split off.

    Parameters
    ----------
    place : Place
    p : Parameters
    streams : Streams
        Of the place.
    spare : int
        Rows kept free, at the end.
    month : int
        Month index at whose start they live so.
    line : float
        Income line [yuan a head and year].
    """
    rng = streams.of("population")
    groups = [origin for origin in ORIGINS for _ in range(place.households[origin])]
    group = np.array(groups)[rng.permutation(len(groups))]
    state = empty(group.size + spare)
    lived = slice(0, group.size)
    state.alive[lived] = True
    state.origin[lived] = [ORIGIN_CODE[origin] for origin in group.tolist()]
    state.kind[lived] = np.where(group == "edge", EDGE, -1)
    grid = np.sort(rng.integers(0, place.grids.size, group.size))
    state.village[lived] = place.grid_village[grid]
    state.diligence[lived] = place.diligence[grid]
    _families(state, p, rng, group, month)
    _minds(state, p, rng, group, month)
    _bodies(state, p, rng, group, month)
    _goods(state, p, rng, group, line)
    _jobs(state, p, rng, group, month)
    return state


def grids_of(place: Place, streams: Streams, households: int) -> NDArray[np.int64]:
    """Return the grid of each settled household, as ``settlers`` drew it."""
    rng = streams.of("population")
    rng.permutation(households)
    return np.sort(rng.integers(0, place.grids.size, households))


def _families(
    state: State, p: Parameters, rng: np.random.Generator, group: NDArray[np.str_], month: int
) -> None:
    count = group.size
    size = _sizes(p, rng, group)
    middle = np.where(size <= COUPLE, p.number("people.head_age_small"), p.number("people.head_age"))
    head = np.clip(middle + p.number("people.head_age_spread") * rng.standard_normal(count), *HEAD_AGES)
    younger, spread = p.numbers("people.spouse_younger")
    age = np.zeros((count, SLOTS))
    relation = np.zeros((count, SLOTS), np.int8)
    age[:, 0], relation[:, 0] = head, HEAD
    spouse = head - younger + spread * rng.standard_normal(count)
    couple = (size == COUPLE) | (rng.random(count) >= p.number("people.single_heads"))
    elders = rng.random((count, SLOTS))
    earliest, latest = p.numbers("people.first_child")
    born_at = earliest + (latest - earliest) * rng.random(count)
    generation = p.number("people.generation")
    parents, children = np.zeros(count), np.zeros(count)
    for slot in range(1, SLOTS):
        wed = couple & (slot == 1)
        parent = (elders[:, slot] < p.number("people.with_parent")) & (parents < PARENTS)
        parent &= (head + generation < OLDEST_PARENT) & ~wed
        child_age = head - born_at - p.number("people.child_gap") * children + rng.standard_normal(count)
        grand = (child_age > generation) & (slot >= GRANDCHILDREN_FROM)
        born = [spouse, head + generation, child_age - generation]
        age[:, slot] = np.select([wed, parent, grand], born, child_age)
        relation[:, slot] = np.select([wed, parent, grand], [SPOUSE, PARENT, GRANDCHILD], CHILD)
        parents, children = parents + parent, children + ~(parent | wed)
    age = np.clip(age, 0.1, OLDEST)
    there = np.arange(SLOTS) < size[:, None]
    lived = slice(0, count)
    state.number[lived] = np.where(there, np.arange(SLOTS), -1)
    state.numbers[lived] = size
    state.birth[lived] = np.round(month - age * MONTHS)
    state.relation[lived] = relation
    woman = rng.random((count, SLOTS)) < p.number("people.girls")
    woman[:, 0] = rng.random(count) < p.number("people.women_heads")
    woman[couple, 1] = ~woman[couple, 0]
    state.woman[lived] = woman
    grown = (relation == CHILD) & (age > p.number("people.first_child_wed"))
    at_home = grown & (rng.random((count, SLOTS)) < p.number("people.grown_wed"))
    head_wed = (relation == HEAD) & (couple & (size > 1))[:, None]
    state.married[lived] = (relation == SPOUSE) | head_wed | at_home


def _sizes(p: Parameters, rng: np.random.Generator, group: NDArray[np.str_]) -> NDArray[np.int64]:
    lot = rng.random(group.size)
    of = {name: np.searchsorted(np.cumsum(p.numbers(f"people.sizes_{name}")), lot) for name in SIZES}
    drawn = np.select([group == "exited", group == "ordinary"], [of["exited"], of["ordinary"]], of["poor"])
    return np.asarray(drawn.clip(0, SLOTS - 1) + 1)


def _minds(
    state: State, p: Parameters, rng: np.random.Generator, group: NDArray[np.str_], month: int
) -> None:
    lived = slice(0, group.size)
    age = state.age(month)[lived]
    years = np.floor(age).astype(np.int64)
    lot = rng.random(age.shape)
    stage = stage_at(years)
    stage[(stage == SENIOR) & (lot >= p.number("schooling.senior"))] = NOT_STUDENT
    goes_on = p.number("schooling.senior") * p.number("schooling.tertiary")
    stage[(stage == TERTIARY) & (lot >= goes_on)] = NOT_STUDENT
    state.student[lived] = stage
    state.grade[lived] = grade_at(years, stage)
    old, grown = (np.cumsum(p.numbers(f"schooling.levels_{name}")) for name in ("old", "grown"))
    last = len(LEVELS) - 1
    of_old, of_grown = (LEVELS[np.searchsorted(shares, lot).clip(0, last)] for shares in (old, grown))
    levels = np.where(age > p.number("schooling.old_from"), of_old, of_grown)
    done = np.select(
        [years < JUNIOR_AT, years < SENIOR_AT, years < TERTIARY_AT], [0, DONE_PRIMARY, DONE_JUNIOR], levels
    )
    state.schooling[lived] = np.where(stage == TERTIARY, DONE_SENIOR, done)
    state.steady[lived] = rng.random(age.shape)
    state.skill[lived] = p.number("work.skill_spread") * rng.standard_normal(age.shape)


def _bodies(
    state: State, p: Parameters, rng: np.random.Generator, group: NDArray[np.str_], month: int
) -> None:
    lived = slice(0, group.size)
    age = state.age(month)[lived]
    there = state.there[lived]
    older = np.exp(p.number("health.age_slope") * (age - 40))
    wearing = np.exp(p.number("health.chronic_slope") * (age - 40))
    lot = rng.random(age.shape)
    frail = np.where(_poor(group), p.number("health.frail"), 1.0)[:, None]
    serious = p.number("health.serious_stock") * older * frail
    chronic = serious + p.number("health.chronic_stock") * wearing * frail
    health = np.where(lot < serious, SERIOUS, np.where(lot < chronic, CHRONIC, HEALTHY))
    state.health[lived] = np.where(there, health, HEALTHY)
    state.ill_since[lived][health == SERIOUS] = month - MONTHS // 2
    usual = np.where(group == "ordinary", p.number("health.disabled_ordinary"), frail[:, 0])[:, None]
    share = p.number("health.disabled_stock") * usual * np.clip(older, *DISABLED_BOUNDS)
    marked = there & (rng.random(age.shape) < share)
    grade = rng.integers(1, 5, age.shape).astype(np.int8)
    state.disability[lived] = np.where(marked, grade, 0)
    uninsured = (rng.random(age.shape) < p.number("health.uninsured")) & (group == "ordinary")[:, None]
    state.insured[lived] = ~uninsured


def _goods(
    state: State, p: Parameters, rng: np.random.Generator, group: NDArray[np.str_], line: float
) -> None:
    count, poor = group.size, _poor(group)
    lived = slice(0, count)
    people = state.people[lived]
    start = np.where(poor, p.number("money.poor_start"), 0.0)
    state.fortune[lived] = p.number("money.fortune_spread") * rng.standard_normal(count) - start
    shares = np.cumsum(p.numbers("land.products"))
    product = np.searchsorted(shares, rng.random(count)).clip(0, shares.size - 1)
    state.product[lived] = product
    hands = (people / MEAN_SIZE) ** p.number("land.size_power")
    usual = p.number("land.scale") * hands * np.where(product == GRAIN, p.number("land.grain_scale"), 1.0)
    spread, field = p.number("land.scale_spread"), p.number("land.field") * hands
    state.scale[lived] = np.round(usual * np.exp(spread * rng.standard_normal(count)), -1)
    wide = np.exp(p.number("land.field_spread") * rng.standard_normal(count))
    state.field[lived] = np.round(field * wide, -1)
    state.thrift[lived] = rng.random(count)
    luck = np.exp(p.number("money.savings_spread") * rng.standard_normal(count))
    worth = p.number("money.savings_start") * luck * np.where(poor, p.number("money.savings_poor"), 1.0)
    state.savings[lived] = np.round(line * people * worth)
    state.house[lived] = np.where(rng.random(count) < p.number("people.house_sound"), 0, 1)
    state.water[lived] = rng.random(count) > p.number("people.water_poor")
    often = np.where(poor, p.number("help.allowance_poor"), group == "exited")
    drawn = rng.random(count) < p.number("help.allowance_stock") * often
    each = p.number("help.allowance_least") * (1 + rng.random(count))
    state.allowance[lived] = np.where(drawn, np.round(each * people, -1), 0.0)


def _poor(group: NDArray[np.str_]) -> NDArray[np.bool_]:
    return np.isin(group, ("not_exited", "edge"))


def _jobs(state: State, p: Parameters, rng: np.random.Generator, group: NDArray[np.str_], month: int) -> None:
    lived = slice(0, group.size)
    able, steady = state.able(month)[lived], state.steady[lived]
    lot = rng.random(able.shape)
    keen = steady > p.number("work.stays_home")
    most = np.where(able, steady, -1.0).argmax(axis=1)
    alone = ~(able & keen).any(axis=1) & (rng.random(group.size) < p.number("work.pressed"))
    keen[alone, most[alone]] = True
    oldest, youngest = p.numbers("work.at_start")
    young = fading(p, state.age(month)[lived])
    works = able & keen & (lot < oldest + (youngest - oldest) * young)
    near = rng.random(able.shape) > p.number("work.goes_away")
    state.work[lived] = np.where(works, np.where(near, NEAR, AWAY), NO_WORK)
    post = (rng.random(group.size) < p.number("work.post_stock")) & (group == "exited")
    free = able & ~works
    row = np.flatnonzero(post & free.any(axis=1))
    slot = free[row].argmax(axis=1)
    state.work[row, slot] = POST
    state.until[row, slot] = month + MONTHS + rng.integers(0, MONTHS, group.size)[row]
