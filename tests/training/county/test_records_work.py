"""The real-name ledger of work: who is on it, and when spells and their ends are known."""

import numpy as np
import pytest

from features.history import believed
from tests.training.county.made import changed, code, draw, made_diary, made_place
from training.county.parameters import perfect, read_parameters
from training.county.records.facts import months_told, rows_of, take
from training.county.records.spells import LOST, OPEN, spells
from training.county.records.work import employments

EMPLOYED = code("employments", "state", "employed")
UNEMPLOYED = code("employments", "state", "unemployed")
END = np.datetime64("2099-12-31")


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
    """Return what happened in it; its accidents leave everybody at work."""
    made = made_diary(place)
    made._notes.pop("accident", None)
    return made


@pytest.fixture(scope="module")
def ledger(diary, place, p):
    """Return the ledger as it is."""
    return employments(diary, place, p, draw())


@pytest.fixture(scope="module")
def ideal(diary, place, p):
    """Return a ledger without fault."""
    return employments(diary, place, perfect(p), draw())


def worked_months(diary, first, end, row):
    """Return how many people work, by month and household."""
    count = np.zeros((diary.months, diary.household_id.size), int)
    for start, stop, owner in zip(first, end, row, strict=True):
        count[max(start, 0) : stop, owner] += 1
    return count


def latest(told, state):
    """Return the last versions of the records of one state."""
    return take(told, believed(told).on(END) & (told["state"] == state))


def versions(told):
    """Return first and second versions of the records that have two, record by record."""
    second = take(told, told["revision"] == 1)
    first = take(told, told["revision"] == 0)
    place = np.searchsorted(np.sort(first["record_id"]), second["record_id"])
    return take(first, np.argsort(first["record_id"])[place]), second


def test_spells_put_together_are_the_months_that_people_worked(diary):
    """In every month and household as many spells run as there are members at work."""
    worked = spells(diary)
    count = worked_months(diary, worked.start, np.minimum(worked.end, diary.months), worked.row)
    assert (count == diary.monthly["workers"]).all()


def test_spells_of_one_person_do_not_overlap(diary):
    """Each ends before the next begins."""
    worked = spells(diary)
    same = worked.person[1:] == worked.person[:-1]
    assert same.any()
    assert (worked.end[:-1][same] <= worked.start[1:][same]).all()
    assert (worked.end >= worked.start).all()


def test_work_under_way_at_the_start_is_found_at_the_first_look_at_people(place):
    """A job of which nothing was told is a spell of unknown form; without the look at people it is none."""
    quiet = made_diary(place)
    for kind in ("job", "jobless", "accident"):
        quiet._notes.pop(kind, None)
    worked = spells(quiet)
    at_first = worked.start == -1
    assert at_first.sum() == (quiet.people["working"][0] > 0)[quiet.people["number"][0] >= 0].sum()
    assert (worked.form == -1).all()
    assert (worked.wage[at_first] > 0).all()


def test_a_perfect_ledger_holds_everybody_with_the_months_they_worked(diary, ideal):
    """Without fault the ledger's spells run in the months of the life, and all is known on its day."""
    told = latest(ideal, EMPLOYED)
    start, end = (months_told(diary, told[name]) for name in ("start_on", "end_on"))
    open_ended = np.isnat(told["end_on"])
    end = np.where(open_ended, diary.months, np.minimum(end + 1, diary.months))
    count = worked_months(diary, start, end, rows_of(diary, told["household_id"]))
    worked = spells(diary)
    gone = (worked.end < OPEN) & (worked.start == worked.end)
    assert not gone.any()
    assert (count == diary.monthly["workers"]).all()
    first = ideal["revision"] == 0
    at_start = diary.start.astype("datetime64[D]")
    assert (ideal["known_on"] == np.maximum(ideal["occurred_on"], at_start))[first].all()


def test_people_are_listed_in_the_share_the_parameter_says(diary, place, p, ideal):
    """Coverage counts people, and a person is either listed with all spells or with none."""
    half = changed(p, records__work__coverage=0.5, records__work__coverage_ordinary=0.5)
    told = employments(diary, place, half, draw())
    everybody, some = np.unique(ideal["member_id"]), np.unique(told["member_id"])
    assert np.isin(some, everybody).all()
    assert some.size / everybody.size == pytest.approx(0.5, abs=0.07)
    whole = latest(ideal, EMPLOYED)["member_id"]
    assert (latest(told, EMPLOYED)["member_id"].size) == np.isin(whole, some).sum()


def test_whoever_is_listed_can_work_or_worked(diary, ideal):
    """Nobody else is on the ledger, and whoever never worked stands there without work."""
    worked = spells(diary)
    household, number = diary.household_id[worked.row], worked.number
    names = {f"{one}-{each:02d}" for one, each in zip(household.tolist(), number.tolist(), strict=True)}
    inactive = take(ideal, ideal["state"] == code("employments", "state", "inactive"))
    assert set(ideal["member_id"].tolist()) == names | set(inactive["member_id"].tolist())
    assert not np.isnat(inactive["observed_on"]).any()


def test_the_end_of_a_spell_is_a_later_version_known_months_later(ledger):
    """The second version keeps everything but the end; the loss of work is known one to three months late."""
    first, second = versions(ledger)
    assert second["record_id"].size
    for name in ("record_id", "household_id", "member_id", "start_on", "occurred_on", "monthly_wage"):
        assert (first[name] == second[name]).all()
    assert (second["known_on"] >= first["known_on"]).all()
    assert (second["end_on"] >= second["start_on"]).all()
    late = (second["known_on"] - second["end_on"]).astype(int)
    assert late.min() >= 30
    on_time = second["known_on"] > first["known_on"]
    assert (late[on_time] <= 92 + 31).all()


def test_an_agreed_end_is_known_ahead(ledger):
    """Posts and workshop places tell their last day when they are entered, others do not."""
    told = take(ledger, (ledger["state"] == EMPLOYED) & (ledger["revision"] == 0))
    agreed = np.isin(
        told["form"], [code("employments", "form", "public_post"), code("employments", "form", "workshop")]
    )
    assert agreed.any()
    assert (np.isnat(told["end_on"]) == ~agreed).all()
    assert (told["end_on"] > told["known_on"])[agreed].mean() > 0.5


def test_stale_spells_never_end(diary, place, p):
    """Where no end is noticed there is no later version and no loss of work."""
    told = employments(diary, place, changed(p, records__work__stale=1.0), draw())
    assert (told["revision"] == 0).all()
    assert UNEMPLOYED not in told["state"]


def test_a_noticed_loss_of_work_is_entered_as_unemployment(diary, ideal):
    """Each loss, and no change or departure, is seen on its day."""
    worked = spells(diary)
    lost = (worked.how == LOST).sum()
    assert (ideal["state"] == UNEMPLOYED).sum() == lost > 0


def test_wages_are_stated_and_rounded(diary, ledger, ideal):
    """The ledger holds wages as agreed; without fault they are those of the jobs."""
    jobs = diary.events("job")["wage"]
    perfect_wages = latest(ideal, EMPLOYED)
    told = perfect_wages["monthly_wage"][perfect_wages["form"] >= 0]
    assert sorted(told.tolist()) == sorted(jobs.tolist())
    stated = latest(ledger, EMPLOYED)["monthly_wage"]
    assert (stated % 100 == 0).mean() > 0.5
    assert (take(ledger, ledger["state"] == EMPLOYED)["part_of_income"] == 1).all()


def test_nothing_is_known_before_it_happened_and_ids_are_short(ledger):
    """Laws of every record."""
    assert (ledger["known_on"] >= ledger["occurred_on"]).all()
    first = ledger["record_id"][ledger["revision"] == 0]
    assert np.unique(first).size == first.size
    assert np.char.str_len(first).max() <= 14


def test_a_township_without_people_has_an_empty_ledger(place, p):
    """Nobody is listed, and every column of the contract is there."""
    empty = made_diary(place)
    empty._notes.clear()
    empty.people["number"][:] = -1
    told = employments(empty, place, p, draw())
    assert {values.size for values in told.values()} == {0}
