"""A challenger in the champion's shadow, and what keeps it there: lists compared, a promotion refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import Usage
from features.files import read_tables, write_tables
from features.vectors import Cohort, build_vectors
from models.bundle import Origin, write_bundle
from models.registry import Registry
from tests.entered import entered_county
from training.cohorts.outcomes import as_of_days, follow
from training.fitting.carding import LEARNT_BY
from training.learning.model import fit_trees
from training.settings import places
from training.watching.shadow import overlaps

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

UNTIL = np.datetime64("2022-12-31")
FEATURES = ("income_to_line_latest", "income_age", "people")
HOLDS = [{"name": "ahead of the simple baselines", "holds": True, "says": "+0.100 [+0.050 +0.150]"}]
BEHIND = [
    {"name": "enough outcomes", "holds": True, "says": "120 with the outcome"},
    {
        "name": "ahead of the simple baselines",
        "holds": False,
        "says": "-0.041 [-0.080 -0.002] of recall on the list of 10 %, over income margin",
    },
    {"name": "calibration", "holds": False, "says": "slope 0.31 [0.20 0.42], asked is 0.8 to 1.25"},
]
FEW = [{"name": "enough outcomes", "holds": None, "says": "cannot be judged: 12 positives, 100 needed"}]

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[Cohort, np.ndarray, np.ndarray, np.ndarray]:
    """Draw two scores with ties of some households on three days, the last of unknown outcome."""
    rng = np.random.default_rng(seed)
    many = int(rng.integers(1, 40))
    ids = np.array([f"h{number:02d}" for number in range(many)])
    days = np.repeat(np.array(["2024-03-31", "2024-06-30", "2024-09-30"], dtype="datetime64[D]"), many)
    first, second = rng.integers(0, 10, (2, 3 * many)).astype(np.float64)
    y = (rng.random(2 * many) < 0.3).astype(np.float64)
    return Cohort(np.tile(ids, 3), days), y, first, second


@given(seeds, st.floats(0.01, 1.0))
def test_the_same_order_makes_the_same_lists(seed, share):
    """Whatever the scale of a score: all on both lists, nothing found by one alone."""
    cohort, y, first, _ = drawn(seed)
    for day in overlaps(cohort, y, first, np.exp(first / 3.0), share):
        assert (day.both, day.share) == (day.length, 1.0)
        assert not day.found_by_first
        assert not day.found_by_second


@given(seeds, st.floats(0.01, 1.0))
def test_lists_are_those_that_a_recount_by_sets_makes(seed, share):
    """Day by day: the households with the highest scores, the lower id first among equals."""
    cohort, y, first, second = drawn(seed)
    told = overlaps(cohort, y, first, second, share)
    assert [each.as_of for each in told] == sorted(set(cohort.as_of.astype(str)))
    assert [each.found_by_both is None for each in told] == [False, False, True]
    for each in told:
        rows = np.flatnonzero(cohort.as_of == np.datetime64(each.as_of))
        one, two = (
            set(sorted(rows.tolist(), key=lambda row: (-score[row], cohort.household_id[row]))[: each.length])
            for score in (first, second)
        )
        assert each.households == rows.size
        assert each.length == int(np.ceil(round(share * rows.size, 9)))
        assert each.both == len(one & two)
        if each.found_by_both is not None:
            came = {int(row) for row in rows if y[row] == 1.0}
            assert (each.found_by_both, each.found_by_first, each.found_by_second) == (
                len(one & two & came),
                len((one - two) & came),
                len((two - one) & came),
            )


@given(seeds)
def test_swapped_versions_swap_what_each_found_alone(seed):
    """And nothing else."""
    cohort, y, first, second = drawn(seed)
    ahead, back = overlaps(cohort, y, first, second, 0.2), overlaps(cohort, y, second, first, 0.2)
    for one, other in zip(ahead, back, strict=True):
        assert (one.both, one.found_by_both) == (other.both, other.found_by_both)
        assert (one.found_by_first, one.found_by_second) == (other.found_by_second, other.found_by_first)


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Write a made-up county."""
    folder = tmp_path_factory.mktemp("county") / "tables"
    write_tables(entered_county(households=120), folder)
    return folder


@pytest.fixture(scope="module")
def four(county, migrated, tmp_path_factory) -> Path:
    """Return a home with versions: one that holds, one behind a baseline, a shorter one, one of too few."""
    home, former = tmp_path_factory.mktemp("four"), mlflow.get_tracking_uri()
    shutil.copy(migrated, home / "mlflow.db")
    at, tables = places({"FANGPIN_HOME": str(home)}), read_tables(county)
    followed = follow(tables, "entry")
    followed = followed.take(followed.outcome_on <= UNTIL)
    vectors = build_vectors(tables, None, features=FEATURES, cohort=followed.cohort)
    client = mlflow.MlflowClient(at.tracking_uri)
    run = client.create_run(client.create_experiment("entry", artifact_location=f"{at.artifacts}/entry"))
    simulated, real = "simulated", "real"
    told = ((HOLDS, simulated, 12), (BEHIND, simulated, 12), (HOLDS, simulated, 6), (FEW, real, 12))
    for number, (gates, trained_on, months) in enumerate(told, start=1):
        params = {"num_iterations": 10 * number, "num_leaves": 4, "learning_rate": 0.1}
        trees = fit_trees(vectors, followed.y, params, "entry", months)
        card = {"gates": gates, "data": {LEARNT_BY: str(followed.outcome_on.max())}}
        origin = Origin(trained_on, (), {"made": str(number)}, "fangpin")
        write_bundle(home / f"made-{number}", trees, origin, {"card.json": json.dumps(card).encode()})
        Registry(at.tracking_uri, at.bundles).register(home / f"made-{number}", run.info.run_id)
    mlflow.set_tracking_uri(former)
    return home


@pytest.fixture
def registry(four, run, tmp_path, monkeypatch) -> Iterator[Registry]:
    """Return a copy of that registry, nothing promoted, which the commands work on too."""
    (tmp_path / "home").mkdir()
    shutil.copy(four / "mlflow.db", tmp_path / "home")
    former, at = mlflow.get_tracking_uri(), places()
    assert run("history")[:2] == (0, "")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", at.tracking_uri)
    mlflow.set_tracking_uri(at.tracking_uri)
    yield Registry(at.tracking_uri, at.bundles)
    mlflow.set_tracking_uri(former)


def test_the_newest_version_is_the_challenger_until_it_serves(registry):
    """What serves challenges nobody."""
    assert registry.version("challenger") == "4"
    said = {"reason": "try", "by": "analyst", "at": datetime(2026, 7, 1, 12, tzinfo=UTC)}
    registry.promote("1", **said)
    assert (registry.version("champion"), registry.version("challenger")) == ("1", "4")
    registry.promote("challenger", **said)
    assert registry.version("champion") == "4"
    with pytest.raises(Usage, match="no version 'challenger'"):
        registry.version("challenger")


def test_a_version_behind_a_baseline_is_refused_by_how_much_and_the_champion_stays(run, registry):
    """Exit code 3, every closed gate and no other; neither link, alias nor ledger moves."""
    assert run("promote", 1, "--reason", "first")[0] == 0
    ledger = registry.bundles / "ledger.jsonl"
    before = ledger.read_bytes()
    code, out, err = run("promote", 2, "--reason", "newer")
    assert (code, out) == (3, "")
    assert "ahead of the simple baselines: -0.041 [-0.080 -0.002] of recall" in err
    assert "over income margin" in err
    assert "slope 0.31" in err
    assert "120 with the outcome" not in err
    assert (registry.bundles / "champion").readlink().name == "fangpin-1"
    assert not (registry.bundles / "fangpin-2").exists()
    assert registry.version("champion") == "1"
    assert ledger.read_bytes() == before
    (entry,) = registry.history()
    assert entry.gates == {"ahead of the simple baselines": "holds"}


def test_what_cannot_be_judged_serves_in_a_demonstration_only(run, registry, monkeypatch):
    """Of real households it is refused; the demonstration shows it and keeps it in the ledger."""
    code, _, err = run("promote", 4, "--reason", "real")
    assert code == 3
    assert "cannot be judged  enough outcomes: 12 positives, 100 needed" in err
    assert registry.history() == ()
    monkeypatch.setenv("FANGPIN_PROFILE", "demo")
    assert run("promote", 4, "--reason", "shown")[0] == 0
    (entry,) = registry.history()
    assert entry.gates == {"enough outcomes": "cannot be judged"}


def test_the_command_holds_two_versions_against_each_other(run, registry, county):
    """Aliases stand for their versions; both are measured on the same rows; today's lists come last."""
    assert run("promote", 1, "--reason", "first")[0] == 0
    assert registry.version("champion") == "1"
    words = ("compare", "champion", "challenger", county, "--share", 0.2, "--resamples", 5)
    code, shown, err = run(*words, "--json")
    assert code == 0, err
    told = json.loads(shown)
    assert told["versions"] == ["1", "4"]
    assert told["in_sample"] is False
    first, second = told["comparison"]["rows"]
    assert [row["scorer"] for row in (first, second)] == ["version 1", "version 4"]
    assert second["lead_of_reference"]["roc_auc"]["value"] == pytest.approx(
        first["measures"]["roc_auc"] - second["measures"]["roc_auc"]
    )
    *past, today = told["lists"]
    assert today["as_of"] == str(as_of_days(read_tables(county), 1)[-1])
    assert today["found_by_both"] is None
    assert sum(each["households"] for each in past) == first["measures"]["rows"]
    came = first["measures"]["positives"]
    assert sum(each["found_by_both"] + each["found_by_first"] for each in past) <= came
    code, text, _ = run(*words)
    assert code == 0
    assert "by 4 alone" in text
    assert "h00" not in text


def test_a_version_is_not_compared_with_itself(run, registry, county):
    """Nor under another name: that is a matter of usage."""
    code, out, err = run("compare", registry.version("challenger"), "challenger", county)
    assert (code, out) == (2, "")
    assert "are one version of fangpin: 4" in err


def test_versions_that_answer_other_questions_are_not_compared(run, registry, county):
    """Entry within a year and within half a year: whom either lists is right in its own way."""
    assert registry.versions() == ("1", "2", "3", "4")
    code, out, err = run("compare", 1, 3, county)
    assert (code, out) == (2, "")
    assert "do not predict the same: entry within 12 months and entry within 6 months" in err
