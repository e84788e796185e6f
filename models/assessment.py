"""What an assessment is: one frozen value that JSON, page, batch file and sheet all show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from features.context import Context
from features.contract import Day, Tables, as_day
from features.evidence import Evidence, Fact, evidence, of_household
from features.policy import Policy
from features.rates import rates_on
from features.vectors import Vectors
from models.bundle import Bundle
from models.contributions import contributions, points
from models.reasons import Cited, Reason, as_mapping, reasons
from models.wording import wording

LOOKED_AT = ("days_since_visit", "income_age", "income_imputed", "income_to_line_latest", "people")
"""Features that tell how well a household is known, whether or not the model uses them."""

DAYS_A_MONTH = 30.4

ONE_IN_A_HUNDRED = 0.01
"""Below it a probability is told of a thousand households."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of one household as of one day; fields as in the API.

    A field is None where the answer holds no such thing: ``probability`` and ``odds`` of a
    household of which too little is known; ``interval`` of a model without a spread (`models.spread`);
    ``level``, ``course``, ``display``, ``rules`` and ``supports`` as long as neither model nor policy
    gives them.
    """

    assessment_id: str
    household_id: str
    as_of: str
    made_at: str
    target: str
    probability: float | None
    horizon_months: int
    interval: tuple[float, float] | None
    also: tuple[Mapping[str, Any], ...]
    odds: Mapping[str, Any] | None
    level: str | None
    course: str | None
    sufficiency: str
    confidence_zh: str
    display: Mapping[str, str] | None
    reasons: tuple[Reason, ...]
    points_by_concept: Mapping[str, float]
    rules: tuple[Mapping[str, Any], ...] | None
    unknown: tuple[Mapping[str, str], ...]
    ask: tuple[Mapping[str, str], ...]
    supports: Mapping[str, Any] | None
    model: Mapping[str, str]
    policy: Mapping[str, str]
    cuts_sha256: str | None
    context_sha256: str
    vector_sha256: str
    notice: str
    demo_notice: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the assessment as JSON can hold it."""
        return {**_fields(self), "reasons": [_reason(reason) for reason in self.reasons]}

    def canonical(self) -> bytes:
        """Return its one form in bytes: UTF-8 JSON, keys in order, shortest numbers."""
        return json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def assess(
    bundle: Bundle,
    policy: Policy,
    tables: Tables,
    as_of: Day,
    *,
    made_at: str,
    context: Context | None = None,
) -> tuple[Assessment, ...]:
    """Assess every household of the tables as of the end of a day.

    Parameters
    ----------
    bundle : Bundle
        The model, with what it says of itself.
    policy : Policy
    tables : Tables
        Checked tables, the context among them.
    as_of : date
        Facts with ``known_on`` after it do not count.
    made_at : str
        When the answer is given, ISO 8601; the door's clock.
    context : Context, optional
        The context tables, where they are kept from call to call.

    Returns
    -------
    tuple of Assessment
        By household id.

    Raises
    ------
    Foreign
        Where the features are not those that the model was fitted on.
    """
    day = as_day(as_of)
    names = tuple(dict.fromkeys((*bundle.model.features, *LOOKED_AT)))
    if context is None or not context.covers(tables):
        context = Context(tables)
    same = _Same(bundle, policy, context.sha256, made_at, str(day))
    told = (
        one
        for behind in evidence(tables, day, names, context=context)
        for one in _assessed(same, tables, behind, day)
    )
    return tuple(told)


def replay(assessment: Assessment, bundle: Bundle, policy: Policy, tables: Tables) -> tuple[str, ...]:
    """Recompute a given assessment from the same facts.

    Returns
    -------
    tuple of str
        The fields that differ; none where every byte is the same.
    """
    own = of_household(tables, assessment.household_id, np.datetime64("9999-12-31"))
    again = assess(bundle, policy, own, assessment.as_of, made_at=assessment.made_at)
    if len(again) != 1:
        return ("household_id",)
    if again[0].canonical() == assessment.canonical():
        return ()
    old, new = assessment.as_dict(), again[0].as_dict()
    return tuple(name for name in old if old[name] != new[name])


def _assessed(same: _Same, tables: Tables, behind: Evidence, day: np.datetime64) -> Iterator[Assessment]:
    model, vectors = same.bundle.model, behind.vectors
    known = Vectors(
        vectors.household_id,
        vectors.as_of,
        model.features,
        model.matrix(vectors),
        dict(model.fingerprints),
        vectors.area,
    )
    score = model.score_matrix(known.X)
    probability = model.calibration.probability(score)
    sooner = {each.months: each.probability(score, probability) for each in model.sooner}
    usual = rates_on(tables, vectors.area, model.target, day)
    usual = np.where(np.isnan(usual), float(same.bundle.origin.created.get("base_rate", "nan")), usual)
    usual = np.where(np.isnan(usual), 0.0, usual)
    given = contributions(model, known)
    shares = points(model, given, score, probability, usual)
    for row in range(len(vectors)):
        yield same.assessment(
            behind,
            household_id=str(vectors.household_id[row]),
            values=as_mapping(vectors.features, vectors.X[row]),
            phi=as_mapping(model.features, given.phi[row]),
            share=shares.by_concept(row),
            said=_Said(
                float(probability[row]),
                None if model.spread is None else model.spread.interval(float(probability[row])),
                {months: float(values[row]) for months, values in sooner.items()},
                float(usual[row]),
            ),
            vector_sha256=known.row_sha256(row),
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model says of a household, within its horizon and shorter ones, and what is usual around."""

    probability: float
    interval: tuple[float, float] | None
    sooner: Mapping[int, float]
    usual: float


@dataclass(frozen=True, slots=True)
class _Same:
    """What is the same for all households of one call."""

    bundle: Bundle
    policy: Policy
    context: str
    made_at: str
    as_of: str

    def assessment(
        self,
        behind: Evidence,
        *,
        household_id: str,
        values: Mapping[str, float],
        phi: Mapping[str, float],
        share: Mapping[str, float],
        said: _Said,
        vector_sha256: str,
    ) -> Assessment:
        model, policy = self.bundle.model, self.policy
        enough = sufficiency(values, policy)
        judged = enough != "insufficient"
        told = reasons(behind, household_id, values, phi, share, policy) if judged else ()
        whole = Assessment(
            assessment_id="",
            household_id=household_id,
            as_of=self.as_of,
            made_at="",
            target=model.target,
            probability=said.probability if judged else None,
            horizon_months=model.horizon_months,
            interval=said.interval if judged else None,
            also=tuple(
                {"horizon_months": months, "probability": sooner}
                for months, sooner in said.sooner.items()
                if judged
            ),
            odds=odds(said.probability, said.usual, model.target) if judged else None,
            level=None,
            course=None,
            sufficiency=enough,
            confidence_zh=CONFIDENCE_ZH[enough],
            display=None,
            reasons=told,
            points_by_concept=share if judged else {},
            rules=None,
            unknown=unknown(values, policy),
            ask=ask(told, enough),
            supports=None,
            model={
                "name": self.bundle.name,
                "version": self.bundle.version,
                "bundle_sha256": self.bundle.sha256,
                "trained_on": self.bundle.trained_on,
            },
            policy={"version": policy.version, "sha256": policy.sha256},
            cuts_sha256=None,
            context_sha256=self.context,
            vector_sha256=vector_sha256,
            notice=policy.notice_zh,
            demo_notice=None if self.bundle.trained_on == "real" else policy.demo_notice_zh,
        )
        name = hashlib.sha256(whole.canonical()).hexdigest()[:32]
        return replace(whole, assessment_id=name, made_at=self.made_at)


CONFIDENCE_ZH = {"enough": "把握较大", "thin": "资料偏旧，把握一般", "insufficient": "资料不足"}


def sufficiency(values: Mapping[str, float], policy: Policy) -> str:
    """Return ``enough``, ``thin`` or ``insufficient``: how well a household is known.

    Insufficient is a household without a known income against its line, or with the last one
    older than the policy allows; thin is one whose last income or visit is stale.
    """
    age = values["income_age"]
    if np.isnan(age) or np.isnan(values["income_to_line_latest"]) or age > policy.oldest_income_months:
        return "insufficient"
    visited = values["days_since_visit"]
    if age > policy.stale_income_months or np.isnan(visited) or visited > policy.stale_visit_days:
        return "thin"
    return "enough"


def odds(probability: float, usual: float, target: str) -> dict[str, Any]:
    """Return a probability as households of a hundred, or of a thousand where under one in a hundred."""
    of = 100 if probability >= ONE_IN_A_HUNDRED else 1000
    n = round(probability * of)
    told: dict[str, Any] = {"n": n, "of": of, "area_n": round(usual * 1000), "area_of": 1000}
    for language in ("zh", "en"):
        words = wording(language)
        told[language] = words["odds_return"].format(n=n, of=of, outcome=words["outcome"][target])
    return told


def unknown(values: Mapping[str, float], policy: Policy) -> tuple[dict[str, str], ...]:
    """Return the sentences on what is not known, or known for long only."""
    visited, age = values["days_since_visit"], values["income_age"]
    told: list[dict[str, str]] = []
    if np.isnan(visited):
        told.append(_both("unknown", "no_visit"))
    elif visited > policy.stale_visit_days:
        told.append(_both("unknown", "old_visit", months=round(visited / DAYS_A_MONTH)))
    if np.isnan(age):
        told.append(_both("unknown", "no_income"))
    elif age > policy.stale_income_months:
        told.append(_both("unknown", "old_income", months=round(age)))
    if values["income_imputed"] == 1:
        told.append(_both("unknown", "imputed"))
    return tuple(told)


def ask(told: tuple[Reason, ...], enough: str) -> tuple[dict[str, str], ...]:
    """Return what to ask at the door, matched to what raises the risk."""
    if enough == "insufficient":
        return _both("ask", "first_income"), _both("ask", "first_people")
    raising = [reason.concept for reason in told if reason.direction == "raises"]
    return tuple(_both("ask", concept) for concept in raising)


def _both(group: str, name: str, **given: Any) -> dict[str, str]:
    return {language: wording(language)[group][name].format(**given) for language in ("zh", "en")}


def _reason(reason: Reason) -> dict[str, Any]:
    facts = [_fields(fact) for fact in reason.evidence]
    for fact in facts:
        del fact["imputed"]
    return {**_fields(reason), "evidence": facts, "features": [_fields(cited) for cited in reason.features]}


def _fields(value: Assessment | Reason | Fact | Cited) -> dict[str, Any]:
    """Return the fields of a value by name, as they are."""
    return {field.name: getattr(value, field.name) for field in fields(value)}
