"""Orchards, tobacco, pigs and grain bear in their season; prices fall by village; floods take a share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.tables.visits import VISITS
from training.county.ages import MONTHS
from training.county.now import Now
from training.county.places import PRODUCTS
from training.county.rules import DISASTER_RULE, HOUSING_RULE, SALES_RULE
from training.county.state import NO_WORK, State

UNSAFE = VISITS.column("house_grade").code("c")


@dataclass(frozen=True)
class Farmed:
    """What the land brought and cost this month [yuan]; arrays of shape (households,).

    Parameters
    ----------
    gross, cost : ndarray of float64
    repair : ndarray of float64
        Paid to repair house and fields.
    """

    gross: NDArray[np.float64]
    cost: NDArray[np.float64]
    repair: NDArray[np.float64]


def farm(state: State, now: Now) -> Farmed:
    """Let a month on the land pass; the state is changed in place."""
    lot, luck = now.each("land", len(state)), now.normal("land", len(state))
    repair = _disaster(state, now, lot)
    _fail(state, now, 1 - lot)
    p = now.p
    season = np.array([p.numbers(f"land.calendar_{product}")[now.calendar] for product in PRODUCTS])
    at_home = np.minimum((state.able(now.index) & (state.work == NO_WORK)).sum(axis=1), 2)
    hands = np.array([p.number("land.nobody_home"), 1.0, p.number("land.many_home")])[at_home]
    level = now.yields * np.exp(state.fortune) * hands
    standing = 1 - state.damage_share * (now.index - state.damaged < MONTHS)
    failed = np.where(now.index - state.unsold < MONTHS, 1 - p.number("land.failure_takes"), 1.0)
    price = np.minimum(now.price, failed)
    noise = np.exp(p.number("land.harvest_spread") * luck - 0.5 * p.number("land.harvest_spread") ** 2)
    main = state.scale * season[state.product] * price * standing * noise
    grain = state.field * season[0] * standing * noise
    ratio = np.array([p.number(f"land.cost_{product}") for product in PRODUCTS])
    cost = (state.scale * ratio[state.product] + state.field * ratio[0]) / 12 * now.yields
    _sales_rule(state, now, main, season)
    return Farmed(np.round((main + grain) * level), np.round(cost * hands), repair)


def _disaster(state: State, now: Now, lot: NDArray[np.float64]) -> NDArray[np.float64]:
    p = now.p
    hit = state.alive & (now.loss_share > 0) & (lot < p.number("disasters.reach"))
    within = np.clip(lot / p.number("disasters.reach"), 0.0, 1.0)
    least, most = p.numbers("land.hit")
    taken = np.minimum(now.loss_share * (least + (most - least) * within), p.number("land.most_lost"))
    state.damage_share[hit] = taken[hit]
    state.damaged[hit] = now.index
    crop = (state.scale + state.field) * now.yields * taken
    house = hit & (within > 1 - p.number("land.house_damaged"))
    repair = np.where(hit, np.round(crop * p.number("land.clearing"), -1), 0.0)
    cost = p.number("land.house_cost") * (0.5 + within)
    repair = np.where(house, repair + np.round(cost * (1 - p.number("land.house_aid")), -2), repair)
    state.house[house] = UNSAFE
    row = np.flatnonzero(hit)
    now.note("damage", row, kind=now.disaster[row], amount=repair[row], house=house[row])
    grave = row[(taken[row] > p.number("rules.crop_loss")) & (crop[row] > p.number("rules.crop_value"))]
    now.note("trigger", grave, kind=DISASTER_RULE, value=np.round(crop[grave]), number=-1)
    row = np.flatnonzero(house)
    now.note("trigger", row, kind=HOUSING_RULE, value=np.nan, number=-1)
    mended = (state.house == UNSAFE) & (now.index - state.damaged >= p.number("land.house_mended"))
    state.house[mended] = 0
    return repair


def _fail(state: State, now: Now, lot: NDArray[np.float64]) -> None:
    """Let a pest, a cheat or a broken cooperative end a household's harvest."""
    row = np.flatnonzero(state.alive & (state.scale > 0) & (lot < now.monthly("land.failure")))
    state.unsold[row] = now.index


def _sales_rule(state: State, now: Now, main: NDArray[np.float64], season: NDArray[np.float64]) -> None:
    p = now.p
    selling = season[state.product] > p.number("rules.selling_month")
    poor = state.alive & selling & (now.price < 1 - p.number("rules.price_fall"))
    fresh = poor & (now.index - state.unsold > MONTHS)
    state.unsold[poor & (now.index - state.unsold > MONTHS)] = now.index
    row = np.flatnonzero(fresh & (state.scale * now.yields > p.number("rules.crop_value")))
    now.note("trigger", row, kind=SALES_RULE, value=np.round(main[row]), number=-1)
