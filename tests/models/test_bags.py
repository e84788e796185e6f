"""Bags: the mean of several models is one model, exact in its scores, contributions and cost."""

from __future__ import annotations

from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from features.errors import Foreign, Refused
from models.bags import LEFT_OUT, bag, mean_of
from models.bundle import Origin, read_bundle, write_bundle
from models.contributions import contributions
from models.risk import RiskModel, fit_risk_model
from tests.models.conftest import CONCEPTS, MONOTONE

QUESTION = {"target": "next_visit", "horizon_months": 12, "concepts": CONCEPTS, "monotone": MONOTONE}
PARAMS = {"num_iterations": 20, "learning_rate": 0.1, "feature_fraction": 0.5}


@pytest.fixture(scope="module")
def three(draw) -> list[RiskModel]:
    """Return models of three bags of the same households, under three seeds."""
    vectors, y = draw()
    bags = [bag(vectors.household_id, number, 3) for number in range(3)]
    return [
        fit_risk_model(vectors.take(one), y[one], params=PARAMS | {"seed": seed}, **QUESTION)
        for seed, one in enumerate(bags, start=1)
    ]


@pytest.fixture(scope="module")
def mean(three) -> RiskModel:
    """Return their mean."""
    return mean_of(three)


def test_the_score_is_the_mean_of_the_scores(draw, three, mean):
    """To 1e-12, for rows that no bag has seen, unknown values included."""
    vectors, _ = draw(500, random_state=2)
    scores = np.array([model.score(vectors) for model in three])
    assert np.ptp(scores, axis=0).max() > 0.1
    assert np.abs(mean.score(vectors) - scores.mean(axis=0)).max() < 1e-12


def test_contributions_stay_exact(draw, three, mean):
    """They are the mean of the models' contributions, and add up to the score."""
    vectors, _ = draw(500, random_state=2)
    given, parts = contributions(mean, vectors), [contributions(model, vectors) for model in three]
    assert given.f0 == pytest.approx(np.mean([part.f0 for part in parts]), abs=1e-12)
    assert np.abs(given.phi - np.mean([part.phi for part in parts], axis=0)).max() < 1e-12
    assert np.abs(given.phi.sum(axis=1) + given.f0 - mean.score(vectors)).max() < 1e-9


@pytest.mark.parametrize("times", [2, 3])
def test_the_mean_of_one_model_with_itself_says_what_it_says(draw, model, times):
    """Twice or three times the same trees score as they do once."""
    vectors, _ = draw(500, random_state=2)
    assert np.abs(mean_of([model] * times).score(vectors) - model.score(vectors)).max() < 1e-12
    assert mean_of([model]) is model


def test_it_costs_what_its_models_cost_together(three, mean):
    """Σ depth² of all trees; what is over the budget is refused."""
    assert mean.cost == sum(model.cost for model in three)
    dear = [three[0]] * (1 + 100_000 // three[0].cost)
    with pytest.raises(Refused, match="over the budget of 100000"):
        mean_of(dear)


def test_the_text_is_whole(mean, three):
    """LightGBM reads it and writes the same again; trees are numbered through, ranges are the widest."""
    booster = lightgbm.Booster(model_str=mean.booster_text)
    assert booster.num_trees() == 60
    assert mean_of(three).booster_text == mean.booster_text
    sizes = next(line for line in mean.booster_text.splitlines() if line.startswith("tree_sizes="))
    trees = mean.booster_text.partition("Tree=0\n")[2].partition("end of trees")[0]
    assert sum(map(int, sizes.partition("=")[2].split())) == len("Tree=0\n") + len(trees)
    assert [f"Tree={number}\n" in mean.booster_text for number in (0, 59, 60)] == [True, True, False]
    spans = [_spans(model) for model in (*three, mean)]
    assert np.array_equal(spans[3][:, 0], np.min([one[:, 0] for one in spans[:3]], axis=0))
    assert np.array_equal(spans[3][:, 1], np.max([one[:, 1] for one in spans[:3]], axis=0))


def test_a_bundle_carries_it(mean, draw, tmp_path):
    """Written and read again it scores the same bytes."""
    vectors, _ = draw(50, random_state=2)
    origin = Origin(trained_on="simulated", areas=(), created={}, name="fangpin")
    write_bundle(tmp_path / "bundle", mean, origin, {"context.json": b"{}\n"})
    read = read_bundle(tmp_path / "bundle").model
    assert read.score(vectors).tobytes() == mean.score(vectors).tobytes()


def test_models_of_different_questions_have_no_mean(three):
    """Another horizon is another question."""
    with pytest.raises(Foreign, match="one question"):
        mean_of([three[0], replace(three[1], horizon_months=6)])


def test_bags_leave_out_whole_households_and_stay_when_others_go():
    """About a fifth of the households each, none left out twice; a bag alone holds all."""
    rows = np.repeat([f"h{number}" for number in range(1000)], 3)
    bags = np.array([bag(rows, number, 4) for number in range(4)])
    assert (np.ptp(bags.reshape(4, 1000, 3).astype(int), axis=2) == 0).all()
    assert ((~bags).sum(axis=0) <= 1).all()
    assert (~bags).mean(axis=1) == pytest.approx(1 / LEFT_OUT, abs=0.05)
    assert np.array_equal(bag(rows[300:], 2, 4), bags[2][300:])
    assert bag(rows, 0, 1).all()
    assert not np.array([bag(rows, number, 8) for number in range(8)]).all(axis=1).any()


def _spans(model: RiskModel) -> np.ndarray:
    """Return each feature's least and greatest value as the text tells it."""
    line = next(one for one in model.booster_text.splitlines() if one.startswith("feature_infos="))
    return np.array([one.strip("[]").split(":") for one in line.partition("=")[2].split()], dtype=np.float64)
