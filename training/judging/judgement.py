"""What a version showed on a folder of tables, and what it said row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.groups.apart import Apart
from training.judging.ceiling import Ceiling
from training.judging.coverage import Coverage
from training.judging.doubts import UNASKED, Doubts
from training.lists.programme_table import ProgrammeTable
from training.measures.comparison import Comparison
from training.measures.evaluation import MODEL, leak_suspected

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judgement:
    """What a version showed.

    Parameters
    ----------
    name, version, target : str
    horizon_months : int
    learnt_by : str or None
        The last day whose outcomes the version learnt from; None where the card does not tell.
    in_sample : bool
        Whether it learnt from these days; households that it did not learn from are fresh all the same.
    days : tuple of str
        As-of days.
    comparison : Comparison
        The version and every baseline against what came.
    sooner : mapping of int to Comparison
        By months of a shorter horizon, the version against what came within it.
    ceiling : Ceiling or None
        The same against true chances, where the tables have them.
    left_out : int
        Rows with a chance that were not at risk as far as was known on the day, and are not judged.
    programme : ProgrammeTable or None
        What monthly lists would have found, where that was asked for.
    apart : Apart or None
        The version told apart by groups, kinds and years, where that was asked for.
    intervals : Coverage or None
        What its intervals for a household's true chance hold; None of a version without them.
    doubts : Doubts
        The same judgement under other assumptions, where that was asked for.
    """

    name: str
    version: str
    target: str
    horizon_months: int
    learnt_by: str | None
    in_sample: bool
    days: tuple[str, ...]
    comparison: Comparison
    sooner: Mapping[int, Comparison]
    ceiling: Ceiling | None
    left_out: int
    programme: ProgrammeTable | None = None
    apart: Apart | None = None
    intervals: Coverage | None = None
    doubts: Doubts = UNASKED

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON; programme, groups and doubts only where they were asked for."""
        given = {
            **vars(self),
            "comparison": self.comparison.as_dict(),
            "sooner": {str(months): compared.as_dict() for months, compared in self.sooner.items()},
            "ceiling": None if self.ceiling is None else self.ceiling.as_dict(),
        }
        parts = (("programme", self.programme), ("apart", self.apart), ("intervals", self.intervals))
        for name, more in parts:
            del given[name]
            if more is not None:
                given[name] = more.as_dict()
        del given["doubts"]
        return {**given, **self.doubts.as_dict()}

    def as_text(self) -> str:
        """Give the tables as plain text, and first how far they can be trusted."""
        span = self.days[0] if len(self.days) == 1 else f"{self.days[0]} to {self.days[-1]}"
        head = (
            f"{self.name} version {self.version}: {self.target} within {self.horizon_months} months, "
            f"households at risk on {len(self.days)} days, {span}"
        )
        lines = [head, self._sample()]
        leak = leak_suspected(self.comparison.row(MODEL).measures)
        if leak.holds:
            lines.append(f"{leak.reason}: a leak until shown otherwise")
        parts = ["\n".join(lines), self.comparison.as_text()]
        parts += [
            f"within {months} months, never above:\n{compared.as_text()}"
            for months, compared in self.sooner.items()
        ]
        if len(self.comparison.rows) == 1:
            parts.append(
                "No baselines: when the version had learnt, no outcomes of both kinds were known here."
            )
        if self.ceiling is not None:
            parts.append(self.ceiling.as_text())
        if self.intervals is not None:
            parts.append(self.intervals.as_text())
        if self.left_out:
            parts.append(f"{self.left_out} rows with a chance were not at risk as known, and are left out.")
        if self.programme is not None:
            parts.append(self.programme.as_text())
        if self.apart is not None:
            parts.append(self.apart.as_text())
        parts += self.doubts.blocks()
        return "\n\n".join(parts)

    def _sample(self) -> str:
        if self.learnt_by is None:
            return "in-sample, as far as is known: the card does not tell which outcomes were learnt from"
        if self.in_sample:
            return (
                f"in-sample, if it learnt from these households: it learnt from outcomes known by "
                f"{self.learnt_by}, and of no later as-of day the outcome is known"
            )
        return f"out of sample: learnt from outcomes known by {self.learnt_by}, judged on later as-of days"
