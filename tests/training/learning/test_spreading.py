"""The spread that is fitted: what is hidden, wider by what refits and years leave unsure, never narrower."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from features.vectors import Vectors
from training.learning.levels import LEVELS_DIFFER
from training.learning.spreading import HIDDEN, LEVEL, REACH, disagreement, spread_of

ENTRY = ("entry", 12)
ROWS = 4000


class Straight:
    """Trees in name only: the score is the one column, and for some households of the fit's own noise."""

    def __init__(self, noise: float, seed: int):
        self.noise, self.seed = noise, seed

    def score(self, vectors: Vectors) -> np.ndarray:
        """Return the column with a draw of this fit's own."""
        drawn = np.random.default_rng(self.seed).normal(size=len(vectors))
        return vectors.X[:, 0] + self.noise * drawn


def fit_with(noise: float):
    """Return a learner whose every fit has another draw of noise."""
    return lambda rows, y, params: Straight(noise, len(rows))  # noqa: ARG005


@pytest.fixture(scope="module")
def rows():
    """Draw households met on two days, whose outcome comes with the column; the first day is learnt from."""
    rng = np.random.default_rng(5)
    x = rng.normal(-2.0, 1.5, ROWS)
    y = (rng.random(ROWS) < 1.0 / (1.0 + np.exp(-x))).astype(np.float64)
    household = np.array([f"h{number}" for number in np.tile(np.arange(ROWS // 2), 2)])
    as_of = np.repeat(np.array(["2022-12-31", "2023-12-31"], dtype="datetime64[D]"), ROWS // 2)
    vectors = Vectors(household, as_of, ("x",), x[:, None], {"x": "meaning"}, np.full(ROWS, "county"))
    first = as_of == as_of[0]
    return vectors, y, (first, ~first)


def spread_by(rows, noise: float, question=ENTRY):
    """Fit the spread with a learner of so much noise."""
    return spread_of(*rows, params={}, fit=fit_with(noise), target=question[0], horizon_months=question[1])


def test_fits_that_agree_leave_what_is_hidden_and_the_coming_year(rows):
    """Without noise the two halves differ by their calibrations alone, which is little."""
    spread, hidden = spread_by(rows, 0.0), HIDDEN[ENTRY]
    assert spread.level == LEVEL
    assert spread.at == hidden.at
    for most, alone in zip(spread.most, hidden.most, strict=True):
        least_known = np.hypot(np.log(alone), REACH * LEVELS_DIFFER)
        assert least_known <= np.log(most) <= np.hypot(least_known, REACH * 0.5)


def test_fits_that_disagree_more_have_wider_intervals(rows):
    """At every probability, to both sides, and never narrower than what is hidden."""
    narrow, wide = (spread_by(rows, noise) for noise in (0.0, 1.0))
    hidden = HIDDEN[ENTRY]
    for little, more in pairwise((hidden, narrow, wide)):
        assert all(a < b for a, b in zip(little.most, more.most, strict=True))
        assert all(a >= b for a, b in zip(little.least, more.least, strict=True))


def test_where_a_chance_may_be_nothing_the_interval_begins_at_nothing(rows):
    """A lower end of 0 stays 0."""
    spread = spread_by(rows, 1.0)
    nothing = [least == 0.0 for least in HIDDEN[ENTRY].least]
    assert [least == 0.0 for least in spread.least] == nothing
    assert True in nothing


def test_every_target_has_what_is_hidden_of_itself(rows):
    """Intervals for need are those that were measured for need."""
    for question, hidden in HIDDEN.items():
        spread = spread_by(rows, 0.0, question)
        assert spread.at == hidden.at
        assert (np.array(spread.least) <= hidden.least).all()
        assert (np.array(spread.most) >= hidden.most).all()
    assert len({each.most for each in HIDDEN.values()}) == len(HIDDEN) > 1


@pytest.mark.parametrize("question", [("entry", 6), ("next_visit", 12)])
def test_where_nothing_is_known_of_what_is_hidden_there_is_no_spread(rows, question):
    """Other targets, other horizons."""
    assert spread_by(rows, 0.0, question) is None


def test_half_the_households_without_an_outcome_give_no_spread(rows):
    """Nothing could be learnt from one half."""
    vectors, y, origin = rows
    assert spread_by((vectors, np.where(origin[1], y, 0.0), origin), 0.0) is None


def test_the_disagreement_is_that_of_the_rows_near_by():
    """The root mean square of the rows nearest; of all, where few are near."""
    z = np.repeat([-6.0, -4.1, -2.0], [100, 100, 3])
    apart = np.repeat([0.5, -2.0, 9.0], [100, 100, 3])
    found = disagreement(z, apart, (-6.0, -4.0, -2.0))
    assert found[:2].tolist() == pytest.approx([0.5, 2.0])
    assert found[2] == pytest.approx(np.sqrt((apart**2).mean()))
