"""The other door to MLflow: what a fit was, with its figures and pictures, as a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.numpy_dataset import from_numpy
from numpy.typing import NDArray

from features.vectors import Vectors
from training.settings import Places


@dataclass(frozen=True)
class Run:
    """What is told of a fit.

    Parameters
    ----------
    experiment : str
    params : mapping
    measures : mapping of name to number
    tags : mapping
    figures : mapping of file name to Figure
    texts : mapping of file name to str
    tables : mapping of file name to mapping of column to sequence
        As MLflow shows tables, each a JSON file.
    vectors, y : the rows learnt from, logged as a dataset with our own digest
    """

    experiment: str
    params: Mapping[str, Any]
    measures: Mapping[str, float]
    tags: Mapping[str, str]
    figures: Mapping[str, Figure]
    texts: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Sequence[object]]]
    vectors: Vectors
    y: NDArray[np.float64]


def log_run(places: Places, run: Run) -> str:
    """Log a run and return its id."""
    places.home.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(places.tracking_uri)
    client = mlflow.MlflowClient(places.tracking_uri)
    found = client.get_experiment_by_name(run.experiment)
    experiment = (
        found.experiment_id
        if found is not None
        else client.create_experiment(
            run.experiment, artifact_location=f"{places.artifacts}/{run.experiment}"
        )
    )
    with mlflow.start_run(experiment_id=experiment) as active:
        mlflow.log_params(dict(run.params))
        mlflow.log_metrics({name: value for name, value in run.measures.items() if np.isfinite(value)})
        mlflow.set_tags(dict(run.tags))
        dataset = from_numpy(
            run.vectors.X,
            source=CodeDatasetSource({"mlflow.source.name": "features.vectors"}),
            targets=run.y,
            name="vectors",
            digest=data_sha256(run.vectors, run.y)[:36],
        )
        mlflow.log_input(dataset, context="training")
        for name, figure in run.figures.items():
            mlflow.log_figure(figure, name)
        for name, text in run.texts.items():
            mlflow.log_text(text, name)
        for name, table in run.tables.items():
            # MLflow looks for pictures among columns of objects, and pandas warns of columns of text there.
            mlflow.log_table(pd.DataFrame(dict(table), dtype=object), name)
        return str(active.info.run_id)


def data_sha256(vectors: Vectors, y: NDArray[np.float64]) -> str:
    """Return the hash of the rows learnt from: who, when, what, and what came of it."""
    digest = hashlib.sha256()
    digest.update("\x1f".join(vectors.household_id.tolist()).encode())
    for values in (vectors.as_of, vectors.X, y):
        digest.update(np.ascontiguousarray(values).tobytes())
    for name in vectors.features:
        digest.update(f"{name}={vectors.fingerprints[name]}".encode())
    return digest.hexdigest()
