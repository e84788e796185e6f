"""What a version and every baseline said, row by row, for anyone's own recount."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.cohorts.followed import Followed
from training.judging.truth import Chances
from training.measures.evaluation import MODEL, Scores

KEYS = ["household_id", "as_of"]

Floats = NDArray[np.float64]


def predictions(
    test: Followed,
    said: Mapping[str, Scores],
    learnt_by: np.datetime64 | None,
    chances: Chances | None = None,
    of_chances: Scores | None = None,
) -> pd.DataFrame:
    """Return what was said of every judged row.

    Parameters
    ----------
    test : Followed
        The rows that were judged.
    said : mapping of scorer to Scores
        The version first.
    learnt_by : datetime64[D] or None
        The last day whose outcomes the version learnt from.
    chances : Chances or None
        What is known of the truth.
    of_chances : Scores or None
        What the version says of these rows.

    Returns
    -------
    DataFrame
        By day and household: ``household_id`` (a pseudonym), ``as_of``, ``origin`` (the day by which the
        version had learnt; missing where its card does not tell), ``y``, ``open_clue`` (never: who has one
        is not at risk), ``weight`` (rows that the row stands for), ``score`` and ``probability`` of the
        version, and ``score_rule_points``, say, of each baseline. With chances also ``chance``, and rows
        that were not judged: what is not known of them is missing.
    """
    cohort, model = test.cohort, said[MODEL]
    beside = {
        f"score_{name.replace(' ', '_')}": scores.score for name, scores in said.items() if name != MODEL
    }
    told = _keyed(
        cohort.household_id,
        cohort.as_of,
        y=test.y,
        open_clue=np.zeros(len(test), dtype=np.bool_),
        weight=np.ones(len(test)) if test.weight is None else test.weight,
        score=model.score,
        probability=model.promised,
        **beside,
    )
    if chances is not None and of_chances is not None:
        true = _keyed(
            chances.household_id,
            chances.as_of,
            chance=chances.chance,
            true_score=of_chances.score,
            true_probability=of_chances.promised,
        )
        told = told.merge(true, on=KEYS, how="outer")
        for name in ("score", "probability"):
            told[name] = told[name].fillna(told.pop(f"true_{name}"))
    origin = np.datetime64("NaT") if learnt_by is None else learnt_by.astype("datetime64[s]")
    told.insert(len(KEYS), "origin", np.full(len(told), origin, dtype="datetime64[s]"))
    return told.sort_values(["as_of", "household_id"], ignore_index=True)


def write_predictions(said: pd.DataFrame, out: Path) -> None:
    """Write predictions to a Parquet file, whole or not at all."""
    half = out.with_name(f".{out.name}.half")
    said.to_parquet(half, index=False)
    half.replace(out)


def _keyed(
    household: NDArray[np.str_], as_of: NDArray[np.datetime64], **columns: NDArray[np.generic]
) -> pd.DataFrame:
    named = {"household_id": household.astype(object), "as_of": as_of.astype("datetime64[s]")}
    return pd.DataFrame({**named, **columns})
