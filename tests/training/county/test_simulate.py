"""A whole county as `fangpin-train simulate` makes it: the same bytes, sound tables, truth beside them."""

from __future__ import annotations

import json
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.errors import BadInput, Usage
from features.files import list_breaches, read_tables
from features.tables import TABLES
from training.cli import main
from training.county.parameters import draw_parameters, read_parameters
from training.county.simulate import simulate
from training.county.truth import read_county

SMALL = {"households": 900, "months": 14, "seed": 5, "start": "2021-06"}
VILLAGE = {"households": 40, "months": 6, "seed": 1}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the folder of a small county of several townships, told by one process, and its summary."""
    out = tmp_path_factory.mktemp("county") / "small"
    return out, simulate(out, **SMALL, perfect=True, processes=1)


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a way to type a command: it gives the exit code and what was printed on either stream."""

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fangpin-train", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return typed


def content(folder):
    """Return every file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def same(one, other):
    """Whether two sets of tables hold the same values."""
    assert one.keys() == other.keys()
    for name, columns in one.items():
        for column, held in columns.items():
            np.testing.assert_array_equal(held, other[name][column], err_msg=f"{name}.{column}")


def test_the_same_seed_is_the_same_bytes_whatever_the_processes(county, tmp_path):
    """Every file, the truth included."""
    folder, summary = county
    assert summary.townships > 2
    again = simulate(tmp_path / "two", **SMALL, perfect=True, processes=2)

    assert again == summary
    assert content(folder) == content(tmp_path / "two")


def test_another_seed_is_another_county(county, tmp_path):
    """With the same map in outline."""
    simulate(tmp_path / "other", **(SMALL | {"seed": 6}), processes=1)

    assert content(tmp_path / "other")["incomes.parquet"] != content(county[0])["incomes.parquet"]


def test_partitioned_is_the_same_county_in_parts(county, tmp_path):
    """The tables are equal, row by row, and the truth is the same bytes."""
    folder, summary = county
    again = simulate(tmp_path / "parts", **SMALL, perfect=True, partitioned=True, processes=2)

    assert again == summary
    same(read_tables(folder), read_tables(tmp_path / "parts"))
    truth, parts = content(folder / "truth"), content(tmp_path / "parts" / "truth")
    for name in ("life.parquet", "county.toml", "county.json"):
        assert truth[name] == parts[name]


def test_the_tables_keep_the_contract(county):
    """As they became known, and as perfect records would have told them."""
    folder, summary = county

    assert list_breaches(folder) == []
    assert list_breaches(folder / "truth" / "perfect") == []
    assert summary.rows == {name: len(facts["record_id"]) for name, facts in in_order(read_tables(folder))}
    for name in ("households", "members", "incomes", "expenses", "visits", "monitoring", "areas", "lines"):
        assert summary.rows[name] > 0, name


def in_order(tables):
    """Return tables in the order of the contract."""
    return [(name, tables[name]) for name in TABLES if name in tables]


def test_record_ids_are_unique_over_the_county(county):
    """A record id stands for one record, whose versions differ in when they became known or in revision."""
    for name, facts in read_tables(county[0]).items():
        versions = set(
            zip(
                facts["record_id"].tolist(),
                facts["known_on"].tolist(),
                facts["revision"].tolist(),
                strict=True,
            )
        )
        assert len(versions) == facts["record_id"].size, name


def test_nothing_is_known_after_the_last_told_month(county):
    """What would have become known later is not in the tables."""
    end = np.datetime64("2022-08", "M").astype("datetime64[D]")
    for name, facts in read_tables(county[0]).items():
        assert (facts["known_on"] < end).all(), name


def test_the_life_has_a_row_for_each_household_and_month(county):
    """Every household of the tables is in it, and no month twice."""
    folder, summary = county
    life = pq.read_table(folder / "truth" / "life.parquet")
    ids = set(read_tables(folder)["households"]["household_id"].tolist())
    pairs = set(zip(life["household_id"].to_pylist(), life["month"].to_pylist(), strict=True))

    assert life.num_rows == summary.life == len(pairs)
    assert ids <= set(life["household_id"].unique().to_pylist())
    months = sorted(set(life["month"].to_pylist()))
    assert (str(months[0]), str(months[-1]), len(months)) == ("2021-06-01", "2022-07-01", 14)


def test_what_made_the_county_can_make_it_again(county, tmp_path):
    """From the truth alone."""
    folder, _ = county
    made = read_county(folder)
    simulate(
        tmp_path / "again", made.households, made.months, made.seed, str(made.start), draw=None,
        perfect=made.perfect, parameters=made.parameters, processes=1,
    )  # fmt: skip

    assert content(tmp_path / "again") == content(folder)


def test_a_drawn_county_keeps_its_drawn_numbers(tmp_path):
    """And which drawing it was."""
    simulate(tmp_path / "drawn", **VILLAGE, draw=3)
    county = read_county(tmp_path / "drawn")

    assert county.draw == 3
    assert county.parameters.to_toml() == draw_parameters(read_parameters(), 3).to_toml()


def test_a_village_is_a_county_too(tmp_path):
    """One household of each kind at the most, one month."""
    made = simulate(tmp_path / "hamlet", households=1, months=1)

    assert (made.townships, made.households, made.life) == (1, 1, 1)
    assert list_breaches(tmp_path / "hamlet") == []


def test_an_earlier_county_is_replaced_and_anything_else_is_not(tmp_path):
    """Chances of another life do not stay behind; somebody's notes do."""
    simulate(tmp_path / "out", **VILLAGE)
    was = content(tmp_path / "out")
    (tmp_path / "out" / "truth" / "chances.parquet").write_bytes(b"of another life")
    simulate(tmp_path / "out", **VILLAGE)
    assert content(tmp_path / "out") == was

    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(Usage, match=r"notes\.txt"):
        simulate(tmp_path / "out", **VILLAGE)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_the_command_tells_what_it_made(run, tmp_path):
    """Rows by table, in text or JSON; steps on the error stream."""
    words = ["simulate", "--households", 40, "--months", 6, "--seed", 1]
    code, out, err = run(*words, "--out", tmp_path / "text")
    assert code == 0
    assert "40 households in 1 townships, 2019-01 to 2019-06" in out
    assert "incomes" in out
    assert "townships" in err

    code, out, _ = run(*words, "--out", tmp_path / "json", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["households"], told["months"]) == (40, 6)
    assert 0 < told["rows"]["households"] <= told["rows"]["members"]
    assert content(tmp_path / "text") == content(tmp_path / "json")
    assert run("check", tmp_path / "text")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--households", "0"],
        ["--households", "10000001"],
        ["--months", "0"],
        ["--months", "601"],
        ["--seed", "-1"],
        ["--draw", "-1"],
        ["--start", "January"],
        ["--start", "1500-01"],
        ["--processes", "0"],
        ["--parameters", "no-such-file.toml"],
        ["--households", "many"],
        ["--report", "no-such-folder/report.html"],
    ],
)
def test_words_that_are_off_are_a_matter_of_usage(run, tmp_path, words):
    """Exit code 2, a message, no traceback, and nothing left behind."""
    small = ["simulate", "--out", tmp_path / "out"]
    small += [] if "--households" in words else ["--households", "20"]
    small += [] if "--months" in words else ["--months", "2"]
    code, out, err = run(*small, *words)

    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_impossible_numbers_are_refused_by_name(run, tmp_path):
    """Unknown keys, negative hazards and shares that do not add up, all at once: exit code 1."""
    first = read_parameters().keys()[0]
    (tmp_path / "p.toml").write_text(f"[luck]\nshare = 1\n\n[{first}]\nvalue = -1\n", encoding="utf-8")
    code, out, err = run("simulate", "--out", tmp_path / "out", "--parameters", tmp_path / "p.toml")

    assert (code, out) == (1, "")
    assert "luck" in err
    assert first in err
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadInput):
        simulate(tmp_path / "out", **VILLAGE, parameters=tmp_path / "p.toml")


def test_a_folder_of_real_tables_is_left_alone(run, county, tmp_path):
    """A folder whose truth is gone can no longer be told from a real one: exit code 2."""
    folder, _ = county
    (tmp_path / "real").mkdir()
    for file in folder.glob("*.parquet"):
        (tmp_path / "real" / file.name).write_bytes(file.read_bytes())
    was = content(tmp_path)
    code, _, err = run("simulate", "--out", tmp_path / "real", "--households", 20, "--months", 2)

    assert code == 2
    assert "not simulated" in err
    assert content(tmp_path) == was


def test_the_report_is_written_in_both_forms_beside_the_county(run, tmp_path):
    """Markdown where the name says so, else a page with figures; neither lies among the tables."""
    (tmp_path / "reports").mkdir()
    page, tables = (tmp_path / "reports" / name for name in ("county.html", "county.md"))
    words = ["--households", 40, "--months", 6, "--report", page, "--report", tables]
    code, _, err = run("simulate", "--out", tmp_path / "out", *words)

    assert (code, "Traceback" in err) == (0, False)
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert tables.read_text("utf-8").startswith("# Simulated county: calibration (模拟)")
    assert run("check", tmp_path / "out")[0] == 0
