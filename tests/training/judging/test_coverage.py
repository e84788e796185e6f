"""Coverage: how many true chances lie inside the intervals, and what came among like ones."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from features.vectors import Cohort
from models.spread import Spread
from training.cohorts.followed import Followed
from training.judging.coverage import ALL, bands_by, coverage, covered_by, intervals
from training.judging.truth import Chances
from training.measures.evaluation import Scores

SPREAD = Spread(0.9, (-6.0, -2.0), (0.0, 0.25), (2.0, 4.0))
ROWS = 2000


def probabilities(seed: int = 0, rows: int = ROWS) -> np.ndarray:
    """Draw probabilities as of a rare outcome."""
    return 1.0 / (1.0 + np.exp(-np.random.default_rng(seed).normal(-4.0, 1.5, rows)))


def followed(p: np.ndarray, seed: int = 1) -> Followed:
    """Let outcomes come as promised, on one day, every household once."""
    rows, nothing = p.size, np.zeros(p.size, dtype=np.bool_)
    y = (np.random.default_rng(seed).random(rows) < p).astype(np.float64)
    days = np.full(rows, np.datetime64("2024-12-31", "D"))
    household = np.array([f"h{number:06d}" for number in range(rows)])
    return Followed(
        Cohort(household, days), days + 365, y, np.full(rows, 12), nothing, nothing.copy(), 1.0, None
    )


def true(chance: np.ndarray) -> Chances:
    """Give chances to households of one day."""
    rows = chance.size
    household = np.array([f"h{number:06d}" for number in range(rows)])
    days = np.full(rows, np.datetime64("2024-12-31", "D"))
    return Chances(household, days, chance, chance, chance, 400)


def model(spread: Spread | None, target: str = "entry") -> SimpleNamespace:
    """Stand for a version, of which coverage asks for two things only."""
    return SimpleNamespace(spread=spread, target=target)


def test_chances_at_the_ends_lie_inside_and_beyond_them_outside():
    """The ends belong to the interval; a hair further does not."""
    p = probabilities()
    low, high = intervals(SPREAD, p)
    for chance, share in ((low, 1.0), (high, 1.0), (p, 1.0), (high * 1.001, 0.0)):
        everyone, *_ = covered_by(SPREAD, p, true(chance), resamples=20)
        assert everyone.inside.value == share
    over, *_ = covered_by(SPREAD, p, true(high * 1.001), resamples=20)
    assert (over.under, over.over) == (0.0, 1.0)


def test_the_share_inside_is_counted_with_its_interval():
    """Of true chances nine in ten of which are the promised ones, nine in ten lie inside."""
    p = probabilities()
    chance = np.where(np.arange(ROWS) % 10 == 0, intervals(SPREAD, p)[1] * 1.5, p)
    everyone, *bands = covered_by(SPREAD, p, true(chance), resamples=200)
    assert everyone.band == ALL
    assert everyone.inside.value == pytest.approx(0.9)
    assert everyone.inside.low < 0.9 < everyone.inside.high
    assert sum(band.rows for band in bands) == everyone.rows == ROWS
    inside = sum(band.inside.value * band.rows for band in bands)
    assert inside / ROWS == pytest.approx(everyone.inside.value)


def test_rows_fall_into_bands_of_like_intervals_from_low_to_high():
    """No probability of a band lies above one of the next, and ties stay together."""
    p = np.round(probabilities(), 3)
    bands = list(bands_by(p).values())
    assert (np.sum(bands, axis=0) == 1).all()
    for lower, higher in pairwise(bands):
        assert p[lower].max() < p[higher].min()


def test_alike_probabilities_are_one_band():
    """A version that tells nobody apart has one interval."""
    (rows,) = bands_by(np.full(50, 0.01)).values()
    assert rows.all()


def test_without_chances_expected_over_observed_is_told_in_bands_of_like_intervals():
    """All rows once; outcomes drawn from what is promised come as promised."""
    p = probabilities(rows=20_000)
    found = coverage(model(SPREAD), followed(p), Scores(p, p), resamples=20)
    assert found.covered == ()
    assert sum(band.rows for band in found.promised) == p.size
    assert sum(band.expected for band in found.promised) == pytest.approx(p.sum())
    judged = [band for band in found.promised if band.verdict.holds is not None]
    assert judged
    assert all(band.ratio.low < 1.0 < band.ratio.high for band in judged)
    assert "expected over observed among like intervals" in found.as_text()
    assert "true chance" not in found.as_text()


def test_with_chances_both_are_told():
    """Inside, under and over by band, and what came."""
    p = probabilities()
    found = coverage(model(SPREAD), followed(p), Scores(p, p), true(p), Scores(p, p), resamples=20)
    told = found.as_dict()
    assert told["level"] == 0.9
    assert told["covered"][0]["inside"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert len(told["promised"]) == len(told["covered"]) - 1
    assert "90% of households to lie inside" in found.as_text()


def test_a_version_without_intervals_is_not_held_to_any():
    """As of an older release, or of a target whose hidden spread nobody knows."""
    p = probabilities()
    assert coverage(model(None), followed(p), Scores(p, p), true(p), Scores(p, p)) is None
