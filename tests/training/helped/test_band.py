"""The band: what the measures would be, had some of the helped had the outcome."""

from __future__ import annotations

import numpy as np
import pytest

from training.helped.band import SHARES, band
from training.measures.evaluation import MODEL, Scores, measure


def drawn(rows=2_000, seed=0):
    """Return outcomes, a good and four worse scorers, households of two rows, and who was helped."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.0, 1.0, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    p = 1 / (1 + np.exp(-odds))
    scorers = {MODEL: Scores(odds, p)}
    for place, noise in enumerate((0.5, 3.0, 1.0, 2.0)):
        scorers[f"b{place}"] = Scores(odds + rng.normal(0, noise, rows), p)
    household = np.repeat(np.array([f"h{n:04d}" for n in range(rows // 2)]), 2)
    return y, scorers, household, rng.random(rows) < 0.3


@pytest.fixture(scope="module")
def found():
    """Return the band of drawn rows."""
    return band(*drawn(), resamples=30)


def test_as_recorded_it_is_the_usual_measure(found):
    """A share of none is the plain comparison."""
    y, scorers, _, _ = drawn()
    plain = measure(y, scorers[MODEL])
    ends = found.ends(MODEL, "average_precision")
    assert ends.value == pytest.approx(plain.average_precision, rel=1e-12)
    assert ends.low <= ends.value <= ends.high
    assert found.ends(MODEL, "expected_over_observed").value == pytest.approx(plain.expected_over_observed)


def test_a_share_is_the_mean_of_many_lots(found):
    """Outcomes given to a quarter of the helped by lot have, in the mean, the rate and AUC that is told."""
    y, scorers, _, helped = drawn()
    rng = np.random.default_rng(1)
    drawings = [
        measure(np.where(helped & (y == 0), rng.random(y.size) < 0.25, y).astype(float), scorers[MODEL])
        for _ in range(60)
    ]
    told = found.by_share[0.25].row(MODEL).measures
    assert told.base_rate == pytest.approx(np.mean([each.base_rate for each in drawings]), abs=0.002)
    assert told.roc_auc == pytest.approx(np.mean([each.roc_auc for each in drawings]), abs=0.005)


def test_the_more_would_have_come_the_less_was_promised(found):
    """Expected over observed falls with the share; the band holds all of it."""
    ratios = [found.by_share[share].row(MODEL).measures.expected_over_observed for share in SHARES]
    assert ratios == sorted(ratios, reverse=True)
    ends = found.ends(MODEL, "expected_over_observed")
    assert (ends.low, ends.high) == (ratios[-1], ratios[0])


def test_the_best_baselines_stand_beside_the_model(found):
    """Those of the highest average precision, and the lead over each spans all its intervals."""
    assert found.scorers() == [MODEL, "b0", "b2", "b3"]
    lead = found.lead("b3", "roc_auc")
    each = [found.by_share[share].row("b3").lead["roc_auc"] for share in SHARES]
    assert lead.low == min(one.low for one in each)
    assert lead.high == max(one.high for one in each)
    assert found.as_dict()["band"][MODEL].keys() == {
        "average_precision", "roc_auc", "recall_at_top", "expected_over_observed",
    }  # fmt: skip
    assert "whichever of them by lot" in found.as_text()


def test_where_nobody_was_helped_the_band_has_no_width():
    """Lowest and highest are what was recorded."""
    y, scorers, household, _ = drawn()
    nobody = band(y, scorers, household, np.zeros(y.size, dtype=bool), resamples=0)
    ends = nobody.ends(MODEL, "roc_auc")
    assert ends.low == ends.value == ends.high
