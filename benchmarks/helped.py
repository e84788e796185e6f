"""Rows that help reached, treated three ways, and how near each leads to the chances without further help.

Only a simulated county knows these. Learnt from outcomes known by a day, judged on the households at risk
on a later day whose chances lie in truth/; the same settings of the trees each time, calibrated on the later
blocks of earlier origins with the weights of each way.
Usage: python -m benchmarks.helped FOLDER --until DATE --day DATE [--target entry] [--resamples N]
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables, as_day
from features.files import read_tables
from features.vectors import Cohort, Vectors, build_vectors
from models.calibration import fit_calibration
from models.risk import RiskModel
from training.cohorts.followed import Followed
from training.cohorts.outcomes import at_risk
from training.cohorts.row_weights import row_weights
from training.cohorts.targets import Question, columns_for
from training.helped.nearness import gap_to_truth, resampled_rows
from training.helped.treating import Helped, treated
from training.judging.ceiling import expected_measures
from training.learning.model import CANDIDATES, fit_trees, later_rows, origins_of
from training.learning.preparing import prepare
from training.measures.intervals import Estimate
from training.measures.printed import aligned, cell

Floats = NDArray[np.float64]

PARAMS = {**CANDIDATES[3], "num_threads": 1}


def main() -> None:
    """Learn three ways and print how near each comes."""
    asked = _asked()
    question = Question(asked.target, until=as_day(asked.until))
    tables, followed, vectors = prepare(read_tables(asked.folder), question, _told)
    judged, chances = _truth(asked.folder, tables, question, as_day(asked.day))
    counts = resampled_rows(judged.household_id, asked.resamples, 1)
    lines = [
        ["", "rows", "events", "promised / none", "promised / practised", "distance", "AUC", "recall 10 %"]
    ]
    for how in get_args(Helped):
        rows, part, treatment = treated(tables, followed, vectors, question, how)
        _told(how if treatment is None else treatment.as_text())
        p = _learnt(rows, part, asked.target).probability(judged)
        lines.append([how, f"{len(rows)}", f"{rows.y.sum():.0f}", *_near(p, chances, counts)])
    print("\n".join(aligned(lines)))
    print(f"{len(judged)} rows; mean chance {chances['none'].mean():.4f} without help, "
          f"{chances['practised'].mean():.4f} with")  # fmt: skip


def _near(p: Floats, chances: dict[str, Floats], counts: Floats) -> list[str]:
    """Return how near probabilities come to the chances, and how well they order those without help."""
    said = np.repeat(p[:, None], counts.shape[1], axis=1)
    found = expected_measures(p, chances["none"], counts[:, :1])
    ratios = [cell(gap_to_truth(said, chances[kind], counts).ratio) for kind in ("none", "practised")]
    distance = float(np.sqrt(((p - chances["none"]) ** 2).mean()))
    order = [cell(Estimate(float(found[name][0]))) for name in ("roc_auc", "recall_at_10")]
    return [*ratios, f"{distance:.4f}", *order]


def _learnt(followed: Followed, vectors: Vectors, target: str) -> RiskModel:
    """Fit the trees on all rows and calibrate them on later ones, with the weights of the rows."""
    weights = row_weights(vectors, followed.stands_for)
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    raw = []
    for train, test in origins:
        part = fit_trees(vectors.take(train), followed.y[train], PARAMS, target, weights=weights)
        raw.append(part.score(vectors.take(test)))
    rows, origin = later_rows(origins)
    weight = None if weights is None else weights.of(vectors.take(rows))
    calibration = fit_calibration(np.concatenate(raw), followed.y[rows], weight=weight, origin=origin)
    level = calibration.intercept + math.log(followed.kept)
    model = fit_trees(vectors, followed.y, PARAMS, target, weights=weights)
    return replace(model, calibration=replace(calibration, intercept=level))


def _truth(
    folder: Path, tables: Tables, question: Question, day: np.datetime64
) -> tuple[Vectors, dict[str, Floats]]:
    """Return those at risk as known on a day, and their chances with and without further help."""
    import pandas as pd

    told = pd.read_parquet(folder / "truth" / "chances.parquet")
    told = told[(told["target"] == question.target) & (told["horizon_months"] == question.horizon_months)]
    told = told[told["as_of"].astype(str) == str(day)]
    chance = told.pivot_table("chance", "household_id", "help")
    known = at_risk(tables, np.array([day])).household_id
    chance = chance[np.isin(chance.index.to_numpy().astype(np.str_), known)]
    ids = chance.index.to_numpy().astype(np.str_)
    cohort = Cohort(ids, np.full(ids.size, day))
    vectors = build_vectors(tables, None, features=columns_for(question.target), cohort=cohort)
    return vectors, {kind: chance[kind].to_numpy() for kind in ("none", "practised")}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until", required=True)
    parser.add_argument("--day", required=True)
    parser.add_argument("--target", default="entry")
    parser.add_argument("--resamples", type=int, default=200)
    return parser.parse_args()


def _told(step: str) -> None:
    print(step, file=sys.stderr)


if __name__ == "__main__":
    main()
