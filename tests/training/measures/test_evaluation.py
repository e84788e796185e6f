"""The measures of a score, and what they refuse to say."""

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.measures.evaluation import MEASURES, Scores, leak_suspected, measure


def drawn(rows=2000, seed=0, rate=-2.0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    x = generator.normal(rate, 1.0, rows)
    p = 1.0 / (1.0 + np.exp(-x))
    return (generator.random(rows) < p).astype(float), p


def test_the_measures_are_those_of_scikit_learn():
    """The measures are those of scikit-learn."""
    y, p = drawn()
    found = measure(y, Scores(p, p))
    assert found.roc_auc == pytest.approx(roc_auc_score(y, p))
    assert found.average_precision == pytest.approx(average_precision_score(y, p))
    assert found.brier == pytest.approx(brier_score_loss(y, p))
    assert found.base_rate == pytest.approx(y.mean())
    assert (found.rows, found.positives, found.unknown) == (2000, int(y.sum()), 0)
    assert found.undefined == {}


def test_the_list_finds_what_can_be_counted_by_hand():
    """The list finds what can be counted by hand."""
    y, p = drawn()
    found = measure(y, Scores(p, p), share=0.05)
    hits = y[np.argsort(-p)[:100]].sum()
    assert found.listed == 100
    assert found.recall_at_top == pytest.approx(hits / y.sum())
    assert found.precision_at_top == pytest.approx(hits / 100)
    assert found.recall_at_top_worst == found.recall_at_top_best == found.recall_at_top


def test_a_score_that_says_nothing():
    """A score that says nothing finds the share of the list, and owns up to the range that luck has."""
    y = np.array([1.0] * 10 + [0.0] * 90)
    found = measure(y, Scores(np.zeros(100)), share=0.2)
    assert found.roc_auc == 0.5
    assert found.recall_at_top == pytest.approx(0.2)
    assert (found.recall_at_top_worst, found.recall_at_top_best) == (0.0, 1.0)
    assert (found.precision_at_top_worst, found.precision_at_top_best) == (0.0, 0.5)


def test_probabilities_that_are_the_truth_are_found_calibrated():
    """Probabilities that are the truth are found calibrated."""
    y, p = drawn(rows=40_000)
    found = measure(y, Scores(p, p))
    assert found.calibration_slope == pytest.approx(1.0, abs=0.06)
    assert found.calibration_intercept == pytest.approx(0.0, abs=0.12)
    assert found.expected_over_observed == pytest.approx(1.0, abs=0.04)
    assert found.brier_skill > 0.0


def test_rows_of_unknown_outcome_are_counted_and_left_out():
    """Rows of unknown outcome are counted and left out."""
    y, p = drawn(500)
    holes = y.copy()
    holes[::7] = np.nan
    kept = ~np.isnan(holes)
    found, expected = measure(holes, Scores(p, p)), measure(y[kept], Scores(p[kept], p[kept]))
    assert found.unknown == (~kept).sum()
    assert found.figures() | {"unknown": 0.0} == expected.figures()


def test_a_row_of_weight_two_counts_twice():
    """A row of weight two counts twice."""
    y, p = drawn(300)
    weight = np.random.default_rng(1).integers(0, 4, 300)
    twice = measure(np.repeat(y, weight), Scores(np.repeat(p, weight), np.repeat(p, weight)))
    found = measure(y, Scores(p, p), weight=weight.astype(float))
    for name in MEASURES:
        assert getattr(found, name) == pytest.approx(getattr(twice, name)), name


@pytest.mark.parametrize(
    ("y", "none", "some"),
    [
        (
            [0, 0, 0, 0],
            {"roc_auc", "average_precision", "recall_at_top", "calibration_slope"},
            {"brier", "precision_at_top"},
        ),
        (
            [1, 1, 1, 1],
            {"roc_auc", "calibration_slope", "brier_skill"},
            {"average_precision", "recall_at_top"},
        ),
        ([np.nan] * 4, {"roc_auc", "brier", "base_rate", "listed"}, {"rows", "share"}),
        ([], {"roc_auc", "brier"}, {"rows"}),
    ],
    ids=["no positive", "no negative", "nothing known", "no rows"],
)
def test_what_is_not_defined_is_none(y, none, some):
    """A measure that is not defined is None with its reason, and the rest is still given."""
    y = np.array(y, dtype=float)
    p = np.linspace(0.1, 0.4, len(y))
    found = measure(y, Scores(p, p))
    for name in none:
        assert getattr(found, name) is None
        assert found.undefined[name]
    for name in some:
        assert getattr(found, name) is not None
    json.dumps(found.as_dict(), allow_nan=False)


def test_scorer_without_probabilities():
    """A scorer without probabilities is judged by its order alone."""
    y, p = drawn(300)
    found = measure(y, Scores(-1.0 / p))
    assert found.roc_auc == pytest.approx(roc_auc_score(y, p))
    assert found.brier is None
    assert found.undefined["brier"] == "the scorer gives no probability"


def test_few_positives_give_no_verdict():
    """Below a hundred positives there are figures but no verdict."""
    y = np.array([1.0] * 99 + [0.0] * 900)
    score = y + 0.0
    found = measure(y, Scores(score))
    assert found.roc_auc == 1.0
    assert found.why_not_judged == "cannot be judged: 99 positives, 100 needed"
    verdict = leak_suspected(found)
    assert verdict.holds is None
    assert verdict.reason == found.why_not_judged


def test_an_order_too_good_to_be_true_is_called_a_leak():
    """An order too good to be true is called a leak."""
    y, p = drawn(5000)
    assert leak_suspected(measure(y, Scores(p))).holds is False
    assert leak_suspected(measure(y, Scores(y + 0.01 * p))).holds is True
    assert leak_suspected(measure(np.ones(200), Scores(p[:200]))).holds is None


def test_what_cannot_be_measured_is_refused():
    """What cannot be measured is refused."""
    y, p = drawn(10)
    bad = p.copy()
    bad[3] = np.nan
    with pytest.raises(ValueError, match="1 rows have no score"):
        measure(y, Scores(bad))
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        measure(y, Scores(p, bad))
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        measure(y, Scores(p, p + 1.0))
    with pytest.raises(ValueError, match="0, 1 or NaN"):
        measure(y + 0.5, Scores(p))
    with pytest.raises(ValueError, match="10 outcomes but 9 of score"):
        measure(y, Scores(p[:9]))
    with pytest.raises(ValueError, match="not negative"):
        measure(y, Scores(p), weight=-np.ones(10))
    with pytest.raises(ValueError, match="share"):
        measure(y, Scores(p), share=0.0)


def test_figures_and_dictionary():
    """The figures are plain numbers, and the dictionary is JSON."""
    y, p = drawn(400)
    found = measure(y, Scores(p, p))
    assert all(type(value) is float for value in found.figures().values())
    assert set(MEASURES) <= set(found.figures())
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["roc_auc"] == found.roc_auc
