"""The risk model: trees on household vectors whose raw score becomes a calibrated probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import lightgbm
import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import Foreign, Refused, Usage
from features.vectors import Vectors
from models.calibration import UNCALIBRATED, LogisticCalibration, fit_calibration
from models.sooner import Sooner
from models.spread import Spread

COST_BUDGET = 100_000
"""Σ depth² over all leaves that a model may have: about 0.5 ms of contributions a household."""

DEFAULT_PARAMS: dict[str, float | str] = {
    "num_iterations": 600,
    "learning_rate": 0.02,
    "num_leaves": 7,
    "max_depth": -1,
    "min_data_in_leaf": 50,
    "min_sum_hessian_in_leaf": 1e-3,
    "min_gain_to_split": 0.0,
    "lambda_l1": 0.0,
    "lambda_l2": 1.0,
    "feature_fraction": 0.5,
    "feature_fraction_bynode": 1.0,
    "bagging_fraction": 1.0,
    "bagging_freq": 0,
    "path_smooth": 0.0,
    "max_bin": 255,
    "min_data_in_bin": 3,
    "monotone_constraints_method": "basic",
    "seed": 1,
    "num_threads": 1,
}
"""What may be chosen about the trees, in LightGBM's names, and what is taken where nothing is."""


@dataclass(frozen=True)
class RiskModel:
    """A fitted model of one target over one horizon, and perhaps over shorter ones.

    Parameters
    ----------
    target : str
        What it predicts, such as ``entry`` or ``next_visit``.
    horizon_months : int
        [months] The outcome lies in (as of, as of + horizon].
    features : tuple of str
        Feature ids in the order of the trees' columns.
    fingerprints : mapping of str to str
        Feature id → SHA-256 of the definition that the trees were fitted on.
    concepts : tuple of str
        The concept of each feature, in the same order.
    directions : tuple of int
        −1, 0 or 1 a feature: the way in which the score was held to move with it, 0 where it was free.
    booster_text : str
        The trees in LightGBM's text form.
    calibration : LogisticCalibration
        From raw score to probability.
    sooner : tuple of Sooner
        Shorter horizons of the same score, none where they cannot be told apart.
    spread : Spread, optional
        How far true chances lie about the probability; None where that was not fitted.

    Raises
    ------
    Foreign
        Where these parts do not belong together.
    """

    target: str
    horizon_months: int
    features: tuple[str, ...]
    fingerprints: Mapping[str, str]
    concepts: tuple[str, ...]
    directions: tuple[int, ...]
    booster_text: str = field(repr=False)
    calibration: LogisticCalibration
    sooner: tuple[Sooner, ...] = ()
    spread: Spread | None = None

    def __post_init__(self) -> None:
        count = len(self.features)
        if len(set(self.features)) != count or set(self.fingerprints) != set(self.features):
            raise Foreign("a model needs every feature once, and a fingerprint of each")
        if len(self.concepts) != count or len(self.directions) != count:
            raise Foreign(f"a model of {count} features needs as many concepts and directions")
        if any(not 0 < each.months < self.horizon_months for each in self.sooner):
            raise Foreign(f"a shorter horizon than {self.horizon_months} months has fewer, and some")
        if _named_in(self.booster_text) != self.features:
            raise Foreign("the trees were not fitted on these features in this order")

    @cached_property
    def booster(self) -> lightgbm.Booster:
        """The trees, made from their text when first asked for and kept."""
        return lightgbm.Booster(model_str=self.booster_text)

    @cached_property
    def cost(self) -> int:
        """Σ depth² over all leaves: what contributions of one household cost."""
        return trees_cost(self.booster_text)

    @cached_property
    def columns_by_concept(self) -> dict[str, NDArray[np.intp]]:
        """Columns of each concept's features; concepts in the order of their first feature."""
        columns: dict[str, list[int]] = {}
        for column, concept in enumerate(self.concepts):
            columns.setdefault(concept, []).append(column)
        return {concept: np.array(members, dtype=np.intp) for concept, members in columns.items()}

    def matrix(self, vectors: Vectors) -> NDArray[np.float64]:
        """Columns of the vectors in the order of the trees.

        Parameters
        ----------
        vectors : Vectors
            May hold more features than the model uses, in any order.

        Returns
        -------
        ndarray, shape (rows, features)
            NaN where unknown.

        Raises
        ------
        Foreign
            Where a feature is missing or has another definition than the trees were fitted on.
        """
        lacking = [name for name in self.features if name not in vectors.fingerprints]
        if lacking:
            raise Foreign(f"the vectors lack {len(lacking)} features of the model: {_some(lacking)}")
        other = [name for name in self.features if vectors.fingerprints[name] != self.fingerprints[name]]
        if other:
            raise Foreign(f"{len(other)} features have another definition than the model's: {_some(other)}")
        if vectors.features == self.features:
            return vectors.X
        place = {name: column for column, name in enumerate(vectors.features)}
        return np.ascontiguousarray(vectors.X[:, [place[name] for name in self.features]])

    def score(self, vectors: Vectors) -> NDArray[np.float64]:
        """Raw score f of each row [log-odds before calibration].

        Raises
        ------
        Foreign
            Where a feature is missing or has another definition.
        """
        return self.score_matrix(self.matrix(vectors))

    def score_matrix(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raw score of rows whose columns already are the model's features in its order."""
        if not len(X):
            return np.empty(0)
        return np.asarray(self.booster.predict(X, raw_score=True, num_threads=1), dtype=np.float64)

    def probability(self, vectors: Vectors) -> NDArray[np.float64]:
        """Calibrated probability of the target within the horizon, of each row.

        Raises
        ------
        Foreign
            Where a feature is missing or has another definition.
        """
        return self.calibration.probability(self.score(vectors))


def fit_risk_model(  # noqa: PLR0913 - all that makes a model
    vectors: Vectors,
    y: ArrayLike,
    *,
    target: str,
    horizon_months: int,
    concepts: Mapping[str, str],
    monotone: Mapping[str, int] | None = None,
    params: Mapping[str, float | str] | None = None,
    calibration: tuple[Vectors, ArrayLike] | None = None,
    weight: ArrayLike | None = None,
) -> RiskModel:
    """Fit the trees, and the calibration where later months are given.

    Parameters
    ----------
    vectors : Vectors
        The rows to learn from; all their features are used.
    y : array-like, shape (rows,)
        Outcomes, 0 or 1.
    target : str
        Name of the outcome.
    horizon_months : int
        [months]
    concepts : mapping of str to str
        Feature id → concept, for every feature.
    monotone : mapping of str to int, optional
        Feature id → 1 where the score must not fall as the feature rises, −1 where it must not rise. Features
        that are not named are free.
    params : mapping, optional
        What differs from `DEFAULT_PARAMS`, in LightGBM's names. ``num_threads`` does not change the trees.
    calibration : pair of Vectors and outcomes, optional
        Later months than ``vectors``. Without it the probability is that of the trees.
    weight : array-like, shape (rows,), optional
        How many rows each row stands for, above zero; all alike if not given.

    Returns
    -------
    RiskModel
        The same data in the same order give the same bytes of text.

    Raises
    ------
    Refused
        Where there are not both outcomes, or the trees cost more than `COST_BUDGET`.
    Usage
        Where a parameter is unknown, or a concept, a constraint or the weights do not fit.
    """
    outcomes = np.asarray(y, dtype=np.float64)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    settings = _settings(params or {})
    directions = _directions(vectors.features, monotone or {})
    _check_fit(vectors, outcomes, concepts, weights)
    text = _fit_trees(vectors, outcomes, settings, directions, weights)
    check_cost(text)
    model = RiskModel(
        target=target,
        horizon_months=horizon_months,
        features=vectors.features,
        fingerprints=dict(vectors.fingerprints),
        concepts=tuple(concepts[name] for name in vectors.features),
        directions=directions,
        booster_text=text,
        calibration=UNCALIBRATED,
    )
    return model if calibration is None else recalibrated(model, *calibration)


def recalibrated(model: RiskModel, vectors: Vectors, y: ArrayLike) -> RiskModel:
    """Return the same trees with the calibration of greatest likelihood on other, later rows.

    Raises
    ------
    Foreign
        Where the vectors are not the model's.
    Refused
        Where there are not both outcomes.
    """
    return replace(model, calibration=fit_calibration(model.score(vectors), y))


def trees_cost(booster_text: str) -> int:
    """Σ depth² over all leaves of all trees in LightGBM's text form."""
    left: list[int] = []
    cost = 0
    for line in booster_text.splitlines():
        name, _, value = line.partition("=")
        if name == "left_child":
            left = [int(child) for child in value.split()]
        elif name == "right_child":
            cost += _tree_cost(left, [int(child) for child in value.split()])
    return cost


def check_cost(booster_text: str) -> None:
    """Refuse trees that cost more than `COST_BUDGET`."""
    cost = trees_cost(booster_text)
    if cost > COST_BUDGET:
        raise Refused(
            f"the trees cost {cost} (Σ depth² over all leaves), over the budget of {COST_BUDGET}: "
            "take fewer trees, fewer leaves or a smaller max_depth"
        )


def _tree_cost(left: list[int], right: list[int]) -> int:
    depth = [0] * len(left)
    cost = 0
    for node in range(len(left)):
        for child in (left[node], right[node]):
            if child < 0:
                cost += (depth[node] + 1) ** 2
            else:
                depth[child] = depth[node] + 1
    return cost


def _settings(params: Mapping[str, float | str]) -> dict[str, float | str]:
    unknown = sorted(set(params) - set(DEFAULT_PARAMS))
    if unknown:
        raise Usage(
            f"unknown parameters of the trees: {', '.join(unknown)}; known are {', '.join(DEFAULT_PARAMS)}"
        )
    return DEFAULT_PARAMS | dict(params)


def _directions(features: tuple[str, ...], monotone: Mapping[str, int]) -> tuple[int, ...]:
    unknown = sorted(set(monotone) - set(features))
    if unknown:
        raise Usage(f"monotone constraints on {len(unknown)} features that are not there: {_some(unknown)}")
    wrong = sorted(name for name, direction in monotone.items() if direction not in {-1, 0, 1})
    if wrong:
        raise Usage(f"a monotone constraint is -1, 0 or 1; other on {_some(wrong)}")
    return tuple(monotone.get(name, 0) for name in features)


def _check_fit(
    vectors: Vectors, y: NDArray[np.float64], concepts: Mapping[str, str], weight: NDArray[np.float64] | None
) -> None:
    lacking = [name for name in vectors.features if name not in concepts]
    if lacking:
        raise Usage(f"{len(lacking)} features have no concept: {_some(lacking)}")
    if y.shape != (len(vectors.X),):
        raise Usage(f"{len(vectors.X)} rows do not fit outcomes of shape {y.shape}")
    if weight is not None and (weight.shape != y.shape or not (np.isfinite(weight) & (weight > 0.0)).all()):
        raise Usage(f"each of {y.size} rows needs a finite weight above zero")
    events = int((y == 1).sum())
    if events + int((y == 0).sum()) != y.size or not 0 < events < y.size:
        raise Refused(f"a model needs both outcomes, 0 and 1: {events} events in {y.size} rows")


def _fit_trees(
    vectors: Vectors,
    y: NDArray[np.float64],
    settings: Mapping[str, float | str],
    directions: tuple[int, ...],
    weight: NDArray[np.float64] | None = None,
) -> str:
    everything: dict[str, object] = {
        **settings,
        "objective": "binary",
        "monotone_constraints": list(directions),
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    rows = lightgbm.Dataset(
        np.ascontiguousarray(vectors.X, dtype=np.float64),
        label=y,
        weight=weight,
        feature_name=list(vectors.features),
        params=everything,
    )
    return model_text(lightgbm.train(everything, rows))


def model_text(booster: lightgbm.Booster) -> str:
    """Return LightGBM's text of the trees, without the number of threads, which does not change them."""
    text: str = booster.model_to_string()
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("[num_threads:"))


def _named_in(booster_text: str) -> tuple[str, ...]:
    _, _, rest = booster_text.partition("\nfeature_names=")
    return tuple(rest.partition("\n")[0].split())


def _some(names: list[str], shown: int = 5) -> str:
    return ", ".join(names[:shown]) + (", …" if len(names) > shown else "")
