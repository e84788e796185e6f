"""Misses weighted by how far under the line the missed households came to be."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from features.contract import Tables
from features.vectors import Cohort
from training.cohorts.recorded import income_to_line
from training.lists.listed import Listed
from training.measures.intervals import Estimate
from training.measures.printed import cell


@dataclass(frozen=True)
class MissedNeed:
    """How much of the need the list misses.

    Parameters
    ----------
    rows, known, under : int
        Rows with the outcome, those whose income to the horizon is known, and those of them under the line.
    weighted : Estimate
        Share of the shortfall that lies with rows that are not on the list.
    plain : Estimate
        Share of the rows with the outcome that are not on it.
    """

    rows: int
    known: int
    under: int
    weighted: Estimate
    plain: Estimate

    def as_dict(self) -> dict[str, object]:
        """Give the figures ready for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Give the figures as a line."""
        return (
            f"need-weighted misses: {cell(self.weighted)} of the shortfall under the line is not listed, "
            f"of the rows with the outcome {cell(self.plain)}; "
            f"income known of {self.known} of {self.rows}, under the line {self.under}"
        )


def missed_need(
    listed: Listed, tables: Tables, cohort: Cohort, horizon_months: int, known_by: np.datetime64
) -> MissedNeed:
    """Weigh each row with the outcome by its shortfall, 1 - income over the line, at least 0.

    Notes
    -----
    The income is that of the twelve months to the horizon, as believed on the last day of the data, without
    help granted after the as-of day (`training.cohorts.recorded.income_to_line`): what the household had
    come to, and not what was known on the day, when many that a blow then struck were still above the line.
    Rows whose income is not known weigh nothing.
    """
    hit = np.flatnonzero(listed.y == 1.0)
    depth = np.zeros(listed.y.size)
    known = under = 0
    if hit.size:
        part = Cohort(cohort.household_id[hit], cohort.as_of[hit])
        ratio = income_to_line(tables, part, horizon_months, known_by)
        known, under = int((~np.isnan(ratio)).sum()), int((ratio < 1.0).sum())
        depth[hit] = np.maximum(1.0 - np.where(np.isnan(ratio), 1.0, ratio), 0.0)
    missed = 1.0 - listed.place
    return MissedNeed(
        hit.size,
        known,
        under,
        listed.ratio(missed * depth, depth),
        listed.ratio(missed * listed.y, listed.y),
    )
