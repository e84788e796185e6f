"""The chance of help, by learners that did not see the household, and the weights that follow from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES
from features.errors import Refused
from features.vectors import Vectors
from models.risk import fit_risk_model
from training.baselines.logistic import LogisticOnVectors
from training.cohorts.followed import HORIZON_MONTHS, both_kinds

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FOLDS = 3

STRENGTH = 0.1
"""C of the logistic for the chance of help: help is no rare outcome, there is enough to learn it from."""


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


def chance_of_help(
    vectors: Vectors, helped: Mask, known: Mask, *, folds: int = FOLDS, random_state: int = 1
) -> Floats:
    """Return each row's chance of help within the horizon, by a logistic that saw no row of its household.

    Parameters
    ----------
    vectors : Vectors
    helped : (rows,) array of bool
        Help came within the horizon.
    known : (rows,) array of bool
        Rows of which that is known: not those whose outcome came first.
    folds, random_state : int
        Into how many folds households are dealt, and how.

    Raises
    ------
    Refused
        Where in the rows of some folds all were helped, or none.

    References
    ----------
    Rosenbaum and Rubin (1983), The central role of the propensity score, Biometrika 70: 41-55. Chernozhukov
    et al. (2018), as in `cross_fitted`.
    """
    fold = households_apart(vectors.household_id, folds, random_state)
    chance = np.empty(helped.size)
    for each in range(folds):
        learnt_from = np.flatnonzero(known & (fold != each))
        if not both_kinds(helped[learnt_from].astype(np.float64)):
            raise Refused("all rows were helped, or none: no chance of help can be learnt")
        logistic = LogisticOnVectors(strengths=(STRENGTH,), blocks=0)
        part = vectors.take(learnt_from)
        logistic.fit(part, helped[learnt_from].astype(np.float64), part.as_of + 1)
        chance[fold == each] = logistic.probability(vectors.take(fold == each))
    return chance


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
