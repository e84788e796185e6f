"""What is read first of a fit: nothing in it is said that the fit does not show."""

from __future__ import annotations

import pytest

from tests.made import made_panel
from training.cohorts.targets import Question
from training.fitting.describing import described, experiment_described, model_described
from training.fitting.judged_fit import JudgedFit
from training.learning.model import learn
from training.learning.preparing import prepare
from training.measures.comparison import comparison
from training.registering.gates import Gate

TINY = ({"num_iterations": 10, "learning_rate": 0.1, "num_leaves": 3, "min_data_in_leaf": 20},)
CLOSED = Gate("calibration", False, "slope 0.31 [0.20 0.42], asked is 0.8 to 1.25")
OPEN = Gate("enough outcomes", True, "120 with the outcome")


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel, and what came of them."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    return vectors, followed


def shown(vectors, followed, *, gates=(OPEN,), trained_on="real"):
    """Return a fit of these rows."""
    learnt = learn(vectors, followed.y, followed.outcome_on, target="next_visit", candidates=TINY)
    judged = followed.take(learnt.later)
    compared = comparison(judged.y, learnt.scores, judged.cohort.household_id, resamples=20)
    asked = Question("next_visit")
    return JudgedFit("a panel", trained_on, asked, vectors, followed, learnt, compared, gates)


def test_every_scorer_and_every_gate_is_in_the_description(rows):
    """With what to type next; a closed gate is told to be one."""
    fit = shown(*rows, gates=(OPEN, CLOSED))
    text = described(fit, "3")
    for row in fit.compared.rows:
        assert row.scorer in text
    assert "- ✔ enough outcomes: 120 with the outcome" in text
    assert "- ✘ calibration: slope 0.31" in text
    assert "`fangpin-train promote 3 --name fangpin-next-visit --reason '…'`. It will be refused: cal" in text
    assert "judged on" in text
    assert "演示模型" not in text


def test_what_has_not_learnt_from_real_households_says_so_first(rows):
    """And nobody is ahead where too few had the outcome."""
    text = described(shown(*rows, trained_on="benchmark"), "1")
    assert text.startswith("> 演示模型，不得用于真实农户: learnt from benchmark households")
    assert "**Who is ahead.** Cannot be judged: " in text


def test_where_no_cut_in_time_was_possible_none_is_told_of(rows):
    """Halves of the households judge each other."""
    vectors, followed = rows
    day = vectors.as_of == vectors.as_of.min()
    text = described(shown(vectors.take(day), followed.take(day)), "1")
    assert "each half of the households was judged by what was learnt from the other" in text
    assert "later rows" not in text


def test_model_and_experiment_say_what_is_asked(rows):
    """In the words in which the odds are told."""
    fit = shown(*rows)
    for text in (model_described(fit), experiment_described(fit)):
        assert text.startswith(
            "Which households had an income under the line at the next visit within 12 months"
        )
