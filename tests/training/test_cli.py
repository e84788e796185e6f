"""``fangpin-train`` as it is typed: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from features.errors import Refused
from features.files import read_tables, write_tables
from features.intake import take
from features.vectors import build_vectors
from tests.facts import facts, income, people, raw
from tests.made import made_panel
from training.learning.model import CANDIDATES
from training.learning.tuning import PLAIN
from training.settings import quieten_mlflow

MAPPING = """
name = "village"
title = "A village's own list"
cite = "the village"
assumptions = ["An income is known on the last day of its year."]

[source]
format = "csv"
key = ["house", "year"]

[dates.end]
column = "year"
unit = "year"
day = "last"

[known_on]
date = "end"
assumed = true

[every]
household_id = { column = "house" }
occurred_on = { date = "end" }

[[table]]
name = "lines"
each = ["year"]
[table.columns]
area = { value = "v" }
valid_from = { date = "end" }
amount = { value = 8000 }
basis = { value = "per_head" }
period = { value = "year" }
currency = { value = "CNY" }

[[table]]
name = "households"
each = ["house"]
first_by = "year"
[table.columns]
area = { value = "v" }

[[table]]
name = "incomes"
[table.columns]
kind = { value = "total" }
amount = "yuan"
account = { value = "period" }
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder of good tables."""
    tables = facts(incomes=[income("2025-05-31", 2000)], compositions=[people("2025-01-15", 2)])
    write_tables(tables, tmp_path / "good")
    return tmp_path / "good"


@pytest.fixture
def broken(tmp_path) -> Path:
    """Return a folder of tables with three kinds of breach."""
    rows = raw(
        incomes=[income("2025-05-31", -1), income("2025-06-30", 5, known_on="2025-06-01")],
        compositions=[people("2025-01-15", 2, household_id="stranger")],
    )
    write_tables(take(rows)[0], tmp_path / "broken")
    return tmp_path / "broken"


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_good_tables_are_said_to_be_good(run, folder):
    """Exit code 0."""
    assert run("check", folder) == (0, "no breach of the contract\n", "")
    code, out, _ = run("check", folder, "--json")
    assert (code, json.loads(out)) == (0, [])


def test_check_lists_every_breach_at_once(run, broken):
    """Exit code 1; table, column, rule and count of each, and no household's value."""
    code, out, err = run("check", broken)
    assert (code, out) == (1, "")
    for told in (
        "incomes.amount: below 0: 1",
        "incomes.occurred_on: after known_on: 1",
        "compositions.household_id: not in households: 1",
    ):
        assert told in err
    assert "stranger" not in err
    code, out, _ = run("check", broken, "--json")
    assert code == 1
    assert {(one["table"], one["column"], one["count"]) for one in json.loads(out)} == {
        ("incomes", "amount", 1),
        ("incomes", "occurred_on", 1),
        ("compositions", "household_id", 1),
    }


@pytest.mark.parametrize(
    "words",
    [
        ["check", "no-such-folder"],
        ["vectors", "{good}", "--as-of", "2025-13-01", "--out", "{tmp}/v.parquet"],
        ["vectors", "{good}", "--as-of", "2025-06-30", "--features", "luck", "--out", "{tmp}/v.parquet"],
        ["vectors", "{good}", "--out", "{tmp}/v.parquet"],
        ["import", "--mapping", "no-such-mapping", "--out", "{tmp}/out"],
        ["panel", "nowhere"],
        ["panel", "eph"],
        ["fit", "{good}", "--trained-on", "hearsay"],
        ["fit", "{good}", "--trained-on", "simulated", "--target", "luck"],
        ["promote", "1"],
        ["request", "{good}", "--household", "nobody"],
        ["dance"],
    ],
)
def test_words_that_are_off_are_a_matter_of_usage(run, folder, tmp_path, words):
    """Exit code 2, a message, no traceback, and nothing left behind."""
    code, out, err = run(*(word.format(good=folder, tmp=tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob("*.parquet"))


@pytest.mark.parametrize(
    ("target", "lacking"), [([], "no monitoring"), (["--target", "next_visit"], "no visits")]
)
def test_what_a_gate_refuses_has_its_own_code(run, folder, target, lacking):
    """Nobody can be followed in tables without entries, or without visits: exit code 3."""
    code, _, err = run("fit", folder, *target, "--trained-on", "simulated")
    assert code == 3
    assert lacking in err


def test_a_missing_extra_has_its_own_code(folder):
    """Without pyarrow the message names the extra to install: exit code 4."""
    without = "import sys; sys.modules['pyarrow'] = None; from training.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "check", str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert "fangpin[files]" in done.stderr


def test_a_ledger_becomes_tables_that_pass_the_check(run, tmp_path):
    """What was read, made and assumed is told; the folder can be read at once."""
    (tmp_path / "village.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "list.csv").write_text("house,year,yuan\nh1,2024,30000\nh2,2024,9000.5\n", encoding="utf-8")
    code, out, _ = run(
        "import", tmp_path / "list.csv", "--mapping", tmp_path / "village.toml", "--out", tmp_path / "out"
    )
    assert code == 0
    assert "2 rows read" in out
    assert "assumed: An income is known on the last day of its year." in out
    assert read_tables(tmp_path / "out")["incomes"]["amount"].tolist() == [30_000.0, 9000.5]
    assert run("check", tmp_path / "out")[0] == 0


@pytest.mark.parametrize("before", [False, True])
def test_a_failed_import_leaves_everything_as_it_was(run, tmp_path, folder, before):
    """A bad row anywhere: no new folder, and an old one keeps its every byte."""
    (tmp_path / "village.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "list.csv").write_text(
        "house,year,yuan\nh1,2024,30000\nh2,2024,-5\nh3,2024,much\n", encoding="utf-8"
    )
    out = folder if before else tmp_path / "out"
    was = content(tmp_path)
    code, shown, err = run(
        "import", tmp_path / "list.csv", "--mapping", tmp_path / "village.toml", "--out", out
    )
    assert (code, shown) == (1, "")
    assert "much" not in err
    assert "h3" not in err
    assert content(tmp_path) == was


def test_vectors_are_written_as_they_are_built(run, folder, tmp_path):
    """A row per household and day, the columns asked for, unknown as null."""
    import pandas as pd

    chosen = "income_to_line_latest,earners"
    days = ["--as-of", "2025-06-30", "--as-of", "2025-05-31"]
    code, out, _ = run("vectors", folder, *days, "--features", chosen, "--out", tmp_path / "v.parquet")
    assert (code, out) == (0, "2 rows of 2 features\n")
    written = pd.read_parquet(tmp_path / "v.parquet")
    built = build_vectors(read_tables(folder), ["2025-05-31", "2025-06-30"], features=chosen.split(","))
    assert written.columns.tolist() == ["household_id", "as_of", *chosen.split(",")]
    assert written[list(built.features)].to_numpy().tobytes() == built.X.tobytes()
    assert not list(tmp_path.glob(".*half"))


def test_a_request_is_one_household_s_history(run, tmp_path):
    """What is printed holds the household's own facts, by table, without columns that say nothing."""
    write_tables(made_panel(households=3, visits=2), tmp_path / "panel")
    code, out, _ = run("request", tmp_path / "panel", "--household", "h0001")
    assert code == 0
    body = json.loads(out)
    (household,) = body["households"]
    assert household["household_id"] == "h0001"
    assert len(household["visits"]) == 2
    assert "lines" not in household
    assert all(value is not None for row in household["visits"] for value in row.values())


def test_an_empty_history_says_nothing(run):
    """Before anything was promoted there is nothing to show, in text or JSON."""
    assert run("history")[:2] == (0, "")
    code, out, _ = run("history", "--json")
    assert (code, json.loads(out)) == (0, [])


def test_a_key_pair_is_made_once(run, tmp_path):
    """Both files and the settings that name them; a second time is refused and changes nothing."""
    code, out, _ = run("key", "--out", tmp_path / "pair")
    assert code == 0
    assert f"FANGPIN_SIGNING_KEY={tmp_path / 'pair' / 'signing-key.pem'}" in out
    assert f"FANGPIN_BUNDLE_KEY={tmp_path / 'pair' / 'bundle-key.pem'}" in out
    assert "PRIVATE" not in out
    was = content(tmp_path / "pair")
    assert run("key", "--out", tmp_path / "pair")[0] == 2
    assert content(tmp_path / "pair") == was


def test_a_key_that_cannot_be_read_stops_a_promotion_before_it_begins(run, monkeypatch, tmp_path):
    """Nothing is promoted unsigned because a path was wrong."""
    monkeypatch.setenv("FANGPIN_SIGNING_KEY", str(tmp_path / "no.pem"))
    code, out, err = run("promote", "1", "--reason", "try")
    assert (code, out) == (2, "")
    assert "no.pem cannot be read" in err


def test_mlflow_is_asked_to_be_quiet_unless_somebody_said_otherwise():
    """No telemetry and no bars by default; what the environment says already stands."""
    environ = {"MLFLOW_DISABLE_TELEMETRY": "false"}
    quieten_mlflow(environ)
    assert environ == {
        "MLFLOW_DISABLE_TELEMETRY": "false",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    }


def test_how_trees_are_chosen_is_said_in_words(run, folder, monkeypatch, tmp_path):
    """Nothing said is the known candidates alone, in one bag; what is said reaches the plan."""
    plans = []

    def noted(*_, plan, **__):
        plans.append(plan)
        raise Refused("enough")

    monkeypatch.setattr("training.fitting.pipeline.fit", noted)
    fit = ("fit", folder, "--trained-on", "simulated")
    assert run(*fit)[0] == 3
    assert not (tmp_path / "home").exists()
    assert run(*fit, "--minutes", 1.5)[0] == 3
    assert run(*fit, "--trials", 40, "--bags", 3, "--stability")[0] == 3
    plain, timed, counted = plans
    assert plain == PLAIN
    assert (timed.budget.minutes, counted.budget.minutes) == (1.5, None)
    assert (counted.budget.trials, counted.bags, counted.stability) == (40, 3, True)
    assert counted.budget.storage == timed.budget.storage == f"sqlite:///{tmp_path / 'home' / 'tuning.db'}"
    assert run(*fit, "--trials", len(CANDIDATES) - 1)[0] == 2
    assert run(*fit, "--trials", len(CANDIDATES))[0] == 3
