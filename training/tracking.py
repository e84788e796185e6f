"""The other door to MLflow: what a fit was, as a run with its pictures, and its earlier origins inside it."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.pandas_dataset import PandasDataset, from_pandas
from numpy.typing import NDArray

from features.vectors import Vectors
from models.registry import speaking_to
from training.settings import Places

NOTE = "mlflow.note.content"
"""The tag in which MLflow keeps the description of a run or an experiment."""

KIND_OF_EXPERIMENT = {"mlflow.experimentKind": "custom_model_development"}
"""So that MLflow shows an experiment as one of models, not of conversations, without asking."""

TARGET = "outcome"


@dataclass(frozen=True)
class Rows:
    """Rows that a fit learnt from or was judged on, logged as a dataset with our own digest.

    Parameters
    ----------
    name, context : str
        What MLflow calls it, and what it was for.
    vectors, y
    """

    name: str
    context: str
    vectors: Vectors
    y: NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """A run inside another.

    Parameters
    ----------
    name : str
    params, measures, tags : mappings
    """

    name: str
    params: Mapping[str, Any]
    measures: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What is told of a fit.

    Parameters
    ----------
    experiment, name : str
    about : str
        What the experiment is about, Markdown.
    params : mapping
    measures : mapping of name to number
    tags : mapping
    figures : mapping of file name to Figure
    texts : mapping of file name to str
    tables : mapping of file name to columns
    datasets : sequence of Rows
    parts : sequence of Part
        Runs inside it.
    """

    experiment: str
    name: str
    about: str
    params: Mapping[str, Any]
    measures: Mapping[str, float]
    tags: Mapping[str, str]
    figures: Mapping[str, Figure]
    texts: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Sequence[Any]]]
    datasets: Sequence[Rows]
    parts: Sequence[Part] = field(default=())


def log_run(places: Places, run: Run) -> str:
    """Log a run and those inside it; return its id."""
    places.home.mkdir(parents=True, exist_ok=True)
    with speaking_to(places.tracking_uri):
        experiment = _experiment(places, run)
        with mlflow.start_run(experiment_id=experiment, run_name=run.name) as active:
            _log(run.params, run.measures, run.tags)
            for rows in run.datasets:
                mlflow.log_input(_dataset(rows), context=rows.context)
            for name, figure in run.figures.items():
                mlflow.log_figure(figure, name)
            for name, text in run.texts.items():
                mlflow.log_text(text, name)
            for name, columns in run.tables.items():
                _log_table(columns, name)
            for part in run.parts:
                with mlflow.start_run(experiment_id=experiment, run_name=part.name, nested=True):
                    _log(part.params, part.measures, part.tags)
        return str(active.info.run_id)


def describe(places: Places, run_id: str, name: str, version: str, *, text: str, model: str) -> None:
    """Write a text to a run and to the version that it made, and to the model what it is.

    Parameters
    ----------
    places : Places
    run_id, name, version : str
        The run, the registered name and the version.
    text, model : str
        Markdown: of run and version, and of the registered model.
    """
    client = mlflow.MlflowClient(places.tracking_uri, places.tracking_uri)
    client.set_tag(run_id, NOTE, text)
    client.update_model_version(name, version, description=text)
    client.update_registered_model(name, description=model)


def data_sha256(vectors: Vectors, y: NDArray[np.float64]) -> str:
    """Return the hash of the rows learnt from: who, when, what, and what came of it."""
    digest = hashlib.sha256()
    digest.update("\x1f".join(vectors.household_id.tolist()).encode())
    for values in (vectors.as_of, vectors.X, y):
        digest.update(np.ascontiguousarray(values).tobytes())
    for name in vectors.features:
        digest.update(f"{name}={vectors.fingerprints[name]}".encode())
    return digest.hexdigest()


def _experiment(places: Places, run: Run) -> str:
    client = mlflow.MlflowClient(places.tracking_uri)
    found = client.get_experiment_by_name(run.experiment)
    if found is not None:
        return str(found.experiment_id)
    return client.create_experiment(
        run.experiment,
        artifact_location=f"{places.artifacts}/{run.experiment}",
        tags={NOTE: run.about, **KIND_OF_EXPERIMENT},
    )


def _log(params: Mapping[str, Any], measures: Mapping[str, float], tags: Mapping[str, str]) -> None:
    mlflow.log_params(dict(params))
    # MLflow shows figures in the order in which it was told of them.
    told = sorted(measures.items())
    mlflow.log_metrics({name: value for name, value in told if np.isfinite(value)})
    mlflow.set_tags(dict(tags))


def _log_table(columns: Mapping[str, Sequence[Any]], name: str) -> None:
    with warnings.catch_warnings():
        # MLflow asks pandas for columns in a way that pandas will give up one day.
        warnings.filterwarnings("ignore", message=".*select_dtypes", category=DeprecationWarning)
        mlflow.log_table({title: list(cells) for title, cells in columns.items()}, name)


def _dataset(rows: Rows) -> PandasDataset:
    """Return rows as MLflow knows them: their columns by name and their digest, no household and no value."""
    columns = pd.DataFrame(rows.vectors.X, columns=list(rows.vectors.features))
    return from_pandas(
        columns.assign(**{TARGET: rows.y}),
        source=CodeDatasetSource({"mlflow.source.name": "features.vectors"}),
        targets=TARGET,
        name=rows.name,
        digest=data_sha256(rows.vectors, rows.y)[:36],
    )
