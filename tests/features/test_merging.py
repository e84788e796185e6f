"""How a ledger that is imported again changes what the folder holds."""

from __future__ import annotations

from datetime import date

import pytest

from features.errors import BadInput, Usage
from features.files import read_tables
from features.ledgers import import_ledger
from tests.ledgers import PLAIN, ROWS

pytest.importorskip("pyarrow")


@pytest.fixture
def county(tmp_path):
    """Return a function that imports rows into one folder and gives the summary and the incomes."""
    (tmp_path / "county.toml").write_text(PLAIN, encoding="utf-8")

    def put(*rows, known_on=None):
        (tmp_path / "ledger.csv").write_text("\n".join(rows), encoding="utf-8")
        summary = import_ledger(
            [tmp_path / "ledger.csv"], tmp_path / "county.toml", tmp_path / "out", known_on
        )
        return summary, read_tables(tmp_path / "out")["incomes"]

    return put


def test_what_is_told_otherwise_corrects(county):
    """On one known day by the next revision; the record stays the same."""
    county(*ROWS)
    summary, incomes = county(*(row.replace("1.2", "1.5") for row in ROWS))

    assert summary.changes["incomes"].corrected == 1
    assert summary.changes["incomes"].same == 1
    assert incomes["amount"].tolist() == [12_000, 500, 15_000]
    assert incomes["record_id"][0] == incomes["record_id"][2]
    assert incomes["known_on"][0] == incomes["known_on"][2]
    assert incomes["revision"][2] == 1


def test_told_back_and_forth_is_a_version_each_time(county):
    """The last import is believed, also where it says what the first said."""
    for amount in ("1.2", "1.5", "1.2", "1.2"):
        _, incomes = county(ROWS[0], ROWS[1].replace("1.2", amount))

    assert incomes["amount"].tolist() == [12_000, 15_000, 12_000]
    assert incomes["revision"].tolist()[1:] == [1, 2]


def test_a_corrected_ledger_is_known_on_its_own_day(county):
    """And not marked as assumed; what it says again stays known as it was."""
    county(*ROWS)
    _, incomes = county(*(row.replace("1.2", "1.5") for row in ROWS), known_on=date(2026, 9, 1))

    assert incomes["amount"].tolist() == [12_000, 500, 15_000]
    assert incomes["known_on"].astype(str).tolist() == ["2026-04-30", "2026-05-31", "2026-09-01"]
    assert incomes["known_on_assumed"].tolist() == [1, 1, 0]


def test_households_of_the_folder_are_known_to_later_ledgers(county, tmp_path):
    """A ledger of incomes alone is checked together with what is there."""
    alone = PLAIN.replace(
        PLAIN[PLAIN.index('[[table]]\nname = "lines"') : PLAIN.index('[[table]]\nname = "incomes"')], ""
    )
    (tmp_path / "alone.toml").write_text(alone.replace('"county"', '"alone"'), encoding="utf-8")
    (tmp_path / "more.csv").write_text("\n".join(ROWS), encoding="utf-8")
    files = ([tmp_path / "more.csv"], tmp_path / "alone.toml")

    with pytest.raises(BadInput, match=r"incomes\.household_id: not in households: 2"):
        import_ledger(*files, tmp_path / "other")
    county(*ROWS)
    import_ledger(*files, tmp_path / "out")
    assert read_tables(tmp_path / "out")["incomes"]["amount"].size == 4


def test_a_file_that_comes_after_a_later_one_is_told(county):
    """Between two files that were imported already, a change could be lost."""
    county(*ROWS, known_on=date(2026, 9, 1))
    summary, _ = county(*ROWS, known_on=date(2026, 8, 1))

    assert any("in the order of their days" in sentence for sentence in summary.notes.sentences)
    assert county(*ROWS, known_on=date(2026, 10, 1))[0].notes.sentences == ()


def test_days_are_one_or_one_a_file(tmp_path):
    """And no two the same."""
    (tmp_path / "county.toml").write_text(PLAIN, encoding="utf-8")
    days = [date(2026, 8, 1), date(2026, 8, 1)]
    with pytest.raises(Usage, match="2 days for 1 files"):
        import_ledger([tmp_path / "a.csv"], tmp_path / "county.toml", tmp_path / "out", days)
    with pytest.raises(Usage, match="two files of one day"):
        import_ledger(
            [tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "county.toml", tmp_path / "out", days
        )


def test_a_folder_with_anything_else_is_left_alone(county, tmp_path):
    """An import never takes away what is not its own."""
    county(*ROWS)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(Usage, match=r"holds more than contract tables: notes\.txt"):
        county(*ROWS)
