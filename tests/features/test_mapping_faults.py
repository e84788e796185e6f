"""What is refused of a ledger and of a mapping, and what a mapping must say."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from features.errors import BadInput, MissingExtra, Usage
from features.files import read_tables
from features.ledgers import COUNTY, SHIPPED, import_ledger, read_mapping, tables_from
from tests.ledgers import KNOWN, PLAIN, ROWS, WORK, refused


def test_values_of_no_code_list_are_refused(county):
    """Each source column is named with rule and count, all at once, and the contract's rules too."""
    rows = (ROWS[0], "1,2026-03-31,east,1,x,abc,3", "2,2026-03-31,east,1,x,1,1", "3,31.3.2026,east,1,w,-2,1")

    assert refused(county, PLAIN + WORK, rows) == [
        ("county", "day", "not a day, for the date seen", 1),
        ("county", "wage", "not a number, for incomes.amount", 1),
        ("county", "what", "no value of the code list, for incomes.kind", 2),
        ("county", "what", "no value of the code list, for employments.form", 1),
        ("county", "work", "no value of the code list, for employments.formal", 1),
        ("county", "work", "no value of the code list, for employments.state", 1),
        ("incomes", "amount", "below 0", 1),
    ]


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


def test_every_fault_at_the_door_of_a_mapping_is_named(county):
    """Pseudonyms, matches, headers and sheets are checked like all else."""
    faulty = PLAIN.replace('format = "csv"', 'format = "excel"\nneeded = ["phone"]\nyear = "era"\nsheet = 3')
    faulty = faulty.replace("kind = {", 'imputed = { column = "what", several = "last" }\nkind = {').replace(
        "times = 10000", 'times = 10000, blank = "none"'
    )
    faulty = faulty.replace(
        'answered = ["wage"]', 'answered = ["wage"]\nknown_on = { date = "never", otherwise = "never" }'
    )
    faulty += """
[headers]
salary = ["pay"]
wage = 3
[pseudonyms]
code = "village"
day = { of = ["wage"] }
[match]
person = "code"
household = "code"
"""
    found = {place for _, place, _, _ in refused(county, faulty)}

    assert found == {
        "source.needed.phone",
        "source.sheet",
        "source.year.era",
        "headers.salary",
        "headers.wage",
        "pseudonyms.code.kind",
        "pseudonyms.day.kind",
        "match",
        "incomes.known_on.date",
        "incomes.known_on.otherwise",
        "incomes.amount.blank",
        "incomes.imputed.several",
    }


@pytest.mark.parametrize(
    "known", ["", "[known_on]\nfile = false", '[known_on]\ndate = "seen"', "[known_on]\ndate = 3"]
)
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
    """Each says what it is, how to cite it and what it assumes; a survey's known_on is always assumed."""
    mapping = read_mapping(name)

    assert mapping.title
    assert mapping.cite
    assert mapping.assumptions
    assert mapping.known.assumed == (name not in COUNTY)


def test_a_package_that_is_not_installed_is_named(tmp_path):
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


WORDS = """
name title cite assumptions source headers dropped pseudonyms match missing codes dates aggregates known_on
format key delimiter encoding package archive member needed sheet every table
column unit day after months date assumed file otherwise statistic by times kind of household person record
part where answered each first_by columns case value aggregate steps minus prefix digits
several highest under blank unanswered parquet csv excel quarter year first last median mean
"""


@pytest.mark.parametrize("word", WORDS.split())
def test_every_word_of_a_mapping_is_explained(word):
    """One page has the whole language."""
    page = Path(__file__).parents[2] / "docs" / "mappings.md"

    assert re.search(rf"\b{word}\b", page.read_text(encoding="utf-8"))
