"""Twenty counties with known truth, each judged by what was learnt from others: beside rules and ceiling.

Every county is drawn from the ranges of its numbers (`--draw`), by a seed of its own, and lived; its true
chances are found by living on. The counties are dealt into folds. Trees, rule points and the other baselines
learn from the counties of the other folds, and only from what was known by the cut; they are judged on the
months after it, in a county that they never saw. All of it is simulated.
What is made or judged is kept under `--out` and not done again: the work may be ended and taken up at will.
Usage: python benchmarks/counties.py [--counties N] [--folds N] [--households N] [--out DIR]
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from benchmarks.drawn import Made, keep_settings, make, place_of, read_rows
from benchmarks.together import together
from benchmarks.unseen import Judged, judge, kept, learn, others
from features.errors import Usage
from training.commands.door import told_steps
from training.learning.model import Told

NICE = 15
"""Other work on the machine goes first."""

FEWEST_FOLDS = 2

FIGURES = "counties.json"
"""Every measured number, in the folder of the work."""


def run(
    out: Path, made: Made, *, counties: int, folds: int, threads: int = 1, told: Told = lambda _: None
) -> list[Judged]:
    """Make the counties that are not there yet, then judge each by what is learnt from the other folds.

    Parameters
    ----------
    out : Path
        Where everything is kept.
    made : Made
    counties, folds : int
        How many, and into how many parts they are dealt.
    threads : int
        Of one fit.
    told : callable

    Raises
    ------
    Usage
        Where a fold would be empty, or the folder holds counties that were made otherwise.
    """
    if not FEWEST_FOLDS <= folds <= counties:
        raise Usage(
            f"{counties} counties cannot be dealt into {folds} folds of which each learns from others"
        )
    keep_settings(out, made)
    for number in range(counties):
        make(out, number, made, told)
    judged = {}
    for fold in range(folds):
        learnt_from = others(fold, counties, folds)
        mine = range(fold, counties, folds)
        found = {number: kept(place_of(out, number), learnt_from) for number in mine}
        if None in found.values():
            told(f"fold {fold + 1} of {folds}: learning from {len(learnt_from)} counties")
            learnt = learn(read_rows(out, learnt_from), learnt_from, threads)
            for number in [number for number, each in found.items() if each is None]:
                told(f"county {number}: judged by what was learnt from others")
                found[number] = judge(out, number, made, learnt)
        judged |= found
    return [each for _, each in sorted(judged.items()) if each is not None]


def main() -> None:
    """Make, learn, judge and print."""
    asked = _asked()
    os.nice(max(0, NICE - os.nice(0)))
    made = Made(asked.households, asked.start, asked.months, asked.cut, asked.forks, asked.learnt)
    judged = run(
        asked.out, made, counties=asked.counties, folds=asked.folds, threads=asked.threads, told=told_steps()
    )
    found = together(judged)
    print(found.as_text())
    written = json.dumps({"made": vars(made), **found.as_dict()}, indent=1)
    (asked.out / FIGURES).write_text(written + "\n")


def _asked() -> argparse.Namespace:
    default = Made()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("build/counties"), help="where all work is kept")
    parser.add_argument("--counties", type=int, default=20)
    parser.add_argument(
        "--folds", type=int, default=4, help="as many fits; each judges its part of the counties"
    )
    parser.add_argument("--households", type=int, default=default.households, help="of each county")
    parser.add_argument("--start", default=default.start, help="first told month")
    parser.add_argument("--months", type=int, default=default.months, help="months told")
    parser.add_argument("--cut", default=default.cut, help="last day whose outcomes are learnt from")
    parser.add_argument(
        "--forks", type=int, default=default.forks, help="lives on, for the true chances; even"
    )
    parser.add_argument(
        "--learnt", type=float, default=default.learnt, help="share of the rows without entry"
    )
    parser.add_argument("--threads", type=int, default=1, help="of one fit")
    return parser.parse_args()


if __name__ == "__main__":
    main()
