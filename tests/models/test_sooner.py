"""A shorter horizon of the same score: never above the longer, in the same order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import Foreign, Refused
from models.bundle import read_bundle
from models.calibration import MIN_SLOPE, LogisticCalibration
from models.sooner import Sooner, fit_sooner, sooner_from

scores = st.lists(st.floats(-12.0, 12.0), min_size=2, max_size=20)
slopes = st.floats(MIN_SLOPE, 3.0)
levels = st.floats(-4.0, 4.0)


@given(scores, slopes, levels, slopes, levels)
def test_the_shorter_horizon_is_never_above_the_longer_and_in_its_order(f, slope, level, steep, share):
    """Whatever the two calibrations are."""
    longer = LogisticCalibration(slope, level).probability(f)
    shorter = Sooner(6, LogisticCalibration(steep, share)).probability(f, longer)
    assert (shorter <= longer).all()
    assert (shorter > 0.0).all()
    by_score = np.argsort(f)
    assert (np.diff(shorter[by_score]) >= 0.0).all()


def test_a_row_alone_has_the_bytes_of_a_row_among_many():
    """Each row by itself."""
    f = np.random.default_rng(1).normal(size=50)
    longer, sooner = LogisticCalibration(0.9, -3.0).probability(f), Sooner(6, LogisticCalibration(0.2, 0.1))
    alone = [sooner.probability([one], [p])[0] for one, p in zip(f, longer, strict=True)]
    assert np.array(alone).tobytes() == sooner.probability(f, longer).tobytes()


def test_the_share_is_that_of_the_outcomes_it_was_fitted_on():
    """Of what comes within a year two fifths come within six months, and more where the score is high."""
    rng = np.random.default_rng(2)
    f = rng.normal(size=20_000)
    came = rng.random(f.size) < 1 / (1 + np.exp(-(0.5 * f - 0.5)))
    fitted = fit_sooner(f, came, 6)
    assert fitted.share.slope == pytest.approx(0.5, abs=0.05)
    assert fitted.share.probability(f).mean() == pytest.approx(came.mean(), abs=1e-9)


def test_where_all_came_sooner_there_is_no_share_to_fit():
    """Nothing tells the horizons apart."""
    with pytest.raises(Refused, match="needs both outcomes"):
        fit_sooner(np.arange(4.0), np.ones(4), 6)


def test_a_shorter_horizon_comes_back_from_its_bundle(model, make_bundle):
    """To the last bit; a bundle without one has none."""
    two = replace(model, sooner=(Sooner(6, LogisticCalibration(0.3, -0.1)),))
    assert read_bundle(make_bundle("two", model=two)).model == two
    assert read_bundle(make_bundle()).model.sooner == ()
    assert sooner_from(two.sooner[0].as_mapping()) == two.sooner[0]


@pytest.mark.parametrize("months", [0, 12, 18])
def test_a_shorter_horizon_is_shorter(model, months):
    """Than the model's own."""
    with pytest.raises(Foreign, match="has fewer"):
        replace(model, sooner=(Sooner(months, LogisticCalibration(0.3, -0.1)),))
