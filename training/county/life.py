"""The life of one township: from its settlers, month by month, to any day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Listener, Nobody
from training.county.month import Month, pass_month
from training.county.now import NEVER, TOPICS, Generators, Now
from training.county.parameters import Parameters
from training.county.places import BURN_IN, Place
from training.county.population import settlers
from training.county.state import State
from training.county.streams import Streams

SPARE_SHARE = 0.10
"""Rows kept free for households that split off, as a share of the settled ones; and four at least."""

REVIEWS_AHEAD = 48
"""Months for which approvals are drawn beyond the told ones."""


@dataclass(frozen=True)
class Calendar:
    """What is the same for all households of a township: years, lines, levels, days of approval.

    Parameters
    ----------
    start : datetime64[M]
        Month 0.
    p : Parameters
    reviews : ndarray of int
        Months, rising, in which the township brings its clues to approval.
    """

    start: np.datetime64
    p: Parameters
    reviews: NDArray[np.int64]

    def year(self, month: int) -> int:
        """Return the calendar year of a month."""
        return int((self.start + month).astype("datetime64[Y]").astype(np.int64)) + 1970

    def of_year(self, month: int) -> int:
        """Return the month of the year, 0 for January."""
        return int((self.start + month).astype(np.int64)) % 12

    def line(self, month: int) -> float:
        """Return the income line [yuan a head and year]."""
        return float(_yearly(self.p, "lines.amount", self.year(month)))

    def level(self, key: str, month: int) -> float:
        """Return a level against 2020, between the middles of the years."""
        values = self.p.numbers(key)
        first = int(self.p.names(key)[0])
        at = self.year(month) + (self.of_year(month) - 5.5) / 12
        return float(np.interp(at, np.arange(values.size) + first, values))

    def review(self, month: int) -> int:
        """Return the month in which a clue of a month is approved: the first review after it."""
        return int(self.reviews[np.searchsorted(self.reviews, month, side="right")])

    @property
    def opens(self) -> int:
        """The month in which the office begins to enter households."""
        year, month = self.p.numbers("office.opens")
        return int(np.datetime64(f"{int(year)}-{int(month):02d}", "M").astype(np.int64)) - int(
            self.start.astype(np.int64)
        )


def calendar_of(p: Parameters, streams: Streams, start: np.datetime64, months: int) -> Calendar:
    """Return the calendar of a township; its reviews do not depend on how many months are told."""
    drawn = streams.of("reviews").random(BURN_IN + months + REVIEWS_AHEAD)
    held = np.flatnonzero(drawn < p.number("office.review_share")) - BURN_IN
    reviews = np.append(held, months + REVIEWS_AHEAD + np.arange(2))
    return Calendar(start.astype("datetime64[M]"), p, reviews)


def month_of(
    calendar: Calendar, index: int, draws: Generators, listener: Listener, outside: Outside, **more: int
) -> Now:
    """Return a month as households meet it."""
    p = calendar.p
    return Now(
        index=index,
        calendar=calendar.of_year(index),
        year=calendar.year(index),
        p=p,
        draws=draws,
        listener=listener,
        loss_share=outside.loss_share,
        disaster=outside.disaster,
        price=outside.price,
        epidemic=outside.epidemic,
        line=calendar.line(index),
        wages=calendar.level("money.wages", index),
        yields=calendar.level("money.yields", index),
        review=calendar.review(index),
        vigour=float(_yearly(p, "office.vigour", calendar.year(index))),
        open=index > calendar.opens,
        campaign=index == calendar.opens,
        helping=bool(more.get("helping", 1)),
        watch=more.get("watch", NEVER),
    )


@dataclass(frozen=True)
class Outside:
    """What strikes each household from outside in a month; see ``Now``."""

    loss_share: NDArray[np.float64]
    disaster: NDArray[np.int8]
    price: NDArray[np.float64]
    epidemic: float


@dataclass
class Life:
    """A township that lives.

    Parameters
    ----------
    place : Place
    calendar : Calendar
    state : State
        At the end of the month last lived.
    settled : int
        Households at the start; the rows after them are free for those that split off.
    """

    place: Place
    calendar: Calendar
    state: State
    settled: int
    _draws: Generators = field(repr=False)

    def months(self, until: int, listener: Listener) -> Iterator[tuple[Now, Month]]:
        """Live from a year before the first told month; yield each month and what it came to."""
        spare = np.arange(self.settled, len(self.state))
        for index in range(-BURN_IN, until):
            outside = self._outside(index)
            now = month_of(self.calendar, index, self._draws, listener, outside)
            yield now, pass_month(self.state, now, spare)

    def until(self, month: int) -> State:
        """Live to the end of a month without telling anybody."""
        for _ in self.months(month + 1, Nobody()):
            pass
        return self.state

    def _outside(self, index: int) -> Outside:
        around = self.place.surroundings(index)
        households = len(self.state)
        return Outside(
            np.full(households, around.loss_share),
            np.full(households, around.disaster_kind, np.int8),
            around.price[self.state.village, self.state.product],
            around.epidemic,
        )


def settle_down(place: Place, p: Parameters, seed: int, months: int, start: np.datetime64) -> Life:
    """Return a township in which nobody has lived a month yet."""
    streams = Streams(seed, place.index)
    calendar = calendar_of(p, streams, start, months)
    settled = sum(place.households.values())
    spare = max(4, round(SPARE_SHARE * settled))
    state = settlers(place, p, streams, spare, -BURN_IN, calendar.line(-BURN_IN))
    return Life(place, calendar, state, settled, {topic: streams.of(topic) for topic in TOPICS})


def _yearly(p: Parameters, key: str, year: int) -> float:
    values, first = p.numbers(key), int(p.names(key)[0])
    return float(values[int(np.clip(year - first, 0, values.size - 1))])
