"""From histories to a registered version, each story on one page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from features.contract import Tables
from features.definitions import FEATURES
from features.errors import Refused
from features.intake import plain
from features.policy import Policy
from features.tables import CONTEXT_TABLES
from features.vectors import Vectors, build_vectors
from models.bundle import Origin, TrainedOn, read_bundle, write_bundle
from models.card import card_files
from models.contributions import contributions
from models.golden import golden_answers
from models.registry import Registry
from models.risk import RiskModel
from training.area_rates import with_area_rates
from training.carding import card_of
from training.cohort import Followed, next_visit
from training.comparison import Comparison, comparison, judged_by_household
from training.gates import Gate, as_mappings, gates_of
from training.learning import Learnt, Told, learn
from training.leaving_out import left_out
from training.outcomes import follow
from training.parity import parity
from training.pictures import (
    calibration_bins,
    curve,
    draw_calibration,
    draw_contributions,
    draw_gains,
    draw_roc_pr,
    top_contributions,
)
from training.placebo import placebo
from training.pooling import Pooled
from training.registered import exported
from training.settings import Places
from training.stability import Stability
from training.taking_over import take_over
from training.targets import NEXT_VISIT, Question, columns_for, registered_name
from training.thinning import thinned
from training.tracking import Run, data_sha256, log_run
from training.tuning import PLAIN, Found, Plan

RATES_AT = "township"
"""Level of the areas whose rates of rare outcomes are dated."""

RESAMPLES = 500
SUMMARY_ROWS = 2000
"""Rows, drawn at random, whose contributions are drawn."""


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


def prepare(
    tables: Tables,
    target: str | Question,
    told: Told,
    *,
    until: np.datetime64 | None = None,
) -> tuple[Tables, Followed, Vectors]:
    """Follow the households, date the area rates, build the vectors.

    Parameters
    ----------
    tables : Tables
    target : str or Question
        A question where it asks for more than a target.
    told : callable
    until : datetime64[D], optional
        Only outcomes known by this day enter the area rates.

    Returns
    -------
    tables : Tables
        With ``area_rates``.
    followed : Followed
        Of very many rows without the outcome a share (`training.thinning`).
    vectors : Vectors
        A row for each row of ``followed``.

    Raises
    ------
    Usage, Refused
        Where the target or its horizon is unknown, or nobody can be followed.
    """
    asked = target if isinstance(target, Question) else Question(target)
    told("following the households")
    followed = followed_to(tables, asked)
    if asked.until is not None:
        followed = _known_by(asked.until, followed)
    counted = followed if until is None else followed.take(followed.outcome_on <= until)
    dated = dated_tables(tables, counted, asked)
    learnt_from = followed if asked.target == NEXT_VISIT else thinned(followed)
    told("building the vectors")
    vectors = build_vectors(dated, None, features=columns_for(asked.target), cohort=learnt_from.cohort)
    return dated, learnt_from, vectors


def followed_to(tables: Tables, asked: Question) -> Followed:
    """Follow the households of any target; refused where nobody can be followed."""
    if asked.target == NEXT_VISIT:
        return next_visit(tables)
    return follow(tables, asked.target, horizon_months=asked.horizon_months)


def dated_tables(tables: Tables, counted: Followed, asked: Question) -> Tables:
    """Return the tables with area rates: of each area for the next visit, of townships for rare outcomes."""
    level = None if asked.target == NEXT_VISIT else RATES_AT
    return with_area_rates(tables, counted, asked.target, horizon_months=asked.horizon_months, level=level)


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
        learnt = learn(
            vectors,
            followed.y,
            followed.outcome_on,
            target=asked.target,
            horizon_months=asked.horizon_months,
            kept=followed.kept,
            soon=followed.soon,
            plan=plan,
            told=told,
        )
    else:
        bundle = exported(registry, taken_over)
        params = (bundle.card or {}).get("params", {})
        learnt = take_over(bundle.model, vectors, followed, params=params, told=told)
    by_county = None
    if isinstance(tables, Pooled):
        by_county = left_out(
            vectors,
            followed,
            tables.county_of(vectors.household_id),
            learnt.params,
            target=asked.target,
            horizon_months=asked.horizon_months,
            resamples=RESAMPLES,
            told=told,
        )
    told("intervals")
    judged = followed.take(learnt.later)
    compared = comparison(
        judged.y,
        learnt.scores,
        vectors.household_id[learnt.later],
        weight=judged.weight,
        resamples=RESAMPLES,
        random_state=1,
    )
    if asked.target != NEXT_VISIT:
        compared = judged_by_household(compared, judged.y, judged.cohort.household_id)
    model = learnt.model
    digest = data_sha256(vectors, followed.y)
    areas = tuple(sorted(set(dated["households"]["area"].tolist())))
    created = {"base_rate": repr(float(np.average(followed.y, weights=followed.weight)))}
    told("the gates")
    tried = None
    if with_placebo:
        tried = placebo(
            vectors,
            followed,
            learnt.params,
            target=asked.target,
            horizon_months=asked.horizon_months,
            resamples=RESAMPLES,
        )
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder) / "draft", model, Origin(trained_on, areas, created, name), {})
        drafted = read_bundle(Path(folder) / "draft")
        same = parity(drafted, policy, dated, vectors.household_id, vectors.as_of.max())
    gates = gates_of(compared, same, tried)
    card = card_of(title, trained_on, dated, vectors, followed, learnt, compared, digest)
    card = replace(card, gates=tuple(as_mappings(gates)))
    told("logging the run")
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
            },
            measures=_metrics(compared) | (learnt.stability.measures() if learnt.stability else {}),
            tags={"trained_on": trained_on, "data_sha256": digest, "title": title, **_source(taken_over)}
            | {f"gate.{gate.name.replace(',', '')}": gate.word for gate in gates},
            figures=figures(model, vectors, judged.y, learnt, judged.weight),
            texts={"comparison.txt": compared.as_text(), "card.md": card_files(card)["card.md"].decode()},
            vectors=vectors,
            y=followed.y,
        ),
    )
    told("registering")
    origin = Origin(
        trained_on,
        areas,
        {
            "at": at.isoformat(timespec="seconds"),
            "data_sha256": digest,
            "run_id": run_id,
            **created,
            **_source(taken_over),
        },
        name,
    )
    files = {**card_files(card), "context.json": _json(context_of(dated, model.features))}
    with tempfile.TemporaryDirectory() as folder:
        draft, whole = Path(folder) / "draft", Path(folder) / "bundle"
        write_bundle(draft, model, origin, files)
        golden = golden_answers(read_bundle(draft), policy)
        write_bundle(whole, model, origin, {**files, "golden.json": _json(golden)})
        version = registry.register(whole, run_id)
    events = int(followed.y.sum())
    return Fitted(
        name,
        version,
        run_id,
        len(followed),
        events,
        hit,
        compared,
        by_county,
        gates,
        learnt.found,
        learnt.stability,
    )


def _check_floor(hit: int, floor: int) -> None:
    """Refuse to learn trees from so few that a logistic would order better."""
    if hit < floor:
        raise Refused(
            f"{hit} households with the outcome, {floor} needed: trees learnt from so few order worse than a "
            "logistic. Fit several counties together, or take over a version of others and calibrate it here "
            "(--take-over VERSION); for a comparison alone, lower the floor (--floor)"
        )


def _source(taken_over: str | None) -> dict[str, str]:
    """Say which version's trees were taken, where they were."""
    return {} if taken_over is None else {"taken_over": taken_over}


def _known_by(until: np.datetime64, followed: Followed) -> Followed:
    """Return what may be learnt from on a day: rows whose outcome was known by then."""
    known = followed.outcome_on <= until
    if not known.any():
        raise Refused(f"no outcome was known by {until}")
    return followed.take(known)


def figures(
    model: RiskModel,
    vectors: Vectors,
    y: NDArray[np.float64],
    learnt: Learnt,
    weight: NDArray[np.float64] | None = None,
) -> dict[str, Figure]:
    """Draw what a data scientist looks at first: ROC and PR, calibration, gains, contributions."""
    drawn = np.sort(np.random.default_rng(1).permutation(len(vectors))[:SUMMARY_ROWS])
    shown = vectors.take(drawn)
    given = contributions(model, shown)
    curves = {name: curve(y, scores.score, weight) for name, scores in learnt.scores.items()}
    bins = {
        name: calibration_bins(y, scores.probability, weight=weight)
        for name, scores in learnt.scores.items()
        if scores.probability is not None
    }
    return {
        "roc_pr.png": draw_roc_pr(curves),
        "calibration.png": draw_calibration(bins),
        "gains.png": draw_gains(curves, 0.10),
        "shap_summary.png": draw_contributions(
            top_contributions(given.phi, model.matrix(shown), model.features, given.f0)
        ),
    }


def context_of(tables: Tables, features: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
    """Return the context tables that the features read, as plain values: as a request would give them."""
    read = {"areas", "lines", "area_rates"}.union(*(FEATURES[feature].tables for feature in features))
    kept = [name for name in CONTEXT_TABLES if name in read and name in tables]
    return {name: plain(CONTEXT_TABLES[name], tables[name]) for name in kept}


def _metrics(compared: Comparison) -> dict[str, float]:
    measured: dict[str, float] = {}
    for row in compared.rows:
        scorer = row.scorer.lower().replace(" ", "_")
        for name, estimate in row.estimates.items():
            if estimate.value is not None:
                measured[f"{scorer}.{name}"] = estimate.value
    return measured


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
