"""The logistic regression on fifteen stated features."""

from dataclasses import replace

import numpy as np
import pytest

from features.definitions import FEATURES
from features.vectors import Vectors
from training.baselines.fifteen import FIFTEEN, LogisticOfFifteen
from training.baselines.logistic import LogisticOnVectors
from training.baselines.margin_and_rate import columns_of
from training.cohorts.targets import TARGETS, columns_for


@pytest.fixture(scope="module")
def rows():
    """Return vectors of the fifteen and three more, outcomes, and when these were known."""
    generator = np.random.default_rng(0)
    names = ("season", *FIFTEEN[::-1], "rooms", "people")
    X = generator.normal(size=(500, len(names)))
    y = (generator.random(500) < 1.0 / (1.0 + np.exp(1.0 + X[:, 3] + 3.0 * X[:, 0]))).astype(float)
    as_of = np.datetime64("2022-01-31") + 30 * generator.integers(0, 24, 500)
    household = np.array([f"h{row}" for row in range(500)])
    return Vectors(household, as_of, names, X, {}, np.repeat("a", 500)), y, as_of + 60


def test_there_are_fifteen_and_every_target_has_them():
    """Of the catalogue, each once, and more than one concept in three."""
    assert len(set(FIFTEEN)) == len(FIFTEEN) == 15
    assert all(set(FIFTEEN) <= set(columns_for(target)) for target in TARGETS)
    assert len({FEATURES[name].concept for name in FIFTEEN}) >= 7


def test_it_is_the_logistic_on_these_columns(rows):
    """In the order of the list, whatever the order of the vectors."""
    vectors, y, outcome_on = rows
    only = replace(vectors, features=FIFTEEN, X=columns_of(vectors, FIFTEEN))
    ours = LogisticOfFifteen().fit(vectors, y, outcome_on)
    theirs = LogisticOnVectors().fit(only, y, outcome_on)
    np.testing.assert_array_equal(ours.score(vectors), theirs.score(only))
    np.testing.assert_array_equal(ours.probability(vectors), theirs.probability(only))


def test_no_other_feature_moves_it(rows):
    """Even one on which the outcome hangs."""
    vectors, y, outcome_on = rows
    fitted = LogisticOfFifteen().fit(vectors, y, outcome_on)
    X = vectors.X.copy()
    X[:, [0, -2, -1]] = 7.0
    np.testing.assert_array_equal(fitted.score(replace(vectors, X=X)), fitted.score(vectors))
