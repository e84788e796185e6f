"""The logistic regression on the model's own vectors."""

import numpy as np
import pytest

from features.errors import Foreign, Usage
from features.vectors import Vectors
from training.baselines.logistic import LogisticOnVectors


def drawn(rows=1200, seed=0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(rows, 4))
    X[:, 1] = np.exp(3.0 * X[:, 1])
    odds = -1.0 + 1.2 * X[:, 0] - 0.4 * np.log(X[:, 1])
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(-odds))).astype(float)
    X[generator.random((rows, 4)) < 0.1] = np.nan
    as_of = np.datetime64("2010-01-31") + 30 * generator.integers(0, 24, rows)
    return vectors_of(X, as_of), y, as_of + generator.integers(30, 200, rows)


def vectors_of(X, as_of):
    """Return vectors that hold the columns."""
    names = tuple(f"x{column}" for column in range(X.shape[1]))
    household = np.array([f"h{row}" for row in range(len(X))])
    return Vectors(household, as_of, names, X, dict.fromkeys(names, ""), np.repeat("a", len(X)))


def test_it_learns_and_its_probabilities_follow_its_order():
    """It learns and its probabilities follow its order."""
    vectors, y, outcome_on = drawn()
    fitted = LogisticOnVectors().fit(vectors, y, outcome_on)
    score, p = fitted.score(vectors), fitted.probability(vectors)
    assert score[y == 1].mean() > score[y == 0].mean() + 0.8
    assert (np.diff(p[np.argsort(score)]) >= 0).all()
    assert p.mean() == pytest.approx(y.mean(), abs=0.01)


def test_it_chooses_on_earlier_origins_what_loses_least():
    """It chooses on earlier origins what loses least."""
    vectors, y, outcome_on = drawn()
    fitted = LogisticOnVectors(strengths=(1e-6, 0.1)).fit(vectors, y, outcome_on)
    assert set(fitted.losses_) == {(scaling, c) for scaling in ("rank", "standard") for c in (1e-6, 0.1)}
    assert fitted.losses_[fitted.scaling_, fitted.C_] == min(fitted.losses_.values())
    assert (fitted.scaling_, fitted.C_) == ("rank", 0.1)
    assert len(fitted.cuts_) == 3
    assert max(fitted.cuts_) < str(vectors.as_of.max())


def test_the_same_rows_give_the_same_bytes():
    """The same rows give the same bytes."""
    vectors, y, outcome_on = drawn()
    first, second = (LogisticOnVectors().fit(vectors, y, outcome_on).score(vectors) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_scoring_looks_at_one_row_at_a_time():
    """Medians, ranks and deviations are those of the training rows: company changes nothing."""
    vectors, y, outcome_on = drawn()
    fitted = LogisticOnVectors().fit(vectors, y, outcome_on)
    np.testing.assert_allclose(
        fitted.score(vectors)[:5], fitted.score(vectors.take(np.arange(5))), rtol=1e-12
    )


def test_what_is_unknown_is_told_from_what_is_known():
    """Where only the absence of a value speaks, the flag is heard."""
    generator = np.random.default_rng(0)
    y = (generator.random(800) < 0.3).astype(float)
    X = generator.normal(size=(800, 1))
    X[(y == 1) & (generator.random(800) < 0.8), 0] = np.nan
    as_of = np.datetime64("2010-01-31") + generator.integers(0, 500, 800)
    fitted = LogisticOnVectors().fit(vectors_of(X, as_of), y, as_of + 30)
    p = fitted.probability(vectors_of(np.array([[np.nan], [0.0]]), as_of[:2]))
    assert p[0] > 0.9
    assert p[1] < 0.2


def test_a_column_never_known_in_train_is_borne():
    """A column never known in train is borne."""
    vectors, y, outcome_on = drawn(400)
    X = vectors.X.copy()
    X[:, 3] = np.nan
    fitted = LogisticOnVectors().fit(vectors_of(X, vectors.as_of), y, outcome_on)
    known, unknown = X[:2].copy(), X[:2].copy()
    known[:, 3] = 5.0
    np.testing.assert_allclose(
        fitted.score(vectors_of(known, vectors.as_of[:2])),
        fitted.score(vectors_of(unknown, vectors.as_of[:2])),
    )


def test_one_day_leaves_nothing_to_choose_on():
    """Where all rows fall on one day there is no earlier origin, and the middle is taken."""
    vectors, y, _ = drawn(300)
    one_day = np.repeat(np.datetime64("2010-01-31"), 300)
    fitted = LogisticOnVectors(strengths=(1.0, 0.01, 0.1)).fit(
        vectors_of(vectors.X, one_day), y, one_day + 90
    )
    assert fitted.losses_ == {}
    assert fitted.cuts_ == ()
    assert (fitted.scaling_, fitted.C_) == ("rank", 0.1)


def test_an_earlier_origin_without_both_outcomes_is_passed_over():
    """An earlier origin without both outcomes is passed over."""
    vectors, y, outcome_on = drawn(600)
    y = np.where(outcome_on <= np.sort(vectors.as_of)[450], 0.0, y)
    fitted = LogisticOnVectors(strengths=(0.1,), scalings=("rank",)).fit(vectors, y, outcome_on)
    assert len(fitted.cuts_) < 3


def test_it_asks_when_the_outcomes_became_known():
    """It asks when the outcomes became known."""
    vectors, y, _ = drawn(50)
    with pytest.raises(Usage, match="when each outcome was known"):
        LogisticOnVectors().fit(vectors, y)


def test_columns_go_by_name():
    """Vectors that lack a column are foreign, and reordered ones are put right."""
    vectors, y, outcome_on = drawn(300)
    fitted = LogisticOnVectors(strengths=(0.1,)).fit(vectors, y, outcome_on)
    turned = Vectors(
        vectors.household_id,
        vectors.as_of,
        vectors.features[::-1],
        vectors.X[:, ::-1],
        vectors.fingerprints,
        vectors.area,
    )
    np.testing.assert_allclose(fitted.score(turned), fitted.score(vectors))
    with pytest.raises(Foreign, match="x3"):
        fitted.score(vectors_of(vectors.X[:, :3], vectors.as_of))
