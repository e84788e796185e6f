"""The county's map: townships with their villages, grids and households, and what strikes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import Usage
from training.county.parameters import Parameters
from training.county.streams import COUNTY, Streams
from training.county.surroundings import (
    BURN_IN,
    KIND_CODES,
    PRODUCTS,
    Surroundings,
    drawn_surroundings,
    epidemic_price,
    epidemic_severity,
    of_year,
    season_factor,
    seasons,
    struck,
)

__all__ = ["BURN_IN", "PRODUCTS", "Place", "Surroundings", "drawn_surroundings", "places"]

ORIGINS = ("exited", "not_exited", "edge", "ordinary")
COUNTY_CODE = "C01"


@dataclass(frozen=True, eq=False)
class Place:
    """A township.

    Parameters
    ----------
    index : int
        From 0; also the place of its random streams.
    code, county : str
    villages, grids : ndarray of str
        Their codes.
    grid_village : ndarray of int, shape (grids,)
        Index of the village of each grid.
    diligence : ndarray, shape (grids,)
        Share of what is due that the grid's keeper does; the mean of the township is 1.
    remote : ndarray of bool, shape (villages,)
    households : dict of str to int
        How many of each origin: ``exited``, ``not_exited``, ``edge``, ``ordinary``.
    weight : float
        Ordinary households that one of the sample stands for.
    disasters : dict of arrays
        Columns ``month`` (0 is the first told, burn-in below it), ``kind`` (code of the table ``disasters``),
        ``loss_share`` (NaN for an epidemic).
    prices : dict of arrays
        Columns ``month``, ``village``, ``product``, ``price`` [yuan/kg], ``sold_share``, in harvest months.
    loss_share, disaster_kind, epidemic : ndarray, shape (burn-in and told months,)
        0, -1 and 0 in a quiet month.
    price : ndarray, shape (burn-in and told months, villages, products)
        What a product brings, to a usual year.
    """

    index: int
    code: str
    county: str
    villages: NDArray[np.str_]
    grids: NDArray[np.str_]
    grid_village: NDArray[np.int64]
    diligence: NDArray[np.float64]
    remote: NDArray[np.bool_]
    households: dict[str, int]
    weight: float
    disasters: dict[str, NDArray[np.generic]]
    prices: dict[str, NDArray[np.generic]]
    loss_share: NDArray[np.float64]
    disaster_kind: NDArray[np.int8]
    epidemic: NDArray[np.float64]
    price: NDArray[np.float64]

    def surroundings(self, m: int) -> Surroundings:
        """Return what surrounds the township in a month from ``-BURN_IN`` on."""
        if not -BURN_IN <= m < self.epidemic.size - BURN_IN:
            raise IndexError(f"month {m} is not among those drawn")
        t = m + BURN_IN
        return Surroundings(
            float(self.loss_share[t]), int(self.disaster_kind[t]), self.price[t], float(self.epidemic[t])
        )


@dataclass(frozen=True)
class Outline:
    """How many of what a township has, before anything in it is drawn."""

    villages: int
    grids: int
    households: dict[str, int]


def places(
    p: Parameters, streams_seed: int, households: int, months: int, start: np.datetime64
) -> tuple[Place, ...]:
    """Return the townships of a county.

    Parameters
    ----------
    p : Parameters
    streams_seed : int
        Seed of the county.
    households : int
        How many in all, from a village's to a million; the four origins keep their proportions.
    months : int
        Months told.
    start : datetime64[M]
        First month told.

    Raises
    ------
    Usage
        If there is no household or no month.
    """
    if households < 1 or months < 1:
        raise Usage("a county needs a household and a month at least")
    outlines = _outlines(p, Streams(streams_seed, COUNTY), households)
    return tuple(
        _place(p, Streams(streams_seed, index), index, outline, months, start.astype("datetime64[M]"))
        for index, outline in enumerate(outlines)
    )


def shared_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return whole numbers in the proportions of the weights that add up to a total, by largest remainder."""
    exact = total * weights / weights.sum()
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:missing]] += 1
    return whole


def _outlines(p: Parameters, streams: Streams, households: int) -> list[Outline]:
    anchors = np.array([p.number(f"households.{origin}") for origin in ORIGINS])
    scale = households / anchors.sum()
    townships = max(
        1,
        min(
            round(p.number("map.townships") * float(np.sqrt(scale))),
            int(households // p.number("map.township_least")),
        ),
        int(np.ceil(households / p.number("map.township_most"))),
    )
    of_origin = shared_out(households, anchors)
    of_township = _households(p, streams, of_origin, townships)
    size = of_township.sum(axis=0)
    villages = _villages(p, streams, size)
    if households <= p.number("map.one_village"):
        villages[:] = 1
    grids = shared_out(max(townships, round(p.number("map.grids") * scale)), size.astype(np.float64))
    return [
        Outline(
            int(villages[i]),
            int(max(villages[i], grids[i])),
            dict(zip(ORIGINS, of_township[:, i].tolist(), strict=True)),
        )
        for i in range(townships)
    ]


def _households(
    p: Parameters, streams: Streams, of_origin: NDArray[np.int64], townships: int
) -> NDArray[np.int64]:
    """Return how many households of each origin live in each township."""
    size = np.exp(p.number("map.township_spread") * streams.of("township sizes").standard_normal(townships))
    poor = np.exp(p.number("map.poverty_spread") * streams.of("poverty").standard_normal(townships))
    weights = {"exited": size * poor, "not_exited": size * poor, "edge": size, "ordinary": size}
    return np.array([shared_out(int(n), weights[o]) for o, n in zip(ORIGINS, of_origin, strict=True)])


def _villages(p: Parameters, streams: Streams, size: NDArray[np.int64]) -> NDArray[np.int64]:
    noise = streams.of("villages").standard_normal(size.size)
    drawn = np.round(p.number("map.villages") + p.number("map.villages_spread") * noise)
    most = size // p.number("map.village_least")
    return np.asarray(np.maximum(1, np.minimum(drawn, most)), dtype=np.int64)


def _place(
    p: Parameters, streams: Streams, index: int, outline: Outline, months: int, start: np.datetime64
) -> Place:
    code = f"{COUNTY_CODE}T{index + 1:02d}"
    villages = np.array([f"{code}V{v + 1:02d}" for v in range(outline.villages)])
    grid_village, grids = _grids(villages, outline.grids)
    told = np.arange(-BURN_IN, months)
    loss_share, kind = struck(p, told, start, streams.of("disasters").random((told.size, 3)))
    severity = epidemic_severity(p, told, start)
    price = _price(p, streams, told, start, villages.size)
    return Place(
        index=index,
        code=code,
        county=COUNTY_CODE,
        villages=villages,
        grids=grids,
        grid_village=grid_village,
        diligence=_diligence(p, streams, grids.size),
        remote=streams.of("remote").random(villages.size) < p.number("map.remote"),
        households=outline.households,
        weight=p.number("households.ordinary_weight"),
        disasters=_disaster_rows(told, loss_share, kind, severity),
        prices=_price_rows(p, told, start, villages, price),
        loss_share=loss_share,
        disaster_kind=kind,
        epidemic=severity,
        price=price,
    )


def _grids(villages: NDArray[np.str_], grids: int) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Return the village of each grid and its code, as evenly spread over the villages as can be."""
    count = shared_out(grids, np.ones(villages.size))
    village = np.repeat(np.arange(villages.size), count)
    codes = [f"{villages[v]}G{g + 1}" for v, n in enumerate(count.tolist()) for g in range(n)]
    return village, np.array(codes)


def _diligence(p: Parameters, streams: Streams, grids: int) -> NDArray[np.float64]:
    noise = p.number("grids.diligence_spread") * streams.of("diligence").standard_normal(grids)
    held = np.clip(1.0 + noise, p.number("grids.diligence_least"), p.number("grids.diligence_most"))
    return np.asarray(held / held.mean())


def _price(
    p: Parameters, streams: Streams, told: NDArray[np.int64], start: np.datetime64, villages: int
) -> NDArray[np.float64]:
    """Return by month, village and product what it brings; a season's price holds until the next opens.

    The usual ups and downs are the township's, a failure is the village's.
    """
    common = streams.of("seasons").standard_normal((told.size, 1, len(PRODUCTS)))
    own = streams.of("unsold").random((told.size, villages, 2, len(PRODUCTS)))
    drawn = season_factor(p, common, own[:, :, 0], own[:, :, 1])
    opened = seasons(p, told, start)
    made_in = np.maximum.accumulate(np.where(opened, np.arange(told.size)[:, None], 0), axis=0)
    held = np.take_along_axis(drawn, made_in[:, None, :], axis=0)
    return np.asarray(held * epidemic_price(p, told, start)[:, None, :])


def _disaster_rows(
    told: NDArray[np.int64],
    loss_share: NDArray[np.float64],
    kind: NDArray[np.int8],
    severity: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    hit, ill = kind >= 0, severity > 0
    month = np.concatenate((told[hit], told[ill]))
    order = np.argsort(month, kind="stable")
    kinds = np.concatenate((kind[hit], np.full(ill.sum(), KIND_CODES["epidemic"], dtype=np.int8)))
    loss = np.concatenate((loss_share[hit], np.full(ill.sum(), np.nan)))
    return {"month": month[order], "kind": kinds[order], "loss_share": loss[order]}


def _price_rows(
    p: Parameters,
    told: NDArray[np.int64],
    start: np.datetime64,
    villages: NDArray[np.str_],
    factor: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    """Return the market's rows: part of a shortfall is a lower price, the rest is not sold."""
    calendar = np.array([p.numbers(f"land.calendar_{product}") for product in PRODUCTS])
    harvest = np.broadcast_to((calendar[:, of_year(told, start)].T > 0)[:, None, :], factor.shape)
    month, village, product = np.nonzero(harvest)
    brought = factor[harvest]
    sold = np.minimum(brought, 1.0) ** (1.0 - p.number("prices.fall_in_price"))
    return {
        "month": told[month],
        "village": villages[village],
        "product": np.array(PRODUCTS)[product],
        "price": p.numbers("prices.usual")[product] * brought / sold,
        "sold_share": sold,
    }
