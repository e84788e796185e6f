"""Learning from outcomes that help has changed: what each remedy is, and what it repairs in a county."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from features.definitions import FEATURES
from features.files import read_tables
from features.history import believed
from features.vectors import Cohort, Vectors, build_vectors
from tests.facts import facts
from training.cohorts.horizon import months_on
from training.cohorts.outcomes import follow, last_known
from training.cohorts.targets import columns_for
from training.county.chances import chances
from training.county.parameters import read_parameters
from training.county.simulate import simulate
from training.helped.explored import audit_sample
from training.helped.nearness import calibrated, gap_to_truth, repaired, resampled_rows
from training.helped.propensity import cross_fitted, households_apart, inverse_weights
from training.helped.starts import help_starts, posts_taken, times_within

FEW_TREES = {"num_iterations": 50, "learning_rate": 0.1, "num_leaves": 7, "feature_fraction": 0.3}
LATER = np.datetime64("2024-12-31")


def days(*told):
    """Return days."""
    return np.array(told, dtype="datetime64[D]")


def drawn_vectors(rows, random_state=0):
    """Return vectors of two features of the catalogue, a household a row."""
    names = ("income_to_line_12m", "self_paid_medical_12m")
    X = np.random.default_rng(random_state).normal(size=(rows, 2))
    ids = np.array([f"h{row:05d}" for row in range(rows)])
    fingerprints = {name: FEATURES[name].fingerprint for name in names}
    return Vectors(ids, np.full(rows, "2022-09-30", "datetime64[D]"), names, X, fingerprints, ids)


def test_events_count_after_the_day_and_up_to_the_horizon():
    """The day itself is past, the last day of the horizon is in it, others' events are their own."""
    cohort = Cohort(np.array(["a", "b", "a"]), days("2022-09-30", "2022-09-30", "2023-09-30"))
    events = (
        np.array(["a", "a", "a", "b", "c"]),
        days("2022-09-30", "2022-10-01", "2023-09-30", "2023-10-01", "2022-12-01"),
    )
    assert times_within(cohort, events, 0, 12).tolist() == [2, 0, 0]
    assert times_within(cohort, events, 0, 3).tolist() == [1, 0, 0]
    assert times_within(cohort, events, 3, 12).tolist() == [1, 0, 0]
    assert times_within(cohort, events, 12, 13).tolist() == [0, 1, 0]


def test_help_is_every_support_and_every_post():
    """Money, advice and given work count from their first day; ordinary and withdrawn work do not."""
    support = {"area_of_help": "health", "form": "service", "ground": "general"}
    tables = facts(
        supports=[
            {**support, "occurred_on": "2022-01-10", "start_on": "2022-02-01"},
            {**support, "occurred_on": "2022-03-01", "area_of_help": "jobs"},
            {**support, "occurred_on": "2022-04-01", "record_id": "x"},
            {**support, "occurred_on": "2022-04-01", "record_id": "x", "known_on": "2022-05-01",
             "revision": 1, "voided": True},
        ],
        employments=[
            {"occurred_on": "2022-06-01", "member_id": "h-1", "start_on": "2022-06-01", "state": "employed",
             "form": form}
            for form in ("employee", "public_post", "workshop")
        ],
    )  # fmt: skip
    assert sorted(posts_taken(tables, LATER)[1].astype(str)) == ["2022-03-01", "2022-06-01", "2022-06-01"]
    starts = help_starts(tables, LATER)[1].astype(str)
    assert set(starts) == {"2022-02-01", "2022-03-01", "2022-06-01"}
    assert "2022-04-01" in help_starts(tables, np.datetime64("2022-04-15"))[1].astype(str)
    assert help_starts(facts(), LATER)[0].size == 0


def test_a_household_lies_in_one_fold():
    """All rows of a household go together, and folds are about as large as each other."""
    household = np.repeat(np.array([f"h{n}" for n in range(30)]), 3)
    fold = households_apart(household, 3, 0)
    assert all(np.unique(fold[household == one]).size == 1 for one in household)
    assert np.bincount(fold).tolist() == [30, 30, 30]


def test_nothing_of_a_row_s_own_fold_is_learnt_from():
    """Turning round all outcomes of a fold moves the probabilities of the others alone."""
    vectors = drawn_vectors(600)
    fold = households_apart(vectors.household_id, 3, 0)
    y = (vectors.X[:, 0] + np.random.default_rng(1).normal(size=600) < 0).astype(float)
    turned = np.where(fold == 1, 1 - y, y)
    one, two = (cross_fitted(vectors, each, fold, params=FEW_TREES) for each in (y, turned))
    assert np.array_equal(one[fold == 1], two[fold == 1])
    assert not np.array_equal(one[fold == 0], two[fold == 0])


def test_rows_that_may_not_be_learnt_from_are_not():
    """Their outcomes and weights are nothing to anybody, and they have a probability all the same."""
    vectors = drawn_vectors(600)
    fold = households_apart(vectors.household_id, 3, 0)
    y = (vectors.X[:, 0] < 0).astype(float)
    rows = vectors.X[:, 1] < 0.5
    one = cross_fitted(vectors, y, fold, params=FEW_TREES, rows=rows, weight=np.where(rows, 2.0, 1.0))
    two = cross_fitted(
        vectors, np.where(rows, y, 0.0), fold, params=FEW_TREES, rows=rows, weight=np.full(600, 2.0)
    )
    assert np.array_equal(one, two)
    assert np.isfinite(one).all()


def test_the_directions_of_risk_do_not_bind_the_chance_of_help():
    """A chance that rises with income is learnt where no direction is held, and cannot be where it is."""
    vectors = drawn_vectors(900)
    fold = households_apart(vectors.household_id, 3, 0)
    y = (vectors.X[:, 0] > 0).astype(float)
    free, held = (cross_fitted(vectors, y, fold, params=FEW_TREES, directed=one) for one in (False, True))
    assert free[y == 1].mean() > 0.9
    assert held[y == 1].mean() < 0.6


def test_weights_stand_for_all_where_the_chance_of_help_is_true():
    """The needy are helped more often: those without help alone look safe, weighted they look like all."""
    rng = np.random.default_rng(0)
    risk = rng.random(200_000)
    y = (rng.random(risk.size) < risk).astype(float)
    steps = np.stack([0.6 * risk, 0.4 * risk])
    unhelped = (rng.random(steps.shape) > steps).all(axis=0)
    weight = inverse_weights(steps, most=20.0)
    assert y[unhelped].mean() < 0.46
    assert np.average(y[unhelped], weights=weight[unhelped]) == pytest.approx(y.mean(), abs=0.006)
    assert weight[unhelped].sum() == pytest.approx(risk.size, rel=0.01)


def test_weights_are_cut_off():
    """A weight lies between one and the most, however sure the help was."""
    chance = np.linspace(0.0, 1.0, 11)
    assert inverse_weights(chance, most=4.0).tolist() == pytest.approx(
        [1, 1 / 0.9, 1 / 0.8, 1 / 0.7, 1 / 0.6, 2, 1 / 0.4, 1 / 0.3, 4, 4, 4]
    )
    assert inverse_weights(chance, most=1.0).tolist() == [1.0] * 11


def test_audits_stand_for_all_who_are_visited():
    """The suspected are visited more; the audited alone over-state need, weighted they do not."""
    rng = np.random.default_rng(0)
    need = rng.random(100_000) < 0.1
    visits = rng.poisson(np.where(need, 9.0, 5.0)) * (rng.random(need.size) < 0.95)
    drawn, weight = audit_sample(visits, 0.02, 1)
    assert not drawn[visits == 0].any()
    assert (weight[~drawn] == 0).all()
    assert drawn.sum() == pytest.approx((1 - 0.98**visits).sum(), rel=0.03)
    assert weight.sum() == pytest.approx((visits > 0).sum(), rel=0.03)
    assert need[drawn].mean() > 0.14
    assert np.average(need, weights=weight) == pytest.approx(need[visits > 0].mean(), abs=0.006)


def test_where_every_visit_is_an_audit_every_visited_household_counts_once():
    """A share of one leaves nobody out."""
    drawn, weight = audit_sample(np.array([0, 1, 5]), 1.0, 0)
    assert drawn.tolist() == [False, True, True]
    assert weight.tolist() == [0.0, 1.0, 1.0]


def test_households_are_drawn_whole_after_a_column_of_all():
    """First each row once; then rows of a household equally often, as many households as there are."""
    household = np.array(["a", "b", "b", "c"])
    counts = resampled_rows(household, 50, 0)
    assert counts.shape == (4, 51)
    assert (counts[:, 0] == 1).all()
    assert (counts[1] == counts[2]).all()
    assert (counts[[0, 1, 3]].sum(axis=0) == 3).all()


def test_a_calibration_has_the_mean_of_its_labels_and_keeps_the_order():
    """On each resample the weighted mean probability is the weighted share of outcomes."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.01, 0.5, 2_000)
    y = (rng.random(p.size) < p / 2).astype(float)
    weight = np.where(rng.random(p.size) < 0.5, rng.uniform(1, 3, p.size), 0.0)
    counts = resampled_rows(np.arange(p.size).astype(str), 20, 0)
    told = calibrated(p, y, weight, counts)
    held = weight[:, None] * counts
    assert told.shape == counts.shape
    assert np.allclose((told * held).sum(axis=0), y @ held, rtol=1e-6)
    assert (np.diff(told[np.argsort(p)], axis=0) >= 0).all()
    assert np.isnan(calibrated(p, np.zeros(p.size), weight, counts)).all()


def test_a_truth_told_is_no_gap_and_the_naive_itself_repairs_nothing():
    """The ratio of the truth to itself is one; half way to it is half repaired, on every resample."""
    rng = np.random.default_rng(0)
    truth = rng.uniform(0, 0.4, 300)
    truth[:20] = np.nan
    counts = resampled_rows(np.arange(300).astype(str), 100, 0)
    right = np.where(np.isnan(truth), 0.5, truth)[:, None] * np.ones((1, 101))
    gap = gap_to_truth(right, truth, counts)
    assert gap.rows == 280
    assert (gap.ratio.value, gap.ratio.low, gap.ratio.high) == pytest.approx((1, 1, 1))
    for share in (0.0, 0.5, 1.0):
        found = repaired(right / 4, right * (1 + 3 * share) / 4, truth, counts)
        assert (found.value, found.low, found.high) == pytest.approx((share, share, share))
    some = np.arange(300) < 100
    few = gap_to_truth(right / 4, truth, counts, some)
    assert few.rows == 80
    assert few.true.low < few.true.value < few.true.high
    assert few.ratio.value == pytest.approx(0.25)


@pytest.fixture(scope="module")
def acting(tmp_path_factory):
    """Return a simulated county that acts on its list, seen each end of September, with its true chances."""
    return acting_county(tmp_path_factory.mktemp("acting") / "county", 1_600, seed=3)


def acting_county(folder, households, seed):
    """Simulate a county that helps one in ten of those in doubt each month; prepare what is learnt from."""
    p = read_parameters(overrides={"help.early": 0.1})
    simulate(folder, households, 63, seed=seed, parameters=p, processes=1)
    chances(folder, [np.datetime64("2021-09-30")], sample=households, forks=6, processes=1)
    tables = read_tables(folder)
    plain = follow(tables, "income")
    september = plain.cohort.as_of.astype("datetime64[M]").astype(int) % 12 == 8
    bare = {name: one for name, one in tables.items() if name != "supports"}
    plain, recorded = plain.take(september), follow(bare, "income").take(september)
    cohort, quarters = plain.cohort, (0, 3, 6, 9)
    features = [name for name in columns_for("income") if not name.startswith("area_rate")]
    seen = build_vectors(
        tables,
        None,
        features=features,
        cohort=Cohort(
            np.tile(cohort.household_id, 4), np.concatenate([months_on(cohort.as_of, m) for m in quarters])
        ),
    )
    told = pd.read_parquet(folder / "truth" / "chances.parquet")
    told = told[(told["target"] == "income") & (told["horizon_months"] == 12) & (told["help"] == "none")]
    rows = pd.DataFrame({"household_id": cohort.household_id, "as_of": cohort.as_of.astype(str)})
    truth = rows.merge(told.assign(as_of=told["as_of"].astype(str)), how="left")["chance"].to_numpy()
    return SimpleNamespace(
        folder=folder, tables=tables, cohort=cohort, truth=truth, recorded=recorded.y, plain=plain.y,
        seen=[seen.take(part) for part in np.split(np.arange(len(seen)), 4)], features=features,
        fold=households_apart(cohort.household_id, 3, 0), counts=resampled_rows(cohort.household_id, 100, 0),
        help=help_starts(tables, last_known(tables)), posts=posts_taken(tables, last_known(tables)),
    )  # fmt: skip


def learned(county, y, rows=None, weight=None):
    """Return calibrated probabilities of rows by trees that did not see their households."""
    now = county.seen[0]
    p = cross_fitted(now, y, county.fold, params=FEW_TREES, rows=rows, weight=weight)
    used = np.ones(y.size) if rows is None else weight * rows
    return calibrated(p, y, used, county.counts)


def chance_of_help(county, start, months, events):
    """Return the chance of a first event in some months, of those without one before."""
    y = times_within(county.cohort, events, start, start + months) > 0
    before = times_within(county.cohort, events, 0, start) > 0
    vectors = county.seen[start // 3]
    return cross_fitted(vectors, y * 1.0, county.fold, params=FEW_TREES, rows=~before, directed=False)


def test_naive_retraining_under_estimates_and_remedies_move_towards_the_truth(acting):
    """Simulated: the naive interval excludes the truth; the target without help repairs most."""
    naive = learned(acting, acting.recorded)
    gap = gap_to_truth(naive, acting.truth, acting.counts)
    assert gap.rows > 1_000
    assert gap.ratio.high < 0.7
    assert gap.predicted.high < gap.true.low

    helped = times_within(acting.cohort, acting.help, 0, 12) > 0
    among_helped = gap_to_truth(naive, acting.truth, acting.counts, helped)
    assert among_helped.ratio.value < gap.ratio.value

    by_target = learned(acting, acting.plain)
    share = repaired(naive, by_target, acting.truth, acting.counts)
    assert share.low > 0.4
    assert share.low < 1.0 < share.high + 0.5, "it leads towards the truth and not past it"

    steps = np.stack([chance_of_help(acting, start, 3, acting.help) for start in (0, 3, 6, 9)])
    by_weights = learned(acting, acting.recorded, ~helped, inverse_weights(steps, 20.0))
    assert 0.0 < repaired(naive, by_weights, acting.truth, acting.counts).value < share.value

    posted = times_within(acting.cohort, acting.posts, 0, 12) > 0
    without = inverse_weights(chance_of_help(acting, 0, 12, acting.posts), 20.0)
    by_both = learned(acting, acting.plain, ~posted, without)
    assert repaired(naive, by_both, acting.truth, acting.counts).value > share.value - 0.05


def test_the_target_without_help_is_what_would_be_with_transfers_gone(acting):
    """Simulated: without the transfers more households fall under the line, and none fewer."""
    assert (acting.plain >= acting.recorded).all()
    judged = ~np.isnan(acting.truth)
    assert acting.recorded[judged].mean() < 0.6 * acting.plain[judged].mean()


def test_random_audits_find_the_need_that_nobody_looked_for(acting):
    """Simulated: as found, need is under-estimated manifold; audits of a fiftieth of the visits repair it."""
    found = follow(acting.tables, "need")
    found = found.take(found.cohort.as_of.astype("datetime64[M]").astype(int) % 12 == 8)
    life = pd.read_parquet(
        acting.folder / "truth" / "life.parquet", columns=["household_id", "month", "need"]
    )
    life = life[life["need"]]
    month_end = (life["month"].to_numpy().astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    needy = (life["household_id"].astype(str).to_numpy(dtype=np.str_), month_end)
    need = (times_within(found.cohort, needy, 0, 12) > 0) * 1.0
    visits = acting.tables["visits"]
    held = believed(visits).on(last_known(acting.tables))
    made = times_within(found.cohort, (visits["household_id"][held], visits["occurred_on"][held]), 0, 12)

    vectors = build_vectors(acting.tables, None, features=acting.features, cohort=found.cohort)
    fold = households_apart(found.cohort.household_id, 3, 0)
    counts = resampled_rows(found.cohort.household_id, 100, 0)
    p = cross_fitted(vectors, found.y, fold, params=FEW_TREES)
    naive = calibrated(p, found.y, np.ones(found.y.size), counts)
    gap = gap_to_truth(naive, need, counts)
    assert gap.ratio.high < 0.5
    assert gap.predicted.high < gap.true.low

    audited = audit_sample(made, 0.02, 0)[1]
    share = repaired(naive, calibrated(p, need, audited, counts), need, counts)
    assert share.low > 0.1

    alone = np.ones((found.y.size, 1))
    means = [calibrated(p, need, audit_sample(made, 0.02, number)[1], alone).mean() for number in range(60)]
    assert np.mean(means) == pytest.approx(need.mean(), rel=0.1), "one drawing is luck, many are right"
