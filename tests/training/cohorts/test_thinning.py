"""Thinning: all rows with the outcome, some of the others, and probabilities that hold for all."""

from __future__ import annotations

import numpy as np
import pytest

from features.vectors import Cohort
from models.calibration import fit_calibration
from training.cohorts.followed import Followed
from training.cohorts.thinning import AT_LEAST, shifted, thinned
from training.measures.evaluation import Scores, measure
from training.measures.reliability import logit


def rare(rows=60_000, seed=0):
    """Return rows of a rare outcome, and the log odds it was drawn from."""
    generator = np.random.default_rng(seed)
    odds = generator.normal(-5.0, 1.2, rows)
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(-odds))).astype(float)
    days = np.repeat(np.datetime64("2024-03-31"), rows)
    ids = np.array([f"h{place:05d}" for place in range(rows)])
    no = np.zeros(rows, dtype=bool)
    return Followed(Cohort(ids, days), days + 400, y, np.full(rows, 12), no, no.copy()), odds


def test_few_enough_rows_are_left_as_they_are():
    """Nothing is thinned, and nothing weighs."""
    followed, _ = rare(500)
    assert thinned(followed, most=500) is followed
    assert followed.weight is None
    p = np.array([0.1, 0.9])
    assert shifted(p, followed.kept) is p


def test_all_events_stay_and_the_rest_stands_for_all():
    """The weights add up to the rows there were; the order stays."""
    followed, _ = rare()
    kept = thinned(followed, most=20_000)
    assert len(kept) == 20_000
    assert kept.y.sum() == followed.y.sum()
    assert kept.weight.sum() == pytest.approx(len(followed))
    assert kept.cohort.household_id.tolist() == sorted(kept.cohort.household_id.tolist())
    assert thinned(followed, most=20_000).cohort.household_id.tolist() == kept.cohort.household_id.tolist()
    assert kept.take(np.arange(50)).kept == kept.kept


def test_some_others_stay_for_each_event():
    """Where the events alone fill the room, some others each are kept all the same."""
    followed, _ = rare()
    events = int(followed.y.sum())
    assert len(thinned(followed, most=events)) == events * (1 + AT_LEAST)


def test_measures_under_the_weights_are_those_of_all_rows():
    """The order and the list of the thinned rows say what those of all rows say."""
    followed, odds = rare()
    score = odds + np.random.default_rng(1).normal(0, 1.0, odds.size)
    kept = thinned(followed, most=20_000)
    place = np.searchsorted(followed.cohort.household_id, kept.cohort.household_id)
    whole = measure(followed.y, Scores(score), share=0.05)
    part = measure(kept.y, Scores(score[place]), weight=kept.weight, share=0.05)
    assert part.base_rate == pytest.approx(whole.base_rate)
    assert part.roc_auc == pytest.approx(whole.roc_auc, abs=0.01)
    assert part.recall_at_top == pytest.approx(whole.recall_at_top, abs=0.02)


def test_shifted_probabilities_hold_for_all_rows():
    """A calibration of thinned rows, shifted by the share kept, promises as many events as come."""
    followed, odds = rare()
    kept = thinned(followed, most=20_000)
    place = np.searchsorted(followed.cohort.household_id, kept.cohort.household_id)
    learnt = fit_calibration(odds[place], kept.y)
    assert learnt.probability(odds).sum() > 2.0 * followed.y.sum()
    p = shifted(learnt.probability(odds), kept.kept)
    assert p.sum() == pytest.approx(followed.y.sum(), rel=0.05)
    assert np.corrcoef(logit(p), odds)[0, 1] == pytest.approx(1.0)
