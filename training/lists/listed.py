"""One list of all rows, and what it holds and misses in any part of them, whole households resampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.cohorts.followed import both_kinds
from training.measures.evaluation import POSITIVES_NEEDED, Scores, Verdict
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.ranking import places_on_list
from training.measures.reliability import calibration_line, logit

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEWEST_HOUSEHOLDS = 2

ALL = "all"


@dataclass(frozen=True)
class Part:
    """What the list holds and misses in a part of the rows.

    Parameters
    ----------
    question, answer : str
        Which part.
    rows, positives, events : int
        Rows, those with the outcome, and households with the outcome (rows where rows do not overlap).
    estimates : mapping of measure to Estimate
        *listed*, share of the rows that is on the list; *recall*, share of the rows with the outcome that
        is; *missed*, share of the households with the outcome that is on it on none of these rows (the
        false-negative rate); *expected_over_observed* and *calibration_slope* of the probabilities; *gap*,
        recall less that of all other rows; *over_others*, recall over that of all other rows.
    against : Verdict
        Whether fewer are found than among all others.
    """

    question: str
    answer: str
    rows: int
    positives: int
    events: int
    estimates: Mapping[str, Estimate]
    against: Verdict

    def as_dict(self) -> dict[str, object]:
        """Give the part ready for JSON."""
        return {
            **vars(self),
            "estimates": {name: each.as_dict() for name, each in self.estimates.items()},
            "against": vars(self.against),
        }


@dataclass(frozen=True, eq=False)
class Listed:
    """Rows with what was said of them, what came, and their place on the list.

    Parameters
    ----------
    household : (rows,) array of int
        Position of the household of each row.
    y, probability : (rows,) arrays
    place : (rows,) array
        Chance to be on the list: ties at its end are drawn by lot.
    overlap : bool
        Whether several rows of a household tell of one event.
    drawn : (households, resamples) array
        How often each household was drawn. The list is not made anew.
    """

    household: NDArray[np.intp]
    y: Floats
    probability: Floats
    place: Floats
    overlap: bool
    drawn: Floats

    @classmethod
    def of(
        cls,
        household: NDArray[np.str_],
        y: Floats,
        scores: Scores,
        *,
        share: float,
        overlap: bool,
        resamples: int,
        random_state: int,
        weight: Floats | None = None,
    ) -> Self:
        """List the highest `share` of all rows, or of all that they stand for, and draw the households."""
        names, cluster = np.unique(household, return_inverse=True)
        few = resamples == 0 or names.size < _FEWEST_HOUSEHOLDS
        drawn = [np.zeros((names.size, 0))]
        drawn += [] if few else list(household_counts(names.size, resamples, random_state))
        place = places_on_list(scores.score, share, weight)
        return cls(cluster, y, scores.promised, place, overlap, np.concatenate(drawn, axis=1))

    def part(self, question: str, answer: str, rows: Mask) -> Part:
        """Return what the list holds and misses in a part of the rows."""
        hit = rows & (self.y == 1.0)
        others = (self.y == 1.0) & ~rows
        estimates = {
            "listed": self.ratio(self.place * rows, rows.astype(np.float64)),
            **self.found(hit),
            "expected_over_observed": self.ratio(self.probability * rows, hit.astype(np.float64)),
            "calibration_slope": self.slope(rows),
            **self._beside(hit, others),
        }
        against = Verdict(None, "no other rows")
        if not rows.all():
            against = self._against(estimates["gap"], self.events(hit), self.events(others))
        return Part(question, answer, int(rows.sum()), int(hit.sum()), self.events(hit), estimates, against)

    def found(self, hit: Mask) -> dict[str, Estimate]:
        """Return recall and misses among some rows with the outcome."""
        return {"recall": self.ratio(self.place * hit, hit.astype(np.float64)), "missed": self._missed(hit)}

    def events(self, hit: Mask) -> int:
        """Count the households with the outcome among rows with it; the rows, where they do not overlap."""
        return int(np.unique(self.household[hit]).size) if self.overlap else int(hit.sum())

    def ratio(self, top: Floats, bottom: Floats) -> Estimate:
        """Return the sum of one figure of the rows over that of another."""
        return _estimate(*self._sums(top, bottom))

    def slope(self, rows: Mask) -> Estimate:
        """Return the slope of the outcome on the log odds of the probability.

        Notes
        -----
        A resample takes one step of Newton's method from the line of all rows (Moulton and Zeger 1991,
        Bootstrapping generalized linear models), so that sums over households suffice.
        """
        y, owner = self.y[rows], self.household[rows]
        if not both_kinds(y):
            return Estimate(None)
        x = logit(self.probability[rows])
        line = calibration_line(y, x, np.ones((y.size, 1)))
        slope, intercept = float(line.slope[0]), float(line.intercept[0])
        if not np.isfinite(slope):
            return Estimate(None)
        p = expit(intercept + slope * x)
        spread = p * (1.0 - p)
        figures = (y - p, (y - p) * x, spread, spread * x, spread * x * x, y, 1.0 - y)
        size = len(self.drawn)
        sums = [np.bincount(owner, each, minlength=size) @ self.drawn for each in figures]
        g_a, g_b, h_0, h_1, h_2, positives, negatives = sums
        room = h_0 * h_2 - h_1**2
        fitted = (room > 0.0) & (positives > 0.0) & (negatives > 0.0)
        step = np.divide(h_0 * g_b - h_1 * g_a, room, out=np.full_like(room, np.nan), where=fitted)
        return percentile_interval(slope, slope + step)

    def _missed(self, hit: Mask) -> Estimate:
        if not self.overlap:
            return self.ratio((1.0 - self.place) * hit, hit.astype(np.float64))
        owner = self.household[hit]
        households = np.zeros(len(self.drawn))
        households[owner] = 1.0
        missed = households.copy()
        np.multiply.at(missed, owner, 1.0 - self.place[hit])
        return _estimate(*self._over(missed, households))

    def _beside(self, hit: Mask, others: Mask) -> dict[str, Estimate]:
        own, own_drawn = self._sums(self.place * hit, hit.astype(np.float64))
        other, other_drawn = self._sums(self.place * others, others.astype(np.float64))
        above, below = np.append(own, own_drawn), np.append(other, other_drawn)
        over = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0.0)
        return {
            "gap": _estimate(own - other, own_drawn - other_drawn),
            "over_others": _estimate(float(over[0]), over[1:]),
        }

    def _against(self, gap: Estimate, events: int, others: int) -> Verdict:
        fewest = min(events, others)
        if fewest < POSITIVES_NEEDED:
            what = "households with the outcome" if self.overlap else "positives"
            where = "" if events == fewest else " among all others"
            return Verdict(None, f"cannot be judged: {fewest} {what}{where}, {POSITIVES_NEEDED} needed")
        if gap.low is None or gap.high is None:
            return Verdict(None, "cannot be judged: no interval")
        if gap.high < 0.0:
            return Verdict(True, "found less often than all others")
        return Verdict(False, "found more often than all others" if gap.low > 0.0 else "no difference shown")

    def _sums(self, top: Floats, bottom: Floats) -> tuple[float, Floats]:
        size = len(self.drawn)
        return self._over(
            np.bincount(self.household, top, minlength=size).astype(np.float64),
            np.bincount(self.household, bottom, minlength=size).astype(np.float64),
        )

    def _over(self, top: Floats, bottom: Floats) -> tuple[float, Floats]:
        """Return a ratio of sums over households, of all and of each resample; NaN over nothing."""
        above, below = np.append(top.sum(), top @ self.drawn), np.append(bottom.sum(), bottom @ self.drawn)
        found = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0.0)
        return float(found[0]), found[1:]


def _estimate(value: float, replicates: Floats) -> Estimate:
    return percentile_interval(value if np.isfinite(value) else None, replicates)
