"""Splits by time: who learns, who is tested, who is left out."""

import os
from pathlib import Path

import numpy as np
import pytest

from features.errors import Usage
from training.cohorts.splits import cut_once, earlier_cuts, never_in_train, rolling_origins


def days(*texts):
    """Return days from their texts."""
    return np.array(texts, dtype="datetime64[D]")


AS_OF = days("2010-01-31", "2010-06-30", "2010-12-31", "2011-01-31", "2011-06-30")
OUTCOME_ON = days("2010-06-30", "2011-01-31", "2011-06-30", "2011-06-30", "NaT")


def drawn(rows=400, seed=0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    as_of = np.datetime64("2010-01-01") + generator.integers(0, 1500, rows)
    outcome_on = as_of + generator.integers(1, 400, rows)
    outcome_on[generator.random(rows) < 0.1] = np.datetime64("NaT")
    return as_of, outcome_on


def test_sides_of_a_cut():
    """A row trains when its outcome was known by the cut, and tests when it is assessed after it."""
    origin = cut_once(AS_OF, OUTCOME_ON, "2010-12-31")
    assert origin.train.tolist() == [True, False, False, False, False]
    assert origin.gap.tolist() == [False, True, True, False, False]
    assert origin.test.tolist() == [False, False, False, True, True]


def test_day_of_the_cut():
    """The day of the cut itself still belongs to the past."""
    origin = cut_once(AS_OF, OUTCOME_ON, "2010-06-30")
    assert origin.train[0]
    assert not origin.test[1]
    assert origin.gap[1]


def test_an_outcome_not_yet_known_never_trains():
    """An outcome not yet known never trains."""
    origin = cut_once(AS_OF, OUTCOME_ON, "2011-05-31")
    assert not origin.train[4]
    assert origin.test[4]


def test_nothing_learnt_at_an_origin_was_known_after_it():
    """At every origin, each training outcome is known before the first test day; no row is on two sides."""
    as_of, outcome_on = drawn()
    cuts = days("2011-01-01", "2011-09-01", "2012-06-01", "2013-03-01")
    origins = list(rolling_origins(as_of, outcome_on, cuts))
    assert [origin.cut for origin in origins] == list(cuts)
    for origin in origins:
        assert (outcome_on[origin.train] <= origin.cut).all()
        assert (as_of[origin.test] > origin.cut).all()
        assert (origin.train.astype(int) + origin.test + origin.gap).max() == 1
        assert ((as_of <= origin.cut) == (origin.train | origin.gap)).all()


def test_blocks_cover_the_later_rows_once():
    """The test blocks follow each other without overlap and leave nothing out."""
    as_of, outcome_on = drawn()
    origins = list(rolling_origins(as_of, outcome_on, ["2011-01-01", "2012-01-01", "2013-01-01"]))
    tested = sum(origin.test.astype(int) for origin in origins)
    assert (tested == (as_of > np.datetime64("2011-01-01"))).all()
    assert origins[-1].until is None


def test_the_last_block_ends_where_it_is_told():
    """The last block ends where it is told."""
    as_of, outcome_on = drawn()
    (origin,) = rolling_origins(as_of, outcome_on, ["2011-01-01"], until="2011-06-30")
    assert as_of[origin.test].max() <= np.datetime64("2011-06-30")


@pytest.mark.parametrize(
    ("cut", "words"), [("2009-12-31", "nothing to train on"), ("2012-01-01", "nothing to test on")]
)
def test_a_cut_with_an_empty_side_is_refused(cut, words):
    """A cut with an empty side is refused."""
    with pytest.raises(Usage, match=words):
        cut_once(AS_OF, OUTCOME_ON, cut)


@pytest.mark.parametrize("cuts", [[], ["2011-01-01", "2011-01-01"], ["2011-01-01", "2010-06-30"]])
def test_cuts_that_do_not_rise_are_refused(cuts):
    """Cuts that do not rise are refused."""
    with pytest.raises(Usage, match="cut"):
        rolling_origins(AS_OF, OUTCOME_ON, cuts)


def test_an_outcome_known_by_its_own_day_is_refused_as_a_leak():
    """An outcome known by its own day is refused as a leak."""
    with pytest.raises(ValueError, match="known by their own as-of day"):
        cut_once(AS_OF, AS_OF, "2010-12-31")


def test_days_are_checked():
    """Days that are missing or do not match are refused."""
    with pytest.raises(ValueError, match="no as-of day"):
        cut_once(days("NaT"), days("2010-01-01"), "2010-12-31")
    with pytest.raises(ValueError, match="1 as-of days but 2"):
        cut_once(days("2010-01-01"), days("2010-02-01", "2010-03-01"), "2010-12-31")


def test_households_never_seen_are_those_without_a_training_row():
    """Households never seen are those without a training row."""
    household = np.array(["a", "b", "c", "a", "d"])
    origin = cut_once(AS_OF, OUTCOME_ON, "2010-12-31")
    assert never_in_train(household, origin).tolist() == [False, False, False, False, True]


def test_earlier_cuts_share_the_rows_out():
    """Earlier cuts can all be walked, and their blocks hold about the same number of rows."""
    as_of, outcome_on = drawn(2000)
    cuts = earlier_cuts(as_of, outcome_on, blocks=3)
    origins = list(rolling_origins(as_of, outcome_on, cuts))
    assert len(origins) == 3
    assert all(0.14 < origin.test.mean() < 0.19 for origin in origins)


def test_earlier_cuts_are_none_where_all_rows_fall_on_one_day():
    """Earlier cuts are none where all rows fall on one day."""
    as_of = np.repeat(days("2010-01-31"), 10)
    assert len(earlier_cuts(as_of, as_of + 90)) == 0
    assert len(earlier_cuts(as_of[:0], as_of[:0])) == 0


@pytest.mark.skipif("FANGPIN_EPH_FILE" not in os.environ, reason="FANGPIN_EPH_FILE does not name the panel")
def test_benchmark_cut_of_the_argentine_panel():
    """37,871 train, 7,830 test, 2,876 straddle, 6,626 of the test never in train (the data's own README)."""
    from pyarrow import parquet

    columns = ["household", "q", "poor", "income_valid"]
    table = parquet.read_table(Path(os.environ["FANGPIN_EPH_FILE"]), columns=columns)
    household, quarter, poor, valid = (table[name].to_numpy() for name in columns)
    order = np.lexsort([quarter, household])
    household, quarter, poor, valid = household[order], quarter[order], poor[order] == 1, valid[order]
    at_risk = (household[1:] == household[:-1]) & ~poor[:-1] & valid[:-1] & valid[1:]
    ends = ((quarter // 4 - 1970) * 12 + (quarter % 4 + 1) * 3).astype("datetime64[M]").astype(
        "datetime64[D]"
    ) - 1
    origin = cut_once(ends[:-1][at_risk], ends[1:][at_risk], "2010-12-31")
    fresh = never_in_train(household[:-1][at_risk], origin)
    counts = [int(each.sum()) for each in (origin.train, origin.test, origin.gap, fresh)]
    assert counts == [37_871, 7_830, 2_876, 6_626]
