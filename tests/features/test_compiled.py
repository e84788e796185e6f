"""What is compiled for very many households: never other bytes than NumPy's."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
import pytest

from benchmarks.made import made
from features import replay, vectors, view
from features.definitions import FEATURES
from features.files import read_tables
from features.operations import OPERATIONS
from features.replay import Replay
from features.vectors import build_vectors, plan_of
from tests.laws.sameness import same_bytes

pytest.importorskip("numba")
pytest.importorskip("pyarrow")

from features.compiled import leading
from features.compiled.compiling import compiled as compiling
from features.compiled.compiling import forget_older
from features.compiled.instructions import Op
from features.compiled.program import program

DAYS = np.array(["2023-01-31", "2024-05-15", "2024-12-31"], dtype="datetime64[D]")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Return tables of households with every kind of figure over three years."""
    return read_tables(made(tmp_path_factory.mktemp("made"), 150))


@pytest.fixture
def compiled(monkeypatch):
    """Compile for any number of households."""
    monkeypatch.setattr(replay, "MANY", 0)


def plain(*args, **more):
    """Return vectors by NumPy alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "MANY", sys.maxsize)
        return build_vectors(*args, **more)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("few", [0, sys.maxsize], ids=["shallow", "deep"])
def test_the_bytes_are_those_of_numpy(tables, monkeypatch, few):
    """On some days, looking back no further than need be, or all the way."""
    monkeypatch.setattr(vectors, "FEW", few)
    assert same_bytes(build_vectors(tables, DAYS), plain(tables, DAYS))


@pytest.mark.usefixtures("compiled")
def test_where_there_was_no_room_for_all_claims_they_are_made_again(tables, monkeypatch):
    """Spells of many months make more claims than facts usually do."""
    monkeypatch.setattr("features.compiled.claims.USUAL", 0)
    assert same_bytes(build_vectors(tables, DAYS), plain(tables, DAYS))


@pytest.mark.usefixtures("compiled")
def test_the_bytes_are_those_of_numpy_for_some_of_the_households(tables):
    """A cohort that leaves some out on each day."""
    whole = plain(tables, DAYS)
    rows = np.random.default_rng(1).permutation(len(whole))[:200]
    cohort = vectors.Cohort(whole.household_id[rows], whole.as_of[rows])
    assert same_bytes(build_vectors(tables, None, cohort=cohort), whole.take(rows))


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("at_once", [1, 20_000, 10**9], ids=["day by day", "in parts", "at once"])
def test_days_in_parts_are_days_at_once(tables, monkeypatch, at_once):
    """Where there are many days not all are held; a cohort may ask for some households on each."""
    monkeypatch.setattr(leading, "AT_ONCE", at_once)
    whole = plain(tables, DAYS)
    assert same_bytes(build_vectors(tables, DAYS), whole)
    rows = np.flatnonzero((np.arange(len(whole)) % 7 == 0) & (whole.as_of != DAYS[1]))
    cohort = vectors.Cohort(whole.household_id[rows], whole.as_of[rows])
    assert same_bytes(build_vectors(tables, None, cohort=cohort), whole.take(rows))


def test_every_operation_is_compiled():
    """What a plan can ask for has its instruction."""
    asked = {*OPERATIONS, *view._READ, *view._BY_PLACE}
    assert {op.name.lower() for op in Op} - {"number", "figure"} == asked


def test_every_compiled_operation_is_used():
    """By the catalogue: what these tests never meet is not there."""
    written = [program(plan_of(tuple(FEATURES), shallow=shallow)) for shallow in (True, False)]
    assert {op for each in written for op in each.instructions["op"]} == set(Op)


@pytest.mark.usefixtures("compiled")
def test_figures_far_from_nothing_keep_their_bytes(tables):
    """Spread and slope are worked out in two passes, so that large amounts lose no more than in NumPy."""
    large = {name: dict(facts) for name, facts in tables.items()}
    large["incomes"]["amount"] = large["incomes"]["amount"] + 1e9
    assert same_bytes(build_vectors(large, DAYS), plain(large, DAYS))


def test_few_households_wait_for_no_compiler(tables, monkeypatch):
    """One household, or a village, is read off by NumPy."""
    monkeypatch.setattr(Replay, "led", lambda *_: pytest.fail("compiled for few"))
    build_vectors(tables, DAYS)


def test_without_numba_numpy_serves_many_too(tables, monkeypatch):
    """The base install has no compiler."""
    monkeypatch.setattr(replay, "MANY", 0)
    monkeypatch.setitem(sys.modules, "features.compiled", None)
    monkeypatch.setattr(Replay, "led", lambda *_: pytest.fail("there is no compiler"))
    assert same_bytes(build_vectors(tables, DAYS), plain(tables, DAYS))


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same():
    """A function without a file has no place beside which its compiled form could be kept."""
    named: dict[str, Any] = {}
    exec("def twice(out):\n    out *= 2.0\n", named)
    out = np.array([1.0, 3.0])
    compiling(named["twice"])(out)
    assert out.tolist() == [2.0, 6.0]


def test_what_was_compiled_before_a_source_changed_is_forgotten(tmp_path):
    """A function may call one of another file, which Numba does not look at."""
    kept = tmp_path / "__pycache__"
    kept.mkdir()
    for name, changed in (("one.py", 200), ("other.py", 300)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (changed, changed))
    for name, day in (("one.nbi", 250), ("one.nbc", 250), ("other.nbi", 350), ("one.pyc", 250)):
        (kept / name).touch()
        os.utime(kept / name, (day, day))
    forget_older(tmp_path)
    assert sorted(file.name for file in kept.iterdir()) == ["one.pyc", "other.nbi"]
