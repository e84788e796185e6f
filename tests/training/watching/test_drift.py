"""What has moved: nothing where nothing did, the shifted column first, and the same for any order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from features.vectors import Vectors
from models.card import _distribution
from training.learning.levels import LEVELS_DIFFER
from training.lists.yields import expected_yield, listed
from training.watching.drift import features_moved, townships_moved

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

NAMES = tuple(f"x{number}" for number in range(100))


def drawn(seed: int, rows: int = 2000) -> Vectors:
    """Draw households whose columns are smooth, tied at zero, or partly unknown, in turn."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, len(NAMES)))
    X[:, 1::3] = np.maximum(X[:, 1::3], 0.3)
    X[:, 2::3][rng.random(X[:, 2::3].shape) < 0.1] = np.nan
    ids = np.array([f"h{number:05d}" for number in range(rows)])
    return Vectors(ids, np.full(rows, np.datetime64("2024-06-30")), NAMES, X, {}, np.full(rows, "a"))


@pytest.fixture(scope="module")
def reference():
    """Return the reference of a first draw."""
    vectors = drawn(0)
    ones = np.ones(len(vectors))
    told = {name: _distribution(vectors.column(name), ones) for name in NAMES}
    return {"households": len(vectors), "features": told, "score": told["x0"]}


def test_a_second_draw_is_within_chance(reference):
    """At a level of 99 %, of 500 columns that did not move about five are beyond chance; never twenty."""
    beyond = [each for seed in range(1, 6) for each in features_moved(reference, drawn(seed))]
    assert sum(each.beyond_chance for each in beyond) < 20


@pytest.mark.parametrize(("column", "by", "way"), [("x0", -0.5, "down"), ("x3", 0.5, "up")])
def test_a_shifted_column_comes_first_and_in_its_direction(reference, column, by, way):
    """The median went where the values went."""
    vectors = drawn(1)
    vectors.X[:, NAMES.index(column)] += by
    first = features_moved(reference, vectors)[0]
    assert (first.name, first.beyond_chance) == (column, True)
    assert first.direction.startswith(f"the median {way} ")


def test_a_column_that_is_tied_tells_the_share_above(reference):
    """Its median stays at the tie while more households lie above it."""
    vectors = drawn(1)
    column = vectors.X[:, NAMES.index("x1")]
    column[np.flatnonzero(column == 0.3)[:200]] = 0.9
    first = features_moved(reference, vectors)[0]
    assert first.name == "x1"
    assert first.direction.startswith("the share above ")
    assert " up from " in first.direction


def test_what_is_no_longer_recorded_is_told_as_unknown(reference):
    """The share unknown went up."""
    vectors = drawn(1)
    vectors.X[:400, NAMES.index("x4")] = np.nan
    first = features_moved(reference, vectors)[0]
    assert (first.name, first.direction) == ("x4", "the share unknown up from 0 to 0.2")


def test_the_order_of_rows_does_not_matter(reference):
    """Permuted rows say the same, of features, townships and the list."""
    vectors, order = drawn(2), np.random.default_rng(0).permutation(2000)
    other, township = vectors.take(order), np.where(np.arange(2000) % 3 == 0, "t1", "t2")
    score = np.round(vectors.column("x0"), 1)
    p = 1 / (1 + np.exp(-score))
    assert features_moved(reference, vectors) == features_moved(reference, other)
    assert townships_moved(reference, vectors, score, township) == townships_moved(
        reference, other, score[order], township[order]
    )
    said = [
        expected_yield(p[rows], score[rows], vectors.household_id[rows], share=0.02, as_of="2024-06-30")
        for rows in (np.arange(2000), order)
    ]
    assert said[0] == said[1]


def test_small_townships_are_not_shouted_about(reference):
    """Of fifty townships of forty households that did not move, few are beyond chance."""
    vectors = drawn(3)
    township = np.array([f"t{number % 50:02d}" for number in range(2000)])
    told = townships_moved(reference, vectors, vectors.column("x0"), township)
    assert max(each.score.psi for each in told) > 0.25
    assert sum(each.score.beyond_chance for each in told) <= 5


def test_the_expected_yield_is_the_sum_of_the_probabilities():
    """Of those on the list, and of all where all are on it."""
    p = np.random.default_rng(0).random(500)
    ids = np.array([f"h{number:03d}" for number in range(500)])
    whole = expected_yield(p, p, ids, share=1.0, as_of="2024-06-30")
    part = expected_yield(p, p, ids, share=0.02, as_of="2024-06-30")
    assert whole.expected == pytest.approx(p.sum())
    assert part.expected == pytest.approx(np.sort(p)[-10:].sum())
    assert part.low < part.expected < part.high
    assert (whole.judged, part.judged, listed(p, ids, 0.02).size) == (True, False, 10)


def test_the_interval_of_a_yield_holds_what_comes_in_years_of_other_levels():
    """Of 400 years whose levels differ as they are taken to about 95 % lie within it; by chance alone few."""
    rng = np.random.default_rng(4)
    log_odds = rng.normal(-1.0, 1.0, 3000)
    p, ids = 1 / (1 + np.exp(-log_odds)), np.array([f"h{number:04d}" for number in range(3000)])
    told = expected_yield(p, p, ids, share=1.0, as_of="2024-06-30")
    levels = rng.normal(0.0, LEVELS_DIFFER, (400, 1))
    came = (rng.random((400, 3000)) < 1 / (1 + np.exp(-log_odds - levels))).sum(axis=1)
    inside = ((came >= told.low) & (came <= told.high)).mean()
    chance = 1.96 * np.sqrt((p * (1 - p)).sum())
    assert 0.92 < inside < 0.98
    assert (np.abs(came - told.expected) <= chance).mean() < 0.6
