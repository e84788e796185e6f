"""What tests of several floors share: an MLflow file that is made once and copied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an MLflow sqlite file with its schema in place."""
    import mlflow

    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow.MlflowClient(tracking_uri=f"sqlite:///{file}").search_experiments()
    return file


os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
