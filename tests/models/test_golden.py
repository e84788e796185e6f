"""Golden households: a bundle that answers them as it did when it was made passes, any other is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from features.check import accept
from features.definitions import FEATURES
from features.errors import Foreign
from features.policy import illustrative
from features.vectors import build_vectors
from models.bundle import Origin, read_bundle, write_bundle
from models.golden import check_golden, golden_answers
from models.risk import fit_risk_model
from tests.made import made_panel

POLICY = illustrative()
ORIGIN = Origin("simulated", ("north",), {"base_rate": "0.1"}, "fangpin-next-visit")


@pytest.fixture(scope="module")
def model():
    """Return a small model of the whole catalogue."""
    vectors = build_vectors(made_panel(households=100), np.datetime64("2025-03-31"))
    y = (np.random.default_rng(0).random(len(vectors)) < 0.3).astype(np.float64)
    return fit_risk_model(
        vectors,
        y,
        target="next_visit",
        horizon_months=12,
        concepts={name: FEATURES[name].concept for name in vectors.features},
        params={"num_iterations": 20, "learning_rate": 0.1, "min_data_in_leaf": 5},
    )


def with_one_leaf_altered(model) -> str:
    """Return the trees with one digit of one leaf altered, a leaf that a golden household reaches.

    The text keeps its length, on which LightGBM's reader relies.
    """
    content = json.loads((files("models") / "golden.json").read_text(encoding="utf-8"))
    vectors = build_vectors(accept(content["tables"]), content["as_of"])
    leaf = int(model.booster.predict(model.matrix(vectors), pred_leaf=True)[0, 0])

    def moved(found: re.Match[str]) -> str:
        values = found[1].split()
        place = values[leaf].index(".") + 4
        values[leaf] = (
            values[leaf][:place] + ("0" if values[leaf][place] != "0" else "1") + values[leaf][place + 1 :]
        )
        return "leaf_value=" + " ".join(values)

    return re.sub(r"leaf_value=(.*)", moved, model.booster_text, count=1)


@pytest.fixture
def bundled(tmp_path):
    """Write and read a bundle of a model."""

    def write(model, more=None):
        path = tmp_path / f"bundle-{len(list(tmp_path.iterdir()))}"
        write_bundle(path, model, ORIGIN, more or {})
        return read_bundle(path)

    return write


@pytest.fixture
def golden(bundled, model):
    """Return the golden answers of the model as a bundle carries them."""
    return {"golden.json": json.dumps(golden_answers(bundled(model), POLICY)).encode()}


def test_a_bundle_that_answers_as_it_did_passes(bundled, model, golden):
    """The same trees give the same probabilities, points and hashes, read back from JSON."""
    check_golden(bundled(model, golden), POLICY)


def test_golden_households_are_of_every_kind(golden):
    """Among them are some with a probability, and one of whom too little is known."""
    answers = json.loads(golden["golden.json"])["answers"]
    given = [answer["probability"] for answer in answers.values()]
    assert None in given
    assert sum(one is not None for one in given) >= 2


def test_one_altered_leaf_is_refused(bundled, model, golden):
    """A leaf that a golden household reaches, with another fourth digit, does not serve."""
    other = replace(model, booster_text=with_one_leaf_altered(model))
    assert other.booster_text != model.booster_text
    with pytest.raises(Foreign, match="answered otherwise"):
        check_golden(bundled(other, golden), POLICY)


def test_another_definition_of_a_feature_is_refused(bundled, model, golden):
    """A model that was fitted on another meaning of a feature does not serve."""
    fingerprints = {**model.fingerprints, "earners": "0" * 64}
    other = bundled(replace(model, fingerprints=fingerprints), golden)
    with pytest.raises(Foreign, match="earners"):
        check_golden(other, POLICY)


def test_an_answer_more_or_less_is_refused(bundled, model, golden):
    """Every golden household of the bundle has its answer, and no other has one."""
    content = json.loads(golden["golden.json"])
    fewer = dict(list(content["answers"].items())[1:])
    for answers in (fewer, {**content["answers"], "stranger": {}}):
        changed = json.dumps({**content, "answers": answers}).encode()
        with pytest.raises(Foreign, match="golden"):
            check_golden(bundled(model, {"golden.json": changed}), POLICY)


def test_golden_households_travel_with_the_bundle(bundled, model, golden):
    """A bundle re-scores the households that it was made with, whatever the house's are today."""
    content = json.loads(golden["golden.json"])
    del content["answers"]["golden-3"]
    for columns in content["tables"].values():
        if "household_id" in columns:
            keep = [place for place, name in enumerate(columns["household_id"]) if name != "golden-3"]
            columns.update({name: [values[place] for place in keep] for name, values in columns.items()})
    check_golden(bundled(model, {"golden.json": json.dumps(content).encode()}), POLICY)


def test_a_bundle_without_golden_households_is_refused(bundled, model):
    """What cannot be checked does not serve."""
    with pytest.raises(Foreign, match="no golden households"):
        check_golden(bundled(model), POLICY)
