"""A county's ledgers, as workbooks and as CSV: what each becomes, and what stays at the door."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from features.files import read_tables
from tests.county import (
    AFTERWARDS,
    CHILD,
    HEAD,
    HOUSES,
    NAMES,
    PRIVATE,
    STRANGER,
    content,
    employments,
    monitoring,
    settlements,
    sizes,
    told,
    write_csv,
    write_workbook,
)

pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")


def as_file(folder: Path, kind: str, rows) -> Path:
    """Write rows as a workbook, or as CSV in an encoding."""
    if kind == "xlsx":
        return write_workbook(folder / "ledger.xlsx", rows)
    return write_csv(folder / "ledger.csv", rows, kind)


def test_the_monitoring_ledger_becomes_households_members_incomes_and_steps(clerk, county):
    """Titles, totals, merged cells and notes are passed over; the households lie in their villages."""
    tables = read_tables(county)

    assert clerk("check", county)[:2] == (0, "no breach of the contract\n")
    assert sorted(set(tables["households"]["area"].tolist())) == ["模拟县-模拟乡-模拟村"]
    assert sorted(told(tables, "households", "origin")) == ["exited", "ordinary", "ordinary"]
    assert sorted(
        zip(
            tables["members"]["birth_year"].tolist(),
            told(tables, "members", "relation"),
            told(tables, "members", "health"),
            strict=True,
        )
    ) == [
        (1955, "head", "healthy"),
        (1970, "head", "chronic"),
        (1972, "spouse", "healthy"),
        (1980, "head", "serious"),
        (2015, "child", "healthy"),
    ]
    assert sorted(tables["compositions"]["people"].tolist()) == [1, 1, 3]
    assert sorted(tables["incomes"]["amount"].tolist()) == [6_500, 12_000, 27_000]
    assert tables["incomes"]["period_start"].astype(str).tolist() == ["2022-10-01"] * 3
    assert tables["incomes"]["period_end"].astype(str).tolist() == ["2023-09-30"] * 3
    assert set(tables["incomes"]["known_on"].astype(str).tolist()) == {"2023-12-31"}
    assert sorted(told(tables, "monitoring", "cause")) == ["", "illness"]


def test_an_act_of_the_office_is_known_a_month_after_and_marked(county):
    """Entry is dated by the last day of its month; the lag is stated, and assumed."""
    steps = read_tables(county)["monitoring"]

    assert sorted(steps["occurred_on"].astype(str).tolist()) == ["2023-05-31", "2023-09-30"]
    assert sorted(steps["known_on"].astype(str).tolist()) == ["2023-06-30", "2023-10-31"]
    assert steps["known_on_assumed"].tolist() == [1, 1]


@pytest.mark.parametrize("kind", ["xlsx", "utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", AFTERWARDS)
def test_each_ledger_becomes_tables_that_pass_the_check(clerk, county, tmp_path, name, kind):
    """The same in whatever form it was saved; said again, it is nothing new."""
    rows, words, made = AFTERWARDS[name]
    file = as_file(tmp_path, kind, rows())
    before = sizes(county)
    code, out, err = clerk("import", file, "--mapping", name, "--out", county, *words)
    assert code == 0, err
    assert sizes(county) - before == Counter(made)
    assert clerk("check", county)[0] == 0
    once = content(county)
    code, out, _ = clerk("import", file, "--mapping", name, "--out", county, *words)
    assert code == 0
    assert " new" not in out.partition("known_on:")[0]
    assert content(county) == once


def test_what_settlements_say(clerk, county, tmp_path):
    """Amounts in 万 and with commas; known when pushed, else assumed; a stranger is set aside by line."""
    file = write_workbook(tmp_path / "settlements.xlsx", settlements())
    _, out, _ = clerk("import", file, "--mapping", "medical-settlements", "--out", county)
    tables = read_tables(county)
    expenses = tables["expenses"]
    listed = (tmp_path / "county.medical-settlements.set-aside.csv").read_text(encoding="utf-8-sig")

    assert dict(zip(told(tables, "expenses", "kind"), expenses["amount"].tolist(), strict=True)) == {
        "medical_total": 3000,
        "medical_reimbursed": 2000,
        "medical_self_paid": 1000,
    }
    assert expenses["amount"].tolist()[::2] == [40_000, 28_000, 12_000]
    assert expenses["known_on"].astype(str).tolist() == ["2024-03-10", "2024-05-05"] * 3
    assert expenses["known_on_assumed"].tolist() == [0, 1] * 3
    assert "expenses                3  of them assumed" in out
    assert listed.splitlines()[1:] == ["settlements.xlsx[Sheet1],6,person not known in the folder"]


def test_what_visits_jobs_and_meetings_say(clerk, county, tmp_path):
    """Boxes, numbers of days, months and 万元 headers are read for what they mean."""
    for name, (rows, words, _) in AFTERWARDS.items():
        file = write_workbook(tmp_path / f"{name}.xlsx", rows())
        assert clerk("import", file, "--mapping", name, "--out", county, *words)[0] == 0
    tables = read_tables(county)

    assert tables["visits"]["occurred_on"].astype(str).tolist() == ["2024-05-06", "2024-06-03"]
    assert tables["visits"]["clothes_ok"].tolist() == [1, 0]
    assert tables["visits"]["water_ok"].tolist() == [1, 0]
    assert tables["visits"]["big_spending"].tolist()[0] == 12_000
    assert tables["visits"]["known_on_assumed"].tolist() == [0, 1]
    assert told(tables, "employments", "form") == ["employee", "public_post"]
    assert tables["employments"]["start_on"].astype(str).tolist() == ["2024-01-01", "2024-03-15"]
    assert tables["employments"]["formal"].tolist() == [1, 0]
    assert told(tables, "monitoring", "step") == ["entry", "entry", "entry", "elimination"]
    assert told(tables, "verifications", "risk") == ["needs_help"]


def test_a_spell_that_ended_was_work(clerk, county, tmp_path):
    """What the ledger says of now holds since the end; the end corrects the spell that was open."""
    words = ("--mapping", "employment-ledger", "--out", county)
    for day, rows in (("2024-03-31", employments()), ("2024-06-30", employments(end="2024年5月"))):
        file = write_workbook(tmp_path / f"{day}.xlsx", rows)
        code, _, err = clerk("import", file, *words, "--known-on", day)
        assert code == 0, err
    tables = read_tables(county)
    jobs = tables["employments"]

    assert sorted(
        zip(
            told(tables, "employments", "state"),
            jobs["start_on"].astype(str).tolist(),
            jobs["end_on"].astype(str).tolist(),
            jobs["known_on"].astype(str).tolist(),
            strict=True,
        )
    ) == [
        ("employed", "2024-01-01", "2024-05-31", "2024-06-30"),
        ("employed", "2024-01-01", "NaT", "2024-03-31"),
        ("employed", "2024-03-15", "NaT", "2024-03-31"),
        ("unemployed", "2024-05-31", "NaT", "2024-06-30"),
    ]


def test_no_name_number_or_phone_passes_the_door(clerk, county, tmp_path):
    """Not into a file, compressed or not, and not into a message, in a good import or a bad one."""
    said = []
    for name, (rows, words, _) in AFTERWARDS.items():
        file = write_workbook(tmp_path / f"{name}.xlsx", rows())
        said += clerk("import", file, "--mapping", name, "--out", county, *words)[1:]
        bad = write_workbook(tmp_path / "bad.xlsx", [*rows(), rows()[-2]])
        code, *more = clerk("import", bad, "--mapping", name, "--out", county, *words)
        assert code == 1
        said += more
    files = [*county.iterdir(), *tmp_path.glob("*.set-aside.csv")]
    written = [file.read_bytes() for file in files]
    cells = [
        str(value)
        for facts in read_tables(county).values()
        for values in facts.values()
        for value in values.tolist()
    ]

    for secret in PRIVATE:
        assert secret not in "".join((*said, *cells))
        assert all(secret.encode() not in file for file in written)


def test_one_person_is_one_pseudonym_in_every_ledger(clerk, county, tmp_path):
    """However the number is written: that is how ledgers find each other."""
    for name in ("medical-settlements", "employment-ledger"):
        rows, words, _ = AFTERWARDS[name]
        file = write_workbook(tmp_path / f"{name}.xlsx", rows())
        assert clerk("import", file, "--mapping", name, "--out", county, *words)[0] == 0
    tables = read_tables(county)
    members = set(tables["members"]["member_id"].tolist())

    assert set(tables["expenses"]["member_id"].tolist()) < members
    assert set(tables["employments"]["member_id"].tolist()) < members
    assert not members & set(tables["households"]["household_id"].tolist())


def test_yearly_snapshots_are_a_sequence(clerk, county, tmp_path):
    """A changed cell is a correction known later, the same is nothing new, a lost row is no withdrawal."""
    later = [row for row in monitoring(9800, "患有大病", "202411") if CHILD not in row]
    file = write_workbook(tmp_path / "2024.xlsx", later)
    words = ("--mapping", "monitoring-ledger", "--known-on", "2024-12-31", "--out", county)
    _, out, _ = clerk("import", file, *words)
    tables = read_tables(county)
    members = tables["members"]
    head = members["record_id"] == members["record_id"][-1]

    assert "members                 4  1 corrected, 3 known already" in out
    assert members["birth_year"][head].tolist() == [1970, 1970]
    assert members["known_on"][head].astype(str).tolist() == ["2023-12-31", "2024-12-31"]
    assert told(tables, "members", "health")[-1] == "serious"
    assert members["record_id"].size == 6
    assert sorted(tables["incomes"]["amount"].tolist()) == [6_500, 6_500, 12_000, 12_000, 27_000, 29_400]
    assert told(tables, "monitoring", "step") == ["entry", "entry", "elimination"]


def test_a_sequence_is_one_command_with_a_day_for_each_file(clerk, county, tmp_path):
    """In whatever order they are typed, the same as one after another."""
    one = write_workbook(tmp_path / "2024.xlsx", monitoring(9800))
    two = write_workbook(tmp_path / "2025.xlsx", monitoring(9900, "健康"))
    mapping = ("--mapping", "monitoring-ledger", "--out", county)
    was = content(county)
    clerk("import", one, *mapping, "--known-on", "2024-12-31")
    clerk("import", two, *mapping, "--known-on", "2025-12-31")
    singly = content(county)
    for name, data in was.items():
        (county / name).write_bytes(data)
    code, _, err = clerk("import", two, one, *mapping, "--known-on", "2025-12-31", "--known-on", "2024-12-31")

    assert code == 0, err
    assert content(county) == singly
    assert clerk("import", one, *mapping, "--known-on", "2024-12-31", "--known-on", "2025-12-31")[0] == 2


def test_faulty_numbers_are_counted_and_never_shown(clerk, county, tmp_path):
    """A wrong check digit is doubted; the person is still one and the same."""
    wrong = HEAD[:-1] + ("0" if HEAD[-1] != "0" else "1")
    rows = [[wrong if cell == HEAD else cell for cell in row] for row in monitoring()]
    file = write_workbook(tmp_path / "2024.xlsx", rows)
    words = ("--mapping", "monitoring-ledger", "--known-on", "2024-12-31", "--out", county)
    code, out, _ = clerk("import", file, *words)

    assert code == 0
    assert "note: 证件号码: 1 rows with a faulty id number, taken as they are" in out
    assert wrong not in out


def test_the_examples_are_nobody(county):
    """No household, name or number of the examples could be taken for a real one."""
    assert county.exists()
    assert all(name.startswith("模拟") for name in NAMES)
    assert all(one.startswith("99") for one in (*HOUSES, HEAD, CHILD, STRANGER))
