"""The ceiling: measures against chances, laws of them, and what few forks do to it."""

from __future__ import annotations

import json
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import Foreign, Usage
from training.judging.ceiling import CEILING, SHARES, compare_with_ceiling, expected_measures, halved, name_of
from training.judging.truth import Chances, perfect_records, read_chances
from training.measures.evaluation import Scores, measure

RECALLS = tuple(f"recall_at_{name_of(share)}" for share in SHARES)


def once(score, chance):
    """Return the expected measures of an order, each row counted once."""
    found = expected_measures(np.asarray(score, float), np.asarray(chance, float), np.ones((len(score), 1)))
    return {name: float(value[0]) for name, value in found.items()}


def rare(rows, seed=0, rate=0.01):
    """Return chances of rare events, most of them very small."""
    generator = np.random.default_rng(seed)
    return np.minimum(rate * np.exp(generator.normal(-1.2, 1.6, rows)), 0.95)


def forked(chance, forks, seed=0):
    """Return chances as estimated from forks, in two halves."""
    generator = np.random.default_rng(seed)
    half_a, half_b = (generator.binomial(forks // 2, chance) / (forks // 2) for _ in "ab")
    ids = np.array([f"h{place:05d}" for place in range(len(chance))])
    days = np.repeat(np.datetime64("2024-06-30"), len(chance))
    return Chances(ids, days, (half_a + half_b) / 2, half_a, half_b, forks)


@pytest.mark.parametrize("levels", [None, 4])
def test_chances_of_nought_and_one_give_the_measures_of_what_happened(levels):
    """Area, average precision and recall are those of `training.measures.evaluation`, with ties, weighted."""
    generator = np.random.default_rng(3)
    y = (generator.random(400) < 0.15).astype(float)
    score = generator.normal(size=400) + y
    if levels:
        score = np.round(score * levels) / levels
    weights = generator.integers(0, 4, size=(400, 3)).astype(float)
    soft = expected_measures(score, y, weights)
    for column in range(3):
        for share in SHARES:
            hard = measure(y, Scores(score), weight=weights[:, column], share=share)
            assert soft["roc_auc"][column] == pytest.approx(hard.roc_auc)
            assert soft["average_precision"][column] == pytest.approx(hard.average_precision)
            assert soft[f"recall_at_{name_of(share)}"][column] == pytest.approx(hard.recall_at_top)


def test_expectations_are_those_over_all_that_could_happen():
    """Numerators and denominators of six rows, over all 64 outcomes, each by its chance."""
    chance = np.array([0.9, 0.05, 0.4, 0.4, 0.7, 0.1])
    score = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    above = pairs = found = precise = 0.0
    for outcome in product((0.0, 1.0), repeat=6):
        y = np.array(outcome)
        weight = float(np.prod(np.where(y == 1.0, chance, 1.0 - chance)))
        pairs += weight * y.sum() * (6 - y.sum())
        above += weight * sum(y[i] * (1 - y[j]) for i in range(6) for j in range(i + 1, 6))
        found += weight * y[0]
        precise += weight * sum(y[i] * y[: i + 1].sum() / (i + 1) for i in range(6))
    seen = once(score, chance)
    assert seen["roc_auc"] == pytest.approx(above / pairs)
    assert seen["recall_at_10"] == pytest.approx(found / chance.sum())
    assert seen["average_precision"] == pytest.approx(precise / chance.sum())


def test_a_row_of_weight_two_is_two_rows():
    """Written twice, each with a lot of its own."""
    chance, score = rare(60, rate=0.2), np.random.default_rng(1).normal(size=60).round(1)
    weight = np.random.default_rng(2).integers(0, 3, 60)
    twice = once(np.repeat(score, weight), np.repeat(chance, weight))
    weighted = expected_measures(score, chance, weight[:, None].astype(float))
    for name, value in twice.items():
        assert weighted[name][0] == pytest.approx(value), name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 999), min_size=2, max_size=5, unique=True))
def test_the_order_of_the_true_chances_is_never_beaten(thousandths):
    """Of all orders of a few rows none can expect more by any measure."""
    chance = np.array(thousandths) / 1000.0
    best = once(chance, chance)
    for order in permutations(range(len(chance))):
        other = once(np.array(order, float), chance)
        for name, value in other.items():
            assert value <= best[name] + 1e-12, name


def test_the_order_of_the_true_chances_beats_a_blurred_one():
    """Of many rows, too."""
    chance = rare(4000)
    blurred = np.log(chance) + np.random.default_rng(5).normal(0, 1.0, 4000)
    best, other = once(chance, chance), once(blurred, chance)
    for name in ("roc_auc", "average_precision", *RECALLS):
        assert other[name] < best[name]


def test_with_few_forks_in_both_roles_the_ceiling_sinks():
    """The order of few forks is a poor one, and judged by others it is seen to be."""
    chance = rare(20_000)
    weights = np.ones((chance.size, 1))
    exact = once(chance, chance)["recall_at_2"]
    at = {forks: float(halved(forked(chance, forks), weights)["recall_at_2"][0]) for forks in (20, 200, 4000)}
    assert at[20] < at[200] < at[4000] < exact
    assert at[4000] == pytest.approx(exact, abs=0.02)


def test_forks_that_judge_their_own_order_flatter_it():
    """The same forks in both roles promise more than there is: luck would judge itself."""
    chance = rare(20_000)
    few = forked(chance, 20)
    flattered = once(few.chance, few.chance)
    assert flattered["recall_at_2"] > once(chance, chance)["recall_at_2"] + 0.05


def test_a_judge_of_few_forks_is_fair_to_any_order():
    """An order made without the forks is measured right by them, on average over many rows."""
    chance = rare(20_000)
    score = np.log(chance) + np.random.default_rng(5).normal(0, 1.0, chance.size)
    seen, true = once(score, forked(chance, 20).chance), once(score, chance)
    for name in ("roc_auc", "average_precision", "recall_at_5", "recall_at_10"):
        assert seen[name] == pytest.approx(true[name], abs=0.03)


@pytest.fixture(scope="module")
def table():
    """Return two scorers beside the ceiling, on two days of 1500 households."""
    chance = np.tile(rare(1500, rate=0.05), 2)
    made = forked(chance, 400)
    ids = np.tile(made.household_id[:1500], 2)
    days = np.repeat(np.array(["2023-06-30", "2024-06-30"], dtype="datetime64[D]"), 1500)
    made = Chances(ids, days, made.chance, made.chance_a, made.chance_b, 400)
    generator = np.random.default_rng(0)
    good = np.log(chance) + generator.normal(0, 0.5, 3000)
    poor = np.log(chance) + generator.normal(0, 3.0, 3000)
    scorers = {"model": Scores(good, chance), "order alone": Scores(poor)}
    return compare_with_ceiling(made, scorers, resamples=100, random_state=1)


def test_scorers_stand_beside_the_ceiling(table):
    """Each has its measures and its share of the ceiling, with intervals."""
    assert list(table.estimates) == [CEILING, "model", "order alone"]
    assert list(table.shares) == ["model", "order alone"]
    for name in ("average_precision", *RECALLS):
        top, mine = table.estimates[CEILING][name], table.estimates["model"][name]
        assert table.shares["model"][name].value == pytest.approx(mine.value / top.value)
        assert table.shares["model"][name].low < table.shares["model"][name].high
        assert table.estimates["order alone"][name].value < mine.value < top.value
    assert table.promised["model"].value == pytest.approx(1.0, abs=0.05)
    assert "order alone" not in table.promised
    assert (table.rows, table.households, table.days) == (3000, 1500, ("2023-06-30", "2024-06-30"))


def test_shares_are_paired(table):
    """The interval of the share is narrower than those of what is divided would make it."""
    top, mine = table.estimates[CEILING]["recall_at_10"], table.estimates["model"]["recall_at_10"]
    share = table.shares["model"]["recall_at_10"]
    assert share.high - share.low < mine.high / top.low - mine.low / top.high


def test_text_and_json(table):
    """The text has a line a scorer and says how the ceiling is made; the dictionary is JSON."""
    text = table.as_text()
    assert "true chances: 3000 rows of 1500 households" in text
    assert "at least 400 forks" in text
    for told in ("ceiling ", "recall at 2 %", "model, share of the ceiling", "half of the forks ranks"):
        assert told in text
    assert all(line == line.rstrip() for line in text.splitlines())
    read = json.loads(json.dumps(table.as_dict(), allow_nan=False))
    assert read["share_of_the_ceiling"]["model"]["recall_at_1"]["value"] > 0


def test_without_any_chance_nothing_is_defined():
    """No event is to be expected: no recall, and no share of it."""
    nobody = forked(np.zeros(50), 10)
    seen = compare_with_ceiling(nobody, {"model": Scores(np.arange(50.0))}, resamples=5)
    assert seen.estimates["model"]["recall_at_10"].value is None
    assert seen.shares["model"]["recall_at_10"].value is None
    assert seen.as_text()


def written(folder, **more):
    """Write a file of chances as the simulation does."""
    import pandas as pd

    rows = [
        {"household_id": household, "as_of": day, "target": target, "horizon_months": months, "help": kind}
        for household in ("b", "a")
        for day in (np.datetime64("2024-06-30", "D").item(), np.datetime64("2023-06-30", "D").item())
        for target in ("entry", "need")
        for months in (6, 12)
        for kind in ("practised", "none")
    ]
    table = pd.DataFrame(rows).assign(chance=0.25, standard_error=0.1, chance_a=0.2, chance_b=0.3, forks=400)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    table.assign(**more).to_parquet(folder / "truth" / "chances.parquet", index=False)
    return folder


def without(folder, column):
    """Drop a column of the file."""
    import pandas as pd

    file = folder / "truth" / "chances.parquet"
    pd.read_parquet(file).drop(columns=column).to_parquet(file, index=False)
    return folder


def test_chances_of_one_target_and_horizon_are_read(tmp_path):
    """With help as practised, by household and day."""
    chances = read_chances(written(tmp_path), "entry", 12)
    assert chances.household_id.tolist() == ["a", "a", "b", "b"]
    assert chances.as_of.astype(str).tolist() == ["2023-06-30", "2024-06-30"] * 2
    assert (chances.chance[0], chances.chance_a[0], chances.chance_b[0], chances.forks) == (
        0.25,
        0.2,
        0.3,
        400,
    )
    assert len(read_chances(tmp_path, "need", 6)) == 4


def test_where_no_chance_is_known_there_is_no_ceiling(tmp_path):
    """Neither in tables without truth, nor for a target that was not asked for."""
    assert read_chances(tmp_path, "entry", 12) is None
    assert read_chances(written(tmp_path), "income", 12) is None
    with pytest.raises(Usage, match="truth/perfect"):
        perfect_records(tmp_path)


def test_a_file_of_something_else_is_refused(tmp_path):
    """Chances outside 0 to 1, other columns, or no Parquet at all."""
    with pytest.raises(Foreign, match="0 to 1"):
        read_chances(written(tmp_path, chance=1.5), "entry", 12)
    with pytest.raises(Foreign, match="not what the simulation writes"):
        read_chances(without(written(tmp_path), "chance_a"), "entry", 12)
    (tmp_path / "truth" / "chances.parquet").write_text("chances")
    with pytest.raises(Foreign, match="not what the simulation writes"):
        read_chances(tmp_path, "entry", 12)
