"""What surrounds the households: areas, income lines, disasters and prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.tables.areas import AREAS, LINES
from features.tables.shocks import DISASTERS, PRICES
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.facts import code, delay, facts
from training.county.streams import COUNTY, Streams

NATION = "CN"
AREA, LINE, DISASTER, PRICE = "A", "L", "Z", "P"
"""With what record ids begin."""
MIDDLE = 14
"""A month's price is noted in its middle; days from the first."""


@dataclass(frozen=True)
class _County:
    code: str


def county_context(
    places: Sequence[Place], p: Parameters, seed: int, months: int, start: np.datetime64
) -> Tables:
    """Return what holds for the whole county: ``areas`` and ``lines``.

    Parameters
    ----------
    places : sequence of Place
        All townships.
    p : Parameters
    seed : int
        Seed of the county.
    months : int
        Told months.
    start : datetime64[M]
        The first of them.
    """
    county = _County(places[0].county)
    villages = sum(place.villages.size for place in places)
    lot = Streams(seed, COUNTY).of("records.context.ethnic").random(villages)
    return {
        "areas": _areas(county, places, start, lot < p.number("records.context.ethnic")),
        "lines": _lines(county, p, start, months),
    }


def context(
    place: Place, p: Parameters, start: np.datetime64, months: int, rng: np.random.Generator
) -> Tables:
    """Return what is told of one township and its villages: ``disasters`` and ``prices``."""
    struck, market = (_told(rows, start, months) for rows in (place.disasters, place.prices))
    within = np.floor(rng.random(struck["day"].size) * struck["days"]).astype(np.int64)
    struck_on, priced_on = struck["day"] + within, market["day"] + MIDDLE
    return {
        "disasters": facts(
            DISASTERS,
            place,
            DISASTER,
            np.full(struck_on.size, place.code),
            struck_on,
            struck_on + delay(p.numbers("records.context.disaster_days"), rng, struck_on.size),
            "emergency",
            kind=struck["kind"],
            loss_share=struck["loss_share"],
        ),
        "prices": facts(
            PRICES,
            place,
            PRICE,
            market["village"],
            priced_on,
            priced_on + delay(p.numbers("records.context.price_days"), rng, priced_on.size),
            "agriculture",
            product=[code(PRICES, "product", name) for name in market["product"].tolist()],
            **{name: market[name] for name in ("price", "sold_share")},
        ),
    }


def _told(rows: dict[str, NDArray[Any]], start: np.datetime64, months: int) -> dict[str, NDArray[Any]]:
    """Return the rows of told months, with the first day of the month and how many it has."""
    told = (rows["month"] >= 0) & (rows["month"] < months)
    kept = {name: values[told] for name, values in rows.items()}
    first = start.astype("datetime64[M]") + kept["month"]
    kept["day"] = first.astype("datetime64[D]")
    kept["days"] = ((first + 1).astype("datetime64[D]") - kept["day"]).astype(np.int64)
    return kept


def _areas(
    county: _County, places: Sequence[Place], start: np.datetime64, ethnic: NDArray[np.bool_]
) -> Facts:
    """Return the areas from the nation down; ``ethnic`` tells of each village of the county."""
    rows = [(NATION, "", "nation", -1, -1), (county.code, NATION, "county", -1, -1)]
    told = iter(ethnic.tolist())
    for place in places:
        rows.append((place.code, county.code, "township", -1, -1))
        marks = [(int(far), int(next(told))) for far in place.remote.tolist()]
        villages = place.villages.tolist()
        rows += [
            (village, place.code, "village", *mark) for village, mark in zip(villages, marks, strict=True)
        ]
        rows += [
            (grid, villages[v], "grid", *marks[v])
            for grid, v in zip(place.grids.tolist(), place.grid_village.tolist(), strict=True)
        ]
    area, parent, level, remote, minority = zip(*rows, strict=True)
    since = np.full(len(rows), start.astype("datetime64[D]"))
    return facts(
        AREAS,
        county,
        AREA,
        np.array(area),
        since,
        since,
        "statistics",
        parent=np.array(parent),
        level=[code(AREAS, "level", name) for name in level],
        remote=remote,
        ethnic_majority=minority,
    )


def _lines(county: _County, p: Parameters, start: np.datetime64, months: int) -> Facts:
    """Return the line of each year; all but the first are published some time into their year."""
    first, last = (start.astype("datetime64[M]") + month for month in (0, months - 1))
    years = np.arange(first.astype("datetime64[Y]"), last.astype("datetime64[Y]") + 1)
    valid_from = years.astype("datetime64[D]")
    published = np.full(years.size, round(p.number("records.context.line_days")))
    published[0] = 0
    listed = np.array([int(name) for name in p.names("lines.amount")])
    which = np.clip(np.searchsorted(listed, years.astype(np.int64) + 1970, side="right") - 1, 0, None)
    return facts(
        LINES,
        county,
        LINE,
        np.full(years.size, county.code),
        valid_from,
        valid_from + published,
        "county",
        valid_from=valid_from,
        amount=p.numbers("lines.amount")[which],
        basis=code(LINES, "basis", "per_head"),
        period=code(LINES, "period", "year"),
        currency="CNY",
    )
