"""What holds of every baseline of every target, on vectors drawn at random with holes in them.

The logistic on all vectors, which takes long to fit, is told by its own tests.
"""

import numpy as np
import pytest

from features.errors import Foreign, Usage
from features.vectors import Vectors
from training.cohorts.targets import TARGETS, columns_for
from training.learning.beside import baselines

EVERY = [
    (target, name) for target in ("entry", "next_visit") for name in baselines(target) if name != "logistic"
]
OWN_RATE_FOR_THE_UNKNOWN = {"income margin", "last cycle"}


def drawn(target, rows=600, seed=0):
    """Return vectors of a target's columns, outcomes that follow income, and when these were known."""
    generator = np.random.default_rng(seed)
    names = columns_for(target)
    X = np.rint(generator.gamma(1.0, 2.0, (rows, len(names))))
    for place, name in enumerate(names):
        if "income_to_line" in name:
            X[:, place] = generator.normal(1.6, 0.7, rows)
        if name.startswith("income_months"):
            X[:, place] = int(name.removesuffix("m")[-2:]) / 2
    margin = X[:, [names.index("income_to_line_12m"), names.index("income_to_line_latest")]].sum(axis=1)
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(margin - 1.5))).astype(float)
    X[generator.random(X.shape) < 0.15] = np.nan
    as_of = np.datetime64("2022-01-31") + 30 * generator.integers(0, 24, rows)
    household = np.array([f"h{row}" for row in range(rows)])
    area = generator.choice(["a", "b", "c"], rows)
    return Vectors(household, as_of, names, X, dict.fromkeys(names, ""), area), y, as_of + 60


def nothing_known(vectors):
    """Return the same rows with every value unknown."""
    blank = np.full_like(vectors.X, np.nan)
    return Vectors(vectors.household_id, vectors.as_of, vectors.features, blank, {}, vectors.area)


def test_the_baselines_stand_in_order_the_simplest_first():
    """Tables show them so; without rules of practice where there are none."""
    visit = ["area rate", "income margin", "VEP", "last cycle", "logistic of 15", "logistic"]
    assert list(baselines("next_visit")) == visit
    for target in set(TARGETS) - {"next_visit"}:
        assert list(baselines(target)) == [*visit[:2], "rules fired", "rule points", *visit[2:]]


@pytest.mark.parametrize(("target", "name"), EVERY)
def test_scores_are_known_and_probabilities_are_probabilities(target, name):
    """Of every row, be all of it unknown: a score and a probability."""
    vectors, y, outcome_on = drawn(target)
    fitted = baselines(target)[name].fit(vectors, y, outcome_on)
    for seen in (vectors, nothing_known(vectors)):
        score, p = fitted.score(seen), fitted.probability(seen)
        assert score.shape == p.shape == (600,)
        assert np.isfinite(score).all()
        assert ((p >= 0.0) & (p <= 1.0)).all()


@pytest.mark.parametrize(("target", "name"), [each for each in EVERY if each[1] != "rules fired"])
def test_the_probability_rises_with_the_score(target, name):
    """Never the other way; rules fired alone tell the plain rate of their count, whatever it is."""
    vectors, y, outcome_on = drawn(target)
    fitted = baselines(target)[name].fit(vectors, y, outcome_on)
    score, p = fitted.score(vectors), fitted.probability(vectors)
    if name in OWN_RATE_FOR_THE_UNKNOWN:
        known = score != np.median(score)
        score, p = score[known], p[known]
    assert (np.diff(p[np.argsort(score, kind="stable")]) >= -1e-12).all()


@pytest.mark.parametrize(("target", "name"), EVERY)
def test_the_order_of_the_rows_does_not_matter(target, name):
    """Neither to learn from nor to score; nor does the company in which a row is scored."""
    vectors, y, outcome_on = drawn(target)
    fitted = baselines(target)[name].fit(vectors, y, outcome_on)
    turned = np.random.default_rng(1).permutation(len(vectors))
    again = baselines(target)[name].fit(vectors.take(turned), y[turned], outcome_on[turned])
    few = turned[:20]
    for first, second in ((fitted.score, again.score), (fitted.probability, again.probability)):
        np.testing.assert_allclose(first(vectors)[few], second(vectors.take(few)), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("target", "name"), EVERY)
def test_foreign_vectors_are_refused(target, name):
    """Vectors that lack what a baseline reads are foreign, in learning and in scoring."""
    vectors, y, outcome_on = drawn(target)
    other = Vectors(vectors.household_id, vectors.as_of, ("x",), vectors.X[:, :1], {}, vectors.area)
    fitted = baselines(target)[name].fit(vectors, y, outcome_on)
    if name == "area rate":  # it reads the area, which all vectors have
        np.testing.assert_array_equal(fitted.score(other), fitted.score(vectors))
        return
    with pytest.raises(Foreign, match="the vectors lack"):
        fitted.score(other)
    with pytest.raises(Foreign, match="the vectors lack"):
        baselines(target)[name].fit(other, y, outcome_on)


@pytest.mark.parametrize(("target", "name"), EVERY)
def test_outcomes_that_teach_nothing_are_refused(target, name):
    """Outcomes of one kind, of no kind, or too few."""
    vectors, y, outcome_on = drawn(target, rows=40)
    baseline = baselines(target)[name]
    with pytest.raises(Usage, match="of one kind"):
        baseline.fit(vectors, np.zeros(40), outcome_on)
    with pytest.raises(ValueError, match="0 or 1"):
        baseline.fit(vectors, np.append(y[:39], np.nan), outcome_on)
    with pytest.raises(ValueError, match="40 rows but 39 outcomes"):
        baseline.fit(vectors, y[:39], outcome_on[:39])


@pytest.mark.parametrize("name", ["income margin", "rules fired", "rule points", "logistic of 15"])
def test_where_the_outcome_hangs_on_income_what_reads_income_finds_it(name):
    """The struck stand above the spared."""
    vectors, y, outcome_on = drawn("entry", rows=3000)
    score = baselines("entry")[name].fit(vectors, y, outcome_on).score(vectors)
    assert score[y == 1].mean() > score[y == 0].mean() + 0.1 * score.std()
