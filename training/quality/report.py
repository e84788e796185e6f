"""The data-quality report: every finding on one county's tables as of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.contract import Tables
from training.quality.contradictions import contradictions
from training.quality.copying import copying
from training.quality.delays import delays
from training.quality.duplicates import duplicates
from training.quality.finding import Finding, Listed, State
from training.quality.heaping import heaping
from training.quality.incomes import surveys
from training.quality.known import Known, known_on
from training.quality.matching import matching
from training.quality.missing import missing
from training.quality.over_line import over_line
from training.quality.roster import roster
from training.quality.stale import stale
from training.quality.visiting import visiting

SCHEMA = 1
"""Version of the JSON; it rises when a name goes or changes its meaning."""
LISTED = 20
"""Records of a finding that the JSON lists for each township; the CSV list has them all."""
FIRST = 5

SUBJECTS = {
    "missing": ("缺失", "missing"),
    "stale": ("过期", "stale"),
    "heaping": ("取整与过线", "heaped, just over the line"),
    "copying": ("照抄", "copied"),
    "duplicates": ("重复", "duplicates"),
    "matching": ("对不上户", "unmatched"),
    "contradictions": ("矛盾", "contradictions"),
    "delays": ("迟录", "delays"),
    "visiting": ("走访", "visiting"),
}


@dataclass(frozen=True, eq=False)
class Quality:
    """What the report says.

    Parameters
    ----------
    as_of : datetime64[D]
    households : int
        Households that are there.
    townships : dict of str to int
        Households there by township; the name is empty where a household lies in none.
    findings : tuple of Finding
        By subject.
    """

    as_of: np.datetime64
    households: int
    townships: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def first(self) -> tuple[Finding, ...]:
        """The five things to do first: by weight times the households concerned beyond the tolerance."""
        to_do = [each for each in self.findings if each.state is State.ACT]
        to_do.sort(key=lambda each: -each.about.weight * each.beyond)
        return tuple(to_do[:FIRST])

    def as_dict(self) -> dict[str, Any]:
        """Give it by name, ready for JSON."""
        return {
            "schema": SCHEMA,
            "as_of": str(self.as_of),
            "households": self.households,
            "townships": self.townships,
            "first": [each.about.id for each in self.first],
            "findings": [_as_dict(each) for each in self.findings],
        }


def quality(
    tables: Tables, as_of: np.datetime64 | None = None, told: Callable[[str], None] = lambda _: None
) -> Quality:
    """Judge the quality of a county's data.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    as_of : datetime64[D], optional
        Only what was known by the end of this day counts; else the last day on which anything became known.
    told : callable
        Is called with each step in words.
    """
    known = known_on(tables, as_of)
    told(f"{known.household_id.size:,} households in {len(known.townships)} townships as of {known.as_of}")
    findings: list[Finding] = []
    for name, found in _subjects(known).items():
        findings += found()
        told(f"looked for what is {name}" if name in {"missing", "stale"} else f"looked at {name}")
    at = known.township_at[known.there]
    each = np.bincount(at, minlength=len(known.townships)).tolist()
    there = dict(zip(known.townships, each, strict=True))
    return Quality(known.as_of, int(known.there.sum()), there, tuple(findings))


def _subjects(known: Known) -> dict[str, Callable[[], Iterator[Finding]]]:
    people, asked = roster(known), surveys(known)

    def rounded() -> Iterator[Finding]:
        yield from heaping(known)
        yield from over_line(known, asked)

    return {
        "missing": lambda: missing(known, people),
        "stale": lambda: stale(known, people),
        "heaping": rounded,
        "copying": lambda: copying(known, asked),
        "duplicates": lambda: duplicates(known, people),
        "matching": lambda: matching(known, people),
        "contradictions": lambda: contradictions(known, people),
        "delays": lambda: delays(known),
        "visiting": lambda: visiting(known),
    }


def _as_dict(finding: Finding) -> dict[str, Any]:
    about = finding.about
    return {
        "id": about.id,
        "subject": about.subject,
        "title": {"zh": about.zh, "en": about.en},
        "counted": {"zh": about.counted_zh, "en": about.counted},
        "measure": about.measure,
        "tolerance": about.tolerance,
        "weight": about.weight,
        "state": str(finding.state),
        "total": finding.total.as_dict(),
        "townships": {name: each.as_dict() for name, each in finding.townships.items()},
        "parts": [{"by": dict(part.by), **part.figure.as_dict()} for part in finding.parts],
        "action": {"who": about.who, "what": about.what, "which": about.which},
        "means": about.means,
        "to_look_at": finding.to_look_at,
        "records": [record for each in finding.listed for record in _first_of(each)],
    }


def _first_of(listed: Listed) -> list[dict[str, str]]:
    """Return the latest records of each township."""
    order = np.argsort(listed.township, kind="stable")
    township = listed.township[order]
    place = np.arange(order.size) - np.searchsorted(township, township)
    some = order[place < LISTED]
    return [
        {"table": listed.table, "township": str(where), "record_id": str(record)}
        for where, record in zip(listed.township[some], listed.record_id[some], strict=True)
    ]
