"""The five stories of the seed articles happen in the county, and can be followed in its tables."""

import numpy as np
import pytest

from training.county.parameters import read_parameters
from training.county.places import places
from training.county.stories import TITLES, best_of, found
from training.county.timeline import timeline
from training.county.township import Told, township

START = np.datetime64("2019-01", "M")
MONTHS = 90


@pytest.fixture(scope="module")
def county() -> list[Told]:
    """Return the townships of a county at a tenth: the one that the demonstration uses."""
    p = read_parameters()
    return [township(place, p, 0, MONTHS, START) for place in places(p, 0, 5_156, MONTHS, START)]


@pytest.fixture(scope="module")
def stories(county):
    """Return the household of each story, with its township."""
    best = best_of(story for told in county for story in found(told.diary))
    home = {name: told for told in county for name in told.diary.household_id.tolist()}
    return {story.name: (story, home[story.household_id]) for story in best}


def seen(stories, name):
    """Return a story's household as the lines that became known, from its month on."""
    story, told = stories[name]
    lines = timeline(told.tables, story.household_id)
    return [line for line in lines if line.occurred_on.astype("datetime64[M]") >= story.turned]


def row_of(told, story):
    """Return the household's row in the diary."""
    return int(np.flatnonzero(told.diary.household_id == story.household_id)[0])


def test_all_five_are_told(stories):
    """Each of the five stories has its household."""
    assert list(stories) == list(TITLES)


def test_the_ill_wife(stories):
    """Her bills come from the insurance office some time after, with a warning of serious illness."""
    lines = seen(stories, "ill_wife")
    bills = [
        line for line in lines if line.table == "expenses" and "own share after all layers" in line.words
    ]
    assert bills
    assert all(line.known_on >= line.occurred_on for line in bills)
    assert any("new serious illness" in line.words for line in lines if line.table == "warnings")


def test_the_unsold_oranges(stories):
    """In the spring of 2020 the price falls, and the income of the year is below the year before."""
    story, told = stories["unsold_oranges"]
    row, spring = row_of(told, story), int((story.turned - START).astype(int))
    operating = told.diary.monthly["operating"][:, row]
    assert operating[spring - 1 : spring + 3].sum() < operating[spring - 13 : spring - 9].sum()
    assert told.diary.monthly["sales_trouble"][spring, row]


def test_the_ill_earner(stories):
    """The earner's wage ends in the month of the illness; within a year work is brought home."""
    story, told = stories["ill_earner"]
    row, month = row_of(told, story), int((story.turned - START).astype(int))
    wage = told.diary.monthly["wage"][:, row]
    assert wage[month] < wage[month - 12 : month].mean()
    assert told.diary.monthly["medical"][month, row] > 0
    assert any("assistance workshop" in line.words for line in seen(stories, "ill_earner"))


def test_the_flooded_village(stories):
    """The damage is on the household, and the flood in the table of its township."""
    story, told = stories["flooded_village"]
    floods = told.tables["disasters"]
    months = floods["occurred_on"].astype("datetime64[M]")
    assert (months == story.turned).any()
    assert told.diary.monthly["damage"][int((story.turned - START).astype(int)), row_of(told, story)]


def test_the_stable_migrants(stories):
    """Two earners all the time, never in need, and no step of monitoring."""
    story, told = stories["stable_migrants"]
    row = row_of(told, story)
    assert (told.diary.monthly["workers"][:, row] >= 2).all()
    assert not told.diary.monthly["need"][:, row].any()
    assert not any(line.table == "monitoring" for line in timeline(told.tables, story.household_id))
