"""A panel of real households: learnt before a day, opened once after it, and every opening counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.vectors import Vectors
from training.cohorts.followed import Followed
from training.cohorts.splits import Origin, cut_once, never_in_train
from training.learning.beside import baselines
from training.learning.model import Told, learn
from training.learning.preparing import prepare
from training.learning.tuning import PLAIN, Plan
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import Scores

TARGET = "next_visit"
OPENINGS = "openings.jsonl"


@dataclass(frozen=True)
class Benchmark:
    """What a panel showed.

    Parameters
    ----------
    panel : str
    train, test, straddling : int
        Rows on either side of the cut, and those in neither.
    base_rate : float
        Share of events in the test rows.
    params : mapping
        The trees that earlier origins chose.
    comparison : Comparison
    opening : int
        How many times the test rows of this panel have been opened here, this time included.
    not_shown : str
        What the panel does not show.
    """

    panel: str
    train: int
    test: int
    straddling: int
    base_rate: float
    params: Mapping[str, float | str]
    comparison: Comparison
    opening: int
    not_shown: str

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {**vars(self), "params": dict(self.params), "comparison": self.comparison.as_dict()}

    def as_text(self) -> str:
        """Give the table as plain text."""
        return (
            f"{self.panel}: learnt from {self.train:,} transitions, tested on {self.test:,} "
            f"({100 * self.base_rate:.1f} % fall); {self.straddling:,} straddle the cut and are in neither.\n"
            f"The test rows have been opened {self.opening} times here.\n\n"
            f"{self.comparison.as_text()}\n\n{self.not_shown}"
        )


def benchmark(  # noqa: PLR0913 - all that makes a benchmark
    tables: Tables,
    *,
    panel: str,
    cut: np.datetime64,
    not_shown: str,
    home: Path,
    at: datetime,
    resamples: int = 1000,
    plan: Plan = PLAIN,
    told: Told = lambda _: None,
) -> Benchmark:
    """Learn from outcomes known by a day, test on households looked at after it.

    Every choice (trees, calibration, the baselines' penalties) is made on earlier origins among
    the rows learnt from.

    Parameters
    ----------
    tables : Tables
    panel : str
    cut : datetime64[D]
        Outcomes known by the end of this day are learnt from.
    not_shown : str
    home : Path
        Where the openings are counted.
    at : datetime
        The door's clock.
    resamples : int
    plan : Plan
        How the trees are chosen.
    told : callable
    """
    _, followed, vectors = prepare(tables, TARGET, told, until=cut)
    origin = cut_once(vectors.as_of, followed.outcome_on, cut)
    known, later = vectors.take(origin.train), vectors.take(origin.test)
    y, outcome_on = followed.y[origin.train], followed.outcome_on[origin.train]
    learnt = learn(known, y, outcome_on, target=TARGET, plan=plan, told=told)
    scores = {"LightGBM": Scores(learnt.model.score(later), learnt.model.probability(later))}
    for name, baseline in baselines().items():
        fitted = baseline.fit(known, y, outcome_on)
        scores[name] = Scores(fitted.score(later), fitted.probability(later))
    opening = count_opening(home / OPENINGS, panel, cut, at)
    told("opening the test rows, with intervals")
    compared = comparison(
        followed.y[origin.test],
        scores,
        later.household_id,
        groups=groups(vectors, followed, origin),
        resamples=resamples,
        random_state=1,
    )
    return Benchmark(
        panel,
        int(origin.train.sum()),
        int(origin.test.sum()),
        int(origin.gap.sum()),
        float(followed.y[origin.test].mean()),
        learnt.params,
        compared,
        opening,
        not_shown,
    )


def groups(vectors: Vectors, followed: Followed, origin: Origin) -> dict[str, NDArray[np.bool_]]:
    """Return the parts of the test rows that are looked at apart; parts without rows are left out."""
    tested = followed.take(origin.test)
    parts = {
        "had left poverty": tested.was_under,
        "never in train": never_in_train(vectors.household_id, origin)[origin.test],
        **{
            f"outcome {months} months on": tested.months_ahead == months
            for months in np.unique(tested.months_ahead).tolist()
        },
        "outcome imputed": tested.outcome_imputed,
        "outcome answered": ~tested.outcome_imputed,
    }
    return {name: mask for name, mask in parts.items() if mask.any() and not mask.all()}


def count_opening(ledger: Path, panel: str, cut: np.datetime64, at: datetime) -> int:
    """Note in the ledger that the test rows are opened; return how often they have been."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"panel": panel, "cut": str(cut), "at": at.isoformat(timespec="seconds")})
    with ledger.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    lines = ledger.read_text(encoding="utf-8").splitlines()
    return sum(json.loads(one)["panel"] == panel for one in lines)
