"""From histories to a registered version, each story on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from features.contract import Tables
from features.errors import Refused
from features.policy import Policy
from features.vectors import Vectors
from models.bundle import Origin, TrainedOn
from models.card import card_files
from models.registry import Registry
from training.cohorts.followed import Followed
from training.cohorts.pooling import Pooled
from training.cohorts.targets import Question, registered_name
from training.fitting.carding import card_of
from training.fitting.describing import described, model_described
from training.fitting.drawn import figures, pictures
from training.fitting.judged_fit import JudgedFit
from training.fitting.minutes import Clock, Watch, expected
from training.fitting.running import as_run
from training.fitting.shown import shown_by
from training.helped.treating import RECORDED, Helped, Treatment, treated
from training.learning.model import CANDIDATES, Learnt, Told, learn
from training.learning.preparing import prepare
from training.learning.taking_over import take_over
from training.learning.tuning import PLAIN, Found, Plan
from training.lists.programme_table import ProgrammeTable
from training.measures.comparison import Comparison
from training.measures.stability import Stability
from training.registering.gates import Gate, as_mappings, as_tags, gates_of
from training.registering.versions import certified, exported, registered
from training.settings import Places
from training.tracking import data_sha256, describe, log_run


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
    programme : ProgrammeTable or None
        What monthly lists would have found: the headline, where there is a ledger of monitoring.
    minutes : mapping of stage to float
        What each stage took, where there was a clock.
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
    programme: ProgrammeTable | None = None
    minutes: Mapping[str, float] = field(default_factory=dict)
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
    clock: Clock | None = None,
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
    clock : callable, optional
        [s] The door's, to tell what the fit is expected to take and what it took.
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
    watch = Watch(clock or (lambda: 0.0), told)
    counties = tables if isinstance(tables, Pooled) else None
    dated, followed, vectors = prepare(tables.tables if isinstance(tables, Pooled) else tables, asked, watch)
    followed, vectors, treatment = treated(dated, followed, vectors, asked, helped)
    hit = np.unique(vectors.household_id[followed.y == 1.0]).size
    if taken_over is None:
        _check_floor(hit, asked.floor)
        if clock is not None:
            lists = dated if counties is None else None
            told(expected(watch, lists, vectors, followed, asked, plan, with_placebo).as_text())
        learnt = _learnt(asked, vectors, followed, plan, watch)
    else:
        bundle = exported(registry, taken_over)
        told_of = dict((bundle.card or {}).get("params", {}))
        bags = int(told_of.pop("bags", 1))
        learnt = take_over(bundle.model, vectors, followed, params=told_of, bags=bags, told=watch)
    shown = shown_by(
        learnt,
        dated,
        followed,
        vectors,
        asked=asked,
        policy=policy,
        counties=counties,
        with_placebo=with_placebo,
        told=watch,
    )
    digest = data_sha256(vectors, followed.y)
    created = {
        "at": at.isoformat(timespec="seconds"),
        "data_sha256": digest,
        "base_rate": repr(float(np.average(followed.y, weights=followed.weight))),
        **({} if taken_over is None else {"taken_over": taken_over}),
    }
    origin = Origin(trained_on, tuple(sorted(set(dated["households"]["area"].tolist()))), created, name)
    watch("gates")
    gates = gates_of(
        shown.comparison,
        certified(learnt.model, origin, policy, dated, vectors),
        groups=shown.groups,
        stability=learnt.stability,
        placebo=shown.placebo,
    )
    card = card_of(title, trained_on, dated, vectors, followed, learnt, shown, digest)
    card = replace(card, gates=tuple(as_mappings(gates)))
    if treatment is not None:
        card = replace(card, data={**card.data, "helped": treatment.as_dict()})
    watch("logging the run")
    judged = JudgedFit(
        title=title,
        trained_on=trained_on,
        asked=asked,
        vectors=vectors,
        followed=followed,
        learnt=learnt,
        compared=shown.comparison,
        gates=gates,
        programme=shown.programme,
        treatment=treatment,
    )
    later = followed.take(learnt.later)
    drawn = figures(learnt, vectors, later.y, later.weight)
    files = card_files(card, pictures(drawn))
    tags = {key: value for key, value in created.items() if key in {"data_sha256", "taken_over"}}
    tags |= {"title": title, "trained_on": trained_on, **as_tags(gates)}
    run_id = log_run(places, as_run(judged, drawn, files, tags))
    watch("registering")
    origin = replace(origin, created={**origin.created, "run_id": run_id})
    version = registered(
        registry, learnt.model, origin, files, tables=dated, policy=policy, run_id=run_id, tags=tags
    )
    describe(places, run_id, name, version, text=described(judged, version), model=model_described(judged))
    watch.stop()
    return Fitted(
        name,
        version,
        run_id,
        len(followed),
        int(followed.y.sum()),
        hit,
        shown.comparison,
        shown.left_out,
        gates,
        learnt.found,
        learnt.stability,
        shown.programme,
        {} if clock is None else watch.minutes(),
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
        candidates=plan.candidates or CANDIDATES,
        plan=plan,
        told=told,
    )


def _check_floor(hit: int, floor: int) -> None:
    """Refuse to learn trees from so few that a logistic would order better."""
    if hit < floor:
        raise Refused(
            f"{hit} households with the outcome, {floor} needed: trees learnt from so few order worse than a "
            "logistic. Fit several counties together, or take over a version of others and calibrate it here "
            "(--take-over VERSION); for a comparison alone, lower the floor (--floor)"
        )
