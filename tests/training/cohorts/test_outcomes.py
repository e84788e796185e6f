"""Who is at risk at the end of a season, and what came of it."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import Refused
from features.tables import HOUSEHOLD_TABLES
from tests.entered import entered_county
from tests.facts import LINES, facts, income, people
from training.cohorts.horizon import month_ends, months_on
from training.cohorts.outcomes import as_of_days, at_risk, follow, last_known

MONTHS = np.arange("2020-01", "2024-01", dtype="datetime64[M]")
FIRST, LATEST = "2021-03-31", "2022-09-30"
"""The first as-of day with a year of records, and the last of which entries are known by the end of 2023."""


def month_end(month) -> str:
    """Return the last day of a month."""
    return str((np.datetime64(month, "M") + 1).astype("datetime64[D]") - 1)


def earned(yuan, kind="wage", *, months=MONTHS, **more):
    """Return a household's income, told month by month."""
    return [income(month_end(month), yuan, kind, **more) for month in months]


def recorded(**tables):
    """Return four years of a household of one, twice above the line, and what else is told of it."""
    return facts(**({"incomes": earned(2000), "compositions": heads(1)} | tables))


def heads(number):
    """Return what visits counted, once a year."""
    return [people(f"{year}-01-15", number) for year in range(2020, 2024)]


def step(day, what, **more):
    """Return a step of monitoring."""
    return {"occurred_on": day, "step": what, **more}


ELSEWHERE = step("2020-02-01", "rejection")
"""A step that changes nothing, so that the table is there."""


def found(tables, target="entry", **more):
    """Return as-of day and outcome of each row."""
    followed = follow(tables, target, **more)
    days = followed.cohort.as_of.astype(str).tolist()
    return dict(zip(days, followed.y.tolist(), strict=True))


def test_an_entry_within_the_horizon_is_an_event_and_ends_the_risk():
    """Approved in October 2022: the four seasons before are events, earlier ones none, later ones no rows."""
    rows = found(recorded(monitoring=[step("2022-10-10", "entry")]))
    assert rows == {
        "2021-03-31": 0.0,
        "2021-06-30": 0.0,
        "2021-09-30": 0.0,
        "2021-12-31": 1.0,
        "2022-03-31": 1.0,
        "2022-06-30": 1.0,
        "2022-09-30": 1.0,
    }
    sooner = found(recorded(monitoring=[step("2021-10-10", "entry")]))
    assert sooner == {"2021-03-31": 1.0, "2021-06-30": 1.0, "2021-09-30": 1.0}


@pytest.mark.parametrize(("day", "y"), [("2022-03-31", 1.0), ("2022-04-01", 0.0)])
def test_the_horizon_holds_its_last_day(day, y):
    """Twelve months from the last of March end with the last of March."""
    assert found(recorded(monitoring=[step(day, "entry")]))["2021-03-31"] == y


def test_an_entry_on_the_as_of_day_is_no_event_after_it():
    """Approved and known on the day: it is no longer at risk."""
    rows = found(recorded(monitoring=[step("2021-06-30", "entry")]))
    assert rows == {"2021-03-31": 1.0}


def test_an_open_clue_takes_a_household_out_from_the_day_it_is_known():
    """Known in July, not yet at the end of June; a rejection in November lets it back."""
    clue = step("2021-06-20", "clue", known_on="2021-07-05")
    rows = found(recorded(monitoring=[clue, step("2021-11-10", "rejection")]))
    assert list(rows) == ["2021-03-31", "2021-06-30", "2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30"]


def test_a_clue_without_an_answer_stays_open():
    """It is for the office to close it."""
    assert list(found(recorded(monitoring=[step("2021-08-01", "clue")]))) == ["2021-03-31", "2021-06-30"]


def test_who_was_eliminated_is_at_risk_again():
    """A second entry is an event like the first."""
    steps = [step("2020-06-10", "entry"), step("2021-10-10", "elimination"), step("2022-10-10", "entry")]
    assert found(recorded(monitoring=steps)) == dict.fromkeys(
        ("2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30"), 1.0
    )


def test_a_reinstatement_is_no_entry_but_takes_the_household_out():
    """Of the risk that came back nothing is predicted."""
    steps = [
        step("2020-06-10", "entry"),
        step("2021-10-10", "elimination"),
        step("2022-05-10", "reinstatement"),
    ]
    assert found(recorded(monitoring=steps)) == {"2021-12-31": 0.0, "2022-03-31": 0.0}


def test_steps_of_one_day_are_taken_in_their_order():
    """A clue that is answered on its own day is not open."""
    steps = [step("2021-05-10", "rejection"), step("2021-05-10", "clue")]
    assert len(found(recorded(monitoring=steps))) == 7


def test_an_entry_that_was_approved_but_not_yet_known_makes_no_row():
    """At the end of June it looks at risk, but there is nothing left to predict."""
    late = step("2021-06-10", "entry", known_on="2021-08-01")
    assert found(recorded(monitoring=[late])) == {"2021-03-31": 1.0}


def test_outcomes_are_those_believed_on_the_last_day():
    """An entry withdrawn later was none; who was at risk stays as it was known then."""
    entry = step("2021-10-10", "entry", record_id="m")
    gone = entry | {"voided": True, "known_on": "2023-05-01"}
    rows = found(recorded(monitoring=[entry, gone]))
    assert rows == {"2021-03-31": 0.0, "2021-06-30": 0.0, "2021-09-30": 0.0}


@pytest.mark.parametrize("kind", ["moved", "merged"])
def test_who_left_without_an_event_leaves_the_rows(kind):
    """Gone in February 2022: the horizons that hold the day are not followed, later days not at risk."""
    left = [{"occurred_on": "2022-08-10", "kind": kind}]
    assert found(recorded(monitoring=[ELSEWHERE], registrations=left)) == {
        "2021-03-31": 0.0,
        "2021-06-30": 0.0,
    }
    entered = [step("2022-06-10", "entry")]
    rows = found(recorded(monitoring=entered, registrations=left))
    assert rows["2021-09-30"] == rows["2022-03-31"] == 1.0


def test_a_household_of_which_the_last_member_left_is_gone():
    """One who stays is enough; a later look that says nothing of leaving takes nothing back."""
    begun = [{"occurred_on": "2020-01-01", "member_id": who} for who in ("a", "b")]
    first = {"occurred_on": "2021-12-01", "member_id": "a", "left": True}
    second = {"occurred_on": "2022-08-10", "member_id": "b", "left": True}
    silent = {"occurred_on": "2022-10-10", "member_id": "b", "health": "healthy"}
    stays = recorded(monitoring=[ELSEWHERE], members=[*begun, first])
    gone = recorded(monitoring=[ELSEWHERE], members=[*begun, first, second, silent])
    assert len(found(stays)) == 7
    assert list(found(gone)) == ["2021-03-31", "2021-06-30"]


def test_a_death_is_a_departure_of_the_last_member_only():
    """Of a household whose members are not listed, or one of whom lives, nothing follows."""
    death = [{"occurred_on": "2022-08-10", "kind": "died", "member_id": "b"}]
    alone = [{"occurred_on": "2020-01-01", "member_id": "b"}, {"occurred_on": "2022-09-01", "member_id": "b"}]
    other = [*alone, {"occurred_on": "2020-01-01", "member_id": "a"}]
    gone = recorded(monitoring=[ELSEWHERE], registrations=death, members=alone)
    assert list(found(gone)) == ["2021-03-31", "2021-06-30"]
    for more in ({}, {"members": other}):
        assert len(found(recorded(monitoring=[ELSEWHERE], registrations=death, **more))) == 7


def test_a_household_is_at_risk_from_the_day_it_is_known():
    """Known in July 2021 although it is older."""
    late = [{"household_id": "h", "occurred_on": "2015-01-01", "known_on": "2021-07-10", "area": "village"}]
    assert next(iter(found(recorded(monitoring=[ELSEWHERE], households=late)))) == "2021-09-30"


def test_who_has_no_income_of_the_last_two_years_is_not_judged():
    """After the last known income a household is at risk for 24 months and no longer."""
    known = [*earned(2000, months=MONTHS[:8])]
    tables = recorded(
        incomes=known, monitoring=[ELSEWHERE], visits=[{"occurred_on": "2023-12-31", "purpose": "round"}]
    )
    assert list(found(tables))[-1] == "2022-06-30"


def test_outcomes_of_a_day_become_known_together():
    """Events are not known sooner than the rest: both after the horizon and a month for reports."""
    followed = follow(recorded(monitoring=[step("2022-10-10", "entry")]), "entry")
    assert followed.outcome_on.tolist() == months_on(followed.cohort.as_of, 13).tolist()
    assert set(followed.months_ahead.tolist()) == {12}
    assert followed.weight is None


@pytest.mark.parametrize(
    ("target", "last"),
    [("entry", "2022-09-30"), ("need", "2022-09-30"), ("income", "2022-06-30"), ("hardship", "2022-06-30")],
)
def test_a_day_is_used_once_reports_are_in(target, last):
    """Entries and checks take a month, incomes and bills half a year."""
    tables = recorded(
        monitoring=[ELSEWHERE],
        verifications=[{"occurred_on": "2020-05-01", "risk": "none"}],
        expenses=[{"occurred_on": "2020-05-01", "kind": "education", "amount": 10}],
    )
    assert list(found(tables, target))[-1] == last


def test_a_shorter_horizon_sees_less_and_is_known_sooner():
    """Six months from the end of March do not reach October."""
    tables = recorded(monitoring=[step("2022-10-10", "entry")])
    short = found(tables, horizon_months=6)
    assert short["2022-03-31"] == 0.0
    assert short["2022-06-30"] == short["2022-09-30"] == 1.0
    assert max(found(recorded(monitoring=[ELSEWHERE]), horizon_months=6)) == "2023-03-31"


def test_an_event_is_told_as_soon_where_it_comes_within_six_months():
    """Of the four seasons before October 2022 the last two; states at the end of a horizon have no such."""
    followed = follow(recorded(monitoring=[step("2022-10-10", "entry")]), "entry")
    soon = dict(zip(followed.cohort.as_of.astype(str).tolist(), followed.soon.tolist(), strict=True))
    assert [day for day, there in soon.items() if there] == ["2022-06-30", "2022-09-30"]
    assert (followed.y[followed.soon] == 1.0).all()
    assert follow(recorded(monitoring=[ELSEWHERE]), "entry", horizon_months=6).soon is None
    assert follow(recorded(), "income").soon is None


def test_need_is_what_the_door_found():
    """Help is needed: an event. Manageable, or nobody met: none. It does not end the risk."""
    checks = [
        {"occurred_on": "2022-10-10", "risk": "needs_help"},
        {"occurred_on": "2021-05-10", "risk": "manageable"},
        {"occurred_on": "2021-06-10", "risk": "not_judged", "reached": False},
    ]
    rows = found(recorded(verifications=checks), "need")
    assert [day for day, y in rows.items() if y == 1.0] == [
        "2021-12-31",
        "2022-03-31",
        "2022-06-30",
        "2022-09-30",
    ]
    assert len(rows) == 7


def poor_from(month, before=2000, after=800, **more):
    """Return incomes that fall from a month on."""
    cut = np.datetime64(month, "M")
    return [
        *earned(before, months=MONTHS[cut > MONTHS]),
        *earned(after, months=MONTHS[cut <= MONTHS], **more),
    ]


def test_income_is_that_of_the_twelve_months_to_the_horizon():
    """2000 a month until March 2022, then 800: nine such months of twelve leave 1100, twelve 800."""
    rows = found(recorded(incomes=poor_from("2022-04")), "income")
    assert rows == {
        "2021-03-31": 0.0,
        "2021-06-30": 0.0,
        "2021-09-30": 0.0,
        "2021-12-31": 0.0,
        "2022-03-31": 1.0,
        "2022-06-30": 1.0,
    }


def test_the_line_is_the_one_that_holds_then():
    """It is raised in 2023 to 2500: who earns 2000 is under it from the horizons that end then."""
    raised = [
        *LINES,
        {**LINES[0], "valid_from": "2023-01-01", "occurred_on": "2023-01-01", "amount": 12 * 2500},
    ]
    rows = found(recorded(lines=raised), "income")
    assert rows["2021-12-31"] == 0.0
    assert rows["2022-03-31"] == 1.0


def test_income_is_a_head():
    """Three who share 2000."""
    assert set(found(recorded(compositions=heads(3)), "income").values()) == {1.0}


def helped(**more):
    """Return wages of 800 and transfers of 400 a month, and a row of help in money."""
    given = {
        "occurred_on": "2021-05-01",
        "area_of_help": "social_floor",
        "form": "money",
        "ground": "monitoring",
    }
    both = [*earned(800), *earned(400, "transfer")]
    return recorded(incomes=both, supports=[given | {"start_on": "2021-05-01", "amount": 400} | more])


def test_transfers_granted_after_the_day_are_left_out():
    """An allowance of 400 a month since May: without it 800, under the line; at June it was there already."""
    rows = found(helped(), "income")
    assert rows["2021-03-31"] == 1.0
    assert {y for day, y in rows.items() if day > FIRST} == {0.0}


@pytest.mark.parametrize(
    "more",
    [
        {"start_on": "2021-03-01", "occurred_on": "2021-03-01"},
        {"form": "goods"},
        {"area_of_help": "finance"},
        {"amount": None},
        {"end_on": "2021-06-30"},
    ],
    ids=["granted before", "in kind", "a loan", "no amount told", "two months only"],
)
def test_other_help_changes_nothing(more):
    """What began before, is no money, is to be paid back, or ended soon leaves the year above the line."""
    assert found(helped(**more), "income")["2021-03-31"] == 0.0


def test_a_payment_is_spread_over_its_months():
    """4800 in one month or over the year are 400 a month; over three years, 133 of it fall into the year."""
    once = {"area_of_help": "insurance", "amount": 4800}
    assert found(helped(**once), "income")["2021-03-31"] == 1.0
    assert found(helped(**once, end_on="2022-03-31"), "income")["2021-03-31"] == 1.0
    assert found(helped(**once, end_on="2024-04-30"), "income")["2021-03-31"] == 0.0


def test_no_more_is_left_out_than_was_received():
    """A grant of 100,000 that is not among the transfers recorded takes no wages away."""
    tables = recorded(
        incomes=[*earned(1100), *earned(400, "transfer")],
        supports=[
            {
                "occurred_on": "2021-05-01",
                "area_of_help": "industry",
                "form": "money",
                "ground": "general",
                "start_on": "2021-05-01",
                "amount": 100_000,
            }
        ],
    )
    assert found(tables, "income")["2021-03-31"] == 0.0


def test_of_an_income_that_is_not_told_apart_help_is_left_out_too():
    """The total holds the allowance as well."""
    given = {
        "occurred_on": "2021-05-01",
        "area_of_help": "social_floor",
        "form": "money",
        "ground": "general",
    }
    tables = recorded(
        incomes=earned(1200, "total"), supports=[given | {"start_on": "2021-05-01", "amount": 400}]
    )
    assert found(tables, "income")["2021-03-31"] == 1.0


def test_with_less_than_half_a_year_recorded_income_is_not_known():
    """Five months do, as an outcome, not count; six do."""
    for months, known in ((5, False), (6, True)):
        begin, end = np.datetime64("2021-04", "M"), np.datetime64("2022-04", "M")
        kept = [month for month in MONTHS if month < begin or month >= end - months]
        rows = found(recorded(incomes=earned(2000, months=kept)), "income")
        assert ("2021-03-31" in rows) is known


def paid(yuan, kind="medical_self_paid", day="2021-08-15", **more):
    """Return a bill."""
    return {"occurred_on": day, "kind": kind, "amount": yuan, **more}


@pytest.mark.parametrize(("yuan", "y"), [(9600, 0.0), (9601, 1.0)])
def test_hardship_is_more_than_four_tenths_of_a_year_s_income(yuan, y):
    """Of 24,000: medical, school and loss together."""
    bills = [paid(yuan - 600), paid(300, "education"), paid(200, "disaster"), paid(100, "accident")]
    rows = found(recorded(expenses=bills), "hardship")
    assert rows["2021-03-31"] == rows["2021-06-30"] == y
    assert rows["2021-09-30"] == 0.0


def test_what_was_reimbursed_and_what_is_owed_is_no_hard_cost():
    """Only what the household paid itself for illness, school and losses."""
    bills = [paid(90_000, "medical_total"), paid(80_000, "medical_reimbursed"), paid(50_000, "debt")]
    assert set(found(recorded(expenses=bills), "hardship").values()) == {0.0}


def test_bills_that_come_late_count():
    """Known a year after the stay, but before the data end."""
    late = paid(20_000, known_on="2023-01-20")
    assert found(recorded(expenses=[late]), "hardship")["2021-03-31"] == 1.0


@pytest.mark.parametrize("target", ["income", "hardship"])
def test_of_who_left_the_year_is_not_known(target):
    """There is no twelve months' income of a household that moved in between."""
    left = [{"occurred_on": "2022-08-10", "kind": "moved"}]
    rows = found(recorded(expenses=[paid(20_000)], registrations=left), target)
    assert list(rows) == ["2021-03-31", "2021-06-30"]


@pytest.mark.parametrize("target", ["entry", "need", "income", "hardship"])
def test_households_are_followed_each_by_itself(target):
    """Some households have the rows that they have among others, whatever the order of the tables' rows."""
    tables = entered_county(households=60)
    whole = follow(tables, target)
    assert np.all(whole.outcome_on > whole.cohort.as_of)
    some = np.unique(tables["households"]["household_id"])[::2]
    own = {
        name: {column: values[np.isin(rows["household_id"], some)][::-1] for column, values in rows.items()}
        if name in HOUSEHOLD_TABLES
        else rows
        for name, rows in tables.items()
    }
    alone, mine = follow(own, target), whole.take(np.isin(whole.cohort.household_id, some))
    assert alone.cohort.household_id.tolist() == mine.cohort.household_id.tolist()
    assert alone.cohort.as_of.tolist() == mine.cohort.as_of.tolist()
    assert alone.y.tolist() == mine.y.tolist()
    assert 0 < mine.y.sum() < len(mine)


def test_later_facts_change_who_is_at_risk_on_no_earlier_day():
    """Whoever is at risk is so by what was known then."""
    tables = entered_county(households=60)
    days = as_of_days(tables)[:3]
    early = {
        name: {column: values[rows["known_on"] <= days[-1]] for column, values in rows.items()}
        for name, rows in tables.items()
    }
    then, now = at_risk(early, days), at_risk(tables, days)
    assert then.household_id.tolist() == now.household_id.tolist()
    assert then.as_of.tolist() == now.as_of.tolist()


@pytest.mark.parametrize(
    ("target", "table"),
    [("entry", "monitoring"), ("need", "verifications"), ("income", "incomes"), ("hardship", "expenses")],
)
def test_without_the_table_of_the_outcome_nobody_can_be_followed(target, table):
    """It is refused, not answered with zeros."""
    tables = {name: rows for name, rows in entered_county(households=10).items() if name != table}
    with pytest.raises(Refused, match=f"no {table}"):
        follow(tables, target)


def test_data_too_short_for_any_outcome_are_refused():
    """A year of records, a year of horizon, a month for reports: two years are too short."""
    short = {"incomes": earned(2000, months=MONTHS[:24]), "compositions": heads(1)[:2]}
    tables = recorded(**short, monitoring=[ELSEWHERE])
    with pytest.raises(Refused, match="2021-12-31: no outcome is known yet"):
        follow(tables, "entry")


def test_days_are_the_ends_of_seasons_after_a_year_of_records():
    """The first income is known at the end of January 2020."""
    tables = recorded()
    assert last_known(tables) == np.datetime64("2023-12-31")
    days = as_of_days(tables)
    assert str(days[0]) == FIRST
    assert len(days) == 12
    assert as_of_days(tables, every=1).size == 36
    assert str(follow(recorded(monitoring=[ELSEWHERE]), "entry").cohort.as_of[-1]) == LATEST


def test_month_ends_lead_to_month_ends():
    """Thirty-one days or twenty-eight: the last day is the last day."""
    days = np.array(["2021-02-28", "2021-01-31", "2021-01-15"], dtype="datetime64[D]")
    assert months_on(days, 1).astype(str).tolist() == ["2021-03-31", "2021-02-28", "2021-02-15"]
    assert months_on(months_on(days[:1], 12), -12).tolist() == days[:1].tolist()
    assert month_ends(np.datetime64("2021-01-31"), np.datetime64("2021-01-31"), 1).size == 1
