"""From histories to a registered version, each story on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from training.drawn import figures
from training.gates import Gate, as_mappings, gates_of
from training.helped.treating import RECORDED, Helped, Treatment, treated
from training.intervals import Estimate
from training.learning import Learnt, Told, fit_trees, learn
from training.leaving_out import left_out
from training.placebo import placebo
from training.pooling import Pooled
from training.preparing import prepare
from training.row_weights import RowWeights, row_weights
from training.settings import Places
from training.stability import Stability
from training.taking_over import take_over
from training.targets import NEXT_VISIT, Question, registered_name
from training.tracking import Run, data_sha256, log_run
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
    treatment : Treatment or None
        What was done with rows that help reached; None where they are as recorded.
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
    treatment: Treatment | None = None


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
    helped: Helped = RECORDED,
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
    helped : {"recorded", "left-out", "weighted"}
        What is done with rows that help reached before their outcome.
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
    followed, vectors, treatment = treated(dated, followed, vectors, asked, helped)
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
            vectors,
            followed,
            county,
            fit=_fit(asked, learnt, row_weights(vectors, followed.stands_for)),
            resamples=RESAMPLES,
            told=told,
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
    if treatment is not None:
        card = replace(card, data={**card.data, "helped": treatment.as_dict()})
    told("logging the run")
    steady = {} if learnt.stability is None else learnt.stability.measures()
    tags = {key: value for key, value in origin.created.items() if key in {"data_sha256", "taken_over"}}
    run_id = log_run(
        places,
        Run(
            experiment=name,
            params={
                **learnt.params,
                "bags": learnt.bags,
                "target": asked.target,
                "features": len(vectors.features),
                "rows": len(vectors),
                **({} if treatment is None else {"helped": treatment.how}),
            },
            measures=_metrics(compared) | steady,
            tags={"trained_on": trained_on, "title": title, **tags, **_as_tags(gates)},
            figures=figures(learnt, vectors, judged.y, judged.weight),
            texts={"comparison.txt": compared.as_text(), "card.md": card_files(card)["card.md"].decode()},
            vectors=vectors,
            y=followed.y,
        ),
    )
    told("registering")
    origin = replace(origin, created={**origin.created, "run_id": run_id})
    version = registered(registry, learnt.model, origin, card, tables=dated, policy=policy, run_id=run_id)
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
        treatment,
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
        weight=followed.stands_for,
        plan=plan,
        told=told,
    )


def _fit(
    asked: Question, learnt: Learnt, weights: RowWeights | None
) -> Callable[[Vectors, NDArray[np.float64]], RiskModel]:
    """Return how the chosen trees are learnt from other rows."""
    params, horizon_months, bags = learnt.params, asked.horizon_months, learnt.bags
    return lambda rows, y: fit_trees(
        rows, y, params, asked.target, horizon_months, bags=bags, weights=weights
    )


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


def _as_tags(gates: Sequence[Gate]) -> dict[str, str]:
    """Return gates as tags of a run, whose names hold no comma."""
    return {f"gate.{gate.name.replace(',', '')}": gate.word for gate in gates}


def _check_floor(hit: int, floor: int) -> None:
    """Refuse to learn trees from so few that a logistic would order better."""
    if hit < floor:
        raise Refused(
            f"{hit} households with the outcome, {floor} needed: trees learnt from so few order worse than a "
            "logistic. Fit several counties together, or take over a version of others and calibrate it here "
            "(--take-over VERSION); for a comparison alone, lower the floor (--floor)"
        )


def _metrics(compared: Comparison) -> dict[str, float]:
    measured: dict[str, float] = {}
    for row in compared.rows:
        scorer = row.scorer.lower().replace(" ", "_")
        for name, estimate in row.estimates.items():
            if estimate.value is not None:
                measured[f"{scorer}.{name}"] = estimate.value
    return measured
