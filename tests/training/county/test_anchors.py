"""The anchors that a simulated county is held against: source, tolerance, verdict."""

import math
import re

import pytest

from tests.training.county.made import START
from training.county import measures
from training.county.anchors import TITLES, Anchor, Verdict, read_anchors
from training.county.measures import Measure, Measured
from training.county.parameters import read_parameters
from training.county.places import places
from training.county.township import live_through

SOURCE = re.compile(r"seed|page|paper|computed|reasoned|recalled|no anchor")
LOOSEST = 0.36
"""Of an anchor that a small county must hold, its tolerance may be no larger part."""


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Return what is counted of a township over all told months."""
    p = read_parameters()
    place = places(p, 3, 600, 90, START)[0]
    return measures.of(live_through(place, p, 3, 90, START), place)


def test_every_anchor_has_a_source_and_says_what_it_is() -> None:
    """Each row names its section, households, unit and a source of a known kind."""
    for anchor in read_anchors():
        assert SOURCE.match(anchor.source), anchor.key
        assert anchor.section in TITLES, anchor.key
        assert anchor.meaning, anchor.key
        assert anchor.households, anchor.key
        assert anchor.unit, anchor.key


def test_every_figure_has_a_tolerance_and_nothing_else_has_one() -> None:
    """A row with a value or range can be judged; the others are said to be without an anchor."""
    for anchor in read_anchors():
        assert anchor.held == (anchor.tolerance is not None), anchor.key
        assert anchor.held != anchor.source.startswith("no anchor"), anchor.key


def test_the_tolerances_that_must_be_held_say_something() -> None:
    """No main anchor would accept a county half of what it should be, or half as much again."""
    held = [anchor for anchor in read_anchors() if anchor.main]
    assert len(held) >= 20
    for anchor in held:
        assert anchor.held
        most = max(abs(part) for part in (anchor.value, anchor.high) if part is not None)
        assert anchor.tolerance is not None
        assert anchor.tolerance <= LOOSEST * most, anchor.key


def test_every_anchor_is_measured(measured: Measured) -> None:
    """Each row names a measure that a county told over all its months has."""
    known = set(measured.names())
    for anchor in read_anchors():
        assert anchor.key in known, anchor.key


def test_a_verdict_heeds_range_tolerance_and_interval() -> None:
    """Inside with tolerance agrees; outside is unsure while the interval reaches in; unknown is not told."""
    anchor = Anchor("x", "4.1", "m", "h", "share", "reasoned", low=0.2, high=0.4, tolerance=0.1)
    assert anchor.judge(Measure(0.49, 0.4, 0.6)) is Verdict.AGREES
    assert anchor.judge(Measure(0.6, 0.4, 0.8)) is Verdict.UNSURE
    assert anchor.judge(Measure(0.6, 0.55, 0.65)) is Verdict.DIFFERS
    assert anchor.judge(Measure(0.6, math.nan, math.nan)) is Verdict.DIFFERS
    assert anchor.judge(Measure(math.nan, math.nan, math.nan)) is Verdict.UNTOLD
    shown = Anchor("x", "4.1", "m", "h", "share", "no anchor")
    assert shown.judge(Measure(0.6, 0.5, 0.7)) is Verdict.SHOWN


def test_an_anchor_that_cannot_be_judged_is_refused() -> None:
    """A figure without tolerance, half a range and a range upside down are faults."""
    for value, low, high, tolerance in (
        (1.0, None, None, None),
        (None, 0.1, None, 0.1),
        (None, None, None, 0.1),
        (None, 0.9, 0.1, 0.01),
    ):
        with pytest.raises(ValueError, match="x:"):
            Anchor("x", "4.1", "m", "h", "share", "reasoned", value, low, high, tolerance)
