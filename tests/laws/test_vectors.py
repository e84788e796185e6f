"""Laws of time: only what was known counts, in the version that was believed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from features.tables import HOUSEHOLD_TABLES
from features.vectors import build_vectors
from tests.laws.histories import (
    DAY,
    DAYS,
    believed,
    distinct,
    fact,
    in_order,
    newest,
    records,
    tables_of,
)
from tests.laws.sameness import known_by, same_bytes, shuffled_after, with_noise
from tests.laws.twice import FEW, MANY, Laws, by_name

LAWS = Laws()
law = LAWS.law
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
after = st.sampled_from([day for day in DAYS if day > DAY])


@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_time_holds(law):
    """On a few histories."""
    law(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_time_holds_on_many_histories(law):
    """On many more."""
    law(MANY)


def of(drawn, day=DAY, **more):
    """Return the vectors that drawn facts give."""
    return build_vectors(tables_of(drawn), day, **more)


@law(records(), st.data())
def what_becomes_known_later_changes_nothing(drawn, data):
    """Facts, corrections and withdrawals with known_on after the day never move a bit."""
    known = [(table, row) for table, row in drawn if row["known_on"] <= DAY]
    late = []
    for table, row in drawn:
        new = data.draw(fact(table, row["record_id"])) | {"known_on": data.draw(after)}
        late.append((table, in_order(table, new)))
    assert same_bytes(of(known), of([*known, *distinct(late)]))


@law(records(), seeds)
def nothing_leaks_from_what_is_known_later(drawn, rng):
    """What became known after the day may be shuffled, each column by itself, or taken away."""
    tables = tables_of(drawn)
    whole = build_vectors(tables, DAY)
    assert same_bytes(build_vectors(shuffled_after(tables, DAY, rng), DAY), whole)
    assert same_bytes(build_vectors(known_by(tables, DAY), DAY), whole)


@law(records(), st.data())
def a_correction_counts_from_the_day_it_is_known(drawn, data):
    """Before a correction is known the old bytes stand; from then on only the new version counts."""
    table, row = data.draw(st.sampled_from(drawn))
    learned = newest(drawn, row["record_id"])["known_on"] + timedelta(days=1)
    new = data.draw(fact(table, row["record_id"])) | {"known_on": learned, "voided": False}
    corrected = [*drawn, (table, in_order(table, new))]
    before = learned - timedelta(days=1)
    assert same_bytes(of(corrected, before), of(drawn, before))
    alone = [*without(drawn, row["record_id"]), corrected[-1]]
    assert same_bytes(of(corrected, learned), of(alone, learned))


@law(records(), st.data())
def a_withdrawn_record_was_never_told(drawn, data):
    """From the day on which the withdrawal is known; before it the old bytes stand."""
    table, row = data.draw(st.sampled_from(drawn))
    last = newest(drawn, row["record_id"])
    learned = last["known_on"] + timedelta(days=1)
    withdrawn = [*drawn, (table, last | {"known_on": learned, "voided": True})]
    before = learned - timedelta(days=1)
    assert same_bytes(of(withdrawn, before), of(drawn, before))
    assert same_bytes(of(withdrawn, learned), of(without(drawn, row["record_id"]), learned))


@law(records(), st.data())
def telling_again_what_is_believed_changes_nothing(drawn, data):
    """The same record with the same content, known once more."""
    held = believed(drawn, DAY)
    assume(held)
    table, row = data.draw(st.sampled_from(held))
    again = row | {"known_on": data.draw(st.dates(row["known_on"], DAY)), "revision": row["revision"] + 1}
    assume(newest([one for one in drawn if one[1]["known_on"] <= DAY], row["record_id"]) is row)
    assert same_bytes(of([*drawn, (table, again)]), of(drawn))


@law(records(), seeds)
def what_is_no_feature_is_never_read(drawn, rng):
    """Columns whose use is outcome or never, and rows that vectors may not read, can hold anything."""
    tables = tables_of(drawn)
    assert same_bytes(build_vectors(with_noise(tables, rng), DAY), build_vectors(tables, DAY))


LOOKED_AT, KNOWN_BY = date(2025, 6, 27), date(2025, 9, 30)
"""In the eleven days up to the first nothing happens; on ten days between the two things are learnt."""


@law(records())
def known_by_is_the_day_itself_where_they_agree(drawn):
    """Believing up to the day of the look is the plain vector."""
    assert same_bytes(of(drawn, known_by=DAY), of(drawn))


@law(records())
def known_by_lets_known_what_had_happened_by_the_day(drawn):
    """As if all that was learnt by then of what had happened had been learnt in time, in the same order.

    A line that is announced later for a month gone by holds for that month; it is left out here.
    """
    drawn = [one for one in drawn if (one[1].get("period_start") or LOOKED_AT) <= LOOKED_AT]
    drawn = [one for one in drawn if one[0] in HOUSEHOLD_TABLES or one[1]["occurred_on"] <= LOOKED_AT]
    late = sorted({row["known_on"] for _, row in drawn if LOOKED_AT < row["known_on"] <= KNOWN_BY})
    in_time = {day: LOOKED_AT - timedelta(days=len(late) - 1 - place) for place, day in enumerate(late)}
    learnt = [
        (table, row | {"known_on": in_time.get(row["known_on"], row["known_on"])})
        for table, row in believed(drawn, KNOWN_BY)
        if row["occurred_on"] <= LOOKED_AT
    ]
    assert same_bytes(of(drawn, LOOKED_AT, known_by=KNOWN_BY), of(learnt, LOOKED_AT))


@law(records())
def what_was_learnt_later_is_left_out_of_known_by(drawn):
    """Whatever becomes known after ``known_by`` never moves a bit of it."""
    known = [(table, row) for table, row in drawn if row["known_on"] <= KNOWN_BY]
    assert same_bytes(of(drawn, LOOKED_AT, known_by=KNOWN_BY), of(known, LOOKED_AT, known_by=KNOWN_BY))


def without(drawn, record_id):
    """Return a history in which a record was never told."""
    return [(table, row) for table, row in drawn if row["record_id"] != record_id]
