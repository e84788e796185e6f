"""The headline of a fit: lists made with what was learnt by then, and by nothing that came later."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import mlflow
import numpy as np
import pytest

from features.vectors import Cohort
from models.card import Card, card_files
from tests.entered import entered_county
from training.cohorts.horizon import month_ends, months_on
from training.cohorts.outcomes import last_known
from training.cohorts.targets import Question
from training.learning.beside import baselines
from training.learning.model import learn
from training.learning.preparing import prepare
from training.learning.scorers import Scorers
from training.lists.headline import headline, programme_columns, programme_measures, said_in_turn
from training.measures.evaluation import MODEL
from training.settings import places
from training.tracking import Rows, Run, log_run, speaking_to

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

ASKED = Question("entry")
COUNTS = 7
"""Columns of a table that are whole numbers, after the scorer's name: a file in JSON rounds the others."""
TREES = {"num_iterations": 20, "learning_rate": 0.1, "num_leaves": 4, "feature_fraction": 0.3}


@pytest.fixture(scope="module")
def rows():
    """Return the tables of a made-up county, its rows and what came of them."""
    return prepare(entered_county(households=160), ASKED, lambda _: None)


def learnt_from(followed, vectors, y):
    """Learn small trees from outcomes."""
    return learn(vectors, y, followed.outcome_on, target="entry", candidates=(TREES,))


@pytest.fixture(scope="module")
def learnt(rows):
    """Learn from what came."""
    _, followed, vectors = rows
    return learnt_from(followed, vectors, followed.y)


@pytest.fixture(scope="module")
def told(rows, learnt):
    """Replay its lists."""
    return headline(rows[0], ASKED, learnt.earlier, resamples=20)


def on(tables, days) -> Cohort:
    """Return forty households on each of some days."""
    ids = np.unique(tables["households"]["household_id"])[:40]
    return Cohort(np.tile(ids, days.size), np.repeat(days, ids.size))


def test_every_list_is_made_by_the_latest_origin_that_had_learnt_by_its_day(rows, learnt):
    """On the day itself it has; what a scorer says on a day is what that origin's says."""
    tables, earlier = rows[0], learnt.earlier
    since = np.array([each.learnt_by for each in earlier])
    assert (np.diff(since) > np.timedelta64(0)).all()
    for place, day in ((0, since[0]), (0, since[1] - 1), (1, since[1]), (-1, since[-1] + 200)):
        cohort = on(tables, np.array([day]))
        own = Scorers(earlier[place].model, tables, earlier[place].baselines).order(cohort)
        said = said_in_turn(tables, earlier, cohort)
        assert list(said) == list(own) == [MODEL, *baselines("entry")]
        assert all((said[name] == own[name]).all() for name in own)


def test_days_in_any_order_are_said_as_day_by_day(rows, learnt):
    """Rows stay where they were given, whichever origin speaks of them."""
    tables, since = rows[0], [each.learnt_by for each in learnt.earlier]
    days = [since[1], since[0] + 5, since[0], since[1] + 40]
    cohort = on(tables, np.array(days))
    whole = said_in_turn(tables, learnt.earlier, cohort)[MODEL]
    parts = [said_in_turn(tables, learnt.earlier, on(tables, np.array([day]))) for day in days]
    assert whole.tolist() == np.concatenate([part[MODEL] for part in parts]).tolist()


def test_no_list_knows_what_came_after_it(rows, learnt):
    """Other outcomes after an origin: what is said until the next one had learnt does not move."""
    tables, followed, vectors = rows
    since = [each.learnt_by for each in learnt.earlier]
    y = np.where(followed.outcome_on > since[0], 1.0 - followed.y, followed.y)
    other = learnt_from(followed, vectors, y)
    for day, same in ((since[0], True), (since[1] - 1, True), (since[1], False)):
        cohort = on(tables, np.array([day]))
        one, two = (said_in_turn(tables, each.earlier, cohort) for each in (learnt, other))
        alike = [bool((one[name] == two[name]).all()) for name in (MODEL, "area rate", "logistic")]
        assert alike == [same] * 3


def test_the_lists_are_those_since_the_first_origin_had_learnt(rows, learnt, told):
    """Every month's end of which it is known what it found; each scorer has the same visits."""
    last = last_known(rows[0])
    days = month_ends(learnt.earlier[0].learnt_by, last, 1)
    assert list(told.days) == days[months_on(days, 13) <= last].astype(str).tolist()
    assert not told.in_sample
    assert [row.scorer for row in told.rows] == [MODEL, *baselines("entry")]
    assert all(row.programme.found <= row.programme.listed <= row.programme.visits for row in told.rows)
    assert told.rows[0].programme.visits > 0


def test_fewer_than_a_hundred_entries_are_no_verdict(told):
    """In words, above the table."""
    assert f"cannot be judged: {told.rows[0].programme.entries} entries, 100 needed" in told.as_text()


def test_what_was_not_known_by_a_day_is_not_counted(rows, learnt):
    """As it is not learnt from."""
    until = np.datetime64("2023-12-31")
    shown = headline(rows[0], replace(ASKED, until=until), learnt.earlier, resamples=0)
    assert (months_on(np.array(shown.days, dtype="datetime64[D]"), 13) <= until).all()


def test_nothing_is_replayed_where_nobody_could_be_found(rows, learnt):
    """Of the next visit it is not asked; without a ledger, or without later months, it is told why not."""
    tables, said = rows[0], list[str]()
    assert headline(tables, Question("next_visit"), learnt.earlier, resamples=0, told=said.append) is None
    assert said == []
    bare = {name: facts for name, facts in tables.items() if name != "monitoring"}
    assert headline(bare, ASKED, learnt.earlier, resamples=0, told=said.append) is None
    late = [replace(each, learnt_by=last_known(tables)) for each in learnt.earlier]
    assert headline(tables, ASKED, late, resamples=0, told=said.append) is None
    assert [each.split(":")[0] for each in said] == ["lists"] * 2
    assert "no monitoring" in said[0]


def test_the_numbers_go_into_a_run(told):
    """Counts with their intervals as measures, and a row a scorer as a table."""
    measured, columns = programme_measures(told), programme_columns(told)
    row = told.row("logistic of 15")
    assert measured["programme.logistic_of_15.visits"] == row.programme.visits
    assert measured["programme.logistic_of_15.found.value"] == row.programme.found
    assert measured["programme.logistic_of_15.unsuspected.low"] == row.counts["unsuspected"].low
    assert columns["scorer"] == [each.scorer for each in told.rows]
    assert columns["found"] == [each.programme.found for each in told.rows]
    assert json.loads(json.dumps(columns)) == columns


def test_it_is_the_first_table_of_the_card(told):
    """Counts, intervals and leads, before data and measures; what cannot be judged is said above them."""
    card = Card("made up", "simulated", (), "entry", 12, {}, {}, 0, {}, {}, programme=told.as_dict())
    files = card_files(card)
    page = files["card.md"].decode()
    assert page.index("## Programme replay") < page.index("## Data") < page.index("## Measures")
    entries = told.rows[0].programme.entries
    assert f"{entries} entries that could be found; cannot be judged: {entries} entries, 100 needed." in page
    lines = {line.split(" | ")[0]: line for line in page.splitlines()}
    row = told.row("rules fired").programme
    assert lines["| rules fired"].startswith(f"| rules fired | {row.visits} | {row.found}")
    assert json.loads(files["card.json"])["programme"]["rows"][0]["programme"]["visits"] > 0
    assert "Programme replay" not in card_files(replace(card, programme=None))["card.md"].decode()


def test_mlflow_shows_it_as_a_table(told, rows, migrated, tmp_path):
    """With a row a scorer, beside the run's other files."""
    shutil.copy(migrated, tmp_path / "mlflow.db")
    at = places({"FANGPIN_HOME": str(tmp_path)})
    _, followed, vectors = rows
    columns = programme_columns(told)
    run = Run(
        experiment="fangpin",
        name="a county",
        about="",
        params={},
        measures=programme_measures(told),
        tags={},
        figures={},
        texts={},
        tables={"programme.json": columns},
        datasets=(Rows("learnt_from", "training", vectors, followed.y),),
    )
    run_id = log_run(at, run)
    with speaking_to(at.tracking_uri):
        shown = mlflow.artifacts.load_dict(f"runs:/{run_id}/programme.json")
    assert shown["columns"] == list(columns)
    first = [row[:COUNTS] for row in shown["data"]]
    assert first == [list(row)[:COUNTS] for row in zip(*columns.values(), strict=True)]
    logged = mlflow.MlflowClient(at.tracking_uri).get_run(run_id).data.metrics
    assert logged["programme.lightgbm.visits"] == told.rows[0].programme.visits
