"""Six months and twelve, three ways: a share of one score, two models, hazards by half-year.

Learnt from outcomes known by a day, judged on later days; every way on the same rows, with the same
settings of the trees, calibrated alike on the last third of the days.
Usage: python benchmarks/horizons.py FOLDER --until DATE [--target entry] [--resamples N]
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract import as_day
from features.definitions import FEATURES
from features.files import read_tables
from features.vectors import Vectors
from models.calibration import LogisticCalibration, fit_calibration
from models.risk import RiskModel, fit_risk_model
from models.sooner import fit_sooner
from training.cohorts.followed import SOONER_MONTHS, Followed
from training.cohorts.splits import cut_once
from training.cohorts.targets import Question
from training.learning.model import CANDIDATES
from training.learning.preparing import prepare
from training.measures.comparison import comparison
from training.measures.evaluation import Scores

Floats = NDArray[np.float64]
Said = dict[int, Floats]
"""Probabilities by months of the horizon."""

HALF = "half"
"""Which half-year of the horizon a row of the hazards is about: 0 or 1."""


def main() -> None:
    """Learn three ways and print how each is judged at both horizons."""
    asked = _asked()
    question = Question(asked.target)
    _, followed, vectors = prepare(read_tables(asked.folder), question, _told)
    if followed.soon is None:
        raise SystemExit(f"{asked.target} is no event: there is no sooner")
    origin = cut_once(vectors.as_of, followed.outcome_on, as_day(asked.until))
    train, test = followed.take(origin.train), followed.take(origin.test)
    known, later = vectors.take(origin.train), vectors.take(origin.test)
    ways = {
        "share of one score": shares(known, train, later, asked.target),
        "two models": two_models(known, train, later, asked.target),
        "hazards": hazards(known, train, later, asked.target),
    }
    for months, y in ((SOONER_MONTHS, test.soon), (question.horizon_months, test.y)):
        said = {name: Scores(way[months], way[months]) for name, way in ways.items()}
        compared = comparison(
            np.asarray(y, dtype=np.float64),
            said,
            later.household_id,
            weight=test.weight,
            resamples=asked.resamples,
            random_state=1,
        )
        print(f"within {months} months\n{compared.as_text()}\n")


def shares(known: Vectors, train: Followed, later: Vectors, target: str) -> Said:
    """Return what a version says: one score, the shorter horizon a share of the longer."""
    model, held, late = _learnt(known, train, train.y, target)
    longer = _calibrated(held, train.y[late], train.kept).probability(model.score(later))
    came = train.y[late] == 1.0
    sooner = fit_sooner(held[came], np.asarray(train.soon)[late][came], SOONER_MONTHS)
    return {2 * SOONER_MONTHS: longer, SOONER_MONTHS: sooner.probability(model.score(later), longer)}


def two_models(known: Vectors, train: Followed, later: Vectors, target: str) -> Said:
    """Return what a model of each horizon says, the shorter held down to the longer."""
    longer, shorter = (
        _calibrated(held, y[late], train.kept).probability(model.score(later))
        for y in (train.y, np.asarray(train.soon, dtype=np.float64))
        for model, held, late in [_learnt(known, train, y, target)]
    )
    return {2 * SOONER_MONTHS: longer, SOONER_MONTHS: np.minimum(shorter, longer)}


def hazards(known: Vectors, train: Followed, later: Vectors, target: str) -> Said:
    """Return what one model of the chance by half-year says."""
    late, early = _late(known), _early(known, train)
    before = _fitted(*_halves(known.take(early), train.take(early)), target)
    held, came = _halves(known.take(late), train.take(late))
    calibration = _calibrated(before.score(held), came, train.kept)
    model = _fitted(*_halves(known, train), target)
    first, second = (calibration.probability(model.score(_in_half(later, half))) for half in (0, 1))
    return {SOONER_MONTHS: first, 2 * SOONER_MONTHS: 1.0 - (1.0 - first) * (1.0 - second)}


def _learnt(
    known: Vectors, train: Followed, y: Floats, target: str
) -> tuple[RiskModel, Floats, NDArray[np.bool_]]:
    """Return trees on all rows, and the scores of the last third of the days by trees of the others."""
    late = _late(known)
    early = _early(known, train)
    held = _fitted(known.take(early), y[early], target).score(known.take(late))
    return _fitted(known, y, target), held, late


def _early(known: Vectors, train: Followed) -> NDArray[np.bool_]:
    """Return which rows were known before the last third of the days began."""
    known_by: NDArray[np.bool_] = train.outcome_on <= known.as_of[_late(known)].min()
    return known_by


def _late(known: Vectors) -> NDArray[np.bool_]:
    day = known.as_of.astype(np.int64)
    late: NDArray[np.bool_] = day > np.quantile(day, 2 / 3)
    return late


def _calibrated(f: Floats, y: Floats, kept: float) -> LogisticCalibration:
    """Return the calibration for all rows, of which a share without the outcome was kept."""
    fitted = fit_calibration(f, y)
    return replace(fitted, intercept=fitted.intercept + math.log(kept))


def _halves(vectors: Vectors, followed: Followed) -> tuple[Vectors, Floats]:
    """Return a row for each half-year that a household entered without the outcome, and whether it came."""
    soon = np.asarray(followed.soon)
    left = np.flatnonzero(~soon)
    both = (_in_half(vectors, 0), _in_half(vectors.take(left), 1))
    stacked = replace(
        both[0],
        **{
            name: np.concatenate([getattr(each, name) for each in both])
            for name in ("household_id", "as_of", "X", "area")
        },
    )
    return stacked, np.concatenate([soon, followed.y[left] == 1.0]).astype(np.float64)


def _in_half(vectors: Vectors, half: int) -> Vectors:
    return replace(
        vectors,
        features=(*vectors.features, HALF),
        X=np.column_stack([vectors.X, np.full(len(vectors), float(half))]),
        fingerprints={**vectors.fingerprints, HALF: HALF},
    )


def _fitted(vectors: Vectors, y: Floats, target: str) -> RiskModel:
    named = [name for name in vectors.features if name != HALF]
    return fit_risk_model(
        vectors,
        y,
        target=target,
        horizon_months=SOONER_MONTHS,
        concepts={name: HALF if name == HALF else FEATURES[name].concept for name in vectors.features},
        monotone={name: FEATURES[name].direction for name in named if FEATURES[name].direction},
        params=CANDIDATES[0],
    )


def _told(text: str) -> None:
    print(text, file=sys.stderr)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until", required=True)
    parser.add_argument("--target", default="entry")
    parser.add_argument("--resamples", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    main()
