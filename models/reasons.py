"""From contributions to at most four sentences, each with the facts behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.definitions import FEATURES
from features.evidence import Fact, earlier, evidence
from features.policy import Policy
from models.wording import phrase, sentence

UNTOLD = frozenset({"data_age", "area"})
"""Concepts that are weighed but never told as a reason: not the household's doing or state."""

MOST_FACTS = 5
"""Facts named behind a reason, newest first."""


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
    """

    concept: str
    direction: str
    points: float
    zh: str
    en: str
    evidence: tuple[Fact, ...]
    features: tuple[Cited, ...]


def reasons(
    tables: Tables,
    household_id: str,
    as_of: np.datetime64,
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
    tables : Tables
        The household's facts, others' may be among them.
    household_id : str
    as_of : datetime64[D]
    values, phi : mapping of feature id to float
        The vector and the contributions of the raw score.
    points : mapping of concept to float
    policy : Policy
        How many reasons at most, and how many points are worth one.
    """
    told: list[Reason] = []
    for concept in sorted(points.keys() - UNTOLD - {"start"}, key=lambda name: (-abs(points[name]), name)):
        if len(told) == policy.most_reasons or abs(points[concept]) < policy.least_points:
            break
        told.extend(_first(tables, household_id, as_of, values, phi, concept, points[concept]))
    return tuple(told)


def _first(
    tables: Tables,
    household_id: str,
    as_of: np.datetime64,
    values: Mapping[str, float],
    phi: Mapping[str, float],
    concept: str,
    points: float,
) -> Iterator[Reason]:
    for name in _candidates(values, phi, concept, points):
        feature = FEATURES[name]
        facts = evidence(tables, household_id, as_of, [name])[name]
        if not facts:
            continue
        before = earlier(tables, household_id, as_of, name)
        zh, en = (phrase(feature, values[name], before, language) for language in ("zh", "en"))
        if not zh or not en:
            continue
        raises, newest = points > 0, facts[0]
        imputed = any(fact.imputed for fact in facts)
        yield Reason(
            concept,
            "raises" if raises else "lowers",
            points,
            sentence(zh, raises, newest.occurred_on, newest.source, imputed, "zh"),
            sentence(en, raises, newest.occurred_on, newest.source, imputed, "en"),
            facts[:MOST_FACTS],
            (Cited(name, values[name], feature.unit, phi[name]),),
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
