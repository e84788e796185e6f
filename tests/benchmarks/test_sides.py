"""The sides of the benchmark compute the same sixty features."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.agreement import differences
from benchmarks.chosen import CHOSEN, DAYS
from benchmarks.household import AS_OF, request
from benchmarks.made import made
from benchmarks.runs import as_for_many
from benchmarks.sides import fangpin_side, pandas_side
from features.check import accept
from features.vectors import build_vectors

SOME = DAYS[[0, 5, 11]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the made data of two hundred households."""
    return made(tmp_path_factory.mktemp("made"), 200)


def test_all_four_sides_give_the_same_values_on_three_days(folder):
    """Pandas, Polars, DuckDB and the catalogue agree in every figure, and in what is unknown."""
    assert len(CHOSEN) == 60
    assert differences(folder, SOME) == []


def test_a_side_that_differs_is_named(folder, monkeypatch):
    """Where a side says something else, the day and the feature are told."""
    said = pandas_side.day

    def wrong(prepared, as_of):
        values = said(prepared, as_of)
        values[3, CHOSEN.index("people")] += as_of == SOME[1]
        return values

    monkeypatch.setattr(pandas_side, "day", wrong)
    assert differences(folder, SOME, ("fangpin", "pandas")) == [f"pandas, {SOME[1]}, people: 1 households"]


def test_days_read_off_a_panel_are_the_vectors_that_everybody_gets(folder):
    """The panel that is timed by itself gives what build_vectors gives."""
    with as_for_many():
        prepared = fangpin_side.prepare(folder, SOME)
    apart = np.concatenate([fangpin_side.day(prepared, as_of) for as_of in SOME])
    np.testing.assert_array_equal(apart, fangpin_side.whole(folder, SOME))
    together = fangpin_side.going_on(prepared, 0, SOME.size)
    np.testing.assert_array_equal(np.concatenate(together), apart)


def test_most_of_the_sixty_are_known_and_none_is_the_same_for_all(folder):
    """The made data give every feature something to tell."""
    values = fangpin_side.whole(folder, SOME[-1:])
    assert (np.isfinite(values).mean(axis=0) > 0.1).all()
    assert (np.nanstd(values, axis=0) > 0).all()


def test_the_one_household_is_of_a_usual_size_and_known_well():
    """The household that is timed has some hundred facts, and most of the catalogue is known of it."""
    raw = request()
    assert 80 <= sum(len(columns["record_id"]) for columns in raw.values()) <= 150
    vector = build_vectors(accept(raw), AS_OF).X[0]
    assert np.isfinite(vector).mean() > 0.7
