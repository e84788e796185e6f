"""What strikes a place from outside: disasters, prices of the season, the epidemic of 2020."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.tables.shocks import DISASTERS
from training.county.parameters import Parameters

BURN_IN = 12
"""Months lived before the first told one: income is looked at over the last twelve."""
PRODUCTS = ("grain", "orange", "plum", "tobacco", "pig")
KIND_CODES = {code.id: index for index, code in enumerate(DISASTERS.column("kind").codes)}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds a township in one month.

    Parameters
    ----------
    loss_share : float
        Share of its crops that an affected household loses; 0 in a quiet month.
    disaster_kind : int
        Code of the table ``disasters``, -1 in a quiet month.
    price : ndarray, shape (villages, products)
        What a product brings, to a usual year (1).
    epidemic : float
        How much life stands still, 0 to 1.
    """

    loss_share: float
    disaster_kind: int
    price: Floats
    epidemic: float


def drawn_surroundings(
    p: Parameters,
    rng: np.random.Generator,
    m: int,
    start: np.datetime64,
    copies: int,
    before: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Draw a month's surroundings anew for each copy of a household.

    Parameters
    ----------
    p : Parameters
    rng : Generator
        Gives the same number of draws in every month.
    m : int
        Month.
    start : datetime64[M]
        Month 0.
    copies : int
    before : ndarray, shape (copies, products), optional
        Prices of the month before: a season's price holds until the next season opens. Without them all are
        drawn.

    Returns
    -------
    loss_share : ndarray, shape (copies,)
    price : ndarray, shape (copies, products)
        The epidemic, whose calendar is known, is in it.
    """
    weather = rng.random((copies, 3))
    common = rng.standard_normal((copies, len(PRODUCTS)))
    own = rng.random((2, copies, len(PRODUCTS)))
    loss_share, _ = struck(p, np.full(copies, m), start, weather)
    price = season_factor(p, common, own[0], own[1])
    then, now = epidemic_price(p, np.array([m - 1, m]), start)
    if before is not None:
        price = np.where(seasons(p, np.array([m]), start), price, before / then)
    return loss_share, price * now


def struck(
    p: Parameters, months: NDArray[np.int64], start: np.datetime64, u: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """Return loss share and kind of disaster from uniform draws.

    Parameters
    ----------
    p : Parameters
    months : ndarray of int, shape (n,)
    start : datetime64[M]
    u : ndarray, shape (n, 3)
        Whether, which kind, how much.

    Notes
    -----
    The chance that a township is struck in a year is the share of households affected over the share that is
    affected where it strikes; kinds have their months.
    """
    kinds = p.names("disasters.kinds")
    calendars = np.array([p.numbers(f"disasters.calendar_{kind}") for kind in kinds])
    a_year = p.number("disasters.affected") / p.number("disasters.reach")
    chance = a_year * (p.numbers("disasters.kinds")[:, None] * calendars)[:, of_year(months, start)].T
    upto = np.cumsum(chance, axis=1)
    hit = u[:, 0] < upto[:, -1]
    which = (u[:, 1:2] * upto[:, -1:] >= upto[:, :-1]).sum(axis=1)
    least, most = p.numbers("disasters.loss")
    codes = np.array([KIND_CODES[kind] for kind in kinds])
    loss = np.where(hit, least * (most / least) ** u[:, 2], 0.0)
    return loss, np.where(hit, codes[which], -1).astype(np.int8)


def season_factor(p: Parameters, common: Floats, fails: Floats, depth: Floats) -> Floats:
    """Return what the products of a season bring, to a usual one.

    Parameters
    ----------
    p : Parameters
    common : ndarray, shape (..., products)
        Standard normal draws: usual ups and downs, mean 1.
    fails, depth : ndarray, shape (..., products)
        Uniform draws: whether the harvest stays unsold, and how badly.
    """
    spread = p.numbers("prices.spread")
    usual = np.exp(spread * common - spread**2 / 2)
    least, most = p.numbers("prices.unsold_factor")
    return np.where(fails < p.numbers("prices.unsold"), least + (most - least) * depth, usual)


def seasons(p: Parameters, months: NDArray[np.int64], start: np.datetime64) -> NDArray[np.bool_]:
    """Return by month and product whether a season opens."""
    opens = p.numbers("prices.season_opens").astype(np.int64) - 1
    return np.asarray(of_year(months, start)[:, None] == opens)


def epidemic_severity(p: Parameters, months: NDArray[np.int64], start: np.datetime64) -> Floats:
    """Return how much life stands still by month, 0 to 1."""
    year, month = p.numbers("epidemic.begins").astype(np.int64).tolist()
    severity = p.numbers("epidemic.severity")
    since = (start.astype("datetime64[M]") + months).astype(np.int64) - ((year - 1970) * 12 + month - 1)
    within = (since >= 0) & (since < severity.size)
    return np.where(within, severity[np.clip(since, 0, severity.size - 1)], 0.0)


def epidemic_price(p: Parameters, months: NDArray[np.int64], start: np.datetime64) -> Floats:
    """Return by month and product what the epidemic leaves of its price."""
    lost = 1.0 - p.numbers("epidemic.price_factor")
    return np.asarray(1.0 - epidemic_severity(p, months, start)[:, None] * lost)


def of_year(months: NDArray[np.int64], start: np.datetime64) -> NDArray[np.int64]:
    """Return the month of the year, 0 for January."""
    return np.asarray((start.astype("datetime64[M]") + months).astype(np.int64) % 12)
