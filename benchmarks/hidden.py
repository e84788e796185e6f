"""How unlike households of one probability are in truth: the table of `training.learning.spreading.HIDDEN`.

Asked of what a version said of a simulated county with true chances, row by row. First the level is mended,
so that as many are promised as are to be expected; then, near each of some log odds, the 5 % and the 95 %
quantile of the true odds over the promised ones.
Usage: fangpin-train evaluate VERSION COUNTY --predictions FILE, then python benchmarks/hidden.py FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from training.learning.spreading import HIDDEN
from training.measures.reliability import logit

Floats = NDArray[np.float64]

WIDTH = 0.5
"""Log odds to either side that count as near."""


def hidden(
    probability: Floats, chance: Floats, at: tuple[float, ...]
) -> list[tuple[float, int, float, float]]:
    """Return of each log odds: it, rows near by, and both quantiles of true over promised odds."""
    z = logit(probability)
    z = z + brentq(lambda moved: expit(z + moved).sum() - chance.sum(), -10.0, 10.0)
    times = chance / (1.0 - chance) / np.exp(z)
    rows = []
    for knot in at:
        near = np.abs(z - knot) < WIDTH
        least, most = np.quantile(times[near], [0.05, 0.95]) if near.any() else (np.nan, np.nan)
        rows.append((knot, int(near.sum()), float(least), float(most)))
    return rows


def main(file: Path) -> None:
    """Print the table."""
    import pyarrow.parquet as pq

    said = pq.read_table(file, columns=["probability", "chance"])
    probability, chance = (said[name].to_numpy().astype(np.float64) for name in said.column_names)
    known = ~np.isnan(chance)
    at = tuple(sorted({knot for each in HIDDEN.values() for knot in each.at}))
    print("log odds    rows   least    most")
    for knot, rows, least, most in hidden(probability[known], chance[known], at):
        print(f"{knot:8.1f} {rows:7} {least:7.3f} {most:7.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
