"""How well single features order the outcomes, and what is lost without a concept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from features.definitions import FEATURES
from tests.made import made_panel
from training.learning.model import origins_of
from training.learning.preparing import prepare
from training.predictors.ablation import ALL, without_each
from training.predictors.strength import concepts_of, strengths, without_concept

TINY = {"num_iterations": 10, "learning_rate": 0.1, "num_leaves": 3, "min_data_in_leaf": 20}


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel, and what came of them."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    return vectors, followed


def test_the_strength_of_a_feature_is_scikit_learn_s_where_it_is_known(rows):
    """In the better direction, the strongest first, the value inside its interval."""
    vectors, followed = rows
    shown = strengths(vectors, followed.y, most=8, resamples=50)
    values = [each.roc_auc.value for each in shown]
    assert values == sorted(values, reverse=True)
    for each in shown:
        x = vectors.column(each.feature)
        there = ~np.isnan(x)
        area = roc_auc_score(followed.y[there], x[there])
        assert each.roc_auc.value == pytest.approx(max(area, 1 - area))
        assert each.more_is_worse == (area >= 0.5)
        assert each.known == there.mean()
        assert each.roc_auc.low <= each.roc_auc.value <= each.roc_auc.high
        assert each.rate_known == followed.y[there].mean()


def test_no_feature_is_stronger_than_the_outcome_itself(rows):
    """A column that tells what came has all of it; turned round it is as strong, the other way."""
    vectors, followed = rows
    for sign, worse in ((1.0, True), (-1.0, False)):
        X = vectors.X.copy()
        X[:, 0] = sign * followed.y
        told = strengths(replace(vectors, X=X), followed.y, most=1, resamples=0)[0]
        assert (told.feature, told.more_is_worse) == (vectors.features[0], worse)
        assert (told.roc_auc.value, told.roc_auc.low) == (1.0, None)


def test_vectors_without_a_concept_hold_all_others_as_they_were(rows):
    """No column of it, every other column unchanged."""
    vectors, _ = rows
    fewer = without_concept(vectors, "income")
    assert "income" not in concepts_of(fewer)
    assert len(concepts_of(fewer)) == len(concepts_of(vectors)) - 1
    assert set(vectors.features) - set(fewer.features) == {
        name for name in vectors.features if FEATURES[name].concept == "income"
    }
    for name in fewer.features:
        np.testing.assert_array_equal(fewer.column(name), vectors.column(name))
    assert fewer.fingerprints.keys() == set(fewer.features)


def test_what_is_lost_without_a_concept_is_paired_on_the_later_rows(rows):
    """A line a concept; without one that tells nothing, the trees are the same and nothing is lost."""
    vectors, followed = rows
    X = vectors.X.copy()
    schooling = [
        place for place, name in enumerate(vectors.features) if FEATURES[name].concept == "schooling"
    ]
    X[:, schooling] = np.nan
    blind = replace(vectors, X=X)
    lost = without_each(
        blind,
        followed,
        {**TINY, "feature_fraction": 1.0},
        target="next_visit",
        horizon_months=12,
        resamples=20,
    )
    assert [row.scorer for row in lost.rows] == [ALL, *(f"without {name}" for name in concepts_of(blind))]
    judged = sum(int(test.sum()) for _, test in origins_of(vectors, followed.y, followed.outcome_on))
    assert {row.measures.rows for row in lost.rows} == {judged}
    without = lost.row("without schooling").lead
    assert (without["roc_auc"].value, without["brier"].high) == (0.0, 0.0)
    assert lost.row("without income").lead["roc_auc"].value > 0.0
