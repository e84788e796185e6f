"""The targets: their names, columns and limits, and a fit of each on a made-up county."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.definitions import FEATURES
from features.errors import Refused, Usage
from models.wording import wording
from tests.entered import entered_county
from training.cohorts.targets import TARGETS, Question, columns_for, registered_name
from training.cohorts.thinning import thinned
from training.learning.beside import baselines
from training.learning.model import learn
from training.learning.preparing import prepare

TINY = ({"num_iterations": 15, "learning_rate": 0.1, "num_leaves": 4, "min_data_in_leaf": 20},)
RARE = [target for target in TARGETS if target != "next_visit"]
LAST = np.datetime64("2024-06-30")


@pytest.fixture(scope="module")
def tables():
    """Return a made-up county."""
    return entered_county(households=200)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_a_name_and_can_be_told(target):
    """Entry is the house's own name; every outcome can be said in both languages."""
    assert registered_name(target) == (
        "fangpin" if target == "entry" else f"fangpin-{target.replace('_', '-')}"
    )
    for language in ("zh", "en"):
        assert wording(language)["outcome"][target]


def test_a_model_sees_the_area_rate_of_its_own_target_only():
    """The columns of the next visit are those it always had."""
    visit = [name for name in FEATURES if not name.startswith("area_rate_") or name == "area_rate_next_visit"]
    assert list(columns_for("next_visit")) == visit
    assert "area_rate_next_visit" not in columns_for("entry")
    assert set(columns_for("entry")) <= set(FEATURES)


def test_questions_that_cannot_be_asked_are_a_matter_of_usage():
    """An unknown target, no horizon at all, or another horizon of the next visit."""
    for target, horizon in (("luck", 12), ("entry", 0), ("next_visit", 6)):
        with pytest.raises(Usage):
            Question(target, horizon)


@pytest.mark.parametrize("target", RARE)
def test_every_target_is_learnt_beside_its_baselines(tables, target):
    """Rows, vectors and rates fit together; the model of each target orders later rows."""
    dated, followed, vectors = prepare(tables, target, lambda _: None)
    assert vectors.household_id.tolist() == followed.cohort.household_id.tolist()
    assert vectors.as_of.tolist() == followed.cohort.as_of.tolist()
    assert vectors.features == columns_for(target)
    assert set(dated["area_rates"]["area"].tolist()) == {"t1", "t2"}
    assert set(dated["area_rates"]["target"].tolist()) == {target}
    learnt = learn(vectors, followed.y, followed.outcome_on, target=target, candidates=TINY)
    assert (learnt.model.target, learnt.model.horizon_months) == (target, 12)
    assert set(learnt.scores) == {"LightGBM", *baselines(target)}
    for scores in learnt.scores.values():
        assert ((scores.probability >= 0) & (scores.probability <= 1)).all()


def test_rows_learnt_from_lie_a_horizon_before_those_scored(tables):
    """Of each later row, everything learnt from was known by its day: the gap is horizon and reports."""
    _, followed, vectors = prepare(tables, "entry", lambda _: None)
    learnt = learn(vectors, followed.y, followed.outcome_on, target="entry", candidates=TINY)
    first = vectors.as_of[learnt.later].min()
    turned = np.where(followed.outcome_on >= first, 1.0 - followed.y, followed.y)
    again = learn(vectors, turned, followed.outcome_on, target="entry", candidates=TINY)
    early = vectors.as_of[learnt.later] == first
    assert early.any()
    assert (followed.outcome_on - followed.cohort.as_of >= np.timedelta64(393, "D")).all()
    for name in ("LightGBM", "income margin", "area rate"):
        assert again.scores[name].score[early].tobytes() == learnt.scores[name].score[early].tobytes()


def test_a_horizon_of_six_months_is_kept_throughout(tables):
    """Rows, rates and model say six."""
    asked = Question("entry", 6)
    dated, followed, vectors = prepare(tables, asked, lambda _: None)
    assert set(dated["area_rates"]["horizon_months"].tolist()) == {6.0}
    assert set(followed.months_ahead.tolist()) == {6}
    learnt = learn(
        vectors, followed.y, followed.outcome_on, target="entry", horizon_months=6, candidates=TINY
    )
    assert learnt.model.horizon_months == 6


def test_only_outcomes_known_by_a_day_are_learnt_from(tables):
    """Neither a row nor a rate tells of a later one."""
    until = np.datetime64("2023-06-30")
    dated, followed, _ = prepare(tables, Question("entry", until=until), lambda _: None)
    assert followed.outcome_on.max() <= until
    assert dated["area_rates"]["known_on"].max() <= until
    with pytest.raises(Refused, match="no outcome was known by 2021-01-31"):
        prepare(tables, Question("entry", until=np.datetime64("2021-01-31")), lambda _: None)


def test_thinned_rows_are_learnt_from_and_promise_what_comes(tables):
    """Model and baselines promise as many events among all rows as among all rows come."""
    _, followed, vectors = prepare(tables, "entry", lambda _: None)
    kept = thinned(followed, most=500, at_least=1)
    rows = np.flatnonzero(
        np.isin(
            np.char.add(followed.cohort.household_id, followed.cohort.as_of.astype(str)),
            np.char.add(kept.cohort.household_id, kept.cohort.as_of.astype(str)),
        )
    )
    learnt = learn(
        vectors.take(rows), kept.y, kept.outcome_on, target="entry", kept=kept.kept, candidates=TINY
    )
    later = kept.take(learnt.later)
    came = later.y.sum()
    for name in ("LightGBM", "income margin", "area rate"):
        promised = (learnt.scores[name].probability * later.weight).sum()
        assert 0.5 * came < promised < 2.0 * came, name
    assert kept.kept < 0.5


def test_an_outcome_that_never_came_cannot_be_learnt(tables):
    """It is refused in words, whatever the cut."""
    _, followed, vectors = prepare(tables, "entry", lambda _: None)
    nobody = replace(followed, y=np.zeros(len(followed)))
    with pytest.raises(Refused, match="0 rows of"):
        learn(vectors, nobody.y, nobody.outcome_on, target="entry", candidates=TINY)
