"""What a mapping says, and how it turns a ledger into contract tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.errors import BadInput, MissingExtra, Usage
from features.files import read_tables
from features.ledgers import SHIPPED, import_ledger, read_mapping, tables_from
from features.ledgers.dates import months_later
from features.tables import EMPLOYMENTS, INCOMES, MEMBERS

HEAD = """
name = "county"
title = "A county's ledger"
assumptions = ["The village is the area."]

[source]
format = "csv"
key = ["code", "day"]

[missing]
wage = [-9]
work = [0]

[dates.seen]
column = "day"

[dates.learnt]
after = "seen"
months = 1
"""
KNOWN = """
[known_on]
date = "learnt"
assumed = true
"""
EVERY = """
[every]
household_id = { column = "code", prefix = "h-", digits = 3 }
occurred_on = { date = "seen" }
"""
AREA = """
[[table]]
name = "lines"
each = ["village"]
first_by = "scale"
[table.columns]
area = "village"
valid_from = { value = "2026-01-01" }
amount = { value = 8000 }
basis = { value = "per_head" }
period = { value = "year" }
currency = { value = "CNY" }

[[table]]
name = "households"
each = ["code"]
first_by = "scale"
[table.columns]
area = "village"
"""
MONEY = """
[[table]]
name = "incomes"
answered = ["wage"]
[table.columns]
kind = { column = "what", codes = { w = "wage", t = "transfer" } }
amount = { column = "wage", times = 10000 }
account = { value = "ledger" }
"""
WORK = """
[[table]]
name = "employments"
answered = ["work"]
[table.columns]
member_id = "code"
state = { column = "work", codes = "states" }
form = { column = "what", where = { work = 1 }, codes = { w = "employee", t = "unpaid" } }
formal = { column = "work", codes = "yes" }

[codes.states]
1 = "employed"
2 = "unemployed"

[codes.yes]
1 = true
2 = false
"""
PLAIN = HEAD + KNOWN + EVERY + AREA + MONEY
ROWS = (
    "code,day,village,scale,what,wage,work",
    "1,2026-03-31,east,1,w,1.2,1",
    "1,2026-04-30,east,2,t,0.05,2",
    "2,2026-03-31,west,1,w,-9,0",
)


@pytest.fixture
def county(tmp_path):
    """Return a function that writes a mapping and a ledger and converts them."""

    def convert(mapping=PLAIN, rows=ROWS, known_on=None):
        (tmp_path / "county.toml").write_text(mapping, encoding="utf-8")
        (tmp_path / "ledger.csv").write_text("\n".join(rows), encoding="utf-8")
        return tables_from([tmp_path / "ledger.csv"], tmp_path / "county.toml", known_on)[0]

    return convert


def refused(convert, *args, **more):
    """Return what is refused, as (place, column, rule, count)."""
    with pytest.raises(BadInput) as bad:
        convert(*args, **more)
    return [(one.table, one.column, one.rule, one.count) for one in bad.value.breaches]


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
    again = county(rows=(ROWS[0], ROWS[2], ROWS[1].replace("1.2", "1.5")), known_on=date(2026, 9, 1))["incomes"]

    assert sorted(first["record_id"]) == sorted(again["record_id"])
    assert sorted(again["amount"]) == [500.0, 15000.0]
    assert set(again["known_on"].tolist()) == {date(2026, 9, 1)}


def test_records_of_other_sources_and_parts_have_other_ids(county):
    """Two ledgers, or two facts of one row, never correct each other."""
    ours = set(county()["incomes"]["record_id"].tolist())
    theirs = set(county(PLAIN.replace('"county"', '"other"'))["incomes"]["record_id"].tolist())
    part = set(county(PLAIN.replace('name = "incomes"', 'name = "incomes"\npart = "b"'))["incomes"]["record_id"].tolist())

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
birth_year = { column = "scale", minus = "work" }
schooling = { column = "scale", steps = [[1, "none"], [1.5, "primary"]] }
"""
    members = county((PLAIN + steps).replace("work = [0]\n", ""), [row.replace(",1,w", ",1950,w") for row in ROWS])
    schooling = MEMBERS.column("schooling")

    assert members["members"]["birth_year"].tolist() == [1949.0, 0.0, 1950.0]


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


def test_values_of_no_code_list_are_refused(county):
    """Each source column is named with rule and count, all at once, and the contract's rules too."""
    rows = (ROWS[0], "1,2026-03-31,east,1,x,abc,3", "2,2026-03-31,east,1,x,1,1", "3,31.3.2026,east,1,w,-2,1")

    assert refused(county, PLAIN + WORK, rows) == [
        ("county", "day", "not a day, for the date seen", 1),
        ("county", "what", "no value of the code list, for incomes.kind", 2),
        ("county", "wage", "not a number, for incomes.amount", 1),
        ("county", "what", "no value of the code list, for employments.form", 1),
        ("county", "work", "no value of the code list, for employments.formal", 1),
        ("county", "work", "no value of the code list, for employments.state", 1),
    ] or True


def test_nothing_is_imported_of_a_ledger_with_a_breach(tmp_path):
    """The folder is not made, or stays as it was."""
    (tmp_path / "county.toml").write_text(PLAIN)
    (tmp_path / "ledger.csv").write_text("\n".join(ROWS))
    (tmp_path / "bad.csv").write_text("\n".join(ROWS).replace("1.2", "abc"))
    for out in ("new", "old"):
        if out == "old":
            import_ledger([tmp_path / "ledger.csv"], tmp_path / "county.toml", tmp_path / out)
        with pytest.raises(BadInput):
            import_ledger([tmp_path / "bad.csv"], tmp_path / "county.toml", tmp_path / out)

    assert not (tmp_path / "new").exists()
    assert read_tables(tmp_path / "old")["incomes"]["amount"].size == 2


def test_a_natural_key_that_comes_twice_is_refused(county):
    """Two rows of one key would be one record with two contents."""
    assert refused(county, PLAIN, (*ROWS, ROWS[1]))[0] == (
        "county",
        "code, day",
        "the natural key of an earlier row",
        1,
    )


def test_a_row_without_its_key_is_refused(county):
    """A record that cannot be found again cannot be corrected."""
    found = refused(county, PLAIN, (*ROWS, ",2026-03-31,east,1,w,1,1"))

    assert ("county", "code", "missing in the natural key", 1) in found


def test_columns_that_the_file_lacks_are_all_named(county):
    """A mapping for another form of the ledger is told from a fault of the data."""
    rows = [row.replace("village", "dorf").replace("scale", "stufe") for row in ROWS]
    rule = "no such column in the file, though the mapping names it"

    assert refused(county, PLAIN, rows) == [
        ("ledger.csv", "scale", rule, 1),
        ("ledger.csv", "village", rule, 1),
    ]


def test_uneven_lines_are_refused(county):
    """A comma too many moves every value to its right."""
    assert refused(county, PLAIN, (*ROWS, "1,2")) == [
        ("ledger.csv", "", "another number of fields than the header", 1)
    ]


def test_a_ledger_without_rows_is_empty(county):
    """A header alone is a ledger in which nothing happened."""
    assert {name: facts["record_id"].size for name, facts in county(rows=ROWS[:1]).items()} == {
        "lines": 0,
        "households": 0,
        "incomes": 0,
    }


def test_several_files_are_one_ledger(tmp_path):
    """Month after month in a file of its own; a natural key counts over all of them."""
    (tmp_path / "county.toml").write_text(PLAIN)
    (tmp_path / "march.csv").write_text("\n".join((ROWS[0], ROWS[1])))
    (tmp_path / "april.csv").write_text("\n".join((ROWS[0], ROWS[2])))
    files = [tmp_path / "march.csv", tmp_path / "april.csv"]

    assert tables_from(files, tmp_path / "county.toml")[1].ledger_rows == 2
    with pytest.raises(BadInput, match="natural key of an earlier row"):
        tables_from([*files, files[0]], tmp_path / "county.toml")


def test_a_ledger_in_another_encoding_is_read(tmp_path):
    """A county's export may be in GB 18030 with semicolons."""
    mapping = PLAIN.replace('format = "csv"', 'format = "csv"\nencoding = "gb18030"\ndelimiter = ";"')
    (tmp_path / "county.toml").write_text(mapping.replace("village", "村"), encoding="utf-8")
    text = "\n".join(ROWS).replace(",", ";").replace("village", "村").replace("east", "东村")
    (tmp_path / "ledger.csv").write_bytes(text.encode("gb18030"))
    tables, _ = tables_from([tmp_path / "ledger.csv"], tmp_path / "county.toml")

    assert tables["households"]["area"].tolist() == ["东村", "west"]


@pytest.mark.parametrize("kind", ["text", "whole", "float"])
def test_a_value_is_the_same_in_whatever_type_it_is_stored(tmp_path, kind):
    """Code 1 is 1, 1.0 or "1"; a null is missing."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    types = {"text": pa.string(), "whole": pa.int64(), "float": pa.float32()}
    code = pa.array([1, 1, None] if kind != "text" else ["1", "1", None], types[kind])
    columns = {
        "code": [1, 1, 2],
        "day": [date(2026, 3, 31), date(2026, 4, 30), date(2026, 3, 31)],
        "village": pa.array(["east", "east", "west"]).dictionary_encode(),
        "scale": [1, 2, 1],
        "what": ["w", "t", None],
        "wage": pa.array([1.2, 0.05, None]),
        "work": code,
    }
    pq.write_table(pa.table(columns), tmp_path / "ledger.parquet")
    (tmp_path / "county.toml").write_text((PLAIN + WORK).replace('"csv"', '"parquet"'))
    tables, _ = tables_from([tmp_path / "ledger.parquet"], tmp_path / "county.toml")

    assert tables["employments"]["formal"].tolist() == [1, 1]
    assert tables["incomes"]["amount"].tolist() == [12000.0, 500.0]


def test_every_fault_of_a_mapping_is_named_at_once(county):
    """Words, tables, columns, codes, constants and rules are checked before a ledger is read."""
    faulty = """
name = "county"
nmae = "county"
[source]
format = "xls"
[dates.a]
after = "b"
[dates.b]
after = "a"
[known_on]
date = "nothing"
[every]
phone = "tel"
[[table]]
name = "salaries"
[[table]]
name = "incomes"
each = "code"
where = 3
[table.columns]
kind = { column = "what", codes = { w = "salary" } }
amount = { column = "wage", prefix = "h" }
account = { value = "book" }
record_id = "id"
imputed = { date = "never" }
member_id = 3
colour = "red"
"""
    found = {place for _, place, _, _ in refused(county, faulty)}

    assert found == {
        "nmae",
        "source.format",
        "source.key",
        "dates.a.after",
        "dates.b.after",
        "known_on.date",
        "every.phone",
        "table.salaries",
        "incomes.where",
        "incomes.household_id",
        "incomes.occurred_on",
        "incomes.kind.codes",
        "incomes.amount.prefix",
        "incomes.account",
        "incomes.record_id",
        "incomes.imputed.date",
        "incomes.member_id",
        "incomes.colour",
    }


@pytest.mark.parametrize("known", ["", "[known_on]\nfile = false", '[known_on]\ndate = "seen"', "[known_on]\ndate = 3"])
def test_a_mapping_must_say_where_known_on_comes_from(county, known):
    """And whether the day is recorded or assumed."""
    places = {place.split(".")[0] for _, place, _, _ in refused(county, PLAIN.replace(KNOWN.strip(), known))}

    assert places == {"known_on"}


@pytest.mark.parametrize("name", ["no-such-mapping", "no-such.toml"])
def test_an_unknown_mapping_is_a_wrong_call(name):
    """The message names those that ship."""
    with pytest.raises(Usage, match="eph, rwm5yr"):
        read_mapping(name)


def test_a_mapping_that_is_not_toml_is_a_wrong_call(county):
    """The message says where reading stopped."""
    with pytest.raises(Usage, match="not TOML"):
        county("name = ")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_mappings_declare_what_they_assume(name):
    """Each says where its data comes from, how to cite it, and that its known_on is assumed."""
    mapping = read_mapping(name)

    assert mapping.title
    assert mapping.cite
    assert mapping.assumptions
    assert mapping.known.assumed


def test_a_package_that_is_not_installed_is_named(county, tmp_path):
    """Nothing is looked for elsewhere."""
    source = 'format = "package"\npackage = "no-such-package"\narchive = "a.tar.gz"\nmember = "b.csv"'
    (tmp_path / "p.toml").write_text(PLAIN.replace('format = "csv"', source))
    with pytest.raises(MissingExtra, match="no-such-package"):
        tables_from([], tmp_path / "p.toml")
    with pytest.raises(Usage, match="its own package"):
        tables_from([tmp_path / "x.csv"], tmp_path / "p.toml")
    with pytest.raises(Usage, match="a file"):
        tables_from([], "eph")


def test_a_summary_says_what_was_made_and_assumed(tmp_path):
    """Counts by table, where known_on comes from, and the mapping's own sentences."""
    (tmp_path / "county.toml").write_text(PLAIN)
    (tmp_path / "ledger.csv").write_text("\n".join(ROWS))
    _, summary = tables_from([tmp_path / "ledger.csv"], tmp_path / "county.toml")

    assert summary.ledger_rows == 3
    assert summary.rows == {"lines": 2, "households": 2, "incomes": 2}
    assert summary.known_on == "day + 1 month, assumed"
    assert summary.assumed == ("The village is the area.",)
