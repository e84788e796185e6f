"""Sixty windowed features by four sides, and one household's vector: time and memory beside their targets.

Every side reads the same Parquet files and must give the same values, or nothing is timed. All run on one
core, each run in a process of its own, the sides in turn; times are of the processor, so that a shared
machine adds little.
Usage: python benchmarks/vectors.py [--households N] [--repeats N] [--quick] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.agreement import differences
from benchmarks.chosen import CHOSEN, DAYS, MONTHS
from benchmarks.household import RUNS, measure
from benchmarks.made import facts_in, made
from benchmarks.report import Measured, page
from benchmarks.runs import SIDES, WARM_UP, Run, keep_to_one_core, run

DATA = Path("build/benchmarks")
SAMPLE = 2_000
"""Households on which the sides are compared before anything is timed."""

QUICK = 10_000


def main() -> None:
    """Compare, time and print the page."""
    asked = _asked()
    keep_to_one_core()
    different = differences(made(DATA, SAMPLE), DAYS[[0, 5, 11]])
    if different:
        raise SystemExit("the sides differ:\n" + "\n".join(different))
    made(DATA, WARM_UP)
    folder = made(DATA, asked.households)
    print(
        f"{len(CHOSEN)} features agree on {SAMPLE} households; timing {asked.households:,} households, "
        f"{MONTHS} months, {facts_in(folder):,} facts",
        file=sys.stderr,
    )
    runs = _runs(folder, asked.repeats)
    found = Measured(asked.households, facts_in(folder), runs, measure(RUNS // 4 if asked.quick else RUNS))
    print(page(found))
    if asked.json:
        asked.json.write_text(json.dumps(asdict(found), indent=1) + "\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} households, two repeats")
    parser.add_argument("--json", type=Path, help="write every measured number to this file")
    asked = parser.parse_args()
    if asked.quick:
        asked.households, asked.repeats = QUICK, 2
    return asked


def _runs(folder: Path, repeats: int) -> dict[str, list[Run]]:
    """Run everything in turn, so often; the sides that prepare apart need no run for that alone."""
    tasks = [
        ("read", "read"),
        *((side, task) for task in ("one", "twelve") for side in SIDES),
        ("fangpin", "stages"),
    ]
    runs: dict[str, list[Run]] = {f"{side} {task}": [] for side, task in tasks}
    for repeat in range(repeats):
        for side, task in tasks:
            done = run(side, task, folder)
            runs[f"{side} {task}"].append(done)
            print(f"{repeat + 1}/{repeats} {side} {task}: {done.whole:.2f} s", file=sys.stderr)
    return runs


if __name__ == "__main__":
    main()
