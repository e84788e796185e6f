"""Matching: facts whose person or household could not be found, and persons in two households."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from training.quality.finding import Cases, Finding, found, parts_by
from training.quality.known import Known, sources
from training.quality.roster import NAMING, Roster


def matching(known: Known, people: Roster) -> Iterator[Finding]:
    """Find what fits nobody or two."""
    cases = []
    for name in NAMING:
        at = np.flatnonzero(people.person[name] >= 0)
        cases.append(Cases(name, at, people.place(name)[at] < 0))
    row = np.concatenate([known.household(each.table)[each.at] for each in cases])
    hit = np.concatenate([each.hit for each in cases])
    table = np.repeat([each.table for each in cases], [each.hit.size for each in cases])
    source = np.concatenate([sources(known.column(each.table, "source")[each.at]) for each in cases])
    yield found(
        known,
        "unmatched_persons",
        *cases,
        parts=parts_by(row, hit, {"table": table, "source": source}),
    )
    here = np.flatnonzero(~people.left & known.there[people.household])
    times = np.bincount(people.number[here], minlength=1)[people.number[here]]
    yield found(known, "in_two_households", Cases("members", people.at[here], times > 1))
    checked = np.flatnonzero(known.column("warnings", "outcome") >= 0)
    lost = known.coded("warnings", "outcome", "not_found")[checked]
    source = sources(known.column("warnings", "source")[checked])
    parts = parts_by(known.household("warnings")[checked], lost, {"source": source})
    yield found(known, "not_found", Cases("warnings", checked, lost), parts=parts)
