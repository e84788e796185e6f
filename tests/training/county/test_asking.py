"""The day to ask about a story: the end of the month after it became known."""

from __future__ import annotations

import numpy as np
import pytest

from training.county.asking import NEWS, telling_day
from training.county.stories import TITLES, Story
from training.county.timeline import Line


def story(name: str, turned: str) -> Story:
    """Return a story of a household."""
    return Story(name, 1.0, "T01-00001", np.datetime64(turned, "M"))


def line(known_on: str, words: str) -> Line:
    """Return a line that became known on the day on which it happened."""
    day = np.datetime64(known_on, "D")
    return Line(day, day, "warnings", words)


@pytest.mark.parametrize(
    ("known_on", "day"),
    [("2021-08-01", "2021-09-30"), ("2021-08-31", "2021-09-30"), ("2021-12-13", "2022-01-31")],
)
def test_it_is_the_last_day_of_the_month_after_the_news(known_on, day):
    """Wherever in its month the news came, and over the turn of the year."""
    lines = [line("2021-07-20", "loss of work"), line(known_on, "new serious illness")]

    assert str(telling_day(story("ill_wife", "2021-07"), lines)) == day


def test_older_news_of_the_same_kind_does_not_count():
    """An illness before the story's month is another one."""
    lines = [line("2019-03-02", "new serious illness"), line("2021-08-13", "new serious illness")]

    assert str(telling_day(story("ill_earner", "2021-07"), lines)) == "2021-09-30"


@pytest.mark.parametrize("name", ["flooded_village", "stable_migrants"])
def test_without_news_it_is_the_end_of_the_story_s_month(name):
    """What never became known, and who only stood firm."""
    lines = [line("2024-03-01", "loss of work")]

    assert str(telling_day(story(name, "2024-02"), lines)) == "2024-02-29"


def test_every_story_but_that_of_who_stood_firm_has_its_news():
    """A story that is added needs its word."""
    assert set(TITLES) - set(NEWS) == {"stable_migrants"}
