"""The level of the last year: moved towards what came, further the more events there were, never in order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.calibration import LogisticCalibration, fit_calibration
from training.learning.levels import PRIOR_EVENTS, of_the_last_year

DAYS = np.array(["2021-12-31", "2022-12-31", "2023-12-31"], dtype="datetime64[D]")


def drawn(rows: int, last: float, seed: int = 0):
    """Draw three years of scores, outcomes, households and days; the last year's log odds are moved."""
    rng = np.random.default_rng(seed)
    as_of = np.repeat(DAYS, rows)
    f = rng.normal(-3.0, 1.0, as_of.size)
    level = np.where(as_of == DAYS[-1], last, 0.0)
    y = (rng.random(as_of.size) < 1.0 / (1.0 + np.exp(-(f + level)))).astype(np.float64)
    household = np.array([f"h{number}" for number in range(as_of.size)])
    return f, y, household, as_of


def expected_over_observed(g: LogisticCalibration, f: np.ndarray, y: np.ndarray) -> float:
    """Return events promised over events that came."""
    return float(g.probability(f).sum() / y.sum())


@pytest.mark.parametrize("last", [-0.7, 0.5])
def test_of_many_events_the_last_year_is_promised_what_came(last):
    """With thousands of events the level is that of the last year, within a hundredth or two."""
    f, y, household, as_of = drawn(60_000, last)
    g = fit_calibration(f, y)
    own = as_of == DAYS[-1]
    moved = of_the_last_year(g, f, y, household, as_of)
    assert abs(expected_over_observed(g, f[own], y[own]) - 1.0) > 0.15
    assert expected_over_observed(moved, f[own], y[own]) == pytest.approx(1.0, abs=0.02)
    assert moved.slope == g.slope


def test_as_many_events_as_the_prior_move_it_half_the_way():
    """Of the log odds by which the last year lies off, n / (n + 25)."""
    f = np.full(3000, -3.0)
    as_of = np.repeat(DAYS, 1000)
    y = np.zeros(3000)
    y[2000 : 2000 + PRIOR_EVENTS] = 1.0
    g = LogisticCalibration(1.0, 0.0)
    moved = of_the_last_year(g, f, y, np.arange(3000).astype(np.str_), as_of)
    share = PRIOR_EVENTS / 1000
    own = math.log(share / (1.0 - share)) + 3.0
    assert moved.intercept == pytest.approx(own / 2, rel=1e-6)


def test_rows_of_one_household_tell_of_one_event():
    """Looked at four times in the year, an event counts once: the level moves less."""
    f, as_of = np.full(3000, -3.0), np.repeat(DAYS, 1000)
    y = np.zeros(3000)
    y[2000:2100] = 1.0
    g, alone = LogisticCalibration(1.0, 0.0), np.arange(3000)
    often = np.where(alone >= 2000, 2000 + alone % 25, alone)
    once, four = (of_the_last_year(g, f, y, each.astype(np.str_), as_of).intercept for each in (alone, often))
    assert 0.0 < four < once


@pytest.mark.parametrize("came", [0.0, 1.0])
def test_a_last_year_of_one_kind_moves_nothing(came):
    """Where nobody, or everybody, had the outcome, no level can be told."""
    f, y, household, as_of = drawn(200, 0.0)
    y[as_of == DAYS[-1]] = came
    g = LogisticCalibration(1.0, 0.0)
    assert of_the_last_year(g, f, y, household, as_of) is g


def test_where_all_rows_are_of_the_last_year_the_level_stays():
    """The fit has met it already."""
    f, y, household, _ = drawn(2000, 0.0)
    g = fit_calibration(f, y)
    same = of_the_last_year(g, f, y, household, np.full(f.size, DAYS[-1]))
    assert same.intercept == pytest.approx(g.intercept, abs=1e-6)
