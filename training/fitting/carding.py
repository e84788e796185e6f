"""The card of a fit: what was learnt from what, and what that does not show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.contract import Tables
from features.vectors import Vectors
from models.bundle import TrainedOn
from models.card import Card, reference_distributions
from models.risk import DEFAULT_PARAMS
from models.spread import Spread
from training.cohorts.followed import Followed
from training.fitting.shown import Shown
from training.learning.model import Learnt
from training.measures.intervals import Estimate

LEARNT_BY = "outcomes known by"
"""Where the card tells the last day whose outcomes were learnt from."""


def card_of(
    title: str,
    trained_on: TrainedOn,
    tables: Tables,
    vectors: Vectors,
    followed: Followed,
    learnt: Learnt,
    shown: Shown,
    digest: str,
) -> Card:
    """Return the card of a fitted model: its data, measures and limits."""
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
            LEARNT_BY: str(followed.outcome_on.max()),
            "share of rows without the outcome kept": followed.kept,
            "sha256": digest,
            "known_on assumed": assumed_known_on(tables),
            **({} if learnt.found is None else {"search": learnt.found.as_text()}),
            **({} if learnt.stability is None else {"stability": learnt.stability.as_dict()}),
        },
        measures={
            row.scorer: {name: _interval(each) for name, each in row.estimates.items()}
            for row in shown.comparison.rows
        },
        cost=model.cost,
        params={**DEFAULT_PARAMS, **learnt.params, "bags": learnt.bags},
        reference=reference_distributions(model, vectors, followed.weight),
        limits=(
            (
                "Measured on later blocks of earlier origins, on which the trees were chosen; each row's "
                "probability by a calibration fitted on other rows, the one that serves on all of them."
            ),
            _of_intervals(model.spread),
            "Sampling weights of households were not used: every row counts alike.",
        ),
        sooner=tuple(each.months for each in model.sooner),
        programme=None if shown.programme is None else shown.programme.as_dict(),
    )


def _of_intervals(spread: Spread | None) -> str:
    if spread is None:
        return "No interval for a single household."
    return (
        f"The interval for a household's true chance ({spread.level:.0%}) rests on how unlike households of "
        "one probability are in a simulated county; on real ones only what came of many can be held "
        "against it."
    )


def assumed_known_on(tables: Tables) -> dict[str, dict[str, float]]:
    """Return of each table with assumed days of knowing in how many rows they are, of how many."""
    counted = {
        name: (int((facts["known_on_assumed"] == 1).sum()), facts["known_on_assumed"].size)
        for name, facts in tables.items()
    }
    return {
        name: {"rows": rows, "of": of, "share": rows / of} for name, (rows, of) in counted.items() if rows
    }


def _interval(estimate: Estimate) -> Sequence[float] | None:
    if estimate.value is None:
        return None
    return [part for part in (estimate.value, estimate.low, estimate.high) if part is not None]
