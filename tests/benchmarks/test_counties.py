"""Several counties: nobody is judged by what it taught, nothing is done twice, and the figures add up."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import unseen
from benchmarks.counties import run
from benchmarks.drawn import ROWS, TABLES, Made, place_of, read, read_rows, rows_of
from benchmarks.together import together
from benchmarks.unseen import BESIDE, JUDGED, RECALLS, Judged, judge, learn, others
from features.errors import Refused, Usage
from training.judging.ceiling import CEILING
from training.lists.programme import REFERENCE
from training.measures.evaluation import MODEL

SMALL = Made(households=160, months=54, cut="2022-06-30", forks=4, learnt=0.5)
COUNTIES, FOLDS = 3, 3


@pytest.fixture(scope="module", autouse=True)
def few_trees():
    """Learn a handful of trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unseen, "TREES", {"num_iterations": 5, "num_leaves": 4, "min_data_in_leaf": 5})
        yield


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Return where the work is kept."""
    return tmp_path_factory.mktemp("counties")


@pytest.fixture(scope="module")
def judged(out):
    """Make three small counties and judge them."""
    return run(out, SMALL, counties=COUNTIES, folds=FOLDS)


@pytest.mark.parametrize(("counties", "folds"), [(20, 4), (7, 3), (2, 2)])
def test_a_county_is_judged_by_others_and_all_of_a_fold_by_the_same(counties, folds):
    """Whoever is judged is not among those learnt from, and there are as many fits as folds."""
    taught = [others(number, counties, folds) for number in range(counties)]
    assert all(number not in learnt for number, learnt in enumerate(taught))
    assert len(set(taught)) == folds
    assert all(learnt for learnt in taught)


def test_every_county_is_judged_once_by_counties_that_it_is_not_among(judged):
    """In order, and each says from whom was learnt."""
    assert [each.county for each in judged] == list(range(COUNTIES))
    assert all(each.learnt_from == others(each.county, COUNTIES, FOLDS) for each in judged)


def test_all_orders_are_there_and_have_the_same_visits(judged):
    """The model, the baselines and the ceiling, if it has lists; none finds more than there is."""
    for each in judged:
        assert set(each.figures) == {MODEL, *BESIDE, CEILING}
        assert all(0.0 <= figures[name] <= 1.0 for figures in each.figures.values() for name in RECALLS)
        listed = [figures for figures in each.figures.values() if figures["visits"] is not None]
        assert len(listed) >= len(BESIDE) + 1
        visits = [figures["visits"] for figures in listed]
        assert max(visits) - min(visits) <= 0.05 * max(visits)
        assert visits[0] > 0
        assert all(0 <= one["unsuspected"] <= one["found"] <= each.entries for one in listed)


def test_what_was_learnt_from_was_known_by_the_cut(judged, out):
    """All rows with an entry that was known by then, half of the others, and none of later days."""
    rows = read_rows(out, [0])
    _, _, followed = read(place_of(out, 0))
    known = followed.take(followed.outcome_on <= np.datetime64(SMALL.cut))
    assert len(judged) == COUNTIES
    assert rows.outcome_on.max() <= np.datetime64(SMALL.cut) < followed.outcome_on.max()
    assert rows.y.sum() == known.y.sum()
    assert (rows.y == 0.0).sum() == round(0.5 * (known.y == 0.0).sum())


def test_what_was_learnt_from_does_not_know_the_truth(judged, out, tmp_path):
    """Without the truth the rows are the same, to the byte."""
    shutil.copytree(place_of(out, 0), tmp_path / "county")
    shutil.rmtree(tmp_path / "county" / TABLES / "truth")
    _, dated, followed = read(tmp_path / "county")
    rows = rows_of(dated, followed, SMALL, 0)
    assert len(judged) == COUNTIES
    assert rows.vectors.X.tobytes() == read_rows(out, [0]).vectors.X.tobytes()


def test_households_of_two_counties_are_not_taken_for_one(judged, out):
    """Simulated counties share ids; among the rows they do not."""
    one, two, both = (read_rows(out, numbers).vectors.household_id for numbers in ([0], [1], [0, 1]))
    assert len(judged) == COUNTIES
    assert np.unique(both).size == np.unique(one).size + np.unique(two).size


def test_work_that_is_taken_up_ends_as_if_it_had_not_been_ended(judged, out):
    """What is kept is not made again; what is missing comes out as before."""
    (place_of(out, 2) / JUDGED).unlink()
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*") if file.name in {ROWS, JUDGED}}
    again = run(out, SMALL, counties=COUNTIES, folds=FOLDS)
    assert [vars(each) for each in again] == [vars(each) for each in judged]
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_counties_that_were_made_otherwise_are_refused(judged, out):
    """One folder holds counties of one kind."""
    assert len(judged) == COUNTIES
    with pytest.raises(Usage, match="made otherwise"):
        run(out, replace(SMALL, forks=6), counties=COUNTIES, folds=FOLDS)


@pytest.mark.parametrize("folds", [1, 5])
def test_folds_of_which_each_learns_from_others(folds, tmp_path):
    """One fold has nobody to learn from, and an empty one nobody to judge."""
    with pytest.raises(Usage, match="folds"):
        run(tmp_path, SMALL, counties=4, folds=folds)


def test_a_county_that_was_learnt_from_is_not_judged(judged, out):
    """Whoever taught is refused."""
    assert len(judged) == COUNTIES
    learnt = learn(read_rows(out, [0, 1]), [0, 1])
    with pytest.raises(Refused, match="was learnt from"):
        judge(out, 1, SMALL, learnt)


def test_counties_that_end_too_soon_are_refused():
    """It must be known what the last list has found."""
    with pytest.raises(Usage, match="2024-06"):
        Made(months=53, cut="2022-06-30")


def counted(county: int, found: dict, recall: dict, expected: float = 10.0) -> Judged:
    """Return a county in which scorers found so many, all of them unsuspected, with so much recall."""
    figures = {
        name: {"visits": 50.0, "found": found[name], "unsuspected": found[name], "lead_months": 3.0}
        | dict.fromkeys(RECALLS, recall[name])
        for name in found
    }
    return Judged(county, (99,), 100, 40, expected, figures)


def test_the_worst_the_median_and_who_is_ahead_are_those_of_the_counties():
    """Three counties: in one the rules find more, in one as many."""
    recall = {MODEL: 0.4, REFERENCE: 0.2, CEILING: 0.5}
    found = [(9.0, 3.0), (2.0, 5.0), (4.0, 4.0)]
    seen = together(
        [
            counted(place, {MODEL: mine, REFERENCE: theirs, CEILING: 20.0}, recall)
            for place, (mine, theirs) in enumerate(found)
        ],
        resamples=100,
    )
    spread = seen.spreads[MODEL]["found"]
    assert (spread.median, spread.worst) == (4.0, 2.0)
    assert (spread.ahead, spread.even, spread.counties) == (1, 1, 3)
    assert seen.pooled[MODEL]["found"].value == 15.0
    assert seen.pooled[MODEL][f"found / {REFERENCE}"].value == 15.0 / 12.0
    assert seen.pooled[MODEL][f"found - {REFERENCE}"].value == 3.0


def test_intervals_are_paired():
    """Twice the rules in every county is twice the rules however the counties are drawn."""
    seen = together(
        [
            counted(place, {MODEL: 2.0 * found, REFERENCE: found, CEILING: 30.0}, recall, expected)
            for place, (found, expected) in enumerate([(3.0, 5.0), (8.0, 20.0), (14.0, 7.0)])
            for recall in [{MODEL: 0.3, REFERENCE: 0.1, CEILING: 0.6}]
        ],
        resamples=200,
    )
    ratio, share = seen.pooled[MODEL][f"found / {REFERENCE}"], seen.pooled[MODEL][f"share_{RECALLS[0]}"]
    assert (ratio.low, ratio.value, ratio.high) == (2.0, 2.0, 2.0)
    assert np.allclose([share.low, share.value, share.high], 0.5)
    assert seen.pooled[MODEL]["found"].low < seen.pooled[MODEL]["found"].high


def test_a_county_without_lists_by_true_chances_is_left_out_of_what_is_held_against_them():
    """It stays in everything else."""
    recall = {MODEL: 0.4, REFERENCE: 0.2, CEILING: 0.5}
    with_lists = counted(0, {MODEL: 6.0, REFERENCE: 3.0, CEILING: 12.0}, recall)
    without = counted(1, {MODEL: 8.0, REFERENCE: 4.0, CEILING: None}, recall)
    seen = together([with_lists, without], resamples=0)
    assert seen.pooled[MODEL][f"found / {CEILING}"].value == 0.5
    assert seen.pooled[MODEL][f"found / {REFERENCE}"].value == 2.0
    assert seen.pooled[CEILING]["found"].value == 12.0
    assert seen.pooled[MODEL][f"share_{RECALLS[0]}"].value == pytest.approx(0.8)
    assert "are of 1 counties" in seen.as_text()


def test_recall_of_all_counties_is_of_all_entries_expected():
    """A county with three times the entries weighs three times as much."""
    seen = together(
        [
            counted(0, dict.fromkeys((MODEL, REFERENCE, CEILING), 1.0), recall, expected)
            for recall, expected in (
                ({MODEL: 0.2, REFERENCE: 0.1, CEILING: 0.4}, 10.0),
                ({MODEL: 0.6, REFERENCE: 0.1, CEILING: 0.8}, 30.0),
            )
        ],
        resamples=0,
    )
    assert seen.pooled[MODEL][RECALLS[0]].value == pytest.approx(0.5)
    assert seen.pooled[MODEL][f"share_{RECALLS[0]}"].value == pytest.approx(20.0 / 28.0)


def test_where_the_rules_find_nobody_unsuspected_there_is_no_ratio_and_it_is_said():
    """Three times nothing is no aim that can be reached."""
    recall = {MODEL: 0.46, REFERENCE: 0.1, CEILING: 0.5}
    seen = together([counted(0, {MODEL: 4.0, REFERENCE: 0.0, CEILING: 9.0}, recall)] * 2, resamples=50)
    unsuspected, share = seen.aims()
    assert unsuspected.reached is None
    assert unsuspected.counties == 2
    assert share.reached
    assert "cannot be said" in seen.as_text()


def test_the_page_and_the_file_say_what_was_found(judged):
    """Every order is named in the text, and the file holds each county."""
    seen = together(judged, resamples=50)
    text, content = seen.as_text(), json.loads(json.dumps(seen.as_dict()))
    assert all(name in text for name in judged[0].figures)
    assert [each["county"] for each in content["counties"]] == list(range(COUNTIES))
    assert set(content["pooled"]) == set(judged[0].figures)
