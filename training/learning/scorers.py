"""A model and the baselines beside it, fitted, asked together what they say of a cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from features.context import KEPT
from features.contract import Tables
from features.errors import Usage
from features.ids import positions
from features.replay import Replay
from features.vectors import Cohort, Vectors, fingerprints_of, plan_of, values_of
from models.risk import RiskModel
from training.baselines.margin_and_rate import Baseline
from training.cohorts.targets import columns_for
from training.cohorts.thinning import shifted
from training.measures.evaluation import MODEL, Scores

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Said = Mapping[str, Floats]
"""What each scorer says of some rows, which are the last axis."""


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

    @property
    def features(self) -> tuple[str, ...]:
        """Return what they have to see of a household."""
        seen = (*columns_for(self.model.target), *self.model.features)
        return tuple(dict.fromkeys(seen)) if self.fitted else self.model.features

    def say(self, cohort: Cohort) -> dict[str, Scores]:
        """Return what each says of a cohort, the model first."""
        said = asked(self.tables, cohort, self.features, self._both)
        return {name: Scores(*each) for name, each in said.items()}

    def order(self, cohort: Cohort) -> dict[str, Floats]:
        """Return the scores of a cohort alone, the model's first: all that a list needs."""
        return asked(self.tables, cohort, self.features, self.scores)

    def scores(self, vectors: Vectors) -> dict[str, Floats]:
        """Return the scores of vectors that hold what they have to see."""
        beside = {name: each.score(vectors) for name, each in self.fitted.items()}
        return {MODEL: self.model.score(vectors), **beside}

    def _both(self, vectors: Vectors) -> dict[str, Floats]:
        scores = self.scores(vectors)
        promised = {MODEL: self.model.calibration.probability(scores[MODEL])} | {
            name: shifted(each.probability(vectors), self.kept) for name, each in self.fitted.items()
        }
        return {name: np.stack([each, promised[name]]) for name, each in scores.items()}


def asked(
    tables: Tables, cohort: Cohort, features: Sequence[str], say: Callable[[Vectors], Said]
) -> dict[str, Floats]:
    """Ask what is said of each row of a cohort, of some households at a time on all their days.

    Parameters
    ----------
    tables : Tables
    cohort : Cohort
    features : sequence of str
    say : callable
        Says of each row the same, whichever rows come with it.

    Raises
    ------
    Usage
        Where the tables do not have a household.

    Notes
    -----
    The tables are read and a household is led through its days once, as long as these are no more than those
    whose surroundings are kept. Vectors are gone when said of.
    """
    places, parts = [], []
    for rows in _days_at_once(cohort):
        part = Cohort(cohort.household_id[rows], cohort.as_of[rows])
        for some, vectors in _seen(tables, part, tuple(features)):
            places.append(rows[some])
            parts.append(say(vectors))
    return joined(places, parts)


def joined(places: Sequence[Rows], parts: Sequence[Said]) -> dict[str, Floats]:
    """Put together what was said of parts of some rows, given where each part's rows stood."""
    back = np.argsort(np.concatenate(places))
    return {name: np.concatenate([part[name] for part in parts], axis=-1)[..., back] for name in parts[0]}


def _days_at_once(cohort: Cohort) -> list[Rows]:
    """Return the rows of a cohort in parts of about as many days, whose surroundings can all be kept."""
    days, step = np.unique(cohort.as_of, return_inverse=True)
    return [
        np.flatnonzero((step >= some[0]) & (step <= some[-1]))
        for some in np.array_split(np.arange(days.size), -(-days.size // KEPT))
    ]


def _seen(tables: Tables, cohort: Cohort, features: tuple[str, ...]) -> Iterator[tuple[Rows, Vectors]]:
    """Yield which rows of a cohort some households have, and the vectors of these."""
    days, step = np.unique(cohort.as_of, return_inverse=True)
    read = plan_of(features, shallow=True)
    replay = Replay(tables, read, days, days)
    owner = positions(cohort.household_id, replay.households)
    if (owner < 0).any():
        raise Usage("the cohort names households that the tables do not have")
    order = np.lexsort((owner, step))
    rows = np.split(order, np.searchsorted(step[order], np.arange(1, days.size)))
    figures = replay.figures([np.unique(owner)] * days.size)  # whole blocks need not be copied
    for _, of_some in groupby(figures, key=lambda found: found.members[0]):
        held, values, areas = [], [], []
        for found in of_some:
            of_day = rows[found.step]
            low, high = np.searchsorted(owner[of_day], (found.members[0], found.members[-1] + 1))
            place = np.searchsorted(found.members, owner[of_day[low:high]])
            held.append(of_day[low:high])
            values.append(values_of(found.values, read, features)[place])
            areas.append(replay.context.codes[found.area[place]])
        mine = np.concatenate(held)
        yield (
            mine,
            Vectors(
                cohort.household_id[mine],
                cohort.as_of[mine],
                features,
                np.concatenate(values),
                fingerprints_of(features),
                np.concatenate(areas),
            ),
        )
