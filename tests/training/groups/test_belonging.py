"""Groups of households: known on the day, parting the rows, and never features."""

from __future__ import annotations

import numpy as np
import pytest

from features.definitions import FEATURES
from features.policy import illustrative
from features.tables import TABLES
from features.vectors import Cohort
from tests.facts import LINES, facts, income, people
from training.groups.belonging import COLUMNS, NOT_KNOWN, groups_of

DAY = np.datetime64("2024-06-30", "D")

AREAS = (
    {"area": "town", "level": "township", "occurred_on": "2015-01-01"},
    {"area": "village", "parent": "town", "level": "village", "remote": True, "occurred_on": "2015-01-01"},
    {"area": "other", "parent": "town", "level": "village", "remote": False, "occurred_on": "2015-01-01"},
    {"area": "grid", "parent": "village", "level": "grid", "occurred_on": "2015-01-01"},
)

NEAR_NOW = {"area": "village", "parent": "town", "level": "village", "remote": False}
LINE = [LINES[0] | {"area": "town"}]


def member(name, day="2020-01-01", **told):
    """Return a row of ``members``."""
    return {"member_id": name, "occurred_on": day, **told}


HEAD = member("a", relation="head", sex="man", birth_year=1950)
SPOUSE = member("b", relation="spouse", sex="woman", birth_year=1964)


def answers(day=DAY, **tables):
    """Return the answers of household ``h`` on a day, and its type of township."""
    told = facts(**({"members": [HEAD, SPOUSE], "areas": AREAS, "lines": LINE} | tables))
    groups = groups_of(told, Cohort(np.array(["h"]), np.array([day])), illustrative())
    return {question: str(found[0]) for question, found in groups.answers.items()} | {
        "township": str(groups.township[0])
    }


def test_the_head_is_whom_the_last_row_calls_so():
    """After the man's death his widow, told of as head, stands for the household; before it he does."""
    took_over = member("b", "2023-03-01", relation="head")
    died = {"kind": "died", "member_id": "a", "occurred_on": "2023-02-01"}
    assert answers()["sex of head"] == "man"
    assert answers(members=[HEAD, SPOUSE, took_over], registrations=[died])["sex of head"] == "woman"
    assert answers(registrations=[died])["sex of head"] == NOT_KNOWN
    assert answers(members=[member("a", relation="head")])["sex of head"] == NOT_KNOWN


def test_a_household_is_elderly_only_if_each_member_there_is():
    """Somebody of 59 or of no known age is in the way while there, and no more once left."""
    child = member("c", relation="child", birth_year=1990)
    unknown = member("c", relation="child")
    gone = member("c", "2022-01-01", left=True)
    assert answers()["elderly only"] == "yes"
    assert answers(day=np.datetime64("2023-12-31"))["elderly only"] == "no"
    assert answers(members=[HEAD, SPOUSE, child])["elderly only"] == "no"
    assert answers(members=[HEAD, SPOUSE, unknown])["elderly only"] == NOT_KNOWN
    assert answers(members=[HEAD, SPOUSE, child, gone])["elderly only"] == "yes"


def test_a_grid_is_as_remote_as_its_village_and_a_township_by_half_of_its_villages():
    """The nearest mark counts; without one it is not known."""
    here = {"occurred_on": "2015-01-01", "area": "grid"}
    found = answers(households=[here])
    assert (found["remote village"], found["township"]) == ("yes", "mostly remote")
    assert found["village of an ethnic majority other than Han"] == NOT_KNOWN
    elsewhere = answers(households=[here | {"area": "other"}])
    assert (elsewhere["remote village"], elsewhere["township"]) == ("no", "mostly remote")
    bare = [AREAS[0], AREAS[3] | {"parent": "town"}]
    unmarked = answers(households=[here], areas=bare)
    assert (unmarked["remote village"], unmarked["township"]) == (NOT_KNOWN, NOT_KNOWN)


def test_disability_exit_and_thin_data_are_those_of_the_vectors():
    """A certificate makes a disabled member, the origin an exited household, an old visit thin data."""
    disabled = member("b", relation="spouse", disability=2)
    fresh = {
        "incomes": [income("2024-05-31", 2000.0)],
        "compositions": [people("2024-05-31", 2)],
        "visits": [{"occurred_on": "2024-06-10", "purpose": "round"}],
    }
    exited = {"occurred_on": "2015-01-01", "area": "village", "origin": "exited"}
    found = answers(members=[HEAD, disabled], households=[exited], **fresh)
    asked = ("disabled member", "exited household", "data")
    assert [found[each] for each in asked] == ["yes", "yes", "enough"]
    assert (
        answers(**(fresh | {"visits": [{"occurred_on": "2024-01-10", "purpose": "round"}]}))["data"] == "thin"
    )
    assert answers()["data"] == "insufficient"


@pytest.mark.parametrize("happened", ["2021-01-01", "2024-07-01"])
def test_nothing_that_comes_later_moves_a_group(happened):
    """Whatever is learned after the day, of before or after it, leaves every answer as it was."""
    when = {"occurred_on": happened, "known_on": "2024-07-01"}
    later = {
        "members": [
            HEAD,
            SPOUSE,
            member("b") | when | {"relation": "head", "sex": "man", "birth_year": 1999, "disability": 1},
            member("a") | when | {"left": True},
        ],
        "registrations": [when | {"kind": "died", "member_id": "a"}],
        "areas": [*AREAS, when | NEAR_NOW],
        "households": [
            {"occurred_on": "2015-01-01", "area": "village"},
            when | {"area": "other", "origin": "exited"},
        ],
        "visits": [when | {"purpose": "round"}],
    }
    before = answers()
    assert answers(**later) == before
    assert answers(np.datetime64("2024-07-01"), **later) != before


def test_the_order_of_rows_moves_nothing():
    """Facts and cohort in reverse give the same answers in reverse."""
    rows = [HEAD | {"household_id": "h1"}, SPOUSE | {"household_id": "h2", "relation": "head"}]
    homes = [{"household_id": f"h{n}", "occurred_on": "2015-01-01", "area": "grid"} for n in (1, 2, 3)]
    cohort = Cohort(np.array(["h1", "h2", "h3", "h1"]), np.array([DAY, DAY, DAY, DAY - 400]))
    back = Cohort(cohort.household_id[::-1], cohort.as_of[::-1])
    one = groups_of(facts(members=rows, households=homes, areas=AREAS, lines=LINE), cohort, illustrative())
    other = groups_of(
        facts(members=rows[::-1], households=homes[::-1], areas=AREAS[::-1], lines=LINE), back, illustrative()
    )
    assert one.answers["sex of head"].tolist() == ["man", "woman", NOT_KNOWN, "man"]
    for question, found in one.answers.items():
        assert found.tolist() == other.answers[question][::-1].tolist()
    assert one.township.tolist() == other.township[::-1].tolist()


def test_no_feature_reads_what_is_read_for_groups_alone():
    """The contract keeps these columns from vectors, and no feature's channel names one."""
    for table, column in COLUMNS:
        assert TABLES[table].column(column).use == "never"
    channels = [channel for feature in FEATURES.values() for channel in feature.reading.channels()]
    assert channels
    for channel in channels:
        named = {channel.value, channel.when, channel.each}
        named |= {column for column, _ in (*channel.where, *channel.only)}
        assert not {(channel.table, name) for name in named} & set(COLUMNS)
