"""How a mapping turns the rows of a ledger into contract tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.errors import Usage
from features.ledgers.dates import months_later
from features.tables import EMPLOYMENTS, INCOMES, MEMBERS
from tests.ledgers import PLAIN, ROWS, WORK, refused


def test_rows_become_facts(county):
    """Numbers are scaled, codes looked up, ids filled up; a row without an answer gives no fact."""
    incomes = county()["incomes"]

    assert incomes["household_id"].tolist() == ["h-001", "h-001"]
    assert incomes["amount"].tolist() == [12000.0, 500.0]
    assert incomes["kind"].tolist() == [INCOMES.column("kind").code(code) for code in ("wage", "transfer")]
    assert incomes["occurred_on"].tolist() == [date(2026, 3, 31), date(2026, 4, 30)]


def test_known_on_is_reckoned_as_the_mapping_says(county):
    """A month after the event, and marked as assumed."""
    incomes = county()["incomes"]

    assert incomes["known_on"].tolist() == [date(2026, 4, 30), date(2026, 5, 31)]
    assert incomes["known_on_assumed"].tolist() == [1, 1]


def test_known_on_can_be_recorded(county):
    """A column that has the day is believed, and nothing is marked."""
    recorded = PLAIN.replace('date = "learnt"\nassumed = true', 'date = "seen"\nassumed = false')
    incomes = county(recorded)["incomes"]

    assert incomes["known_on"].tolist() == incomes["occurred_on"].tolist()
    assert incomes["known_on_assumed"].tolist() == [0, 0]


def test_known_on_can_be_the_day_of_the_file(county):
    """A ledger without dates of its own is known on the day that the caller gives, and not without it."""
    by_file = PLAIN.replace('date = "learnt"\nassumed = true', "file = true")
    incomes = county(by_file, known_on=date(2026, 6, 1))["incomes"]

    assert incomes["known_on"].tolist() == [date(2026, 6, 1)] * 2
    with pytest.raises(Usage, match="the day on which the file became known"):
        county(by_file)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2010-12-31", 1, "2011-01-31"),
        ("2011-03-31", 1, "2011-04-30"),
        ("2011-06-30", 1, "2011-07-31"),
        ("2011-02-28", 12, "2012-02-29"),
        ("2011-01-30", 1, "2011-02-28"),
        ("2011-05-15", 2, "2011-07-15"),
        ("2011-05-15", 0, "2011-05-15"),
    ],
)
def test_the_last_day_of_a_month_stays_a_last_day(day, months, later):
    """Months differ in length; a day that the month does not have is its last."""
    assert months_later(np.array([day], dtype="datetime64[D]"), months).astype(str).tolist() == [later]


def test_an_unanswered_date_stays_missing():
    """No day is a month after no day."""
    assert np.isnat(months_later(np.array(["NaT"], dtype="datetime64[D]"), 1)).all()


def test_a_ledger_read_again_keeps_its_record_ids(county):
    """Ids depend on source, table and natural key, not on the order of rows or on what they say."""
    first = county()["incomes"]
    again = county(rows=(ROWS[0], ROWS[2], ROWS[1].replace("1.2", "1.5")), known_on=date(2026, 9, 1))[
        "incomes"
    ]

    assert sorted(first["record_id"]) == sorted(again["record_id"])
    assert sorted(again["amount"]) == [500.0, 15000.0]
    assert set(again["known_on"].tolist()) == {date(2026, 9, 1)}


def test_records_of_other_sources_and_parts_have_other_ids(county):
    """Two ledgers, or two facts of one row, never correct each other."""
    ours = set(county()["incomes"]["record_id"].tolist())
    theirs = set(county(PLAIN.replace('"county"', '"other"'))["incomes"]["record_id"].tolist())
    part = set(
        county(PLAIN.replace('name = "incomes"', 'name = "incomes"\npart = "b"'))["incomes"][
            "record_id"
        ].tolist()
    )

    assert len(ours | theirs | part) == 6


def test_natural_keys_do_not_run_together(county):
    """Household 1 at visit 12 is not household 11 at visit 2."""
    keyed = PLAIN.replace('key = ["code", "day"]', 'key = ["code", "scale"]')
    rows = (ROWS[0], "1,2026-03-31,east,12,w,1,1", "11,2026-03-31,east,2,w,1,1")

    assert np.unique(county(keyed, rows)["incomes"]["record_id"]).size == 2


def test_one_row_for_each_value_is_the_first(county):
    """A household belongs where it was first seen."""
    rows = (ROWS[0], "1,2026-04-30,west,2,w,1,1", "1,2026-03-31,east,1,w,1,1")
    households = county(rows=rows)["households"]

    assert households["area"].tolist() == ["east"]
    assert households["occurred_on"].tolist() == [date(2026, 3, 31)]


def test_without_an_order_all_rows_of_a_value_must_agree(county):
    """A household that lies in two villages is named, not decided by chance."""
    mapping = PLAIN.replace('each = ["code"]\nfirst_by = "scale"', 'each = ["code"]').replace(
        'area = "village"\n\n[[table]]\nname = "incomes"',
        'area = "village"\noccurred_on = { value = "2026-03-31" }\n\n[[table]]\nname = "incomes"',
    )
    rows = (ROWS[0], "1,2026-04-30,west,2,w,1,1", "1,2026-03-31,east,1,w,1,1")

    assert county(mapping, ROWS)["households"]["area"].tolist() == ["east", "west"]
    assert refused(county, mapping, rows) == [
        ("county", "village", "not the same in all rows of one code, for households.area", 1)
    ]


def test_a_cell_may_speak_of_some_rows_only(county):
    """The form of work is that of those at work; whoever was not asked has none."""
    employments = county(PLAIN + WORK)["employments"]
    states, forms = EMPLOYMENTS.column("state"), EMPLOYMENTS.column("form")

    assert employments["state"].tolist() == [states.code("employed"), states.code("unemployed")]
    assert employments["form"].tolist() == [forms.code("employee"), -1]
    assert employments["formal"].tolist() == [1, 0]


def test_cases_of_a_table_share_its_cells(county):
    """One row of a ledger may give several facts to one table."""
    cases = """
[[table]]
name = "supports"
[table.columns]
ground = { value = "general" }

[[table.case]]
part = "work"
where = { work = [1, 2] }
columns = { area_of_help = { value = "jobs" } }

[[table.case]]
part = "west"
where = { village = "west" }
columns = { area_of_help = { value = "water" } }
"""
    supports = county(PLAIN + cases)["supports"]

    assert supports["household_id"].tolist() == ["h-001", "h-001", "h-002"]
    assert np.unique(supports["record_id"]).size == 3


def test_steps_put_numbers_in_order(county):
    """From each number on a value holds until the next one."""
    steps = """
[[table]]
name = "members"
[table.columns]
member_id = "code"
schooling = { column = "scale", steps = [[1, "none"], [1.5, "primary"]] }
"""
    rows = (ROWS[0], *(f"{row},2026-03-31,east,{years},w,1,1" for row, years in enumerate((1, 1.4, 1.5, 9))))
    schooling = MEMBERS.column("schooling")
    places = [schooling.code(code) for code in ("none", "none", "primary", "primary")]

    assert county(PLAIN + steps, rows)["members"]["schooling"].tolist() == places
    assert refused(county, PLAIN + steps, (*rows, "9,2026-03-31,east,0.9,w,1,1")) == [
        ("county", "scale", "no number, or below the first step, for members.schooling", 1)
    ]


def test_a_year_may_be_reckoned_of_two_columns(county):
    """The year of birth is the year less the age."""
    born = """
[[table]]
name = "members"
[table.columns]
member_id = "code"
birth_year = { column = "scale", minus = "work" }
"""
    rows = (ROWS[0], "1,2026-03-31,east,2026,w,1,61", "2,2026-03-31,east,2026,w,1,0")
    years = county(PLAIN + born, rows)["members"]["birth_year"]

    assert years[0] == 1965
    assert np.isnan(years[1])


def test_an_aggregate_is_reckoned_over_the_rows_that_share_a_value(county):
    """The line of a village may be a share of its median wage; unanswered rows do not count."""
    aggregate = """
[aggregates.line]
column = "wage"
statistic = "median"
by = ["village"]
times = 0.6
"""
    mapping = PLAIN.replace("amount = { value = 8000 }", 'amount = { aggregate = "line" }') + aggregate
    rows = (ROWS[0], *(f"{code},2026-03-31,east,1,w,{wage},1" for code, wage in enumerate((1, 2, 4, -9))))

    assert county(mapping, rows)["lines"]["amount"].tolist() == [0.6 * 2]
