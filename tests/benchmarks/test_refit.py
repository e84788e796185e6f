"""The refit on many rows: what the repeated rows are, and that both sides fit them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import refit
from benchmarks.learners import rows_of
from benchmarks.refit import Refits, Took, refits, repeated
from benchmarks.searching import Rows
from tests.made import made_panel


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Return the rows of a made panel."""
    return rows_of(made_panel(households=100), np.datetime64("2026-07-31"))


def test_repeated_rows_begin_with_the_panels_own_and_know_no_more_than_these(rows):
    """The first are the panel's; later ones keep outcomes, whole numbers and what is unknown."""
    many, own = repeated(rows, 3 * len(rows.y) + 5), rows.vectors.X
    X = many.vectors.X
    assert np.array_equal(X[: len(own)], own, equal_nan=True)
    second = X[len(own) : 2 * len(own)]
    assert not np.array_equal(second, own, equal_nan=True)
    assert np.array_equal(np.isnan(second), np.isnan(own))
    whole = ~(own % 1.0 > 0.0).any(axis=0)
    assert np.array_equal(second[:, whole], own[:, whole], equal_nan=True)
    assert many.y.tolist() == [*rows.y.tolist() * 3, *rows.y[:5].tolist()]
    assert len(many.vectors) == len(many.y) == len(many.outcome_on)


def test_both_sides_are_timed_on_the_same_rows(rows, monkeypatch):
    """Every repeat gives a time of each, and the file says the ratio."""
    monkeypatch.setattr(refit, "CHAMPION", {"num_iterations": 5, "num_leaves": 3})
    found = refits(repeated(rows, 2 * len(rows.y)), 1, 2)
    assert len(found.house) == len(found.bare) == 2
    assert found.columns == len(rows.vectors.features)
    assert json.loads(json.dumps(found.as_dict()))["ratio"].keys() == {"clock", "processor"}


def test_the_ratio_is_the_middle_one_of_the_pairs():
    """Each house's time is divided by the bare one of its own repeat."""
    pairs = [(2.0, 1.0), (3.0, 1.0), (8.0, 2.0)]
    found = Refits(1, 1, 1, [Took(a, a) for a, _ in pairs], [Took(b, b) for _, b in pairs], 0.1)
    assert found.ratio("clock") == 3.0
    assert "house ÷ bare: 3.000" in found.as_text()
