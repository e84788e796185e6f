"""The programme replay of a folder of tables: who could be listed, what was found, the true chances."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from features.errors import Refused
from features.vectors import Cohort
from tests.entered import entered_county
from training.cohorts.horizon import month_ends, months_on
from training.cohorts.outcomes import last_known
from training.cohorts.standing import CLUE, ENTRY, REINSTATEMENT
from training.judging.ceiling import CEILING
from training.judging.chance_lists import by_chances
from training.judging.truth import read_chances
from training.lists.candidates import candidates_on
from training.lists.programme import days_to_replay, replayed
from training.lists.programme_table import programme_rows
from training.lists.replay import Reach

MONITORED = (ENTRY, REINSTATEMENT)
LEARNT_BY = np.datetime64("2022-09-30")
KNOWN_BY = np.datetime64("2024-01-31")


@pytest.fixture(scope="module")
def tables():
    """Make a county up: two townships of three grids each, entries after bad months."""
    return entered_county(households=200)


@pytest.fixture(scope="module")
def households(tables):
    """Return all its households, sorted."""
    return np.unique(tables["households"]["household_id"])


def last_steps(steps, day) -> dict[str, int]:
    """Return the last step of each household as known at the end of a day."""
    last = {}
    for row in np.lexsort((steps["step"], steps["occurred_on"])):
        if steps["known_on"][row] <= day:
            last[steps["household_id"][row]] = steps["step"][row]
    return last


def order(cohort: Cohort) -> dict[str, NDArray[np.float64]]:
    """Give scores that know nothing: by the name of the household, up and down."""
    number = np.array([float(name[1:]) for name in cohort.household_id])
    return {"LightGBM": number, "rules fired": -number}


@pytest.fixture(scope="module")
def table(tables):
    """Replay the lists of those who know nothing."""
    days, in_sample = days_to_replay(tables, LEARNT_BY)
    return replayed(tables, order, days, in_sample=in_sample, resamples=50)


def test_the_lists_are_those_of_every_month_since_it_had_learnt(table, tables):
    """From the day on up to the last of which it is known what came within twelve months."""
    days = month_ends(LEARNT_BY, last_known(tables), 1)
    assert list(table.days) == days[months_on(days, 13) <= last_known(tables)].astype(str).tolist()
    assert not table.in_sample
    assert "in-sample" not in table.as_text()


def test_where_it_learnt_from_every_month_the_last_year_is_replayed(tables):
    """And the text says so."""
    days, in_sample = days_to_replay(tables, last_known(tables))
    shown = replayed(tables, order, days, in_sample=in_sample, resamples=0)
    assert shown.in_sample
    assert len(shown.days) == 12
    assert "in-sample" in shown.as_text()


def test_entries_are_those_of_the_monitoring_ledger(table, tables):
    """Whoever entered at most a year after a month's end at which nobody monitored it, once each."""
    steps = tables["monitoring"]
    days = np.array(table.days, dtype="datetime64[D]")
    entered = steps["step"] == ENTRY
    came = zip(steps["household_id"][entered].tolist(), steps["occurred_on"][entered], strict=True)
    last = {day: last_steps(steps, day) for day in days}
    expected = {
        one
        for one, entry in came
        for day in days
        if day < entry <= months_on(np.array([day]), 12)[0] and last[day].get(one) not in MONITORED
    }
    assert {row.programme.entries for row in table.rows} == {len(expected)}
    assert {row.programme.found > 0 for row in table.rows} == {True}


def test_who_could_be_listed_is_there_and_not_monitored(tables, households):
    """An open clue stays on the roll, and is a suspicion."""
    days = month_ends(LEARNT_BY, LEARNT_BY + 200, 1)
    roll, map_, of_grids = candidates_on(tables, households, days)
    steps = tables["monitoring"]
    for place, day in enumerate(days):
        rows = np.flatnonzero(roll.cohort.as_of == day)
        last = last_steps(steps, day)
        expected = [one for one in households.tolist() if last.get(one) not in MONITORED]
        assert roll.cohort.household_id[rows].tolist() == expected
        assert roll.clue[rows].tolist() == [last.get(one) == CLUE for one in expected]
        assert of_grids[place].sum() == households.size
    assert roll.clue.any()
    assert roll.suspected[roll.clue].all()
    assert 0 < roll.suspected.mean() < 1
    assert (households[roll.household] == roll.cohort.household_id).all()
    assert [grid[:2] for grid in map_.grids] == [f"t{each + 1}" for each in map_.township]
    assert np.unique(map_.village).size == map_.grids.size


def test_without_areas_the_county_is_one_township(tables, households):
    """And each area in which households stand is a grid of its own."""
    bare = {name: facts for name, facts in tables.items() if name != "areas"}
    _, map_, _ = candidates_on(bare, households, np.array([LEARNT_BY]))
    assert set(map_.township.tolist()) == {0}
    assert map_.grids.size == 6


def test_few_entries_are_said_to_be_too_few(table):
    """Under a hundred nothing is held against the rules; counts and their intervals are told."""
    assert table.why_not_judged
    text = table.as_text()
    assert f"cannot be judged: {table.rows[0].programme.entries} entries, 100 needed" in text
    assert "found / rules fired" not in text
    for word in ("LightGBM", "rules fired", "nobody suspected", "6 whole villages"):
        assert word in text


def test_the_table_goes_into_json(table):
    """With every row, its counts and its intervals."""
    read = json.loads(json.dumps(table.as_dict()))
    row = read["rows"][0]
    assert row["programme"]["found"] == row["intervals"]["found"]["value"] == table.rows[0].programme.found
    assert row["minus_reference"]["unsuspected"]["value"] is not None
    assert read["rows"][1]["minus_reference"] is None
    assert read["rules"]["silent_days"] == 60


def test_only_what_was_known_by_a_day_is_counted(tables):
    """Lists of which it was not known by then what they found are not made."""
    days, in_sample = days_to_replay(tables, LEARNT_BY, known_by=KNOWN_BY)
    assert not in_sample
    assert days.size > 0
    assert (months_on(days, 13) <= KNOWN_BY).all()
    assert months_on(days[-1:], 14)[0] > KNOWN_BY


def test_nobody_to_be_found_is_refused(tables):
    """Without a ledger of monitoring, or before a year has passed since the first list."""
    bare = {name: facts for name, facts in tables.items() if name != "monitoring"}
    with pytest.raises(Refused, match="no monitoring"):
        days_to_replay(bare, None)
    early = {
        name: {
            column: values[facts["known_on"] <= np.datetime64("2021-06-30")]
            for column, values in facts.items()
        }
        for name, facts in tables.items()
    }
    with pytest.raises(Refused, match="it is known yet what it found"):
        days_to_replay(early, None)


def write_chances(folder, cohort_days, households, chance) -> None:
    """Write a chance of entry for some households on some days, as a simulated county keeps them."""
    (folder / "truth").mkdir()
    rows = [
        {"as_of": day.item(), "household_id": one, "chance": p, "chance_a": p, "chance_b": p}
        for day in cohort_days
        for one, p in zip(households.tolist(), chance.tolist(), strict=True)
    ]
    told = {"target": "entry", "horizon_months": 12, "help": "practised", "forks": 100}
    pd.DataFrame([row | told for row in rows]).to_parquet(folder / "truth" / "chances.parquet", index=False)


def test_true_chances_make_one_scorer_more(tables, households, tmp_path):
    """Told every third month they stand for three; here they know who enters, and find the most."""
    steps = tables["monitoring"]
    entering = np.isin(households, steps["household_id"][(steps["step"] == ENTRY)])
    write_chances(tmp_path, month_ends(LEARNT_BY, last_known(tables), 3), households, entering * 0.8)
    days, _ = days_to_replay(tables, LEARNT_BY)
    chances = read_chances(tmp_path, "entry", 12)
    shown = replayed(tables, order, days, also=partial(by_chances, chances), resamples=0)
    found = {row.scorer: row.programme.found for row in shown.rows}
    assert list(found) == ["LightGBM", "rules fired", CEILING]
    assert found[CEILING] > max(found["LightGBM"], found["rules fired"])


def test_chances_of_some_are_no_ceiling(tables, households, tmp_path):
    """An order that leaves most households out would be called one wrongly; why there is none is said."""
    write_chances(tmp_path, month_ends(LEARNT_BY, last_known(tables), 3), households[::2], np.full(100, 0.5))
    days, _ = days_to_replay(tables, LEARNT_BY)
    chances = read_chances(tmp_path, "entry", 12)
    shown = replayed(tables, order, days, also=partial(by_chances, chances), resamples=0)
    assert [row.scorer for row in shown.rows] == ["LightGBM", "rules fired"]
    assert "No ceiling" in shown.as_text()


def drawn_reach(found: list[int], unsuspected: list[int], size: int = 400) -> Reach:
    """Return what came of listings that found some positions, and some of them unsuspected."""
    visits, lead = np.zeros(size, dtype=np.int64), np.full(size, np.nan)
    findable, hit, new = np.ones((3, size), dtype=np.bool_)
    hit[:] = new[:] = False
    visits[found], lead[found], hit[found], new[unsuspected] = 1, 4.0, True, True
    return Reach(visits, findable, hit, new, lead)


def test_intervals_are_of_whole_villages_and_paired():
    """Finds heaped in few villages are less sure than as many spread out; the same programme has ratio 1."""
    village = np.arange(400) // 20
    heaped, spread = list(range(40)), list(range(0, 400, 10))
    reached = {
        "rules fired": drawn_reach(spread, spread),
        "heaped": drawn_reach(heaped, heaped),
        "again": drawn_reach(spread, spread),
    }
    rules, other, again = programme_rows(
        reached, dict.fromkeys(reached), village, reference="rules fired", resamples=300
    )
    assert rules.counts["found"].low == rules.counts["found"].high == rules.counts["found"].value == 40.0
    assert other.counts["found"].low < 20.0
    assert other.counts["found"].high > 60.0
    assert (rules.ratio, rules.difference) == (None, None)
    for name in ("found", "unsuspected"):
        assert vars(again.ratio[name]) == {"value": 1.0, "low": 1.0, "high": 1.0}
        assert vars(again.difference[name]) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert other.difference["found"].low < 0.0 < other.difference["found"].high


def test_no_ratio_over_nothing():
    """Where the rules found nobody unsuspected there is a difference and no ratio."""
    village = np.arange(400) // 20
    reached = {"rules fired": drawn_reach([1, 2], []), "other": drawn_reach([5, 50, 300], [5, 50])}
    for resamples in (0, 50):
        _, row = programme_rows(
            reached, dict.fromkeys(reached), village, reference="rules fired", resamples=resamples
        )
        assert row.ratio["unsuspected"].value is None
        assert row.difference["unsuspected"].value == 2.0
        assert (row.counts["found"].low is None) == (resamples == 0)
