"""Laws of parts: batch is one by one; order, partition, blocks do nothing; a feature alone is the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from features import replay, vectors
from features.context import Context
from features.definitions import FEATURES
from features.vectors import Cohort, build_vectors
from features.view import View
from tests.laws.histories import DAY, IDS, LINEAGES, days, records, tables_of
from tests.laws.sameness import same_bytes
from tests.laws.twice import FEW, MANY, Laws, by_name

LAWS = Laws()
law = LAWS.law
several_days = st.lists(days, min_size=1, max_size=4, unique=True).map(
    lambda several: sorted(np.datetime64(day) for day in several)
)


@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_parts_holds(law):
    """On a few histories."""
    law(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_parts_holds_on_many_histories(law):
    """On many more."""
    law(MANY)


@law(records())
def batch_is_one_lineage_at_a_time(drawn):
    """A lineage alone has the bytes that it has among others."""
    batch = build_vectors(tables_of(drawn), DAY)
    for lineage in LINEAGES:
        alone = build_vectors(tables_of(drawn, lineage), DAY)
        assert same_bytes(alone, batch.take(np.isin(batch.household_id, lineage)))


@law(records(), st.lists(st.integers(0, 1), min_size=len(LINEAGES), max_size=len(LINEAGES)), several_days)
def any_partition_gives_the_same_bytes(drawn, sides, several):
    """Lineages cut in two parts, each built apart, have the bytes that they have together."""
    together = build_vectors(tables_of(drawn), several)
    for side in (0, 1):
        lineages = [lineage for lineage, chosen in zip(LINEAGES, sides, strict=True) if chosen == side]
        part = tuple(household for lineage in lineages for household in lineage)
        if part:
            apart = build_vectors(tables_of(drawn, part), several)
            assert same_bytes(apart, together.take(np.isin(together.household_id, part)))


@law(records(), st.integers(1, 3), several_days)
def blocks_give_the_same_bytes(drawn, most, several):
    """Households taken some at a time, to hold less at once, have the bytes of one block."""
    tables = tables_of(drawn)
    whole = build_vectors(tables, several)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay.Replay.figures, "__defaults__", (None, most))
        assert same_bytes(build_vectors(tables, several), whole)


@law(records(), several_days)
def a_shallow_plan_gives_the_same_bytes(drawn, several):
    """Looking back no further than need be, as for many households, changes nothing."""
    tables = tables_of(drawn)
    deep = build_vectors(tables, several)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "FEW", 0)
        assert same_bytes(build_vectors(tables, several), deep)


@law(records(), several_days, st.integers(1, 3), st.integers(1, 999))
def what_is_compiled_gives_the_same_bytes(drawn, several, lanes, at_once):
    """Compiled, as for very many households, so many side by side, days in parts: nothing changes."""
    leading = pytest.importorskip("features.compiled.leading")
    tables = tables_of(drawn)
    plain = build_vectors(tables, several)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "MANY", 0)
        patch.setattr(leading, "LANES", lanes)
        patch.setattr(leading, "AT_ONCE", at_once)
        patch.setattr(View, "__init__", lambda *_: pytest.fail("read by NumPy"))
        assert same_bytes(build_vectors(tables, several), plain)


@law(records(), st.randoms(use_true_random=False))
def the_order_of_rows_is_nothing(drawn, random):
    """Rows in any order give the same bytes."""
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert same_bytes(build_vectors(tables_of(drawn), DAY), build_vectors(tables_of(shuffled), DAY))


@law(records(), several_days)
def many_days_are_day_by_day(drawn, several):
    """One pass over many days gives what each day gives alone."""
    tables = tables_of(drawn)
    together = build_vectors(tables, several)
    for day in several:
        assert same_bytes(build_vectors(tables, day), together.take(together.as_of == day))


@law(records(), several_days, st.data())
def a_cohort_has_the_rows_of_the_whole(drawn, several, data):
    """Any pairs of household and day, in any order, some of them twice."""
    tables = tables_of(drawn)
    whole = build_vectors(tables, several)
    rows = np.array(data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=9)))
    cohort = Cohort(whole.household_id[rows], whole.as_of[rows])
    assert same_bytes(build_vectors(tables, None, cohort=cohort), whole.take(rows))


@law(records(), st.lists(st.sampled_from(sorted(FEATURES)), min_size=1, max_size=6, unique=True))
def some_features_are_as_in_the_catalogue(drawn, some):
    """Asking for a few features, in any order, gives the columns that asking for all gives."""
    tables = tables_of(drawn)
    whole, few = build_vectors(tables, DAY), build_vectors(tables, DAY, features=some)
    for name in some:
        assert few.column(name).tobytes() == whole.column(name).tobytes()


@law(records(), several_days)
def a_context_that_is_kept_is_as_a_new_one(drawn, several):
    """Given again and again, for one lineage after the other and day after day."""
    kept = Context(tables_of(drawn))
    for lineage in LINEAGES[:2]:
        tables = tables_of(drawn, lineage)
        for day in (several[0], several):
            assert same_bytes(build_vectors(tables, day, context=kept), build_vectors(tables, day))


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_alone_is_as_in_the_catalogue(feature):
    """Asking for one feature gives the column that asking for all gives."""
    tables = tables_of([])
    whole, alone = build_vectors(tables, DAY), build_vectors(tables, DAY, features=[feature])
    assert alone.X[:, 0].tobytes() == whole.column(feature).tobytes()
    assert len(alone) == len(IDS)
