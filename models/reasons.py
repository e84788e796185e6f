"""From contributions to at most four sentences, each with the facts behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES
from features.evidence import Evidence, Fact
from features.policy import Policy
from models.wording import phrase, sentence

UNTOLD = frozenset({"data_age", "area"})
"""Concepts that are weighed but never told as a reason: not the household's doing or state."""

MOST_FACTS = 5
"""Facts named behind a reason, newest first."""

MARKS = ("imputed", "inherited", "disputed")
"""Marks of a fact that are told with the reason that rests on it."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A feature that a reason rests on."""

    id: str
    value: float
    unit: str
    contribution: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence on why a probability is as it is.

    Parameters
    ----------
    concept, direction : str
        ``direction`` is ``"raises"`` or ``"lowers"``.
    points : float
        What the concept adds to the probability.
    zh, en : str
    evidence : tuple of Fact
        Newest first.
    features : tuple of Cited
    disputed : bool
        Whether the household says of a fact behind it that it is not so.
    """

    concept: str
    direction: str
    points: float
    zh: str
    en: str
    evidence: tuple[Fact, ...]
    features: tuple[Cited, ...]
    disputed: bool = False


def reasons(
    behind: Evidence,
    household_id: str,
    values: Mapping[str, float],
    phi: Mapping[str, float],
    points: Mapping[str, float],
    policy: Policy,
) -> tuple[Reason, ...]:
    """Return the reasons of one household, the greatest points first.

    A reason is told by the feature of its concept that contributes most in the concept's
    direction, among those whose value is known, is said in words and has facts behind it.

    Parameters
    ----------
    behind : Evidence
        What is behind the values of this household, and perhaps of others.
    household_id : str
    values, phi : mapping of feature id to float
        The vector and the contributions of the raw score.
    points : mapping of concept to float
    policy : Policy
        How many reasons at most, and how many points are worth one.
    """
    told: list[Reason] = []
    moved = sum(abs(own) for concept, own in points.items() if concept != "start")
    least = min(policy.least_points, policy.least_share * moved)
    for concept in sorted(points.keys() - UNTOLD - {"start"}, key=lambda name: (-abs(points[name]), name)):
        if len(told) == policy.most_reasons or abs(points[concept]) < least:
            break
        told.extend(_first(behind, household_id, values, phi, concept, points[concept]))
    return tuple(told)


def _first(
    behind: Evidence,
    household_id: str,
    values: Mapping[str, float],
    phi: Mapping[str, float],
    concept: str,
    points: float,
) -> Iterator[Reason]:
    for name in _candidates(values, phi, concept, points):
        feature = FEATURES[name]
        facts = behind.facts(household_id, name)
        if not facts:
            continue
        before = behind.earlier(household_id, name)
        zh, en = (phrase(feature, values[name], before, language) for language in ("zh", "en"))
        if not zh or not en:
            continue
        raises, newest = points > 0, facts[0]
        marks = tuple(mark for mark in MARKS if any(getattr(fact, mark) for fact in facts))
        yield Reason(
            concept,
            "raises" if raises else "lowers",
            points,
            sentence(zh, raises, newest.occurred_on, newest.source, marks, "zh"),
            sentence(en, raises, newest.occurred_on, newest.source, marks, "en"),
            facts[:MOST_FACTS],
            (Cited(name, values[name], feature.unit, phi[name]),),
            "disputed" in marks,
        )
        return


def _candidates(
    values: Mapping[str, float], phi: Mapping[str, float], concept: str, points: float
) -> list[str]:
    same = [
        name
        for name in phi
        if FEATURES[name].concept == concept and phi[name] * points > 0 and not np.isnan(values[name])
    ]
    return sorted(same, key=lambda name: (-abs(phi[name]), name))


def as_mapping(names: tuple[str, ...], row: NDArray[np.float64]) -> dict[str, float]:
    """Return a row of numbers by feature id."""
    return dict(zip(names, row.tolist(), strict=True))
