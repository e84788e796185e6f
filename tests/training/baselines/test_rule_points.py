"""The rules of practice with points."""

import numpy as np
import pytest
from scipy.special import expit

from features.vectors import Vectors
from training.baselines.rule_points import MOST_POINTS, RulePoints
from training.baselines.rules_fired import RULES, RulesFired


def vectors(fires):
    """Return vectors on which the rules fire as told, shape (rows, rules); the others are unknown."""
    struck = np.array([rule.threshold - 0.1 if rule.under else rule.threshold for rule in RULES])
    rows = len(fires)
    names = np.array([f"h{place}" for place in range(rows)])
    days = np.repeat(np.datetime64("2024-06-30"), rows)
    X = np.where(fires, struck, np.nan)
    return Vectors(names, days, RulesFired.features, X, {}, np.repeat("C01", rows))


def drawn(weights, rows=20_000, seed=0):
    """Return what fires at random, and outcomes whose log odds are the weights of what fires, less 3."""
    generator = np.random.default_rng(seed)
    fires = generator.random((rows, len(RULES))) < 0.2
    y = (generator.random(rows) < expit(fires @ np.asarray(weights) - 3.0)).astype(float)
    return fires, y


def test_points_are_the_weights_in_tenths_of_the_greatest():
    """A rule that matters ranks above one that matters less, and this above one that does not."""
    fires, y = drawn([2.0, 1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0])
    points = list(RulePoints().fit(vectors(fires), y).points_.values())
    assert points[0] == MOST_POINTS
    assert points[1] == pytest.approx(5, abs=1)
    assert points[3] == pytest.approx(2.5, abs=1)
    assert max(points[place] for place in (2, 4, 5, 6, 7)) <= 1


def test_points_are_whole_and_told_by_the_feature_of_the_rule():
    """An office can write them on a sheet: none is negative, none is over ten."""
    fires, y = drawn([1.0, -2.0, 0.3, 0.0, 0.7, 0.0, 0.0, 0.2])
    points = RulePoints().fit(vectors(fires), y).points_
    assert tuple(points) == RulesFired.features
    assert all(isinstance(each, int) and 0 <= each <= MOST_POINTS for each in points.values())
    assert points[RULES[1].feature] == 0


def test_the_score_is_the_sum_of_the_points_of_what_fires():
    """What is unknown does not fire; what fires alone has its own points."""
    fires, y = drawn([2.0, 1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.5])
    fitted = RulePoints().fit(vectors(fires), y)
    points = list(fitted.points_.values())
    shown = vectors(np.vstack([np.zeros(len(RULES)), np.eye(len(RULES)), np.ones(len(RULES))]) == 1.0)
    assert fitted.score(shown).tolist() == [0, *points, sum(points)]


def test_probabilities_promise_as_many_as_came():
    """By a line on the points, which a law of one weight makes exact."""
    fires, y = drawn([1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    fitted = RulePoints().fit(vectors(fires), y)
    p = fitted.probability(vectors(fires))
    assert p.mean() == pytest.approx(y.mean(), abs=1e-9)
    assert p[fires[:, 0]].mean() == pytest.approx(y[fires[:, 0]].mean(), abs=0.01)


def test_rules_that_speak_for_the_household_have_no_points():
    """Where no rule speaks for the outcome all stand level, at the rate."""
    fires, y = drawn([-1.0] * len(RULES))
    fitted = RulePoints().fit(vectors(fires), y)
    assert set(fitted.points_.values()) == {0}
    np.testing.assert_allclose(fitted.probability(vectors(fires)), y.mean())


def test_a_rule_that_was_always_right_has_points_all_the_same():
    """Few rows without exception give a great weight, not an endless one."""
    fires, y = drawn([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    fires[:, 0] = False
    fires[:5, 0], y[:5] = True, 1.0
    points = RulePoints().fit(vectors(fires), y).points_
    assert points[RULES[0].feature] == MOST_POINTS
    assert points[RULES[1].feature] >= 2


def test_the_order_of_rows_changes_no_bit():
    """Rows are counted by what fires on them."""
    fires, y = drawn([1.0, 0.5, 0.0, 0.2, 0.0, 0.0, 0.9, 0.0], rows=500)
    turned = np.random.default_rng(1).permutation(500)
    first, second = RulePoints().fit(vectors(fires), y), RulePoints().fit(vectors(fires[turned]), y[turned])
    assert first.points_ == second.points_
