"""The office's own acts: steps of monitoring, checks, ordered visits, help."""

import numpy as np
import pytest

from tests.training.county.made import changed, code, draw, made_diary, made_place
from training.county.parameters import perfect, read_parameters
from training.county.records.facts import day_in_month, months_told, rows_of, take
from training.county.records.office import office
from training.county.records.support import supports

STEPS = ("clue", "entry", "elimination", "reinstatement", "rejection")


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
def acts(diary, place, p):
    """Return what the office keeps."""
    return office(diary, place, p, draw())


@pytest.fixture(scope="module")
def helped(diary, place, p):
    """Return the table of help."""
    return supports(diary, place, p, draw())


def step(told, name):
    """Return the rows of one step of monitoring."""
    return take(told, told["step"] == code("monitoring", "step", name))


def test_every_step_of_the_life_is_on_the_books(diary, acts):
    """Household, month, type, cause, channel and way are those of the life, and no step is added."""
    for name in STEPS:
        told, events = step(acts["monitoring"], name), diary.events(name)
        assert (rows_of(diary, told["household_id"]) == events["row"]).all()
        assert (months_told(diary, told["occurred_on"]) == events["month"]).all()
        for column in ("type", "cause", "channel", "way"):
            assert (told[column] == events.get(column, np.full(events["row"].size, -1))).all()


def test_the_county_approves_on_one_day_of_the_month(acts):
    """Entries, eliminations and refusals bear one day; they are keyed one to seven days later."""
    for name in STEPS[1:]:
        told = step(acts["monitoring"], name)
        day = told["occurred_on"] - told["occurred_on"].astype("datetime64[M]").astype("datetime64[D]") + 1
        assert set(day.astype(int).tolist()) == {25}
        late = (told["known_on"] - told["occurred_on"]).astype(int)
        assert 1 <= late.min() <= late.max() <= 7


def test_a_clue_is_checked_before_it_is_approved(diary, place, p):
    """In the month of a clue the check comes after it and not after the approval."""
    swift = made_diary(place)
    clue = swift.events("clue")
    swift._notes["verified"] = [
        {"month": clue["month"], "row": clue["row"], "risk": np.zeros(clue["row"].size, int),
         "reached": np.ones(clue["row"].size, bool)}
    ]  # fmt: skip
    acts = office(swift, place, p, draw())
    opened, checked = step(acts["monitoring"], "clue"), acts["verifications"]
    assert (opened["household_id"] == checked["household_id"]).all()
    assert (checked["occurred_on"] > opened["occurred_on"]).all()
    assert (checked["occurred_on"] <= day_in_month(diary, clue["month"], 25)).all()


def test_a_check_tells_facts_and_risk(acts):
    """Where need was found the facts are right, if only partly, and a next visit is set; else wrong."""
    told = acts["verifications"]
    needs = told["risk"] == code("verifications", "risk", "needs_help")
    right, partly, wrong = (code("verifications", "facts", name) for name in ("right", "partly", "wrong"))
    assert set(told["facts"][needs].tolist()) <= {right, partly}
    assert set(told["facts"][~needs].tolist()) <= {wrong, partly}
    assert (np.isnat(told["next_visit_on"]) == ~needs).all()
    assert (told["next_visit_on"] > told["occurred_on"])[needs].all()


def test_each_check_is_a_visit_and_others_are_ordered(diary, acts):
    """Visits to verify are those of the checks; ordered ones go to the monitored, and to the suspected."""
    told = acts["visits"]
    verifying = take(told, told["purpose"] == code("visits", "purpose", "verification"))
    for name in ("household_id", "occurred_on", "known_on"):
        assert (verifying[name] == acts["verifications"][name]).all()
    ordered = take(told, told["purpose"] == code("visits", "purpose", "ordered"))
    row, month = rows_of(diary, ordered["household_id"]), months_told(diary, ordered["occurred_on"])
    monitored = diary.monthly["monitored"] == 2
    assert monitored[month, row].sum() == pytest.approx(0.85 * monitored.sum(), rel=0.2)
    suspicion = diary.monthly["suspicion"]
    assert suspicion[month, row].mean() > suspicion.mean() + 0.05
    assert told["mode"].min() >= 0
    assert code("visits", "purpose", "round") not in told["purpose"]


def test_nobody_orders_a_visit_to_a_household_that_is_not_there(diary, acts):
    """Ordered visits lie within the months of the household."""
    told = acts["visits"]
    row, month = rows_of(diary, told["household_id"]), months_told(diary, told["occurred_on"])
    assert ((month >= diary.first[row]) & (month <= diary.last[row])).all()


def test_perfect_books_are_kept_on_the_day(diary, place, p):
    """Without fault everything is known when it happens."""
    ideal = perfect(p)
    acts = office(diary, place, ideal, draw())
    for told in (*acts.values(), supports(diary, place, ideal, draw())):
        first = take(told, told["revision"] == 0)
        assert (first["known_on"] == first["occurred_on"]).all()


def test_help_is_what_was_given(diary, helped):
    """Area, form, ground and amount are those of the life, in its month."""
    told, given = take(helped, helped["revision"] == 0), diary.events("support")
    assert (rows_of(diary, told["household_id"]) == given["row"]).all()
    assert (months_told(diary, told["start_on"]) == given["month"]).all()
    for name in ("area_of_help", "form", "ground", "amount"):
        assert np.array_equal(told[name], given[name].astype(told[name].dtype), equal_nan=True)


def test_help_ends_on_its_day(diary, helped):
    """An agreed measure ends before the month it runs out in, a payment at once; an allowance stays."""
    told, given = take(helped, helped["revision"] == 0), diary.events("support")
    agreed = given["until"] >= 0
    assert (months_told(diary, told["end_on"][agreed]) == given["until"][agreed] - 1).all()
    floor = given["area_of_help"] == code("supports", "area_of_help", "social_floor")
    lasting = ~agreed & ((given["form"] == code("supports", "form", "service")) | floor)
    assert np.isnat(told["end_on"][lasting]).all()
    at_once = ~agreed & ~lasting
    assert (told["end_on"][at_once] == told["start_on"][at_once]).all()


def test_an_allowance_that_is_stopped_gets_its_end_later(place, p):
    """The next stop of the household ends the record, as a version known afterwards."""
    quiet = made_diary(place)
    floor = code("supports", "area_of_help", "social_floor")
    one = {"row": np.array([3, 4]), "form": 0, "ground": 0, "amount": 900.0, "until": -1, "number": -1}
    quiet._notes["support"], quiet._notes["low_income"] = [], []
    quiet.note("support", 5, one.pop("row"), area_of_help=floor, **one)
    quiet.note("low_income", 5, np.array([3, 4]), entering=1, amount=900.0)
    quiet.note("low_income", 17, np.array([3]), entering=0, amount=900.0)
    told = supports(quiet, place, p, draw())
    second = take(told, told["revision"] == 1)
    assert second["household_id"].tolist() == [quiet.household_id[3]]
    assert second["end_on"].astype("datetime64[M]").tolist() == [(quiet.start + 17).tolist()]
    assert (second["known_on"] >= second["end_on"]).all()
    assert (
        told["record_id"][told["household_id"] == quiet.household_id[3]].tolist()
        == [second["record_id"][0]] * 2
    )


def test_help_is_keyed_after_the_fact_or_ticked_in_time(diary, place, p):
    """Late keying is within its range; boxes of monitored households are ticked within weeks."""
    after = changed(p, records__support__after=1.0, records__support__ticked=1.0)
    told = supports(diary, place, after, draw())
    late = (told["known_on"] - told["occurred_on"]).astype(int)
    monitored = told["ground"] == code("supports", "ground", "monitoring")
    assert 15 <= late[~monitored].min() <= late[~monitored].max() <= 120
    assert 0 <= late[monitored].min() <= late[monitored].max() <= 20


def test_help_for_the_monitored_waits_for_the_approval(helped):
    """It does not begin before the day of the month on which entries are approved."""
    told = take(helped, helped["ground"] == code("supports", "ground", "monitoring"))
    first = told["start_on"].astype("datetime64[M]").astype("datetime64[D]")
    assert (told["start_on"] - first).astype(int).min() >= 24


def test_acts_and_help_have_ids_of_their_own(acts, helped):
    """Ids are unique in each table and short; nothing is known before it happened."""
    for told in (*acts.values(), helped):
        first = take(told, told["revision"] == 0)["record_id"]
        assert np.unique(first).size == first.size
        assert np.char.str_len(first).max() <= 14
        assert (told["known_on"] >= told["occurred_on"]).all()
