"""Learning: trees chosen on earlier origins, fitted on all rows, calibrated on rows not seen by them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from features.definitions import FEATURES
from models.calibration import fit_calibration
from tests.made import made_panel
from training.learning.beside import baselines
from training.learning.levels import of_the_last_year
from training.learning.model import CANDIDATES, Learnt, fit_trees, later_rows, learn, origins_of
from training.learning.preparing import prepare
from training.measures.places import places_within

TINY = (
    {"num_iterations": 10, "learning_rate": 0.1, "num_leaves": 3, "min_data_in_leaf": 20},
    {"num_iterations": 10, "learning_rate": 1e-6, "num_leaves": 3, "min_data_in_leaf": 20},
)


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel: vectors, outcomes, and when these were known."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    return vectors, followed.y, followed.outcome_on


@pytest.fixture(scope="module")
def learnt(rows) -> Learnt:
    """Learn from them once."""
    return learn(*rows, target="next_visit", candidates=TINY)


def test_the_same_data_give_the_same_trees_to_the_byte(rows, learnt):
    """Text, calibration and scores are the same again."""
    again = learn(*rows, target="next_visit", candidates=TINY)
    assert again.model.booster_text == learnt.model.booster_text
    assert again.model.calibration == learnt.model.calibration
    for name, scores in learnt.scores.items():
        assert again.scores[name].score.tobytes() == scores.score.tobytes()


def test_trees_that_learn_are_chosen_over_trees_that_do_not(learnt):
    """The candidate with the least loss on the later blocks is taken."""
    assert learnt.params == TINY[int(np.argmin(learnt.losses))] == TINY[0]


def test_the_later_rows_were_scored_by_models_that_had_not_seen_them(rows, learnt):
    """Turning round the outcomes that were known last moves no score of an earlier origin."""
    vectors, y, outcome_on = rows
    last = outcome_on > vectors.as_of.max()
    turned = np.where(last, 1 - y, y)
    other = learn(vectors, turned, outcome_on, target="next_visit", candidates=TINY[:1])
    same = learn(vectors, y, outcome_on, target="next_visit", candidates=TINY[:1])
    assert last.any()
    assert other.later.tolist() == same.later.tolist() == learnt.later.tolist()
    for name in ("LightGBM", "area rate", "income margin"):
        assert other.scores[name].score.tobytes() == same.scores[name].score.tobytes()


@pytest.fixture(scope="module")
def said(rows, learnt):
    """Return what each origin's trees said of the rows after it, and the origin of each."""
    vectors, *_ = rows
    origins = origins_of(*rows)
    told = zip(learnt.earlier, origins, strict=True)
    raw = np.concatenate([earlier.model.score(vectors.take(test)) for earlier, (_, test) in told])
    later, origin = later_rows(origins)
    assert later.tolist() == learnt.later.tolist()
    return raw, origin


def test_rows_of_several_origins_stand_on_one_list_by_their_places_within_them(learnt, said):
    """Of the model and of every baseline."""
    raw, origin = said
    assert learnt.scores["LightGBM"].score.tobytes() == places_within(raw, origin).tobytes()
    for scores in learnt.scores.values():
        assert scores.origin.tolist() == origin.tolist()
        for each in np.unique(origin):
            own = scores.score[origin == each]
            assert 0.0 < own.min() <= own.max() < 1.0
            assert own.mean() == pytest.approx(0.5)


def test_the_calibration_is_that_of_the_later_rows(rows, learnt, said):
    """Of greatest likelihood on them, within origins, then moved to the level of their last year."""
    vectors, y, _ = rows
    later, (raw, origin) = learnt.later, said
    everything = fit_calibration(raw, y[later], origin=origin)
    moved = of_the_last_year(everything, raw, y[later], vectors.household_id[later], vectors.as_of[later])
    assert learnt.model.calibration == moved
    assert moved.slope == everything.slope > 0
    rate = np.full(later.size, y[later].mean())
    assert log_loss(y[later], moved.probability(raw)) <= log_loss(y[later], rate) + 1e-3


def test_the_model_is_judged_by_calibrations_that_saw_neither_block_nor_household(rows, learnt):
    """Turning round what came of the last block moves no probability of it that is judged."""
    vectors, y, outcome_on = rows
    *_, (_, test) = origins_of(*rows)
    turned = np.where(test, 1 - y, y)
    (same, other) = (
        learn(vectors, outcomes, outcome_on, target="next_visit", candidates=TINY[:1])
        for outcomes in (y, turned)
    )
    own = np.isin(learnt.later, np.flatnonzero(test))
    judged = [each.scores["LightGBM"].probability for each in (same, other)]
    assert 0 < own.sum() < own.size
    assert judged[0][own].tobytes() == judged[1][own].tobytes()
    assert same.model.calibration != other.model.calibration


def test_sure_directions_are_kept(learnt, rows):
    """More income never raises the score, whatever the data say."""
    vectors, _, _ = rows
    model = learnt.model
    place = model.features.index("income_to_line_latest")
    X = model.matrix(vectors)[:50]
    steps = []
    for ratio in (0.5, 1.0, 1.5, 2.5, 5.0):
        moved = X.copy()
        moved[:, place] = ratio
        steps.append(model.score_matrix(moved))
    assert (np.diff(np.array(steps), axis=0) <= 0).all()
    assert dict(zip(model.features, model.directions, strict=True)) == {
        name: FEATURES[name].direction for name in model.features
    }


def test_every_baseline_speaks_of_the_same_rows(learnt):
    """Each has a score and a probability for every later row."""
    assert list(learnt.scores) == ["LightGBM", *baselines("next_visit")]
    for scores in learnt.scores.values():
        assert scores.score.shape == scores.probability.shape == learnt.later.shape
        assert ((scores.probability >= 0) & (scores.probability <= 1)).all()


def test_what_may_be_chosen_is_inside_the_cost_budget():
    """The deepest trees that the candidates allow cost less than the budget."""
    for params in CANDIDATES:
        leaves = params["num_leaves"]
        assert (
            params["num_iterations"] * (sum(depth**2 for depth in range(1, leaves)) + (leaves - 1) ** 2)
            < 200_000
        )


def test_bags_keep_directions_bytes_and_cost(rows, learnt):
    """The mean of three bags is the same again to the byte, costs no more, and keeps to sure directions."""
    vectors, y, _ = rows
    plain, once, again = (fit_trees(vectors, y, TINY[0], "next_visit", bags=bags) for bags in (1, 3, 3))
    assert once.booster_text == again.booster_text != plain.booster_text
    assert once.cost <= plain.cost
    assert once.directions == plain.directions == learnt.model.directions
    assert np.corrcoef(once.score(vectors), plain.score(vectors))[0, 1] > 0.8


def test_rows_of_too_few_days_are_scored_by_the_other_half_of_the_households(rows):
    """Without a cut in time every row is scored once, by a model that never met its household."""
    vectors, y, outcome_on = rows
    first = vectors.as_of < np.datetime64("2023-07-01")
    done = learn(vectors.take(first), y[first], outcome_on[first], target="next_visit", candidates=TINY[:1])
    assert sorted(done.later.tolist()) == list(range(first.sum()))
    households = vectors.take(first).household_id[done.later]
    half = np.searchsorted(np.unique(households), households) % 2
    assert (np.diff(half) != 0).sum() == 1
