"""What MLflow is told of a fit: its parameters, its measures, its tables and pictures, its gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from features.vectors import Vectors
from models.bundle import Origin
from models.card import Card, card_files
from training.cohort import Followed
from training.comparison import Comparison
from training.drawn import figures
from training.gates import from_mappings
from training.headline import programme_columns, programme_measures
from training.learning import Learnt
from training.shown import Shown
from training.targets import Question
from training.tracking import Run


def run_of(
    asked: Question,
    origin: Origin,
    learnt: Learnt,
    shown: Shown,
    card: Card,
    *,
    vectors: Vectors,
    followed: Followed,
) -> Run:
    """Return the run of a fit, under the name of its origin.

    Parameters
    ----------
    asked : Question
    origin : Origin
    learnt : Learnt
    shown : Shown
    card : Card
        With its gates.
    vectors, followed
        The rows learnt from.
    """
    judged, programme = followed.take(learnt.later), shown.programme
    steady = {} if learnt.stability is None else learnt.stability.measures()
    tags = {key: value for key, value in origin.created.items() if key in {"data_sha256", "taken_over"}}
    texts = {"comparison.txt": shown.comparison.as_text(), "card.md": card_files(card)["card.md"].decode()}
    if programme is not None:
        texts["programme.txt"] = programme.as_text()
    return Run(
        experiment=origin.name,
        params={
            **learnt.params,
            "bags": learnt.bags,
            "target": asked.target,
            "features": len(vectors.features),
            "rows": len(vectors),
            **({} if "helped" not in card.data else {"helped": card.data["helped"]["how"]}),
        },
        measures=_metrics(shown.comparison)
        | steady
        | ({} if programme is None else programme_measures(programme)),
        tags={"trained_on": card.trained_on, "title": card.title, **tags, **_as_tags(card.gates)},
        figures=figures(learnt, vectors, judged.y, judged.weight),
        texts=texts,
        tables={} if programme is None else {"programme.json": programme_columns(programme)},
        vectors=vectors,
        y=followed.y,
    )


def _as_tags(gates: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return gates as tags of a run, whose names hold no comma."""
    return {f"gate.{gate.name.replace(',', '')}": gate.word for gate in from_mappings(gates)}


def _metrics(compared: Comparison) -> dict[str, float]:
    measured: dict[str, float] = {}
    for row in compared.rows:
        scorer = row.scorer.lower().replace(" ", "_")
        for name, estimate in row.estimates.items():
            if estimate.value is not None:
                measured[f"{scorer}.{name}"] = estimate.value
    return measured
