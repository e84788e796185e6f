"""The ordinary rounds: when they take place, what they see, how late they are known."""

from dataclasses import replace

import numpy as np
import pytest

from features.check import check
from features.contract import Facts
from features.tables.visits import VISITS
from tests.training.county.made import MONTHS, changed, code, draw, made_diary, made_place, with_lines
from training.county.parameters import perfect, read_parameters
from training.county.records.facts import last_day, months_told, rows_of
from training.county.records.people import people
from training.county.records.visits import visits

LOOKS = ("housing_ok", "water_ok", "yard_ok", "house_grade")
NOT_ASKED = (
    "dwelling", "floor", "water", "toilet", "rooms", "tenure", "spent_savings", "borrowed_from_people",
    "borrowed_from_bank", "bought_on_credit", "sold_belongings", "hospital_stays", "doctor_visits",
)  # fmt: skip


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture(scope="module")
def place():
    """Return a township."""
    return made_place()


@pytest.fixture(scope="module")
def diary(place):
    """Return what happened in it."""
    return made_diary(place)


@pytest.fixture(scope="module")
def told(diary, place, p):
    """Return the rounds as they are."""
    return visits(diary, place, p, draw())


@pytest.fixture(scope="module")
def ideal(diary, place, p):
    """Return the rounds of keepers without fault."""
    return visits(diary, place, perfect(p), draw())


def at(diary, told: Facts, name: str):
    """Return a monthly value as it stood at the end of the month before each visit."""
    row, month = rows_of(diary, told["household_id"]), months_told(diary, told["occurred_on"])
    return diary.monthly[name][month - 1, row]


def missing(values):
    """Return which codes, flags or counts are missing."""
    return np.isnan(values) if values.dtype.kind == "f" else values < 0


def test_the_rounds_keep_the_contract(diary, place, p, told):
    """Every column is there, every value is one of the contract's."""
    tables = {"visits": told, "households": people(diary, place, p, draw(), told)["households"]}
    assert check(with_lines(tables, place)) == []
    assert list(told) == [column.name for column in VISITS.columns]


def test_every_visit_has_an_id_of_its_own_that_is_short(told):
    """Record ids are unique and hold in 14 characters."""
    assert np.unique(told["record_id"]).size == told["record_id"].size
    assert np.char.str_len(told["record_id"]).max() <= 14


def test_nothing_is_known_before_it_was_seen_nor_after_the_end(diary, told):
    """``known_on`` lies between the visit and the last told day."""
    assert (told["known_on"] >= told["occurred_on"]).all()
    assert told["known_on"].max() <= last_day(diary)


def test_the_same_draws_give_the_same_rounds(diary, place, p, told):
    """Rounds are a function of diary, place, numbers and generator."""
    again = visits(diary, place, p, draw())
    for name, values in told.items():
        np.testing.assert_array_equal(again[name], values)


def test_faultless_keepers_come_every_second_month_to_everybody_who_is_there(diary, ideal):
    """With perfect numbers each household is seen in each second month after its first, and in no other."""
    row, month = rows_of(diary, ideal["household_id"]), months_told(diary, ideal["occurred_on"])
    seen = np.zeros((diary.months, diary.household_id.size), bool)
    seen[month, row] = True
    for household in range(diary.household_id.size):
        months = np.flatnonzero(seen[:, household])
        first, last = diary.first[household], diary.last[household]
        assert set(np.diff(months)) <= {2}
        assert first < months[0] <= first + 2
        assert last - 2 < months[-1] <= last
    np.testing.assert_array_equal(ideal["known_on"], ideal["occurred_on"])


def test_a_grid_is_visited_in_the_same_months(diary, ideal):
    """Which months are round months depends on the grid."""
    grid = diary.grid[rows_of(diary, ideal["household_id"])]
    odd = months_told(diary, ideal["occurred_on"]) % 2
    for one in np.unique(grid):
        assert np.unique(odd[grid == one]).size == 1


def test_faultless_answers_are_how_things_stood(diary, ideal):
    """With perfect numbers every answer equals the life at the end of the month before."""
    home = np.ones(ideal["mode"].size, bool)
    assert (ideal["mode"] == code("visits", "mode", "home")).all()
    for name, column in (("workers", "workers"), ("house_grade", "house_grade"), ("water_ok", "water_ok")):
        np.testing.assert_array_equal(ideal[name][home], at(diary, ideal, column))
    np.testing.assert_array_equal(ideal["requests"], at(diary, ideal, "need"))
    np.testing.assert_array_equal(ideal["housing_ok"], at(diary, ideal, "house_grade") < 2)


def test_faultless_news_are_all_the_news(diary, ideal):
    """With perfect numbers every yuan and every illness up to the last visit is told once."""
    month = months_told(diary, ideal["occurred_on"])
    row = rows_of(diary, ideal["household_id"])
    spent = diary.monthly["medical"] + diary.monthly["education"] + diary.monthly["loss"]
    illness = np.zeros_like(spent)
    events = diary.events("illness")
    np.add.at(illness, (events["month"], events["row"]), events["health"] > 0)
    for household in np.flatnonzero((diary.first == 0) & (diary.last == MONTHS - 1)):
        own = row == household
        until, since = month[own].max(), max(month[own].min() - 2, 0)
        np.testing.assert_allclose(
            ideal["big_spending"][own].sum(), spent[:until, household].sum() - spent[:since, household].sum()
        )
        assert (ideal["new_illness"][own].sum() > 0) == (illness[since:until, household].sum() > 0)


def test_a_visit_sees_nothing_of_what_comes_after_it(diary, place, p):
    """Whatever happens from a month on, what was seen up to that month stays the same."""
    from_month = 20
    other = made_diary(place)
    for name, values in other.monthly.items():
        if name != "suspicion":
            values[from_month:] = values[from_month:][::-1].copy()
    told, again = (visits(each, place, perfect(p), draw()) for each in (diary, other))
    before = months_told(diary, told["occurred_on"]) <= from_month
    for name, values in told.items():
        np.testing.assert_array_equal(values[before], again[name][before], err_msg=name)


def test_a_phone_sees_neither_house_nor_water_nor_yard(told):
    """5 to 15 % of visits are by phone; what must be looked at is missing there."""
    home = told["mode"] == code("visits", "mode", "home")
    assert 0.05 < 1 - home.mean() < 0.25
    for name in LOOKS:
        assert missing(told[name])[~home].all()
        assert missing(told[name])[home].mean() < 0.3


def test_what_a_chinese_county_does_not_ask_is_missing(told):
    """Columns of other countries' surveys stay empty."""
    for name in NOT_ASKED:
        assert missing(told[name]).all(), name


def test_late_visits_are_as_late_as_the_numbers_say(told, p):
    """Some visits are keyed days or weeks later, within the stated range."""
    late = (told["known_on"] - told["occurred_on"]).astype(int)
    least, most = p.numbers("records.visits.late.days")
    assert set(np.unique(late)) <= {0, *range(int(least), int(most) + 1)}
    assert abs((late > 0).mean() - p.number("records.visits.late.share")) < 0.03


def test_the_suspected_are_visited_more(place, p):
    """Visits of households under suspicion are more than others'."""
    diary = made_diary(place)
    suspected = np.arange(diary.household_id.size) % 2 == 0
    diary.monthly["suspicion"] = np.broadcast_to(suspected * 1.0, diary.monthly["suspicion"].shape).copy()
    row = rows_of(diary, visits(diary, place, p, draw())["household_id"])
    assert suspected[row].mean() > 0.55


def test_a_lax_grid_leaves_out_more(diary, place, p):
    """The share of rounds carried out rises with the keeper's diligence."""
    lax = place.diligence < np.median(place.diligence)
    plain = changed(p, records__visits__extra=0, records__visits__uneven=1)
    due = np.bincount(rows_of(diary, visits(diary, place, perfect(p), draw())["household_id"]), minlength=1)
    done = np.bincount(
        rows_of(diary, visits(diary, place, plain, draw())["household_id"]), minlength=due.size
    )
    own = lax[diary.grid]
    assert done[own].sum() / due[own].sum() < done[~own].sum() / due[~own].sum() - 0.05


def test_copied_answers_are_those_of_the_visit_before(diary, place, p):
    """Where everything is copied and keepers are all alike, each household has one set of answers."""
    copying = changed(perfect(p), records__visits__copied=1)
    place = replace(place, diligence=np.ones_like(place.diligence))
    diary = made_diary(place)
    diary.monthly["suspicion"][:] = 0.0
    told = visits(diary, place, copying, draw())
    row = rows_of(diary, told["household_id"])
    again = row[1:] == row[:-1]
    for name in ("workers", "big_spending", "house_grade"):
        np.testing.assert_array_equal(told[name][1:][again], told[name][:-1][again])
