"""Facts with an assumed day of knowing, known later: what moves, what stays, what it does to a judgement."""

from __future__ import annotations

import numpy as np
import pytest

from features.history import believed
from tests.facts import facts
from training.judging.delayed import delayed, known_later
from training.measures.evaluation import MODEL, Scores, measure

EDUCATION = {"kind": "education"}


def bills(*rows):
    """Return the expenses of one household: (record, amount, known on, whether that is assumed)."""
    told = [
        {"record_id": record, "amount": amount, "occurred_on": "2022-01-01", "known_on": day,
         "known_on_assumed": assumed, **EDUCATION}
        for record, amount, day, assumed in rows
    ]  # fmt: skip
    return facts(expenses=told)


def amounts(tables, day):
    """Return what is believed to have been paid at the end of a day."""
    held = believed(tables["expenses"]).on(np.datetime64(day))
    return sorted(tables["expenses"]["amount"][held].tolist())


def test_only_assumed_days_move_by_whole_months():
    """The last of a month leads to the last of a month; the other tables are the very same."""
    tables = bills(("a", 1, "2022-11-30", True), ("b", 2, "2022-11-30", False))
    later, moved = known_later(tables, 3)
    assert moved == 1
    assert later["expenses"]["known_on"].astype(str).tolist() == ["2023-02-28", "2022-11-30"]
    assert later["households"] is tables["households"]
    assert tables["expenses"]["known_on"].astype(str).tolist() == ["2022-11-30"] * 2


def test_where_nothing_is_assumed_nothing_moves():
    """The tables are those that were given."""
    tables = bills(("a", 1, "2022-11-30", False))
    later, moved = known_later(tables, 3)
    assert moved == 0
    assert all(later[name] is tables[name] for name in tables)


def test_a_correction_is_not_undone_by_what_it_corrected():
    """A version that would be heard of after its correction is never believed; one before it still is."""
    tables = bills(
        ("a", 1, "2022-01-31", True), ("a", 2, "2022-03-31", False),
        ("b", 10, "2022-01-31", True), ("b", 20, "2022-08-31", False),
        ("c", 100, "2022-01-31", True), ("c", 200, "2022-02-28", True),
    )  # fmt: skip
    later, _ = known_later(tables, 3)
    assert amounts(later, "2022-02-28") == []
    assert amounts(later, "2022-03-31") == [2]
    assert amounts(later, "2022-04-30") == [2, 10, 100]
    assert amounts(later, "2022-08-31") == amounts(tables, "2022-08-31") == [2, 20, 200]


def drawn(rows=600):
    """Return outcomes, a score, and the same with less known."""
    rng = np.random.default_rng(0)
    odds = rng.normal(-1.0, 1.5, rows)
    y = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    p = 1 / (1 + np.exp(-odds))
    blurred = odds + rng.normal(0, 2, rows)
    return y, Scores(odds, p), Scores(blurred, p), np.arange(rows).astype(str)


def test_the_difference_is_that_of_the_same_households():
    """Later minus as it is, with an interval narrower than that of strangers."""
    y, now, blurred, household = drawn()
    found = delayed(y, {MODEL: now}, {MODEL: blurred}, household, months=3, moved=7, resamples=100)
    gap = found.difference[MODEL]["roc_auc"]
    assert gap.value == pytest.approx(measure(y, blurred).roc_auc - measure(y, now).roc_auc)
    assert gap.high < 0
    same = delayed(y, {MODEL: now}, {MODEL: now}, household, months=3, moved=7, resamples=100)
    assert vars(same.difference[MODEL]["roc_auc"]) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert "7 facts have an assumed day of knowing" in found.as_text()
    assert found.as_dict()["difference"][MODEL]["roc_auc"]["value"] == gap.value


def test_where_no_fact_is_assumed_it_says_so():
    """No table, but a sentence."""
    y, now, _, household = drawn()
    found = delayed(y, {MODEL: now}, {}, household, months=3, moved=0)
    assert found.as_text() == "No fact has an assumed day of knowing: there is nothing to delay."
    assert found.as_dict()["facts_moved"] == 0
