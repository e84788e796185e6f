"""Rows that help reached, as recorded, left out, or stood for by others."""

from __future__ import annotations

import numpy as np
import pytest

from features.definitions import FEATURES
from features.errors import Refused, Usage
from features.vectors import Cohort, Vectors
from training.cohorts.followed import Followed
from training.cohorts.row_weights import effective_rows, repeated, row_weights
from training.cohorts.targets import Question
from training.helped.propensity import chance_of_help
from training.helped.rows import HelpedRows
from training.helped.treating import check_helped, treated, without_helped

NAMES = ("income_to_line_12m", "self_paid_medical_12m")


def drawn(rows=4_000, seed=0):
    """Return rows whose risk and whose chance of help both hang on the first column, and what came of them.

    Without help the outcome comes on a day spread evenly over the horizon; help too, to the needy more often.
    Who is helped first is spared.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 2))
    ids = np.array([f"h{row:05d}" for row in range(rows)])
    days = np.full(rows, "2022-09-30", "datetime64[D]")
    vectors = Vectors(ids, days, NAMES, X, {name: FEATURES[name].fingerprint for name in NAMES}, ids)
    risk, chance = (1.0 / (1.0 + np.exp(a + X[:, 0])) for a in (1.5, 0.5))
    falls, helped = rng.random(rows) < risk, rng.random(rows) < chance
    outcome_at, help_at = rng.random(rows), rng.random(rows)
    before = helped & (help_at < np.where(falls, outcome_at, 1.0))
    y = (falls & ~before).astype(float)
    exposed = np.where(y == 1.0, outcome_at, 1.0)
    no = np.zeros(rows, dtype=bool)
    followed = Followed(Cohort(ids, days), days + 396, y, np.full(rows, 12), no, no.copy())
    return followed, vectors, HelpedRows(before, exposed), falls.mean()


@pytest.fixture(scope="module")
def rows():
    """Return such rows once."""
    return drawn()


def test_as_recorded_nothing_is_touched(rows):
    """The very same rows come back, and nothing is told."""
    followed, vectors, _, _ = rows
    assert treated({}, followed, vectors, Question("entry"), "recorded") == (followed, vectors, None)
    with pytest.raises(Usage, match="recorded, left-out, weighted, not 'dropped'"):
        check_helped("dropped")


def test_left_out_are_all_that_help_reached_whatever_came(rows):
    """Vectors and outcomes of the rest stay together, unweighted."""
    followed, vectors, helped, _ = rows
    kept, part, told = without_helped(followed, vectors, helped, weigh=False)
    assert part.household_id.tolist() == kept.cohort.household_id.tolist()
    assert np.array_equal(kept.y, followed.y[~helped.before])
    assert kept.weight is None
    assert (told.helped, told.rows) == (helped.before.sum(), (~helped.before).sum())
    assert (told.effective, told.most) == (told.rows, None)


def test_weighted_rows_have_the_risk_without_help(rows):
    """As recorded it is too low, left out alone it is off too, weighted it is that of all."""
    followed, vectors, helped, risk = rows
    left, _, _ = without_helped(followed, vectors, helped, weigh=False)
    kept, _, told = without_helped(followed, vectors, helped, weigh=True)
    weighted = np.average(kept.y, weights=kept.stands_for)
    assert followed.y.mean() < 0.8 * risk
    assert abs(left.y.mean() - risk) > 0.01
    assert weighted == pytest.approx(risk, abs=0.012)
    assert kept.stands_for.mean() == pytest.approx(1.0)
    assert told.effective == pytest.approx(effective_rows(kept.stands_for))
    assert told.effective < told.rows
    assert "at most 20 (" in told.as_text()


def test_a_lower_cut_leaves_more_rows_cut_off_and_more_of_them_telling(rows):
    """The price of an even weight is that fewer stand for the helped."""
    followed, vectors, helped, _ = rows
    _, _, loose = without_helped(followed, vectors, helped, weigh=True, most=20.0)
    _, _, tight = without_helped(followed, vectors, helped, weigh=True, most=1.5)
    assert tight.cut_off > loose.cut_off
    assert tight.effective > loose.effective


def test_weights_go_with_the_thinning():
    """A row stands for what was thinned away times what help left out."""
    followed, _, _, _ = drawn(rows=4)
    both = Followed(**{**vars(followed), "y": np.array([1.0, 0.0, 0.0, 1.0]), "kept": 0.5,
                       "stands_for": np.array([0.5, 1.0, 2.0, 0.5])})  # fmt: skip
    assert both.weight.tolist() == [0.5, 2.0, 4.0, 0.5]
    assert both.take(np.array([2, 0])).weight.tolist() == [4.0, 0.5]


def test_no_row_tells_of_its_own_help():
    """Turning round the help of one fold's households moves the chances of the others alone."""
    _, vectors, helped, _ = drawn(rows=900)
    everyone = np.ones(900, dtype=bool)
    one = chance_of_help(vectors, helped.before, everyone)
    turned = chance_of_help(vectors, helped.before ^ (np.arange(900) == 7), everyone)
    assert one[7] == turned[7]
    assert not np.array_equal(one, turned)
    with pytest.raises(Refused, match="all rows were helped, or none"):
        chance_of_help(vectors, everyone, everyone)


def test_a_row_s_weight_is_found_again_wherever_it_is_taken():
    """By household and day, in whatever order."""
    _, vectors, _, _ = drawn(rows=50)
    weight = np.random.default_rng(0).random(50)
    chosen = np.random.default_rng(1).permutation(50)[:20]
    assert np.array_equal(row_weights(vectors, weight).of(vectors.take(chosen)), weight[chosen])
    assert row_weights(vectors, None) is None


def test_rows_are_repeated_as_often_as_they_weigh():
    """As many as there were, each as the whole number below or above its weight; alike they come as given."""
    weight = np.random.default_rng(0).gamma(0.5, size=300)
    weight /= weight.mean()
    rows = np.arange(300)
    times = np.bincount(repeated(weight, rows), minlength=300)
    assert times.sum() == 300
    assert (np.abs(times - weight) < 1).all()
    assert repeated(None, rows) is rows
    assert repeated(np.ones(300), rows).tolist() == rows.tolist()
