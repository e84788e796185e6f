"""The page of the county's numbers is what the parameter file says."""

from __future__ import annotations

from pathlib import Path

from features.dictionary import main
from training.county.pages import PAGES, county_parameters
from training.county.parameters import read_parameters

DOCS = Path(__file__).parents[3] / "docs"


def test_every_number_is_on_the_page():
    """With its unit, meaning and source."""
    page = county_parameters()

    for entry in read_parameters().entries.values():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{entry.key}` |")]
        for told in (entry.unit, entry.meaning, entry.source):
            assert told in row


def test_the_page_says_what_every_source_stands_for():
    """The first and the last of the list in the head of the parameter file."""
    page = county_parameters()

    assert "seed S000  People's Daily" in page
    assert "computed   from figures with a source" in page


def test_the_written_page_is_the_one_that_the_code_makes(capsys):
    """`make docs` was run since the last change."""
    assert main(["--out", str(DOCS), "--check"], PAGES) == 0, capsys.readouterr().err
