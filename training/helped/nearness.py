"""How far what was learnt from changed outcomes leads from the truth, where one is known.

A household that is helped stays above the line, and the record says that nothing came. Who learns from such
records learns that the doubted are safe. Nothing here reads a truth: it is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.reliability import calibration_line, logit

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def resampled_rows(household_id: NDArray[np.str_], resamples: int, random_state: int) -> Floats:
    """Return how often each row counts: once in the first column, in the others as households are drawn.

    Returns
    -------
    ndarray, shape (rows, 1 + resamples)
        Every measure taken on the same columns is paired with every other.
    """
    names, owner = np.unique(household_id, return_inverse=True)
    drawn = list(household_counts(names.size, resamples, random_state)) if resamples else []
    return np.column_stack([np.ones(owner.size), *(counts[owner] for counts in drawn)])


def calibrated(probability: Floats, y: Floats, weight: Floats, counts: Floats) -> Floats:
    """Return probabilities under the logistic calibration of greatest weighted likelihood.

    Parameters
    ----------
    probability : (rows,) array
        Of trees that did not see the row.
    y : (rows,) array of 0.0 and 1.0
        What the calibration is to hold for; anything where the weight is 0.
    weight : (rows,) array
        0 for rows whose outcome does not count.
    counts : (rows, columns) array
        As of `resampled_rows`: the calibration is fitted anew for each column.

    Returns
    -------
    ndarray, shape (rows, columns)
        NaN in a column for which there is no calibration: outcomes of one kind, or perfectly separated.
    """
    used = weight > 0.0
    odds = logit(probability)
    line = calibration_line(y[used], odds[used], weight[used, None] * counts[used])
    return np.asarray(expit(odds[:, None] * line.slope + line.intercept), dtype=np.float64)


@dataclass(frozen=True)
class Gap:
    """How far probabilities lie from true chances in the mean of some rows.

    Parameters
    ----------
    rows : int
    predicted, true, ratio : Estimate
        Mean probability, mean true chance, and the first over the second: 1 where they agree in the mean,
        below 1 where risk is under-estimated.
    """

    rows: int
    predicted: Estimate
    true: Estimate
    ratio: Estimate


def gap_to_truth(predicted: Floats, truth: Floats, counts: Floats, rows: Mask | None = None) -> Gap:
    """Measure the gap between probabilities and true chances, with 95 % intervals.

    Parameters
    ----------
    predicted : (rows, columns) array
        As of `calibrated`, by the same columns.
    truth : (rows,) array
        True chances; NaN where not known, such rows are left out.
    counts : (rows, columns) array
        As of `resampled_rows`.
    rows : (rows,) array of bool, optional
        The rows to look at; all if not given.

    Notes
    -----
    The intervals hold the drawing of households: of those judged and of those that the calibration was
    fitted on. The trees are held as they are.

    References
    ----------
    van Amsterdam et al. (2025), When accurate prediction models yield harmful self-fulfilling prophecies,
    Patterns, arXiv 2312.01210. Boeken et al. (2024), arXiv 2403.00886. Mendler-Dünner, Ding and Wang (2022),
    Anticipating performativity by predicting from predictions, arXiv 2208.07331.
    """
    kept = _judged(truth, rows)
    mean, true = _means(predicted, truth, counts, kept)
    return Gap(int(kept.sum()), _estimate(mean), _estimate(true), _estimate(mean / true))


def repaired(
    naive: Floats, remedy: Floats, truth: Floats, counts: Floats, rows: Mask | None = None
) -> Estimate:
    """Return which share of the naive gap a remedy closes in the mean: 0 nothing, 1 all, above 1 too much.

    Parameters
    ----------
    naive, remedy : (rows, columns) arrays
        As of `calibrated`, by the same columns: the interval is that of pairs.
    truth, counts, rows
        As for `gap_to_truth`.
    """
    kept = _judged(truth, rows)
    before, true = _means(naive, truth, counts, kept)
    after, _ = _means(remedy, truth, counts, kept)
    return _estimate((after - before) / (true - before))


def _judged(truth: Floats, rows: Mask | None) -> Mask:
    known: Mask = ~np.isnan(truth)
    return known if rows is None else known & rows


def _means(predicted: Floats, truth: Floats, counts: Floats, kept: Mask) -> tuple[Floats, Floats]:
    held = counts[kept]
    total = held.sum(axis=0)
    mean = (predicted[kept] * held).sum(axis=0) / total
    return np.asarray(mean, dtype=np.float64), np.asarray(truth[kept] @ held / total, dtype=np.float64)


def _estimate(columns: Floats) -> Estimate:
    return percentile_interval(float(columns[0]), columns[1:])
