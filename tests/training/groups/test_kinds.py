"""Kinds and causes of entries, and the need of those that a list misses."""

from __future__ import annotations

import numpy as np
import pytest

from features.vectors import Cohort
from tests.entered import entered_county
from tests.facts import facts
from training.cohorts.outcomes import follow, last_known
from training.cohorts.recorded import income_to_line
from training.groups.kinds import NOT_TOLD, kinds_found, kinds_of
from training.groups.missed_need import missed_need
from training.lists.listed import Listed
from training.measures.evaluation import Scores

LAST = np.datetime64("2025-12-31", "D")


def entry(day, household="h", **more):
    """Return an approval as monitored."""
    return {"occurred_on": day, "household_id": household, "step": "entry", **more}


def kinds(*days, monitoring):
    """Return kind and cause of household ``h`` by day."""
    homes = [{"household_id": one, "occurred_on": "2015-01-01", "area": "village"} for one in ("g", "h")]
    cohort = Cohort(np.full(len(days), "h"), np.array(days, dtype="datetime64[D]"))
    found = kinds_of(facts(households=homes, monitoring=monitoring), cohort, 12, LAST)
    return list(zip(*(each.tolist() for each in found.values()), strict=True))


def test_the_first_entry_within_the_horizon_tells_kind_and_cause():
    """Not one on the day itself or before, nor one after twelve months, nor another step or household."""
    steps = [
        entry("2023-03-31", type="edge", cause="job"),
        entry("2023-09-10", type="sudden_hardship", cause="illness"),
        entry("2023-12-01", type="unstable_exited", cause="labour"),
        entry("2023-04-01", "g", type="edge", cause="water"),
        {"occurred_on": "2023-05-01", "household_id": "h", "step": "reinstatement", "type": "edge"},
    ]
    assert kinds("2023-03-30", "2023-03-31", "2023-09-10", "2022-03-30", monitoring=steps) == [
        ("edge", "job"),
        ("sudden hardship", "illness"),
        ("unstable exited", "labour"),
        ("", ""),
    ]
    twelve_months = kinds("2022-09-10", "2022-09-09", monitoring=steps[1:])
    assert twelve_months == [("sudden hardship", "illness"), ("", "")]
    assert kinds("2023-03-31", monitoring=[entry("2023-09-10")]) == [(NOT_TOLD, NOT_TOLD)]


@pytest.fixture(scope="module")
def county():
    """Return a made-up county whose entries tell kind and cause, its rows, and a list of them."""
    tables = entered_county(households=200)
    steps = dict(tables["monitoring"])
    generator = np.random.default_rng(0)
    for name, codes in (("type", 3), ("cause", 12)):
        steps[name] = generator.integers(-1, codes, steps["step"].size).astype(np.int16)
    tables = {**tables, "monitoring": steps}
    followed = follow(tables, "entry")
    score = generator.normal(0.0, 1.0, len(followed))
    one = Listed.of(
        followed.cohort.household_id,
        followed.y,
        Scores(score, np.full(score.size, 0.1)),
        share=0.3,
        overlap=True,
        resamples=20,
        random_state=1,
    )
    return tables, followed, one


def test_every_row_with_an_entry_has_one_kind_and_the_kinds_add_up(county):
    """Shares of entries sum to one, rows to the rows with an entry, finds to the finds of all."""
    tables, followed, one = county
    told = kinds_of(tables, followed.cohort, 12, last_known(tables))
    for by, names in told.items():
        assert ((names != "") == (followed.y == 1.0)).all()
        parts = [each for each in kinds_found(one, told) if each.by == by]
        assert sum(part.rows for part in parts) == followed.y.sum()
        assert sum(part.share.value for part in parts) == pytest.approx(1.0)
        finds = sum(part.recall.value * part.rows for part in parts)
        assert finds == pytest.approx((one.place * followed.y).sum())
        assert all("cannot be judged" in (part.refused or "") for part in parts)


def test_need_weighs_misses_by_income_that_is_known_later(county):
    """The line's weights are the shortfalls to the horizon; an empty list misses all, a full one nothing."""
    tables, followed, one = county
    found = missed_need(one, tables, followed.cohort, 12, last_known(tables))
    ratio = income_to_line(tables, followed.cohort, 12, last_known(tables))
    hit = (followed.y == 1.0) & ~np.isnan(ratio)
    depth = np.maximum(1.0 - ratio[hit], 0.0)
    assert depth.sum() > 0
    assert found.weighted.value == pytest.approx((1.0 - one.place[hit]) @ depth / depth.sum())
    assert (found.rows, found.known, found.under) == (followed.y.sum(), hit.sum(), (depth > 0).sum())
    assert 0.0 < found.weighted.value < 1.0
    assert "need-weighted misses" in found.as_text()
