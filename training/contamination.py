"""Outcomes that help has changed: remedies when learning from them, and how far each leads from the truth.

A household that is helped stays above the line, and the record says that nothing came. Who learns from such
records learns that the doubted are safe. Nothing here reads a truth: where one is known, it is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from features.contract import Facts, Tables
from features.definitions import FEATURES
from features.history import believed
from features.tables.support import SUPPORTS
from features.tables.visits import EMPLOYMENTS
from features.vectors import Cohort, Vectors
from models.risk import fit_risk_model
from training.cohort import HORIZON_MONTHS
from training.horizon import months_on
from training.intervals import Estimate, household_counts, percentile_interval
from training.reliability import calibration_line, logit

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Events = tuple[NDArray[np.str_], Days]
"""Household and day of each event."""

JOBS = SUPPORTS.column("area_of_help").code("jobs")
POSTS = tuple(EMPLOYMENTS.column("form").code(form) for form in ("public_post", "workshop"))


def posts_taken(tables: Tables, known_by: np.datetime64) -> Events:
    """Return who was given work, and when: public posts, places in workshops, other help in kind of work.

    Parameters
    ----------
    tables : Tables
    known_by : datetime64[D]
        What is believed at the end of this day.

    Returns
    -------
    Events
        A post that is given for another year is taken anew.
    """
    work, supports = tables.get("employments"), tables.get("supports")
    given = [] if work is None else [_starts(work, np.isin(work["form"], POSTS), known_by)]
    if supports is not None:
        given.append(_starts(supports, supports["area_of_help"] == JOBS, known_by))
    return _joined(given)


def help_starts(tables: Tables, known_by: np.datetime64) -> Events:
    """Return who was helped, and from when: every support on whatever ground, and every post."""
    supports = tables.get("supports")
    given = [posts_taken(tables, known_by)]
    if supports is not None:
        given.append(_starts(supports, np.ones(supports["record_id"].size, np.bool_), known_by))
    return _joined(given)


def times_within(cohort: Cohort, events: Events, after: int, until: int) -> NDArray[np.int64]:
    """Count the events of each household between two numbers of months after its as-of day.

    Parameters
    ----------
    cohort : Cohort
        Households and as-of days t.
    events : Events
    after, until : int
        [months] Counted is from the day after t + ``after`` to t + ``until``.

    Returns
    -------
    ndarray of int, shape (rows,)
    """
    names, owner = np.unique(cohort.household_id, return_inverse=True)
    household, day = events
    ours = np.isin(household, names)
    span = int(np.datetime64("9999-12-31", "D").astype(np.int64))
    keys = np.sort(np.searchsorted(names, household[ours]) * span + day[ours].astype(np.int64))
    start, end = (
        owner * span + months_on(cohort.as_of, months).astype(np.int64) for months in (after, until)
    )
    counted: NDArray[np.int64] = np.searchsorted(keys, end, "right") - np.searchsorted(keys, start, "right")
    return counted


def households_apart(household_id: NDArray[np.str_], folds: int, random_state: int) -> NDArray[np.int64]:
    """Deal households into folds at random; return the fold of each row."""
    names, owner = np.unique(household_id, return_inverse=True)
    fold: NDArray[np.int64] = np.random.default_rng(random_state).permutation(names.size)[owner] % folds
    return fold


def cross_fitted(
    vectors: Vectors,
    y: Floats,
    fold: NDArray[np.int64],
    *,
    params: Mapping[str, float | str],
    rows: Mask | None = None,
    weight: Floats | None = None,
    directed: bool = True,
) -> Floats:
    """Return each row's probability by trees that saw nothing of its fold.

    Parameters
    ----------
    vectors : Vectors
    y : (rows,) array of 0.0 and 1.0
    fold : (rows,) array of int
        Rows of one household in one fold.
    params : mapping
        Of the trees.
    rows : (rows,) array of bool, optional
        Which rows may be learnt from; all if not given. Probabilities are for all.
    weight : (rows,) array, optional
        How many rows each stands for.
    directed : bool
        Whether the catalogue's sure directions hold. They are those of risk: not of the chance of help.

    References
    ----------
    Chernozhukov et al. (2018), Double/debiased machine learning, Econometrics Journal 21: C1-C68.
    """
    usable = np.ones(y.size, np.bool_) if rows is None else rows
    directions = {name: FEATURES[name].direction for name in vectors.features if FEATURES[name].direction}
    probability = np.full(y.size, np.nan)
    for each in np.unique(fold):
        learnt_from, told = np.flatnonzero(usable & (fold != each)), np.flatnonzero(fold == each)
        model = fit_risk_model(
            vectors.take(learnt_from),
            y[learnt_from],
            target="cross_fitted",
            horizon_months=HORIZON_MONTHS,
            concepts={name: FEATURES[name].concept for name in vectors.features},
            monotone=directions if directed else {},
            params=params,
            weight=None if weight is None else weight[learnt_from],
        )
        probability[told] = model.probability(vectors.take(told))
    return probability


def inverse_weights(chance: Floats, most: float) -> Floats:
    """Return how many rows a row without help stands for: one over its chance of having had none.

    Parameters
    ----------
    chance : (rows,) or (steps, rows) array
        Chance of help; by steps, of the first help in each step given none before.
    most : float
        Where the weights are cut off. It keeps single rows from deciding, at the price of a bias towards
        no weighting.

    Returns
    -------
    ndarray, shape (rows,)
        From 1 to ``most``. They stand for those who were helped only where help depends on nothing that
        the chance was not made from, and where nobody was sure of help.

    Examples
    --------
    >>> inverse_weights(np.array([[0.0, 0.5, 0.9], [0.5, 0.5, 1.0]]), most=10.0).tolist()
    [2.0, 4.0, 10.0]

    References
    ----------
    Robins, Hernán and Brumback (2000), Marginal structural models and causal inference in epidemiology,
    Epidemiology 11: 550-560. Cole and Hernán (2008), Constructing inverse probability weights for marginal
    structural models, American Journal of Epidemiology 168: 656-664 (truncation).
    """
    none = np.prod(1.0 - np.atleast_2d(chance), axis=0)
    return np.asarray(1.0 / np.maximum(none, 1.0 / most), dtype=np.float64)


def audit_sample(visits: NDArray[np.int64], share: float, random_state: int) -> tuple[Mask, Floats]:
    """Draw visits at random to be audits, whoever is suspected.

    Parameters
    ----------
    visits : (rows,) array of int
        Visits of the row's household within the horizon.
    share : float
        Share of the visits that become audits.
    random_state : int

    Returns
    -------
    drawn : (rows,) array of bool
        At least one of its visits was an audit.
    weight : (rows,) array of float
        One over the chance of that where drawn, else 0: the often visited are audited more often, and
        count for less. Who is never visited is never audited, and nobody stands for him.

    References
    ----------
    Horvitz and Thompson (1952), A generalization of sampling without replacement from a finite universe,
    JASA 47: 663-685. Elkan and Noto (2008), Learning classifiers from only positive and unlabeled data, KDD
    (what cannot be learnt where only the found are labelled).
    """
    chance = 1.0 - (1.0 - share) ** visits
    drawn: Mask = np.random.default_rng(random_state).random(visits.size) < chance
    return drawn, np.divide(1.0, chance, out=np.zeros(visits.size), where=drawn)


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


def _starts(facts: Facts, rows: Mask, known_by: np.datetime64) -> Events:
    held = np.flatnonzero(believed(facts).on(known_by) & rows)
    start = np.where(np.isnat(facts["start_on"]), facts["occurred_on"], facts["start_on"])
    return facts["household_id"][held], start[held]


def _joined(parts: list[Events]) -> Events:
    if not parts:
        return np.zeros(0, dtype=np.str_), np.zeros(0, dtype="datetime64[D]")
    household, day = (np.concatenate(one) for one in zip(*parts, strict=True))
    return household, day
