"""From histories to a registered version, each story on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Refused
from features.policy import Policy
from features.vectors import Vectors
from models.bundle import Origin, TrainedOn
from models.card import card_files
from models.registry import Registry
from models.risk import RiskModel
from training.carding import card_of
from training.cohort import Followed
from training.comparison import Comparison, comparison, judged_by_household
from training.describing import described, model_described
from training.drawn import figures, pictures
from training.gates import Gate, as_mappings, gates_of
from training.intervals import Estimate
from training.learning import CANDIDATES, Learnt, Told, fit_trees, learn
from training.leaving_out import left_out
from training.placebo import placebo
from training.pooling import Pooled
from training.preparing import prepare
from training.running import as_run
from training.settings import Places
from training.shown import Shown, as_tags
from training.stability import Stability
from training.taking_over import take_over
from training.targets import NEXT_VISIT, Question, registered_name
from training.tracking import data_sha256, describe, log_run
from training.tuning import PLAIN, Found, Plan
from training.versions import certified, exported, registered

RESAMPLES = 500


@dataclass(frozen=True)
class Fitted:
    """What a fit came to.

    Parameters
    ----------
    name, version : str
        Where it is registered.
    run_id : str
    rows, events : int
        Rows learnt from, and those of them with the outcome.
    households_hit : int
        Households of these: rows of one household may tell of one event.
    comparison : Comparison
        The model and every baseline on earlier origins.
    left_out : Comparison or None
        Of several counties: each by a model of the others.
    gates : tuple of Gate
        What was asked of it before it may serve.
    found : Found or None
        What a search tried, where there was one.
    stability : Stability or None
        What small changes of the fit do, where that was asked for.
    """

    name: str
    version: str
    run_id: str
    rows: int
    events: int
    households_hit: int
    comparison: Comparison
    left_out: Comparison | None
    gates: tuple[Gate, ...]
    found: Found | None = None
    stability: Stability | None = None


def fit(  # noqa: PLR0913 - the words of the command
    tables: Tables | Pooled,
    *,
    target: str | Question,
    trained_on: TrainedOn,
    title: str,
    policy: Policy,
    places: Places,
    at: datetime,
    taken_over: str | None = None,
    with_placebo: bool = False,
    plan: Plan = PLAIN,
    told: Told = lambda _: None,
) -> Fitted:
    """Learn a model, measure it, and register it with everything that was seen.

    Parameters
    ----------
    tables : Tables or Pooled
        Checked tables of one county, or of several.
    target : str or Question
        A question where it asks for more than a target.
    trained_on : {"real", "benchmark", "simulated"}
    title : str
        What the data is.
    policy : Policy
    places : Places
    at : datetime
        The door's clock.
    taken_over : str, optional
        A registered version whose trees are taken as they are, and calibrated anew.
    with_placebo : bool
        Whether the same learning is tried on outcomes dealt out anew.
    plan : Plan
        How the trees are chosen.
    told : callable
        Told what is being done.

    Raises
    ------
    Usage, Refused
        Where the target is unknown, nobody can be followed, or the outcomes are fewer than the floor.

    Notes
    -----
    Sampling weights of households are not used: rows count alike, whatever they stand for.
    """
    asked = target if isinstance(target, Question) else Question(target)
    name = registered_name(asked.target)
    registry = Registry(places.tracking_uri, places.bundles, name)
    dated, followed, vectors = prepare(tables.tables if isinstance(tables, Pooled) else tables, asked, told)
    hit = np.unique(vectors.household_id[followed.y == 1.0]).size
    if taken_over is None:
        _check_floor(hit, asked.floor)
        learnt = _learnt(asked, vectors, followed, plan, told)
    else:
        bundle = exported(registry, taken_over)
        told_of = dict((bundle.card or {}).get("params", {}))
        bags = int(told_of.pop("bags", 1))
        learnt = take_over(bundle.model, vectors, followed, params=told_of, bags=bags, told=told)
    by_county = None
    if isinstance(tables, Pooled):
        county = tables.county_of(vectors.household_id)
        by_county = left_out(
            vectors, followed, county, fit=_fit(asked, learnt), resamples=RESAMPLES, told=told
        )
    told("intervals")
    judged = followed.take(learnt.later)
    compared = _compared(asked, learnt, judged)
    digest = data_sha256(vectors, followed.y)
    origin = Origin(
        trained_on,
        tuple(sorted(set(dated["households"]["area"].tolist()))),
        {
            "at": at.isoformat(timespec="seconds"),
            "data_sha256": digest,
            "base_rate": repr(float(np.average(followed.y, weights=followed.weight))),
            **({} if taken_over is None else {"taken_over": taken_over}),
        },
        name,
    )
    told("the gates")
    tried = _placebo(asked, learnt, vectors, followed) if with_placebo else None
    gates = gates_of(compared, certified(learnt.model, origin, policy, dated, vectors), tried)
    card = card_of(title, trained_on, dated, vectors, followed, learnt, compared, digest)
    card = replace(card, gates=tuple(as_mappings(gates)))
    told("logging the run")
    shown = Shown(title, trained_on, asked, vectors, followed, learnt, compared, gates)
    drawn = figures(learnt, vectors, judged.y, judged.weight)
    files = card_files(card, pictures(drawn))
    tags = {key: value for key, value in origin.created.items() if key in {"data_sha256", "taken_over"}}
    tags |= {"title": title, "trained_on": trained_on, **as_tags(gates)}
    run_id = log_run(places, as_run(shown, drawn, files, tags))
    told("registering")
    origin = replace(origin, created={**origin.created, "run_id": run_id})
    version = registered(
        registry, learnt.model, origin, files, tables=dated, policy=policy, run_id=run_id, tags=tags
    )
    describe(places, run_id, name, version, text=described(shown, version), model=model_described(shown))
    return Fitted(
        name,
        version,
        run_id,
        len(followed),
        int(followed.y.sum()),
        hit,
        compared,
        by_county,
        gates,
        learnt.found,
        learnt.stability,
    )


def _learnt(asked: Question, vectors: Vectors, followed: Followed, plan: Plan, told: Told) -> Learnt:
    return learn(
        vectors,
        followed.y,
        followed.outcome_on,
        target=asked.target,
        horizon_months=asked.horizon_months,
        kept=followed.kept,
        soon=followed.soon,
        candidates=plan.candidates or CANDIDATES,
        plan=plan,
        told=told,
    )


def _fit(asked: Question, learnt: Learnt) -> Callable[[Vectors, NDArray[np.float64]], RiskModel]:
    """Return how the chosen trees are learnt from other rows."""
    params, horizon_months, bags = learnt.params, asked.horizon_months, learnt.bags
    return lambda rows, y: fit_trees(rows, y, params, asked.target, horizon_months, bags=bags)


def _compared(asked: Question, learnt: Learnt, judged: Followed) -> Comparison:
    """Hold the model against every baseline on the rows that it had not seen."""
    household = judged.cohort.household_id
    compared = comparison(
        judged.y, learnt.scores, household, weight=judged.weight, resamples=RESAMPLES, random_state=1
    )
    if asked.target == NEXT_VISIT:
        return compared
    return judged_by_household(compared, judged.y, household)


def _placebo(asked: Question, learnt: Learnt, vectors: Vectors, followed: Followed) -> Estimate:
    return placebo(
        vectors,
        followed,
        learnt.params,
        target=asked.target,
        horizon_months=asked.horizon_months,
        resamples=RESAMPLES,
    )


def _check_floor(hit: int, floor: int) -> None:
    """Refuse to learn trees from so few that a logistic would order better."""
    if hit < floor:
        raise Refused(
            f"{hit} households with the outcome, {floor} needed: trees learnt from so few order worse than a "
            "logistic. Fit several counties together, or take over a version of others and calibrate it here "
            "(--take-over VERSION); for a comparison alone, lower the floor (--floor)"
        )
