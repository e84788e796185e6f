"""Contributions: exact, and points that add up to the published probability."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest

from features.errors import Foreign
from models.calibration import LogisticCalibration
from models.contributions import Contributions, contributions, contributions_by_concept, points


def test_base_value_and_contributions_add_up_to_the_score(draw, model):
    """Σ φ + f0 = f to 1e-9, for every row."""
    vectors, _ = draw(500, random_state=2)
    given = contributions(model, vectors)
    assert np.abs(given.phi.sum(axis=1) + given.f0 - model.score(vectors)).max() < 1e-9


def test_they_are_the_shapley_values_that_shap_finds(draw, model):
    """A second implementation finds the same values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

        vectors, _ = draw(200, random_state=2)
        explainer = shap.TreeExplainer(model.booster)
        theirs = explainer.shap_values(vectors.X)
        base = float(np.ravel(explainer.expected_value)[-1])
    given = contributions(model, vectors)
    assert np.abs(given.phi - theirs).max() < 1e-9
    assert given.f0 == pytest.approx(base, abs=1e-9)


def test_points_add_up_to_the_probability_less_the_areas_rate(draw, model):
    """Start and points of a row, added in any order, are its probability − its area's rate."""
    vectors, _ = draw(500, random_state=2)
    rate = np.linspace(0.001, 0.3, 500)
    f, p = model.score(vectors), model.probability(vectors)
    told = points(model, contributions(model, vectors), f, p, rate)
    for row in range(500):
        published = told.by_concept(row)
        assert list(published) == ["start", "income", "medical", "work"]
        assert math.fsum(published.values()) == pytest.approx(p[row] - rate[row], abs=1e-15)
        assert sum(reversed(published.values())) == pytest.approx(p[row] - rate[row], abs=1e-12)


def test_each_sign_is_the_contributions(draw, model):
    """What raises the score raises the probability."""
    vectors, _ = draw(500, random_state=2)
    given = contributions(model, vectors)
    told = points(model, given, model.score(vectors), model.probability(vectors), 0.02)
    concepts, sums = contributions_by_concept(model, given)
    assert told.concepts == concepts == ("income", "medical", "work")
    assert np.array_equal(np.sign(told.values), np.sign(sums))


def test_a_concept_is_the_sum_of_its_features(draw, model):
    """Income is the income margin and the age of the visit together."""
    vectors, _ = draw(100, random_state=2)
    given = contributions(model, vectors)
    concepts, sums = contributions_by_concept(model, given)
    assert np.array_equal(sums[:, concepts.index("income")], given.phi[:, 0] + given.phi[:, 3])


def test_points_are_the_contribution_times_the_secant(draw, model):
    """Points = contribution · (g(f) − g(f0)) / (f − f0); start = g(f0) − the area's rate."""
    vectors, _ = draw(100, random_state=2)
    given = contributions(model, vectors)
    f, p = model.score(vectors), model.probability(vectors)
    p0 = model.calibration.probability_of(given.f0)
    told = points(model, given, f, p, 0.02)
    _, sums = contributions_by_concept(model, given)
    assert told.start == pytest.approx(np.full(100, p0 - 0.02), abs=1e-12)
    assert told.values == pytest.approx(sums * ((p - p0) / (f - given.f0))[:, None], rel=1e-8)


def test_a_score_at_the_base_value_has_points_by_the_tangent(model):
    """Where f = f0, contributions that cancel have points with their signs, by g'(f0)."""
    f0 = -1.2
    phi = np.array([[0.5, -0.25, -0.25, 0.0]])
    p = model.calibration.probability([f0])
    told = points(model, Contributions(f0, phi), [f0], p, 0.0)
    steepness = model.calibration.slope * p[0] * (1 - p[0])
    assert told.values[0] == pytest.approx([0.5 * steepness, -0.25 * steepness, -0.25 * steepness], rel=1e-12)
    assert told.start[0] == pytest.approx(p[0], rel=1e-12)


@pytest.mark.parametrize("calibration", [LogisticCalibration(20.0, 30.0), LogisticCalibration(0.05, -12.0)])
def test_points_add_up_under_steep_and_flat_calibrations(draw, model, calibration):
    """The sum holds at the ends of the curve too."""
    vectors, _ = draw(300, random_state=4)
    bent = replace(model, calibration=calibration)
    given = contributions(bent, vectors)
    p = bent.probability(vectors)
    told = points(bent, given, bent.score(vectors), p, 0.5)
    for row in range(300):
        assert math.fsum(told.by_concept(row).values()) == pytest.approx(p[row] - 0.5, abs=1e-15)
    assert told.start == pytest.approx(calibration.probability_of(given.f0) - 0.5, abs=1e-12)
    _, sums = contributions_by_concept(bent, given)
    assert np.array_equal(np.sign(told.values), np.sign(sums))


def test_a_row_alone_gives_the_bytes_of_a_row_among_many(draw, model):
    """Batch = one by one, for contributions and points."""
    vectors, _ = draw(60, random_state=2)
    many = contributions(model, vectors)
    f, p = model.score(vectors), model.probability(vectors)
    told = points(model, many, f, p, 0.02)
    for row in range(60):
        one = vectors.take(np.array([row]))
        alone = contributions(model, one)
        told_alone = points(model, alone, model.score(one), model.probability(one), 0.02)
        assert alone.f0 == many.f0
        assert alone.phi.tobytes() == many.phi[row].tobytes()
        assert told_alone.by_concept(0) == told.by_concept(row)


def test_contributions_of_other_rows_are_foreign(draw, model):
    """Contributions that do not add up to the scores are refused."""
    vectors, _ = draw(100, random_state=2)
    given = contributions(model, vectors)
    f, p = model.score(vectors), model.probability(vectors)
    with pytest.raises(Foreign, match="do not add up"):
        points(model, given, f[::-1], p[::-1], 0.02)
    with pytest.raises(Foreign, match="100 rows of contributions, 1 scores"):
        points(model, given, f[:1], p[:1], 0.02)


def test_no_rows_have_a_base_value_and_no_contributions(draw, model):
    """Without rows the base value is the same."""
    vectors, _ = draw(5)
    none = contributions(model, vectors.take(np.array([], dtype=int)))
    assert none.f0 == contributions(model, vectors).f0
    assert none.phi.shape == (0, 4)
    assert points(model, none, [], [], 0.02).values.shape == (0, 3)
