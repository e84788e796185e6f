"""Laws of the vectors: only what was known counts; batch is one by one; order and partition do nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import replay
from features.definitions import FEATURES
from features.tables import HOUSEHOLD_TABLES
from features.vectors import Vectors, build_vectors
from tests.laws.histories import AS_OF, IDS, LAST, days, fact, records, tables_of

DAY = date(2025, 6, 30)
EXAMPLES = 60


def same_bytes(one: Vectors, other: Vectors) -> bool:
    """Whether two sets of vectors are of the same households and days and the same in every bit."""
    return (
        one.household_id.tolist() == other.household_id.tolist()
        and one.as_of.tolist() == other.as_of.tolist()
        and one.X.tobytes() == other.X.tobytes()
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.data())
def test_what_becomes_known_later_changes_nothing(drawn, data):
    """Facts, corrections and withdrawals with known_on after the day never move a bit."""
    known = [(table, row) for table, row in drawn if row["known_on"] <= DAY]
    late = []
    for table, row in drawn:
        later = data.draw(st.dates(DAY + timedelta(days=1), LAST))
        late.append(
            (table, data.draw(fact(table, row["record_id"])) | {"known_on": later, "occurred_on": DAY})
        )
    late = [(table, row | _in_order(row)) for table, row in late]
    assert same_bytes(
        build_vectors(tables_of(known), AS_OF), build_vectors(tables_of(known + _distinct(late)), AS_OF)
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(records())
def test_batch_is_one_by_one(drawn):
    """A household alone has the bytes that it has among others."""
    batch = build_vectors(tables_of(drawn), AS_OF)
    for place, household in enumerate(IDS):
        alone = build_vectors(tables_of(drawn, (household,)), AS_OF)
        assert alone.X.tobytes() == batch.X[place].tobytes()


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.lists(st.booleans(), min_size=len(IDS), max_size=len(IDS)))
def test_any_partition_gives_the_same_bytes(drawn, sides):
    """Households cut in two parts, each built apart, have the bytes that they have together."""
    together = build_vectors(tables_of(drawn), AS_OF)
    for side in (True, False):
        part = tuple(name for name, chosen in zip(IDS, sides, strict=True) if chosen is side)
        if part:
            apart = build_vectors(tables_of(drawn, part), AS_OF)
            assert apart.X.tobytes() == together.X[np.isin(together.household_id, part)].tobytes()


@settings(max_examples=EXAMPLES, deadline=None)
@given(records())
def test_blocks_give_the_same_bytes(drawn):
    """Households taken one block at a time, to hold less at once, have the bytes of one block."""
    tables = tables_of(drawn)
    whole = build_vectors(tables, AS_OF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay.Replay.looks, "__defaults__", (None, 1))
        assert same_bytes(build_vectors(tables, AS_OF), whole)


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(drawn, random):
    """Rows in any order give the same bytes."""
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert same_bytes(build_vectors(tables_of(drawn), AS_OF), build_vectors(tables_of(shuffled), AS_OF))


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.lists(days, min_size=1, max_size=4, unique=True))
def test_many_days_are_day_by_day(drawn, several):
    """One pass over many days gives what each day gives alone."""
    tables = tables_of(drawn)
    several = sorted(np.datetime64(day) for day in several)
    together = build_vectors(tables, several)
    apart = [build_vectors(tables, day) for day in several]
    assert together.X.tobytes() == np.concatenate([one.X for one in apart]).tobytes()


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.data())
def test_a_correction_counts_from_the_day_it_is_known(drawn, data):
    """Before a correction is known the old bytes stand; from then on only the new version counts."""
    table, row = data.draw(st.sampled_from(drawn))
    newest = max(one["known_on"] for name, one in drawn if one["record_id"] == row["record_id"])
    learned = newest + timedelta(days=1)
    new = data.draw(fact(table, row["record_id"])) | {"known_on": learned, "voided": False}
    new |= {"occurred_on": min(new["occurred_on"], learned)}
    new |= _in_order(new)
    corrected = tables_of([*drawn, (table, new)])
    before = np.datetime64(learned) - 1
    assert same_bytes(build_vectors(corrected, before), build_vectors(tables_of(drawn), before))
    others = [(name, one) for name, one in drawn if one["record_id"] != row["record_id"]]
    alone = tables_of([*others, (table, new)])
    on_the_day = np.datetime64(learned)
    assert same_bytes(build_vectors(corrected, on_the_day), build_vectors(alone, on_the_day))


@settings(max_examples=EXAMPLES, deadline=None)
@given(records(), st.data())
def test_what_is_no_feature_is_never_read(drawn, data):
    """Columns whose use is outcome or never, and rows that vectors may not read, can hold anything."""
    noisy = []
    for table, row in drawn:
        declared = HOUSEHOLD_TABLES[table]
        noise = data.draw(fact(table, row["record_id"]))
        hidden = {c.name for c in declared.columns if c.use in {"outcome", "never"}}
        if (
            declared.feature_rows is not None
            and row[declared.feature_rows[0]] not in declared.feature_rows[1]
        ):
            hidden = {c.name for c in declared.columns[8:]} - {declared.feature_rows[0]}
        changed = row | {name: noise[name] for name in hidden}
        noisy.append((table, changed | _in_order(changed)))
    assert same_bytes(build_vectors(tables_of(drawn), AS_OF), build_vectors(tables_of(noisy), AS_OF))


@pytest.fixture(scope="module")
def whole():
    """Return the whole catalogue of households of whom nothing is told."""
    return build_vectors(tables_of([]), AS_OF)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_alone_is_as_in_the_catalogue(feature, whole):
    """Asking for one feature gives the column that asking for all gives."""
    alone = build_vectors(tables_of([]), AS_OF, features=[feature])
    assert alone.X[:, 0].tobytes() == whole.column(feature).tobytes()


def _distinct(drawn):
    seen = {(table, row["record_id"], row["known_on"], row["revision"]): (table, row) for table, row in drawn}
    return list(seen.values())


def _in_order(row):
    mended = {}
    for start, end in (("period_start", "period_end"), ("start_on", "end_on"), ("pushed_on", "received_on")):
        if row.get(start) and row.get(end) and row[start] > row[end]:
            mended |= {start: row[end], end: row[start]}
    start = mended.get("period_start", row.get("period_start"))
    if start and start > row["known_on"]:
        mended["period_start"] = row["known_on"]
    return mended
