"""The demonstration's way on a tiny county, as it is typed: simulate, check, fit, promote, ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from serving.app import create_app
from serving.security import add_key
from serving.settings import Settings
from tests.serving.conftest import until

HOUSEHOLDS = 600
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def train(tmp_path):
    """Return a way to type a command of `fangpin-train` that must succeed; it gives what was printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FANGPIN_")}
    environment.pop("MLFLOW_TRACKING_URI", None)
    environment |= {"FANGPIN_HOME": str(tmp_path / "home"), "OPENBLAS_NUM_THREADS": "1"}

    def typed(*words: object) -> str:
        command = [sys.executable, "-m", "training", *map(str, words)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return typed


@pytest.mark.slow
def test_a_simulated_county_is_asked_about_one_of_its_households(train, tmp_path):
    """Sound tables, a registered version, an answer with reasons; bundle and answer say simulated."""
    county = tmp_path / "county"
    train("simulate", "--out", county, "--households", HOUSEHOLDS)
    assert train("check", county) == "no breach of the contract\n"
    told = train("fit", county, "--trained-on", "simulated", "--floor", 1)
    assert told.startswith("programme replayed: ")
    assert "registered as fangpin version 1" in told
    judged = train("evaluate", "1", county, "--programme", "--resamples", 10)
    assert "programme replayed: " in judged
    assert "cannot be judged" in judged
    assert train("promote", "1", "--reason", "a journey").startswith("fangpin-1 serves")
    assert "simulated" in train("card", "1")
    train("card", "1", "--html", tmp_path / "card.html")
    assert (tmp_path / "card.html").read_bytes() == (
        tmp_path / "home" / "bundles" / "champion" / "card.html"
    ).read_bytes()
    stories = json.loads(train("stories", county, "--json"))
    (story,) = [each for each in stories if each["name"] == "flooded_village"]
    body = train("request", county, "--household", story["household_id"], "--as-of", story["as_of"])

    settings = Settings(
        tmp_path / "home" / "bundles", tmp_path / "keys.jsonl", tmp_path / "log.jsonl", profile="demo"
    )
    _, key = add_key(settings.keys, "system", "", backfill=True)
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    with TestClient(create_app(settings, now=lambda: NOW), headers=headers) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        answer = client.post("/v1/assessments", content=body)
    content = answer.json()

    assert answer.status_code == 200
    (assessment,) = content["assessments"]
    assert (content["model"]["trained_on"], assessment["model"]["trained_on"]) == ("simulated", "simulated")
    assert assessment["household_id"] == story["household_id"]
    assert assessment["target"] == "entry"
    assert 0.0 < assessment["probability"] < 1.0
    assert assessment["reasons"]
    assert assessment["demo_notice"] == "演示模型，不得用于真实农户"
