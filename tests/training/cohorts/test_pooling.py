"""Several counties in one fit: records are not mixed up, and each is judged by a model of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.check import accept
from features.errors import Refused, Usage
from features.intake import plain
from features.tables import TABLES
from features.vectors import build_vectors
from tests.made import made_panel
from training.cohorts.pooling import pooled, read_counties
from training.learning.beside import baselines
from training.learning.leaving_out import left_out
from training.learning.model import fit_trees
from training.learning.preparing import prepare
from training.learning.taking_over import take_over

DAY = "2025-03-31"


def county(seed: int, code: str = ""):
    """Return a made panel, its households and areas named by a code of their own where one is given."""
    tables = {
        name: plain(TABLES[name], facts)
        for name, facts in made_panel(households=40, random_state=seed).items()
    }
    for name, table in tables.items():
        for column in table:
            if code and TABLES[name].column(column).kind == "id":
                table[column] = [f"{code}{value}" if value else value for value in table[column]]
    return accept(tables)


def vectors_of(tables) -> dict[str, bytes]:
    """Return each household's bytes."""
    made = build_vectors(tables, DAY)
    return {name: made.X[row].tobytes() for row, name in enumerate(made.household_id.tolist())}


def test_households_keep_their_vectors_in_the_pool():
    """Whether the counties share ids or not: every byte as in the county alone."""
    for codes in (("", ""), ("a", "b")):
        own = {name: county(seed, code) for seed, (name, code) in enumerate(zip("xy", codes, strict=True))}
        pool = pooled(own)
        before = {name: "" if any(codes) else f"{name}/" for name in own}
        alone = {
            f"{before[name]}{one}": bytes_
            for name, tables in own.items()
            for one, bytes_ in vectors_of(tables).items()
        }
        assert vectors_of(pool.tables) == alone


def test_every_household_is_of_its_county():
    """By the county's name before it, or by its own id."""
    pool = pooled({"x": county(0), "y": county(1)})
    assert pool.county_of(np.array(["y/" + one for one in names(county(1))])).tolist() == ["y"] * 40
    assert set(pool.county.tolist()) == {"x", "y"}


def test_what_both_tell_of_an_area_above_is_taken_once():
    """Counties with codes of their own under one province: one row of it, not two."""
    own = {"x": county(0, "a"), "y": county(1, "b")}
    shared = {"record_id": "p", "area": "province", "occurred_on": "2019-01-01", "known_on": "2019-01-01"}
    with_province = {}
    for name, tables in own.items():
        told = {table: plain(TABLES[table], facts) for table, facts in tables.items()}
        told["areas"] = {column: [*values, shared.get(column)] for column, values in told["areas"].items()}
        with_province[name] = accept(told)
    areas = pooled(with_province).tables["areas"]
    assert areas["area"].tolist().count("province") == 1
    assert len(areas["area"]) == 1 + sum(len(tables["areas"]["area"]) for tables in own.values())


def test_two_folders_of_one_name_are_refused(tmp_path):
    """Nobody could tell whose household it is."""
    with pytest.raises(Usage, match="two have one name"):
        read_counties([tmp_path / "a" / "county", tmp_path / "b" / "county"])


def names(tables) -> list[str]:
    """Return the households."""
    return sorted(set(tables["households"]["household_id"].tolist()))


PARAMS = {"num_iterations": 20, "learning_rate": 0.1, "num_leaves": 5, "min_data_in_leaf": 20}


@pytest.fixture(scope="module")
def three():
    """Return three counties as one, prepared for the next visit."""
    pool = pooled({name: made_panel(households=150, random_state=seed) for seed, name in enumerate("xyz")})
    _, followed, vectors = prepare(pool.tables, "next_visit", lambda _: None)
    return pool.county_of(vectors.household_id), followed, vectors


def judged(three, y=None):
    """Return the judgement of each county by a model of the others."""
    county, followed, vectors = three
    return left_out(
        vectors,
        followed if y is None else replace(followed, y=y),
        county,
        fit=lambda rows, y: fit_trees(rows, y, PARAMS, "next_visit"),
        overlap=False,
        resamples=0,
    )


def test_each_county_is_judged_by_a_model_of_the_others(three):
    """A group a county; what a county's own outcomes are changes nothing of what is promised in it."""
    county, followed, _ = three
    before = judged(three)
    assert [row.group for row in before.rows] == ["all", "x", "y", "z"]
    assert before.row("LightGBM", "all").measures.roc_auc > 0.6
    own = county == "x"
    turned = np.where(own, 1.0 - followed.y, followed.y)
    after = judged(three, turned)
    promised = [
        row.measures.expected_over_observed * row.measures.positives
        for table in (before, after)
        for row in table.rows
        if row.group == "x"
    ]
    assert promised[0] == pytest.approx(promised[1])
    assert before.row("LightGBM", "y").measures != after.row("LightGBM", "y").measures


def test_a_version_taken_over_keeps_its_trees_and_promises_what_came(three):
    """With few outcomes its level alone is moved; with many its slope too."""
    county, followed, vectors = three
    others, own = county != "x", county == "x"
    model = fit_trees(vectors.take(others), followed.y[others], PARAMS, "next_visit")
    learnt = take_over(model, vectors.take(own), followed.take(own), params=PARAMS)
    assert learnt.model.booster_text == model.booster_text
    assert learnt.model.calibration.slope == model.calibration.slope
    promised = learnt.model.probability(vectors.take(own))
    assert promised.sum() == pytest.approx(followed.y[own].sum())
    whole = take_over(model, vectors, followed, params=PARAMS)
    assert whole.model.calibration.slope != model.calibration.slope
    assert whole.model.probability(vectors).sum() == pytest.approx(followed.y.sum())
    assert list(learnt.scores) == ["LightGBM", *baselines("next_visit")]


def test_where_nothing_came_no_level_can_be_told(three):
    """A county without outcomes promises what the others do, or nothing."""
    _, followed, vectors = three
    model = fit_trees(vectors, followed.y, PARAMS, "next_visit")
    none = replace(followed, y=np.zeros(len(followed)))
    with pytest.raises(Refused, match="nothing can be learnt"):
        take_over(model, vectors, none, params=PARAMS)
