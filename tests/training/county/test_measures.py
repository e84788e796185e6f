"""What is counted of a county: township by township, in any order, and by hand on a small diary."""

import pickle

import numpy as np
import pytest

from tests.training.county.made import START, made_diary, made_place
from training.county import measures
from training.county.diary import SLOTS, Diary
from training.county.measures import Measured
from training.county.parameters import read_parameters
from training.county.places import Place, places
from training.county.state import ELIMINATED, EXITED, MONITORED, ORDINARY
from training.county.tallies.told import Told
from training.county.township import live_through

MONTHS = 36


@pytest.fixture(scope="module")
def townships() -> list[tuple[Diary, Place]]:
    """Return three townships and their lives."""
    p = read_parameters()
    drawn = places(p, 4, 1_500, MONTHS, START)[:3]
    return [(live_through(place, p, 4, MONTHS, START), place) for place in drawn]


@pytest.fixture(scope="module")
def counted(townships: list[tuple[Diary, Place]]) -> list[Measured]:
    """Return what is counted of each of them."""
    return [measures.of(diary, place) for diary, place in townships]


@pytest.fixture
def hand_made(townships: list[tuple[Diary, Place]]) -> tuple[Diary, Place]:
    """Return a diary of two years and four households of which everything is known."""
    lived, place = townships[0]
    months, rows = 24, 4
    ids = np.array([f"H{row}" for row in range(rows)])
    diary = Diary(
        start=START,
        months=months,
        household_id=ids,
        lineage=ids,
        grid=np.zeros(rows, np.int64),
        origin=np.array([EXITED, EXITED, EXITED, ORDINARY], np.int8),
        relocated=np.array([True, False, False, False]),
        weight=np.array([1.0, 1.0, 1.0, 16.0]),
        first=np.zeros(rows, np.int64),
        last=np.full(rows, months - 1),
        monthly={name: np.zeros((months, rows), values.dtype) for name, values in lived.monthly.items()},
        people={name: np.zeros((2, rows, SLOTS), values.dtype) for name, values in lived.people.items()},
        snapshot_months=np.array([0, 8]),
    )
    diary.people["number"][:] = -1
    monthly = diary.monthly
    monthly["people"][:] = (1, 2, 3, 4)
    monthly["wage"][:] = (1000, 1000, 1000, 5000)
    monthly["cost"][12:] = 500
    monthly["net_12m"][:] = (4000, 6000, 8000, 20000)
    monthly["line"][:] = 5000
    diary.note("entry", 3, np.array([0, 3]), type=0, cause=0, channel=1)
    diary.note("entry", 15, np.array([1]), type=2, cause=4, channel=0)
    monthly["monitored"][3:, [0, 3]] = MONITORED
    monthly["monitored"][10:, 0] = ELIMINATED
    monthly["monitored"][15:, 1] = MONITORED
    diary.note("elimination", 10, np.array([0]), way=0)
    diary.note("accident", 2, np.array([0]), number=0, amount=100)
    diary.note("accident", 5, np.array([0]), number=0, amount=300)
    return diary, place


def value(measured: Measured, key: str) -> float:
    """Return a measure without its interval."""
    return measured.measure(key).value


def test_a_hand_made_diary_gives_the_figures_worked_out_by_hand(hand_made: tuple[Diary, Place]) -> None:
    """Income is a head's, shares are of households, rates are of household-years, weights count."""
    counted = measures.of(*hand_made)
    assert value(counted, "size.exited") == 2.0
    assert value(counted, "relocated.exited") == pytest.approx(1 / 3)
    assert value(counted, "income.exited.2019") == pytest.approx(36_000 / 6)
    assert value(counted, "income.exited.2020") == pytest.approx(18_000 / 6)
    assert value(counted, "income_growth.exited.2020") == pytest.approx(-0.5)
    assert value(counted, "income.all.2019") == pytest.approx((36_000 + 16 * 60_000) / (6 + 64))
    assert value(counted, "under_line.exited.2020") == pytest.approx(1 / 3)
    assert value(counted, "under_line.all.2020") == pytest.approx(1 / 19)
    assert value(counted, "accident.all") == pytest.approx(1 / 38)
    assert value(counted, "sigma.exited.2019") == pytest.approx(np.log([4000, 6000, 8000]).std())


def test_the_first_entries_are_a_stock_and_the_later_ones_a_rate(hand_made: tuple[Diary, Place]) -> None:
    """Who is entered in the first month of entries is no new entry; eliminated is of all ever entered."""
    counted = measures.of(*hand_made)
    assert value(counted, "monitored_first.exited") == pytest.approx(1 / 3)
    assert value(counted, "entry.exited.2019") == 0.0
    assert value(counted, "entry.exited.2020") == pytest.approx(1 / 3)
    assert value(counted, "entry.all.2020") == pytest.approx(1 / 19)
    assert np.isnan(value(counted, "eliminated.all.2019-03"))
    assert value(counted, "eliminated.exited.2019-12") == 1.0
    assert value(counted, "eliminated.all.2019-12") == pytest.approx(1 / 17)
    assert value(counted, "eliminated.exited.2020-12") == pytest.approx(1 / 2)


def test_a_county_is_the_sum_of_its_townships(
    counted: list[Measured], townships: list[tuple[Diary, Place]]
) -> None:
    """A share of the whole is top over bottom of all townships, as if they had been one."""
    whole = counted[0] + counted[1] + counted[2]
    assert whole.townships == 3
    top = bottom = 0.0
    for diary, place in townships:
        own = Told(diary, place).exited & (diary.monthly["people"][35] > 0)
        top += float((diary.monthly["net_12m"][35] < diary.monthly["line"][35])[own].sum())
        bottom += float(own.sum())
    assert value(whole, "under_line.exited.2021") == pytest.approx(top / bottom)
    pictured = sum(each.pictures["ages.start"].sum() for each in counted)
    assert whole.pictures["ages.start"].sum() == pictured


def test_the_order_of_the_townships_does_not_matter(counted: list[Measured]) -> None:
    """Added in another order and grouping, every measure and its interval are the same."""
    a, b, c = counted
    one, other = (a + b) + c, c + (b + a)
    for key in one.names():
        left, right = one.measure(key), other.measure(key)
        np.testing.assert_allclose(
            (left.value, left.low, left.high), (right.value, right.low, right.high), rtol=1e-9, atol=1e-12
        )


def test_what_is_counted_goes_between_processes(counted: list[Measured]) -> None:
    """Pickled and read back it measures the same, and its size does not grow with the households."""
    again = pickle.loads(pickle.dumps(counted[0]))
    assert again.measure("income.exited.2020") == pytest.approx(
        counted[0].measure("income.exited.2020"), nan_ok=True
    )
    assert len(pickle.dumps(counted[0])) < 200_000


def test_one_township_has_no_interval_and_several_have_one(counted: list[Measured]) -> None:
    """The interval leaves out one township after the other."""
    assert np.isnan(counted[0].measure("size.exited").low)
    whole = (counted[0] + counted[1] + counted[2]).measure("size.exited")
    assert whole.low < whole.value < whole.high


def test_the_interval_is_the_jackknife_of_the_townships() -> None:
    """For a mean over townships of equal size it is the usual interval of a mean."""
    rows = np.array([[1.0, 10.0], [2.0, 10.0], [6.0, 10.0]])
    made = Measured({"share": rows}, {}, {}, {})
    mean, error = 0.3, np.array([0.1, 0.2, 0.6]).std(ddof=1) / np.sqrt(3)
    found = made.measure("share")
    assert found.value == pytest.approx(mean)
    assert found.high - mean == pytest.approx(4.302653 * error, rel=1e-5)


def test_townships_of_other_months_are_not_added(
    counted: list[Measured], hand_made: tuple[Diary, Place]
) -> None:
    """Counties told over other months do not make one county."""
    with pytest.raises(ValueError, match="same months"):
        counted[0] + measures.of(*hand_made)


def test_what_was_not_told_is_not_a_number(counted: list[Measured]) -> None:
    """A measure of a year that was not told is NaN, and no fault."""
    assert np.isnan(value(counted[0], "income.exited.2025"))
    assert np.isnan(value(counted[0], "income_growth.exited.2023"))


def test_a_diary_of_every_kind_of_event_can_be_counted() -> None:
    """A made-up diary in which everything happens, also what no life does, is counted without a fault."""
    place = made_place()
    counted = measures.of(made_diary(place), place)
    assert value(counted, "hospital.all") > 0
