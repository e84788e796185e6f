"""A county of a tenth of the size holds the main anchors; the report says what holds and what does not."""

from pathlib import Path

import pytest

from tests.training.county.made import START
from training.county import measures
from training.county.anchors import Anchor, Verdict, read_anchors
from training.county.measures import Measured
from training.county.parameters import Parameters, read_parameters
from training.county.places import places
from training.county.report import anchors_page, verdicts, write_report
from training.county.township import live_through

TENTH, MONTHS = 5_156, 90
SEED = 10
FIRM = [anchor for anchor in read_anchors() if anchor.main and not anchor.noisy]
NOISY = [anchor for anchor in read_anchors() if anchor.main and anchor.noisy]
MOST = 0.9


def told(seed: int, p: Parameters) -> Measured:
    """Return what is counted of a tenth of a county."""
    total = None
    for place in places(p, seed, TENTH, MONTHS, START):
        counted = measures.of(live_through(place, p, seed, MONTHS, START), place)
        total = counted if total is None else total + counted
    assert total is not None
    return total


@pytest.fixture(scope="module")
def county() -> Measured:
    """Return a county of a seed by which no number was chosen."""
    return told(SEED, read_parameters())


@pytest.mark.parametrize("anchor", FIRM, ids=[anchor.key for anchor in FIRM])
def test_a_tenth_of_the_county_holds_an_anchor(county: Measured, anchor: Anchor) -> None:
    """Size, income and growth, the share of wages and the entries of exited households are within."""
    measure = county.measure(anchor.key)
    assert anchor.judge(measure) is Verdict.AGREES, (measure, anchor.bounds)


@pytest.mark.parametrize("anchor", NOISY, ids=[anchor.key for anchor in NOISY])
def test_a_tenth_of_the_county_does_not_miss_an_anchor_clearly(county: Measured, anchor: Anchor) -> None:
    """Entries of all, their mix and the eliminations, where few sampled households decide, may be within."""
    measure = county.measure(anchor.key)
    assert anchor.judge(measure) in {Verdict.AGREES, Verdict.UNSURE}, (measure, anchor.bounds)


def test_another_office_is_noticed() -> None:
    """A county whose office looks a quarter as keenly and lets go a third as fast fails most office anchors.

    The elimination of the end of 2021 and of 2025 may be unsure: a tenth of a county cannot tell there.
    """
    shipped = read_parameters()
    lax = {
        "office.vigour": (shipped.numbers("office.vigour") / 4).tolist(),
        "office.eliminate": shipped.number("office.eliminate") / 1.6,
        "office.eliminate_years": (shipped.numbers("office.eliminate_years") / 2).tolist(),
    }
    wrong = told(SEED, read_parameters(overrides=lax))
    verdicts_of = {anchor.key: verdict for anchor, _, verdict in verdicts(wrong)}
    for key in (
        "entry.all.2021",
        "entry.exited.2023_2025",
        "type.all.sudden_hardship.2021",
        "eliminated.all.2020-11",
        "eliminated.all.2022-12",
    ):
        assert verdicts_of[key] is Verdict.DIFFERS, key
    assert verdicts_of["size.exited"] is Verdict.AGREES


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
