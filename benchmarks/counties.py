"""What a model finds of what can be known, over counties drawn from the ranges of the parameters.

Every county is drawn, lived, learnt from and judged alike; features, trees and rules were fixed before.
Judged are sampled households on one day, by their true chances: what an order can expect to find. The
columns: events expected in the sample; then for lists of 2, 5 and 10 % the ceiling's recall, the model's
share of it, and the model's recall against that of the rules fired and of the income margin.
Usage: python benchmarks/counties.py [COUNTIES] [HOUSEHOLDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from features.files import read_tables
from features.vectors import Cohort
from training.beside import baselines
from training.ceiling import CEILING, Ceiling, compare_with_ceiling
from training.county.chances import chances
from training.county.simulate import simulate
from training.learning import CANDIDATES, fit_trees
from training.outcomes import at_risk
from training.preparing import prepare
from training.scorers import Scorers
from training.targets import Question
from training.truth import read_chances

TARGET, DAY, HORIZON = "entry", np.datetime64("2024-06-30"), 12
TREES = CANDIDATES[2]
SAMPLE, FORKS = 1_000, 100
MEASURES = ("recall_at_2", "recall_at_5", "recall_at_10")
BESIDE = ("rules fired", "income margin")


def judged(folder: Path, draw: int, households: int) -> Ceiling:
    """Draw a county, live it, learn from what was known by the day, and judge the day."""
    simulate(folder, households, seed=draw, draw=draw)
    chances(folder, [DAY], sample=SAMPLE, forks=FORKS)
    tables, asked = read_tables(folder), Question(TARGET, HORIZON, DAY)
    dated, followed, vectors = prepare(tables, asked, lambda _: None)
    model = fit_trees(vectors, followed.y, TREES, TARGET, HORIZON)
    rules = {
        name: each.fit(vectors, followed.y, followed.outcome_on)
        for name, each in baselines(TARGET).items()
        if name in BESIDE
    }
    known = read_chances(folder, TARGET, HORIZON)
    if known is None:
        raise SystemExit("no chances")
    seen = at_risk(tables, np.array([DAY]))
    sample = known.take(np.isin(known.household_id, seen.household_id))
    said = Scorers(model, dated, rules, followed.kept).say(Cohort(sample.household_id, sample.as_of))
    return compare_with_ceiling(sample, said, resamples=0)


def main(counties: int, households: int) -> None:
    """Print a row a county, then the median and the worst."""
    rows = []
    heads = ["expected", *("ceiling", "share", "rules", "margin") * len(MEASURES)]
    print("county  " + "  ".join(f"{head:>8}" for head in heads))
    for draw in range(counties):
        with tempfile.TemporaryDirectory() as place:
            seen = judged(Path(place) / "county", draw, households)
        row = [seen.expected]
        for measure in MEASURES:
            value = {name: seen.estimates[name][measure].value or np.nan for name in seen.estimates}
            row += [value[CEILING], value["LightGBM"] / value[CEILING]]
            row += [value["LightGBM"] / value[name] for name in BESIDE]
        rows.append(row)
        print(f"{draw:6}  " + "  ".join(f"{number:8.3f}" for number in row), flush=True)
    table = np.array(rows)
    print("median  " + "  ".join(f"{number:8.3f}" for number in np.nanmedian(table, axis=0)))
    print(" worst  " + "  ".join(f"{number:8.3f}" for number in np.nanmin(table, axis=0)))


if __name__ == "__main__":
    main(*(int(text) for text in (*sys.argv[1:], *("20", "3000")[len(sys.argv) - 1 :])))
