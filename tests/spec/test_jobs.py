"""What the features of jobs mean: spells of the ledger, when they end, and what is unknown."""

from __future__ import annotations

import math

import pytest

from tests.facts import facts, people, value

DAY = "2025-06-30"


def spell(start, member="m1", **more):
    """Return a spell of work from a day on, known on that day unless told otherwise."""
    plain = {"occurred_on": start, "start_on": start, "member_id": member, "state": "employed"}
    return plain | more


def test_a_job_lasts_in_every_month_of_its_spell():
    """One begun years ago counts now, one that ended in May does not; somebody with two counts once."""
    tables = facts(
        employments=[
            spell("2020-03-01", "m1"),
            spell("2025-02-01", "m1"),
            spell("2025-01-10", "m2", end_on="2025-05-31"),
        ]
    )
    assert value(tables, DAY, "jobs_now") == 1
    assert value(tables, "2025-05-10", "jobs_now") == 2


def test_nobody_at_work_is_known_only_of_who_is_on_the_ledger():
    """Without any row it is unknown; with an ended job, or a look that found none, it is nobody."""
    assert math.isnan(value(facts(), DAY, "jobs_now"))
    assert value(facts(employments=[spell("2025-01-10", end_on="2025-03-31")]), DAY, "jobs_now") == 0
    idle = {"occurred_on": "2025-01-10", "observed_on": "2025-01-10", "member_id": "m1", "state": "inactive"}
    assert value(facts(employments=[idle]), DAY, "jobs_now") == 0


@pytest.mark.parametrize(
    ("feature", "more"),
    [
        ("jobs_away", {"place": "away"}),
        ("jobs_away", {"place": "province"}),
        ("jobs_in_county", {"place": "county"}),
        ("jobs_public_post", {"form": "public_post"}),
        ("jobs_workshop", {"form": "workshop"}),
        ("jobs_formal", {"formal": True}),
    ],
)
def test_jobs_are_counted_by_their_kind(feature, more):
    """Of two jobs that last the one of the kind; one of the kind that ended is none."""
    tables = facts(
        employments=[
            spell("2024-03-01", "m1", **more),
            spell("2024-03-01", "m2"),
            spell("2024-03-01", "m3", end_on="2025-01-31", **more),
        ]
    )
    assert value(tables, DAY, feature) == 1


def test_agreed_wages_are_held_against_the_line_of_all_members():
    """Two jobs of 3,000 and 1,000 yuan a month for four people on a line of 1,000 each."""
    jobs = [spell("2024-03-01", "m1", monthly_wage=3000), spell("2024-03-01", "m2", monthly_wage=1000)]
    tables = facts(employments=jobs, compositions=[people("2025-01-10", 4)])
    assert value(tables, DAY, "job_wages_to_line") == 1.0


def test_months_with_a_job_are_counted_whoever_has_it():
    """From February to April the one, from April on the other: five months with this one."""
    jobs = [spell("2025-02-10", "m1", end_on="2025-04-20"), spell("2025-04-25", "m2")]
    assert value(facts(employments=jobs), DAY, "months_with_job_12m") == 5


def test_the_months_since_a_job_ended_are_of_the_last_one():
    """An end in March is three months ago in June; one agreed for September has not come."""
    jobs = [
        spell("2024-01-10", "m1", end_on="2024-11-30"),
        spell("2024-02-10", "m2", end_on="2025-03-15"),
        spell("2025-04-01", "m3", end_on="2025-09-30"),
    ]
    assert value(facts(employments=jobs), DAY, "months_since_job_ended") == 3
    assert math.isnan(value(facts(employments=jobs[2:]), DAY, "months_since_job_ended"))


def test_jobs_that_end_are_those_of_the_months_ahead():
    """An end this month is none ahead; the sixth month is within six, the seventh within twelve."""
    ends = ("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
    jobs = [spell("2025-01-01", f"m{place}", end_on=end) for place, end in enumerate(ends)]
    assert value(facts(employments=jobs), DAY, "jobs_ending_6m") == 2
    assert value(facts(employments=jobs), DAY, "jobs_ending_12m") == 4
    assert value(facts(employments=jobs), "2025-12-01", "jobs_ending_6m") == 2


def test_a_job_that_ended_sooner_is_due_no_more():
    """Agreed for December, told in June to have ended in May."""
    agreed = spell("2025-01-01", end_on="2025-12-31", record_id="job")
    ended = agreed | {"end_on": "2025-05-31", "known_on": "2025-06-20"}
    tables = facts(employments=[agreed, ended])
    assert value(tables, "2025-06-19", "jobs_ending_12m") == 1
    assert value(tables, DAY, "jobs_ending_12m") == 0
    assert value(tables, DAY, "months_since_job_ended") == 1


def test_the_workers_of_the_last_visit():
    """The last figure stands; without one it is unknown."""
    seen = [
        {"occurred_on": day, "purpose": "round", "workers": n}
        for day, n in (("2025-02-03", 2), ("2025-04-03", 1))
    ]
    assert value(facts(visits=seen), DAY, "workers_seen") == 1
    assert math.isnan(value(facts(), DAY, "workers_seen"))
