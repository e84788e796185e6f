"""What a fit took: steps add up to stages, and what is expected grows with what is asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from tests.made import made_panel
from training.cohorts.targets import Question
from training.fitting.minutes import Watch, expected, in_words
from training.learning.preparing import VECTORS, prepare
from training.learning.tuning import PLAIN, Budget, Plan

ASKED = Question("next_visit")


def ticking():
    """Return a clock that goes on by a minute whenever it is read."""
    minutes = count()
    return lambda: 60.0 * next(minutes)


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a made panel."""
    _, followed, vectors = prepare(made_panel(households=120), ASKED, lambda _: None)
    return vectors, followed


def told_of(rows, plan=PLAIN, *, tables=None, with_placebo=False):
    """Return what is expected where every look at the clock is a minute on."""
    watch = Watch(ticking(), lambda _: None)
    return expected(watch, tables, *rows, ASKED, plan, with_placebo)


def test_steps_add_up_to_stages_and_are_told_on():
    """A stage is what stands before the colon; it goes on until another step begins, and may come again."""
    now, told = [0.0], list[str]()
    watch = Watch(lambda: now[0], told.append)
    for step, lasts in (("trees: one", 60), ("baselines", 30), ("trees: two", 120), ("lists: all", 6)):
        watch(step)
        now[0] += lasts
    watch.stop()
    now[0] += 600
    watch.stop()
    assert watch.minutes() == {"trees": 3.0, "baselines": 0.5, "lists": 0.1}
    assert told == ["trees: one", "baselines", "trees: two", "lists: all"]
    assert in_words(watch.minutes()) == "3.6 minutes (trees 3.0, baselines 0.5, lists 0.1)"


def test_what_is_expected_is_told_before(rows):
    """What will be fitted, the minutes by stage, and what a county should take."""
    text = told_of(rows).as_text()
    assert text.startswith("budget: 4 known trees at ")
    assert "6 baselines at each; expected: " in text
    assert text.endswith("aimed at are 15")


def test_more_that_is_asked_takes_longer(rows):
    """A longer search, stability, a placebo; never less for it, and a search no longer than its minutes."""
    plain = told_of(rows).minutes
    searched = [told_of(rows, Plan(Budget(trials))).minutes["trees"] for trials in (4, 40)]
    assert plain["trees"] < searched[0] < searched[1]
    assert told_of(rows, Plan(Budget(10_000, minutes=5.0))).minutes["trees"] < 5.0 + searched[0]
    more = told_of(rows, replace(PLAIN, stability=True), with_placebo=True).minutes
    assert more.keys() - plain.keys() == {"stability", "placebo"}
    assert {stage: more[stage] for stage in plain} == plain


def test_the_pilot_is_a_stage_of_its_own(rows):
    """And vectors that took longer make longer lists."""
    watch = Watch(ticking(), lambda _: None)
    watch(VECTORS)
    expected(watch, None, *rows, ASKED, PLAIN, False)
    watch.stop()
    assert list(watch.minutes()) == [VECTORS, "pilot"]
