"""Scorers side by side: measures with intervals, on all rows and on named groups of them, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.measures.evaluation import MEASURES, POSITIVES_NEEDED, Measures, Scores, Verdict, measure
from training.measures.intervals import Estimate, Resampled, resample_measures
from training.measures.printed import aligned, cell

Floats = NDArray[np.float64]

COLUMNS = {
    "roc_auc": "ROC-AUC",
    "average_precision": "avg precision",
    "recall_at_top": "recall at {share}",
    "precision_at_top": "precision at {share}",
    "brier": "Brier",
    "calibration_slope": "calib. slope",
}
LED = ("roc_auc", "average_precision", "recall_at_top", "precision_at_top", "brier")
LOWER_IS_BETTER = frozenset({"brier"})
ALL_ROWS = "all"
GATE_LEVEL = 0.90
"""Of the paired intervals that decide whether a candidate may serve."""


@dataclass(frozen=True)
class ComparisonRow:
    """One scorer on one group of rows.

    Parameters
    ----------
    group, scorer : str
    measures : Measures
        On that group; its list is a share of the group.
    estimates : mapping of measure to Estimate
        The same measures with their intervals.
    lead : mapping of measure to Estimate, or None
        The reference minus this scorer, paired; None for the reference itself.
    narrow : mapping of measure to Estimate, or None
        The same with intervals of 90 %, as gates ask for them.
    """

    group: str
    scorer: str
    measures: Measures
    estimates: Mapping[str, Estimate]
    lead: Mapping[str, Estimate] | None
    narrow: Mapping[str, Estimate] | None = None

    def reference_ahead(self, name: str) -> Verdict:
        """Say whether the reference beats this scorer by one measure, beyond what chance would give."""
        refused = self.measures.why_not_judged
        if refused is not None:
            return Verdict(None, refused)
        found = None if self.lead is None else self.lead.get(name)
        if found is None or found.low is None or found.high is None:
            return Verdict(None, f"cannot be judged: no interval for {name}")
        low, high = (-found.high, -found.low) if name in LOWER_IS_BETTER else (found.low, found.high)
        if low > 0.0:
            return Verdict(True, f"ahead by {name}: the whole interval is on its side")
        where = "lies on the other side" if high < 0.0 else "holds 0"
        return Verdict(False, f"not ahead by {name}: the interval {where}")

    def as_dict(self) -> dict[str, object]:
        """Give the row ready for JSON."""
        lead = None if self.lead is None else {name: each.as_dict() for name, each in self.lead.items()}
        return {
            "group": self.group,
            "scorer": self.scorer,
            "measures": self.measures.as_dict(),
            "intervals": {name: each.as_dict() for name, each in self.estimates.items()},
            "lead_of_reference": lead,
        }


@dataclass(frozen=True)
class Comparison:
    """The table.

    Parameters
    ----------
    rows : tuple of ComparisonRow
        By group, then by scorer, in the order given.
    reference : str
        The scorer whose lead over the others is told.
    share : float
        Share of the rows on the list.
    resamples : int
        How many resamples of the households the intervals come from.
    origins : int
        At how many the rows were scored, each by what had been learnt before it.
    """

    rows: tuple[ComparisonRow, ...]
    reference: str
    share: float
    resamples: int
    origins: int = 1

    def row(self, scorer: str, group: str = ALL_ROWS) -> ComparisonRow:
        """Give one row by name; KeyError where there is none."""
        for each in self.rows:
            if (each.scorer, each.group) == (scorer, group):
                return each
        raise KeyError((scorer, group))

    def as_dict(self) -> dict[str, object]:
        """Give the whole table ready for JSON."""
        return {
            "reference": self.reference,
            "share_on_list": self.share,
            "resamples": self.resamples,
            "origins": self.origins,
            "interval": "95 % percentile, households resampled",
            "rows": [row.as_dict() for row in self.rows],
        }

    def as_text(self) -> str:
        """Give the table as plain text: a block a group, a line a scorer, then the leads of the reference."""
        return "\n\n".join([*(self._block(group) for group in self._groups()), self._legend()])

    def _groups(self) -> list[str]:
        return list(dict.fromkeys(row.group for row in self.rows))

    def _block(self, group: str) -> str:
        rows = [row for row in self.rows if row.group == group]
        share = f"{100 * self.share:g} %"
        lines = [["", *(title.format(share=share) for title in COLUMNS.values())]]
        lines += [[row.scorer, *(cell(row.estimates[name]) for name in COLUMNS)] for row in rows]
        judged = [row for row in rows if row.lead is not None and row.measures.why_not_judged is None]
        for row in judged:
            lead = row.lead or {}
            cells = [cell(lead[name], signed=True) if name in lead else "" for name in COLUMNS]
            lines.append([f"{self.reference} - {row.scorer}", *cells])
        return "\n".join([_heading(group, rows[0].measures), *aligned(lines)])

    def _legend(self) -> str:
        share = f"{100 * self.share:g} %"
        return (
            f"In brackets: 95 % intervals, {self.resamples} resamples of whole households; leads paired.\n"
            f"The list: the {share} of each group with the highest scores, rounded up; ties drawn by lot.\n"
            f"{self._by_origin()}"
            f"Under {POSITIVES_NEEDED} positives nothing is judged: no lead is told."
        )

    def _by_origin(self) -> str:
        if self.origins == 1:
            return ""
        told = "a score is its place within its origin, the slope is that within one"
        return f"Scored at {self.origins} origins: {told}.\n"


def comparison(  # noqa: PLR0913 - all that is asked of a table
    y: Floats,
    scorers: Mapping[str, Scores],
    household: NDArray[np.str_] | NDArray[np.int64],
    *,
    groups: Mapping[str, NDArray[np.bool_]] | None = None,
    weight: Floats | None = None,
    overlap: bool = False,
    share: float = 0.10,
    resamples: int = 1000,
    random_state: int = 0,
) -> Comparison:
    """Measure every scorer on all rows and on each group.

    Parameters
    ----------
    y : (rows,) array
        1, 0, or NaN where the outcome is not known.
    scorers : mapping of name to Scores
        The first is the reference (the model), whose lead over each other is told.
    household : (rows,) array
        Household of each row.
    groups : mapping of name to (rows,) array of bool, optional
        Parts of the rows to look at apart. Each has its own list and its own resamples.
    weight : (rows,) array, optional
        As in `training.measures.evaluation.measure`.
    overlap : bool
        Whether rows overlap in time, so that several of one household tell of one event: then a verdict asks
        for enough households with the outcome, not for enough rows.
    share, resamples, random_state
        As in `training.measures.intervals.resample_measures`.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If there is no scorer, or a group has the name or the length wrong.
    """
    if not scorers:
        msg = "a comparison needs at least one scorer"
        raise ValueError(msg)
    reference = next(iter(scorers))
    masks = {ALL_ROWS: np.ones(len(y), dtype=np.bool_)}
    for name, mask in (groups or {}).items():
        if name == ALL_ROWS or mask.shape != y.shape:
            msg = f"the group {name} must have its own name and one entry a row"
            raise ValueError(msg)
        masks[name] = mask
    rows: list[ComparisonRow] = []
    for name, mask in masks.items():
        part = {scorer: scores.take(mask) for scorer, scores in scorers.items()}
        own = None if weight is None else weight[mask]
        resampled = resample_measures(
            y[mask],
            part,
            household[mask],
            weight=own,
            share=share,
            resamples=resamples,
            random_state=random_state,
        )
        measures = {scorer: measure(y[mask], each, weight=own, share=share) for scorer, each in part.items()}
        if overlap:
            hit = int(np.unique(household[mask & (y == 1.0)]).size)
            measures = {scorer: replace(each, households_hit=hit) for scorer, each in measures.items()}
        rows += [_row(name, scorer, reference, measures, resampled) for scorer in scorers]
    origin = scorers[reference].origin
    origins = 1 if origin is None else np.unique(origin).size
    return Comparison(tuple(rows), reference, share, resamples, origins)


def _row(
    group: str, scorer: str, reference: str, measures: Mapping[str, Measures], resampled: Resampled
) -> ComparisonRow:
    mine = measures[scorer]
    estimates = {name: resampled.estimate(scorer, name, getattr(mine, name)) for name in MEASURES}
    if scorer == reference:
        return ComparisonRow(group, scorer, mine, estimates, None)
    lead, narrow = {}, {}
    for name in LED:
        ours, theirs = getattr(measures[reference], name), getattr(mine, name)
        gap = None if ours is None or theirs is None else ours - theirs
        lead[name] = resampled.difference(reference, scorer, name, gap)
        narrow[name] = resampled.difference(reference, scorer, name, gap, level=GATE_LEVEL)
    return ComparisonRow(group, scorer, mine, estimates, lead, narrow)


def _heading(group: str, measures: Measures) -> str:
    unknown = f", {measures.unknown} of unknown outcome left out" if measures.unknown else ""
    rate = "" if measures.base_rate is None else f" ({measures.base_rate:.1%})"
    warning = "" if measures.why_not_judged is None else f"; {measures.why_not_judged}"
    return f"{group}: {measures.rows} rows, {measures.positives} positives{rate}{unknown}{warning}"
