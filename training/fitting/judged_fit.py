"""What a fit has come to before it is told to anybody, and under which names MLflow shows its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.vectors import Vectors
from models.bundle import TrainedOn
from training.cohorts.followed import Followed
from training.cohorts.targets import Question, registered_name
from training.helped.treating import Treatment
from training.learning.by_origin import Block, blocks_of, measures_of
from training.learning.model import Learnt
from training.lists.headline import programme_measures
from training.lists.programme_table import ProgrammeTable
from training.measures.comparison import COLUMNS, Comparison
from training.measures.evaluation import MODEL
from training.measures.printed import slug
from training.registering.gates import Gate

TOLD = (*COLUMNS, "expected_over_observed")
"""Measures that are figures of a run; the table holds the intervals of all scorers."""

KIND = "kind"
FIT, ORIGIN = "fit", "earlier origin"
"""Kinds of run, so that fits can be listed without their origins: ``tags.kind = 'fit'``."""


@dataclass(frozen=True)
class JudgedFit:
    """A fit that has been judged.

    Parameters
    ----------
    title : str
        What the data is.
    trained_on : {"real", "benchmark", "simulated"}
    asked : Question
    vectors, followed
        The rows learnt from, and what came of them.
    learnt : Learnt
    compared : Comparison
        The model and every baseline on the later blocks of earlier origins.
    gates : tuple of Gate
    programme : ProgrammeTable or None
        What monthly lists by each scorer would have found, where there is a ledger of monitoring.
    treatment : Treatment or None
        What was done with rows that help reached; None where they are as recorded.
    """

    title: str
    trained_on: TrainedOn
    asked: Question
    vectors: Vectors
    followed: Followed
    learnt: Learnt
    compared: Comparison
    gates: tuple[Gate, ...]
    programme: ProgrammeTable | None = None
    treatment: Treatment | None = None

    @property
    def name(self) -> str:
        """The name under which it is registered, and that of its experiment."""
        return registered_name(self.asked.target)

    def params(self) -> dict[str, float | str]:
        """Return what the trees are, and what they are of."""
        return {
            **self.learnt.params,
            "bags": self.learnt.bags,
            "target": self.asked.target,
            "horizon_months": self.asked.horizon_months,
            "features": len(self.vectors.features),
            "rows": len(self.vectors),
            **({} if self.treatment is None else {"helped": self.treatment.how}),
        }

    def figures(self) -> dict[str, float]:
        """Return all measures, with the ends of the model's intervals, its stability and its lists."""
        judged = self.followed.take(self.learnt.later)
        told = {
            scorer: measures_of(judged, scores, self.compared.share)
            for scorer, scores in self.learnt.scores.items()
        }
        steady = self.learnt.stability
        return (
            by_measure(told)
            | _intervals(self.compared)
            | ({} if steady is None else steady.measures())
            | ({} if self.programme is None else programme_measures(self.programme))
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return what was shown on each earlier origin."""
        return blocks_of(self.vectors, self.followed, self.learnt, share=self.compared.share)


def by_measure(told: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return measures of scorers under names that stand together by measure.

    Examples
    --------
    >>> by_measure({"LightGBM": {"brier": 0.1}, "area rate": {"brier": 0.2}})
    {'brier/lightgbm': 0.1, 'brier/area_rate': 0.2}
    """
    return {
        f"{measure}/{slug(scorer)}": value
        for scorer, measures in told.items()
        for measure, value in measures.items()
    }


def as_table(compared: Comparison) -> dict[str, list[str | float | None]]:
    """Return every measure of every scorer, its interval and the model's lead, as columns of a table."""
    columns: dict[str, list[str | float | None]] = {
        name: [] for name in ("measure", "scorer", "value", "low", "high", "lead", "lead_low", "lead_high")
    }
    for measure in compared.rows[0].estimates:
        for row in compared.rows:
            found, lead = row.estimates[measure], (row.lead or {}).get(measure)
            ahead = (None,) * 3 if lead is None else (lead.value, lead.low, lead.high)
            line = (measure, row.scorer, found.value, found.low, found.high, *ahead)
            for name, cell in zip(columns, line, strict=True):
                columns[name].append(cell)
    return columns


def _intervals(compared: Comparison) -> dict[str, float]:
    figures: dict[str, float] = {}
    for row in compared.rows:
        for measure in TOLD:
            found = row.estimates[measure]
            parts = {"": found.value}
            if row.scorer == MODEL:
                parts |= {".low": found.low, ".high": found.high}
            figures |= {
                f"{measure}/{slug(row.scorer)}{end}": value
                for end, value in parts.items()
                if value is not None
            }
    return figures
