"""The laws of a life: what may not happen to anybody, and what the same seed means."""

import numpy as np
import pytest

from training.county.diary import Diary, Nobody
from training.county.life import BURN_IN, settle_down
from training.county.now import TOPICS
from training.county.office import RELAPSE_MONTHS
from training.county.parameters import read_parameters
from training.county.places import Place, places
from training.county.state import ELIMINATED, MONITORED, NO_WORK, SERIOUS, State
from training.county.township import live_through

START = np.datetime64("2019-01", "M")
MONTHS = 60


@pytest.fixture(scope="module")
def place() -> Place:
    """Return one township of some hundred households."""
    return places(read_parameters(), 5, 2_000, MONTHS, START)[0]


@pytest.fixture(scope="module")
def diary(place: Place) -> Diary:
    """Return its life."""
    return live_through(place, read_parameters(), 5, MONTHS, START)


def states(place: Place, until: int) -> list[State]:
    """Return copies of its state at the end of each month, the year before the start included."""
    life = settle_down(place, read_parameters(), 5, MONTHS, START)
    return [life.state.take(np.arange(len(life.state))) for _ in life.months(until, Nobody())]


def test_the_same_seed_is_the_same_life(place: Place, diary: Diary) -> None:
    """A township lived twice is the same in every month and every event; another seed is another life."""
    again = live_through(place, read_parameters(), 5, MONTHS, START)
    other = live_through(place, read_parameters(), 6, MONTHS, START)
    for name, values in diary.monthly.items():
        assert np.array_equal(values, again.monthly[name]), name
    assert not np.array_equal(diary.monthly["wage"], other.monthly["wage"])
    assert all(
        np.array_equal(diary.events("job")[c], again.events("job")[c]) for c in ("month", "row", "wage")
    )


def test_a_month_does_not_depend_on_how_many_are_told(place: Place, diary: Diary) -> None:
    """The first two years are the same whether two or five years are told."""
    short = live_through(place, read_parameters(), 5, 24, START)
    for name, values in short.monthly.items():
        assert np.array_equal(values, diary.monthly[name][:24]), name


def test_the_seriously_ill_earn_nothing(place: Place) -> None:
    """At the end of no month is anybody both seriously ill and at work."""
    for state in states(place, 36):
        ill = state.there & (state.health == SERIOUS)
        assert ill.any()
        assert not (ill & (state.work != NO_WORK)).any()


def test_nobody_is_counted_twice(place: Place) -> None:
    """Within a household every person has a number of his own, below the next one to be given."""
    for state in states(place, 36)[::6]:
        for row in np.flatnonzero(state.alive):
            numbers = state.number[row][state.there[row]]
            assert np.unique(numbers).size == numbers.size
            assert numbers.max() < state.numbers[row]


def test_an_ill_earner_loses_the_wage_and_pays_the_bill(diary: Diary) -> None:
    """Where the only earner falls seriously ill the wage is gone and the own share is paid in that month."""
    ill = diary.events("illness")
    serious = ill["health"] == SERIOUS
    month, row = ill["month"][serious], ill["row"][serious]
    inside = (month > 0) & (month < MONTHS)
    month, row = month[inside], row[inside]
    assert (diary.monthly["medical"][month, row] > 0).all()
    sole = (diary.monthly["workers"][month - 1, row] == 1) & (diary.monthly["workers"][month, row] == 0)
    assert sole.sum() > 3
    before, now = diary.monthly["wage"][month - 1, row][sole], diary.monthly["wage"][month, row][sole]
    assert (before > 0).all()
    assert (now == 0).all()


def test_monitoring_follows_its_clocks(diary: Diary) -> None:
    """Entry comes one to some months after a clue that held; elimination not before half a year."""
    clue, entry, gone = (diary.events(kind) for kind in ("clue", "entry", "elimination"))
    assert entry["month"].size > 10
    assert gone["month"].size > 3
    for row, month in zip(entry["row"], entry["month"], strict=True):
        held = (clue["row"] == row) & (clue["accepted"] == 1) & (clue["month"] < month)
        assert held.any()
        assert month - clue["month"][held].max() <= 8
    for row, month in zip(gone["row"], gone["month"], strict=True):
        entered = entry["month"][(entry["row"] == row) & (entry["month"] < month)]
        assert month - entered.max() >= 6


def test_a_relapse_comes_within_a_year_of_elimination(place: Place) -> None:
    """Who is reinstated had been let go at most twelve months before."""
    before: State | None = None
    for month, state in enumerate(states(place, MONTHS), start=-BURN_IN):
        if before is not None:
            back = (before.standing == ELIMINATED) & (state.standing == MONITORED)
            assert (month - before.eliminated[back] <= RELAPSE_MONTHS).all()
        before = state


def test_nobody_is_entered_before_the_office_opens(diary: Diary) -> None:
    """The mechanism began in March 2020; there is no clue before it."""
    assert diary.events("clue")["month"].min() >= 14


def test_a_household_that_ended_stays_ended(diary: Diary) -> None:
    """Once nobody is left there is no income, and nobody comes back."""
    people = diary.monthly["people"] > 0
    ended = diary.last < MONTHS - 1
    assert ended.any()
    for row in np.flatnonzero(ended & (diary.first < MONTHS)):
        assert not people[diary.last[row] + 1 :, row].any()
        assert not diary.monthly["wage"][diary.last[row] + 1 :, row].any()


def test_a_split_household_keeps_its_lineage(diary: Diary) -> None:
    """A household that splits off lives in the same grid, with the same lineage, from that month on."""
    split = diary.events("split")
    assert split["row"].size
    other = split["other"].astype(int)
    assert (diary.lineage[other] == diary.lineage[split["row"]]).all()
    assert (diary.grid[other] == diary.grid[split["row"]]).all()
    assert (diary.first[other] == split["month"]).all()


def test_no_draw_depends_on_the_state(place: Place) -> None:
    """Two different states use up the same random numbers: forks with and without help stay in step."""
    p = read_parameters()
    rich, poor = (settle_down(place, p, 5, MONTHS, START) for _ in range(2))
    poor.state.fortune[:] = -2.0
    poor.state.savings[:] = 0.0
    for life in (rich, poor):
        for _ in life.months(20, Nobody()):
            pass
    assert (rich.state.standing != poor.state.standing).any()
    for topic in TOPICS:
        assert rich._draws[topic].random() == poor._draws[topic].random(), topic
