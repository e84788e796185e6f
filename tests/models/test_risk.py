"""The risk model: the same data give the same trees, inside the budget, and foreign vectors are refused."""

from __future__ import annotations

from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from features.errors import Foreign, Refused, Usage
from models.calibration import UNCALIBRATED
from models.risk import COST_BUDGET, DEFAULT_PARAMS, fit_risk_model, recalibrated, trees_cost

CONCEPTS = {
    "income_margin": "income",
    "medical_share": "medical",
    "worked_months": "work",
    "visit_age": "income",
}
QUESTION = {"target": "next_visit", "horizon_months": 12, "concepts": CONCEPTS}


def test_the_same_data_give_the_same_bytes(draw):
    """Two fits on the same rows write the same text, whatever the number of threads."""
    vectors, y = draw()
    params = {"num_iterations": 30, "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1}
    once, again, threaded = (
        fit_risk_model(vectors, y, params=params | {"num_threads": threads}, **QUESTION)
        for threads in (1, 1, 2)
    )
    assert once.booster_text == again.booster_text == threaded.booster_text
    assert once == again


def test_a_row_alone_gives_the_bytes_of_a_row_among_many(draw, model):
    """Batch = one by one, for score and probability."""
    vectors, _ = draw(200, random_state=2)
    alone = [vectors.take(np.array([row])) for row in range(len(vectors))]
    assert model.score(vectors).tobytes() == b"".join(model.score(one).tobytes() for one in alone)
    assert model.probability(vectors).tobytes() == b"".join(model.probability(one).tobytes() for one in alone)


def test_the_probability_is_the_calibrated_score(draw, model):
    """The probability is g(f), and by default that of the trees themselves."""
    vectors, _ = draw(200, random_state=2)
    f = model.score(vectors)
    assert np.array_equal(model.probability(vectors), model.calibration.probability(f))
    plain = replace(model, calibration=UNCALIBRATED)
    trees = lightgbm.Booster(model_str=model.booster_text).predict(vectors.X)
    assert plain.probability(vectors) == pytest.approx(trees, rel=1e-14)


def test_another_order_of_columns_changes_nothing(draw, model):
    """Columns are found by their id; columns that the model does not use are left alone."""
    vectors, _ = draw(200, random_state=2)
    order = [3, 1, 0, 2]
    noise = np.random.default_rng(0).normal(size=(len(vectors), 1))
    turned = replace(
        vectors,
        features=(*(vectors.features[column] for column in order), "other"),
        X=np.hstack([vectors.X[:, order], noise]),
        fingerprints={**vectors.fingerprints, "other": "meaning of other"},
    )
    assert model.score(turned).tobytes() == model.score(vectors).tobytes()


def test_a_missing_feature_is_foreign(draw, model):
    """Vectors without a feature of the model are refused, and the feature is named."""
    vectors, _ = draw(10)
    short = replace(
        vectors,
        features=vectors.features[:3],
        X=vectors.X[:, :3],
        fingerprints={name: vectors.fingerprints[name] for name in vectors.features[:3]},
    )
    with pytest.raises(Foreign, match="lack 1 features of the model: visit_age"):
        model.score(short)


def test_another_definition_is_foreign(draw, model):
    """A feature of the same id with another fingerprint is refused, and the feature is named."""
    vectors, _ = draw(10)
    other = replace(vectors, fingerprints={**vectors.fingerprints, "visit_age": "another meaning"})
    with pytest.raises(Foreign, match="another definition than the model's: visit_age"):
        model.probability(other)


def test_no_rows_give_no_probabilities(draw, model):
    """No household, no answer, no error."""
    vectors, _ = draw(10)
    assert model.probability(vectors.take(np.array([], dtype=int))).shape == (0,)


def test_the_cost_is_counted_over_all_leaves(model):
    """Σ depth² from the text equals Σ depth² from LightGBM's own table of nodes."""
    nodes = lightgbm.Booster(model_str=model.booster_text).trees_to_dataframe()
    leaves = nodes[nodes["left_child"].isna()]
    assert model.cost == trees_cost(model.booster_text) == int(((leaves["node_depth"] - 1) ** 2).sum())
    assert model.cost <= COST_BUDGET


def test_trees_over_the_budget_are_refused(draw):
    """A model whose contributions would cost too much is no model."""
    vectors, y = draw()
    with pytest.raises(Refused, match="over the budget of 100000"):
        fit_risk_model(
            vectors,
            y,
            params={"num_iterations": 120, "num_leaves": 64, "min_data_in_leaf": 5, "learning_rate": 0.02},
            **QUESTION,
        )


def test_weights_of_one_are_no_weights(draw):
    """Rows that all count alike give the same trees, to the byte, as rows without weights."""
    vectors, y = draw(400)
    plain, alike = (
        fit_risk_model(vectors, y, params={"num_iterations": 10}, weight=weight, **QUESTION)
        for weight in (None, np.ones(400))
    )
    assert plain.booster_text == alike.booster_text


def test_the_mean_probability_follows_the_weights(draw):
    """With events counted threefold the probabilities are those of a world with three times their odds."""
    vectors, y = draw(4_000)
    model = fit_risk_model(
        vectors, y, params={"num_iterations": 20}, weight=np.where(y == 1, 3.0, 1.0), **QUESTION
    )
    share = 3 * y.sum() / (3 * y.sum() + (1 - y).sum())
    weighted = np.average(model.probability(vectors), weights=np.where(y == 1, 3.0, 1.0))
    assert weighted == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("weight", [np.ones(199), np.zeros(200), np.full(200, np.nan), -np.ones(200)])
def test_weights_that_do_not_fit_are_told_so(draw, weight):
    """A weight for every row, finite and above zero."""
    vectors, y = draw(200)
    with pytest.raises(Usage, match="each of 200 rows needs a finite weight above zero"):
        fit_risk_model(vectors, y, weight=weight, **QUESTION)


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_held_direction_is_kept(draw, direction):
    """With a constraint the score never moves the other way, and without one the model says so."""
    vectors, y = draw()
    model = fit_risk_model(
        vectors, y, monotone={"income_margin": direction}, params={"num_iterations": 60}, **QUESTION
    )
    X = np.repeat(np.random.default_rng(3).normal(size=(20, 1, 4)), 50, axis=1)
    X[:, :, 0] = np.linspace(-3, 3, 50)
    moves = np.diff(model.score_matrix(X.reshape(-1, 4)).reshape(20, 50), axis=1)
    assert (direction * moves >= 0).all()
    assert model.directions == (direction, 0, 0, 0)


def test_recalibration_keeps_the_trees(draw, model):
    """Later months change the calibration and nothing else."""
    later = recalibrated(model, *draw(random_state=5))
    assert later.booster_text == model.booster_text
    assert later.calibration != model.calibration


def test_the_mean_probability_of_the_later_months_is_their_share_of_outcomes(draw, model):
    """The calibration was fitted on the months given for it."""
    vectors, y = draw(random_state=1)
    assert model.probability(vectors).mean() == pytest.approx(y.mean(), abs=1e-10)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"params": {"objective": "regression"}}, "unknown parameters of the trees: objective"),
        ({"monotone": {"nothing": 1}}, "features that are not there: nothing"),
        ({"monotone": {"visit_age": 2}}, "-1, 0 or 1; other on visit_age"),
        ({"concepts": {}}, "4 features have no concept"),
    ],
)
def test_a_fit_that_cannot_be_meant_is_told_so(draw, wrong, message):
    """An unknown parameter, a constraint on nothing, a feature without a concept."""
    vectors, y = draw(200)
    with pytest.raises(Usage, match=message):
        fit_risk_model(vectors, y, **{**QUESTION, **wrong})


@pytest.mark.parametrize("outcome", [0.0, 1.0, 2.0, np.nan])
def test_one_outcome_alone_is_refused(draw, outcome):
    """There is nothing to learn where all rows had the same outcome, or none that counts."""
    vectors, _ = draw(200)
    with pytest.raises(Refused, match="needs both outcomes"):
        fit_risk_model(vectors, np.full(200, outcome), **QUESTION)


def test_parts_of_different_models_are_foreign(model):
    """Trees of other features, or a fingerprint too few, do not make a model."""
    with pytest.raises(Foreign, match="trees were not fitted on these features"):
        replace(
            model,
            features=model.features[::-1],
            fingerprints=dict.fromkeys(model.features, "another meaning"),
        )
    with pytest.raises(Foreign, match="a fingerprint of each"):
        replace(model, fingerprints={})


def test_every_default_is_taken_by_lightgbm(draw):
    """The names of the defaults are LightGBM's: each is in the text with its value."""
    vectors, y = draw(500)
    text = fit_risk_model(vectors, y, params={"num_iterations": 2}, **QUESTION).booster_text
    for name in set(DEFAULT_PARAMS) - {"num_threads"}:
        assert f"[{name}: " in text
