"""The household bootstrap: the trick against the literal resampling, and what the interval says."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.measures.evaluation import Scores, measure
from training.measures.intervals import Estimate, household_counts, percentile_interval, resample_measures


def drawn(rows, seed=0, households=None):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    household = generator.integers(0, households or rows // 2, rows)
    x = generator.normal(size=(households or rows // 2))[household] + generator.normal(-2.0, 0.5, rows)
    p = 1.0 / (1.0 + np.exp(-x))
    return (generator.random(rows) < p).astype(float), p, household


def test_weights_give_what_writing_the_drawn_households_out_gives():
    """Each resample's measures equal those of scikit-learn, and ours, on the rows copied out."""
    y, p, household = drawn(120, households=40)
    p = np.round(p, 2)
    household = np.unique(household, return_inverse=True)[1]
    count = household.max() + 1
    replicates = resample_measures(
        y, {"p": Scores(p, p)}, household, resamples=25, random_state=7
    ).replicates["p"]
    drawn_times = np.hstack(list(household_counts(count, 25, 7)))
    for place, times in enumerate(drawn_times.T.astype(int)):
        rows = np.concatenate(
            [np.flatnonzero(household == each) for each in np.repeat(np.arange(count), times)]
        )
        literal = measure(y[rows], Scores(p[rows], p[rows]))
        assert replicates["roc_auc"][place] == pytest.approx(roc_auc_score(y[rows], p[rows]))
        assert replicates["average_precision"][place] == pytest.approx(
            average_precision_score(y[rows], p[rows])
        )
        assert replicates["brier"][place] == pytest.approx(brier_score_loss(y[rows], p[rows]))
        for name in ("recall_at_top", "precision_at_top_best", "calibration_slope", "expected_over_observed"):
            assert replicates[name][place] == pytest.approx(getattr(literal, name)), name


def test_counts_do_not_depend_on_the_step():
    """A resample draws as many households as there are, however the draws are cut up."""
    whole = np.hstack(list(household_counts(50, 30, 3, step=30)))
    parts = np.hstack(list(household_counts(50, 30, 3, step=7)))
    assert (whole.sum(axis=0) == 50).all()
    np.testing.assert_array_equal(whole, parts)


def test_how_often_a_household_comes_is_a_draw_with_replacement():
    """How often a household comes is a draw with replacement."""
    counts = np.hstack(list(household_counts(100, 2000, 0)))
    assert counts.mean() == 1.0
    assert counts.var() == pytest.approx(1.0 - 1.0 / 100, abs=0.02)


def test_seed():
    """The same seed gives the same resamples, and another seed others."""
    y, p, household = drawn(300)
    first, again, other = (
        resample_measures(y, {"p": Scores(p)}, household, resamples=50, random_state=seed).replicates["p"][
            "roc_auc"
        ]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_rows_of_one_household_do_not_make_the_interval_narrower():
    """Each row written four times within its household leaves every resample as it was."""
    y, p, household = drawn(200)
    once = resample_measures(y, {"p": Scores(p)}, household, resamples=200).replicates["p"]["roc_auc"]
    four = [np.repeat(each, 4) for each in (y, p, household)]
    often = resample_measures(four[0], {"p": Scores(four[1])}, four[2], resamples=200).replicates["p"][
        "roc_auc"
    ]
    np.testing.assert_allclose(once, often)


def test_a_difference_is_paired():
    """A score against a copy of itself differs by nothing on every resample, wide as each interval is."""
    y, p, household = drawn(300)
    found = resample_measures(y, {"a": Scores(p), "b": Scores(p * 2.0)}, household, resamples=100)
    own, gap = found.estimate("a", "roc_auc", 0.7), found.difference("a", "b", "roc_auc", 0.0)
    assert own.high - own.low > 0.05
    assert gap == Estimate(0.0, 0.0, 0.0)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """The interval holds the truth about as often as it says."""
    truth = measure(*_as_scores(drawn(60_000, seed=99, households=30_000))).roc_auc
    hits = 0
    for seed in range(60):
        y, p, household = drawn(400, seed=seed, households=200)
        found = resample_measures(y, {"p": Scores(p)}, household, resamples=200, random_state=seed)
        interval = found.estimate("p", "roc_auc", 0.0)
        hits += interval.low <= truth <= interval.high
    assert 51 <= hits <= 60


def test_unknown_outcomes_are_left_out_before_households_are_drawn():
    """Unknown outcomes are left out before households are drawn."""
    y, p, household = drawn(200)
    holes = np.concatenate([y, np.full(100, np.nan)])
    longer = resample_measures(
        holes,
        {"p": Scores(np.concatenate([p, p[:100]]))},
        np.concatenate([household, np.arange(10_000, 10_100)]),
        resamples=20,
    )
    shorter = resample_measures(y, {"p": Scores(p)}, household, resamples=20)
    assert longer.households == shorter.households
    np.testing.assert_array_equal(longer.replicates["p"]["roc_auc"], shorter.replicates["p"]["roc_auc"])


@pytest.mark.parametrize(("households", "resamples"), [(1, 100), (50, 0)])
def test_nothing_to_draw_from(households, resamples):
    """Without households to draw from, or without draws, there is a value and no interval."""
    y, p, _ = drawn(100)
    household = np.arange(100) % households
    found = resample_measures(y, {"p": Scores(p)}, household, resamples=resamples)
    assert found.estimate("p", "roc_auc", 0.6) == Estimate(0.6, None, None)
    assert found.difference("p", "p", "roc_auc", 0.0) == Estimate(0.0)


def test_too_many_undefined_resamples():
    """A measure that more than one resample in twenty lacks has no interval."""
    replicates = np.linspace(0.0, 1.0, 101)
    found = percentile_interval(0.5, replicates)
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))
    few, many = replicates.copy(), replicates.copy()
    few[:5], many[:6] = np.nan, np.nan
    assert percentile_interval(0.5, few).low is not None
    assert percentile_interval(0.5, many) == Estimate(0.5)
    assert percentile_interval(None, replicates) == Estimate(None)


def test_households_may_be_names():
    """Households may be names."""
    y, p, household = drawn(100)
    names = np.array([f"h{each:05d}" for each in household])
    by_name = resample_measures(y, {"p": Scores(p)}, names, resamples=10).replicates["p"]["roc_auc"]
    by_number = resample_measures(y, {"p": Scores(p)}, household, resamples=10).replicates["p"]["roc_auc"]
    np.testing.assert_array_equal(by_name, by_number)


def _as_scores(each):
    return each[0], Scores(each[1])
