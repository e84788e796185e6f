"""A county of a tenth of the size holds the main anchors; the report says what holds and what does not."""

from pathlib import Path

import pytest

from tests.training.county.made import START
from training.county import measures
from training.county.anchors import Anchor, Verdict, read_anchors
from training.county.measures import Measured
from training.county.parameters import read_parameters
from training.county.places import places
from training.county.report import anchors_page, verdicts, write_report
from training.county.township import live_through

TENTH, MONTHS = 5_156, 90
MAIN = [anchor for anchor in read_anchors() if anchor.main]
MOST = 0.9


@pytest.fixture(scope="module")
def county() -> Measured:
    """Return what is counted of a tenth of the county."""
    p, total = read_parameters(), None
    for place in places(p, 0, TENTH, MONTHS, START):
        counted = measures.of(live_through(place, p, 0, MONTHS, START), place)
        total = counted if total is None else total + counted
    assert total is not None
    return total


@pytest.mark.parametrize("anchor", MAIN, ids=[anchor.key for anchor in MAIN])
def test_a_tenth_of_the_county_holds_an_anchor(county: Measured, anchor: Anchor) -> None:
    """Size, income and growth, wages, rate and mix of entries, eliminations lie within their tolerance."""
    measure = county.measure(anchor.key)
    assert anchor.judge(measure) is Verdict.AGREES, (measure, anchor.bounds)


def test_illness_comes_first_among_the_causes(county: Measured) -> None:
    """Only the ranking of causes is well supported: illness leads, for exited and for all households."""
    for group in ("exited", "all"):
        shares = {
            key: county.measure(key).value for key in county.ratios if key.startswith(f"cause.{group}.")
        }
        assert max(shares, key=shares.__getitem__) == f"cause.{group}.illness"


def test_the_other_anchors_are_mostly_held(county: Measured) -> None:
    """Nine in ten of all anchors are within, or as far outside as so small a county may be by chance."""
    held = [verdict for anchor, _, verdict in verdicts(county) if anchor.held]
    assert Verdict.UNTOLD not in held
    near = sum(verdict is not Verdict.DIFFERS for verdict in held)
    assert near >= MOST * len(held)


def test_the_report_shows_every_anchor_and_says_that_it_is_simulated(
    county: Measured, tmp_path: Path
) -> None:
    """One page without anything from outside: title, table with all rows, and the figures."""
    page = write_report(county, tmp_path / "report.html").read_text("utf-8")
    assert "<title>模拟 / simulated county: calibration</title>" in page
    assert page.count("data:image/svg+xml;base64,") == 9
    assert "http" not in page.replace("http-equiv", "")
    for anchor in read_anchors():
        assert anchor.meaning in page.replace("&#x27;", "'")


def test_the_same_county_gives_the_same_report(county: Measured, tmp_path: Path) -> None:
    """Written twice, the page is the same byte for byte."""
    once, twice = (write_report(county, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert once == twice


def test_the_documentation_page_holds_every_row(county: Measured) -> None:
    """The Markdown has a row for each anchor, and says that all of it is simulated."""
    page = anchors_page(county)
    assert "simulated" in page
    assert sum(line.startswith("| ") for line in page.splitlines()) == len(read_anchors()) + 5


def test_a_county_of_few_months_is_reported_without_a_fault(tmp_path: Path) -> None:
    """A village told for ten months has a report in which most is said not to be told."""
    p = read_parameters()
    place = places(p, 1, 60, 10, START)[0]
    counted = measures.of(live_through(place, p, 1, 10, START), place)
    page = write_report(counted, tmp_path / "report.html").read_text("utf-8")
    assert "not told" in page
