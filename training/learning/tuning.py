"""A search for trees: seeded, cut short where it does not pay, inside the cost budget, and resumable."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, Trial, TrialState
from sklearn.metrics import log_loss

from features.errors import Refused, Usage
from features.vectors import Vectors
from models.calibration import UNCALIBRATED, fit_calibration
from models.risk import COST_BUDGET, DEFAULT_PARAMS, RiskModel
from training.cohorts.followed import both_kinds
from training.tracking import data_sha256

Floats = NDArray[np.float64]
Sides = tuple[NDArray[np.bool_], NDArray[np.bool_]]
Params = Mapping[str, float | str]
Fit = Callable[[Vectors, Floats, Params], RiskModel]
Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]

SPACE: Mapping[str, BaseDistribution] = {
    "num_iterations": IntDistribution(50, 1000, step=50),
    "learning_rate": FloatDistribution(0.01, 0.2, log=True),
    "num_leaves": IntDistribution(3, 16),
    "feature_fraction": FloatDistribution(0.1, 1.0),
    "min_data_in_leaf": IntDistribution(20, 500, log=True),
    "lambda_l2": FloatDistribution(0.1, 100.0, log=True),
}
"""What is searched, in LightGBM's names; everything else is as in `models.risk.DEFAULT_PARAMS`."""

LOSS = "log loss, each origin calibrated by itself"
"""What is held against trees; a study of another loss has another name, and is not taken up."""

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
COSTLY = "too costly"


@contextmanager
def no_bar(_unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show nothing."""
    yield lambda _done, _of: None


@dataclass(frozen=True)
class Budget:
    """How far to search, and where the search is kept.

    Parameters
    ----------
    trials : int
        Trees tried in all, with those of a search that is taken up again. The same seed, data and number of
        trials give the same trees.
    minutes : float, optional
        [minutes] No trial begins after so long. How many are done by then depends on the machine: what a
        search stopped by time has found is not repeatable.
    clock : callable
        The door's clock [s], read only where there are ``minutes``.
    seed : int
    storage : str, optional
        URL of a database in which the study is kept; a search on the same data goes on where it stopped. In
        memory if not given.
    bar : callable
        Shows how many trials are done.
    """

    trials: int
    minutes: float | None = None
    clock: Callable[[], float] = lambda: 0.0
    seed: int = 1
    storage: str | None = None
    bar: Bar = no_bar

    def as_text(self) -> str:
        """Tell how far the search goes."""
        time = "" if self.minutes is None else f", none begun after {self.minutes:g} minutes"
        return f"{self.trials:,} trials{time}"


@dataclass(frozen=True)
class Plan:
    """How the trees of a fit are chosen.

    Parameters
    ----------
    budget : Budget, optional
        Search beyond the known candidates; these alone if not given.
    bags : int
        Average the trees over so many bags of households.
    stability : bool
        Measure how far small changes of the fit move households.
    candidates : tuple of mapping, optional
        Trees to choose from, or with which a search begins, in the place of those that are known.

    Notes
    -----
    Four bags of a quarter of the trees steady a model of rare outcomes: in a simulated county of 5,157
    households (720 rows with entry, 804 with need) .90 and .92 of the list of 2 % stay on it under another
    seed, to .83 and .85 of one bag, at a log loss of .03693 to .03708 and .04182 to .04183. Where there is
    much to learn they learn too little of it: .29619 to .29242 on earlier origins of the Argentine panel
    (4,469 rows with the outcome), unless a search lengthens their steps. So one bag where nothing is said.
    """

    budget: Budget | None = None
    bags: int = 1
    stability: bool = False
    candidates: tuple[Params, ...] | None = None


PLAIN = Plan()
"""The known candidates alone, in one bag."""


@dataclass(frozen=True)
class Found:
    """What a search tried.

    Parameters
    ----------
    study : str
        Its name in the storage.
    best_first : tuple of mapping
        The trees tried to the end, those of the least loss first.
    losses : tuple of float
        Their mean log loss over all later rows (`published_loss`), in the same order.
    pruned, too_costly : int
        Trees given up after an earlier origin, and those over the cost budget: never chosen.
    """

    study: str
    best_first: tuple[dict[str, float], ...]
    losses: tuple[float, ...]
    pruned: int
    too_costly: int

    def as_text(self) -> str:
        """Give it as a sentence."""
        tried = len(self.losses) + self.pruned + self.too_costly
        return (
            f"{tried} trees tried, {self.pruned} of them given up after an earlier origin and "
            f"{self.too_costly} too costly; least log loss {self.losses[0]:.5f}"
        )


def search(
    vectors: Vectors,
    y: Floats,
    origins: Sequence[Sides],
    *,
    fit: Fit,
    question: str,
    first: Sequence[Params],
    budget: Budget,
    weight: Floats | None = None,
) -> Found:
    """Search for the trees of the least log loss on later rows, all inside what may be learnt from.

    Parameters
    ----------
    vectors, y
        The rows to learn from and their outcomes; no test row is among them.
    origins : sequence of pairs of masks
        What to learn from and what to score, in time.
    fit : callable
        Fits trees on rows; refuses those that cost too much.
    question : str
        What else makes the search what it is, such as target and bags: part of the study's name.
    first : sequence of mapping
        Trees that are tried before all others, to the end: the search finds none worse than these.
    budget : Budget
    weight : (rows,) array, optional
        How many rows each counts for in the loss.

    Raises
    ------
    Usage
        Where there are fewer trials than first trees.
    Refused
        Where all trees cost too much.

    Notes
    -----
    Trees are drawn by the tree-structured Parzen estimator. After each origin the log loss of all rows scored
    so far is told; trees worse there than the median of those before them are given up. The sampler is seeded
    anew for each trial, so that a search that was broken off goes on exactly as if it had not been.

    References
    ----------
    Akiba, T. et al. (2019). Optuna: a next-generation hyperparameter optimization framework. KDD '19.
    """
    if budget.trials < len(first):
        raise Usage(f"a search begins with {len(first)} known trees: take at least as many trials")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name=_name(vectors, y, origins, question, first, budget, weight),
        storage=budget.storage,
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=len(first)),
    )
    start = budget.clock()
    with budget.bar(" trials") as show:
        while (done := len(study.get_trials(False, FINISHED))) < budget.trials:
            if done >= len(first) and _late(budget, start):
                break
            _try(_next(study, done, first, budget.seed), study, vectors, y, origins, fit, weight)
            show(done + 1, budget.trials)
    return _found(study)


def least_cost(params: Params) -> int:
    """Return what full trees cost at least: Σ depth² over their leaves, were each as flat as can be.

    Examples
    --------
    >>> least_cost({"num_iterations": 10, "num_leaves": 6})
    440
    """
    leaves = int(params["num_leaves"])
    depth = leaves.bit_length() - 1
    deeper = 2 * (leaves - (1 << depth))
    return int(params["num_iterations"]) * ((leaves - deeper) * depth**2 + deeper * (depth + 1) ** 2)


def published_loss(
    raw: Sequence[Floats], rows: Sequence[NDArray[np.intp]], y: Floats, weight: Floats | None = None
) -> float:
    """Return the mean log loss of raw scores as they are published, calibrated on the same rows.

    Parameters
    ----------
    raw : sequence of (block,) arrays
        Of the rows of each origin, by its own trees.
    rows : sequence of (block,) arrays of int
        Which rows these are.
    y, weight : (all rows,) arrays
        Outcomes, and how many rows each stands for.

    Notes
    -----
    It does not count against trees that they speak too softly or too loudly, as a mean of few trees does, nor
    that an origin's year has another level: each origin is calibrated by itself. Where it has no outcome yet
    to calibrate on, the scores are taken as they are.
    """
    said = [
        _calibrated(own, y[part], None if weight is None else weight[part])
        for own, part in zip(raw, rows, strict=True)
    ]
    every = np.concatenate(rows)
    counted = None if weight is None else weight[every]
    return float(log_loss(y[every], np.concatenate(said), sample_weight=counted, labels=[0.0, 1.0]))


def _calibrated(raw: Floats, y: Floats, weight: Floats | None) -> Floats:
    calibration = fit_calibration(raw, y, weight=weight) if both_kinds(y) else UNCALIBRATED
    return calibration.probability(raw)


def _late(budget: Budget, start: float) -> bool:
    return budget.minutes is not None and budget.clock() - start >= 60.0 * budget.minutes


def _next(study: optuna.Study, done: int, first: Sequence[Params], seed: int) -> Trial:
    study.sampler = optuna.samplers.TPESampler(seed=seed + done, constant_liar=False)
    if done < len(first) and not study.get_trials(False, (TrialState.WAITING,)):
        study.enqueue_trial({name: first[done].get(name, DEFAULT_PARAMS[name]) for name in SPACE})
    return study.ask(dict(SPACE))


def _try(
    trial: Trial,
    study: optuna.Study,
    vectors: Vectors,
    y: Floats,
    origins: Sequence[Sides],
    fit: Fit,
    weight: Floats | None,
) -> None:
    if least_cost(trial.params) > COST_BUDGET:
        _give_up(trial, study)
        return
    tested: list[NDArray[np.intp]] = []
    scores: list[Floats] = []
    for step, (train, test) in enumerate(origins):
        try:
            model = fit(vectors.take(train), y[train], trial.params)
        except Refused:
            _give_up(trial, study)
            return
        tested.append(np.flatnonzero(test))
        scores.append(model.score(vectors.take(test)))
        loss = published_loss(scores, tested, y, weight)
        trial.report(loss, step)
        if step < len(origins) - 1 and trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return
    study.tell(trial, loss)


def _give_up(trial: Trial, study: optuna.Study) -> None:
    trial.set_user_attr(COSTLY, value=True)
    study.tell(trial, state=TrialState.PRUNED)


def _found(study: optuna.Study) -> Found:
    whole = sorted(study.get_trials(False, (TrialState.COMPLETE,)), key=_loss)
    if not whole:
        raise Refused(f"all trees cost more than the budget of {COST_BUDGET}")
    pruned = study.get_trials(False, (TrialState.PRUNED,))
    costly = sum(COSTLY in trial.user_attrs for trial in pruned)
    return Found(
        study.study_name,
        tuple(dict(trial.params) for trial in whole),
        tuple(_loss(trial) for trial in whole),
        len(pruned) - costly,
        costly,
    )


def _loss(trial: FrozenTrial) -> float:
    return math.inf if trial.value is None else trial.value


def _name(
    vectors: Vectors,
    y: Floats,
    origins: Sequence[Sides],
    question: str,
    first: Sequence[Params],
    budget: Budget,
    weight: Floats | None,
) -> str:
    digest = hashlib.sha256(data_sha256(vectors, y).encode())
    digest.update(b"" if weight is None else weight.tobytes())
    for train, test in origins:
        digest.update(np.packbits([train, test]).tobytes())
    told = (LOSS, sorted(SPACE.items()), [sorted(one.items()) for one in first], budget.seed)
    digest.update(repr(told).encode())
    return f"{question} {digest.hexdigest()[:16]}"
