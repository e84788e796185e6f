"""Faults in records and how they are mended; all records of a township together."""

import numpy as np
import pytest

from features.check import check
from features.history import believed
from features.tables import TABLES
from tests.training.county.made import MONTHS, START, changed, code, draw, made_diary, made_place
from training.county.parameters import perfect, read_parameters
from training.county.records import tables_of
from training.county.records.context import county_context
from training.county.records.corrections import with_corrections
from training.county.records.departments import warnings
from training.county.records.facts import last_day, take
from training.county.records.medical import medical
from training.county.streams import Streams

END = np.datetime64("2099-12-31")
NAMES = ("expenses", "incomes", "warnings")
MEDICAL = [
    code("expenses", "kind", f"medical_{part}") for part in ("total", "reimbursed", "self_paid", "in_scope")
]


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
def before(diary, place, p):
    """Return tables without faults."""
    whole = tables_of(diary, place, perfect(p), Streams(5, place.index))
    plain = {name: whole[name] for name in ("households", "incomes")}
    plain["expenses"] = medical(diary, place, p, draw(1))
    return plain | {"warnings": warnings(diary, place, p, draw(2))}


def faulty(p, **shares):
    """Return numbers with faults of some kinds only, in every table that can have them."""
    told = {"corrected": 0.0, "twice": 0.0, "astray": 0.0} | shares
    return changed(p, **{f"records__corrections__{name}": [share] * 3 for name, share in told.items()})


def standing(told):
    """Return what is believed in the end."""
    return take(told, believed(told).on(END))


def content(table, told):
    """Return rows as comparable tuples, without ids and what is known when."""
    names = [c.name for c in TABLES[table].columns if c.name not in ("record_id", "known_on", "revision")]
    return sorted(zip(*(told[name].astype(str).tolist() for name in names), strict=True))


def test_perfect_records_pass_unchanged(before, place, p):
    """Without fault nothing is added, moved or changed."""
    after = with_corrections(before, place, perfect(p), draw())
    for name in NAMES:
        for column, values in before[name].items():
            missing = np.isnat(values) if values.dtype.kind == "M" else values.astype(str) == "nan"
            assert ((after[name][column] == values) | missing).all()


@pytest.mark.parametrize("fault", ["corrected", "twice", "astray"])
def test_in_the_end_the_right_records_stand(before, place, p, fault):
    """Whatever went wrong, what is believed at last is what was right, once, of the right household."""
    after = with_corrections(before, place, faulty(p, **{fault: 0.3}), draw())
    for name in NAMES:
        assert content(name, standing(after[name])) == content(name, standing(before[name]))
    assert after["expenses"]["record_id"].size > before["expenses"]["record_id"].size


def test_a_wrong_amount_is_corrected_by_a_later_version(before, place, p):
    """The share of records is that of the parameter; the first amount is off, the second right."""
    after = with_corrections(before, place, faulty(p, corrected=0.3), draw())
    for name, column in (("expenses", "amount"), ("incomes", "amount"), ("warnings", "value")):
        told, plain = after[name], before[name]
        rows = plain["record_id"].size
        new = take(told, slice(rows, None))
        changes = take(told, slice(rows))[column] != plain[column]
        changes &= ~np.isnan(plain[column])
        records = np.unique(plain["record_id"][plain[column] > 0]).size
        assert new["record_id"].size / records == pytest.approx(0.3, abs=0.1)
        assert set(plain["record_id"][changes].tolist()) <= set(new["record_id"].tolist())
        first = dict(zip(plain["record_id"].tolist(), plain["known_on"].tolist(), strict=True))
        last = np.array([first[record] for record in new["record_id"].tolist()], "datetime64[D]")
        late = (new["known_on"] - last).astype(int)
        assert 20 <= late.min() <= late.max() <= 150


def test_all_amounts_of_a_bill_are_wrong_together(before, place, p):
    """A correction keeps bill, reimbursed and own share in proportion."""
    after = with_corrections(before, place, faulty(p, corrected=0.3), draw())["expenses"]
    told = take(after, slice(before["expenses"]["record_id"].size))
    amount = [told["amount"][told["kind"] == kind] for kind in MEDICAL]
    assert np.allclose(amount[0], amount[1] + amount[2], atol=0.03)


def test_what_was_entered_twice_is_withdrawn(before, place, p):
    """The second entry has an id of its own and is voided, the first stands."""
    after = with_corrections(before, place, faulty(p, twice=0.3), draw())
    for name in NAMES:
        told = take(after[name], slice(before[name]["record_id"].size, None))
        again, withdrawn = take(told, told["voided"] == 0), take(told, told["voided"] == 1)
        assert (again["record_id"] == withdrawn["record_id"]).all()
        assert not np.isin(again["record_id"], before[name]["record_id"]).any()
        assert (withdrawn["known_on"] > again["known_on"]).all()


def test_a_bill_that_went_astray_moves_to_the_right_household(before, place, p):
    """It is withdrawn from a household of the township on the day on which the right one's is known."""
    share = [0.3, 0.0, 0.0]
    after = with_corrections(before, place, changed(faulty(p), records__corrections__astray=share), draw())
    told, plain = after["expenses"], before["expenses"]
    rows = plain["record_id"].size
    new = take(told, slice(rows, None))
    astray, withdrawn = take(new, new["voided"] == 0), take(new, new["voided"] == 1)
    moved = np.flatnonzero(told["known_on"][:rows] != plain["known_on"])
    assert moved.size == astray["record_id"].size > 0
    assert moved.size % 4 == 0
    assert (astray["known_on"] == plain["known_on"][moved]).all()
    assert (withdrawn["known_on"] == told["known_on"][moved]).all()
    assert (astray["household_id"] != plain["household_id"][moved]).all()
    assert np.isin(astray["household_id"], before["households"]["household_id"]).all()
    assert (astray["member_id"] == "").all()
    assert (astray["amount"] == plain["amount"][moved]).all()


@pytest.fixture(scope="module")
def whole(diary, place, p):
    """Return all tables of a township, as they are."""
    return tables_of(diary, place, p, Streams(5, place.index))


def test_all_tables_of_a_township_keep_the_contract(whole, place, p):
    """Together with the county's context there is no breach; perfect tables have none either."""
    around = county_context([place], p, 5, MONTHS, START)
    assert check(whole | around) == []
    assert set(TABLES) - set(whole) - set(around) == {"area_rates", "disputes"}
    assert all(list(told) == [c.name for c in TABLES[name].columns] for name, told in whole.items())
    faults = changed(p, records__corrections__corrected=[0.2] * 3, records__corrections__twice=[0.2] * 3,
                     records__corrections__astray=[0.2, 0, 0])  # fmt: skip
    for numbers in (perfect(p), faults):
        assert check(tables_of(made_diary(place), place, numbers, Streams(6, place.index)) | around) == []


def test_record_ids_are_unique_over_all_tables(whole, place, p):
    """No two records of a township or its county share an id."""
    tables = whole | county_context([place], p, 5, MONTHS, START)
    ids = [record for told in tables.values() for record in np.unique(told["record_id"]).tolist()]
    assert len(set(ids)) == len(ids)
    assert max(map(len, ids)) <= 14


def test_nothing_that_becomes_known_after_the_end_is_told(whole, diary):
    """The last told day is the last day of knowing, though not of agreed ends."""
    for told in whole.values():
        assert (told["known_on"] <= last_day(diary)).all()
        assert (told["known_on"] >= told["occurred_on"]).all()
    assert (whole["employments"]["end_on"] > last_day(diary)).any()


def test_rows_stand_by_owner_and_day(whole):
    """Household or area, then the day of knowing, then earlier versions first."""
    for name, told in whole.items():
        owner = told["area" if TABLES[name].grain == "area" else "household_id"]
        assert (owner[1:] >= owner[:-1]).all()
        same = owner[1:] == owner[:-1]
        assert (told["known_on"][1:] >= told["known_on"][:-1])[same].all()


def test_the_same_streams_give_the_same_records(whole, diary, place, p):
    """What is told depends on the seed alone."""
    again = tables_of(diary, place, p, Streams(5, place.index))
    other = tables_of(diary, place, p, Streams(6, place.index))
    for name, told in whole.items():
        assert all(
            np.array_equal(told[c], again[name][c], equal_nan=told[c].dtype.kind in "fM") for c in told
        )
    assert not np.array_equal(whole["warnings"]["known_on"], other["warnings"]["known_on"])
