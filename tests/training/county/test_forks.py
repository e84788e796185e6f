"""The forks tell true chances: unbiased, steadier than a count, and without help no lower."""

import numpy as np
import pytest

from training.county.diary import Diary
from training.county.forks import HELP, HORIZONS, TARGETS, Chances, fork, sampled
from training.county.life import Life, Outside, month_of, settle_down
from training.county.month import pass_month
from training.county.now import TOPICS
from training.county.parameters import read_parameters
from training.county.places import places
from training.county.state import FREE, MONITORED, PENDING
from training.county.streams import Streams
from training.county.surroundings import drawn_surroundings

START = np.datetime64("2019-01", "M")
MONTH, FORKS = 29, 60


@pytest.fixture(scope="module")
def life() -> Life:
    """Return a township that has lived to the month of the forks."""
    p = read_parameters()
    place = places(p, 3, 900, 60, START)[0]
    made = settle_down(place, p, 3, 60, START)
    made.until(MONTH)
    return made


@pytest.fixture(scope="module")
def chances(life: Life) -> Chances:
    """Return the chances of some of its households."""
    rows = sampled(life.state, MONTH, 80, Streams(3, 0))
    return fork(life.place, life.calendar, life.state, rows, MONTH, FORKS, 3)


def test_the_longer_horizon_is_never_less_likely_to_be_entered(chances: Chances) -> None:
    """Entry and need within twelve months are at least as likely as within six, for every household."""
    entry_and_need = chances.mean[:, :, :2]
    assert (entry_and_need[..., 1] >= entry_and_need[..., 0]).all()
    assert (chances.mean[:, :, 1] >= chances.mean[:, :, 0]).all(), "found true before it is approved"


def test_the_halves_make_up_the_whole(chances: Chances) -> None:
    """The mean of the two halves of the forks is the chance."""
    assert np.allclose((chances.first + chances.second) / 2, chances.mean)
    assert chances.mean.shape == (80, len(HELP), len(TARGETS), len(HORIZONS))


def test_forking_leaves_the_life_as_it_was(life: Life) -> None:
    """Forks live on copies: the state they start from is not changed, and the same forks come again."""
    before = life.state.take(np.arange(len(life.state)))
    rows = np.arange(5)
    one = fork(life.place, life.calendar, life.state, rows, MONTH, 10, 3)
    two = fork(life.place, life.calendar, life.state, rows, MONTH, 10, 3)
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(before.net, life.state.net)
    assert np.array_equal(before.number, life.state.number)


def test_only_households_at_risk_are_sampled(life: Life) -> None:
    """Neither the monitored nor those with an open clue are asked how likely their entry is."""
    rows = sampled(life.state, MONTH, 10_000, Streams(3, 0))
    standing = life.state.standing[rows]
    assert not np.isin(standing, (PENDING, MONITORED)).any()
    assert life.state.alive[rows].all()
    some = sampled(life.state, MONTH, 50, Streams(3, 0))
    assert np.isin(some, rows).all()


def test_summed_chances_are_the_share_of_forks_found(life: Life) -> None:
    """The chances added up month by month are, in the mean, the share of copies for which a clue held."""
    rows = sampled(life.state, MONTH, 300, Streams(3, 0))
    copies = life.state.take(np.repeat(rows, 40))
    draws = {topic: Streams(3, 0, 77).of(topic) for topic in TOPICS}
    weather = Streams(3, 0, 77).of("weather")
    before = np.isin(copies.standing, (FREE, 3))
    listener = Diary(START, 60, *(np.zeros(0),) * 6, np.zeros(0), np.zeros(0))  # type: ignore[arg-type]
    summed = np.zeros(len(copies))
    price = life.place.surroundings(MONTH).price[copies.village]
    for index in range(MONTH + 1, MONTH + 13):
        loss, price = drawn_surroundings(life.calendar.p, weather, index, START, len(copies), price)
        own = price[np.arange(len(copies)), copies.product]
        outside = Outside(loss, np.zeros(len(copies), np.int8), own, 0.0)
        now = month_of(life.calendar, index, draws, listener, outside)
        summed += pass_month(copies, now).chance
    clues = listener.events("clue")
    found = np.zeros(len(copies))
    np.add.at(found, clues["row"][clues["accepted"] == 1], 1.0)
    assert before.all()
    error = np.std(found - summed) / np.sqrt(found.size)
    assert found.sum() > 30
    assert abs(found.mean() - summed.mean()) < 4 * error
    assert summed.std() < found.std(), "a sum of chances varies less than a count"


def test_without_help_it_is_no_better(chances: Chances) -> None:
    """Over the sample, income under the line is more likely where no further help is given."""
    practised, none = chances.mean[:, 0, 2, 1], chances.mean[:, 1, 2, 1]
    assert none.mean() >= practised.mean()
