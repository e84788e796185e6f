"""What was shown on each earlier origin, and under which names figures are logged."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from tests.made import made_panel
from training.fitting.judged_fit import as_table, by_measure
from training.learning.by_origin import blocks_of
from training.learning.model import learn, origins_of
from training.learning.preparing import prepare
from training.measures.comparison import comparison
from training.measures.evaluation import Scores

TINY = ({"num_iterations": 10, "learning_rate": 0.1, "num_leaves": 3, "min_data_in_leaf": 20},)


@pytest.fixture(scope="module")
def shown():
    """Learn from a made panel once: its rows, what was learnt, and what each origin shows."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    learnt = learn(vectors, followed.y, followed.outcome_on, target="next_visit", candidates=TINY)
    return vectors, followed, learnt, blocks_of(vectors, followed, learnt, share=0.1)


def test_each_block_is_of_the_rows_after_its_cut(shown):
    """They are together the later rows; nothing learnt from was unknown on the day of the cut."""
    vectors, followed, learnt, blocks = shown
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    assert len(blocks) == len(origins) > 1
    assert sum(block.rows for block in blocks) == learnt.later.size
    assert sum(block.events for block in blocks) == followed.y[learnt.later].sum()
    for block, (train, test) in zip(blocks, origins, strict=True):
        assert str(followed.outcome_on[train].max()) <= block.cut < block.first_day <= block.last_day
        assert (block.learnt_from, block.learnt_events) == (train.sum(), followed.y[train].sum())
        assert block.rows == test.sum()
        assert not (vectors.as_of[train] > np.datetime64(block.cut)).any()


def test_the_log_loss_of_all_rows_is_the_mean_over_the_blocks(shown):
    """By rows, for every scorer that gives probabilities."""
    _, followed, learnt, blocks = shown
    rows = [block.rows for block in blocks]
    for scorer, scores in learnt.scores.items():
        if scores.probability is not None:
            whole = log_loss(followed.y[learnt.later], scores.probability, labels=[0.0, 1.0])
            parts = [block.measures[scorer]["log_loss"] for block in blocks]
            assert np.average(parts, weights=rows) == pytest.approx(whole)


def test_where_there_is_no_cut_in_time_the_halves_of_the_households_are_named(shown):
    """On one day only nothing lies after a cut."""
    vectors, followed, _, _ = shown
    day = vectors.as_of == vectors.as_of.min()
    one = followed.take(day)
    learnt = learn(vectors.take(day), one.y, one.outcome_on, target="next_visit", candidates=TINY)
    blocks = blocks_of(vectors.take(day), one, learnt, share=0.1)
    assert [(block.cut, block.name) for block in blocks] == [
        (None, "half 1 of the households"),
        (None, "half 2 of the households"),
    ]


def test_the_table_has_a_line_for_every_measure_of_every_scorer():
    """With the interval, and the lead of the first over the others."""
    y = np.array([0.0, 1.0] * 30)
    score = np.linspace(0.0, 1.0, 60)
    household = np.array([f"h{number}" for number in range(60)])
    told = comparison(
        y, {"LightGBM": Scores(score + y), "income margin": Scores(score)}, household, resamples=20
    )
    table = as_table(told)
    lines = list(zip(*table.values(), strict=True))
    assert len(lines) == len({line[:2] for line in lines}) == 2 * len(told.rows[0].estimates)
    (line,) = [line for line in lines if line[:2] == ("roc_auc", "income margin")]
    row = told.row("income margin")
    found, lead = row.estimates["roc_auc"], row.lead["roc_auc"]
    assert line[2:] == (found.value, found.low, found.high, lead.value, lead.low, lead.high)


def test_figures_of_one_measure_stand_together():
    """In the order in which MLflow sorts them."""
    told = by_measure(
        {"LightGBM": {"brier": 0.1, "roc_auc": 0.8}, "area rate": {"brier": 0.2, "roc_auc": 0.6}}
    )
    assert [name.split("/")[0] for name in sorted(told)] == ["brier", "brier", "roc_auc", "roc_auc"]
