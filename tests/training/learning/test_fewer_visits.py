"""Who is visited seldom is not thereby ranked otherwise: rounds are taken out, the order stays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

from features.contract import SOURCES
from features.files import read_tables
from features.tables import TABLES
from features.vectors import build_vectors
from training.cli import app
from training.learning.model import fit_trees
from training.learning.preparing import prepare

pytestmark = pytest.mark.slow

TREES = {"num_iterations": 150, "learning_rate": 0.05, "num_leaves": 7, "min_data_in_leaf": 100}
KNOWN_BY, DAY = np.datetime64("2023-12-31"), "2024-03-31"
TAKEN = 0.3
LEAST_ALIKE = 0.95
ROUND = TABLES["visits"].column("purpose").code("round")
BY_VISIT = [source.id for source in SOURCES].index("visit")
TOLD_AT_VISITS = ("incomes", "compositions")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the tables of a small county with their area rates, and a model of need learnt from them."""
    at = tmp_path_factory.mktemp("county")
    done = CliRunner().invoke(app, ["simulate", "--out", str(at), "--households", "1500", "--months", "66"])
    assert done.exit_code == 0, done.output
    tables, followed, vectors = prepare(read_tables(at), "need", lambda _: None)
    known = np.flatnonzero(followed.outcome_on <= KNOWN_BY)
    return tables, fit_trees(vectors.take(known), followed.y[known], TREES, "need")


@pytest.fixture(scope="module")
def fewer(county):
    """Return the tables without three rounds in ten, and the household and day of those."""
    tables, _ = county
    visits = tables["visits"]
    drawn = np.random.default_rng(0).random(visits["purpose"].size) < TAKEN
    gone = (visits["purpose"] == ROUND) & drawn
    owners, days = visits["household_id"][gone].tolist(), visits["occurred_on"][gone].tolist()
    return {**tables, "visits": kept(visits, ~gone)}, set(zip(owners, days, strict=True))


def kept(rows, which):
    """Return some rows of a table."""
    return {name: values[which] for name, values in rows.items()}


def alike(county, tables):
    """Return how alike a model ranks households by these tables and by all."""
    whole, model = county
    scores = [model.score(build_vectors(each, DAY, features=model.features)) for each in (whole, tables)]
    assert np.unique(scores[0]).size > scores[0].size / 2
    assert not np.array_equal(*scores)
    return spearmanr(*scores).statistic


def test_without_three_rounds_in_ten_the_order_is_nearly_the_same(county, fewer):
    """Only the visits themselves are taken out; what else was told at the door stays."""
    tables, _ = fewer
    assert alike(county, tables) >= LEAST_ALIKE


def test_nor_does_it_turn_on_what_those_rounds_told(county, fewer):
    """Their estimates of income and their counts of people are taken out too."""
    tables, gone = fewer
    for name in TOLD_AT_VISITS:
        rows = tables[name]
        met = zip(rows["household_id"].tolist(), rows["occurred_on"].tolist(), strict=True)
        told = np.array([one in gone for one in met]) & (rows["source"] == BY_VISIT)
        assert told.any()
        tables = {**tables, name: kept(rows, ~told)}
    assert alike(county, tables) >= LEAST_ALIKE
