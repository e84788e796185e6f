"""The model card: what was trained on what, how well it does, what it costs, what its inputs look like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from models.card_page import inlined, page
from models.risk import COST_BUDGET, RiskModel

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Quantile levels of the reference distributions."""

NOT_REAL = "演示模型，不得用于真实农户: learnt from {} households, not to be used for real ones."
"""Said first on the card of a model that has not learnt from real households."""

Measure = float | int | str | Sequence[float] | None
"""A number, an interval, a word, or None where it could not be judged."""


@dataclass(frozen=True)
class Card:
    """What a reader should know of a model before trusting it.

    Parameters
    ----------
    title : str
    trained_on : str
        ``real``, ``benchmark`` or ``simulated``.
    areas : tuple of str
    target : str
    horizon_months : int
        [months]
    data : mapping
        What it was fitted, calibrated and tested on: rows, events, days, digests.
    measures : mapping of str to mapping
        Row of the table → measure → value, perhaps with the ends of its interval behind it; None where it
        could not be judged.
    cost : int
        Σ depth² over all leaves.
    params : mapping
        How the trees were fitted.
    reference : mapping
        Distributions of features and probabilities, as `reference_distributions` gives them.
    limits : tuple of str
        Sentences on what the model and its data do not show.
    sooner : tuple of int
        [months] Shorter horizons of the same score.
    gates : tuple of mapping
        What was asked of it before it may serve: name, whether it holds (None: cannot be judged), in words.
    programme : mapping or None
        What monthly lists of visits would have found by it and by others; None where none was replayed.
    """

    title: str
    trained_on: str
    areas: tuple[str, ...]
    target: str
    horizon_months: int
    data: Mapping[str, Any]
    measures: Mapping[str, Mapping[str, Measure]]
    cost: int
    params: Mapping[str, float | str]
    reference: Mapping[str, Any]
    limits: tuple[str, ...] = field(default=())
    sooner: tuple[int, ...] = field(default=())
    gates: tuple[Mapping[str, Any], ...] = field(default=())
    programme: Mapping[str, Any] | None = None


def card_files(card: Card, pictures: Mapping[str, bytes] = MappingProxyType({})) -> dict[str, bytes]:
    """Return the card as the files of a bundle: ``card.json``, ``card.md``, and ``card.html`` with pictures.

    Parameters
    ----------
    card : Card
    pictures : mapping of str to bytes, optional
        PNG files by what they show, for the page.
    """
    text = json.dumps(asdict(card), ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    return {
        "card.json": (text + "\n").encode(),
        "card.md": card_markdown(card).encode(),
        "card.html": page(card.title, card_markdown(card, pictures)).encode(),
    }


def reference_distributions(
    model: RiskModel, vectors: Vectors, weight: NDArray[np.float64] | None = None
) -> dict[str, Any]:
    """Return what the model's inputs and probabilities looked like, for later comparison.

    Parameters
    ----------
    model : RiskModel
    vectors : Vectors
        The rows that the model was fitted on.
    weight : (rows,) array, optional
        How many rows each stands for, where rows without the outcome were thinned.

    Returns
    -------
    dict
        ``rows``; ``households``; ``features``: id → ``unknown`` (share), ``quantiles`` of the known and
        ``up_to``, the share of the known at or below each quantile, more than its level where values are
        tied (both null where all is unknown); ``score`` and ``probability``: the same of the raw score and
        of the calibrated probability; ``levels`` of the quantiles.

    Raises
    ------
    Foreign
        Where the vectors are not the model's.
    """
    X = model.matrix(vectors)
    weights = np.ones(len(X)) if weight is None else weight
    return {
        "rows": len(X),
        "households": int(np.unique(vectors.household_id).size),
        "levels": list(LEVELS),
        "features": {
            name: _distribution(X[:, column], weights) for column, name in enumerate(model.features)
        },
        "score": _distribution(model.score(vectors), weights),
        "probability": _distribution(model.probability(vectors), weights),
    }


def card_markdown(card: Card, pictures: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """Return the card as Markdown, for a reader of the bundle; pictures are inlined behind the measures."""
    parts = [
        f"# {card.title}",
        *([] if card.trained_on == "real" else [f"> {NOT_REAL.format(card.trained_on)}"]),
        _facts(
            {
                "Target": f"`{card.target}` within {card.horizon_months} months"
                + "".join(f", and within {months} (never above)" for months in card.sooner),
                "Trained on": f"{card.trained_on} households; areas: {', '.join(card.areas) or 'none named'}",
                "Cost": f"{card.cost} of {COST_BUDGET} (Σ depth² over all leaves)",
            }
        ),
        *([] if card.programme is None else ["## Programme replay", *_programme(card.programme)]),
        "## Data",
        _facts(card.data),
        "## Measures",
        _measures(card.measures),
        *(["## Pictures", inlined(pictures)] if pictures else []),
        "## Parameters",
        _facts(card.params),
        "## Inputs at fitting",
        _inputs(card.reference),
    ]
    if card.gates:
        held = {True: "holds", False: "fails", None: "cannot be judged"}
        rows = [[str(gate["name"]), held[gate["holds"]], str(gate["says"])] for gate in card.gates]
        parts += ["## Gates", _table(["gate", "", "what was found"], rows)]
    if card.limits:
        parts += ["## Limits", "\n".join(f"- {sentence}" for sentence in card.limits)]
    return "\n\n".join(parts) + "\n"


def _distribution(values: NDArray[np.float64], weights: NDArray[np.float64]) -> dict[str, Any]:
    there = ~np.isnan(values)
    known, own = values[there], weights[there]
    if not known.size:
        return {"unknown": 1.0 if values.size else None, "quantiles": None, "up_to": None}
    # Quantiles are values that occur: an interpolated one could fall just under a tie.
    quantiles = np.quantile(known, LEVELS, weights=own, method="inverted_cdf")
    up_to = [float(own[known <= edge].sum() / own.sum()) for edge in quantiles]
    unknown = max(0.0, float(1 - own.sum() / weights.sum()))
    return {"unknown": unknown, "quantiles": quantiles.tolist(), "up_to": up_to}


def _facts(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_shown(value)}" for name, value in facts.items()) or "Nothing recorded."


def _programme(told: Mapping[str, Any]) -> list[str]:
    """Return what monthly lists would have found: a sentence, and a line a scorer."""
    rows, days = told["rows"], told["days"]
    counted = (
        f"{len(days)} monthly lists, {days[0]} to {days[-1]}, {told['per_100']:g} visits a month for 100 "
        f"households; {rows[0]['programme']['entries']} entries that could be found"
    )
    warning = told["why_not_judged"]
    head = ["", "visits", "found", "suspected", "nobody suspected", "lead [months]"]
    lines = []
    for row in rows:
        plain = row["programme"]
        found, unsuspected = (
            [part for part in row["intervals"][name].values() if part is not None]
            for name in ("found", "unsuspected")
        )
        cells = (plain["visits"], found, plain["suspected"], unsuspected, plain["lead_months"])
        lines.append([row["scorer"], *map(_shown, cells)])
    return [f"{counted}{f'; {warning}' if warning else ''}.", _table(head, lines)]


def _measures(measures: Mapping[str, Mapping[str, Measure]]) -> str:
    if not measures:
        return "None recorded."
    names = list(dict.fromkeys(name for row in measures.values() for name in row))
    rows = [[label, *(_measured(row.get(name)) for name in names)] for label, row in measures.items()]
    return _table(["", *names], rows)


def _measured(measure: Measure) -> str:
    match measure:
        case [value, low, high]:
            return f"{_shown(value)} [{_shown(low)} {_shown(high)}]"
        case _:
            return _shown(measure)


def _inputs(reference: Mapping[str, Any]) -> str:
    if not reference.get("features"):
        return "None recorded."
    middle = list(LEVELS).index(0.5)
    rows = []
    for name, distribution in reference["features"].items():
        quantiles = distribution["quantiles"] or [None] * len(LEVELS)
        shown = (distribution["unknown"], quantiles[0], quantiles[middle], quantiles[-1])
        rows.append([f"`{name}`", *map(_shown, shown)])
    return _table(["feature", "unknown", "1 %", "median", "99 %"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shown(value: object) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:.4g}"
        case list() | tuple():
            return "–".join(map(_shown, value))
        case dict():
            return ", ".join(f"{name} {_shown(each)}" for name, each in value.items()) or "none"
        case _:
            return str(value).replace("|", "\\|").replace("\n", " ")
