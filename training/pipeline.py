"""From histories to a registered version, each story on one page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from features.contract import Tables
from features.errors import Usage
from features.intake import plain
from features.policy import Policy
from features.tables import CONTEXT_TABLES
from features.vectors import Vectors, build_vectors
from models.bundle import Origin, TrainedOn, read_bundle, write_bundle
from models.card import Card, card_files, reference_distributions
from models.contributions import contributions
from models.golden import golden_answers
from models.registry import Registry
from models.risk import DEFAULT_PARAMS, RiskModel
from training.area_rates import with_area_rates
from training.cohort import Followed, next_visit
from training.comparison import Comparison, comparison
from training.intervals import Estimate
from training.learning import Learnt, Told, learn
from training.pictures import (
    calibration_bins,
    curve,
    draw_calibration,
    draw_contributions,
    draw_gains,
    draw_roc_pr,
    top_contributions,
)
from training.settings import Places
from training.tracking import Run, data_sha256, log_run

TARGETS = ("next_visit",)
NAME = {"entry": "fangpin"}
"""Registered name of a target; others are ``fangpin-<target>``."""

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
    comparison : Comparison
        The model and every baseline on earlier origins.
    """

    name: str
    version: str
    run_id: str
    rows: int
    events: int
    comparison: Comparison


def prepare(
    tables: Tables, target: str, told: Told, *, until: np.datetime64 | None = None
) -> tuple[Tables, Followed, Vectors]:
    """Follow the households, date the area rates, build the vectors.

    Parameters
    ----------
    tables : Tables
    target : str
    told : callable
    until : datetime64[D], optional
        Only outcomes known by this day enter the area rates.

    Returns
    -------
    tables : Tables
        With ``area_rates``.
    followed : Followed
    vectors : Vectors
        A row for each row of ``followed``.
    """
    if target not in TARGETS:
        raise Usage(f"the target {target!r} cannot be fitted; known are {', '.join(TARGETS)}")
    told("following the households")
    followed = next_visit(tables)
    counted = followed if until is None else followed.take(followed.outcome_on <= until)
    dated = with_area_rates(tables, counted, target)
    told("building the vectors")
    return dated, followed, build_vectors(dated, None, cohort=followed.cohort)


def fit(
    tables: Tables,
    *,
    target: str,
    trained_on: TrainedOn,
    title: str,
    policy: Policy,
    places: Places,
    at: datetime,
    told: Told = lambda _: None,
) -> Fitted:
    """Learn a model, measure it, and register it with everything that was seen.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    target : str
    trained_on : {"real", "benchmark", "simulated"}
    title : str
        What the data is.
    policy : Policy
    places : Places
    at : datetime
        The door's clock.
    told : callable
        Told what is being done.

    Raises
    ------
    Usage, Refused
        Where the target is unknown, or nobody can be followed.
    """
    dated, followed, vectors = prepare(tables, target, told)
    learnt = learn(vectors, followed.y, followed.outcome_on, target=target, told=told)
    told("intervals")
    y = followed.y[learnt.later]
    compared = comparison(
        y, learnt.scores, vectors.household_id[learnt.later], resamples=RESAMPLES, random_state=1
    )
    name = NAME.get(target, f"fangpin-{target.replace('_', '-')}")
    model = learnt.model
    digest = data_sha256(vectors, followed.y)
    card = _card(title, trained_on, dated, vectors, followed, learnt, compared, digest)
    told("logging the run")
    run_id = log_run(
        places,
        Run(
            experiment=name,
            params={
                **learnt.params,
                "target": target,
                "features": len(vectors.features),
                "rows": len(vectors),
            },
            measures=_metrics(compared),
            tags={"trained_on": trained_on, "data_sha256": digest, "title": title},
            figures=figures(model, vectors, y, learnt),
            texts={"comparison.txt": compared.as_text(), "card.md": card_files(card)["card.md"].decode()},
            vectors=vectors,
            y=followed.y,
        ),
    )
    told("registering")
    origin = Origin(
        trained_on,
        tuple(sorted(set(dated["households"]["area"].tolist()))),
        {
            "at": at.isoformat(timespec="seconds"),
            "data_sha256": digest,
            "run_id": run_id,
            "base_rate": repr(float(followed.y.mean())),
        },
        name,
    )
    files = {**card_files(card), "context.json": _json(context_of(dated))}
    with tempfile.TemporaryDirectory() as folder:
        draft, whole = Path(folder) / "draft", Path(folder) / "bundle"
        write_bundle(draft, model, origin, files)
        golden = golden_answers(read_bundle(draft), policy)
        write_bundle(whole, model, origin, {**files, "golden.json": _json(golden)})
        version = Registry(places.tracking_uri, places.bundles, name).register(whole, run_id)
    return Fitted(name, version, run_id, len(followed), int(followed.y.sum()), compared)


def figures(model: RiskModel, vectors: Vectors, y: np.ndarray[Any, Any], learnt: Learnt) -> dict[str, Figure]:
    """Draw what a data scientist looks at first: ROC and PR, calibration, gains, contributions."""
    drawn = np.sort(np.random.default_rng(1).permutation(len(vectors))[:SUMMARY_ROWS])
    shown = vectors.take(drawn)
    given = contributions(model, shown)
    curves = {name: curve(y, scores.score) for name, scores in learnt.scores.items()}
    bins = {
        name: calibration_bins(y, scores.probability)
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


def context_of(tables: Tables) -> dict[str, dict[str, list[Any]]]:
    """Return the context tables as plain values, as a request would give them."""
    return {name: plain(table, tables[name]) for name, table in CONTEXT_TABLES.items() if name in tables}


def _metrics(compared: Comparison) -> dict[str, float]:
    measured: dict[str, float] = {}
    for row in compared.rows:
        scorer = row.scorer.lower().replace(" ", "_")
        for name, estimate in row.estimates.items():
            if estimate.value is not None:
                measured[f"{scorer}.{name}"] = estimate.value
    return measured


def _card(
    title: str,
    trained_on: TrainedOn,
    tables: Tables,
    vectors: Vectors,
    followed: Followed,
    learnt: Learnt,
    compared: Comparison,
    digest: str,
) -> Card:
    model = learnt.model
    return Card(
        title=title,
        trained_on=trained_on,
        areas=tuple(sorted(set(tables["households"]["area"].tolist()))),
        target=model.target,
        horizon_months=model.horizon_months,
        data={
            "rows": len(vectors),
            "households": int(np.unique(vectors.household_id).size),
            "events": int(followed.y.sum()),
            "first day": str(vectors.as_of.min()),
            "last day": str(vectors.as_of.max()),
            "sha256": digest,
            "known_on assumed": _assumed(tables),
        },
        measures={
            row.scorer: {name: _interval(each) for name, each in row.estimates.items()}
            for row in compared.rows
        },
        cost=model.cost,
        params={**DEFAULT_PARAMS, **learnt.params},
        reference=reference_distributions(model, vectors),
        limits=(
            (
                "Measured on later blocks of earlier origins, on which the trees were chosen and the "
                "calibration was fitted: calibration looks better here than it will."
            ),
            "One horizon; no interval for a single household.",
        ),
    )


def _interval(estimate: Estimate) -> Sequence[float] | None:
    if estimate.value is None:
        return None
    return [part for part in (estimate.value, estimate.low, estimate.high) if part is not None]


def _assumed(tables: Tables) -> dict[str, int]:
    counted = {name: int((facts["known_on_assumed"] == 1).sum()) for name, facts in tables.items()}
    return {name: count for name, count in counted.items() if count}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
