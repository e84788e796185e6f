"""What the cycle before would have said."""

import numpy as np
import pytest

from features.vectors import Vectors
from training.baselines.last_cycle import LastCycle, year_before
from training.baselines.margin_and_rate import IncomeMargin

WINDOWS = ("income_to_line_12m", "income_months_12m", "income_to_line_24m", "income_months_24m")


def vectors_of(columns):
    """Return vectors that hold the columns."""
    rows = len(next(iter(columns.values())))
    X = np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])
    household = np.array([f"h{row}" for row in range(rows)])
    days = np.repeat(np.datetime64("2023-06-30"), rows)
    return Vectors(household, days, tuple(columns), X, {}, np.repeat("a", rows))


def windows_of(months):
    """Return vectors of means and counts of the last 12 and 24 of the months, oldest first."""
    known = ~np.isnan(months)
    columns = {}
    for length in (12, 24):
        held, seen = np.nan_to_num(months[:, -length:]), known[:, -length:].sum(axis=1)
        mean = np.divide(held.sum(axis=1), seen, out=np.full(len(months), np.nan), where=seen > 0)
        columns[f"income_to_line_{length}m"] = mean
        columns[f"income_months_{length}m"] = seen
    return vectors_of({name: columns[name] for name in WINDOWS})


def test_the_year_before_is_the_mean_of_its_own_known_months():
    """Whatever months are known of either year; unknown where none of its own is."""
    generator = np.random.default_rng(0)
    months = generator.normal(1.5, 0.6, (300, 24))
    months[generator.random((300, 24)) < generator.random((300, 1))] = np.nan
    months[:20, :12], months[20:40, 12:], months[40:45] = np.nan, np.nan, np.nan
    own, seen = np.nan_to_num(months[:, :12]).sum(axis=1), (~np.isnan(months[:, :12])).sum(axis=1)
    mean = np.divide(own, seen, out=np.full(300, np.nan), where=seen > 0)
    np.testing.assert_allclose(year_before(windows_of(months)), mean, atol=1e-12)


def test_nothing_of_the_last_year_moves_the_score():
    """News has no part in what was said a year before."""
    months = np.random.default_rng(0).normal(1.5, 0.3, (60, 24))
    y = (np.arange(60) % 3 == 0).astype(float)
    fitted = LastCycle().fit(windows_of(months), y)
    news = months.copy()
    news[:, 12:] *= 0.2
    np.testing.assert_allclose(fitted.score(windows_of(news)), fitted.score(windows_of(months)), atol=1e-12)
    assert np.ptp(fitted.score(windows_of(months))) > 0.0


def test_it_is_the_income_margin_of_the_visit_before():
    """With a column it says what the income margin says on that column."""
    generator = np.random.default_rng(0)
    before = np.where(generator.random(500) < 0.2, np.nan, generator.normal(1.5, 0.6, 500))
    y = (generator.random(500) < np.where(np.nan_to_num(before) < 1.0, 0.5, 0.1)).astype(float)
    vectors = vectors_of({"before": before})
    cycle, margin = LastCycle("before").fit(vectors, y), IncomeMargin("before").fit(vectors, y)
    np.testing.assert_array_equal(cycle.score(vectors), margin.score(vectors))
    np.testing.assert_array_equal(cycle.probability(vectors), margin.probability(vectors))


def test_without_any_cycle_before_everybody_stands_level_at_the_rate():
    """Of the first cycle nothing can be said; a later row with a cycle before changes that for nobody."""
    y = np.array([1.0, 0.0, 0.0, 0.0])
    fitted = LastCycle("before").fit(vectors_of({"before": [np.nan] * 4}), y)
    later = vectors_of({"before": [0.2, np.nan]})
    assert fitted.score(later).tolist() == [0.0, 0.0]
    assert fitted.probability(later) == pytest.approx([0.25, 0.25])
