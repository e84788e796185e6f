"""From histories to a registered version: one fit, seen from all sides."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from itertools import count

import mlflow
import numpy as np
import pandas as pd
import pytest

from features.check import accept
from features.errors import Refused, Usage
from features.policy import illustrative
from features.tables import CONTEXT_TABLES, HOUSEHOLD_TABLES
from features.vectors import build_vectors
from models.assessment import assess
from models.bundle import read_bundle
from models.golden import check_golden
from models.registry import Registry, speaking_to
from tests.made import made_panel
from training.cohorts.pooling import pooled
from training.cohorts.targets import Question
from training.fitting.pipeline import Fitted, fit
from training.learning.beside import baselines
from training.learning.preparing import prepare
from training.registering.versions import exported
from training.settings import places
from training.tracking import data_sha256

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAME = "fangpin-next-visit"

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")


@pytest.fixture(scope="module")
def tables():
    """Return a made panel of 300 households."""
    return made_panel()


@pytest.fixture(scope="module")
def at(migrated, tmp_path_factory):
    """Return a home of the test's own, with an empty registry in it."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated, home / "mlflow.db")
    return places({"FANGPIN_HOME": str(home)})


@pytest.fixture(scope="module")
def steps() -> list[str]:
    """Return what the fit tells while it works."""
    return []


@pytest.fixture(scope="module")
def fitted(tables, at, steps) -> Fitted:
    """Fit once."""
    return fit(
        tables,
        target="next_visit",
        trained_on="simulated",
        title="a made panel",
        policy=illustrative(),
        places=at,
        at=NOON,
        clock=count().__next__,
        told=steps.append,
    )


@pytest.fixture(scope="module")
def bundle(fitted, at):
    """Promote the version and read the bundle that then serves."""
    Registry(at.tracking_uri, at.bundles, NAME).promote(fitted.version, reason="first", by="analyst", at=NOON)
    return read_bundle(at.bundles / "champion")


def test_a_fit_is_told_step_by_step_and_counted(fitted, tables, steps):
    """It says what it is doing, and its rows and events are those of the cohort."""
    _, followed, _ = prepare(tables, "next_visit", lambda _: None)
    assert (fitted.rows, fitted.events) == (len(followed), int(followed.y.sum()))
    assert (fitted.name, fitted.version) == (NAME, "1")
    assert {"following the households", "building the vectors", "registering"} <= set(steps)


def test_what_it_will_take_is_told_before_the_long_part_and_what_it_took_after(fitted, steps):
    """One line before the first trees; then minutes by stage, each of them told. A panel has no lists."""
    (before,) = [place for place, step in enumerate(steps) if step.startswith("budget: ")]
    assert before < steps.index("trees: 1 of 4 on 3 earlier origins")
    stages = [step.split(":")[0] for step in steps if not step.startswith("budget: ")]
    assert list(fitted.minutes) == list(dict.fromkeys(stages))
    assert all(minutes > 0 for minutes in fitted.minutes.values())
    assert fitted.programme is None
    assert "lists" not in fitted.minutes


def test_trees_are_not_learnt_from_fewer_than_the_floor(tables, at):
    """The refusal counts the households with the outcome and says what can be done instead."""
    with pytest.raises(Refused, match=r"^\d+ households with the outcome, 5000 needed: .*--take-over"):
        fit(
            tables,
            target=Question("next_visit", floor=5000),
            trained_on="simulated",
            title="too few",
            policy=illustrative(),
            places=at,
            at=NOON,
        )


def test_the_model_stands_beside_every_baseline(fitted):
    """Rows of the comparison are the model and all baselines, measured on the same households."""
    assert [row.scorer for row in fitted.comparison.rows] == ["LightGBM", *baselines("next_visit")]
    assert len({row.measures.rows for row in fitted.comparison.rows}) == 1
    assert fitted.comparison.row("LightGBM").measures.roc_auc > 0.6


def test_the_run_holds_parameters_measures_pictures_and_the_data_s_digest(fitted, at, tables):
    """A data scientist finds in MLflow what was fitted, on what, how well, with its pictures."""
    client = mlflow.MlflowClient(at.tracking_uri)
    run = client.get_run(fitted.run_id)
    _, followed, vectors = prepare(tables, "next_visit", lambda _: None)
    assert run.info.status == "FINISHED"
    assert run.data.params["target"] == "next_visit"
    assert {"num_leaves", "learning_rate", "num_iterations"} <= run.data.params.keys()
    assert run.data.tags["data_sha256"] == data_sha256(vectors, followed.y)
    shown = fitted.comparison.row("LightGBM").estimates["roc_auc"]
    assert [run.data.metrics[f"roc_auc/lightgbm{end}"] for end in ("", ".low", ".high")] == [
        shown.value,
        shown.low,
        shown.high,
    ]
    assert {"brier/area_rate", "log_loss/lightgbm", "log_loss/logistic"} <= run.data.metrics.keys()
    logged = {artifact.path for artifact in client.list_artifacts(fitted.run_id)}
    pictures = {"roc_pr.png", "calibration.png", "gains.png", "shap_summary.png"}
    assert logged >= pictures | {"card.md", "card.html", "comparison.txt", "comparison.json"}
    datasets = {each.tags[0].value: each.dataset for each in run.inputs.dataset_inputs}
    assert datasets["training"].digest == run.data.tags["data_sha256"][:36]
    assert json.loads(datasets["training"].profile)["num_rows"] == fitted.rows
    judged = fitted.comparison.row("LightGBM").measures.rows
    assert json.loads(datasets["evaluation"].profile)["num_rows"] == judged


def test_each_earlier_origin_is_a_run_inside_the_fit_s(fitted, at):
    """Its rows are together those that were judged, and it tells what every scorer showed on them."""
    client = mlflow.MlflowClient(at.tracking_uri)
    experiment = client.get_run(fitted.run_id).info.experiment_id
    inside = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{fitted.run_id}'")
    judged = fitted.comparison.row("LightGBM").measures
    assert sum(run.data.metrics["rows"] for run in inside) == judged.rows
    assert sum(run.data.metrics["events"] for run in inside) == judged.positives
    assert len({run.data.params["cut"] for run in inside}) == len(inside) > 1
    for run in inside:
        assert run.data.params["cut"] < run.data.params["first_day"] <= run.data.params["last_day"]
        assert {"log_loss/lightgbm", "log_loss/logistic", "roc_auc/income_margin"} <= run.data.metrics.keys()
    assert fitted.run_id in {run.info.run_id for run in client.search_runs([experiment], "tags.kind = 'fit'")}


def test_run_and_version_are_described(fitted, at):
    """What was asked, on what, the gates and what next, in Markdown where MLflow shows it; gates as tags."""
    client = mlflow.MlflowClient(at.tracking_uri)
    text = client.get_run(fitted.run_id).data.tags["mlflow.note.content"]
    version = client.get_model_version(NAME, fitted.version)
    assert version.description == text
    for said in ("not to be used for real ones", "`next_visit`", "a made panel", f"{fitted.rows:,} rows"):
        assert said in text
    for gate in fitted.gates:
        assert f"{gate.name}: {gate.says}" in text
    assert f"`fangpin-train promote {fitted.version} --name {NAME}" in text
    assert version.tags["gate.enough outcomes"] == "cannot be judged"
    assert version.tags["trained_on"] == "simulated"
    assert "`champion` is the version that serves" in client.get_registered_model(NAME).description


def test_the_promoted_bundle_serves_the_registered_version(bundle, fitted, at):
    """The champion link leads to the version's bundle, which passes its golden households."""
    assert (bundle.name, bundle.version, bundle.trained_on) == (NAME, fitted.version, "simulated")
    assert bundle.origin.created["run_id"] == fitted.run_id
    assert bundle.card is not None
    page = bundle.files["card.html"].decode()
    assert page.count("data:image/png;base64,") == 4
    check_golden(bundle, illustrative())
    (entry,) = Registry(at.tracking_uri, at.bundles, NAME).history()
    assert (entry.who, entry.why) == ("analyst", "first")


def test_mlflow_answers_what_the_bundle_answers(bundle, fitted, at, tables):
    """The registered pyfunc gives the bundle's own probabilities, bit for bit."""
    vectors = build_vectors(tables, np.datetime64("2025-03-31"), features=bundle.model.features)
    with speaking_to(at.tracking_uri):
        served = mlflow.pyfunc.load_model(f"models:/{NAME}/{fitted.version}")
    said = served.predict(pd.DataFrame(vectors.X, columns=list(vectors.features)))
    assert said["probability"].to_numpy().tobytes() == bundle.model.probability(vectors).tobytes()


def test_the_bundle_s_context_answers_as_the_tables_did(bundle, tables):
    """Areas, lines and rates go along, so that a request needs only the household's own facts."""
    assert {"areas", "lines", "area_rates"} <= set(bundle.context) <= set(CONTEXT_TABLES)
    context = accept(json.loads(json.dumps(bundle.context)))
    first = ("h0001", "h0002", "h0003")
    own = {
        name: {column: values[np.isin(facts["household_id"], first)] for column, values in facts.items()}
        for name, facts in tables.items()
        if name in HOUSEHOLD_TABLES
    }
    dated, _, _ = prepare(tables, "next_visit", lambda _: None)
    by_bundle, by_tables = (
        assess(bundle, illustrative(), given, "2025-03-31", made_at="now")
        for given in ({**own, **context}, {**dated, **own})
    )
    assert [one.canonical() for one in by_bundle] == [one.canonical() for one in by_tables]


def test_an_unknown_target_is_a_matter_of_usage(tables):
    """It is refused before any work, and the known ones are named."""
    with pytest.raises(Usage, match="next_visit"):
        prepare(tables, "happiness", lambda _: None)


def test_without_visits_nothing_can_be_fitted(tables):
    """There is nobody to follow."""
    with pytest.raises(Refused, match="no visits"):
        prepare(
            {name: facts for name, facts in tables.items() if name != "visits"}, "next_visit", lambda _: None
        )


def test_a_version_is_taken_over_by_counties_with_too_few_outcomes_of_their_own(fitted, at):
    """Its trees stay, whatever the floor; each county is judged by the others, and the placebo is a gate."""
    counties = {name: made_panel(households=120, random_state=seed) for name, seed in (("a", 5), ("b", 6))}
    done = fit(
        pooled(counties),
        target=Question("next_visit", floor=5000),
        trained_on="simulated",
        title="two made panels",
        policy=illustrative(),
        places=at,
        at=NOON,
        taken_over=fitted.version,
        with_placebo=True,
    )
    registry = Registry(at.tracking_uri, at.bundles, NAME)
    before, after = (exported(registry, version) for version in (fitted.version, done.version))
    assert after.model.booster_text == before.model.booster_text
    assert after.model.calibration != before.model.calibration
    assert after.origin.created["taken_over"] == fitted.version
    assert {row.group for row in done.left_out.rows} == {"all", "a", "b"}
    gates = {gate["name"]: gate["holds"] for gate in after.card["gates"]}
    assert gates["one, many and parted the same"] is True
    assert gates["placebo"] is True
