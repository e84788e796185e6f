"""A small model of a made-up panel, its bundle, and a request about a made-up household."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from features.definitions import FEATURES
from features.policy import illustrative
from features.vectors import build_vectors
from models.bundle import Origin, read_bundle, sign_bundle, write_bundle
from models.golden import golden_answers
from models.risk import RiskModel, fit_risk_model
from tests.made import made_panel

AS_OF = "2025-06-30"
IDS = ("income_to_line_latest", "income_age", "days_since_visit", "people", "self_paid_medical_12m")
CONTEXT: dict[str, list[dict[str, Any]]] = {
    "areas": [
        {
            "record_id": f"a-{area}",
            "area": area,
            "parent": parent,
            "occurred_on": "2020-01-01",
            "known_on": "2020-01-01",
        }
        for area, parent in (("county", None), ("north", "county"), ("south", "county"))
    ],
    "lines": [
        {
            "record_id": "l",
            "area": "county",
            "occurred_on": "2020-01-01",
            "known_on": "2020-01-01",
            "valid_from": "2020-01-01",
            "amount": 1000.0,
            "basis": "per_head",
            "period": "month",
            "currency": "CNY",
        }
    ],
}


def small_model(random_state: int = 0) -> RiskModel:
    """Fit a few trees on made-up households and an outcome drawn from their income."""
    vectors = build_vectors(
        made_panel(120), np.datetime64(AS_OF), features=[name for name in IDS if name in FEATURES]
    )
    rng = np.random.default_rng(random_state)
    income = np.nan_to_num(vectors.column("income_to_line_latest"), nan=1.0)
    return fit_risk_model(
        vectors,
        rng.random(len(vectors)) < 1 / (1 + np.exp(2 * income - 2)),
        target="next_visit",
        horizon_months=12,
        concepts={name: FEATURES[name].concept for name in vectors.features},
        params={"num_iterations": 20, "min_data_in_leaf": 10},
    )


def write_champion(
    bundles: Path,
    model: RiskModel,
    version: str = "1",
    trained_on: Any = "benchmark",
    *,
    golden: bool = True,
    key: Ed25519PrivateKey | None = None,
) -> Path:
    """Write a bundle of a model, signed where there is a key, and point the champion link at it."""
    folder = bundles / f"fangpin-{version}"
    origin = Origin(trained_on, ("county",), {"made": version, "base_rate": "0.1"})
    files = {"context.json": json.dumps(CONTEXT).encode()}
    draft = bundles / f".draft-{version}"
    write_bundle(draft, model, origin, files)
    if golden:
        files["golden.json"] = json.dumps(golden_answers(read_bundle(draft), illustrative())).encode()
    write_bundle(folder, model, origin, files)
    if key is not None:
        sign_bundle(read_bundle(folder), key)
    link = bundles / ".champion.new"
    link.symlink_to(folder.name)
    link.replace(bundles / "champion")
    return folder


def household(name: str = "h1", **more: Any) -> dict[str, Any]:
    """Return a household with two incomes, its people and a visit."""
    known = {"known_on": "2025-05-02"}
    income = {
        "occurred_on": "2025-04-30",
        "kind": "total",
        "account": "visit",
        "part_of_total": False,
        **known,
    }
    return {
        "household_id": name,
        "area": "north",
        "origin": "exited",
        "incomes": [
            {"record_id": f"{name}-i1", **income, "amount": 2400.0},
            {"record_id": f"{name}-i2", **income, "occurred_on": "2024-10-31", "amount": 4200.5},
        ],
        "compositions": [
            {"record_id": f"{name}-c", "occurred_on": "2025-04-30", "people": 3, "earners": 1, **known}
        ],
        "visits": [{"record_id": f"{name}-v", "occurred_on": "2025-04-30", "purpose": "round", **known}],
        **more,
    }
