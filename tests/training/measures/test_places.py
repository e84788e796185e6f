"""Places within origins: what scores of other learners, levels or scales cannot move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.measures.evaluation import Scores, measure
from training.measures.places import placed, places_within

scores = st.lists(st.integers(-3, 3), min_size=1, max_size=30)


@given(scores, st.integers(1, 3), st.integers(-9, 9), st.integers(1, 5))
def test_the_level_and_the_scale_of_a_part_move_no_place(told, parts, moved, scaled):
    """Only the order within a part counts; it is kept, ties too."""
    score = np.array(told, dtype=np.float64)
    part = np.arange(score.size) % parts
    other = np.where(part == 0, scaled * score + moved, score)
    place = places_within(score, part)
    assert places_within(other, part).tolist() == place.tolist()
    for each in np.unique(part):
        own = part == each
        assert (
            np.sign(np.subtract.outer(place[own], place[own])).tolist()
            == np.sign(np.subtract.outer(score[own], score[own])).tolist()
        )
        assert place[own].mean() == pytest.approx(0.5)


@given(scores, st.integers(0, 3))
def test_a_row_that_weighs_three_is_as_three_rows(told, seed):
    """Its place is that which each of the three would have."""
    score = np.array(told, dtype=np.float64)
    weight = np.random.default_rng(seed).integers(1, 4, score.size)
    part = np.zeros(score.size, dtype=np.intp)
    often = np.repeat(np.arange(score.size), weight)
    one = places_within(score, part, weight.astype(np.float64))[often]
    np.testing.assert_allclose(one, places_within(score[often], part[often]))


def test_one_list_of_two_years_takes_as_many_of_each():
    """A learner that came to speak a hundred times louder still finds what it found in either year."""
    rng = np.random.default_rng(0)
    y = (rng.random(4000) < 0.05).astype(np.float64)
    score = y + rng.normal(0.0, 1.0, y.size)
    origin = np.repeat([0, 1], 2000)
    louder = np.where(origin == 1, 100.0 + 100.0 * score, score)
    (said,) = placed({"one": Scores(louder, None)}, origin, None).values()
    found = measure(y, said).recall_at_top
    each = [measure(y[origin == o], Scores(score[origin == o])).recall_at_top for o in (0, 1)]
    share = [y[origin == o].sum() for o in (0, 1)]
    assert found == pytest.approx(np.average(each, weights=share), abs=1e-9)
    assert measure(y, Scores(louder)).recall_at_top < 0.8 * found


def test_probabilities_stay_as_they_were_given():
    """Only the order is placed; the origin is told with it."""
    said = Scores(np.array([3.0, 1.0]), np.array([0.3, 0.1]))
    origin = np.array([0, 0])
    (one,) = placed({"one": said}, origin, np.array([1.0, 3.0])).values()
    assert one.score.tolist() == [0.875, 0.375]
    assert one.probability.tolist() == [0.3, 0.1]
    assert one.origin.tolist() == [0, 0]
    assert one.take(np.array([1])).origin.tolist() == [0]
