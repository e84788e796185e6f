"""How much of what can be known is found: measures against true chances, and the highest of them.

A simulated county knows the chance that each household of a sample had on a day (``truth/chances.parquet``).
Judged by chances, not by the one thing that happened, an order has expected measures. The order of the true
chances themselves has the highest: the ceiling. Chances are estimated from forks of the county; if the same
forks ranked and judged, luck would judge itself, so one half ranks and the other judges, and the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.judging.truth import Chances
from training.measures.evaluation import Scores
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.printed import aligned, cell
from training.measures.ranking import Tally, average_precision, roc_auc, top_list

Floats = NDArray[np.float64]
Measured = dict[str, Floats]

SHARES = (0.01, 0.02, 0.05, 0.10)
"""Lengths of the list, as shares of the rows."""

CEILING = "ceiling"

_CELLS = 2_000_000


def expected_measures(score: Floats, chance: Floats, weights: Floats) -> Measured:
    """Give the measures that an order can expect where each row has a chance, under many weightings.

    Parameters
    ----------
    score : (rows,) array
        Higher means more at risk; no NaN.
    chance : (rows,) array
        In [0, 1].
    weights : (rows, weightings) array
        A row of weight 2 counts as if written twice, each with a lot of its own.

    Returns
    -------
    dict of str to (weightings,) array
        ``roc_auc``, ``average_precision`` and ``recall_at_<percent>`` of each of `SHARES`; NaN where not
        defined.

    Notes
    -----
    With chances of 0 and 1 these are the measures of `training.measures.ranking`, ties included. Otherwise
    rows are taken to draw their outcomes independently, and expectations are put in numerator and
    denominator: of the area, Σ p_i (1 - p_j) over ordered pairs of different rows, a tie counting one half;
    of the recall, Σ p over the list against Σ p over all; of the average precision, the sum over rows of
    p_i (1 + Σ of p_j of the others listed by then) / rows listed by then, against Σ p. Each is greatest
    when rows stand in the order of their chances.
    """
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    p, held = chance[order][:, None], weights[order]
    listed = np.cumsum(np.add.reduceat(held, starts, axis=0), axis=0)
    own = np.add.reduceat(held * p, starts, axis=0)
    itself = np.add.reduceat(held * p * (1.0 - p), starts, axis=0)
    sums = Tally(listed, np.arange(starts.size), own, np.cumsum(own, axis=0))
    alone = itself.sum(axis=0)
    pairs = sums.positives * (sums.total - sums.positives)
    above = np.nan_to_num(roc_auc(sums)) * pairs - 0.5 * alone
    per_row = np.divide(itself, listed, out=np.zeros_like(itself), where=listed > 0.0).sum(axis=0)
    found = {f"recall_at_{name_of(share)}": top_list(sums, share).found for share in SHARES}
    return {
        "roc_auc": _ratio(above, pairs - alone),
        "average_precision": average_precision(sums) + _ratio(per_row, sums.positives),
        **{name: _ratio(value, sums.positives) for name, value in found.items()},
    }


def halved(chances: Chances, weights: Floats) -> Measured:
    """Give the measures of the ceiling: one half of the forks ranks, the other judges, and the reverse."""
    there = expected_measures(chances.chance_a, chances.chance_b, weights)
    back = expected_measures(chances.chance_b, chances.chance_a, weights)
    return {name: (there[name] + back[name]) / 2.0 for name in there}


@dataclass(frozen=True)
class Ceiling:
    """Scorers beside the highest that any could expect.

    Parameters
    ----------
    rows, households, forks : int
        What is judged, and the fewest forks behind a chance.
    days : tuple of str
        As-of days.
    expected : float
        Events expected among the rows.
    estimates : mapping of scorer to mapping of measure to Estimate
        The first scorer is the ceiling.
    shares : mapping of scorer to mapping of measure to Estimate
        Share of the ceiling, paired.
    promised : mapping of scorer to Estimate
        Events promised over events expected, of scorers that give a probability.
    """

    rows: int
    households: int
    forks: int
    days: tuple[str, ...]
    expected: float
    estimates: Mapping[str, Mapping[str, Estimate]]
    shares: Mapping[str, Mapping[str, Estimate]]
    promised: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {
            **{name: getattr(self, name) for name in ("rows", "households", "forks", "days", "expected")},
            "estimates": _plain(self.estimates),
            "share_of_the_ceiling": _plain(self.shares),
            "promised_over_expected": {name: each.as_dict() for name, each in self.promised.items()},
        }

    def as_text(self) -> str:
        """Give the table as plain text: measures, then shares of the ceiling."""
        names = [f"recall_at_{name_of(share)}" for share in SHARES]
        titles = ["ROC-AUC", "avg precision", *(f"recall at {100 * share:g} %" for share in SHARES)]
        lines = [["", *titles, "promised / expected"]]
        for scorer, each in self.estimates.items():
            cells = [cell(each[name]) for name in ("roc_auc", "average_precision", *names)]
            lines.append([scorer, *cells, cell(self.promised.get(scorer, Estimate(None)))])
        for scorer, each in self.shares.items():
            cells = [cell(each[name]) for name in ("average_precision", *names)]
            lines.append([f"{scorer}, share of the ceiling", "", *cells, ""])
        head = (
            f"true chances: {self.rows} rows of {self.households} households on {', '.join(self.days)}, "
            f"{self.expected:.1f} events expected, at least {self.forks} forks"
        )
        return "\n".join([head, *aligned(lines), _LEGEND])


_LEGEND = (
    "Expected measures. The ceiling: the order of the true chances, half of the forks ranks, half judges.\n"
    "In brackets: 95 % intervals, resamples of whole households; shares of the ceiling paired."
)


def compare_with_ceiling(
    chances: Chances,
    scorers: Mapping[str, Scores],
    *,
    resamples: int = 500,
    random_state: int = 0,
) -> Ceiling:
    """Measure scorers and the ceiling on the same rows and the same resamples of households.

    Parameters
    ----------
    chances : Chances
    scorers : mapping of name to Scores
        Of the same rows.
    resamples, random_state : int
        As in `training.measures.intervals.resample_measures`.
    """
    once = np.ones((len(chances), 1))
    values = {CEILING: _only(halved(chances, once))}
    values |= {
        name: _only(expected_measures(each.score, chances.chance, once)) for name, each in scorers.items()
    }
    given = {name: each.probability for name, each in scorers.items() if each.probability is not None}
    promised = {name: float(p.sum() / chances.chance.sum()) for name, p in given.items()}
    names, cluster = np.unique(chances.household_id, return_inverse=True)
    drawn: dict[str, list[Measured]] = {name: [] for name in values}
    promises: dict[str, list[Floats]] = {name: [] for name in given}
    for counts in household_counts(names.size, resamples, random_state, step=max(1, _CELLS // cluster.size)):
        weights = counts[cluster]
        drawn[CEILING].append(halved(chances, weights))
        for name, each in scorers.items():
            drawn[name].append(expected_measures(each.score, chances.chance, weights))
        for name, p in given.items():
            promises[name].append(_ratio(p @ weights, chances.chance @ weights))
    replicates = {name: _joined(parts) for name, parts in drawn.items()}
    return Ceiling(
        rows=len(chances),
        households=int(names.size),
        forks=chances.forks,
        days=tuple(np.unique(chances.as_of).astype(str).tolist()),
        expected=float(chances.chance.sum()),
        estimates={name: _estimates(values[name], replicates[name]) for name in values},
        shares={name: _shares(values, replicates, name) for name in scorers},
        promised={
            name: percentile_interval(value, np.concatenate([np.zeros(0), *promises[name]]))
            for name, value in promised.items()
        },
    )


def name_of(share: float) -> str:
    """Return the share of a list as it stands in the name of a measure.

    Examples
    --------
    >>> name_of(0.02), name_of(0.1)
    ('2', '10')
    """
    return f"{100 * share:g}"


def _estimates(values: Mapping[str, float | None], replicates: Measured) -> dict[str, Estimate]:
    return {name: _estimate(value, replicates.get(name)) for name, value in values.items()}


def _shares(
    values: Mapping[str, Mapping[str, float | None]], replicates: Mapping[str, Measured], scorer: str
) -> dict[str, Estimate]:
    shares = {}
    for name, top in values[CEILING].items():
        if name == "roc_auc":
            continue
        mine = values[scorer][name]
        share = mine / top if mine is not None and top else None
        drawn = None
        if name in replicates[scorer]:
            drawn = _ratio(replicates[scorer][name], replicates[CEILING][name])
        shares[name] = _estimate(share, drawn)
    return shares


def _estimate(value: float | None, replicates: Floats | None) -> Estimate:
    return Estimate(value) if replicates is None else percentile_interval(value, replicates)


def _only(measured: Measured) -> dict[str, float | None]:
    return {name: float(value[0]) if np.isfinite(value[0]) else None for name, value in measured.items()}


def _joined(parts: list[Measured]) -> Measured:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0.0)


def _plain(estimates: Mapping[str, Mapping[str, Estimate]]) -> dict[str, object]:
    return {scorer: {name: each.as_dict() for name, each in row.items()} for scorer, row in estimates.items()}
