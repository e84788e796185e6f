"""Checks by lot: what a row stands for by them, and how a version is judged on them."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import BadInput
from features.vectors import Cohort
from tests.facts import facts
from training.helped.explored import explored, explored_weights
from training.measures.evaluation import MODEL, Scores

AS_OF = "2022-09-30"


def checked(*rows):
    """Return tables with checks of households: (household, day, drawn with which chance, found)."""
    ids = sorted({one for one, *_ in rows})
    return facts(
        households=[{"household_id": one, "occurred_on": "2015-01-01", "area": "village"} for one in ids],
        verifications=[
            {"household_id": one, "occurred_on": day, "drawn_chance": chance, "risk": risk}
            for one, day, chance, risk in rows
        ],
        visits=[{"household_id": ids[0], "occurred_on": "2024-12-31", "purpose": "round"}],
    )


def seen(*households):
    """Return a cohort of one day."""
    return Cohort(np.array(households), np.repeat(np.datetime64(AS_OF), len(households)))


def test_a_row_stands_for_the_sum_of_one_over_the_chances_of_its_checks_by_lot():
    """Chosen checks count for nothing, nor do those outside the horizon, or without a word."""
    tables = checked(
        ("a", "2022-10-01", 0.1, "none"), ("a", "2023-09-30", 0.02, "needs_help"),
        ("b", "2023-01-05", None, "needs_help"), ("c", AS_OF, 0.1, "none"), ("d", "2023-10-01", 0.1, "none"),
        ("e", "2023-01-05", 0.1, "not_judged"), ("f", "2023-01-05", 1.0, "manageable"),
    )  # fmt: skip
    assert explored_weights(tables, seen(*"abcdef"), 12).tolist() == pytest.approx([60, 0, 0, 0, 0, 1])
    assert explored_weights({}, seen("a"), 12).tolist() == [0.0]


def test_the_often_drawn_count_for_less():
    """Some villages draw ten times as many: the weighted share in need is that of all, not the plain one."""
    rng = np.random.default_rng(0)
    rows = 20_000
    often = rng.random(rows) < 0.5
    need = rng.random(rows) < np.where(often, 0.3, 0.1)
    chance = np.where(often, 0.2, 0.02)
    drawn = np.flatnonzero(rng.random(rows) < chance)
    ids = np.array([f"h{row:05d}" for row in range(rows)])
    tables = checked(*((ids[row], "2023-01-05", chance[row], "none") for row in drawn))
    told = explored(
        tables, seen(*ids), need.astype(float), {MODEL: Scores(often + 0.0, np.full(rows, 0.2))},
        horizon_months=12, resamples=0,
    )  # fmt: skip
    measured = told.comparison.row(MODEL).measures
    assert told.rows == drawn.size
    assert told.with_outcome / told.rows > 0.26
    assert measured.base_rate == pytest.approx(0.2, abs=0.03)
    assert told.effective < 0.5 * told.rows
    assert "checked by lot within the horizon" in told.as_text()
    assert told.as_dict()["comparison"]["rows"][0]["scorer"] == MODEL


def test_where_nobody_was_drawn_nothing_is_told():
    """A county that checks the suspected alone has no such measure."""
    tables = checked(("a", "2023-01-05", None, "needs_help"))
    said = {MODEL: Scores(np.zeros(1))}
    assert explored(tables, seen("a"), np.ones(1), said, horizon_months=12) is None


def test_a_check_by_lot_has_a_chance_above_none_and_not_above_one():
    """What else is told is a breach of the contract."""
    for chance in (0.0, 1.5):
        with pytest.raises(BadInput, match="drawn_chance"):
            checked(("a", "2023-01-05", chance, "none"))
