"""LightGBM as the house fits it beside other learners: the same vectors, the same rows, the same search.

Every choice is made on earlier origins among the rows learnt from; all are then judged on the last block of
the years that may be looked at. Only `--open-test` judges on the panel's test years instead: that is counted.
Usage: python benchmarks/learners.py --panel eph --file PATH --trials N [--json FILE] [--open-test]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.boosters import LEARNERS
from benchmarks.runs import keep_to_one_core
from benchmarks.searching import Found, Rows, last_block, points, search, search_logistic
from features.contract import Tables
from features.ledgers import tables_from
from training.cohorts.splits import Origin, cut_once
from training.cohorts.targets import Question
from training.commands.door import now, told_steps
from training.learning.preparing import prepare
from training.measures.comparison import Comparison, comparison
from training.measures.printed import aligned, cell
from training.panels.benchmark import OPENINGS, TARGET, count_opening
from training.panels.shipped import CUT, NOT_SHOWN, known_by
from training.settings import places

SEED = 1
RESAMPLES = 1000
JUDGED = ("average_precision", "roc_auc")
LOGISTIC = "logistic"


@dataclass(frozen=True)
class Judged:
    """What was found.

    Parameters
    ----------
    panel, cut : str
    learnt, block : int
        Rows learnt from and rows judged.
    found : mapping of learner to Found
        The house's own first.
    comparison : Comparison
    """

    panel: str
    cut: str
    learnt: int
    block: int
    found: Mapping[str, Found]
    comparison: Comparison

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON, but for the scores of the rows."""
        return {
            "panel": self.panel,
            "cut": self.cut,
            "learnt_from": self.learnt,
            "judged_on": self.block,
            "learners": {
                name: {key: value for key, value in vars(one).items() if key != "scores"}
                for name, one in self.found.items()
            },
            "comparison": self.comparison.as_dict(),
        }

    def as_text(self) -> str:
        """Give the table, the leads of the house's own, and how it stands against the best."""
        lines = [["", "tried", "log loss", "search, s", "one fit, s", "average precision", "ROC-AUC"]]
        leads = [["lead of " + self.comparison.reference, "average precision", "ROC-AUC"]]
        for name, one in self.found.items():
            row = self.comparison.row(name)
            figures = [str(one.trials), f"{one.loss:.5f}", f"{one.search:.0f}", f"{one.fit:.1f}"]
            lines.append([name, *figures, *(cell(row.estimates[each]) for each in JUDGED)])
            if row.lead is not None:
                leads.append([f"over {name}", *(cell(row.lead[each], signed=True) for each in JUDGED)])
        tried = [f"{name}: {json.dumps(one.params)}" for name, one in self.found.items()]
        head = (
            f"{self.panel}: learnt from {self.learnt:,} rows known by {self.cut}, "
            f"judged on {self.block:,} rows after it."
        )
        blocks = [[head], aligned(lines), aligned(leads), [self._standing(each) for each in JUDGED], tried]
        return "\n\n".join("\n".join(block) for block in blocks)

    def _standing(self, measure: str) -> str:
        reference = self.comparison.reference
        others = [self.comparison.row(name) for name in self.found if name != reference]
        best = max(others, key=lambda row: getattr(row.measures, measure) or 0.0)
        lead = (best.lead or {})[measure]
        if lead.low is None or lead.high is None:
            return f"By {measure} no interval can be given."
        beyond = lead.low > 0.0 or lead.high < 0.0
        side = "ahead of" if (lead.value or 0.0) > 0.0 else "behind"
        chance = "beyond chance" if beyond else "not beyond chance"
        return f"By {measure} {reference} is {side} the best other, {best.scorer}: {chance}."


def judge(
    panel: str,
    rows: Rows,
    origin: Origin,
    trials: int,
    *,
    resamples: int = RESAMPLES,
    told: Callable[[str], None] = lambda _: None,
) -> Judged:
    """Search every learner on the rows known by a cut, and judge all on the block after it."""
    known, block = rows.take(origin.train), rows.take(origin.test)
    drawn = points(trials, SEED)
    found = {
        learner.name: search(learner, known, block.vectors, learner.tried(drawn), told)
        for learner in LEARNERS
    }
    found[LOGISTIC] = search_logistic(known, block.vectors, trials)
    compared = comparison(
        block.y,
        {name: one.scores for name, one in found.items()},
        block.vectors.household_id,
        resamples=resamples,
        random_state=SEED,
    )
    return Judged(panel, str(origin.cut), len(known.y), len(block.y), found, compared)


def rows_of(
    tables: Tables, cut: np.datetime64, *, opened: bool = False, told: Callable[[str], None] = lambda _: None
) -> Rows:
    """Return the rows whose outcome was known by a day; the later ones are not even built unless opened."""
    asked = Question(TARGET, until=None if opened else cut)
    _, followed, vectors = prepare(tables, asked, told, until=cut)
    return Rows(vectors, followed.y, followed.outcome_on)


def main() -> None:
    """Read the panel, search, judge and print."""
    asked, told = _asked(), told_steps()
    keep_to_one_core()
    tables, _ = tables_from([asked.file] if asked.file else [], asked.panel)
    cut = known_by(CUT[asked.panel])
    rows = rows_of(tables, cut, opened=asked.open_test, told=told)
    if asked.open_test:
        origin = cut_once(rows.vectors.as_of, rows.outcome_on, cut)
        opening = count_opening(places().home / OPENINGS, asked.panel, cut, now())
        print(f"The test rows have been opened {opening} times here.")
    else:
        origin = last_block(rows)
    judged = judge(asked.panel, rows, origin, asked.trials, told=told)
    print(f"{judged.as_text()}\n\n{NOT_SHOWN[asked.panel]}")
    if asked.json:
        asked.json.write_text(json.dumps(judged.as_dict(), indent=1) + "\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--panel", choices=sorted(CUT), default="eph")
    parser.add_argument("--file", type=Path, help="the panel's file (eph)")
    parser.add_argument("--trials", type=int, default=20, help="points tried of each learner")
    parser.add_argument("--json", type=Path, help="write every measured number to this file")
    parser.add_argument("--open-test", action="store_true", help="judge on the test years; it is counted")
    return parser.parse_args()


if __name__ == "__main__":
    main()
