"""Do intervals hold what they say: true chances inside them, or else promised over came among like ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.risk import RiskModel
from models.spread import Spread
from training.cohorts.followed import Followed
from training.cohorts.targets import NEXT_VISIT
from training.groups.bands import Band, bands_of
from training.judging.truth import Chances
from training.lists.listed import Listed
from training.measures.evaluation import Scores
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.printed import aligned, cell

Floats = NDArray[np.float64]

ALL = "all"
EDGES = (0.5, 0.8, 0.9, 0.95, 0.98)
"""Shares of the rows, by probability, at which one band ends and the next begins."""


@dataclass(frozen=True)
class Covered:
    """True chances against the intervals of a band.

    Parameters
    ----------
    band : str
        The probabilities in it.
    rows : int
    inside : Estimate
        Share of the rows whose true chance lies inside.
    under, over : float
        Share whose true chance lies under the interval, and over it.
    low, high : float
        Mean ends of the intervals.
    chance : float
        Mean true chance.
    """

    band: str
    rows: int
    inside: Estimate
    under: float
    over: float
    low: float
    high: float
    chance: float

    def as_dict(self) -> dict[str, object]:
        """Give the band ready for JSON."""
        return {**vars(self), "inside": self.inside.as_dict()}


@dataclass(frozen=True)
class Coverage:
    """How far the intervals of a version hold.

    Parameters
    ----------
    level : float
        Share of the true chances that the intervals are to hold.
    covered : tuple of Covered
        All rows with a known true chance, then bands of like intervals; none where no chance is known.
    promised : tuple of Band
        Expected over observed in bands of like intervals, on what came.
    """

    level: float
    covered: tuple[Covered, ...]
    promised: tuple[Band, ...]

    def as_dict(self) -> dict[str, object]:
        """Give the figures ready for JSON."""
        return {
            "level": self.level,
            "covered": [each.as_dict() for each in self.covered],
            "promised": [each.as_dict() for each in self.promised],
        }

    def as_text(self) -> str:
        """Give the tables as plain text."""
        return "\n\n".join(part for part in (self._covered(), self._promised()) if part)

    def _covered(self) -> str:
        if not self.covered:
            return ""
        lines = [["probability", "rows", "inside", "under", "over", "mean interval", "mean true chance"]]
        lines += [
            [
                each.band,
                f"{each.rows}",
                cell(each.inside),
                *(cell(Estimate(share)) for share in (each.under, each.over)),
                f"{_percent(each.low)} to {_percent(each.high)} %",
                f"{_percent(each.chance)} %",
            ]
            for each in self.covered
        ]
        head = f"intervals for the true chance, {self.level:.0%} of households to lie inside:"
        return "\n".join([head, *aligned(lines)])

    def _promised(self) -> str:
        lines = [["intervals about", "rows", "expected", "observed", "exp./obs."]]
        lines += [
            [each.name, f"{each.rows}", f"{each.expected:.1f}", f"{each.observed}", cell(each.ratio)]
            for each in self.promised
        ]
        reasons = ["", *(each.verdict.reason for each in self.promised)]
        told = zip(aligned(lines), reasons, strict=True)
        return "\n".join(
            ["expected over observed among like intervals:", *(f"{a}  {b}".rstrip() for a, b in told)]
        )


def coverage(
    model: RiskModel,
    test: Followed,
    said: Scores,
    chances: Chances | None = None,
    of_chances: Scores | None = None,
    *,
    resamples: int = 500,
) -> Coverage | None:
    """Hold the intervals of a version against true chances, where these are known, and against what came.

    Parameters
    ----------
    model : RiskModel
    test, said
        Rows whose outcome is known, and what the version says of them.
    chances, of_chances : optional
        True chances of a sample, and what the version says of it.
    resamples : int
        Of whole households.

    Returns
    -------
    Coverage or None
        None of a version without intervals.
    """
    spread, cohort = model.spread, test.cohort
    if spread is None:
        return None
    covered: tuple[Covered, ...] = ()
    if chances is not None and of_chances is not None:
        covered = covered_by(spread, of_chances.promised, chances, resamples=resamples)
    listed = Listed.of(
        cohort.household_id,
        test.y,
        said,
        share=1.0,
        overlap=model.target != NEXT_VISIT,
        resamples=resamples,
        random_state=1,
    )
    year = cohort.as_of.astype("datetime64[Y]").astype(np.int64) + 1970
    bands = bands_by(said.promised)
    names = np.select(list(bands.values()), list(bands), "")
    found = {band.name: band for band in bands_of(listed, "interval", names, year)}
    return Coverage(spread.level, covered, tuple(found[name] for name in bands))


def covered_by(
    spread: Spread, probability: Floats, chances: Chances, *, resamples: int
) -> tuple[Covered, ...]:
    """Hold intervals against true chances, all together and band by band.

    Notes
    -----
    A chance that is estimated from forks lies about the true one, and so inside less often than the true one
    does; the fewer the forks, the more too little is counted.
    """
    low, high = intervals(spread, probability)
    under, over = chances.chance < low, chances.chance > high
    names, cluster = np.unique(chances.household_id, return_inverse=True)
    draws = household_counts(names.size, resamples, 1)
    drawn = np.concatenate([np.zeros((names.size, 0)), *draws], axis=1)

    def of(band: str, rows: NDArray[np.bool_]) -> Covered:
        inside = (rows & ~under & ~over).astype(np.float64)
        hit = np.bincount(cluster, inside, minlength=names.size) @ drawn
        count = np.bincount(cluster, rows, minlength=names.size) @ drawn
        shares = np.divide(hit, count, out=np.full_like(hit, np.nan), where=count > 0.0)
        return Covered(
            band,
            int(rows.sum()),
            percentile_interval(float(inside[rows].mean()), shares),
            *(float(each[rows].mean()) for each in (under, over, low, high, chances.chance)),
        )

    every = np.ones(probability.size, dtype=np.bool_)
    return tuple(of(name, rows) for name, rows in {ALL: every, **bands_by(probability)}.items())


def intervals(spread: Spread, probability: Floats) -> tuple[Floats, Floats]:
    """Return both ends of the interval of each probability."""
    ends = np.array([spread.interval(p) for p in probability.tolist()]).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def bands_by(probability: Floats) -> Mapping[str, NDArray[np.bool_]]:
    """Return bands of like probability, and so of like intervals, the lowest first; ties stay together."""
    edges = np.unique(np.quantile(probability, EDGES, method="inverted_cdf"))
    place = np.searchsorted(edges, probability)
    bands: dict[str, NDArray[np.bool_]] = {}
    for each in np.unique(place):
        rows = place == each
        own = probability[rows]
        name = f"{_percent(float(own.min()))} to {_percent(float(own.max()))} %"
        bands[name] = rows | bands.get(name, np.zeros_like(rows))
    return bands


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g}"
