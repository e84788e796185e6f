"""A version told apart where little is told: the next visit of a panel without members, areas or entries."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.policy import illustrative
from tests.made import made_panel
from training.cohorts.followed import next_visit
from training.cohorts.targets import Question
from training.groups.apart import tell_apart
from training.groups.belonging import NOT_KNOWN
from training.measures.evaluation import Scores


@pytest.fixture(scope="module")
def told():
    """Return what is told apart of scores drawn by lot, and the rows."""
    tables = made_panel(households=80)
    followed = next_visit(tables)
    score = np.random.default_rng(0).random(len(followed))
    scores, asked = Scores(score, score / 2), Question("next_visit")
    found = tell_apart(tables, followed, scores, asked, policy=illustrative(), share=0.1, resamples=20)
    return found, followed


def test_what_the_tables_do_not_tell_is_not_known(told):
    """Without members and marks nobody is in such a group, and nothing is made up."""
    found, followed = told
    answers = {part.question: part.answer for part in found.parts if part.question != "data"}
    assert set(answers.values()) == {"all", NOT_KNOWN}
    alone = [part for part in found.parts if part.question != "data"]
    assert {(part.rows, part.against.reason) for part in alone} == {(len(followed), "no other rows")}
    assert [band.name for band in found.bands if band.by == "township"] == [NOT_KNOWN]


def test_rows_that_do_not_overlap_are_counted_as_they_are(told):
    """Each visit has its own answer: as many events as rows with the outcome, and no kinds of entry."""
    found, followed = told
    whole = found.parts[0]
    assert whole.events == whole.positives == followed.y.sum() > 0
    recall, missed = (whole.estimates[name].value for name in ("recall", "missed"))
    assert recall + missed == pytest.approx(1.0)
    assert found.kinds == ()
    assert "kind of entry" not in found.as_text()


def test_text_and_json_hold_the_same_parts(told):
    """Every question is in the text, no line ends in blanks, and JSON takes it all."""
    found, _ = told
    text, read = found.as_text(), json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert [part["question"] for part in read["groups"]] == [part.question for part in found.parts]
    for part in found.parts:
        assert part.question in text
    assert "cannot be judged" in text
    assert all(line == line.rstrip() for line in text.splitlines())
