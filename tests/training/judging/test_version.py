"""A registered version judged: out of sample where it can be, beside baselines and the ceiling."""

from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from features.errors import Refused, Usage
from features.files import read_tables, write_tables
from features.policy import illustrative
from tests.entered import entered_county
from training.cli import main
from training.cohorts.followed import Followed
from training.cohorts.outcomes import at_risk, follow
from training.cohorts.targets import Question
from training.fitting.pipeline import Fitted, fit
from training.judging.ceiling import CEILING
from training.judging.version import PERFECT, evaluate, sides
from training.learning.beside import baselines
from training.measures.evaluation import Scores, measure
from training.settings import Places, places

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
UNTIL = np.datetime64("2022-12-31")
DAY = np.datetime64("2023-06-30")
SOON = np.datetime64("2023-03-31")
SCORERS = ["LightGBM", *baselines("entry")]
HOUSE = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Write a made-up county with chances for half of its households, and a perfect observer's records."""
    folder = tmp_path_factory.mktemp("county") / "tables"
    tables = entered_county(households=240)
    write_tables(tables, folder)
    write_tables(tables, folder / "truth" / "perfect")
    ids = np.unique(tables["households"]["household_id"])[::2]
    generator = np.random.default_rng(0)
    chance = np.minimum(0.02 * np.exp(generator.normal(0.0, 1.0, ids.size)), 0.9)
    rows = {
        "as_of": DAY.item(),
        "household_id": ids.astype(object),
        "target": "entry",
        "horizon_months": 12,
        "help": "practised",
        "chance": chance,
        "standard_error": 0.01,
        "chance_a": np.clip(chance * 0.9, 0, 1),
        "chance_b": np.clip(chance * 1.1, 0, 1),
        "forks": 100,
    }
    pd.DataFrame(rows).to_parquet(folder / "truth" / "chances.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def home(migrated, tmp_path_factory) -> Path:
    """Return a home of the test's own, with an empty registry in it."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copy(migrated, folder / "mlflow.db")
    return folder


@pytest.fixture(scope="module")
def early(county, home) -> Fitted:
    """Fit on what was known early, so that later days can judge."""
    former = mlflow.get_tracking_uri()
    done = fit(
        read_tables(county),
        target=Question("entry", until=UNTIL),
        trained_on="simulated",
        title="a made-up county",
        policy=illustrative(),
        places=at_home(home),
        at=NOON,
    )
    mlflow.set_tracking_uri(former)
    return done


def at_home(home: Path) -> Places:
    """Return the places of the test's own home."""
    return places({"FANGPIN_HOME": str(home)})


@pytest.fixture(scope="module")
def judged(county, home, early):
    """Judge it, and beside it itself as a version that saw perfect records."""
    return evaluate(
        early.version,
        county,
        name=early.name,
        places=at_home(home),
        perfect=early.version,
        resamples=20,
    )


def test_a_version_of_a_rare_target_is_registered_under_its_name(early):
    """Rows, events and households are counted apart, and too few are said to be too few."""
    assert early.name == "fangpin"
    assert early.events > early.households_hit > 0
    text = early.comparison.as_text()
    assert re.search(r"cannot be judged: \d+ households with the outcome, 100 needed", text)
    assert "LightGBM - logistic" not in text
    assert early.programme is None, "no list since an earlier origin has had a year by then"


def test_a_replay_that_cannot_be_is_refused_before_anything_is_judged(early, county, home, tmp_path):
    """Without a ledger of monitoring nothing is followed, fitted or scored first."""
    told = list[str]()
    tables = {name: facts for name, facts in read_tables(county).items() if name != "monitoring"}
    write_tables(tables, tmp_path / "bare")
    with pytest.raises(Refused, match="no list can have found an entry"):
        evaluate(
            early.version,
            tmp_path / "bare",
            name="fangpin",
            places=at_home(home),
            visits_per_100=2.0,
            told=told.append,
        )
    assert told == ["reading the version and the tables"]


def test_a_version_is_judged_on_days_after_those_it_learnt_from(judged, county):
    """The days are all whose outcome is known and that do not lie before the last outcome learnt from."""
    shown, _ = judged
    followed = follow(read_tables(county), "entry")
    learnt_by = followed.outcome_on[followed.outcome_on <= UNTIL].max()
    later = followed.cohort.as_of[followed.cohort.as_of >= learnt_by]
    assert not shown.in_sample
    assert shown.learnt_by == str(learnt_by)
    assert list(shown.days) == np.unique(later).astype(str).tolist()
    assert [row.scorer for row in shown.comparison.rows] == SCORERS
    assert {row.measures.rows for row in shown.comparison.rows} == {later.size}
    assert "out of sample" in shown.as_text()


def test_predictions_can_be_recounted(judged):
    """From the rows alone anyone finds the measures told."""
    shown, said = judged
    known = said[said["y"].notna()]
    found = measure(known["y"].to_numpy(), Scores(known["probability"].to_numpy()))
    told = shown.comparison.row("LightGBM").measures
    assert (found.rows, found.positives) == (told.rows, told.positives)
    assert found.roc_auc == pytest.approx(told.roc_auc)
    beside = [f"score_{name.replace(' ', '_')}" for name in SCORERS if name != "LightGBM"]
    told = ["household_id", "as_of", "origin", "y", "open_clue", "weight", *beside, "chance"]
    assert set(said.columns) == {*told, "score", "probability"}
    assert said["probability"].between(0, 1).all()
    points = measure(known["y"].to_numpy(), Scores(known["score_rule_points"].to_numpy()))
    assert points.roc_auc == pytest.approx(shown.comparison.row("rule points").measures.roc_auc)
    assert (known["origin"] == pd.Timestamp(shown.learnt_by)).all()
    assert not said.duplicated(["household_id", "as_of"]).any()


def test_the_ceiling_is_that_of_households_at_risk(judged, county):
    """Of the sample those count who were at risk as known on the day; the others are told."""
    shown, said = judged
    tables = read_tables(county)
    risk = at_risk(tables, np.array([DAY])).household_id
    sample = np.unique(tables["households"]["household_id"])[::2]
    assert shown.ceiling.rows == np.isin(sample, risk).sum() == said["chance"].notna().sum()
    assert shown.left_out == sample.size - shown.ceiling.rows
    assert list(shown.ceiling.estimates) == [CEILING, PERFECT, *SCORERS]
    assert shown.ceiling.days == (str(DAY),)


def test_the_same_records_are_no_ceiling_above_the_model(judged):
    """A perfect observer who saw the same tells the same."""
    shown, _ = judged
    assert shown.ceiling.estimates[PERFECT] == shown.ceiling.estimates["LightGBM"]
    assert shown.ceiling.shares["LightGBM"]["recall_at_10"].value <= 1.0
    for told in ("recall at 1 %", "share of the ceiling", "perfect records"):
        assert told in shown.as_text()


@pytest.fixture
def run(monkeypatch, capsys, home):
    """Return a way to type a command: it gives the exit code and what was printed on either stream."""
    monkeypatch.setenv("FANGPIN_HOME", str(home))
    monkeypatch.delenv("FANGPIN_BUNDLES", raising=False)

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # which MLflow sets for whoever comes next
        monkeypatch.setattr(sys, "argv", ["fangpin-train", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return typed


def test_the_command_prints_and_writes_what_it_found(run, early, county, tmp_path):
    """JSON on one stream, progress on the other, and the predictions as a file."""
    out = tmp_path / "said.parquet"
    words = ("--name", "fangpin", "--resamples", 5, "--predictions", out, "--json")
    code, shown, told = run("evaluate", early.version, county, *words)
    assert code == 0
    read = json.loads(shown)
    assert (read["target"], read["in_sample"]) == ("entry", False)
    assert read["ceiling"]["share_of_the_ceiling"]["LightGBM"]["recall_at_2"]
    assert "the ceiling" in told
    assert len(pd.read_parquet(out)) >= read["comparison"]["rows"][0]["measures"]["rows"]
    assert not list(tmp_path.glob(".*half"))


def test_the_command_tells_what_has_moved(run, early, county):
    """Text and JSON: the score, the townships, the list that is expected and those that matured."""
    code, shown, _ = run("drift", early.version, county, "--json")
    assert code == 0
    told = json.loads(shown)
    assert sum(place["households"] for place in told["townships"]) == told["households"]
    assert [each["scorer"] for each in told["realised"]] == ["model", "rules fired"]
    assert told["realised"][0]["as_of"] < told["as_of"]
    code, text, _ = run("drift", early.version, county)
    assert code == 0
    assert text.startswith(f"fangpin version {early.version} on {told['as_of']}: ")
    assert "cannot be judged, under 100 events" in text


def test_the_command_replays_the_programme_where_it_is_asked_to(run, early, county):
    """After the judgement, by every scorer under the same rules; without the word nothing is changed."""
    words = ("evaluate", early.version, county, "--name", "fangpin", "--resamples", 5)
    code, plain, _ = run(*words, "--json")
    assert code == 0
    code, shown, told = run(*words, "--programme", "--capacity", 3, "--json")
    assert code == 0, told
    read = json.loads(shown)
    programme = read.pop("programme")
    assert read == json.loads(plain)
    assert [row["scorer"] for row in programme["rows"]] == SCORERS
    assert "No ceiling" in programme["no_ceiling"]
    assert (programme["per_100"], programme["in_sample"]) == (3.0, False)
    assert all(row["programme"]["visits"] > 0 for row in programme["rows"])
    assert "lists: of every month" in told
    code, text, _ = run(*words, "--programme")
    assert code == 0
    assert text.index("all: ") < text.index("programme replayed: ")
    assert "2 visits a month for 100 households" in text


def test_the_command_tells_groups_apart_where_it_is_asked_to(run, early, county):
    """After the judgement, on the same rows and the same list; without the word nothing is changed."""
    words = ("evaluate", early.version, county, "--name", "fangpin", "--resamples", 5)
    code, plain, _ = run(*words, "--json")
    assert code == 0
    code, shown, told = run(*words, "--groups", "--json")
    assert code == 0, told
    read = json.loads(shown)
    apart = read.pop("apart")
    assert read == json.loads(plain)
    measures = read["comparison"]["rows"][0]["measures"]
    whole, *parts = apart["groups"]
    assert (whole["rows"], whole["positives"]) == (measures["rows"], measures["positives"])
    assert whole["events"] == measures["households_hit"]
    for name, same in (("recall", "recall_at_top"), ("expected_over_observed",) * 2):
        assert whole["estimates"][name]["value"] == pytest.approx(measures[same])
    for question in {part["question"] for part in parts}:
        assert sum(part["rows"] for part in parts if part["question"] == question) == whole["rows"]
    assert {kind["by"] for kind in apart["kinds"]} == {"kind of entry", "cause of entry"}
    assert {band["by"] for band in apart["bands"]} == {"year", "township"}
    assert [each["share"] for each in apart["lists"]] == [0.005, 0.01, 0.02, 0.05]
    code, text, _ = run(*words, "--groups")
    assert code == 0
    assert (
        text.index("all: ") < text.index("groups, as known on the day") < text.index("need-weighted misses")
    )


def test_words_that_are_off_are_a_matter_of_usage(run, early, county, tmp_path):
    """No such version, or perfect records that are not there: exit code 2, and no file."""
    plain = tmp_path / "plain"
    write_tables(entered_county(households=60), plain)
    out = tmp_path / "said.parquet"
    for words in (
        (99, county),
        (early.version, plain, "--perfect", early.version),
        (early.version, "nowhere"),
        (early.version, county, "--capacity", 3),
        (early.version, county, "--programme", "--capacity", "nan"),
        (early.version, county, "--programme", "--capacity", -1),
    ):
        code, shown, told = run("evaluate", *words, "--name", "fangpin", "--predictions", out)
        assert (code, shown) == (2, "")
        assert told.strip()
        assert "Traceback" not in told
    assert not out.exists()


def test_without_later_days_it_is_in_sample_and_without_chances_there_is_no_ceiling(county, home, early):
    """Tables that end with what the version learnt from: it says so, and judges the last year."""
    tables = {
        name: {column: values[facts["known_on"] <= SOON] for column, values in facts.items()}
        for name, facts in read_tables(county).items()
    }
    plain = county.parent / "plain"
    write_tables(tables, plain)
    shown, said = evaluate(early.version, plain, name="fangpin", places=at_home(home), resamples=5)
    assert shown.in_sample
    assert "in-sample" in shown.as_text()
    assert shown.ceiling is None
    assert "chance" not in said.columns
    assert shown.days[-1] < shown.learnt_by
    with pytest.raises(Usage, match="no chances of entry"):
        evaluate(early.version, plain, name="fangpin", places=at_home(home), perfect=early.version)


def test_sides_of_a_version_whose_past_is_not_known(county):
    """Everything may have been learnt from: in-sample, on the last year."""
    followed = follow(read_tables(county), "entry")
    known, tested, in_sample = sides(followed, None)
    assert isinstance(followed, Followed)
    assert in_sample
    assert known.all()
    assert np.unique(followed.cohort.as_of[tested]).size == 4


def test_nothing_else_reads_the_truth():
    """Outside the county's own code one file names its folder; features and models know of none."""
    sources = [
        path
        for room in ("features", "models", "serving", "training")
        for path in (HOUSE / room).rglob("*.py")
        if "county" not in path.parts and path.name != "truth.py"
    ]
    assert len(sources) > 80
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""["']truth["']|(?:life|chances)\.parquet["']""", text), path.name
        if path.parent != HOUSE / "training" / "judging":
            assert "training.judging.truth" not in text, path.name
