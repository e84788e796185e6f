"""One household's time through an answer: read, check, vector, score, contributions, reasons, and the whole.

Every stage is run in one process on the same request, one after the other, again and again, so that each
finds the processor as the others left it; the table gives medians, and each stage's share of the whole.
Usage: python benchmarks/assess.py BUNDLE REQUEST.json
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from features.check import check_across, check_each
from features.context import Context
from features.evidence import evidence
from features.intake import take
from features.policy import illustrative
from features.vectors import build_vectors
from models.assessment import LOOKED_AT, assess
from models.bundle import read_bundle
from models.contributions import contributions, points
from models.reasons import as_mapping, reasons
from serving.bundles import Served, context_tables
from serving.facts import joined, read_request
from serving.monitoring import Metrics
from serving.security import Key
from serving.service import Desk

RUNS = 200
WHOLE = "the whole answer"


def medians(stages: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the median time of each stage [ms], all run in turn."""
    spent: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(RUNS):
        for name, stage in stages.items():
            start = time.perf_counter()
            stage()
            spent[name].append(1000 * (time.perf_counter() - start))
    return {name: median(times) for name, times in spent.items()}


def stages(bundle_path: Path, body: bytes) -> dict[str, Callable[[], Any]]:
    """Return the stages of an answer to a request about one household, by name."""
    bundle, policy = read_bundle(bundle_path), illustrative()
    context = Context(context_tables(bundle.context or {}))  # a service keeps it from request to request
    desk = Desk(Served(bundle, context), policy, Metrics())
    key = Key("benchmark", "", "system", "", backfill=True)
    asked = read_request(body, date.max, backfill=True)
    day, model = np.datetime64(asked.as_of), bundle.model
    names = tuple(dict.fromkeys((*model.features, *LOOKED_AT)))
    own, _ = take(joined(asked.households))
    tables = {**context.tables, **own}
    behind = next(evidence(tables, day, names, context=context))
    vectors, household = behind.vectors, str(behind.vectors.household_id[0])
    score, probability = model.score(vectors), model.probability(vectors)
    given = contributions(model, vectors)
    share = points(model, given, score, probability, np.zeros(len(vectors))).by_concept(0)
    values, phi = as_mapping(names, vectors.X[0]), as_mapping(model.features, given.phi[0])
    around = {name: context.tables[name] for name in ("areas", "lines")}

    def checked() -> object:
        read, breaches = take(joined(asked.households))
        return breaches + check_each(read) + check_across({**around, **read})

    return {
        "JSON alone": lambda: json.loads(body),
        "read": lambda: read_request(body, date.max, backfill=True),
        "check": checked,
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
    times = medians(stages(Path(bundle), Path(request).read_bytes()))
    for name, spent in times.items():
        print(f"{name:30}{spent:8.2f} ms{spent / times[WHOLE]:8.2f} of the whole")


if __name__ == "__main__":
    main(*sys.argv[1:])
