"""The script that MLflow runs to serve a registered bundle (models from code): nothing is unpickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from features.errors import Foreign
from models.bundle import read_bundle

ARTIFACT = "bundle"


class ServedModel(PythonModel):
    """A bundle behind MLflow's pyfunc interface: rows of features in, score and probability out."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read and check the bundle that was logged beside this script."""
        self.model_ = read_bundle(Path(context.artifacts[ARTIFACT])).model

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Raw score and calibrated probability of each row.

        Parameters
        ----------
        context : PythonModelContext
        model_input : DataFrame, shape (rows, features or more)
            A column of numbers for every feature of the model, by id; null where unknown.
        params : dict, optional
            Not used.

        Returns
        -------
        DataFrame, shape (rows, 2 or more)
            ``score``, ``probability`` and, for each shorter horizon, ``probability_6m``, say.

        Raises
        ------
        Foreign
            Where a column is missing: a name that is off must not pass for unknown values.
        """
        model = self.model_
        lacking = [name for name in model.features if name not in model_input.columns]
        if lacking:
            raise Foreign(f"{len(lacking)} features are missing, such as {', '.join(lacking[:5])}")
        X = np.ascontiguousarray(model_input[list(model.features)].to_numpy(dtype=np.float64))
        score = model.score_matrix(X)
        probability = model.calibration.probability(score)
        sooner = {f"probability_{one.months}m": one.probability(score, probability) for one in model.sooner}
        answer = {"score": score, "probability": probability, **sooner}
        return pd.DataFrame(answer, index=model_input.index)


mlflow.models.set_model(ServedModel())
