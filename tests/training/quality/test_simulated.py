"""On a simulated county the report recovers what was planted; on perfect records it finds nothing planted."""

from __future__ import annotations

import pytest

from features.files import read_tables
from training.county.parameters import read_parameters
from training.county.simulate import simulate
from training.county.truth import FOLDER, PERFECT
from training.quality.finding import Figure, Finding, State
from training.quality.report import quality

P = read_parameters()
SECOND = ("medical", "serious_illness", "disability")
"""Kinds of warnings that a second department may push."""


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[dict[str, Finding], dict[str, Finding]]:
    """Return what is found in a county as it became known, and as perfect records would tell it."""
    folder = tmp_path_factory.mktemp("county") / "county"
    simulate(folder, households=800, months=54, seed=3, perfect=True, processes=1)
    reports = (quality(read_tables(place)) for place in (folder, folder / FOLDER / PERFECT))
    known, perfect = ({each.about.id: each for each in report.findings} for report in reports)
    return known, perfect


def part(finding: Finding, **by: str) -> Figure:
    """Return the figure of one part."""
    return next(each.figure for each in finding.parts if dict(each.by) == by)


@pytest.mark.parametrize(("place", "step"), [(1, 100), (2, 500), (3, 1000)])
def test_the_rounding_of_surveys_is_recovered(told, place, step):
    """The planted share of each step lies in the interval, of operating incomes and of transfers."""
    planted = P.numbers("records.money.survey.heaping")[place]

    for kind in ("operating", "transfer"):
        more = part(told[0]["round_incomes"], account="period", kind=kind).more
        assert more[f"rounded_{step}_low"] <= planted <= more[f"rounded_{step}_high"], kind
        exact = part(told[1]["round_incomes"], account="period", kind=kind).more
        assert exact[f"rounded_{step}"] == pytest.approx(0.0, abs=0.02), kind


def test_copied_surveys_are_recovered(told):
    """Of those who answered; beyond chance, which perfect records show alone."""
    answered = 1.0 - P.number("records.money.survey.unanswered")
    planted = P.number("records.money.survey.copied") / answered
    total = told[0]["copied_incomes"].total
    chance = total.more["expected_share"]

    assert total.low - chance <= planted <= total.high - chance
    assert told[1]["copied_incomes"].total.value < 0.02


def test_incomes_lifted_over_the_line_are_seen(told):
    """Perfect records lie evenly on both sides of it."""
    assert told[0]["over_line"].state is State.ACT
    assert told[1]["over_line"].state is not State.ACT


def test_warnings_of_two_departments_are_recovered(told):
    """A second push of a share d makes d in 1 + d; both must have come to the right door."""
    d = P.number("records.departments.duplicate")
    astray = P.number("records.departments.unmatched") * P.number("records.departments.misplaced")
    figures = [part(told[0]["repeated_warnings"], kind=kind) for kind in SECOND]
    share = sum(each.count for each in figures) / sum(each.of for each in figures)

    assert share == pytest.approx(d / (1.0 + d) * (1.0 - astray) ** 2, abs=0.04)
    assert told[1]["repeated_warnings"].total.value < 0.02


def test_unmatched_warnings_are_recovered(told):
    """Those that found no household; the others went to a wrong one, of which nothing tells."""
    planted = P.number("records.departments.unmatched") * (1.0 - P.number("records.departments.misplaced"))
    total = told[0]["not_found"].total

    assert total.low <= planted <= total.high
    assert told[1]["not_found"].total.count == 0


def test_help_keyed_after_the_fact_is_recovered(told):
    """Help for crops is keyed late with a share, by so many days drawn evenly."""
    first, last = (int(day) for day in P.numbers("records.support.after_days"))
    planted = P.number("records.support.after") * (last - 90) / (last - first + 1)
    late = part(told[0]["late_facts"], table="supports", source="agriculture")

    assert late.low <= planted <= late.high
    assert not [each for each in told[1]["late_facts"].over if each.by["table"] in {"supports", "warnings"}]


def test_rounds_by_phone_are_at_least_those_planted(told):
    """Families away are phoned too; perfect keepers see everybody at home who is there."""
    planted = P.number("records.visits.phone") + P.number("records.visits.message")

    assert told[0]["by_phone"].total.high > planted
    assert told[1]["by_phone"].total.value < planted / 2
