"""Versions: registered with card, context and golden households in their bundle, and read back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from features.contract import Tables
from features.definitions import FEATURES
from features.intake import plain
from features.policy import Policy
from features.tables import CONTEXT_TABLES
from features.vectors import Vectors
from models.bundle import Bundle, Origin, read_bundle, write_bundle
from models.golden import golden_answers
from models.registry import Registry
from models.risk import RiskModel
from training.registering.parity import Parity, parity


def certified(model: RiskModel, origin: Origin, policy: Policy, tables: Tables, vectors: Vectors) -> Parity:
    """Assess some of the households learnt from, one by one, in a batch and in parts, as of the last day."""
    with tempfile.TemporaryDirectory() as folder:
        write_bundle(Path(folder) / "draft", model, origin, {})
        draft = read_bundle(Path(folder) / "draft")
        return parity(draft, policy, tables, vectors.household_id, vectors.as_of.max())


def registered(
    registry: Registry,
    model: RiskModel,
    origin: Origin,
    card: Mapping[str, bytes],
    *,
    tables: Tables,
    policy: Policy,
    run_id: str,
    tags: Mapping[str, str],
) -> str:
    """Write the bundle of a model and register it under the run that made it; return the version.

    Parameters
    ----------
    registry : Registry
    model : RiskModel
    origin : Origin
    card : mapping of str to bytes
        The card's files.
    tables, policy
        What it was learnt from, and under which policy.
    run_id : str
    tags : mapping of str to str
        Of the version, beside those that say what the bundle is.
    """
    files = {**card, "context.json": _json(context_of(tables, model.features))}
    with tempfile.TemporaryDirectory() as folder:
        draft, whole = Path(folder) / "draft", Path(folder) / "bundle"
        write_bundle(draft, model, origin, files)
        golden = golden_answers(read_bundle(draft), policy)
        write_bundle(whole, model, origin, {**files, "golden.json": _json(golden)})
        return registry.register(whole, run_id, tags=tags)


def exported(registry: Registry, version: str) -> Bundle:
    """Read the bundle of a version; ``Usage`` where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        return registry.export(version, Path(folder) / "bundle")


def context_of(tables: Tables, features: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
    """Return the context tables that the features read, as plain values: as a request would give them."""
    read = {"areas", "lines", "area_rates"}.union(*(FEATURES[feature].tables for feature in features))
    kept = [name for name in CONTEXT_TABLES if name in read and name in tables]
    return {name: plain(CONTEXT_TABLES[name], tables[name]) for name in kept}


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
