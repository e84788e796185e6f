"""The gates: who is ahead of nothing simple does not serve, and the refusal says by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import Refused
from features.vectors import Cohort, Vectors
from training.cohorts.followed import Followed
from training.fitting.placebo import dealt_anew, placebo
from training.lists.listed import Listed
from training.measures.comparison import comparison
from training.measures.evaluation import Scores
from training.measures.intervals import Estimate
from training.measures.stability import SEED, Shaken, Stability
from training.registering.gates import admitted, as_mappings, gates_of
from training.registering.parity import Parity

SAME = Parity(24, "2025-03-31", "0" * 64, same=True)
HOUSEHOLDS, TIMES = 1500, 3


def drawn(*, ahead: bool, rate: float = 0.1, seed: int = 0, moved: float = 0.0):
    """Return a candidate beside a simple baseline, one of which orders by the truth, the other by less.

    What the candidate promises is moved by so many log-odds.
    """
    rng = np.random.default_rng(seed)
    f = rng.normal(size=HOUSEHOLDS * TIMES) + np.log(rate / (1 - rate))
    y = (rng.random(f.size) < 1 / (1 + np.exp(-f))).astype(np.float64)
    weaker = f + rng.normal(size=f.size) * 2.0
    ours, theirs = (f, weaker) if ahead else (weaker, f)
    said = {
        "LightGBM": Scores(ours, 1 / (1 + np.exp(-ours - moved))),
        "income margin": Scores(theirs, 1 / (1 + np.exp(-theirs))),
        "logistic": Scores(f * 2.0, None),
    }
    household = np.repeat(np.arange(HOUSEHOLDS), TIMES)
    return comparison(y, said, household, resamples=200, random_state=1)


def parts(*, behind: float = 0.0, rate: float = 0.2, seed: int = 0):
    """Return two groups of people, of one of which the list misses so great a share of what it would find."""
    rng = np.random.default_rng(seed)
    f = rng.normal(size=6000) + np.log(rate / (1 - rate))
    y = (rng.random(f.size) < 1 / (1 + np.exp(-f))).astype(np.float64)
    household = np.char.add("h", np.repeat(np.arange(2000), 3).astype(np.str_))
    remote = np.repeat(np.arange(2000) % 2 == 0, 3)
    unseen = remote & (rng.random(f.size) < behind)
    said = Scores(np.where(unseen, f.min(), f), 1 / (1 + np.exp(-f)))
    listed = Listed.of(household, y, said, share=0.1, overlap=True, resamples=100, random_state=1)
    return tuple(
        listed.part("remote village", answer, rows) for answer, rows in (("no", ~remote), ("yes", remote))
    )


def of_groups(groups):
    """Return the gate that asks about groups."""
    (gate,) = [each for each in gates_of(drawn(ahead=True), SAME, groups=groups) if "groups" in each.name]
    return gate


def by_name(gates):
    """Return whether each gate holds."""
    return {gate.name: gate.holds for gate in gates}


def test_a_candidate_that_holds_everywhere_is_admitted():
    """Ahead, calibrated, the same three ways, nothing found in the placebo."""
    gates = gates_of(drawn(ahead=True), SAME, groups=parts(), placebo=Estimate(0.51, 0.46, 0.55))
    assert set(by_name(gates).values()) == {True}
    told = admitted({"gates": as_mappings(gates)}, lenient=False)
    assert set(told.values()) == {"holds"}


def test_a_candidate_behind_a_simple_baseline_is_refused_by_how_much():
    """The best simple one is named, with the gap and its 90 % interval; the full logistic is not simple."""
    gates = gates_of(drawn(ahead=False), SAME)
    assert by_name(gates)["ahead of the simple baselines"] is False
    with pytest.raises(Refused, match=r"ahead of the simple baselines: -0\.\d+ \[-.*over income margin"):
        admitted({"gates": as_mappings(gates)}, lenient=True)


@pytest.mark.parametrize(("behind", "holds"), [(0.0, True), (0.1, True), (0.6, False)])
def test_a_group_must_reach_four_fifths_of_what_is_found_of_all_others(behind, holds):
    """A little less often is told; much less often, beyond chance, closes the gate and names the group."""
    gate = of_groups(parts(behind=behind))
    assert gate.holds is holds
    assert "asked is 0.8" in gate.says
    assert behind == 0.0 or "remote village (yes)" in gate.says


def test_a_group_with_few_outcomes_is_named_and_no_verdict():
    """Where there is none with enough, nothing is judged; one that has enough is judged among the others."""
    few, enough = parts(rate=0.02), parts()
    gate = of_groups(few)
    assert gate.holds is None
    gate = of_groups((*enough, replace(few[0], question="disabled member", answer="yes")))
    assert gate.holds is True
    assert gate.says.endswith("cannot be judged: disabled member (yes)")
    assert by_name(gates_of(drawn(ahead=True), SAME))["groups found alike"] is None


@pytest.mark.parametrize(
    ("rows", "kept", "holds"), [(10_000, 0.83, True), (10_000, 0.6, False), (4_000, 0.6, None)]
)
def test_another_seed_must_leave_most_of_the_short_list(rows, kept, holds):
    """Where it was measured, on a list long enough to tell."""
    refits = {SEED: Shaken(0.9, kept, 0.9, 0.9), "250 bins": Shaken(0.9, 0.1, 0.9, 0.9)}
    gates = by_name(gates_of(drawn(ahead=True), SAME, stability=Stability(rows, refits)))
    assert gates["list under another seed"] is holds
    assert "list under another seed" not in by_name(gates_of(drawn(ahead=True), SAME))


def test_one_byte_that_differs_closes_the_gate():
    """Whatever else holds."""
    gates = gates_of(drawn(ahead=True), replace(SAME, same=False))
    with pytest.raises(Refused, match="one, many and parted the same"):
        admitted({"gates": as_mappings(gates)}, lenient=True)


def test_no_household_is_no_certificate():
    """Nothing that was not tried holds."""
    assert (
        by_name(gates_of(drawn(ahead=True), replace(SAME, households=0)))["one, many and parted the same"]
        is None
    )


@pytest.mark.parametrize("moved", [-1.5, 1.5])
def test_a_candidate_that_promises_too_many_or_too_few_is_not_calibrated(moved):
    """Though its order and its slope are right."""
    gates = by_name(gates_of(drawn(ahead=True, moved=moved), SAME))
    assert [name for name, holds in gates.items() if holds is False] == ["calibration"]


@pytest.mark.parametrize(("interval", "holds"), [((0.46, 0.55), True), ((0.56, 0.7), False)])
def test_the_placebo_must_find_nothing(interval, holds):
    """A half must lie within its interval."""
    gates = gates_of(drawn(ahead=True), SAME, placebo=Estimate(np.mean(interval), *interval))
    assert by_name(gates)["placebo"] is holds


def test_what_cannot_be_judged_blocks_but_in_a_demonstration():
    """Few outcomes: shown everywhere, let through only where no real household is assessed."""
    gates = gates_of(drawn(ahead=True, rate=0.005), SAME)
    assert None in by_name(gates).values()
    assert False not in by_name(gates).values()
    card = {"gates": as_mappings(gates)}
    assert "cannot be judged" in admitted(card, lenient=True).values()
    with pytest.raises(Refused, match="cannot be judged"):
        admitted(card, lenient=False)


@pytest.mark.parametrize("card", [None, {}, {"gates": []}])
def test_a_card_without_gates_cannot_be_judged(card):
    """As of versions of an older release."""
    assert admitted(card, lenient=True) == {"gates": "cannot be judged"}
    with pytest.raises(Refused, match="the card tells of none"):
        admitted(card, lenient=False)


def followed(y, days, households):
    """Return rows of households on days."""
    no = np.zeros(y.size, dtype=np.bool_)
    cohort = Cohort(np.array([f"h{one:04d}" for one in households]), days)
    return Followed(cohort, days + 400, y, np.full(y.size, 12), no, no.copy())


@given(st.integers(0, 1000), st.integers(2, 40), st.integers(1, 4))
def test_outcomes_dealt_anew_are_as_many_on_every_day(seed, households, times):
    """A day keeps its number; a household that has a lower lot than another never overtakes it."""
    rng = np.random.default_rng(seed)
    days = np.tile(np.datetime64("2024-03-31", "D") + 91 * np.arange(times), households)
    owner = np.repeat(np.arange(households), times)
    before = followed((rng.random(owner.size) < 0.3).astype(np.float64), days, owner)
    after = dealt_anew(before, seed)
    for day in np.unique(days):
        assert before.y[days == day].sum() == after.y[days == day].sum()
    by_day = np.argsort(np.bincount(owner, after.y), kind="stable")
    assert (np.diff(after.y.reshape(households, times)[by_day], axis=0) >= 0).all()


def test_a_column_that_tells_what_came_is_found_by_the_placebo_and_an_honest_one_is_not():
    """Though more come from day to day, and the day is known."""
    rng = np.random.default_rng(5)
    days = np.tile(np.datetime64("2022-03-31", "D") + 91 * np.arange(12), 400)
    owner = np.repeat(np.arange(400), 12)
    since = (days - days.min()).astype(np.float64)
    y = (rng.random(owner.size) < 0.02 + 0.5 * (since / since.max()) ** 3).astype(np.float64)
    before = followed(y, days, owner)
    honest = since + rng.normal(size=owner.size)
    leaking = dealt_anew(before, 1).y + rng.normal(size=owner.size)
    params = {"num_iterations": 20, "learning_rate": 0.1, "num_leaves": 5, "min_data_in_leaf": 20}
    found = {}
    for name, column in (("honest", honest), ("leaking", leaking)):
        ids = before.cohort.household_id
        vectors = Vectors(ids, days, ("income_age",), column[:, None], {"income_age": ""}, ids)
        told = placebo(vectors, before, params, target="next_visit", horizon_months=12, resamples=100)
        found[name] = told.low <= 0.5 <= told.high
    assert found == {"honest": True, "leaking": False}
