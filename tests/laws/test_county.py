"""The laws that look for leaks, held against a simulated county."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.files import read_tables
from features.vectors import build_vectors
from tests.laws.sameness import known_by, same_bytes, shuffled_after, with_noise
from training.county.simulate import simulate

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.slow

DAYS = (date(2022, 6, 30), date(2023, 3, 15))


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the tables of a small county, told over two and a half years."""
    out = tmp_path_factory.mktemp("county") / "small"
    simulate(out, households=600, months=30, seed=11, start="2021-06", processes=1)
    return read_tables(out)


@pytest.mark.parametrize("day", DAYS)
def test_nothing_leaks_from_what_is_known_later(county, day):
    """What became known after the day may be shuffled, each column by itself, or taken away."""
    whole = build_vectors(county, day)
    late = {name: int((facts["known_on"] > np.datetime64(day)).sum()) for name, facts in county.items()}
    assert sum(late.values()) > 1000
    assert same_bytes(build_vectors(shuffled_after(county, day, np.random.default_rng(1)), day), whole)
    known = build_vectors(known_by(county, day), day)
    assert same_bytes(known, whole.take(np.isin(whole.household_id, known.household_id)))


@pytest.mark.parametrize("day", DAYS)
def test_what_is_no_feature_is_never_read(county, day):
    """Whatever vectors may not look at can hold anything."""
    whole = build_vectors(county, day)
    assert same_bytes(build_vectors(with_noise(county, np.random.default_rng(2)), day), whole)
    assert not np.isnan(whole.X).all()
