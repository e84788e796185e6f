"""The bundle of a registered version."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.bundle import Bundle
from models.registry import Registry


def exported(registry: Registry, version: str) -> Bundle:
    """Read the bundle of a version; ``Usage`` where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        return registry.export(version, Path(folder) / "bundle")
