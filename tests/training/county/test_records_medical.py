"""Bills and other spending: what is recorded of it, and how late."""

import numpy as np
import pytest

from tests.training.county.made import changed, code, draw, made_diary, made_place
from training.county.parameters import perfect, read_parameters
from training.county.records.facts import join, months_told, rows_of, take
from training.county.records.medical import PARTS, medical
from training.county.records.spending import spending

KINDS = [code("expenses", "kind", f"medical_{part}") for part in PARTS]


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
def bills(diary, place, p):
    """Return the medical rows as they are."""
    return medical(diary, place, p, draw())


@pytest.fixture(scope="module")
def other(diary, place, p):
    """Return what schooling, disasters and accidents cost, as it is told."""
    return spending(diary, place, p, draw())


def of_kind(told, kind):
    """Return the rows of one kind of expense."""
    return take(told, told["kind"] == code("expenses", "kind", kind))


def by_household_and_month(diary, told):
    """Return recorded amounts by month and household."""
    sums = np.zeros((diary.months, diary.household_id.size))
    month, row = months_told(diary, told["occurred_on"]), rows_of(diary, told["household_id"])
    np.add.at(sums, (month, row), told["amount"])
    return sums


def happened(diary, kind, column):
    """Return what events of a kind came to, by month and household."""
    sums = np.zeros((diary.months, diary.household_id.size))
    events = diary.events(kind)
    np.add.at(sums, (events["month"], events["row"]), events[column])
    return sums


def days_late(told):
    """Return the days from the event to the day of knowing."""
    return (told["known_on"] - told["occurred_on"]).astype(int)


def test_ids_are_unique_and_short(bills, other):
    """All expenses have ids of their own of at most 14 characters."""
    ids = join(bills, other)["record_id"]
    assert np.unique(ids).size == ids.size
    assert np.char.str_len(ids).max() <= 14


def test_a_stay_is_told_by_four_amounts_that_fit(bills):
    """Bill, reimbursed, own share and what of it is in scope: of one person, day and illness."""
    total, reimbursed, self_paid, in_scope = (take(bills, bills["kind"] == kind) for kind in KINDS)
    for part in (reimbursed, self_paid, in_scope):
        for name in ("household_id", "member_id", "occurred_on", "known_on", "serious"):
            assert (part[name] == total[name]).all()
    assert np.allclose(total["amount"], reimbursed["amount"] + self_paid["amount"], atol=0.011)
    assert (in_scope["amount"] <= self_paid["amount"]).all()


def test_perfect_bills_are_exactly_the_stays(diary, place, p):
    """Without fault every stay is known on its day, with its amounts, who it was and whether serious."""
    told = medical(diary, place, perfect(p), draw())
    assert (told["known_on"] == told["occurred_on"]).all()
    for part in PARTS:
        recorded = by_household_and_month(diary, of_kind(told, f"medical_{part}"))
        assert np.allclose(recorded, happened(diary, "hospital", part))
    assert (told["serious"] == 1).sum() == 4 * (diary.events("hospital")["serious"] > 0).sum()


def test_near_stays_are_known_within_a_month_and_far_ones_later(diary, place, p):
    """Delays lie within the ranges stated, and the far ones are another matter than the near ones."""
    whole = changed(p, records__medical__outside=0)
    told = of_kind(medical(diary, place, whole, draw()), "medical_total")
    away = diary.events("hospital")["away"] > 0
    late = days_late(told)
    assert late[~away].min() >= 0
    assert late[~away].max() <= 31
    assert late[away].min() >= 30
    assert late[away].max() <= 184


def test_bills_from_elsewhere_bulge_at_the_end_of_the_year(diary, place, p):
    """Far more of them become known in December and January with the bulge than without it."""
    away = diary.events("hospital")["away"] > 0

    def winter(share):
        kept = changed(p, records__medical__year_end=share, records__medical__outside=0)
        told = of_kind(medical(diary, place, kept, draw()), "medical_total")
        known = take(told, away)["known_on"].astype("datetime64[M]").astype(int) % 12
        return np.isin(known, (11, 0)).mean()

    assert winter(0.9) > winter(0.0) + 0.15


def test_care_outside_the_system_is_absent(diary, place, p):
    """The share of stays that leaves no record is the one that the parameter says."""
    none = medical(diary, place, changed(p, records__medical__outside=0), draw())["amount"].size
    half = medical(diary, place, changed(p, records__medical__outside=0.5), draw())["amount"].size
    assert none == 4 * diary.events("hospital")["month"].size
    assert half / none == pytest.approx(0.5, abs=0.06)


def test_perfect_spending_is_exactly_what_was_paid_and_lost(diary, place, p):
    """Without fault school costs, disasters and accidents are recorded in full on their day."""
    told = spending(diary, place, perfect(p), draw())
    assert (told["known_on"] == told["occurred_on"]).all()
    for kind, event in (("education", "education"), ("disaster", "damage"), ("accident", "accident")):
        recorded = by_household_and_month(diary, of_kind(told, kind))
        assert np.allclose(recorded, happened(diary, event, "amount"), atol=0.03)


def test_school_costs_are_told_at_visits_or_at_the_survey_of_the_autumn(other):
    """A visit is told within weeks, the survey from October to December; amounts are rounded mostly."""
    told = of_kind(other, "education")
    by_visit = told["source"] == code("expenses", "source", "visit")
    assert days_late(told)[by_visit].max() <= 75
    surveyed = told["known_on"][~by_visit].astype("datetime64[M]").astype(int) % 12
    assert set(surveyed.tolist()) <= {9, 10, 11}
    assert (told["known_on"] >= told["occurred_on"]).all()
    assert (told["amount"] % 100 == 0).mean() > 0.4


def test_losses_are_recorded_only_where_they_are_claimed(diary, place, p, other):
    """Some losses are never claimed, small ones none; the rest is known soon."""
    for kind, event, most in (("disaster", "damage", 20), ("accident", "accident", 60)):
        told = of_kind(other, kind)
        assert 0 < told["amount"].size < diary.events(event)["month"].size
        assert days_late(told).max() <= most
    large = spending(diary, place, changed(p, records__spending__claimed_least=1e9), draw())
    assert set(large["kind"].tolist()) == {code("expenses", "kind", "education")}
