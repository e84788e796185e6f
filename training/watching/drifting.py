"""A registered version compared with the households of a folder of tables on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Refused, Usage
from features.files import read_tables
from features.vectors import Cohort, Vectors, build_vectors
from models.bundle import Bundle
from models.registry import Registry
from models.risk import RiskModel
from training.baselines.rules_fired import RulesFired
from training.cohorts.followed import Followed
from training.cohorts.outcomes import as_of_days, at_risk
from training.cohorts.targets import NEXT_VISIT, Question
from training.learning.area_rates import areas_at_level
from training.learning.model import Told
from training.learning.preparing import RATES_AT, dated_tables, followed_to
from training.lists.yields import Yield, expected_yield, found_by
from training.registering.versions import exported
from training.settings import Places
from training.watching.drift import Drift, features_moved, score_moved, townships_moved


def drift(
    version: str,
    folder: Path,
    *,
    name: str,
    places: Places,
    as_of: np.datetime64 | None = None,
    share: float = 0.02,
    told: Told = lambda _: None,
) -> Drift:
    """Tell what has moved since a version was fitted.

    Parameters
    ----------
    version : str
    folder : Path
        Contract tables.
    name : str
        Registered name.
    places : Places
    as_of : datetime64[D], optional
        The day on which households are looked at; else the last month end of the records.
    share : float
        Of the households at risk, on the list.
    told : callable

    Raises
    ------
    Usage, Refused
        Where there is no such version, its card lacks what is compared, it predicts the next visit, nobody
        is at risk on the day, or nobody can be followed.
    """
    told("reading the version and the tables")
    bundle = exported(Registry(places.tracking_uri, places.bundles, name), version)
    model, reference = bundle.model, _reference(bundle)
    asked = Question(model.target, model.horizon_months)
    if asked.target == NEXT_VISIT:
        raise Usage("drift looks at households on a day: not at the next visit of a panel")
    tables = read_tables(folder)
    day = as_of_days(tables, 1)[-1] if as_of is None else as_of
    told("following the households")
    followed = followed_to(tables, asked)
    dated = dated_tables(tables, followed, asked)
    cohort = at_risk(tables, np.array([day]))
    if not cohort.household_id.size:
        raise Refused(f"nobody is at risk on {day}")
    told("scoring")
    vectors = _vectors(dated, model, cohort)
    score = model.score(vectors)
    township = areas_at_level(tables, vectors.area, RATES_AT, day)
    return Drift(
        name=name,
        version=version,
        as_of=str(day),
        households=len(vectors),
        fitted_on=reference["households"],
        score=score_moved(reference, score, len(vectors)),
        features=features_moved(reference, vectors),
        townships=townships_moved(reference, vectors, score, township),
        present=_expected(model, vectors, score, share),
        realised=_realised(dated, model, followed, day, share),
    )


def _reference(bundle: Bundle) -> Mapping[str, Any]:
    """Return the reference of the card; refused where it was written before drift was asked for."""
    reference: Mapping[str, Any] = (bundle.card or {}).get("reference") or {}
    missing = [key for key in ("households", "score", "features") if key not in reference]
    if missing:
        raise Refused(f"not on the card of this version: {', '.join(missing)}; a new fit writes them")
    return reference


def _vectors(tables: Tables, model: RiskModel, cohort: Cohort) -> Vectors:
    """Build what the model and the rules read."""
    columns = list(dict.fromkeys((*model.features, *RulesFired.features)))
    return build_vectors(tables, None, features=columns, cohort=cohort)


def _expected(model: RiskModel, vectors: Vectors, f: NDArray[np.float64], share: float) -> Yield:
    p, day = model.calibration.probability(f), str(vectors.as_of[0])
    return expected_yield(p, f, vectors.household_id, share=share, as_of=day)


def _realised(
    tables: Tables, model: RiskModel, followed: Followed, day: np.datetime64, share: float
) -> tuple[Yield, ...]:
    """Return what the lists of the last day found whose outcomes were known by a day."""
    known = followed.take(followed.outcome_on <= day)
    if not len(known):
        return ()
    last = known.take(known.cohort.as_of == known.cohort.as_of.max())
    vectors = _vectors(tables, model, last.cohort)
    f = model.score(vectors)
    own = _expected(model, vectors, f, share)
    rules = Yield("rules fired", own.as_of, own.length)
    return (
        replace(own, found=found_by(last.y, f, share)),
        replace(rules, found=found_by(last.y, RulesFired().score(vectors), share)),
    )
