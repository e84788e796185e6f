"""The same judgement where facts of which the day of knowing was assumed became known later than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.history import NEVER, versions
from training.cohorts.horizon import months_on
from training.measures.evaluation import Scores, measure
from training.measures.intervals import Estimate, resample_measures
from training.measures.printed import aligned, cell

Floats = NDArray[np.float64]

TOLD = {
    "roc_auc": "ROC-AUC",
    "average_precision": "avg precision",
    "recall_at_top": "recall at {share}",
    "brier": "Brier",
    "expected_over_observed": "exp./obs.",
}
LATER = ", later"


def known_later(tables: Tables, months: int) -> tuple[Tables, int]:
    """Return the tables as they would be had facts with an assumed day of knowing come so much later.

    Parameters
    ----------
    tables : Tables
    months : int
        Added to ``known_on`` where ``known_on_assumed``.

    Returns
    -------
    tables : Tables
        Where nothing is assumed the very same. A version that would come when a later one of its record is
        known already is left out: it would have been corrected before it was heard of.
    moved : int
        Rows whose day was moved.
    """
    later, moved = dict(tables), 0
    for name, facts in tables.items():
        assumed = facts["known_on_assumed"] == 1
        if assumed.any():
            moved += int(assumed.sum())
            known = np.where(assumed, months_on(facts["known_on"], months), facts["known_on"])
            kept = ~_overtaken(facts, known)
            later[name] = {column: values[kept] for column, values in {**facts, "known_on": known}.items()}
    return later, moved


def _overtaken(facts: Facts, known: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Return which versions would become known no sooner than one that followed them."""
    overtaken = np.zeros(known.size, dtype=np.bool_)
    order = versions(facts)
    record = facts["record_id"][order]
    number = np.cumsum(np.append(False, record[1:] != record[:-1]))[: order.size]
    keys = number * NEVER.astype(np.int64) + known[order].astype(np.int64)
    soonest = np.minimum.accumulate(keys[::-1])[::-1]
    overtaken[order[:-1]] = keys[:-1] >= soonest[1:]
    return overtaken


@dataclass(frozen=True)
class Delayed:
    """Scorers beside themselves, seeing assumed facts later.

    Parameters
    ----------
    months : int
    moved : int
        Facts of which the day of knowing was assumed; where there are none nothing is told.
    share : float
        Of the rows, on the list.
    resamples : int
    as_is, later, difference : mapping of scorer to mapping of measure to Estimate
        As the days stand, as they were moved, and the second minus the first, paired.
    """

    months: int
    moved: int
    share: float
    resamples: int
    as_is: Mapping[str, Mapping[str, Estimate]]
    later: Mapping[str, Mapping[str, Estimate]]
    difference: Mapping[str, Mapping[str, Estimate]]

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        tables = {"as_is": self.as_is, "later": self.later, "difference": self.difference}
        return {
            "months": self.months,
            "facts_moved": self.moved,
            "share_on_list": self.share,
            "resamples": self.resamples,
            **{
                name: {
                    scorer: {one: each.as_dict() for one, each in row.items()}
                    for scorer, row in table.items()
                }
                for name, table in tables.items()
            },
        }

    def as_text(self) -> str:
        """Give the table as plain text: each scorer as it is, later, and the difference."""
        if not self.moved:
            return "No fact has an assumed day of knowing: there is nothing to delay."
        lines = [["", *(title.format(share=f"{100 * self.share:g} %") for title in TOLD.values())]]
        for scorer, row in self.as_is.items():
            lines.append([scorer, *(cell(row[name]) for name in TOLD)])
            lines.append([f"{scorer}{LATER}", *(cell(self.later[scorer][name]) for name in TOLD)])
            moved = [cell(self.difference[scorer][name], signed=True) for name in TOLD]
            lines.append(["  difference", *moved])
        head = (
            f"{self.moved:,} facts have an assumed day of knowing; with each of them known {self.months} "
            f"months later, of the same households and outcomes"
        )
        foot = (
            f"In brackets: 95 % intervals, {self.resamples} resamples of whole households; differences "
            f"paired."
        )
        return "\n".join([head, *aligned(lines), foot])


def delayed(  # noqa: PLR0913 - two judgements in one
    y: Floats,
    as_is: Mapping[str, Scores],
    later: Mapping[str, Scores],
    household: NDArray[np.str_],
    *,
    months: int,
    moved: int,
    share: float = 0.10,
    resamples: int = 200,
    random_state: int = 1,
) -> Delayed:
    """Measure scorers as the days of knowing stand, and as they were moved.

    Parameters
    ----------
    y : (rows,) array
    as_is, later : mapping of name to Scores
        What is said of the rows from the tables as they are, and from those of `known_later`.
    household : (rows,) array of str
    months, moved : int
    share, resamples, random_state
        As in `training.measures.comparison.comparison`.
    """
    if not moved:
        return Delayed(months, 0, share, resamples, {}, {}, {})
    both = {**as_is, **{f"{name}{LATER}": each for name, each in later.items()}}
    drawn = resample_measures(y, both, household, share=share, resamples=resamples, random_state=random_state)
    value = {name: measure(y, each, share=share) for name, each in both.items()}
    found = {
        name: {one: drawn.estimate(name, one, getattr(value[name], one)) for one in TOLD} for name in both
    }
    difference = {
        name: {
            one: drawn.difference(
                f"{name}{LATER}", name, one, _gap(found[f"{name}{LATER}"][one], found[name][one])
            )
            for one in TOLD
        }
        for name in as_is
    }
    return Delayed(
        months,
        moved,
        share,
        resamples,
        {name: found[name] for name in as_is},
        {name: found[f"{name}{LATER}"] for name in as_is},
        difference,
    )


def _gap(one: Estimate, other: Estimate) -> float | None:
    return None if one.value is None or other.value is None else one.value - other.value
