"""One household's time through an answer: read, check, vector, score, contributions, reasons, and the whole.

Every stage is run in one process on the same request, one after the other, again and again, so that each
finds the processor as the others left it; the table gives medians, and each stage's share of the whole.
Usage: python benchmarks/assess.py BUNDLE REQUEST.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.turns import medians
from features.context import Context
from features.evidence import evidence
from features.policy import illustrative
from features.vectors import build_vectors
from models.assessment import LOOKED_AT, assess
from models.bundle import read_bundle
from models.contributions import contributions, points
from models.reasons import as_mapping, reasons
from serving.bundles import Served, context_tables
from serving.facts import read_request
from serving.monitoring import Metrics
from serving.security import Key
from serving.service import Desk, checked

RUNS = 200
WHOLE = "the whole answer"


def stages(bundle_path: Path, body: bytes) -> dict[str, Callable[[], Any]]:
    """Return the stages of an answer to a request about one household, by name."""
    bundle, policy = read_bundle(bundle_path), illustrative()
    context = Context(context_tables(bundle.context or {}))  # a service keeps it from request to request
    desk = Desk(Served(bundle, context), policy, Metrics())
    key = Key("benchmark", "", "system", "", backfill=True)
    asked = read_request(body, date.max, backfill=True)
    day, model = np.datetime64(asked.as_of), bundle.model
    names = tuple(dict.fromkeys((*model.features, *LOOKED_AT)))
    tables, _ = checked(asked.households, context.tables)
    behind = next(evidence(tables, day, names, context=context))
    vectors, household = behind.vectors, str(behind.vectors.household_id[0])
    score, probability = model.score(vectors), model.probability(vectors)
    given = contributions(model, vectors)
    share = points(model, given, score, probability, np.zeros(len(vectors))).by_concept(0)
    values, phi = as_mapping(names, vectors.X[0]), as_mapping(model.features, given.phi[0])
    return {
        "JSON alone": lambda: json.loads(body),
        "read": lambda: read_request(body, date.max, backfill=True),
        "check": lambda: checked(asked.households, context.tables),
        "vector alone": lambda: build_vectors(tables, day, features=names, context=context),
        "vector, and what is behind it": lambda: next(evidence(tables, day, names, context=context)),
        "score": lambda: model.probability(vectors),
        "contributions": lambda: contributions(model, vectors),
        "reasons": lambda: reasons(behind, household, values, phi, share, policy),
        "assess": lambda: assess(bundle, policy, tables, day, made_at="benchmark", context=context),
        WHOLE: lambda: desk.answer(body, key, date.max, "benchmark"),
    }


def main(bundle: str, request: str) -> None:
    """Print the table."""
    times = medians(stages(Path(bundle), Path(request).read_bytes()), RUNS)
    for name, spent in times.items():
        print(f"{name:30}{spent:8.2f} ms{spent / times[WHOLE]:8.2f} of the whole")


if __name__ == "__main__":
    main(*sys.argv[1:])
