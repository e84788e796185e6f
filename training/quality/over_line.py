"""Just over the line: whether more incomes lie there than the smooth course of their distribution has it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from features.lines import monthly_lines
from training.quality.finding import FEWEST, Cases, Figure, Finding, More, Part, found
from training.quality.incomes import Surveys
from training.quality.known import Known, Rows

WIDTH = 0.05
LOWEST, HIGHEST = 0.6, 1.5
MOVED = (0.9, 1.05)
"""Where figures may have been lifted from and to; these bins do not tell what would be expected."""
_BITS = 16
_STEPS = 50
FEN = 100.0


def over_line(known: Known, asked: Surveys) -> Iterator[Finding]:
    """Test for incomes lifted over the line.

    Notes
    -----
    Surveys are counted in bins of 0.05 lines. A Poisson regression of the counts on a parabola, without the
    bins from 0.90 to 1.05, gives what is expected in the bin over the line and in the one under it. Given how
    many lie in the two together, the number over the line is binomial.

    References
    ----------
    McCrary (2008), Manipulation of the running variable in the regression discontinuity design: a density
    test, J. Econometrics 142: 698-714. Kleven (2016), Bunching, Annual Review of Economics 8: 435-464 (the
    counterfactual without the bins that may have been moved).
    """
    ratio = to_line(known, asked)
    edges = np.round(np.arange(LOWEST, HIGHEST + WIDTH / 2, WIDTH), 2)
    counts = np.histogram(ratio[~np.isnan(ratio)], edges)[0].astype(np.float64)
    smooth = expected(counts, edges)
    over = int(np.searchsorted(edges, 1.0))
    share = float(smooth[over] / (smooth[over] + smooth[over - 1])) if smooth.any() else 0.5
    near = np.flatnonzero((ratio >= edges[over - 1]) & (ratio < edges[over + 1]))
    hit = ratio[near] >= 1.0

    def further(some: Rows) -> More:
        if some.size < FEWEST:
            return {"expected_share": share, "p_value": None}
        tail = float(binom.sf(int(hit[some].sum()) - 1, some.size, share))
        return {"expected_share": share, "p_value": tail}

    parts = [
        Part({"from": f"{low:.2f}", "to": f"{high:.2f}"}, _bin(int(n), int(counts.sum()), float(like)))
        for low, high, n, like in zip(edges[:-1], edges[1:], counts, smooth, strict=True)
    ]
    cases = Cases("incomes", asked.at[near], hit)
    yield found(known, "over_line", cases, parts=parts, further=further, by_chance=share)


def to_line(known: Known, asked: Surveys) -> NDArray[np.float64]:
    """Return net income a head over the line of the last month; NaN where people or line are unknown."""
    areas, area = np.unique(known.grid[asked.household], return_inverse=True)
    months, month = np.unique(asked.end.astype("datetime64[M]"), return_inverse=True)
    amount, oecd = monthly_lines(known.tables, areas, months, known.as_of)
    amount[:, oecd] = np.nan
    line = amount[month, area] / FEN * asked.months * _people(known, asked)
    ratio: NDArray[np.float64] = asked.net() / line
    return ratio


def expected(counts: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smooth course of counts in bins, told by those away from the line; zeros where none are."""
    middle = (edges[1:] + edges[:-1]) / 2
    told = (middle < MOVED[0]) | (middle > MOVED[1])
    if not counts[told].sum():
        return np.zeros_like(counts)
    X = np.stack([np.ones_like(middle), middle - 1.0, (middle - 1.0) ** 2], axis=1)
    beta = np.array([np.log(counts[told].mean()), 0.0, 0.0])
    for _ in range(_STEPS):
        mu = np.exp(np.clip(X[told] @ beta, -20.0, 20.0))
        working = X[told] @ beta + (counts[told] - mu) / mu
        beta = np.linalg.lstsq(X[told] * np.sqrt(mu)[:, None], working * np.sqrt(mu), rcond=None)[0]
    smooth: NDArray[np.float64] = np.exp(np.clip(X @ beta, -20.0, 20.0))
    return smooth


def _people(known: Known, asked: Surveys) -> NDArray[np.float64]:
    """Return the people of each survey's household, as last counted by the day it was taken."""
    taken = known.column("incomes", "occurred_on")[asked.at]
    counted = _key(known.household("compositions"), known.column("compositions", "occurred_on"))
    people = np.full(asked.at.size, np.nan)
    if not counted.size:
        return people
    order = np.argsort(counted, kind="stable")
    wanted = _key(asked.household, taken)
    place = np.searchsorted(counted[order], wanted, side="right") - 1
    at = order[np.maximum(place, 0)]
    there = (place >= 0) & (known.household("compositions")[at] == asked.household)
    people[there] = known.column("compositions", "people")[at[there]]
    return people


def _key(household: Rows, day: NDArray[np.datetime64]) -> Rows:
    key: Rows = household << _BITS | np.clip(day.astype("datetime64[D]").astype(np.int64), 0, 2**_BITS - 1)
    return key


def _bin(count: int, of: int, like: float) -> Figure:
    return Figure(count, of, None, None, None, count, {"expected": like})
