"""The learners side by side: the same rows for all, and nothing chosen by what was known too late."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import learners
from benchmarks.boosters import AXES, LEARNERS, Axis, Learner, directions
from benchmarks.learners import LOGISTIC, Judged, judge, rows_of
from benchmarks.searching import Rows, earlier, last_block, points, search
from features.errors import Refused
from tests.made import made_panel

UNTIL = np.datetime64("2024-07-31")
FEW_TREES = {"num_iterations", "max_iter", "n_estimators", "iterations"}


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Return the rows of a made panel."""
    return rows_of(made_panel(households=200, visits=8), np.datetime64("2026-07-31"))


def quick(learner: Learner) -> Learner:
    """Return a learner with a handful of trees."""
    space = tuple(replace(axis, low=3, high=5) if axis.name in FEW_TREES else axis for axis in learner.space)
    candidates = tuple({**params, "num_iterations": 4} for params in learner.candidates[:1])
    return replace(learner, space=space, candidates=candidates)


@pytest.fixture(scope="module")
def judged(rows) -> Judged:
    """Judge all of them with few trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learners, "LEARNERS", tuple(quick(each) for each in LEARNERS))
        return judge("made", rows, last_block(rows), 2, resamples=20)


def watched(seen: list, name: str) -> Learner:
    """Return a learner that notes on which rows it is fitted and which it scores."""

    def fit(vectors, y, params):
        seen.append(("fit", name, vectors.household_id.tolist(), vectors.as_of.tolist(), y.tolist()))

        def score(later):
            seen.append(("score", name, later.household_id.tolist(), later.as_of.tolist()))
            return np.full(len(later), params["level"])

        return score

    return Learner(name, fit, candidates=({"level": -2.0}, {"level": 2.0}))


def test_every_learner_is_fitted_on_and_scores_the_same_rows(rows):
    """Two learners that note their rows have noted the same, in the same order."""
    origin, seen = last_block(rows), []
    known, block = rows.take(origin.train), rows.vectors.take(origin.test)
    for name in ("one", "other"):
        learner = watched(seen, name)
        search(learner, known, block, learner.tried(points(2, 1)))
    noted = {name: [(kind, *rest) for kind, who, *rest in seen if who == name] for name in ("one", "other")}
    assert noted["one"] == noted["other"]
    assert len(noted["one"]) == 2 * (2 * len(earlier(known)) + 1)


def test_no_choice_uses_an_outcome_that_was_known_after_the_cut(rows):
    """Turning round every outcome known after the cut changes nothing that is learnt or chosen."""
    origin = last_block(rows)
    late = rows.outcome_on > origin.cut
    turned = replace(rows, y=np.where(late, 1.0 - rows.y, rows.y))
    assert late.any()
    seen: tuple[list, list] = ([], [])
    for each, noted in zip((rows, turned), seen, strict=True):
        learner = watched(noted, "one")
        found = search(
            learner, each.take(origin.train), each.vectors.take(origin.test), learner.tried(points(2, 1))
        )
        assert found.params == {"level": -2.0}
    assert seen[0] == seen[1]


def test_an_earlier_origin_learns_only_what_was_known_and_judges_only_what_came_later(rows):
    """Train by the cut, judged rows after it, and all of them known by the day that the block begins."""
    outer = last_block(rows)
    known = rows.take(outer.train)
    origins = earlier(known)
    assert origins
    for origin in origins:
        assert (known.outcome_on[origin.train] <= origin.cut).all()
        assert (known.vectors.as_of[origin.test] > origin.cut).all()
        assert (known.outcome_on[origin.test] <= outer.cut).all()


def test_rows_after_the_day_are_not_built_unless_they_are_opened():
    """Without opening there is no row whose outcome was known after the day."""
    tables = made_panel(households=60)
    assert (rows_of(tables, UNTIL).outcome_on <= UNTIL).all()
    opened = rows_of(tables, UNTIL, opened=True)
    assert (opened.outcome_on > UNTIL).any()


def test_all_are_tried_as_often_but_for_the_shipped_trees(judged):
    """The house's own are its candidates; of every other as many points are tried as asked."""
    own, *others = judged.found
    assert own == "LightGBM"
    assert judged.found[own].trials == 1
    assert {judged.found[name].trials for name in others} == {2}
    assert others[-1] == LOGISTIC


def test_every_learner_gives_log_odds_of_every_judged_row(judged, rows):
    """Scores are finite, differ between rows, and give the probabilities."""
    block = last_block(rows).test.sum()
    assert judged.block == block
    for one in judged.found.values():
        assert one.scores.score.shape == (block,)
        assert np.isfinite(one.scores.score).all()
        assert np.unique(one.scores.score).size > 1
        assert np.allclose(one.scores.probability, 1 / (1 + np.exp(-one.scores.score)))


@pytest.mark.parametrize("name", ["LightGBM", "HistGradientBoosting", "XGBoost", "CatBoost"])
def test_sure_directions_are_kept_by_every_learner_that_has_them(name, rows):
    """More income never raises the score of any of them."""
    learner = quick(next(each for each in LEARNERS if each.name == name))
    vectors = rows.vectors.take(np.arange(40))
    place = vectors.features.index("income_to_line_latest")
    assert directions(vectors)[place] == -1
    score = learner.fit(rows.vectors, rows.y, learner.tried(points(1, 1))[0])
    steps = []
    for ratio in (0.5, 1.0, 1.5, 2.5, 5.0):
        X = vectors.X.copy()
        X[:, place] = ratio
        steps.append(score(replace(vectors, X=X)))
    assert (np.diff(np.array(steps), axis=0) <= 1e-9).all()
    assert len(np.unique(np.array(steps))) > 1


def test_what_is_refused_is_not_chosen(rows):
    """Where the house refuses the best on all rows, or one on an earlier origin, the next best is taken."""
    origin = last_block(rows)
    known, block = rows.take(origin.train), rows.vectors.take(origin.test)

    def fit(_, y, params):
        if params["level"] == -9.0 or (params["level"] == -2.0 and len(y) == len(known.y)):
            raise Refused("too dear")
        return lambda later: np.full(len(later), params["level"])

    levels = (-9.0, -2.0, -1.0, 2.0)
    learner = Learner("fussy", fit, candidates=tuple({"level": level} for level in levels))
    assert search(learner, known, block, learner.candidates).params == {"level": -1.0}
    with pytest.raises(Refused, match="fussy"):
        search(learner, known, block, learner.candidates[:2])


def test_a_point_of_the_cube_is_one_value_an_axis():
    """The ends of an axis are reached, and every searched learner has as many axes."""
    assert Axis("a", 1, 100, whole=True).at(0.5) == 10
    assert [Axis("b", 0.1, 0.8, even=True).at(place) for place in (0.0, 1.0)] == [0.1, 0.8]
    assert {len(each.space) for each in LEARNERS if each.space} == {AXES}
    assert points(5, 3).tolist() == points(5, 3).tolist()


def test_the_page_and_the_file_say_what_was_found(judged):
    """Every learner is named in the table, and the leads are those of the house's own."""
    text, content = judged.as_text(), json.loads(json.dumps(judged.as_dict()))
    assert all(name in text for name in judged.found)
    assert set(content["learners"]) == set(judged.found)
    assert content["comparison"]["reference"] == "LightGBM"
