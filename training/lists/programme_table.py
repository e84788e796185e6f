"""Programmes of visits side by side: a row a scorer, with intervals from resampled villages, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.lists.replay import Programme, Reach, Rules, programme
from training.measures.evaluation import POSITIVES_NEEDED
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.printed import aligned, cell, whole

Floats = NDArray[np.float64]

COUNTED = ("found", "unsuspected")
_FEWEST_VILLAGES = 2


@dataclass(frozen=True)
class ProgrammeRow:
    """One scorer's programme.

    Parameters
    ----------
    scorer : str
    programme : Programme
    counts : mapping of "found" and "unsuspected" to Estimate
        The counts with their intervals.
    ratio, difference : mapping of the same to Estimate, or None
        Over the same counts of the reference, and minus them, paired; a ratio without a value where the
        reference has none. None for the reference itself, and where it is not among the scorers.
    """

    scorer: str
    programme: Programme
    counts: Mapping[str, Estimate]
    ratio: Mapping[str, Estimate] | None
    difference: Mapping[str, Estimate] | None

    def as_dict(self) -> dict[str, object]:
        """Give the row ready for JSON."""
        return {
            "scorer": self.scorer,
            "programme": self.programme.as_dict(),
            "intervals": _plain(self.counts),
            "over_reference": None if self.ratio is None else _plain(self.ratio),
            "minus_reference": None if self.difference is None else _plain(self.difference),
        }


@dataclass(frozen=True)
class ProgrammeTable:
    """The table.

    Parameters
    ----------
    rows : tuple of ProgrammeRow
    reference : str
        The scorer that the others are held against.
    days : tuple of str
        The month ends of the lists.
    in_sample : bool
        Whether the version learnt from these days.
    candidates : float
        Households that could be listed, a month on average.
    per_100 : float
        Visits a month for 100 households.
    rules : Rules
    villages, resamples : int
        How many villages were drawn from, and how often.
    no_ceiling : str or None
        Why the true chances are not among the scorers, where there are any.
    """

    rows: tuple[ProgrammeRow, ...]
    reference: str
    days: tuple[str, ...]
    in_sample: bool
    candidates: float
    per_100: float
    rules: Rules
    villages: int
    resamples: int
    no_ceiling: str | None

    def row(self, scorer: str) -> ProgrammeRow:
        """Give one row by name; KeyError where there is none."""
        for each in self.rows:
            if each.scorer == scorer:
                return each
        raise KeyError(scorer)

    @property
    def why_not_judged(self) -> str | None:
        """Why no verdict may be built on the table; None where one may."""
        entries = self.rows[0].programme.entries
        if entries >= POSITIVES_NEEDED:
            return None
        return f"cannot be judged: {entries} entries, {POSITIVES_NEEDED} needed"

    def as_dict(self) -> dict[str, object]:
        """Give the whole table ready for JSON."""
        return {
            **vars(self),
            "rules": vars(self.rules),
            "rows": [row.as_dict() for row in self.rows],
            "interval": "95 % percentile, villages resampled",
            "why_not_judged": self.why_not_judged,
        }

    def as_text(self) -> str:
        """Give the table as plain text: what was replayed, a line a scorer, how to read it."""
        parts = ["\n".join([*self._heading(), *aligned(self._lines())]), self._legend()]
        return "\n\n".join([*parts, *([] if self.no_ceiling is None else [self.no_ceiling])])

    def _heading(self) -> list[str]:
        sample = ", in-sample" if self.in_sample else ""
        entries = self.rows[0].programme.entries
        warning = "" if self.why_not_judged is None else f"; {self.why_not_judged}"
        counted = (
            f"{self.candidates:.0f} candidates a month, {self.per_100:g} visits a month for 100 households; "
            f"{entries} entries that could be found{warning}"
        )
        span = f"{self.days[0]} to {self.days[-1]}"
        return [f"programme replayed: {len(self.days)} monthly lists, {span}{sample}", counted]

    def _lines(self) -> list[list[str]]:
        judged = self.why_not_judged is None
        head = ["", "visits", "found", "suspected", "nobody suspected"]
        head += ["lead, months", "found a visit", "stays listed"]
        if judged:
            head += [
                f"found / {self.reference}",
                f"nobody s. / {self.reference}",
                f"nobody s. - {self.reference}",
            ]
        return [head, *(self._line(row, judged) for row in self.rows)]

    @staticmethod
    def _line(row: ProgrammeRow, judged: bool) -> list[str]:
        shown = row.programme
        found, unsuspected = (whole(row.counts[name]) for name in COUNTED)
        line = [row.scorer, str(shown.visits), found, str(shown.suspected), unsuspected]
        line.append("-" if shown.lead_months is None else f"{shown.lead_months:.1f}")
        line += [cell(Estimate(shown.per_visit)), cell(Estimate(shown.stability))]
        if judged:
            line += [""] * 2 if row.ratio is None else [cell(row.ratio[name]) for name in COUNTED]
            line.append("" if row.difference is None else whole(row.difference["unsuspected"], signed=True))
        return line

    def _legend(self) -> str:
        rules = self.rules
        return (
            f"In brackets: 95 % intervals, {self.resamples} resamples of {self.villages} whole villages; "
            f"paired.\n"
            f"Listed: who is among the highest {100 * rules.floor:g} % of the county's candidates and was "
            f"not listed within {rules.silent_days} days.\n"
            f"Found: entered within {rules.within_months} months after a listing; the lead is from the first "
            f"of those to the entry.\n"
            f"Suspected: found, and then a clue was open or a rule of practice fired; else nobody suspected."
        )


def programme_rows(
    reached: Mapping[str, Reach],
    stability: Mapping[str, float | None],
    village: NDArray[np.int64],
    *,
    reference: str,
    resamples: int = 200,
    random_state: int = 0,
) -> tuple[ProgrammeRow, ...]:
    """Count each programme, and resample the villages for its intervals.

    Parameters
    ----------
    reached : mapping of scorer to Reach
        Of the same months and entries.
    stability : mapping of scorer to float or None
    village : (households,) array of int
        Position of the village of each household.
    reference : str
        The scorer to hold the others against.
    resamples : int
        How many; 0 gives no intervals.
    random_state : int

    Notes
    -----
    The lists are made once; a resample counts what the households of the drawn villages brought. All scorers
    are counted on the same draws.
    """
    villages = int(village.max()) + 1
    replicates = (
        _replicates(reached, village, resamples, random_state) if villages >= _FEWEST_VILLAGES else {}
    )
    rows = []
    for scorer, each in reached.items():
        counted = programme(each, stability[scorer])
        mine = {name: float(getattr(counted, name)) for name in COUNTED}
        drawn = replicates.get(scorer, {})
        counts = {name: _estimate(mine[name], drawn.get(name)) for name in COUNTED}
        ratio = difference = None
        if scorer != reference and reference in reached:
            theirs = programme(reached[reference], None)
            against = replicates.get(reference, {})
            ratio, difference = {}, {}
            for name in COUNTED:
                other = float(getattr(theirs, name))
                ratio[name] = _estimate(mine[name] / other if other else None, _over(drawn, against, name))
                minus = drawn[name] - against[name] if drawn else None
                difference[name] = _estimate(mine[name] - other, minus)
        rows.append(ProgrammeRow(scorer, counted, counts, ratio, difference))
    return tuple(rows)


def _replicates(
    reached: Mapping[str, Reach], village: NDArray[np.int64], resamples: int, random_state: int
) -> dict[str, dict[str, Floats]]:
    if resamples == 0:
        return {}
    villages = int(village.max()) + 1
    drawn = np.concatenate(list(household_counts(villages, resamples, random_state)), axis=1)
    return {
        scorer: {
            name: np.bincount(village, getattr(each, name), minlength=villages) @ drawn for name in COUNTED
        }
        for scorer, each in reached.items()
    }


def _over(mine: Mapping[str, Floats], theirs: Mapping[str, Floats], name: str) -> Floats | None:
    if not mine:
        return None
    return np.divide(mine[name], theirs[name], out=np.full_like(mine[name], np.nan), where=theirs[name] > 0.0)


def _estimate(value: float | None, replicates: Floats | None) -> Estimate:
    return Estimate(value) if replicates is None else percentile_interval(value, replicates)


def _plain(estimates: Mapping[str, Estimate]) -> dict[str, object]:
    return {name: each.as_dict() for name, each in estimates.items()}
