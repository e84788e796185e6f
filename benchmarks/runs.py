"""One measured run: a task of one side, alone in a process of its own, on one core."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import DAYS
from benchmarks.made import made
from features import replay

SIDES = ("fangpin", "pandas", "polars", "duckdb")

TASKS = ("one", "twelve", "stages")
"""From the files to the values of one day, of twelve, or of twelve with preparing and every day timed.

A side whose panel can stand tells in its stages too what each further day takes.
"""

ONE_THREAD = (
    "POLARS_MAX_THREADS=1",
    "OMP_NUM_THREADS=1",
    "OPENBLAS_NUM_THREADS=1",
    "NUMEXPR_NUM_THREADS=1",
)

WARM_UP = 200
"""Households on whom a run is tried first, so that what is imported late is there."""


@dataclass(frozen=True)
class Run:
    """What a run took.

    Parameters
    ----------
    whole, wall : float
        Processor time and time by the clock [s], without the starting of Python.
    prepare : float
        Of it, reading and preparing [s]; NaN where the side does all in one.
    days : list of float
        Of it, each as-of day by itself [s].
    further : float
        What a day takes after another one, whose panel stands [s]; NaN of sides that keep none.
    peak, before : int
        Most memory held at once, and what was held before it began [bytes].
    result : int
        Memory of the values returned [bytes].
    """

    whole: float
    wall: float
    prepare: float
    days: list[float]
    further: float
    peak: int
    before: int
    result: int


def run(side: str, task: str, folder: Path) -> Run:
    """Run a task of a side in a fresh process."""
    call = ["env", *ONE_THREAD, sys.executable, "-m", "benchmarks.runs", side, task, str(folder)]
    done = subprocess.run(call, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return Run(**json.loads(done.stdout))


@contextmanager
def as_for_many() -> Iterator[None]:
    """Let few households be read off by what is compiled for many, so that it is there."""
    most, replay.MANY = replay.MANY, 0
    try:
        yield
    finally:
        replay.MANY = most


def keep_to_one_core() -> None:
    """Let this process run on one core only, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _measured(side: str, task: str, folder: Path) -> Run:
    keep_to_one_core()
    work = _work(side, task)
    with as_for_many():
        work(made(folder.parent, WARM_UP))
    before, wall, start = _memory("VmRSS"), time.perf_counter(), time.process_time()
    done = work(folder)
    whole, wall = time.process_time() - start, time.perf_counter() - wall
    result = sum(part.nbytes for part in done.values)
    return Run(whole, wall, done.prepare, list(done.days), done.further, _memory("VmHWM"), before, result)


class Done(NamedTuple):
    """The values, and the times of `Run` that a task tells apart."""

    values: list[NDArray[np.float64]]
    prepare: float = np.nan
    days: Sequence[float] = ()
    further: float = np.nan


Work = Callable[[Path], Done]


def _work(side: str, task: str) -> Work:
    if side == "read":
        importlib.import_module("pyarrow.parquet")
        return _bare_read
    module = importlib.import_module(f"benchmarks.sides.{side}_side")
    days = DAYS[-1:] if task == "one" else DAYS
    if task != "stages" and hasattr(module, "whole"):
        return lambda folder: Done([module.whole(folder, days)])
    return lambda folder: _in_stages(module, folder, days)


def _bare_read(folder: Path) -> Done:
    """Read every column of the files with pyarrow and nothing more."""
    import pyarrow.parquet as pq

    for file in sorted(folder.glob("*.parquet")):
        pq.read_table(file, use_threads=False)
    return Done([])


def _in_stages(module: ModuleType, folder: Path, days: NDArray[np.datetime64]) -> Done:
    start = time.process_time()
    with as_for_many():
        prepared = module.prepare(folder, days)
    told = [time.process_time()]
    values = []
    for as_of in days:
        values.append(module.day(prepared, as_of))
        told.append(time.process_time())
    further = _further(module, prepared, days.size) if hasattr(module, "going_on") else np.nan
    return Done(values, told[0] - start, np.diff(told).tolist(), further)


def _further(module: ModuleType, prepared: object, days: int) -> float:
    """Return what a day takes after another one: all of them in one go, less the first, by their number."""
    told = [time.process_time()]
    for many in (1, days):
        module.going_on(prepared, 0, many)
        told.append(time.process_time())
    first, every = np.diff(told)
    return float(every - first) / (days - 1)


def _memory(which: str) -> int:
    """Return what Linux says of this process; ``ru_maxrss`` would tell the parent's too."""
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(told[which].split()[0]) * 1024


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1], sys.argv[2], Path(sys.argv[3])))))
