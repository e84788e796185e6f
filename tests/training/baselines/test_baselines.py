"""Income margin and area rate."""

import numpy as np
import pytest
from scipy.stats import betabinom

from features.errors import Foreign, Usage
from features.vectors import Vectors
from training.baselines.logistic import LogisticOnVectors
from training.baselines.margin_and_rate import AreaRate, Baseline, IncomeMargin, prior_strength


def vectors_of(columns, area=None, as_of=None):
    """Return vectors that hold the columns."""
    names = tuple(columns)
    X = np.column_stack([np.asarray(columns[name], dtype=float) for name in names])
    rows = len(X)
    return Vectors(
        household_id=np.array([f"h{row}" for row in range(rows)]),
        as_of=np.repeat(np.datetime64("2010-01-31"), rows) if as_of is None else as_of,
        features=names,
        X=X,
        fingerprints=dict.fromkeys(names, ""),
        area=np.repeat("a", rows) if area is None else np.asarray(area),
    )


def margins(rows=4000, seed=0):
    """Return ratios and outcomes of a known law."""
    generator = np.random.default_rng(seed)
    ratio = np.exp(generator.normal(0.5, 0.5, rows))
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(1.0 + 2.0 * np.log(ratio)))).astype(float)
    return ratio, y


def test_all_baselines_have_one_face():
    """All baselines have one face."""
    baselines: list[Baseline] = [IncomeMargin("ratio"), AreaRate(), LogisticOnVectors()]
    ratio, y = margins(300)
    days = np.datetime64("2010-01-31") + np.arange(300)
    vectors = vectors_of({"ratio": ratio}, as_of=days)
    for baseline in baselines:
        fitted = baseline.fit(vectors, y, days + 30)
        for said in (fitted.score(vectors), fitted.probability(vectors)):
            assert said.shape == (300,)
            assert np.isfinite(said).all()


def test_the_lower_the_income_over_the_line_the_higher_the_place():
    """The lower the income over the line the higher the place."""
    ratio, y = margins()
    fitted = IncomeMargin("ratio").fit(vectors_of({"other": ratio * 0, "ratio": ratio}), y)
    score = fitted.score(vectors_of({"ratio": [3.0, 1.1, 2.0]}))
    assert np.argsort(-score).tolist() == [1, 2, 0]


def test_the_margin_logistic_finds_the_law_it_was_drawn_from():
    """The margin logistic finds the law it was drawn from."""
    ratio, y = margins(20_000)
    fitted = IncomeMargin("ratio").fit(vectors_of({"ratio": ratio}), y)
    assert fitted.line_.slope == pytest.approx(2.0, abs=0.15)
    assert fitted.line_.intercept == pytest.approx(-1.0, abs=0.1)
    p = fitted.probability(vectors_of({"ratio": [0.0, 1.0, 5.0]}))
    assert p[1] == pytest.approx(1.0 / (1.0 + np.e), abs=0.02)
    assert p[0] > p[1] > p[2]


def test_unknown_ratio():
    """An unknown ratio takes the middle of the order and the rate of the unknown."""
    ratio, y = margins()
    hidden = np.where(np.arange(len(y)) % 5 == 0, np.nan, ratio)
    fitted = IncomeMargin("ratio").fit(vectors_of({"ratio": hidden}), y)
    later = vectors_of({"ratio": [np.nan]})
    assert fitted.score(later)[0] == -np.nanmedian(hidden)
    assert fitted.probability(later)[0] == y[::5].mean()


def test_too_few_unknown_ratios_take_the_rate_of_all():
    """Too few unknown ratios take the rate of all."""
    ratio, y = margins()
    hidden = np.where(np.arange(len(y)) < 29, np.nan, ratio)
    fitted = IncomeMargin("ratio").fit(vectors_of({"ratio": hidden}), y)
    assert fitted.probability(vectors_of({"ratio": [np.nan]}))[0] == y.mean()


def test_margin_without_a_line():
    """A margin that separates the outcomes, never varies, or runs the wrong way falls back to the rate."""
    y = np.array([0.0, 0.0, 1.0, 1.0])
    for ratio in ([4.0, 3.0, 2.0, 1.0], [2.0, 2.0, 2.0, 2.0], [1.0, 3.0, 2.0, 4.0]):
        fitted = IncomeMargin("ratio").fit(vectors_of({"ratio": ratio}), y)
        np.testing.assert_allclose(fitted.probability(vectors_of({"ratio": ratio})), 0.5)


def test_a_missing_column_is_foreign():
    """A missing column is foreign."""
    with pytest.raises(Foreign, match="the vectors lack ratio"):
        IncomeMargin("ratio").fit(vectors_of({"other": [1.0, 2.0]}), np.array([0.0, 1.0]))


def test_a_margin_never_known_is_refused():
    """A margin never known is refused."""
    with pytest.raises(Usage, match="no row has a known ratio"):
        IncomeMargin("ratio").fit(vectors_of({"ratio": [np.nan, np.nan]}), np.array([0.0, 1.0]))


def test_the_rate_of_an_area_is_drawn_toward_the_rate_of_all():
    """Area a: 3 of 4; area b: 0 of 6; overall 0.3; ten rows of the overall rate are added to each."""
    y = np.array([1, 1, 1, 0] + [0] * 6, dtype=float)
    fitted = AreaRate(strength=10.0).fit(vectors_of({"x": y}, area=["a"] * 4 + ["b"] * 6), y)
    later = vectors_of({"x": [0.0, 0.0, 0.0, 0.0]}, area=["b", "a", "zz", "0"])
    np.testing.assert_allclose(fitted.score(later), [3.0 / 16.0, 6.0 / 14.0, 0.3, 0.3])
    np.testing.assert_array_equal(fitted.score(later), fitted.probability(later))


def test_without_a_prior_the_rate_is_the_plain_rate():
    """Without a prior the rate is the plain rate."""
    y = np.array([1.0, 0.0, 0.0, 0.0])
    fitted = AreaRate(strength=0.0).fit(vectors_of({"x": y}, area=list("aabb")), y)
    np.testing.assert_allclose(fitted.rates_, [0.5, 0.0])


def test_the_strength_of_the_prior_is_found_from_the_areas():
    """Areas drawn from a Beta prior of mean 0.1 and size 40 are told apart from areas drawn from one rate."""
    generator = np.random.default_rng(0)
    count = generator.integers(50, 200, 400).astype(float)
    hits = betabinom.rvs(count.astype(int), 4.0, 36.0, random_state=generator).astype(float)
    assert prior_strength(hits, count) == pytest.approx(40.0, rel=0.25)
    same = generator.binomial(count.astype(int), 0.1).astype(float)
    assert prior_strength(same, count) > 500.0


def test_areas_that_differ_by_nothing_all_get_the_rate_of_all():
    """Areas that differ by nothing all get the rate of all."""
    y = np.array([1.0, 0.0] * 20)
    fitted = AreaRate().fit(vectors_of({"x": y}, area=["a", "a", "b", "b"] * 10), y)
    assert np.isinf(fitted.strength_)
    np.testing.assert_array_equal(fitted.rates_, [0.5, 0.5])


@pytest.mark.parametrize("baseline", [IncomeMargin("x"), AreaRate(), LogisticOnVectors()])
def test_outcomes_that_teach_nothing_are_refused(baseline):
    """Outcomes that teach nothing are refused."""
    vectors = vectors_of({"x": [1.0, 2.0, 3.0]})
    days = vectors.as_of + 30
    with pytest.raises(Usage, match="of one kind"):
        baseline.fit(vectors, np.zeros(3), days)
    with pytest.raises(ValueError, match="0 or 1"):
        baseline.fit(vectors, np.array([0.0, 1.0, np.nan]), days)
    with pytest.raises(ValueError, match="3 rows but 2 outcomes"):
        baseline.fit(vectors, np.array([0.0, 1.0]), days[:2])
    with pytest.raises(ValueError, match="3 outcomes but 2 days"):
        baseline.fit(vectors, np.array([0.0, 1.0, 1.0]), days[:2])
