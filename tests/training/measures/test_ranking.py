"""Rank measures under weights: against scikit-learn, and against every order that ties allow."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from training.measures.ranking import average_precision, list_length, rank, roc_auc, tally, top_list


def drawn(seed, rows=300, levels=None):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    y = (generator.random(rows) < 0.2).astype(float)
    score = generator.normal(size=rows) + y
    if levels:
        score = np.round(score * levels) / levels
    return y, score, generator.integers(0, 4, size=(rows, 5)).astype(float)


@pytest.mark.parametrize("levels", [None, 3, 1])
def test_measures_are_those_of_scikit_learn(levels):
    """Area and average precision are those of scikit-learn under any weights, with and without ties."""
    y, score, weights = drawn(1, levels=levels)
    sums = tally(rank(y, score), weights)
    for column in range(weights.shape[1]):
        sample = weights[:, column]
        assert roc_auc(sums)[column] == pytest.approx(
            roc_auc_score(y, score, sample_weight=sample), abs=1e-12
        )
        expected = average_precision_score(y, score, sample_weight=sample)
        assert average_precision(sums)[column] == pytest.approx(expected, abs=1e-12)


@given(
    rows=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=6),
    share=st.floats(0.01, 1.0),
)
def test_list_over_every_order_of_the_ties(rows, share):
    """The list gives the mean and the extremes over all orders that keep the score falling."""
    y = np.array([float(hit) for hit, _ in rows])
    score = np.array([float(level) for _, level in rows])
    length = int(list_length(len(y), share))
    orders = [
        list(order) for order in permutations(range(len(y))) if (np.diff(score[list(order)]) <= 0).all()
    ]
    found = [y[order[:length]].sum() for order in orders]
    top = top_list(tally(rank(y, score), np.ones((len(y), 1))), share)
    assert top.length[0] == length
    assert top.found[0] == pytest.approx(np.mean(found))
    assert (top.fewest[0], top.most[0]) == (min(found), max(found))


@given(
    rows=st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=30),
    share=st.floats(0.01, 1.0),
)
def test_a_row_of_weight_two_counts_as_the_row_written_twice(rows, share):
    """A row of weight two counts as the row written twice."""
    y, score, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if weight.sum() == 0:
        weight[0] = 1.0
    times = weight.astype(int)
    weighted = tally(rank(y, score), weight[:, None])
    written = tally(rank(np.repeat(y, times), np.repeat(score, times)), np.ones((times.sum(), 1)))
    for measure in (roc_auc, average_precision):
        np.testing.assert_allclose(measure(weighted), measure(written), atol=1e-12)
    mine, theirs = top_list(weighted, share), top_list(written, share)
    for name in ("length", "found", "fewest", "most"):
        np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), atol=1e-12)


def test_only_the_order_counts():
    """Only the order counts."""
    y, score, weights = drawn(2, levels=4)
    first, second = tally(rank(y, score), weights), tally(rank(y, np.exp(score) - 7.0), weights)
    np.testing.assert_array_equal(roc_auc(first), roc_auc(second))
    np.testing.assert_array_equal(average_precision(first), average_precision(second))


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_outcomes_of_one_kind_give_no_area(outcome):
    """Outcomes of one kind give no area."""
    sums = tally(rank(np.full(5, outcome), np.arange(5.0)), np.ones((5, 2)))
    assert np.isnan(roc_auc(sums)).all()
    assert np.isnan(average_precision(sums)).all() == (outcome == 0.0)
    assert top_list(sums, 0.4).found.tolist() == [2.0 * outcome] * 2


def test_a_list_is_rounded_up_but_never_by_a_rounding_error():
    """A list is rounded up but never by a rounding error."""
    assert [list_length(rows, 0.1) for rows in (1, 9, 10, 11, 30, 70, 7830)] == [1, 1, 1, 2, 3, 7, 783]
    assert list_length(5, 1.0) == 5
