"""One list of all rows: parts add up to the whole, misses count households, verdicts ask for enough."""

from __future__ import annotations

import numpy as np
import pytest

from training.groups.bands import bands_of
from training.lists.listed import Listed
from training.lists.short_lists import SHARES, short_lists
from training.measures.evaluation import Scores, measure
from training.measures.intervals import resample_measures
from training.measures.ranking import places_on_list


def drawn(rows=3000, seed=0, rate=-2.0, digits=1):
    """Return household, outcome and scores with ties, from a seed."""
    generator = np.random.default_rng(seed)
    x = generator.normal(rate, 1.0, rows)
    p = 1.0 / (1.0 + np.exp(-x))
    y = (generator.random(rows) < p).astype(float)
    household = np.char.add("h", generator.integers(0, rows // 3, rows).astype(np.str_))
    return household, y, Scores(np.round(x, digits), p)


def listed(household, y, scores, *, share=0.1, overlap=True, resamples=50):
    """List the rows."""
    return Listed.of(household, y, scores, share=share, overlap=overlap, resamples=resamples, random_state=1)


@pytest.mark.parametrize("share", [0.005, 0.1, 0.37, 1.0])
def test_places_on_the_list_find_what_the_measures_find(share):
    """The chances of all rows add up to the length, and those of the positives to the recall."""
    _, y, scores = drawn()
    place, told = places_on_list(scores.score, share), measure(y, scores, share=share)
    assert place.sum() == pytest.approx(told.listed)
    assert place @ y / y.sum() == pytest.approx(told.recall_at_top)
    assert ((place >= 0) & (place <= 1)).all()


@pytest.mark.parametrize("share", [0.005, 0.1, 0.37, 1.0])
def test_a_row_that_stands_for_three_takes_three_places(share):
    """The list is that of all rows written out, and whole rows of weight one are as without weights."""
    rng = np.random.default_rng(3)
    score = rng.integers(0, 200, 900) / 10
    weight = rng.choice([1.0, 3.0], score.size)
    place = places_on_list(score, share, weight)
    written = places_on_list(np.repeat(score, weight.astype(int)), share)
    assert np.repeat(place, weight.astype(int)) == pytest.approx(written)
    assert (places_on_list(score, share, np.ones(score.size)) == places_on_list(score, share)).all()


def test_parts_of_the_rows_add_up_to_the_whole():
    """Rows, positives, places, finds and promises of the answers to a question are those of all rows."""
    household, y, scores = drawn()
    one = listed(household, y, scores)
    answer = np.random.default_rng(1).integers(0, 3, y.size)
    whole = one.part("all", "all", np.ones(y.size, dtype=bool))
    parts = [one.part("which", str(each), answer == each) for each in range(3)]
    assert sum(part.rows for part in parts) == whole.rows
    assert sum(part.positives for part in parts) == whole.positives

    def total(name, count):
        return sum(part.estimates[name].value * getattr(part, count) for part in parts)

    for name, count in (("listed", "rows"), ("recall", "positives"), ("expected_over_observed", "positives")):
        assert total(name, count) == pytest.approx(whole.estimates[name].value * getattr(whole, count))
    assert sum(part.events for part in parts) >= whole.events


def test_a_gap_is_that_to_all_others_and_turns_round_with_the_sides():
    """What one side of two lacks the other is ahead by."""
    household, y, scores = drawn()
    one, half = listed(household, y, scores), np.arange(y.size) % 2 == 0
    left, right = one.part("half", "a", half), one.part("half", "b", ~half)
    gap = left.estimates["recall"].value - right.estimates["recall"].value
    assert left.estimates["gap"].value == pytest.approx(gap)
    assert right.estimates["gap"].low == pytest.approx(-left.estimates["gap"].high)


def test_the_order_of_rows_moves_nothing():
    """Rows in another order give the same part, intervals included."""
    household, y, scores = drawn()
    mask, order = scores.score > -2.5, np.random.default_rng(2).permutation(y.size)
    one = listed(household, y, scores).part("x", "y", mask)
    turned = Scores(scores.score[order], scores.probability[order])
    other = listed(household[order], y[order], turned).part("x", "y", mask[order])
    assert (one.rows, one.positives, one.events, one.against) == (
        other.rows,
        other.positives,
        other.events,
        other.against,
    )
    for name, each in one.estimates.items():
        found = other.estimates[name]
        assert (found.value, found.low, found.high) == pytest.approx((each.value, each.low, each.high))


def test_a_household_is_missed_only_if_none_of_its_rows_with_the_outcome_is_listed():
    """Two of three households with the outcome are listed once; a row without it saves nobody."""
    household = np.array(["a", "a", "b", "b", "c", "c", "d", "d"])
    y = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    score = np.array([9.0, 1.0, 8.0, 1.0, 7.0, 1.0, 0.0, 0.0])
    one = listed(household, y, Scores(score), share=3 / 8, resamples=0)
    part = one.part("all", "all", y >= 0)
    assert (part.events, part.positives) == (3, 5)
    assert part.estimates["missed"].value == pytest.approx(1 / 3)
    assert part.estimates["recall"].value == pytest.approx(2 / 5)
    apart = listed(household, y, Scores(score), share=3 / 8, overlap=False, resamples=0).part("", "", y >= 0)
    assert (apart.events, apart.estimates["missed"].value) == (5, pytest.approx(3 / 5))


def test_a_verdict_needs_a_hundred_households_on_either_side():
    """Rows of forty households are too few; where there are enough, a group that is hidden is told."""
    household, y, scores = drawn(rows=6000)
    few = np.isin(household, np.unique(household[y == 1])[:40])
    part = listed(household, y, scores).part("few", "yes", few)
    assert part.against.holds is None
    assert part.against.reason == "cannot be judged: 40 households with the outcome, 100 needed"
    others = listed(household, y, scores).part("few", "no", ~few)
    assert "among all others" in others.against.reason
    assert others.estimates["recall"].low < others.estimates["recall"].value
    hidden = np.random.default_rng(3).random(y.size) < 0.5
    lowered = Scores(scores.score - 3.0 * hidden, scores.probability)
    assert listed(household, y, lowered).part("hidden", "yes", hidden).against.holds is True
    assert listed(household, y, lowered).part("hidden", "no", ~hidden).against.reason == (
        "found more often than all others"
    )


def test_the_interval_of_the_slope_is_near_that_of_refitted_lines():
    """One step from the line of all rows stands for a fit of each resample of the same households."""
    household, y, scores = drawn(digits=3)
    slope = listed(household, y, scores, resamples=200).slope(y >= 0)
    refitted = resample_measures(y, {"x": scores}, household, resamples=200, random_state=1)
    whole = refitted.estimate("x", "calibration_slope", measure(y, scores).calibration_slope)
    assert slope.value == pytest.approx(whole.value)
    width = whole.high - whole.low
    assert (slope.low, slope.high) == pytest.approx((whole.low, whole.high), abs=0.1 * width)


def test_a_band_is_judged_only_where_enough_is_expected():
    """A true forecast is within ten in a hundred, half of it is not, and a small band cannot be judged."""
    household, y, scores = drawn(rows=20_000)
    names = np.where(np.arange(y.size) < 300, "few", "many")
    year = np.full(y.size, 2024)
    few, many = bands_of(listed(household, y, scores, overlap=False), "size", names, year)
    assert few.verdict.holds is None
    assert few.verdict.reason == f"cannot be judged: {few.expected:.0f} expected, 200 needed"
    assert many.verdict.holds is True
    assert few.rows + many.rows == y.size
    assert few.expected + many.expected == pytest.approx(scores.probability.sum())
    assert few.observed + many.observed == y.sum()
    half = listed(household, y, Scores(scores.score, scores.probability / 2), overlap=False)
    assert bands_of(half, "size", names, year)[1].verdict.reason == "outside ±10 %"


def test_rows_of_one_household_and_year_expect_one_event():
    """Told four times of the same year, a household counts once; told of two years, twice."""
    household = np.repeat(["a", "b"], 4)
    scores = Scores(np.arange(8.0), np.full(8, 0.5))
    one = listed(household, np.zeros(8), scores, resamples=0)
    all_ = np.full(8, "all")
    assert bands_of(one, "", all_, np.full(8, 2024))[0].events_expected == pytest.approx(1.0)
    years = np.tile([2023, 2023, 2024, 2024], 2)
    assert bands_of(one, "", all_, years)[0].events_expected == pytest.approx(2.0)


def test_short_lists_are_as_long_as_they_say_and_lie_between_the_lots():
    """Expected recall and precision lie between the least and the most, which are apart where scores tie."""
    household, y, scores = drawn()
    found = short_lists(y, np.round(scores.score), household, resamples=20)
    assert [each.share for each in found] == list(SHARES)
    assert [each.length for each in found] == [15.0, 30.0, 60.0, 150.0]
    for each in found:
        for told, between in ((each.recall, each.recall_range), (each.precision, each.precision_range)):
            assert between[0] <= told.value <= between[1]
    assert found[0].recall_range[0] < found[0].recall_range[1]
