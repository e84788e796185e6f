"""The command `import` as a clerk types it: keys, a look before, a draft, a database, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from features.ledgers import COUNTY, read_mapping
from tests.county import (
    AFTERWARDS,
    NAMES,
    content,
    lines,
    monitoring,
    settlements,
    visits,
    write_csv,
    write_workbook,
)

pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")


def test_with_another_key_nobody_is_found(clerk, county, tmp_path, monkeypatch):
    """The ledger is refused and not set aside as a whole."""
    was = content(county)
    monkeypatch.setenv("FANGPIN_PSEUDONYM_KEY", "another key, another county")
    file = write_workbook(tmp_path / "settlements.xlsx", settlements())
    code, _, err = clerk("import", file, "--mapping", "medical-settlements", "--out", county)

    assert code == 1
    assert "with the same key" in err
    assert content(county) == was


@pytest.mark.parametrize(("key", "told"), [("", "set FANGPIN_PSEUDONYM_KEY"), ("short", "fewer than 16")])
def test_without_a_proper_key_nothing_is_read(run, monkeypatch, tmp_path, key, told):
    """Exit code 2 and the setting's name; a mapping without pseudonyms needs no key."""
    file = write_workbook(tmp_path / "2023.xlsx", monitoring())
    words = ("--known-on", "2023-12-31", "--out", tmp_path / "out")
    if key:
        monkeypatch.setenv("FANGPIN_PSEUDONYM_KEY", key)
    code, _, err = run("import", file, "--mapping", "monitoring-ledger", *words)

    assert code == 2
    assert told in err
    assert not (tmp_path / "out").exists()


def test_a_dry_run_tells_all_and_writes_nothing(clerk, county, tmp_path):
    """Counts by table against the folder, columns that are not read, assumed days; also as JSON."""
    was = content(county)
    rows = [(*row, "户主电话" if place == 2 else "x") for place, row in enumerate(settlements()) if place]
    file = write_workbook(tmp_path / "settlements.xlsx", rows)
    words = ("import", file, "--mapping", "medical-settlements", "--out", county, "--dry-run")
    code, out, _ = clerk(*words)
    shown = json.loads(clerk(*words, "--json")[1])

    assert code == 0
    assert "nothing written" in out
    assert "not mapped, not read: x/户主电话" in out
    assert "set aside: 1 rows" in out
    assert shown["changes"]["expenses"] == {"new": 6, "corrected": 0, "same": 0, "assumed": 3}
    assert shown["breaches"] == []
    assert content(county) == was
    assert not list(tmp_path.glob("*.set-aside.csv"))


def test_a_dry_run_of_a_bad_ledger_says_so(clerk, county, tmp_path):
    """Exit code 1, every breach by sheet, column, rule and line, and never the value."""
    was = content(county)
    bad = settlements(self_paid="一大笔")
    bad[4] = (*bad[4][:3], "2024年13月1日", *bad[4][4:6], -1000, *bad[4][7:])
    file = write_workbook(tmp_path / "settlements.xlsx", bad)
    words = ("import", file, "--mapping", "medical-settlements", "--out", county, "--dry-run")
    code, _, err = clerk(*words)
    breaches = json.loads(clerk(*words, "--json")[1])["breaches"]

    assert code == 1
    assert "settlements.xlsx[Sheet1].个人自付: not a number, for expenses.amount: 1 (first at rows 4)" in err
    assert "settlements.xlsx[Sheet1].结算日期: not a day, for the date settled: 1 (first at rows 5)" in err
    assert "expenses.amount: below 0: 1" in err
    assert "一大笔" not in err
    assert len(breaches) == 3
    assert content(county) == was


@pytest.mark.parametrize("name", COUNTY)
def test_a_draft_reads_back_as_a_mapping(clerk, tmp_path, name):
    """From the nearest of the house's; what it does not know is listed, and it imports as it is."""
    known = {**{name: rows for name, (rows, _, _) in AFTERWARDS.items()}, "income-lines": lines}
    rows = known.get(name, monitoring)()
    head = rows.index(max(rows, key=len))
    rows[head] = (*rows[head], "本地列")
    file = write_workbook(tmp_path / "ledger.xlsx", rows)
    code, out, err = clerk("import", file, "--draft")
    (tmp_path / "own.toml").write_text(out, encoding="utf-8")

    assert code == 0, err
    assert read_mapping(tmp_path / "own.toml").name == name
    assert "#     本地列" in out
    assert "NEEDED" not in out
    assert clerk("import", file, "--draft", "--out", tmp_path / "own.toml")[0] == 2
    assert clerk("import", file, "--draft", "--mapping", "eph")[0] == 2
    assert clerk("import", file, "--draft", "--mapping", name, "--out", tmp_path / "two.toml")[:2] == (0, "")
    assert (tmp_path / "two.toml").read_text(encoding="utf-8") == out


def test_a_draft_says_what_a_ledger_lacks(clerk, tmp_path):
    """A header that the mapping needs under a name that it does not know."""
    rows = [["户的号码" if text == "户编号" else text for text in row] for row in visits()]
    out = clerk("import", write_csv(tmp_path / "visits.csv", rows), "--draft")[1]
    remarks = out.partition("# Visit records")[0]

    assert "# NEEDED and not found: say under [headers] how the file calls it:\n#     户编号\n" in remarks
    assert "#     户的号码\n" in remarks


def test_a_draft_repeats_no_row(clerk, tmp_path):
    """A row that holds a word which is also a header is not taken for headers, and not printed."""
    file = write_csv(tmp_path / "notes.csv", [("联系人", NAMES[0], "标准"), ("其他", NAMES[1], "")])
    code, out, err = clerk("import", file, "--draft")

    assert (code, out) == (1, "")
    assert "no line has any header that a mapping knows" in err
    assert not any(name in err for name in NAMES)


def test_households_that_no_mapping_matches_are_a_breach(clerk, county, tmp_path):
    """A ledger whose mapping does not set rows aside is checked against the whole folder."""
    mapping = (
        Path(read_mapping.__code__.co_filename).with_name("visit-records.toml").read_text(encoding="utf-8")
    )
    own = tmp_path / "own.toml"
    own.write_text(mapping.replace('[match]\nhousehold = "户编号"\n', ""), encoding="utf-8")
    good, bad = visits(), [*visits(), ("0000000000000009", "", "2024-06-07")]
    assert clerk("import", write_csv(tmp_path / "a.csv", good), "--mapping", own, "--out", county)[0] == 0
    code, _, err = clerk("import", write_csv(tmp_path / "b.csv", bad), "--mapping", own, "--out", county)

    assert code == 1
    assert "visits.household_id: not in households: 1" in err


def test_a_table_of_a_database_is_a_ledger(clerk, county, tmp_path):
    """The same facts as from the sheet; nothing is asked for that the mapping does not read."""
    head, *rows = visits()
    book = sqlite3.connect(tmp_path / "ledger.db")
    book.execute("create table 走访 (" + ", ".join(f'"{name}"' for name in head) + ")")
    book.executemany(f"insert into 走访 values ({', '.join('?' * len(head))})", rows)
    book.commit()
    book.close()
    words = ("--mapping", "visit-records", "--out", county)
    code, out, err = clerk("import", f"sqlite:///{tmp_path}/ledger.db?table=走访", *words)
    assert code == 0, err
    once = content(county)

    assert "dropped, not read: 户主姓名, 走访情况" in out
    assert clerk("import", write_workbook(tmp_path / "visits.xlsx", visits()), *words)[0] == 0
    assert content(county) == once


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("sqlite:///{tmp}/ledger.db", 2, "a URL names its table"),
        ("sqlite:///{tmp}/gone.db?table=a", 2, "no database file"),
        ("sqlite:///{tmp}/ledger.db?table=a", 1, "no table that can be read"),
        ("nosuch://user:secret@host/db?table=a", 1, "no table that can be read"),
        ("not a url://", 1, "no table that can be read"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(clerk, tmp_path, url, code, told):
    """With a clear word, without its password, and without a new file."""
    sqlite3.connect(tmp_path / "ledger.db").close()
    words = ("--mapping", "visit-records", "--out", tmp_path / "out")
    ended, _, err = clerk("import", url.format(tmp=tmp_path), *words)

    assert ended == code
    assert told in err
    assert "secret" not in err
    assert not (tmp_path / "gone.db").exists()
    assert not (tmp_path / "out").exists()
