"""A version fitted without the helped, and a judgement that is asked what a sceptic asks."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import numpy as np
import pytest

from features.check import accept
from features.files import write_tables
from features.policy import illustrative
from models.registry import Registry
from tests.entered import entered_county
from training.cohorts.targets import Question
from training.fitting.pipeline import fit
from training.helped.rows import helped_rows
from training.helped.treating import treated
from training.learning.preparing import prepare
from training.measures.evaluation import MODEL
from training.registering.versions import exported
from training.settings import places
from training.tracking import data_sha256

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ASKED = Question("need", until=np.datetime64("2022-12-31"))

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")


def doubtful_county():
    """Return a made-up county with general grants by lot, incomes of assumed days, and some checks by lot."""
    tables = {name: dict(facts) for name, facts in entered_county(households=240).items()}
    rng = np.random.default_rng(5)
    ids = np.unique(tables["households"]["household_id"])
    days = np.arange("2020-06-01", "2024-06-01", dtype="datetime64[D]")
    grants = {
        "record_id": [f"grant-{place}" for place in range(400)],
        "household_id": rng.choice(ids, 400).tolist(),
        "occurred_on": (when := rng.choice(days, 400)).tolist(),
        "known_on": when.tolist(),
        "area_of_help": ["industry"] * 400,
        "form": ["money"] * 400,
        "ground": ["general"] * 400,
    }
    checks = {
        "record_id": [f"lot-{place}" for place in range(300)],
        "household_id": rng.choice(ids, 300).tolist(),
        "occurred_on": (when := rng.choice(days, 300)).tolist(),
        "known_on": when.tolist(),
        "risk": rng.choice(["none", "needs_help"], 300, p=[0.9, 0.1]).tolist(),
        "drawn_chance": rng.choice([0.02, 0.1], 300).tolist(),
    }
    standing = {name: tables[name] for name in ("households", "lines", "areas")}
    more = accept({**standing, "supports": grants, "verifications": checks})
    for name in ("supports", "verifications"):
        tables[name] = {
            column: np.concatenate([values, more[name][column]]) for column, values in tables[name].items()
        }
    tables["incomes"]["known_on_assumed"] = np.ones_like(tables["incomes"]["known_on_assumed"])
    return tables


@pytest.fixture(scope="module")
def tables():
    """Return the county."""
    return doubtful_county()


@pytest.fixture(scope="module")
def county(tables, tmp_path_factory) -> Path:
    """Write it."""
    folder = tmp_path_factory.mktemp("doubtful") / "tables"
    write_tables(tables, folder)
    return folder


@pytest.fixture(scope="module")
def home(migrated, tmp_path_factory) -> Path:
    """Return a home of the test's own, with an empty registry in it."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copy(migrated, folder / "mlflow.db")
    return folder


@pytest.fixture(scope="module")
def fitted(tables, home):
    """Fit on what was known early, the unhelped standing for the helped."""
    former = mlflow.get_tracking_uri()
    done = fit(
        tables,
        target=ASKED,
        trained_on="simulated",
        title="a made-up county",
        policy=illustrative(),
        places=places({"FANGPIN_HOME": str(home)}),
        at=NOON,
        helped="weighted",
    )
    mlflow.set_tracking_uri(former)
    return done


@pytest.fixture
def evaluated(run, fitted, county, home, monkeypatch):
    """Return a way to evaluate the version as the command does."""
    monkeypatch.setenv("FANGPIN_HOME", str(home))
    asked = ("evaluate", fitted.version, county, "--name", fitted.name, "--resamples", 5)

    def typed(*words):
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # which MLflow sets for whoever comes next
        return run(*asked, *words)

    return typed


def test_a_fit_without_the_helped_learns_from_the_others_and_says_so(fitted, tables, home):
    """Rows are those that help did not reach; card and run tell how they were weighed."""
    dated, followed, vectors = prepare(tables, ASKED, lambda _: None)
    before = helped_rows(dated, followed, ASKED).before
    told = fitted.treatment
    assert 0 < told.helped == before.sum() < len(followed)
    assert fitted.rows == told.rows == len(followed) - told.helped
    at = places({"FANGPIN_HOME": str(home)})
    card = exported(Registry(at.tracking_uri, at.bundles, fitted.name), fitted.version).card
    assert card["data"]["helped"] == told.as_dict()
    assert mlflow.MlflowClient(at.tracking_uri).get_run(fitted.run_id).data.params["helped"] == "weighted"
    kept, part, _ = treated(dated, followed, vectors, ASKED, "weighted")
    assert card["data"]["sha256"] == data_sha256(part, kept.y)
    again, _, _ = treated(dated, followed, vectors, ASKED, "weighted")
    assert np.array_equal(kept.stands_for, again.stands_for)


def test_the_command_answers_doubts_beside_the_judgement(evaluated):
    """Band and delay are added where they are asked for, nothing else changes; checks by lot are told."""
    code, plain, _ = evaluated("--json")
    assert code == 0
    code, shown, told = evaluated("--helped", "--delay", 3, "--json")
    assert code == 0, told
    read = json.loads(shown)
    band, delayed = read.pop("helped"), read.pop("delayed")
    assert read == json.loads(plain)
    assert band["by_share"].keys() == {"0", "0.25", "0.5"}
    assert band["helped"] >= band["helped_without_outcome"] > 0
    ends = band["band"][MODEL]["expected_over_observed"]
    assert ends["low"] < ends["high"] == ends["value"]
    measures = read["comparison"]["rows"][0]["measures"]
    assert ends["value"] == pytest.approx(measures["expected_over_observed"])
    assert delayed["facts_moved"] > 0
    assert delayed["as_is"][MODEL]["roc_auc"]["value"] == measures["roc_auc"]
    assert delayed["later"][MODEL]["roc_auc"]["value"] != measures["roc_auc"]
    assert 0 < read["explored"]["rows"] < measures["rows"]


def test_the_tables_of_doubt_come_last(evaluated):
    """As text they stand below the judgement."""
    code, text, _ = evaluated("--helped", "--delay", 3)
    assert code == 0
    places_ = [text.index(words) for words in (
        "all: ", "helped before their outcome: ", "have an assumed day of knowing", "checked by lot within",
    )]  # fmt: skip
    assert places_ == sorted(places_)


def test_words_that_are_off_are_a_matter_of_usage(run, county):
    """A way that is not known, and a delay of nothing: exit code 2."""
    for words in (
        ("fit", county, "--trained-on", "simulated", "--floor", 0, "--helped", "dropped"),
        ("evaluate", 1, county, "--delay", 0),
    ):
        code, shown, told = run(*words)
        assert (code, shown) == (2, "")
        assert "Traceback" not in told
