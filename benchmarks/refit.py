"""One refit of a champion on a million rows: the house's fit beside bare LightGBM on the ready matrix.

The rows are those of a panel, repeated; columns that hold more than whole numbers are moved a little each
time, what is unknown stays unknown. Both fit as many trees of the same size on as many threads; the bare one
has neither sure directions nor the promise of the same bytes.
Usage: python benchmarks/refit.py --panel eph --file PATH [--rows N] [--threads N] [--repeats N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import lightgbm
import numpy as np

from benchmarks.learners import rows_of
from benchmarks.searching import Rows
from features.ledgers import tables_from
from features.vectors import Vectors
from models.risk import DEFAULT_PARAMS
from training.commands.door import told_steps
from training.learning.model import CANDIDATES, fit_trees
from training.panels.benchmark import TARGET
from training.panels.shipped import CUT, known_by

SECONDS, RATIO = 90.0, 1.15
"""What one refit may take on two cores [s], and how much more than bare LightGBM."""

CHAMPION = CANDIDATES[2]
"""The trees that the Argentine panel's years before 2011 choose (docs/learners.md)."""

NOISE = 0.01
"""Standard deviation of what a value is moved by, as a share of it."""


@dataclass(frozen=True)
class Took:
    """Time by the clock and of the processor [s]."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Refits:
    """What the refits took.

    Parameters
    ----------
    rows, columns, threads : int
    house, bare : list of Took
        One a repeat, in turn.
    peak : float
        Most memory that the process held, the matrix included [GB].
    """

    rows: int
    columns: int
    threads: int
    house: list[Took]
    bare: list[Took]
    peak: float

    def ratio(self, kind: str) -> float:
        """Return the median over the repeats of house ÷ bare, by ``clock`` or ``processor``."""
        pairs = zip(self.house, self.bare, strict=True)
        return median(getattr(mine, kind) / getattr(other, kind) for mine, other in pairs)

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        took = {name: [vars(each) for each in getattr(self, name)] for name in ("house", "bare")}
        return {**vars(self), **took, "ratio": {kind: self.ratio(kind) for kind in ("clock", "processor")}}

    def as_text(self) -> str:
        """Give the figures beside their targets."""
        lines = [
            f"{self.rows:,} rows × {self.columns} columns, {self.threads} threads, peak {self.peak:.1f} GB"
        ]
        for name in ("house", "bare"):
            took = getattr(self, name)
            clock, processor = (median(getattr(each, kind) for each in took) for kind in vars(took[0]))
            lines.append(f"{name}: {clock:.1f} s by the clock, {processor:.1f} s of the processor")
        lines.append(
            f"house ÷ bare: {self.ratio('clock'):.3f} by the clock, {self.ratio('processor'):.3f} of the "
            f"processor (targets: {RATIO} and {SECONDS:.0f} s on two free cores)"
        )
        return "\n".join(lines)


def repeated(rows: Rows, count: int, seed: int = 1) -> Rows:
    """Return so many rows: those of a panel again and again, moved a little from the second time on."""
    rng = np.random.default_rng(seed)
    source, vectors = rows.vectors.X, rows.vectors
    moved = np.flatnonzero((source % 1.0 > 0.0).any(axis=0))
    place = np.arange(count) % len(source)
    X = np.empty((count, source.shape[1]))
    for start in range(0, count, len(source)):
        part = X[start : start + len(source)]
        part[:] = source[: len(part)]
        if start:
            part[:, moved] *= 1.0 + NOISE * rng.standard_normal((len(part), moved.size))
    told = (vectors.household_id[place], vectors.as_of[place], vectors.features, X)
    return Rows(
        Vectors(*told, vectors.fingerprints, vectors.area[place]), rows.y[place], rows.outcome_on[place]
    )


def refits(rows: Rows, threads: int, repeats: int) -> Refits:
    """Fit by the house and bare, in turn."""
    params = {**CHAMPION, "num_threads": threads}
    house, bare = [], []
    for _ in range(repeats):
        bare.append(_took(lambda: _bare(rows, params)))
        house.append(_took(lambda: fit_trees(rows.vectors, rows.y, params, TARGET)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return Refits(*rows.vectors.X.shape, threads, house, bare, peak)


def main() -> None:
    """Read the panel, repeat its rows, fit and print."""
    asked, told = _asked(), told_steps()
    tables, _ = tables_from([asked.file] if asked.file else [], asked.panel)
    rows = rows_of(tables, known_by(CUT[asked.panel]), told=told)
    del tables
    told("repeating the rows")
    rows = repeated(rows, asked.rows)
    told("fitting")
    found = refits(rows, asked.threads, asked.repeats)
    told("done")
    print(found.as_text())
    if asked.json:
        asked.json.write_text(json.dumps(found.as_dict(), indent=1) + "\n")


def _bare(rows: Rows, params: dict[str, float | str]) -> str:
    settings = {**DEFAULT_PARAMS, **params, "objective": "binary", "verbosity": -1}
    data = lightgbm.Dataset(rows.vectors.X, label=rows.y, params=settings)
    text: str = lightgbm.train(settings, data).model_to_string()
    return text


def _took(work: Callable[[], object]) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    took = Took(time.perf_counter() - clock, time.process_time() - processor)
    print(f"{took.clock:.1f} s by the clock, {took.processor:.1f} s of the processor", file=sys.stderr)
    return took


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--panel", choices=sorted(CUT), default="eph")
    parser.add_argument("--file", type=Path, help="the panel's file (eph)")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write every measured number to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
