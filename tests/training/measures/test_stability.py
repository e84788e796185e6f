"""Stability: an identical refit leaves everything as it was, and every measure counts what it says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from models.reasons import UNTOLD
from tests.made import made_panel
from training.learning.model import fit_trees, learn
from training.learning.preparing import prepare
from training.learning.tuning import Plan
from training.measures.stability import (
    Shaken,
    first_concepts,
    overlap,
    rank_correlation,
    shaken,
    stability,
    top,
)

PARAMS = {"num_iterations": 20, "learning_rate": 0.1, "num_leaves": 4, "feature_fraction": 0.3}
SAME = Shaken(1.0, 1.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel: vectors, outcomes, and when these were known."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    return vectors, followed.y, followed.outcome_on


@pytest.fixture(scope="module")
def sides(rows):
    """Return one cut in time: what is learnt from, and what is scored."""
    vectors, _, outcome_on = rows
    cut = np.datetime64("2024-07-31")
    return outcome_on <= cut, vectors.as_of > cut


def fit(vectors, y, params):
    """Fit as learning does."""
    return fit_trees(vectors, y, params, "next_visit")


def test_an_identical_refit_leaves_everything_as_it_was(rows, sides):
    """The same trees again: correlation 1, the same lists, the same first reasons."""
    vectors, y, _ = rows
    train, test = sides
    one, again = (fit(vectors.take(train), y[train], PARAMS) for _ in range(2))
    assert shaken(one, again, vectors.take(test)) == SAME


def test_what_changes_nothing_is_told_as_nothing(rows, sides):
    """Trees that draw no features do not hear the seed; households left out they do."""
    vectors, y, _ = rows
    told = stability(vectors, y, sides, params={**PARAMS, "feature_fraction": 1.0}, fit=fit)
    assert told.refits["another seed"] == SAME
    assert told.refits["1 % of households left out"] != SAME
    assert told.rows == sides[1].sum()


def test_a_refit_sees_neither_the_scored_rows_nor_the_households_left_out(rows, sides):
    """Each fit is given the earlier side alone, one of them a hundredth of the households less."""
    vectors, y, _ = rows
    given = []

    def noted(known, outcomes, params):
        given.append((known, params))
        return fit(known, outcomes, params)

    stability(vectors, y, sides, params=PARAMS, fit=noted)
    first, *others = (set(known.household_id.tolist()) for known, _ in given)
    assert all(known.as_of.max() <= np.datetime64("2024-07-31") for known, _ in given)
    assert [len(first - other) for other in others] == [0, 0, int(np.ceil(len(first) / 100))]
    changed = [{**PARAMS, "seed": 1001}, {**PARAMS, "max_bin": 250}, PARAMS]
    assert [params for _, params in given[1:]] == changed


def test_rank_correlation_is_spearman_s():
    """As scipy finds it, ties included; turned round it is −1."""
    rng = np.random.default_rng(0)
    one = rng.normal(size=200).round(1)
    other = (one + rng.normal(size=200)).round(1)
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)
    assert rank_correlation(one, -one) == pytest.approx(-1.0)


def test_lists_are_the_greatest_scores_and_their_overlap_a_share():
    """A tenth of 30 rows are three; half a list in common is a half."""
    score = np.arange(30.0)
    assert top(score, 0.1).tolist() == [29, 28, 27]
    assert top(score, 0.02).tolist() == [29]
    assert overlap(np.array([1, 2, 3, 4]), np.array([4, 9, 1, 7])) == 0.5


def test_first_reasons_are_concepts_that_are_told(rows):
    """Two of each row, never one that is weighed but not told, and the weightiest of them."""
    vectors, y, _ = rows
    model = fit(vectors, y, PARAMS)
    found = first_concepts(model, vectors)
    assert {len(one) for one in found} == {2}
    assert not frozenset.union(*found) & UNTOLD
    other = replace(model, concepts=tuple("area" if one == "income" else one for one in model.concepts))
    assert "income" in frozenset.union(*found)
    assert "income" not in frozenset.union(*first_concepts(other, vectors))


def test_learning_measures_it_where_asked(rows):
    """It is part of what was learnt, speaks as a table and as numbers, and changes no tree."""
    plain, told = (
        learn(*rows, target="next_visit", candidates=(PARAMS,), plan=plan)
        for plan in (Plan(), Plan(stability=True))
    )
    assert plain.stability is None
    assert told.stability is not None
    assert told.model.booster_text == plain.model.booster_text
    assert list(json.loads(json.dumps(told.stability.as_dict()))) == list(told.stability.refits)
    assert told.stability.measures()["stability.250_bins.top_10"] == told.stability.refits["250 bins"].top_10
    assert all(name in told.stability.as_text() for name in told.stability.refits)
