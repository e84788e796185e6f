"""The interval of a true chance: it holds the probability, rises with it, the same alone or among many."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import Foreign
from models import bundle
from models.bundle import read_bundle
from models.spread import Spread, spread_from

SPREAD = Spread(0.9, (-7.0, -4.0, -1.0), (0.0, 0.1, 0.4), (2.0, 4.0, 3.0))
PROBABILITIES = st.floats(1e-12, 1.0 - 1e-12)


def odds(p: float) -> float:
    """Return the odds of a probability."""
    return p / (1.0 - p)


@given(PROBABILITIES)
def test_the_interval_holds_the_probability_and_is_one_of_probabilities(p):
    """From 0 to 1, the probability between the ends."""
    low, high = SPREAD.interval(p)
    assert 0.0 <= low <= p <= high <= 1.0


@given(PROBABILITIES, PROBABILITIES)
def test_a_higher_probability_never_has_a_lower_interval(p, q):
    """Where factors fall by less than the odds rise, both ends rise with the probability."""
    (low, high), (other_low, other_high) = (SPREAD.interval(each) for each in sorted((p, q)))
    assert low <= other_low
    assert high <= other_high


@pytest.mark.parametrize(
    ("z", "least", "most"),
    [(-9.0, 0.0, 2.0), (-7.0, 0.0, 2.0), (-5.5, 0.05, 3.0), (-1.0, 0.4, 3.0), (2.0, 0.4, 3.0)],
)
def test_factors_lie_on_a_line_between_two_log_odds_and_stay_beyond(z, least, most):
    """Told at three log odds, between and beyond them."""
    low, high = SPREAD.interval(1.0 / (1.0 + math.exp(-z)))
    assert odds(low) == pytest.approx(least * math.exp(z))
    assert odds(high) == pytest.approx(most * math.exp(z))


def test_a_spread_survives_its_mapping():
    """Written and read back it is the same; none stays none."""
    assert spread_from(SPREAD.as_mapping()) == SPREAD
    assert spread_from(None) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "quantiles"},
        {"level": 1.0},
        {"level": None},
        {"at": [-4.0, -7.0, -1.0]},
        {"at": [], "least": [], "most": []},
        {"least": [0.1, 0.1]},
        {"least": [0.1, -0.1, 0.1]},
        {"least": [0.1, 1.1, 0.1]},
        {"least": [0.1, math.nan, 0.1]},
        {"most": [1.0, 0.9, 1.0]},
        {"most": [1.0, math.inf, 1.0]},
    ],
)
def test_a_spread_that_is_none_is_foreign(changed):
    """An unknown kind; factors that are missing, on the wrong side of 1 or endless; log odds that fall."""
    with pytest.raises(Foreign):
        spread_from({**SPREAD.as_mapping(), **changed})


def test_a_spread_comes_back_from_its_bundle(model, make_bundle):
    """To the last bit, readable in the bundle's JSON; a bundle without one has none."""
    told = replace(model, spread=SPREAD)
    path = make_bundle("told", model=told)
    assert read_bundle(path).model == told
    assert json.loads((path / "model.json").read_text(encoding="utf-8"))["spread"] == SPREAD.as_mapping()
    assert read_bundle(make_bundle("plain")).model.spread is None


def test_a_description_of_a_release_before_there_were_spreads_has_none(model, monkeypatch, make_bundle):
    """A bundle whose description lacks the word is read as before."""
    wrote = bundle._spec
    monkeypatch.setattr(bundle, "_spec", lambda one: {k: v for k, v in wrote(one).items() if k != "spread"})
    assert read_bundle(make_bundle("old")).model == model
