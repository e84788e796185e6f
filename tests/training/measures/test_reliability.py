"""Probabilities at their word: Brier, expected over observed, the calibration line."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from training.measures.reliability import brier, brier_skill, calibration_line, expected_over_observed, logit


def drawn(seed=0, rows=500, slope=1.0, intercept=0.0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    x = generator.normal(-1.0, 1.2, rows)
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(-(intercept + slope * x)))).astype(float)
    return y, x, generator.integers(0, 4, size=(rows, 3)).astype(float)


def test_brier_is_that_of_scikit_learn():
    """Brier is that of scikit-learn."""
    y, x, weights = drawn()
    p = 1.0 / (1.0 + np.exp(-x))
    expected = [brier_score_loss(y, p, sample_weight=column) for column in weights.T]
    np.testing.assert_allclose(brier(y, p, weights), expected)


def test_skill_is_nothing_for_the_rate_itself_and_one_for_the_truth():
    """Skill is nothing for the rate itself and one for the truth."""
    y, _, _ = drawn()
    ones = np.ones((len(y), 1))
    assert brier_skill(y, np.full(len(y), y.mean()), ones)[0] == pytest.approx(0.0)
    assert brier_skill(y, y, ones)[0] == 1.0
    assert np.isnan(brier_skill(np.zeros(4), np.full(4, 0.1), np.ones((4, 1)))[0])


def test_expected_over_observed_counts_events():
    """Expected over observed counts events."""
    y, p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.5, 0.25, 0.75, 0.5])
    assert expected_over_observed(y, p, np.ones((4, 1)))[0] == 1.0
    assert expected_over_observed(y, p, np.array([[1.0], [1.0], [0.0], [0.0]]))[0] == 0.75
    assert np.isnan(expected_over_observed(np.zeros(2), p[:2], np.ones((2, 1)))[0])


@pytest.mark.parametrize("near", [None, (1.0, 0.0), (-3.0, 4.0)])
def test_line_is_the_logistic_regression(near):
    """The line is the logistic regression without a penalty, wherever the search starts."""
    y, x, weights = drawn(slope=0.7, intercept=0.4)
    line = calibration_line(y, x, weights, near=near)
    for column in range(weights.shape[1]):
        peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
        peer.fit(x[:, None], y, sample_weight=weights[:, column])
        assert line.slope[column] == pytest.approx(peer.coef_[0, 0], abs=1e-5)
        assert line.intercept[column] == pytest.approx(peer.intercept_[0], abs=1e-5)


def test_of_several_origins_the_line_has_one_slope_and_a_level_for_each():
    """As the regression without a penalty finds them; the intercept is their mean by weight."""
    y, x, weights = drawn(slope=0.7, intercept=0.4, rows=900)
    origin = np.arange(y.size) % 3
    moved = x + np.array([-2.0, 0.5, 3.0])[origin]
    line = calibration_line(y, moved, weights, origin=origin)
    apart = np.column_stack([moved, *(origin == each for each in range(3))]).astype(np.float64)
    for column, weight in enumerate(weights.T):
        peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, fit_intercept=False)
        slope, *levels = peer.fit(apart, y, sample_weight=weight).coef_[0]
        assert line.slope[column] == pytest.approx(slope, abs=1e-5)
        share = np.bincount(origin, weight)
        assert line.intercept[column] == pytest.approx(np.average(levels, weights=share), abs=1e-4)
    alone = calibration_line(y, moved, weights)
    assert (alone.slope < line.slope).all()
    near = (float(line.slope[0]), float(line.intercept[0]))
    again = calibration_line(y, moved, weights, origin=origin, near=near)
    np.testing.assert_allclose(again.slope, line.slope, rtol=1e-6)


def test_one_origin_is_a_line_as_without():
    """To the byte."""
    y, x, weights = drawn()
    one, none = (
        calibration_line(y, x, weights, origin=np.zeros(y.size, dtype=int)),
        calibration_line(y, x, weights),
    )
    assert one.slope.tobytes() == none.slope.tobytes()


def test_an_origin_without_an_outcome_tells_nothing_of_the_slope():
    """Under a weighting that leaves it none, the line is that of the others; of none, there is no line."""
    y, x, _ = drawn()
    origin = (np.arange(y.size) % 2).astype(np.intp)
    y[origin == 1] = 0.0
    ones = np.ones((y.size, 1))
    line, alone = (
        calibration_line(y, x, ones, origin=origin),
        calibration_line(y, x, ones * (origin == 0)[:, None]),
    )
    assert line.slope[0] == pytest.approx(alone.slope[0], rel=1e-9)
    assert line.intercept[0] == pytest.approx(alone.intercept[0], rel=1e-6)
    assert np.isnan(calibration_line(np.zeros(y.size), x, ones, origin=origin).slope[0])


def test_log_odds_that_were_stretched_are_told_by_the_slope():
    """If p is the truth, the log odds doubled need a slope of exactly half."""
    y, x, _ = drawn(rows=2000)
    ones = np.ones((len(y), 1))
    true, stretched = calibration_line(y, x, ones), calibration_line(y, 2.0 * x, ones)
    assert stretched.slope[0] == pytest.approx(true.slope[0] / 2.0)
    assert stretched.intercept[0] == pytest.approx(true.intercept[0])
    assert true.slope[0] == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("y", "x"),
    [
        ([0, 0, 0, 0], [1, 2, 3, 4]),
        ([1, 1, 1, 1], [1, 2, 3, 4]),
        ([0, 1, 0, 1], [2, 2, 2, 2]),
        ([0, 0, 1, 1], [1, 2, 3, 4]),
        ([0, 0, 1, 1], [1, 2, 2, 4]),
        ([1, 1, 0, 0], [1, 2, 3, 4]),
    ],
    ids=[
        "no positive",
        "no negative",
        "constant",
        "separated",
        "separated but for a tie",
        "separated upside down",
    ],
)
def test_there_is_no_line_where_none_can_be_fitted(y, x):
    """There is no line where none can be fitted."""
    line = calibration_line(np.array(y, dtype=float), np.array(x, dtype=float), np.ones((4, 1)))
    assert np.isnan(line.slope[0])
    assert np.isnan(line.intercept[0])


def test_one_weighting_without_a_line_does_not_touch_the_others():
    """One weighting without a line does not touch the others."""
    y, x, _ = drawn()
    weights = np.column_stack([np.ones(len(y)), y, np.ones(len(y))])
    line = calibration_line(y, x, weights)
    assert np.isnan(line.slope).tolist() == [False, True, False]
    assert line.slope[0] == line.slope[2]


def test_log_odds_stay_finite_at_the_ends():
    """Log odds stay finite at the ends."""
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()
    assert logit(np.array([0.5]))[0] == 0.0


def test_resamples_without_a_line_are_given_up_without_a_warning():
    """A resample in which a threshold tells the outcomes apart has no line."""
    y = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    x = np.array([-0.2, 0.6, 2.1, -2.3, 4.3, 2.2])
    drawn_weights = [[1, 1, 0, 1], [2, 2, 0, 1], [2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [2, 1, 2, 1]]
    line = calibration_line(y, x, np.array(drawn_weights, dtype=float), near=(2.0, -1.0))
    assert np.isnan(line.slope[2])
    assert np.isfinite(line.slope[3])
