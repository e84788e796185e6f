"""Dated rates of areas: from outcomes known by the day, never from a row's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.rates import rates_on
from features.vectors import Cohort, build_vectors
from tests.entered import entered_county
from tests.made import made_panel
from training.cohorts.followed import Followed, next_visit
from training.cohorts.outcomes import follow
from training.learning.area_rates import with_area_rates

FEATURE = ["area_rate_next_visit"]


@pytest.fixture(scope="module")
def tables():
    """Return a made panel of two areas."""
    return made_panel(households=120)


@pytest.fixture(scope="module")
def followed(tables) -> Followed:
    """Return its rows."""
    return next_visit(tables)


def areas_of(tables, followed):
    """Return the area of each row's household."""
    place = np.searchsorted(tables["households"]["household_id"], followed.cohort.household_id)
    return tables["households"]["area"][place]


def rates(tables, followed, cohort=None):
    """Return the rate that each row sees."""
    return build_vectors(
        with_area_rates(tables, followed, "next_visit"),
        None,
        features=FEATURE,
        cohort=cohort or followed.cohort,
    ).X[:, 0]


def test_a_row_never_meets_its_own_outcome(tables, followed):
    """Turning an outcome round moves no rate of a day before it was known."""
    south, place = areas_of(tables, followed) == "south", np.arange(len(followed))
    unlike = replace(followed, y=np.where(south, place % 3 > 0, place % 9 == 0).astype(np.float64))
    for given in (followed, unlike):
        was = rates(tables, given)
        for row in np.linspace(0, len(given) - 1, 12).astype(int):
            turned = replace(given, y=np.where(np.arange(len(given)) == row, 1 - given.y, given.y))
            earlier = given.cohort.as_of < given.outcome_on[row]
            assert earlier[row]
            assert rates(tables, turned)[earlier].tobytes() == was[earlier].tobytes()


def test_a_rate_counts_what_was_known_by_the_day(tables, followed):
    """Events and households of an area on a day are those of outcomes known by then."""
    made = with_area_rates(tables, followed, "next_visit")["area_rates"]
    area = dict(
        zip(tables["households"]["household_id"].tolist(), tables["households"]["area"].tolist(), strict=True)
    )
    own = np.array([area[household] for household in followed.cohort.household_id.tolist()])
    for place in range(0, made["area"].size, 3):
        counted = (followed.outcome_on <= made["known_on"][place]) & (own == made["area"][place])
        assert made["households"][place] == counted.sum()
        assert made["events"][place] == followed.y[counted].sum()


def test_rates_lie_between_the_area_s_own_share_and_that_of_all(tables, followed):
    """An area of few households is drawn towards all areas, never beyond either."""
    made = with_area_rates(tables, followed, "next_visit")["area_rates"]
    for day in np.unique(made["known_on"]):
        on_day = made["known_on"] == day
        overall = made["events"][on_day].sum() / made["households"][on_day].sum()
        share = made["events"][on_day] / np.maximum(made["households"][on_day], 1)
        low, high = np.minimum(share, overall) - 1e-5, np.maximum(share, overall) + 1e-5
        known = made["households"][on_day] > 0
        assert ((low <= made["rate"][on_day]) & (made["rate"][on_day] <= high))[known].all()


def test_before_any_outcome_is_known_there_is_no_rate(tables, followed):
    """On the first days the rate is unknown, not zero."""
    first = followed.cohort.as_of < followed.outcome_on.min()
    seen = rates(tables, followed)
    assert first.any()
    assert np.isnan(seen[first]).all()
    assert np.isfinite(seen[~first]).all()


def test_rows_that_are_not_given_are_not_counted(tables, followed):
    """The outcomes of a test block, left out, enter no rate."""
    cut = np.sort(followed.outcome_on)[len(followed) // 2]
    early = followed.take(followed.outcome_on <= cut)
    made = with_area_rates(tables, early, "next_visit")["area_rates"]
    assert made["households"].max() <= len(early)
    assert made["known_on"].max() <= cut


def test_the_tables_given_are_left_as_they_were(tables, followed):
    """A new mapping with one table more comes back."""
    dated = with_area_rates(tables, followed, "next_visit")
    assert "area_rates" not in tables
    assert set(dated) == {*tables, "area_rates"}
    assert isinstance(followed.cohort, Cohort)


def test_rare_outcomes_are_counted_by_township():
    """Grids read the rate of the township they lie in; counted are its households' outcomes."""
    tables = entered_county(households=120)
    followed = follow(tables, "entry")
    made = with_area_rates(tables, followed, "entry", level="township")
    rates = made["area_rates"]
    last = rates["known_on"] == rates["known_on"].max()
    assert set(rates["area"].tolist()) == {"t1", "t2"}
    assert rates["households"][last].sum() == len(followed)
    assert rates["events"][last].sum() == followed.y.sum()
    grids = np.array(["t1g0", "t2g2"])
    seen = rates_on(made, grids, "entry", rates["known_on"].max())
    assert seen.tolist() == [rates["rate"][last & (rates["area"] == grid[:2])][0] for grid in grids]


def test_an_area_outside_every_township_counts_for_itself(tables, followed):
    """Where no area is of the level, rates are those of each area."""
    plain, level = (with_area_rates(tables, followed, "next_visit", level=one) for one in (None, "township"))
    for column in ("area", "known_on", "events", "households", "rate"):
        assert plain["area_rates"][column].tolist() == level["area_rates"][column].tolist()
