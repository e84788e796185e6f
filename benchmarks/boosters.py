"""The learners that stand beside the house's: the space each is searched in, and how each is fitted.

Every space has the same six axes in the same order (trees, step, size of a tree, fewest rows of a leaf,
penalty, share of the columns), so that one list of points of the unit cube is one and the same search for all
of them. Where a learner has no such axis, the nearest that it has stands in its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES
from features.vectors import Vectors
from training.cohorts.targets import NEXT_VISIT
from training.learning.model import CANDIDATES, fit_trees

Floats = NDArray[np.float64]
Params = Mapping[str, float]
Score = Callable[[Vectors], Floats]
"""Gives the log odds of rows."""

AXES = 6
SEED = 1


@dataclass(frozen=True)
class Axis:
    """One parameter and what it may be.

    Parameters
    ----------
    name : str
        In the learner's own words.
    low, high : float
    whole : bool
        Whether it is a whole number.
    even : bool
        Whether it is drawn evenly; by its logarithm otherwise.
    """

    name: str
    low: float
    high: float
    whole: bool = False
    even: bool = False

    def at(self, place: float) -> float:
        """Return the value at a place between 0 and 1."""
        if self.even:
            value = self.low + place * (self.high - self.low)
        else:
            value = math.exp(math.log(self.low) + place * math.log(self.high / self.low))
        return round(value) if self.whole else float(f"{value:.3g}")


@dataclass(frozen=True)
class Learner:
    """A learner and what is tried of it.

    Parameters
    ----------
    name : str
    fit : callable
        From vectors, outcomes and parameters to what scores rows.
    space : tuple of Axis
        Empty where `candidates` are tried in place of drawn points.
    candidates : tuple of mapping
    """

    name: str
    fit: Callable[[Vectors, Floats, Params], Score]
    space: tuple[Axis, ...] = ()
    candidates: tuple[Params, ...] = ()

    def tried(self, points: Floats) -> tuple[Params, ...]:
        """Return the parameters at points of the unit cube, or the candidates."""
        if not self.space:
            return self.candidates
        return tuple(
            {axis.name: axis.at(place) for axis, place in zip(self.space, point, strict=True)}
            for point in points.tolist()
        )


def directions(vectors: Vectors) -> list[int]:
    """Return the catalogue's sure direction of each column, 0 where there is none."""
    return [FEATURES[name].direction or 0 for name in vectors.features]


def fit_house(vectors: Vectors, y: Floats, params: Params) -> Score:
    """Fit trees as `fangpin-train fit` does."""
    return fit_trees(vectors, y, {**params, "num_threads": 1}, NEXT_VISIT).score


def fit_lightgbm(vectors: Vectors, y: Floats, params: Params) -> Score:
    """Fit LightGBM with nothing of the house: no sure directions and no budget."""
    settings = {**params, "objective": "binary", "verbosity": -1, "num_threads": 1, "seed": SEED}
    booster = lightgbm.train(settings, lightgbm.Dataset(vectors.X, label=y, params=settings))
    return lambda rows: np.asarray(booster.predict(rows.X, raw_score=True, num_threads=1))


def fit_hist(vectors: Vectors, y: Floats, params: Params) -> Score:
    """Fit scikit-learn's HistGradientBoosting, under the sure directions; its threads follow the core.

    It refuses a column of which nothing is known, from which the others learn nothing: that is left out.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    told = np.flatnonzero(~np.isnan(vectors.X).all(axis=0))
    trees = HistGradientBoostingClassifier(
        **params,
        early_stopping=False,
        monotonic_cst=np.array(directions(vectors))[told],
        random_state=SEED,
    ).fit(vectors.X[:, told], y)
    return lambda rows: np.asarray(trees.decision_function(rows.X[:, told]), dtype=np.float64)


def fit_xgboost(vectors: Vectors, y: Floats, params: Params) -> Score:
    """Fit XGBoost by histograms, under the sure directions."""
    import xgboost

    settings = {**params, "objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "seed": SEED}
    settings["monotone_constraints"] = tuple(directions(vectors))
    trees = int(settings.pop("n_estimators"))
    booster = xgboost.train(settings, xgboost.DMatrix(vectors.X, label=y, nthread=1), trees)
    return lambda rows: booster.predict(xgboost.DMatrix(rows.X, nthread=1), output_margin=True).astype(
        np.float64
    )


def fit_catboost(vectors: Vectors, y: Floats, params: Params) -> Score:
    """Fit CatBoost's symmetric trees, under the sure directions."""
    from catboost import CatBoostClassifier

    trees = CatBoostClassifier(
        **params,
        monotone_constraints=directions(vectors),
        thread_count=1,
        random_seed=SEED,
        verbose=False,
        allow_writing_files=False,
    ).fit(vectors.X, y)
    return lambda rows: np.asarray(trees.predict(rows.X, prediction_type="RawFormulaVal", thread_count=1))


def _lightgbm_space(most_trees: int) -> tuple[Axis, ...]:
    return (
        Axis("num_iterations", 100, most_trees, whole=True),
        Axis("learning_rate", 0.015, 0.12),
        Axis("num_leaves", 4, 16, whole=True),
        Axis("min_data_in_leaf", 10, 300, whole=True),
        Axis("lambda_l2", 0.1, 100.0),
        Axis("feature_fraction", 0.1, 0.8, even=True),
    )


MOST_TREES = 600

LEARNERS = (
    Learner("LightGBM", fit_house, candidates=CANDIDATES),
    Learner("LightGBM searched", fit_house, _lightgbm_space(MOST_TREES)),
    Learner("LightGBM bare", fit_lightgbm, _lightgbm_space(MOST_TREES)),
    Learner(
        "HistGradientBoosting",
        fit_hist,
        (
            Axis("max_iter", 100, MOST_TREES, whole=True),
            Axis("learning_rate", 0.015, 0.12),
            Axis("max_leaf_nodes", 4, 16, whole=True),
            Axis("min_samples_leaf", 10, 300, whole=True),
            Axis("l2_regularization", 0.1, 100.0),
            Axis("max_features", 0.1, 0.8, even=True),
        ),
    ),
    Learner(
        "XGBoost",
        fit_xgboost,
        (
            Axis("n_estimators", 100, MOST_TREES, whole=True),
            Axis("learning_rate", 0.015, 0.12),
            Axis("max_depth", 2, 6, whole=True),
            Axis("min_child_weight", 1.0, 30.0),
            Axis("reg_lambda", 0.1, 100.0),
            Axis("colsample_bytree", 0.1, 0.8, even=True),
        ),
    ),
    Learner(
        "CatBoost",
        fit_catboost,
        (
            Axis("iterations", 100, MOST_TREES, whole=True),
            Axis("learning_rate", 0.015, 0.12),
            Axis("depth", 2, 6, whole=True),
            Axis("random_strength", 0.1, 10.0),
            Axis("l2_leaf_reg", 0.1, 100.0),
            Axis("rsm", 0.1, 0.8, even=True),
        ),
    ),
)
"""The house's own comes first: it is what the others are compared with."""
