"""What has moved since a version was fitted: its inputs and scores now against the reference of its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from features.definitions import FEATURES
from features.vectors import Vectors
from models.card import LEVELS
from training.lists.yields import Yield, yields_as_text
from training.measures.printed import aligned

Floats = NDArray[np.float64]

SCORE = "score"
LEVEL = 0.99
"""Of a hundred distributions that did not move, one is told as beyond chance."""

SOME, MUCH = 0.10, 0.25
"""Where PSI is called some and much: a conventional reading (Siddiqi 2006, Credit Risk Scorecards)."""

MIDDLE = 0.5
NOTHING = 1e-12
"""A share that is none but for rounding."""


@dataclass(frozen=True)
class Moved:
    """How far one distribution moved.

    Parameters
    ----------
    name : str
        A feature's id, or ``score``.
    psi : float
        Σ (q − p) · ln(q / p) over the bins between the reference's quantiles and the unknown.
    chance : float
        What PSI stays under, 99 times of 100, where nothing moved.
    direction : str
        In which way, in words.
    """

    name: str
    psi: float
    chance: float
    direction: str

    @property
    def beyond_chance(self) -> bool:
        """Whether it moved further than chance explains."""
        return self.psi > self.chance

    @property
    def word(self) -> str:
        """Say it in a word or two."""
        if not self.beyond_chance:
            return "within chance"
        return "little" if self.psi < SOME else "some" if self.psi <= MUCH else "much"


@dataclass(frozen=True)
class Place:
    """A township now, against the reference of the whole county; the feature that stands out most, if any."""

    township: str
    households: int
    score: Moved
    first: Moved | None


@dataclass(frozen=True)
class Drift:
    """What has moved since the fit, and what the list finds.

    Parameters
    ----------
    name, version : str
    as_of : str
    households, fitted_on : int
        Households at risk on the day, and those of the reference.
    score : Moved
    features : tuple of Moved
        All, those beyond chance first, then the greatest PSI.
    townships : tuple of Place
        In the same order, by the score.
    present : Yield
        The list of the day.
    realised : tuple of Yield
        The model's list and that of the rules on the last day whose outcomes are known; empty where none is.
    """

    name: str
    version: str
    as_of: str
    households: int
    fitted_on: int
    score: Moved
    features: tuple[Moved, ...]
    townships: tuple[Place, ...]
    present: Yield
    realised: tuple[Yield, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        places = [
            {**asdict(each), "score": _plain(each.score), "first": each.first and _plain(each.first)}
            for each in self.townships
        ]
        return {
            **asdict(self),
            "score": _plain(self.score),
            "features": [_plain(each) for each in self.features],
            "townships": places,
            "present": self.present.as_dict(),
            "realised": [each.as_dict() for each in self.realised],
        }

    def as_text(self) -> str:
        """Return what a reader should know, the score first, only what is beyond chance of the features."""
        beyond = [each for each in self.features if each.beyond_chance]
        head = f"{self.name} version {self.version} on {self.as_of}: {self.households:,} households at risk"
        still = f"{len(self.features) - len(beyond)} of {len(self.features)} features within chance"
        return "\n".join(
            [
                f"{head}, against {self.fitted_on:,} at fitting",
                "",
                *aligned([["", "PSI", "chance"], *(_row(each) for each in (self.score, *beyond))]),
                f"{still}; of a hundred that did not move about one is beyond it",
                "",
                *[f"{each.name}: {each.direction}" for each in (self.score, *beyond) if each.beyond_chance],
                "",
                "Townships, against the whole county at fitting: one that always differed differs here too",
                *[_township(each) for each in self.townships],
                "",
                *yields_as_text(self.present, self.realised),
            ]
        )


def moved(name: str, reference: Mapping[str, Any], values: Floats, n: int, m: int, unit: str = "") -> Moved:
    """Compare values with a reference distribution.

    Parameters
    ----------
    name : str
    reference : mapping
        ``unknown``, ``quantiles`` and ``up_to``, as `models.card.reference_distributions` gives them.
    values : (rows,) array
        NaN where unknown.
    n, m : int
        Households of the reference, and of the values: rows of one household are not independent.
    unit : str

    Notes
    -----
    Where nothing moved, PSI is about (1/n + 1/m) · χ² with bins − 1 degrees of freedom (Yurdakul 2018,
    Statistical Properties of Population Stability Index). An empty bin counts as half a household.
    """
    edges, place = np.unique(np.array(reference["quantiles"] or []), return_index=True)
    up_to = np.array(reference["up_to"] or [])[place]
    known = values[~np.isnan(values)] + 0.0  # no negative zero: it would be shown as another number
    now = np.searchsorted(np.sort(known), edges, side="right") / max(known.size, 1)
    unknown = float(reference["unknown"]), 1.0 - known.size / values.size
    p, q = _shares(up_to, unknown[0]), _shares(now, unknown[1])
    held = (p > NOTHING) | (q > NOTHING)
    p, q = np.maximum(p[held], 0.5 / n), np.maximum(q[held], 0.5 / m)
    terms = (q - p) * np.log(q / p)
    chance = (1.0 / n + 1.0 / m) * float(chi2.ppf(LEVEL, held.sum() - 1)) if held.sum() > 1 else 0.0
    by_unknown = float(terms[-1]) if held[-1] else 0.0
    if edges.size and by_unknown < terms.sum() / 2 and known.size:
        direction = _shift(reference, edges, up_to, now, known, unit)
    else:
        direction = f"the share unknown {_way(*unknown)}"
    return Moved(name, float(terms.sum()), chance, direction)


def features_moved(reference: Mapping[str, Any], vectors: Vectors) -> tuple[Moved, ...]:
    """Compare every feature of the reference, those beyond chance first, then the greatest PSI."""
    n, m = reference["households"], int(np.unique(vectors.household_id).size)
    return tuple(
        sorted(
            (
                moved(name, of, vectors.column(name), n, m, FEATURES[name].unit if name in FEATURES else "")
                for name, of in reference["features"].items()
            ),
            key=lambda each: (not each.beyond_chance, -each.psi, each.name),
        )
    )


def score_moved(reference: Mapping[str, Any], score: Floats, households: int) -> Moved:
    """Compare the raw scores."""
    return moved(SCORE, reference[SCORE], score, reference["households"], households)


def townships_moved(
    reference: Mapping[str, Any], vectors: Vectors, score: Floats, township: NDArray[np.str_]
) -> tuple[Place, ...]:
    """Compare each township with the reference of the whole county."""
    places = []
    for name in np.unique(township):
        rows = np.flatnonzero(township == name)
        households = int(np.unique(vectors.household_id[rows]).size)
        first = next(iter(features_moved(reference, vectors.take(rows))), None)
        of_score = score_moved(reference, score[rows], households)
        shown = first if first is not None and first.beyond_chance else None
        places.append(Place(str(name), households, of_score, shown))
    return tuple(
        sorted(places, key=lambda each: (not each.score.beyond_chance, -each.score.psi, each.township))
    )


def _shares(up_to: Floats, unknown: float) -> Floats:
    """Return the shares of the bins between the edges, the unknown last."""
    steps = np.diff(np.concatenate([[0.0], up_to, [1.0]])) * (1.0 - unknown)
    return np.append(steps, unknown)


def _shift(
    reference: Mapping[str, Any], edges: Floats, before: Floats, now: Floats, known: Floats, unit: str
) -> str:
    """Say where the known values went: by the median, or by the share above where that moved most."""
    most = int(np.argmax(np.abs(now - before)))
    middle = (
        float(reference["quantiles"][LEVELS.index(MIDDLE)]),
        float(np.quantile(known, MIDDLE, method="inverted_cdf")),
    )
    up = now[most] < before[most]
    if middle[0] != middle[1] and (middle[1] > middle[0]) == up:
        return f"the median {_way(*middle)} {unit}".rstrip()
    return f"the share above {edges[most]:.4g} {unit}".rstrip() + f" {_way(1 - before[most], 1 - now[most])}"


def _way(before: float, now: float) -> str:
    way = "up" if now > before else "down" if now < before else "unchanged"
    return f"{way} from {before:.3g} to {now:.3g}"


def _row(each: Moved) -> list[str]:
    return [f"{each.name} ({each.word})", f"{each.psi:.3f}", f"{each.chance:.3f}"]


def _township(each: Place) -> str:
    shown = (
        f"{each.township}, {each.households:,} households: score PSI {each.score.psi:.3f}, {each.score.word}"
    )
    return shown if each.first is None else f"{shown}; {each.first.name}: {each.first.direction}"


def _plain(each: Moved) -> dict[str, Any]:
    return {**asdict(each), "word": each.word}
