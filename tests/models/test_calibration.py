"""The calibration: strictly increasing, never certain, and as likely as can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from features.errors import Foreign, Refused
from models.calibration import MAX_SLOPE, MIN_SLOPE, LogisticCalibration, calibration_from, fit_calibration

slopes = st.floats(0.05, 20)
intercepts = st.floats(-10, 10)
scores = st.floats(-30, 30)


def drawn(rows: int, slope: float, intercept: float, random_state: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and outcomes drawn from a logistic curve."""
    rng = np.random.default_rng(random_state)
    f = rng.normal(-2, 1.5, rows)
    return f, (rng.random(rows) < 1 / (1 + np.exp(-(slope * f + intercept)))).astype(float)


@given(slopes, intercepts, scores, scores)
def test_a_higher_score_is_never_a_lower_probability(slope, intercept, f, other):
    """The probability rises with the score, strictly wherever a float can tell."""
    low, high = sorted((f, other))
    p, q = LogisticCalibration(slope, intercept).probability([low, high])
    assert p <= q
    if slope * (high - low) > 1e-6 and slope * high + intercept < 15:
        assert p < q


@given(slopes, intercepts, st.floats(allow_nan=False))
def test_no_probability_is_certain(slope, intercept, f):
    """Whatever the score, the probability is above 0 and below 1."""
    (p,) = LogisticCalibration(slope, intercept).probability([f])
    assert 0 < p < 1


@given(slopes, intercepts, scores, st.floats(-1, 1))
def test_the_secant_times_the_distance_is_the_difference(slope, intercept, f0, distance):
    """(f − f0) · secant = g(f) − g(f0) to 1e-14, near and far, and the secant is above zero."""
    g = LogisticCalibration(slope, intercept)
    f = f0 + distance
    (secant,) = g.secant([f0], [f])
    assert secant > 0
    assert abs((f - f0) * secant - (g.probability_of(f) - g.probability_of(f0))) < 1e-14


def test_the_secant_of_equal_scores_is_the_slope_of_the_tangent():
    """At f = f0 the secant is g'(f0) = slope · p (1 − p)."""
    g = LogisticCalibration(2.0, -1.0)
    p = g.probability_of(0.3)
    assert g.secant([0.3], [0.3])[0] == pytest.approx(2 * p * (1 - p), rel=1e-15)


def test_the_mean_probability_is_the_share_of_outcomes():
    """At the greatest likelihood both gradients vanish: Σ(p − y) = 0 and Σ f (p − y) = 0."""
    f, y = drawn(5000, 0.7, -0.4)
    residual = fit_calibration(f, y).probability(f) - y
    assert abs(residual.sum()) < 1e-8
    assert abs((f * residual).sum()) < 1e-8


def test_the_fit_is_that_of_an_unpenalised_logistic_regression():
    """scikit-learn finds the same slope and intercept."""
    f, y = drawn(5000, 0.7, -0.4)
    ours = fit_calibration(f, y)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(f[:, None], y)
    assert ours.slope == pytest.approx(theirs.coef_[0, 0], rel=1e-5)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], rel=1e-5)


def at_levels(moved: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores of several origins, each moved by so much, outcomes, and the origin of each."""
    f, y = drawn(6000, 0.7, -0.4)
    origin = np.arange(f.size) % len(moved)
    return f + np.array(moved)[origin], y, origin


def test_the_slope_of_several_origins_is_that_within_them():
    """scikit-learn finds the same slope beside a level for each; the one level promises what came."""
    f, y, origin = at_levels((-3.0, 0.0, 2.0))
    ours = fit_calibration(f, y, origin=origin)
    apart = np.column_stack([f, *(origin == each for each in range(3))]).astype(np.float64)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, fit_intercept=False).fit(apart, y)
    assert ours.slope == pytest.approx(theirs.coef_[0, 0], rel=1e-5)
    assert ours.probability(f).sum() == pytest.approx(y.sum())
    assert fit_calibration(f, y).slope < 0.5 * ours.slope


def test_the_levels_of_origins_do_not_move_the_slope():
    """Trees that say the same of their rows but for a constant order them as well."""
    one, other = (
        fit_calibration(f, y, origin=o).slope for f, y, o in map(at_levels, [(0, 0, 0), (1, -2, 4)])
    )
    assert one == pytest.approx(other, rel=1e-9)


def test_one_origin_is_as_none():
    """Where one learner scored all, nothing is told apart."""
    f, y = drawn(3000, 0.7, -0.4)
    assert fit_calibration(f, y, origin=np.zeros(f.size, dtype=int)) == fit_calibration(f, y)


def test_an_origin_with_outcomes_of_one_kind_tells_nothing_of_the_slope():
    """Its rows count for the level all the same; where no origin has both kinds, all are one."""
    f, y, origin = at_levels((0.0, 0.0))
    y[origin == 1] = 0.0
    alone = fit_calibration(f[origin == 0], y[origin == 0])
    both = fit_calibration(f, y, origin=origin)
    assert both.slope == pytest.approx(alone.slope, rel=1e-9)
    assert both.probability(f).sum() == pytest.approx(y.sum())
    assert fit_calibration(f, y, origin=y.astype(int)) == fit_calibration(f, y)


@pytest.mark.parametrize("sign", [-1, 0])
def test_a_score_that_orders_backwards_or_not_at_all_gets_the_smallest_slope(sign):
    """The slope stays at its lower bound, and the mean probability is still right."""
    f, y = drawn(2000, 1.0, 0.0)
    g = fit_calibration(sign * f, y)
    assert g.slope == pytest.approx(MIN_SLOPE if sign else g.slope)
    assert g.slope >= MIN_SLOPE
    assert g.probability(sign * f).mean() == pytest.approx(y.mean(), abs=1e-10)


def test_separated_outcomes_get_the_greatest_slope():
    """Where a score separates the outcomes, the slope stops at its upper bound."""
    f = np.linspace(-1, 1, 200)
    assert fit_calibration(f, (f > 0).astype(float)).slope == MAX_SLOPE


def test_rare_outcomes_are_fitted():
    """At 0.2 % of outcomes the fit still finds its way."""
    f, y = drawn(20000, 1.0, -5.5)
    assert 0 < y.mean() < 0.005
    assert fit_calibration(f, y).probability(f).mean() == pytest.approx(y.mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("f", "y"),
    [([0.0, 1.0], [0, 0]), ([0.0, 1.0], [0, 2]), ([0.0, np.nan], [0, 1]), ([0.0], [0, 1]), ([], [])],
)
def test_what_cannot_be_fitted_is_refused(f, y):
    """One outcome only, other numbers than 0 and 1, unknown scores, other lengths: refused."""
    with pytest.raises(Refused):
        fit_calibration(f, y)


def test_a_calibration_survives_its_mapping():
    """Written and read back it is the same."""
    g = LogisticCalibration(0.7, -0.4)
    assert calibration_from(g.as_mapping()) == g


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"kind": "isotonic"},
        {"kind": "logistic", "slope": "1", "intercept": 0},
        {"kind": "logistic", "slope": 0.0, "intercept": 0.0},
        {"kind": "logistic", "slope": -1.0, "intercept": 0.0},
    ],
)
def test_a_calibration_that_is_none_is_foreign(mapping):
    """An unknown kind, a number that is none, a slope not above zero: foreign."""
    with pytest.raises(Foreign):
        calibration_from(mapping)


@given(st.lists(scores, min_size=1, max_size=40))
def test_a_row_alone_gives_the_bytes_of_a_row_among_many(f):
    """Batch = one by one."""
    g = LogisticCalibration(0.83, -0.21)
    assert g.probability(f).tobytes() == b"".join(g.probability([value]).tobytes() for value in f)
