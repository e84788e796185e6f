"""A county that acts on its list helps those in doubt before they are in need; the shipped one does not."""

from __future__ import annotations

import numpy as np
import pytest

from training.county.diary import Diary, Nobody
from training.county.help import GENERAL, INSURANCE, JOBS, help_all
from training.county.life import Life, month_of, settle_down
from training.county.need import judge
from training.county.now import TOPICS, Now
from training.county.parameters import Parameters, draw_parameters, read_parameters
from training.county.places import places

START = np.datetime64("2019-01", "M")
MONTH = 20


def acting(chance: float) -> Parameters:
    """Return the shipped numbers with early help."""
    return read_parameters(overrides={"help.early": chance})


def lived(p: Parameters) -> Life:
    """Return a township that has lived to the month of the tests."""
    made = settle_down(places(p, 5, 1_200, 60, START)[0], p, 5, 60, START)
    made.until(MONTH)
    return made


@pytest.fixture(scope="module")
def life() -> Life:
    """Return a township in which no help came early yet."""
    return lived(acting(0.0))


def next_month(life: Life, chance: float, listener: Diary | Nobody, helping: int = 1) -> Now:
    """Return the month after, in a county that now helps early with a chance."""
    plain = life.calendar
    calendar = type(plain)(plain.start, acting(chance), plain.reviews)
    draws = {topic: np.random.default_rng(1) for topic in TOPICS}
    outside = life._outside(MONTH + 1)
    return month_of(calendar, MONTH + 1, draws, listener, outside, helping=helping)


def helped(life: Life, chance: float, helping: int = 1):
    """Return what was paid, who was given money and who work on general grounds, and who stood how before."""
    state = life.state.take(np.arange(len(life.state)))
    listener = Diary(START, 60, *(np.zeros(0),) * 6, np.zeros(0), np.zeros(0))  # type: ignore[arg-type]
    now = next_month(life, chance, listener, helping)
    before = judge(state, now)
    paid = help_all(state, now, before)
    told, left = listener.events("support"), before.left / now.line
    if not told["row"].size:
        return paid, set(), set(), left
    money, work = (
        told["row"][(told["ground"] == GENERAL) & (told["area_of_help"] == area)]
        for area in (INSURANCE, JOBS)
    )
    return paid, set(money.tolist()), set(work.tolist()), left


def test_the_shipped_county_has_none_of_it_and_no_drawing_gives_it_any():
    """Nothing is helped early by itself, so that nothing else depends on it."""
    p = read_parameters()
    assert p.number("help.early") == 0
    assert all(draw_parameters(p, draw).number("help.early") == 0 for draw in range(5))


def test_those_in_doubt_are_helped_and_nobody_else(life):
    """With a chance of one all in doubt are given money or work, as far as there is something to fill."""
    paid, money, work, left = helped(life, 1.0)
    none, before, posts, _ = helped(life, 0.0)
    p = life.calendar.p
    alive = life.state.alive
    doubted = set(np.flatnonzero(alive & (left < p.number("need.near"))).tolist())
    lacking = set(np.flatnonzero(alive & (left < p.number("help.early_tops_to") - 0.01)).tolist())
    assert len(doubted) > 50
    assert (money | work) - before - posts <= doubted
    assert lacking <= money | work
    assert len(work - posts) > 3
    assert (paid - none).max() <= p.number("help.early_most")
    assert (paid >= none).all()


def test_where_no_help_is_given_none_comes_early(life):
    """Forks without help meet neither payments nor posts."""
    paid, money, work, _ = helped(life, 1.0, helping=0)
    assert not paid.any()
    assert not money
    assert not work


def test_early_help_draws_as_many_numbers_as_none():
    """Counties that differ in it alone meet the same luck; where it is given fewer fall under the line."""
    plain, early = lived(acting(0.0)), lived(acting(0.2))
    for topic in TOPICS:
        assert plain._draws[topic].random() == early._draws[topic].random(), topic
    line = plain.calendar.line(MONTH)
    under = [
        int((one.state.net.sum(axis=1) < line * one.state.people)[one.state.alive].sum())
        for one in (plain, early)
    ]
    assert under[1] < 0.7 * under[0]
