"""What may become of a household from a day on: the same life, forked many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.county.diary import Nobody
from training.county.life import Calendar, Outside, month_of
from training.county.month import pass_month
from training.county.now import TOPICS
from training.county.office import at_risk
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.state import State
from training.county.streams import Streams
from training.county.surroundings import drawn_surroundings, epidemic_severity

HORIZONS = (6, 12)
TARGETS = ("entry", "need", "income", "hardship")
HELPING = {"practised": 1, "none": 0}
HELP = tuple(HELPING)

COPIES = 48_000
"""Copies of households that live at once; bounds the memory (about 150 MB)."""


@dataclass(frozen=True)
class Chances:
    """True chances of some households.

    Parameters
    ----------
    rows : ndarray of int, shape (households,)
        Their rows in the township.
    mean, error, first, second : ndarray, shape (households, ways of helping, targets, horizons)
        The chance, its standard error, and the chances by either half of the forks.
    """

    rows: NDArray[np.int64]
    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


def sampled(state: State, month: int, wanted: int, streams: Streams) -> NDArray[np.int64]:
    """Return rows of households at risk of entry after a month, in one random order for all months."""
    order = streams.of("chances sample").permutation(len(state))
    return np.sort(order[at_risk(state, month)[order]][:wanted])


def fork(
    place: Place, calendar: Calendar, state: State, rows: NDArray[np.int64], month: int, forks: int,
    seed: int, ways: Sequence[str] = HELP,
) -> Chances:  # fmt: skip
    """Live the next twelve months of some households many times, with help as practised and with none.

    Parameters
    ----------
    place : Place
    calendar : Calendar
    state : State
        At the end of ``month``.
    rows : ndarray of int
    month : int
    forks : int
        How many times; at least two.
    seed : int
    ways : sequence of {"practised", "none"}
        Of helping. What comes of one does not depend on which others are lived.

    Notes
    -----
    Both ways of helping meet the same draws. The chance of an entry is the sum, over the months of
    a fork in which the household is still at risk, of the chance of that month given the life up
    to it: its mean over forks is the chance of an entry, and varies less than a count. The days of
    approval, the keenness of the office and the calendar are those of the main life; weather and
    prices are drawn anew for each fork.
    """
    shape = (rows.size, len(ways), len(TARGETS), len(HORIZONS))
    mean, error, first, second = (np.zeros(shape) for _ in range(4))
    block = max(1, COPIES // forks)
    for at in range(0, rows.size, block):
        some = rows[at : at + block]
        streams = Streams(seed, place.index, month + 1_000, at // block)
        for way, name in enumerate(ways):
            outcome = _live(place, calendar, state, some, month, forks, streams, HELPING[name])
            seen = outcome.reshape(some.size, forks, len(TARGETS), len(HORIZONS))
            here = slice(at, at + some.size)
            mean[here, way] = seen.mean(axis=1)
            error[here, way] = seen.std(axis=1, ddof=1) / np.sqrt(forks)
            first[here, way] = seen[:, : forks // 2].mean(axis=1)
            second[here, way] = seen[:, forks // 2 :].mean(axis=1)
    return Chances(rows, mean, error, first, second)


def _live(
    place: Place, calendar: Calendar, state: State, rows: NDArray[np.int64], month: int, forks: int,
    streams: Streams, helping: int,
) -> NDArray[np.float64]:  # fmt: skip
    """Return what came of each copy, shape (copies, targets, horizons); one that is gone met nothing."""
    copies = state.take(np.repeat(rows, forks))
    copies.granted[:] = 0.0
    draws = {topic: streams.of(f"fork {topic}") for topic in TOPICS}
    weather = streams.of("fork weather")
    price = place.surroundings(month).price[copies.village]
    outcome = np.zeros((len(copies), len(TARGETS), len(HORIZONS)))
    p = calendar.p
    for index in range(month + 1, month + 1 + max(HORIZONS)):
        outside, price = _outside(p, weather, index, calendar, copies, price)
        now = month_of(calendar, index, draws, Nobody(), outside, helping=helping, watch=month)
        lived = pass_month(copies, now)
        for place_of, horizon in enumerate(HORIZONS):
            if now.review <= month + horizon:
                outcome[:, 0, place_of] += lived.chance
            if index <= month + horizon:
                outcome[:, 1, place_of] += lived.chance
            if index == month + horizon:
                outcome[:, 2:, place_of] = _year(copies, now.line, p.number("need.hardship"))
    return outcome


def _outside(
    p: Parameters, weather: np.random.Generator, index: int, calendar: Calendar, copies: State,
    before: NDArray[np.float64],
) -> tuple[Outside, NDArray[np.float64]]:  # fmt: skip
    loss, price = drawn_surroundings(p, weather, index, calendar.start, len(copies), before)
    own = price[np.arange(len(copies)), copies.product]
    severity = float(epidemic_severity(p, np.array([index]), calendar.start)[0])
    kind = np.where(loss > 0, 0, -1).astype(np.int8)
    return Outside(loss, kind, own, severity), price


def _year(state: State, line: float, share: float) -> NDArray[np.float64]:
    """Return whether income without later grants is under the line, and whether spending is too much."""
    people = np.maximum(state.people, 1)
    under = (state.net.sum(axis=1) - state.granted) / people < line
    rigid = state.medical.sum(axis=1) + state.other_rigid.sum(axis=1)
    hard = rigid > share * state.gross.sum(axis=1)
    return np.stack([under & state.alive, hard & state.alive], axis=1).astype(np.float64)
