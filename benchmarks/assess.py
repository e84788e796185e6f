"""One household's time through an assessment: check, vector, score, contributions, reasons, and the whole.

Every stage is run in one process on the same household; the table gives medians and each stage's share.
Usage: python benchmarks/assess.py BUNDLE REQUEST.json
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from features.check import accept
from features.policy import illustrative
from features.vectors import build_vectors
from models.assessment import LOOKED_AT, assess
from models.bundle import read_bundle
from models.contributions import contributions, points
from models.reasons import as_mapping, reasons
from serving.facts import joined, read_request

RUNS = 200


def timed(call: Callable[[], Any]) -> float:
    """Return the median time of a call [ms]."""
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        spent.append(1000 * (time.perf_counter() - start))
    return median(spent)


def main(bundle_path: str, request_path: str) -> None:
    """Print the table."""
    bundle, policy = read_bundle(Path(bundle_path)), illustrative()
    asked = read_request(Path(request_path).read_bytes(), date.max, backfill=True)
    raw = {**joined(asked.households), **(bundle.context or {})}
    day, model = np.datetime64(asked.as_of), bundle.model
    names = tuple(dict.fromkeys((*model.features, *LOOKED_AT)))
    tables = accept(raw)
    vectors = build_vectors(tables, day, features=names)
    score, probability = model.score(vectors), model.probability(vectors)
    given = contributions(model, vectors)
    share = points(model, given, score, probability, 0.0).by_concept(0)
    values, phi = as_mapping(names, vectors.X[0]), as_mapping(model.features, given.phi[0])
    household = str(vectors.household_id[0])
    stages: dict[str, Callable[[], Any]] = {
        "check": lambda: accept(raw),
        "vector": lambda: build_vectors(tables, day, features=names),
        "score": lambda: model.probability(vectors),
        "contributions": lambda: contributions(model, vectors),
        "reasons": lambda: reasons(tables, household, day, values, phi, share, policy),
        "assess, without check": lambda: assess(bundle, policy, tables, day, made_at="benchmark"),
    }
    whole = {name: timed(call) for name, call in stages.items()}
    for name, spent in whole.items():
        print(f"{name:24}{spent:8.2f} ms{spent / whole['assess, without check']:8.2f} of assess")


if __name__ == "__main__":
    main(*sys.argv[1:])
