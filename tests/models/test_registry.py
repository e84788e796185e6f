"""The registry: versions that MLflow can serve, a champion that flips at once, a ledger that remembers."""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from features.errors import FangpinError, Foreign, Usage
from models.bundle import read_bundle
from models.promotions import LEDGER, Entry, champion, history, served_before
from models.registry import Registry, speaking_to

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def registry(tracking_uri, tmp_path) -> Registry:
    """Return a registry without versions."""
    return Registry(tracking_uri=tracking_uri, bundles=tmp_path / "bundles")


def said(**more) -> dict[str, object]:
    """Return who promotes and why."""
    return {"reason": "better at the top", "by": "analyst", "at": NOON, **more}


def frame(vectors) -> pd.DataFrame:
    """Return vectors as MLflow's clients send them."""
    return pd.DataFrame(vectors.X, columns=list(vectors.features))


def test_a_registered_version_answers_the_same_bytes_without_unpickling(
    registry, run_id, make_bundle, draw, model, monkeypatch
):
    """The logged model, loaded with pickle disabled, gives the model's own probabilities."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("something was unpickled")

    version = registry.register(make_bundle(), run_id)
    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    mlflow.set_tracking_uri(registry.tracking_uri)
    served = mlflow.pyfunc.load_model(registry.uri(version))
    vectors, _ = draw(100, random_state=2)
    answer = served.predict(frame(vectors))
    assert answer["probability"].to_numpy().tobytes() == model.probability(vectors).tobytes()
    assert answer["score"].to_numpy().tobytes() == model.score(vectors).tobytes()
    turned = served.predict(frame(vectors)[list(reversed(vectors.features))].assign(other=1.0))
    pd.testing.assert_frame_equal(turned, answer)
    with pytest.raises(Foreign, match="1 features are missing, such as visit_age"):
        served.predict(frame(vectors).drop(columns="visit_age"))


def test_what_is_registered_says_what_it_is(registry, run_id, make_bundle, tmp_path):
    """A version carries its run, its tags, an open signature, pinned requirements and no pickle."""
    bundle = read_bundle(make_bundle())
    version = registry.register(bundle.path, run_id, tags={"note": "first"})
    found = mlflow.MlflowClient(tracking_uri=registry.tracking_uri).get_model_version("fangpin", version)
    assert found.run_id == registry.run_of(version) == run_id
    assert found.tags["bundle_sha256"] == bundle.sha256
    assert (found.tags["trained_on"], found.tags["target"]) == ("simulated", "next_visit")
    assert found.tags["note"] == "first"
    mlflow.set_tracking_uri(registry.tracking_uri)
    logged = Path(mlflow.artifacts.download_artifacts(registry.uri(version), dst_path=str(tmp_path)))
    inputs = mlflow.models.Model.load(str(logged)).get_input_schema()
    assert inputs.input_names() == list(bundle.model.features)
    assert all(not column.required and column.type.name == "double" for column in inputs.inputs)
    requirements = (logged / "requirements.txt").read_text()
    assert "lightgbm==" in requirements
    assert "://" not in requirements
    assert not [file for file in logged.rglob("*") if file.suffix in {".pkl", ".pickle", ".joblib"}]


def test_a_bundle_is_registered_from_within_its_own_run(registry, run_id, make_bundle):
    """The fit's run may still be open; it stays open."""
    mlflow.set_tracking_uri(registry.tracking_uri)
    with mlflow.start_run(run_id=run_id):
        registry.register(make_bundle(), run_id)
        assert mlflow.active_run().info.run_id == run_id
    assert registry.versions() == ("1",)


def test_a_bundle_of_another_name_is_refused(registry, run_id, make_bundle):
    """A model of another target does not become a version of this one."""
    with pytest.raises(Usage, match="made for fangpin-need, not for fangpin"):
        registry.register(make_bundle(name="fangpin-need"), run_id)


def test_an_exported_bundle_is_the_one_that_was_registered(registry, run_id, make_bundle, tmp_path):
    """Out of the registry comes the same bundle, once, by number or alias."""
    bundle = read_bundle(make_bundle())
    version = registry.register(bundle.path, run_id)
    assert registry.export(version, tmp_path / "out").sha256 == bundle.sha256
    with pytest.raises(Usage, match="exists already"):
        registry.export(version, tmp_path / "out")
    with pytest.raises(Usage, match="fangpin has no version 'champion' in the registry"):
        registry.export("champion", tmp_path / "other")
    with pytest.raises(Usage, match="fangpin has no version '99' in the registry"):
        registry.export("99", tmp_path / "other")


def test_an_altered_artifact_is_not_exported(registry, run_id, make_bundle, tmp_path):
    """Who changes a model inside the registry does not get it served."""
    version = registry.register(make_bundle(), run_id)
    (booster,) = (tmp_path / "artifacts").rglob("booster.txt")
    booster.write_text(booster.read_text() + "\n")
    with pytest.raises(Foreign, match=r"booster\.txt"):
        registry.promote(version, **said())
    assert not (registry.bundles / "champion").exists()
    assert registry.history() == ()


def test_promotion_and_rollback_are_remembered(registry, run_id, make_bundle):
    """The link follows, the ledger says what served when, the aliases agree."""
    one, two, three = (registry.register(make_bundle(made=made), run_id) for made in ("a", "b", "c"))
    client = mlflow.MlflowClient(tracking_uri=registry.tracking_uri)

    def alias(name: str) -> str:
        return str(client.get_model_version_by_alias("fangpin", name).version)

    registry.promote(one, **said(gates={"calibration": {"passed": True}}))
    assert champion(registry.bundles).version == one == alias("champion")
    registry.promote(two, **said())
    registry.promote(three, **said())
    assert champion(registry.bundles).version == three == alias("champion")
    assert alias("previous") == two

    back = registry.rollback(**said(reason="probabilities off in one township"))
    assert (back.version, back.previous) == (two, f"fangpin-{three}")
    assert champion(registry.bundles).version == two == alias("champion")
    assert alias("previous") == three
    further = registry.rollback(**said())
    assert further.version == one == champion(registry.bundles).version
    assert further.gates == {"calibration": {"passed": True}}
    with pytest.raises(Usage, match="nothing served before"):
        registry.rollback(**said())

    entries = registry.history()
    assert [(entry.action, entry.version) for entry in entries] == [
        ("promote", one),
        ("promote", two),
        ("promote", three),
        ("rollback", two),
        ("rollback", one),
    ]
    assert entries[3].why == "probabilities off in one township"
    assert entries[0].when == "2026-07-01T12:00:00+00:00"
    assert all(read_bundle(registry.bundles / e.folder).sha256 == e.bundle_sha256 for e in entries)
    assert client.get_model_version("fangpin", one).tags["served_why"] == "better at the top"
    assert registry.version("champion") == one


def test_rollback_needs_no_registry(registry, run_id, make_bundle):
    """Where MLflow is gone, the earlier version still serves, and the error says what was left undone."""
    for made in ("a", "b"):
        registry.promote(registry.register(make_bundle(made=made), run_id), **said())
    lost = Registry(tracking_uri="http://127.0.0.1:9", bundles=registry.bundles)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with pytest.raises(FangpinError, match="fangpin-1 serves, as the ledger says, but the registry"):
            lost.rollback(**said())
    assert champion(registry.bundles).version == "1"
    assert registry.history()[-1].action == "rollback"


def test_rollback_to_a_bundle_that_was_touched_is_refused(registry, run_id, make_bundle):
    """The present champion stays where the earlier one is no longer what it was."""
    for made in ("a", "b"):
        registry.promote(registry.register(make_bundle(made=made), run_id), **said())
    (registry.bundles / "fangpin-1" / "policy.json").write_text("{ }")
    with pytest.raises(Foreign, match=r"policy\.json"):
        registry.rollback(**said())
    assert champion(registry.bundles).version == "2"
    assert len(registry.history()) == 2


def test_rollback_fetches_a_bundle_that_was_cleared_away(registry, run_id, make_bundle):
    """A folder that was deleted comes back from the registry."""
    for made in ("a", "b"):
        registry.promote(registry.register(make_bundle(made=made), run_id), **said())
    for file in (registry.bundles / "fangpin-1").iterdir():
        file.unlink()
    (registry.bundles / "fangpin-1").rmdir()
    registry.rollback(**said())
    assert champion(registry.bundles).version == "1"


def test_another_bundle_in_the_folder_is_refused(registry, run_id, make_bundle):
    """A folder of the right name with another bundle in it does not serve."""
    version = registry.register(make_bundle(), run_id)
    registry.bundles.mkdir()
    make_bundle(made="b").rename(registry.bundles / f"fangpin-{version}")
    with pytest.raises(Foreign, match="another bundle than version 1 of fangpin"):
        registry.promote(version, **said())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reason": " "}, "the ledger needs the reason"),
        ({"by": ""}, "the ledger needs who promotes"),
        ({"at": NOON.replace(tzinfo=None)}, "a moment with its time zone"),
    ],
)
def test_a_promotion_without_a_reason_a_name_or_a_moment_is_refused(
    registry, run_id, make_bundle, wrong, message
):
    """Nothing is promoted that the ledger could not tell."""
    version = registry.register(make_bundle(), run_id)
    with pytest.raises(Usage, match=message):
        registry.promote(version, **said(**wrong))
    assert registry.history() == ()


def test_a_target_may_follow_another(registry, run_id, make_bundle):
    """One folder serves one champion, also when its target changes; rollback finds the way back."""
    need = Registry(registry.tracking_uri, registry.bundles, name="fangpin-need")
    registry.promote(registry.register(make_bundle(), run_id), **said())
    need.promote(need.register(make_bundle("need", name="fangpin-need"), run_id), **said())
    assert champion(registry.bundles).name == "fangpin-need"
    with pytest.raises(Usage):
        registry.version("champion")
    registry.rollback(**said())
    assert champion(registry.bundles).name == "fangpin"
    assert registry.version("champion") == "1"
    with pytest.raises(Usage):
        need.version("champion")


def entry(version: str, action: str = "promote") -> Entry:
    """Return a line of a ledger."""
    return Entry(
        "2026-07-01T12:00:00+00:00", "analyst", "why", action, "fangpin", version, "0" * 64, {}, None
    )


def test_a_promotion_that_failed_never_served():
    """A line that was undone counts for nothing on the way back."""
    entries = [entry("1"), entry("2"), entry("3"), entry("3", "failed")]
    assert served_before(entries).version == "1"
    assert served_before(entries[:1]) is None
    assert served_before([*entries, entry("1", "rollback")]) is None


def test_the_same_version_twice_is_one_reign():
    """Promoting the champion again does not make it its own predecessor."""
    assert served_before([entry("1"), entry("2"), entry("2")]).version == "1"


def test_a_line_that_was_cut_off_never_took_effect(registry, run_id, make_bundle):
    """A crash while the ledger was written leaves a ledger that can be read and written."""
    one, two = (registry.register(make_bundle(made=made), run_id) for made in ("a", "b"))
    registry.promote(one, **said())
    with (registry.bundles / LEDGER).open("ab") as ledger:
        ledger.write(b'{"when": "2026-')
    assert [line.version for line in registry.history()] == [one]
    registry.promote(two, **said())
    assert [line.version for line in registry.history()] == [one, two]


def test_a_ledger_that_is_none_is_foreign(tmp_path):
    """A broken line in the middle is told, not skipped."""
    (tmp_path / LEDGER).write_text('{"when": "2026-07-01"}\n')
    with pytest.raises(Foreign, match="line 1 of the ledger"):
        history(tmp_path)


def test_there_is_no_champion_before_the_first_promotion(tmp_path):
    """An empty folder says what to do."""
    with pytest.raises(Foreign, match="promote a version first"):
        champion(tmp_path)
    assert history(tmp_path) == ()


def test_a_link_that_cannot_be_flipped_is_told_in_the_ledger(registry, run_id, make_bundle, monkeypatch):
    """The champion stays, and the ledger says that the promotion failed."""
    one, two = (registry.register(make_bundle(made=made), run_id) for made in ("a", "b"))
    registry.promote(one, **said())

    def full(*_args, **_kwargs):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", full)
        with pytest.raises(OSError, match="no space left"):
            registry.promote(two, **said())
    assert champion(registry.bundles).version == one
    assert [line.action for line in registry.history()] == ["promote", "promote", "failed"]


@pytest.mark.slow
def test_mlflow_serves_the_champion(registry, run_id, make_bundle, draw, model, tmp_path):
    """`mlflow models serve --env-manager local`, started elsewhere, answers the same numbers."""
    registry.promote(registry.register(make_bundle(), run_id), **said())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["models", "serve", "-m", "models:/fangpin@champion", "--env-manager", "local"]
    settings = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MLFLOW_TRACKING_URI": registry.tracking_uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    settings.pop("PYTHONPATH", None)
    vectors, _ = draw(20, random_state=2)
    rows = [[None if np.isnan(x) else x for x in row] for row in vectors.X.tolist()]
    body = {"dataframe_split": {"columns": list(vectors.features), "data": rows}}
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *arguments, "--host", "127.0.0.1", "--port", str(port)],
            cwd=tmp_path,
            env=settings,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            answer = ask(f"http://127.0.0.1:{port}/invocations", body, process)
        finally:
            os.killpg(process.pid, 15)
            process.wait(20)
    assert [row["probability"] for row in answer["predictions"]] == model.probability(vectors).tolist()
    assert [row["score"] for row in answer["predictions"]] == model.score(vectors).tolist()


def ask(url: str, body: dict, process: subprocess.Popen, patience: float = 90) -> dict:
    """Return the answer of a server that may still be starting."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server did not answer"
            time.sleep(0.3)


def test_mlflow_speaks_to_another_for_a_while_only(monkeypatch, tmp_path):
    """What it spoke to before comes back; where that was nothing, nothing is left in the environment."""
    one, other = (f"sqlite:///{tmp_path / name}.db" for name in ("one", "other"))
    mlflow.set_tracking_uri(None)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with speaking_to(one):
        with speaking_to(other):
            assert mlflow.get_tracking_uri() == other
        assert mlflow.get_tracking_uri() == one
    assert "MLFLOW_TRACKING_URI" not in os.environ
