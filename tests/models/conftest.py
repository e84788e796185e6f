"""Drawn households, a small model of them, and a registry of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from features.vectors import Vectors
from models.bundle import Origin, write_bundle
from models.risk import RiskModel, fit_risk_model

IDS = ("income_margin", "medical_share", "worked_months", "visit_age")
CONCEPTS = {
    "income_margin": "income",
    "medical_share": "medical",
    "worked_months": "work",
    "visit_age": "income",
}
MONOTONE = {"income_margin": -1, "medical_share": 1}

Draw = Callable[..., tuple[Vectors, np.ndarray]]


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw households whose outcome depends on three of four features, a tenth of the values unknown."""

    def households(rows: int = 3000, random_state: int = 0) -> tuple[Vectors, np.ndarray]:
        rng = np.random.default_rng(random_state)
        X = rng.normal(size=(rows, len(IDS)))
        f = -1.5 - X[:, 0] + 0.8 * X[:, 1] - 0.5 * X[:, 0] * X[:, 2]
        y = (rng.random(rows) < 1 / (1 + np.exp(-f))).astype(np.float64)
        X[rng.random(X.shape) < 0.1] = np.nan
        return _vectors(X), y

    return households


@pytest.fixture(scope="session")
def model(draw: Draw) -> RiskModel:
    """Return a small model, calibrated on other households than it was fitted on."""
    vectors, y = draw()
    return fit_risk_model(
        vectors,
        y,
        target="next_visit",
        horizon_months=12,
        concepts=CONCEPTS,
        monotone=MONOTONE,
        params={"num_iterations": 60, "learning_rate": 0.1},
        calibration=draw(random_state=1),
    )


@pytest.fixture
def make_bundle(model: RiskModel, tmp_path: Path) -> Callable[..., Path]:
    """Write a bundle of the small model or of another; bundles of other ``made`` differ."""

    def write(
        made: str = "first", name: str = "fangpin", folder: str = "bundle", model: RiskModel = model
    ) -> Path:
        path = tmp_path / f"{folder}-{made}"
        origin = Origin(
            trained_on="simulated", areas=("520000000000",), created={"data_sha256": made}, name=name
        )
        write_bundle(path, model, origin, {"policy.json": b"{}\n", "context.json": b'{"area_rates": []}\n'})
        return path

    return write


@pytest.fixture
def tracking_uri(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return an MLflow of the test's own, its artifacts beside it; nothing leaves the machine."""
    import mlflow

    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    shutil.copy(migrated, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    former = mlflow.get_tracking_uri()
    yield uri
    mlflow.set_tracking_uri(former)


@pytest.fixture
def run_id(tracking_uri: str, tmp_path: Path) -> str:
    """Return a run to which a model can be logged."""
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=tracking_uri)
    experiment = client.create_experiment("fit", artifact_location=(tmp_path / "artifacts").as_uri())
    return client.create_run(experiment).info.run_id


def _vectors(X: np.ndarray) -> Vectors:
    rows = len(X)
    return Vectors(
        household_id=np.array([f"h{row}" for row in range(rows)], dtype=np.str_),
        as_of=np.full(rows, np.datetime64("2026-06-30", "D")),
        features=IDS,
        X=X,
        fingerprints={name: f"meaning of {name}" for name in IDS},
        area=np.full(rows, "520000000000"),
    )
