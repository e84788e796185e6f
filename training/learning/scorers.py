"""A model and the baselines beside it, fitted, asked together what they say of a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.vectors import Cohort, Vectors, build_vectors
from models.risk import RiskModel
from training.baselines.margin_and_rate import Baseline
from training.cohorts.targets import columns_for
from training.cohorts.thinning import shifted
from training.measures.evaluation import MODEL, Scores

ROWS_AT_ONCE = 250_000
"""Rows whose vectors are held at once."""


@dataclass(frozen=True, eq=False)
class Scorers:
    """The model and the fitted baselines, asked together.

    Parameters
    ----------
    model : RiskModel
    tables : Tables
        From which they see households, with area rates.
    fitted : mapping of name to Baseline
    kept : float
        Share of the rows without the outcome that the baselines were fitted on.
    """

    model: RiskModel
    tables: Tables
    fitted: Mapping[str, Baseline]
    kept: float = 1.0

    def say(self, cohort: Cohort) -> dict[str, Scores]:
        """Return what each says of a cohort, the model first; some days at a time."""
        columns = (*columns_for(self.model.target), *self.model.features)
        features = list(dict.fromkeys(columns)) if self.fitted else list(self.model.features)
        parts, places = [], []
        for rows in _days_at_once(cohort):
            part = Cohort(cohort.household_id[rows], cohort.as_of[rows])
            parts.append(self._of(build_vectors(self.tables, None, features=features, cohort=part)))
            places.append(rows)
        back = np.argsort(np.concatenate(places))
        return {name: joined([part[name] for part in parts], back) for name in parts[0]}

    def _of(self, vectors: Vectors) -> dict[str, Scores]:
        f = self.model.score(vectors)
        said = {MODEL: Scores(f, self.model.calibration.probability(f))}
        for name, each in self.fitted.items():
            said[name] = Scores(each.score(vectors), shifted(each.probability(vectors), self.kept))
        return said


def joined(parts: Sequence[Scores], back: NDArray[np.intp]) -> Scores:
    """Put together what was said in parts, in the order that `back` gives."""
    score = np.concatenate([part.score for part in parts])
    return Scores(score[back], np.concatenate([part.promised for part in parts])[back])


def _days_at_once(cohort: Cohort) -> list[NDArray[np.intp]]:
    """Return the rows of a cohort in parts of whole days, each of about as many rows as can be held."""
    order = np.argsort(cohort.as_of, kind="stable")
    days = cohort.as_of[order]
    starts = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
    part = starts // ROWS_AT_ONCE
    firsts = starts[np.append(True, part[1:] != part[:-1])]
    return np.split(order, firsts[1:])
