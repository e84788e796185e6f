"""The report as JSON, page and list, and ``check --quality`` as it is typed."""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from features.files import write_tables
from features.tables import HOUSEHOLD_TABLES
from tests.training.quality.made import AS_OF, EACH, clean, made, without
from training.cli import main
from training.quality.abouts import abouts
from training.quality.figures import short, strip
from training.quality.finding import Figure, State
from training.quality.page import SHOWN, TIMELY, page
from training.quality.report import LISTED, SUBJECTS, quality
from training.quality.words import TABLES_ZH
from training.quality.writing import write_list

DOCS = Path(__file__).parents[3] / "docs" / "data-quality.md"


@pytest.fixture(scope="module")
def faulty():
    """Return the report on a county in which much is at fault."""
    rows = clean()
    without(rows, "incomes", *(f"a{number:02d}" for number in range(30)), "b40")
    for row in rows["visits"]:
        row["mode"] = "phone" if row["household_id"].startswith("b") else row["mode"]
    rows["expenses"] += [
        row | {"record_id": f"again-{place}"} for place, row in enumerate(rows["expenses"][:3])
    ]
    return quality(made(rows), np.datetime64(AS_OF))


def test_every_finding_has_its_words_and_its_place(faulty):
    """The report finds what findings.toml tells of, in its order; the docs have a passage on each."""
    told = DOCS.read_text("utf-8")

    assert [each.about.id for each in faulty.findings] == list(abouts())
    assert {each.subject for each in abouts().values()} == set(SUBJECTS)
    assert set(SHOWN) | set(TIMELY) <= set(abouts())
    assert set(TABLES_ZH) == set(HOUSEHOLD_TABLES)
    for name, about in abouts().items():
        assert f"`{name}`" in told, name
        assert all(
            (about.zh, about.en, about.counted_zh, about.counted, about.who, about.what, about.which)
        ), name


def test_the_json_says_the_same_under_the_same_names(faulty):
    """What reads it today can read it tomorrow."""
    told = json.loads(json.dumps(faulty.as_dict(), allow_nan=False))

    assert list(told) == ["schema", "as_of", "households", "townships", "first", "findings"]
    assert (told["schema"], told["as_of"], told["households"]) == (1, AS_OF, 2 * EACH)
    assert told["townships"] == {"A": EACH, "B": EACH}
    figure = ["count", "of", "value", "low", "high", "households", "more"]
    for finding in told["findings"]:
        assert list(finding) == [
            *("id", "subject", "title", "counted", "measure", "tolerance", "weight", "state", "total"),
            *("townships", "parts", "action", "means", "to_look_at", "records"),
        ]
        assert list(finding["total"]) == figure
        assert [list(each) for each in finding["townships"].values()] == [figure, figure]
        assert all(list(part) == ["by", *figure] for part in finding["parts"])
        assert list(finding["action"]) == ["who", "what", "which"]
        assert all(list(record) == ["table", "township", "record_id"] for record in finding["records"])
        assert finding["state"] in set(State)


def test_townships_and_parts_add_up_to_the_county(faulty):
    """Nothing is lost between the levels."""
    for finding in faulty.findings:
        if finding.about.measure == "ratio":
            continue
        of_each = finding.townships.values()
        assert sum(each.count for each in of_each) == finding.total.count, finding.about.id
        assert sum(each.of for each in of_each) == finding.total.of, finding.about.id


def test_a_long_list_is_cut_in_the_json_and_whole_in_the_csv(faulty, tmp_path):
    """Thirty households of A lack incomes, one of B."""
    (found,) = (each for each in faulty.findings if each.about.id == "no_income")
    (told,) = (each for each in faulty.as_dict()["findings"] if each["id"] == "no_income")
    write_list(faulty, tmp_path / "list.csv")
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text("utf-8-sig").splitlines()))
    ours = [row for row in rows if row["finding"] == "no_income"]

    assert [record["township"] for record in told["records"]] == ["A"] * LISTED + ["B"]
    assert told["to_look_at"] == found.to_look_at == len(ours) == 31
    assert {row["township"] for row in ours} == {"A", "B"}
    assert len({row["record_id"] for row in ours}) == 31


def test_the_page_shows_no_record_no_household_and_no_value(faulty):
    """Neither ids nor amounts of anybody; it needs no script and no other file."""
    html = page(faulty)
    rows = clean()

    for each in (row for table in rows.values() for row in table if "household_id" in row):
        assert f">{each['household_id']}<" not in html
    assert not re.search(r"\b[ab]\d\d\b", html)
    assert not re.search(r"(members|incomes|visits|expenses|households)-\d", html)
    for row in rows["incomes"][:300]:
        assert f"{row['amount']:,.0f}" not in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=", html)
    assert html.count("<svg") == html.count("</svg>") > 0


def test_the_page_tells_first_what_matters_most(faulty):
    """Households without incomes weigh three each; rounds by phone one."""
    html = page(faulty)
    first = html[html.index("先做这几件事") : html.index("各乡镇资料完整性")]

    assert faulty.first[0].about.id in {"no_income", "income_years"}
    assert first.count("<li>") == len(faulty.first) <= 5
    assert "没有收入资料的农户" in first
    assert "村信息员 →" in first


def test_townships_are_in_the_order_of_their_codes_and_named_shortly():
    """No order by what was found; what all names begin with is left out, whole numbers are not cut."""
    figure = Figure(3, 60, 0.05, 0.02, 0.1, 3)
    drawn = strip({"C01T09": figure, "C01T10": figure, "C01T11": Figure(1, 5, None, None, None, 1)}, 0.03)

    assert re.findall(r">(\d\d)</text>", drawn) == ["09", "10", "11"]
    assert drawn.count("<circle") == 2
    assert short(["510101", "510102"]) == ["510101", "510102"]
    assert short(["only"]) == ["only"]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return a way to type ``check``: it gives the exit code and what was printed on either stream."""
    monkeypatch.setenv("FANGPIN_HOME", str(tmp_path / "home"))

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fangpin-train", "check", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return typed


def test_check_quality_prints_and_writes_what_is_asked_for(run, tmp_path):
    """A table, JSON, page and list in one go; the faults found fail nothing."""
    rows = clean()
    without(rows, "incomes", "a03")
    write_tables(made(rows), tmp_path / "tables")
    files = [tmp_path / name for name in ("report.html", "report.json", "list.csv")]
    words = ["--quality", "--as-of", AS_OF, "--report", files[0], "--report", files[1], "--list", files[2]]
    code, out, err = run(tmp_path / "tables", *words)

    assert code == 0
    assert out.startswith("no breach of the contract; 120 households as of 2025-12-31")
    assert re.search(r"no_income +1 +120 +0.83% ", out)
    assert "looked at copying" in err
    assert files[0].read_text("utf-8").startswith("<!doctype html>")
    assert "a03" in files[2].read_text("utf-8-sig")
    code, out, _ = run(tmp_path / "tables", "--quality", "--as-of", AS_OF, "--json")
    assert code == 0
    assert json.loads(out) == {"breaches": [], "quality": json.loads(files[1].read_text("utf-8"))}
    assert not list(tmp_path.glob(".*half"))


def test_check_quality_tells_breaches_first(run, tmp_path):
    """What breaks the contract cannot be judged; the report waits, in text and in JSON."""
    tables = made(clean())
    tables["visits"]["mood"][0] = 9
    write_tables(tables, tmp_path / "tables")
    code, out, err = run(tmp_path / "tables", "--quality", "--report", tmp_path / "r.html")

    assert (code, out) == (1, "")
    assert "visits.mood: above 5: 1" in err
    assert not (tmp_path / "r.html").exists()
    code, out, _ = run(tmp_path / "tables", "--quality", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["quality"] is None
    assert told["breaches"] == [{"table": "visits", "column": "mood", "rule": "above 5", "count": 1}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--report", "r.html"), "--as-of, --report and --list belong to --quality"),
        (("--quality", "--report", "r.pdf"), "a report ends in .html or .json, not as r.pdf"),
        (("--quality", "--list", "nowhere/l.csv"), "no folder nowhere for the report"),
        (("--quality", "--as-of", "2025"), "a day is written like 2026-06-30"),
        (("--quality", "--as-of", "2019-01-01"), "no household is known by 2019-01-01"),
    ],
)
def test_words_that_are_off_are_refused(run, tmp_path, words, said):
    """With the exit code of usage, and before anything is written."""
    write_tables(made(clean()), tmp_path / "tables")
    code, out, err = run(tmp_path / "tables", *words)

    assert (code, out) == (2, "")
    assert said in err
