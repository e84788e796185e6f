"""Households, members, compositions and registers, as they become known."""

import numpy as np
import pytest

from features.check import check
from features.tables.people import HOUSEHOLDS
from tests.training.county.made import SPLITS, changed, code, draw, made_diary, made_place, with_lines
from training.county.diary import DIED
from training.county.parameters import perfect, read_parameters
from training.county.records.facts import last_day, member_ids, months_told, rows_of
from training.county.records.people import people
from training.county.records.persons import persons
from training.county.records.visits import visits

TABLES = ("households", "members", "compositions", "registrations")


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
    """Return the tables as they are."""
    return people(diary, place, p, draw(1), visits(diary, place, p, draw()))


@pytest.fixture(scope="module")
def ideal(diary, place, p):
    """Return the tables of an office without fault."""
    return people(diary, place, perfect(p), draw(1), visits(diary, place, perfect(p), draw()))


def last_of(facts, column, keys):
    """Return the position of the last row of each key that has a value of a column."""
    values = facts[column]
    some = np.flatnonzero(~np.isnan(values) if values.dtype.kind == "f" else values >= 0)
    order = some[np.lexsort((facts["known_on"][some], facts["occurred_on"][some]))]
    return dict(zip(facts[keys][order].tolist(), order, strict=True))


def late(facts):
    """Return the days from what happened to its being known."""
    return (facts["known_on"] - facts["occurred_on"]).astype(int)


@pytest.mark.parametrize("kind", ["told", "ideal"])
def test_the_people_keep_the_contract(request, place, kind):
    """No value breaks a rule, whether the office is faultless or not."""
    tables = request.getfixturevalue(kind)
    assert set(tables) == set(TABLES)
    assert check(with_lines(tables, place)) == []


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_unique_and_dates_in_order(diary, told, name):
    """A record has an id of its own, and is known between the day it happened and the end."""
    facts = told[name]
    assert np.unique(facts["record_id"]).size == facts["record_id"].size
    assert np.char.str_len(facts["record_id"]).max() <= 14
    assert (late(facts) >= 0).all()
    assert facts["known_on"].max() <= last_day(diary)


def test_a_household_without_a_snapshot_yet_is_counted_without_ages(place, p):
    """Who split off after the last September is counted, but of no age, and has no members yet."""
    diary = made_diary(place)
    new = diary.household_id.size - 1
    diary.first[new] = diary.months - 3
    diary.people["number"][:, new] = -1
    tables = people(diary, place, perfect(p), draw(1), visits(diary, place, perfect(p), draw()))
    counted = tables["compositions"]
    own = counted["household_id"] == diary.household_id[new]
    assert own.any()
    assert (counted["people"][own] > 0).all()
    assert np.isnan(counted["working_age"][own]).all()
    assert diary.household_id[new] not in tables["members"]["household_id"]


def test_rows_that_never_became_a_household_are_not_told(place, p):
    """Rows kept free for splits leave no record."""
    diary = made_diary(place)
    spare = diary.household_id.size - 1
    diary.first[spare] = diary.months
    for values in (*diary.monthly.values(), diary.people["number"].transpose(0, 2, 1)):
        values[..., spare] = -1 if values.ndim > 2 else 0
    tables = people(diary, place, p, draw(1), visits(diary, place, p, draw()))
    for name in ("households", "members", "compositions"):
        assert diary.household_id[spare] not in tables[name]["household_id"]


def test_everybody_is_counted_once_in_every_month(diary):
    """The people whom snapshots and events tell of add up to the household's size."""
    np.testing.assert_array_equal(persons(diary).count(diary), diary.monthly["people"])


def test_every_household_is_known_from_its_first_day(diary, told, ideal):
    """The households of the start are known on it; those that split off later, some time after."""
    for tables in (told, ideal):
        facts = tables["households"]
        row = rows_of(diary, facts["household_id"])
        at_start = diary.first[row] == 0
        assert at_start.sum() == diary.household_id.size - SPLITS
        assert (facts["known_on"][at_start] == np.datetime64("2019-01-01")).all()
    late_ones = late(told["households"])[diary.first[rows_of(diary, told["households"]["household_id"])] > 0]
    assert (late_ones >= 15).all()
    assert (late_ones <= 120).all()


def test_a_household_that_split_off_keeps_its_lineage_and_its_people(diary, ideal):
    """The new household has the old one's lineage, members from its first month, and a registered split."""
    new = np.flatnonzero(diary.first > 0)
    households, members, registers = (ideal[name] for name in ("households", "members", "registrations"))
    split = registers["kind"] == code("registrations", "kind", "split")
    assert set(registers["other_household_id"][split]) == set(diary.household_id[new])
    for row in new:
        own = households["household_id"] == diary.household_id[row]
        assert households["lineage_id"][own] != diary.household_id[row]
        mine = members["household_id"] == diary.household_id[row]
        assert np.unique(members["member_id"][mine]).size == 2
        assert months_told(diary, members["occurred_on"][mine].min()[None])[0] == diary.first[row]


def test_a_faultless_office_counts_whoever_is_there(diary, ideal):
    """With perfect numbers every composition counts the people of its household by age and work."""
    facts = ideal["compositions"]
    row, month = rows_of(diary, facts["household_id"]), months_told(diary, facts["occurred_on"])
    first = month == diary.first[row]
    seen = np.where(first, month, month - 1)
    np.testing.assert_array_equal(facts["people"], diary.monthly["people"][seen, row])
    np.testing.assert_array_equal(facts["earners"], diary.monthly["workers"][seen, row])
    np.testing.assert_array_equal(
        facts["people"], facts["under_15"] + facts["working_age"] + facts["over_64"]
    )
    assert (facts["under_10"] <= facts["under_15"]).all()


def test_households_are_counted_every_year(diary, ideal):
    """No household is without a count for more than 13 months while it is there."""
    facts = ideal["compositions"]
    row, month = rows_of(diary, facts["household_id"]), months_told(diary, facts["occurred_on"])
    for household in np.flatnonzero(diary.last == diary.months - 1):
        months = np.sort(month[row == household])
        assert np.diff(np.append(months, diary.months)).max() <= 13


def test_a_faultless_office_knows_everybody_as_they_are(diary, ideal):
    """With perfect numbers the last row of each member equals the last yearly snapshot, or later news."""
    facts, last = ideal["members"], diary.snapshot_months.size - 1
    row, slot = np.nonzero(diary.people["number"][last] >= 0)
    names = member_ids(diary.household_id[row], diary.people["number"][last, row, slot])
    update = (diary.start + diary.snapshot_months[last] + 1).astype("datetime64[D]")
    for name, column in (("health", "health"), ("schooling", "schooling"), ("student", "student")):
        position = last_of(facts, name, "member_id")
        for member, r, s in zip(names.tolist(), row, slot, strict=True):
            found = position[member]
            newer = facts["occurred_on"][found] > update
            assert newer or facts[name][found] == diary.people[column][last, r, s]


def test_who_left_is_marked_as_having_left(diary, ideal):
    """Everybody who died, married out or moved away has a row that says so."""
    left = diary.events("left")
    names = member_ids(diary.household_id[left["row"]], left["number"])
    facts = ideal["members"]
    assert set(facts["member_id"][facts["left"] == 1]) == set(names)


def test_births_marriages_and_departures_are_known_one_to_six_months_late(told):
    """Events that the police tell of are 30 to 180 days late."""
    facts = told["members"]
    days = late(facts)[facts["source"] == code("members", "source", "police")]
    assert days.size > 10
    assert days.min() >= 30
    assert days.max() <= 180


def test_yearly_updates_are_made_from_october_to_december(told):
    """The rows of the yearly update, after those of the start, happen in the last quarter or on its edge."""
    facts = told["members"]
    yearly = (facts["source"] == code("members", "source", "survey")) & (
        facts["occurred_on"] > np.datetime64("2019-01-01")
    )
    calendar = facts["occurred_on"][yearly].astype("datetime64[M]").astype(int) % 12 + 1
    assert np.isin(calendar, [10, 11, 12]).mean() > 0.9
    assert late(facts)[yearly].max() <= 120


def test_serious_illness_is_reported_before_the_yearly_update(diary, told, p):
    """The health office reports most serious illnesses and few chronic ones, 20 to 75 days late."""
    facts = told["members"]
    health = facts["source"] == code("members", "source", "health")
    assert (late(facts)[health] >= 20).all()
    assert (late(facts)[health] <= 75).all()
    serious = (facts["health"][health] == code("members", "health", "serious")).mean()
    assert serious > 0.6
    unreported = changed(p, records__people__illness__reported=[0, 0, 0])
    silent = people(diary, made_place(), unreported, draw(1), visits(diary, made_place(), p, draw()))
    assert not (silent["members"]["source"] == code("members", "source", "health")).any()


def test_the_register_counts_some_who_are_away(diary, place, p):
    """Where all who left stay on the register, households look larger than they are."""
    left = diary.events("left")
    gone = (left["how"] != DIED).sum()
    assert gone > 0
    on_paper = changed(perfect(p), records__people__register__share=1)
    rounds = visits(diary, place, perfect(p), draw())
    more, true = (
        people(diary, place, numbers, draw(1), rounds)["compositions"] for numbers in (on_paper, perfect(p))
    )
    assert more["people"].sum() > true["people"].sum()


def test_exited_households_left_poverty_before_the_start(diary, told):
    """Each exited household, and no other, has an exit in December of 2014 to 2018."""
    facts = told["registrations"]
    exits = facts["kind"] == code("registrations", "kind", "exited")
    years = facts["occurred_on"][exits].astype("datetime64[Y]").astype(int) + 1970
    assert set(years) <= set(range(2014, 2019))
    exited = diary.origin == code("households", "origin", "exited")
    assert sorted(facts["household_id"][exits]) == sorted(diary.household_id[exited])


def test_registers_hold_every_event_of_a_faultless_office(diary, ideal):
    """Allowances, certificates, deaths, departures and mergers are each registered once."""
    facts = ideal["registrations"]
    kinds = facts["kind"]

    def registered(name: str) -> int:
        return int((kinds == code("registrations", "kind", name)).sum())

    entering = diary.events("low_income")["entering"] > 0
    assert registered("low_income_in") == entering.sum()
    assert registered("low_income_out") == (~entering).sum()
    assert registered("disability") == diary.events("disability")["row"].size
    assert registered("died") == (diary.events("left")["how"] == DIED).sum()
    assert registered("moved") + registered("merged") == SPLITS


def test_a_death_is_of_one_day_in_every_table(told):
    """Who died has left on the day, and this is known on the day, of the registered death."""
    registers, members = told["registrations"], told["members"]
    died = registers["kind"] == code("registrations", "kind", "died")
    left = members["left"] == 1
    days = {
        member: (day, known)
        for member, day, known in zip(
            *(members[name][left].tolist() for name in ("member_id", "occurred_on", "known_on")), strict=True
        )
    }
    for member, day, known in zip(
        *(registers[name][died].tolist() for name in ("member_id", "occurred_on", "known_on")), strict=True
    ):
        assert days.get(member, (day, known)) == (day, known)


def test_households_lie_in_the_grids_of_the_township(diary, place, told):
    """Area, origin, relocation and weight are the diary's."""
    facts = told["households"]
    row = rows_of(diary, facts["household_id"])
    np.testing.assert_array_equal(facts["area"], place.grids[diary.grid[row]])
    for name in ("origin", "relocated", "weight"):
        np.testing.assert_array_equal(facts[name], getattr(diary, name)[row])
    assert list(facts) == [column.name for column in HOUSEHOLDS.columns]
