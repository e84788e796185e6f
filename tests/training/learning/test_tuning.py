"""The search for trees: repeatable, resumable, never worse than what was known, inside the cost budget."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from features.errors import Refused, Usage
from models.risk import COST_BUDGET, DEFAULT_PARAMS, fit_risk_model
from tests.made import made_panel
from training.learning.model import CANDIDATES, learn
from training.learning.preparing import prepare
from training.learning.tuning import SPACE, Budget, Found, Plan, least_cost, published_loss, search

FIRST = (
    {"num_iterations": 50, "learning_rate": 0.1, "num_leaves": 3, "feature_fraction": 0.5},
    {"num_iterations": 50, "learning_rate": 0.01, "num_leaves": 3, "feature_fraction": 0.3},
)


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel: vectors, outcomes, and when these were known."""
    _, followed, vectors = prepare(made_panel(households=150), "next_visit", lambda _: None)
    return vectors, followed.y, followed.outcome_on


@pytest.fixture(scope="module")
def searched(rows):
    """Return a way to search for small trees of four features, from three origins."""
    vectors, y, _ = rows
    few = vectors.features[:4]
    small = replace(
        vectors,
        features=few,
        X=np.ascontiguousarray(vectors.X[:, :4]),
        fingerprints={name: vectors.fingerprints[name] for name in few},
    )
    days = np.quantile(vectors.as_of.astype(np.int64), (0.4, 0.6, 0.8)).astype("datetime64[D]")
    origins = [(vectors.as_of <= day, vectors.as_of > day) for day in days]

    def fit(known, outcomes, params):
        short = {**params, "num_iterations": int(params["num_iterations"]) // 50}
        return fit_risk_model(
            known, outcomes, target="next_visit", horizon_months=12,
            concepts=dict.fromkeys(few, "any"), params=short,
        )  # fmt: skip

    def run(budget: Budget, first=FIRST, fit=fit) -> Found:
        return search(small, y, origins, fit=fit, question="made", first=first, budget=budget)

    return run


def test_the_same_seed_and_trials_find_the_same(searched):
    """Twice the same search; another seed draws other trees after the known ones."""
    once, again, other = (searched(Budget(12, seed=seed)) for seed in (1, 1, 2))
    assert once == again
    assert once.study != other.study
    assert _drawn(once) != _drawn(other)


def test_a_broken_off_search_goes_on_as_if_it_had_not_been(searched, tmp_path):
    """Five trials, one that is killed, the rest: as twelve in one go; then nothing is left to do."""
    kept = f"sqlite:///{tmp_path / 'tuning.db'}"
    searched(Budget(5, storage=kept))

    class Killed(BaseException):
        """As a user's Ctrl-C."""

    def killed(*_):
        raise Killed

    with pytest.raises(Killed):
        searched(Budget(12, storage=kept), fit=killed)
    resumed = searched(Budget(12, storage=kept))
    assert resumed == searched(Budget(12))
    assert searched(Budget(12, storage=kept), fit=killed) == resumed


def test_the_known_trees_come_first_and_none_worse_is_found(searched):
    """With as many trials as known trees it chooses among these; more trials never find worse ones."""
    short, longer = (searched(Budget(trials)) for trials in (len(FIRST), 15))
    assert _drawn(short) == []
    assert len(short.best_first) == len(FIRST)
    assert set(short.losses) <= set(longer.losses)
    assert longer.losses[0] <= short.losses[0]
    assert list(longer.losses) == sorted(longer.losses)
    with pytest.raises(Usage, match="begins with 2 known trees"):
        searched(Budget(1))


def test_what_is_pruned_or_too_costly_is_never_chosen(searched):
    """Trees that a fit refuses are counted apart, and are not among those to choose from."""
    refused = []

    def fit(known, outcomes, params):
        if params["num_leaves"] > 3:
            refused.append(params)
            raise Refused("too costly")
        return fit_risk_model(
            known, outcomes, target="t", horizon_months=12, concepts=dict.fromkeys(known.features, "any"),
            params={**params, "num_iterations": 2},
        )  # fmt: skip

    found = searched(Budget(12), fit=fit)
    assert found.too_costly >= len(refused) > 0
    assert {params["num_leaves"] for params in found.best_first} == {3}
    assert len(found.best_first) + found.pruned + found.too_costly == 12
    with pytest.raises(Refused, match="all trees cost more"):
        searched(
            Budget(4), first=({**FIRST[0], "num_leaves": 8},), fit=lambda *_: fit(0, 0, {"num_leaves": 9})
        )


def test_trees_that_cannot_be_cheap_enough_are_not_even_fitted(searched):
    """The least that full trees cost is known before they are fitted."""
    seen = []

    def fit(known, outcomes, params):
        seen.append(least_cost(params))
        return fit_risk_model(
            known, outcomes, target="t", horizon_months=12, concepts=dict.fromkeys(known.features, "any"),
            params={**params, "num_iterations": 1},
        )  # fmt: skip

    found = searched(Budget(30), fit=fit)
    assert found.too_costly > 0
    assert max(seen) <= COST_BUDGET


def test_after_its_minutes_no_trial_begins(searched):
    """The known trees are tried all the same."""
    seconds = itertools.count(0, 25)
    found = searched(Budget(1000, minutes=1.0, clock=lambda: float(next(seconds))))
    assert len(found.losses) + found.pruned + found.too_costly == len(FIRST) + 2
    assert len(searched(Budget(1000, minutes=0.0)).losses) == len(FIRST)


def test_the_loss_is_that_of_what_is_published():
    """Scores that are too soft or too loud lose nothing; without an outcome there is nothing to calibrate."""
    rng = np.random.default_rng(0)
    raw = rng.normal(-2.0, 1.0, 500)
    y = (rng.random(500) < 1 / (1 + np.exp(-raw))).astype(np.float64)
    rows = [np.arange(500)]
    assert published_loss([raw / 3 - 1], rows, y) == pytest.approx(published_loss([raw], rows, y), abs=1e-9)
    assert published_loss([rng.permutation(raw)], rows, y) > published_loss([raw], rows, y)
    assert published_loss([np.zeros(5)], [np.arange(5)], np.zeros(5)) == pytest.approx(np.log(2))


def test_that_origins_speak_at_other_levels_loses_nothing():
    """Each is calibrated by itself, and a row counts once, whichever origin it is of."""
    rng = np.random.default_rng(0)
    raw = rng.normal(-2.0, 1.0, 900)
    y = (rng.random(900) < 1 / (1 + np.exp(-raw))).astype(np.float64)
    rows = [np.arange(100, 400), np.arange(400, 900)]
    said = [raw[part] for part in rows]
    loss = published_loss(said, rows, y)
    assert published_loss([said[0] + 2.0, said[1] - 1.0], rows, y) == pytest.approx(loss, abs=1e-9)
    each = [published_loss([own], [part], y) for own, part in zip(said, rows, strict=True)]
    assert loss == pytest.approx((300 * each[0] + 500 * each[1]) / 800)


def test_the_candidates_lie_in_the_space():
    """So that the search can begin with them and learn from them."""
    for params in CANDIDATES:
        for name, where in SPACE.items():
            value = params.get(name, DEFAULT_PARAMS[name])
            assert where._contains(where.to_internal_repr(value))
        assert least_cost(params) <= COST_BUDGET


def test_a_searched_model_is_the_same_to_the_byte_and_no_worse(rows):
    """Learning with a search gives the same booster again, its trees those of the least loss."""
    once, again = (
        learn(*rows, target="next_visit", candidates=FIRST, plan=Plan(Budget(3))) for _ in range(2)
    )
    plain = learn(*rows, target="next_visit", candidates=FIRST)
    assert once.model.booster_text == again.model.booster_text
    assert once.found is not None
    assert once.params == once.found.best_first[0]
    assert once.losses[0] <= min(plain.losses) + 1e-12
    assert plain.found is None


def _drawn(found: Found) -> list[dict[str, float]]:
    """Return the trees tried to the end that were not known before."""
    known = [{name: one.get(name, DEFAULT_PARAMS[name]) for name in SPACE} for one in FIRST]
    return [params for params in found.best_first if params not in known]
