"""A model and the baselines, asked together: of a row they say the same, whichever rows come with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.errors import Usage
from features.vectors import Cohort, build_vectors
from tests.entered import entered_county
from training.cohorts.outcomes import as_of_days
from training.learning import scorers as module
from training.learning.beside import baselines
from training.learning.model import fit_trees
from training.learning.preparing import prepare
from training.learning.scorers import Scorers
from training.measures.evaluation import MODEL

TREES = {"num_iterations": 20, "learning_rate": 0.1, "num_leaves": 4}


@pytest.fixture(scope="module")
def scorers():
    """Fit a small model and every baseline on a made-up county."""
    tables, followed, vectors = prepare(entered_county(households=120), "entry", lambda _: None)
    fitted = {
        name: each.fit(vectors, followed.y, followed.outcome_on) for name, each in baselines("entry").items()
    }
    return Scorers(fit_trees(vectors, followed.y, TREES, "entry"), tables, fitted, kept=0.5)


@pytest.fixture(scope="module")
def cohort(scorers):
    """Return some households on some days, in no order."""
    households = np.unique(scorers.tables["households"]["household_id"])
    days = as_of_days(scorers.tables, 1)[-8:]
    rows = np.random.default_rng(0).permutation(households.size * days.size)[:500]
    return Cohort(households[rows % households.size], days[rows // households.size])


def some(cohort, rows) -> Cohort:
    """Return some rows of a cohort."""
    return Cohort(cohort.household_id[rows], cohort.as_of[rows])


@pytest.mark.parametrize("parts", [2, 7, 90])
def test_rows_in_any_parts_have_the_same_scores_to_the_last_bit(scorers, cohort, parts):
    """Whatever the parts, and their order: two alike stay alike, and the lot decides between them."""
    whole = scorers.order(cohort)
    assert list(whole) == [MODEL, *baselines("entry")]
    rows = np.array_split(np.random.default_rng(parts).permutation(cohort.as_of.size), parts)
    told = [scorers.order(some(cohort, each)) for each in rows]
    for name, scores in whole.items():
        assert (
            np.concatenate([each[name] for each in told]).tobytes() == scores[np.concatenate(rows)].tobytes()
        )


def test_scores_are_those_of_the_vectors_built_at_once(scorers, cohort):
    """And what is said beside them too: a score orders, a probability is promised for all rows."""
    vectors = build_vectors(scorers.tables, None, features=scorers.features, cohort=cohort)
    order, said = scorers.order(cohort), scorers.say(cohort)
    assert order.keys() == said.keys()
    for name, scores in scorers.scores(vectors).items():
        assert order[name].tobytes() == scores.tobytes() == said[name].score.tobytes()
    model = scorers.model
    assert said[MODEL].promised.tolist() == model.calibration.probability(model.score(vectors)).tolist()
    rate = scorers.fitted["area rate"].probability(vectors)
    assert (said["area rate"].promised < rate)[(rate > 0) & (rate < 1)].all()


def test_more_days_than_can_be_kept_are_said_as_few(scorers, cohort, monkeypatch):
    """Days go in parts then, and every row stays where it was given."""
    whole = scorers.order(cohort)
    monkeypatch.setattr(module, "KEPT", 3)
    assert {name: scores.tobytes() for name, scores in scorers.order(cohort).items()} == {
        name: scores.tobytes() for name, scores in whole.items()
    }


def test_a_model_alone_sees_its_own_features(scorers, cohort):
    """Without baselines nothing else is looked at."""
    alone = replace(scorers, fitted={})
    assert alone.features == scorers.model.features
    assert list(alone.order(cohort)) == [MODEL]


def test_a_household_that_is_not_there_is_refused(scorers, cohort):
    """Nobody is taken for a neighbour."""
    strange = Cohort(np.append(cohort.household_id, "nobody"), np.append(cohort.as_of, cohort.as_of[:1]))
    with pytest.raises(Usage, match="households that the tables do not have"):
        scorers.order(strange)
