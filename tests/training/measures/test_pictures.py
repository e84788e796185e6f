"""What the figures are computed from, and that they can be drawn."""

import io

import numpy as np
import pytest
from matplotlib import _pylab_helpers
from matplotlib.figure import Figure
from scipy.stats import binomtest
from sklearn.metrics import precision_recall_curve, roc_curve

from training.measures.evaluation import Scores, measure
from training.measures.pictures import (
    calibration_bins,
    curve,
    draw_calibration,
    draw_gains,
    draw_roc_pr,
    wilson,
)


def drawn(rows=400, seed=0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    p = np.round(1.0 / (1.0 + np.exp(-generator.normal(-1.5, 1.0, rows))), 2)
    return (generator.random(rows) < p).astype(float), p


def png(figure):
    """Render a figure, and see that pyplot holds none."""
    assert isinstance(figure, Figure)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    assert not _pylab_helpers.Gcf.figs, "a figure was left in pyplot's hands"
    assert out.getvalue().startswith(b"\x89PNG")
    return out.getvalue()


def test_the_curve_is_that_of_scikit_learn():
    """The curve is that of scikit-learn."""
    y, p = drawn()
    found = curve(y, p)
    false_share, share_found, _ = roc_curve(y, p, drop_intermediate=False)
    np.testing.assert_allclose(found.false_share, false_share)
    np.testing.assert_allclose(found.share_found, share_found)
    precision, recall, _ = precision_recall_curve(y, p)
    np.testing.assert_allclose(found.precision[1:], precision[:-1][::-1])
    np.testing.assert_allclose(found.share_found[1:], recall[:-1][::-1])


def test_the_gain_at_capacity_is_the_recall_of_the_list():
    """The gain at capacity is the recall of the list."""
    y, p = drawn()
    for share in (0.05, 0.1, 0.25, 1.0):
        assert curve(y, p).found_at(share) == pytest.approx(measure(y, Scores(p), share=share).recall_at_top)


def test_outcomes_of_a_curve():
    """Unknown outcomes are left out of a curve, and outcomes of one kind are refused."""
    y, p = drawn()
    holes = np.concatenate([y, [np.nan, np.nan]])
    np.testing.assert_array_equal(
        curve(holes, np.concatenate([p, [0.1, 0.9]])).share_found, curve(y, p).share_found
    )
    with pytest.raises(ValueError, match="both kinds"):
        curve(np.ones(4), np.arange(4.0))


def test_calibration_bins():
    """The bins hold every row once, rise, and never part equal probabilities."""
    y, p = drawn(1000)
    bins = calibration_bins(y, p)
    assert bins.rows.sum() == 1000
    assert len(bins.rows) == 10
    assert (bins.expected * bins.rows).sum() == pytest.approx(p.sum())
    assert (bins.observed * bins.rows).sum() == pytest.approx(y.sum())
    assert (np.diff(bins.expected) > 0).all()
    assert calibration_bins(y, np.full(1000, 0.2)).rows.tolist() == [1000]
    assert len(calibration_bins(y[:0], p[:0]).rows) == 0


def test_the_bins_have_wilson_intervals():
    """The bins have wilson intervals."""
    low, high = wilson(np.array([0.0, 0.3, 1.0]), np.array([10.0, 10.0, 10.0]))
    for place, hits in enumerate((0, 3, 10)):
        expected = binomtest(hits, 10).proportion_ci(0.95, method="wilson")
        assert (low[place], high[place]) == pytest.approx((expected.low, expected.high))


def test_order_calibration_and_gains_can_be_drawn():
    """Order calibration and gains can be drawn."""
    y, p = drawn()
    curves = {"model": curve(y, p), "income margin": curve(y, np.sqrt(p) + 0.2 * y)}
    png(draw_roc_pr(curves))
    gains = draw_gains(curves, 0.1)
    png(gains)
    assert f"model: {curves['model'].found_at(0.1):.0%} found" in [
        text.get_text() for text in gains.axes[0].get_legend().get_texts()
    ]
    png(
        draw_calibration(
            {"model": calibration_bins(y, p), "rate": calibration_bins(y, np.full(len(y), y.mean()))}
        )
    )


def test_a_row_of_weight_two_is_drawn_as_two():
    """Curve and bins of weighted rows are those of the rows written out."""
    y, p = drawn()
    weight = np.random.default_rng(1).integers(1, 4, y.size)
    often = np.repeat(np.arange(y.size), weight)
    found, written = curve(y, p, weight.astype(float)), curve(y[often], p[often])
    np.testing.assert_allclose(found.share_found, written.share_found)
    np.testing.assert_allclose(found.precision, written.precision)
    assert found.base_rate == pytest.approx(written.base_rate)
    bins = calibration_bins(y, p, bins=1, weight=weight.astype(float))
    assert bins.observed[0] == pytest.approx(y[often].mean())
    assert bins.expected[0] == pytest.approx(p[often].mean())
