"""A county judged by orders that were learnt from other counties: its monthly lists, and its true chances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn import ASKED, TABLES, Made, place_of, read
from benchmarks.searching import Rows
from features.contract import Tables
from features.errors import Refused
from features.vectors import Cohort
from models.risk import RiskModel
from training.baselines.margin_and_rate import Baseline
from training.cohorts.outcomes import at_risk
from training.judging.ceiling import compare_with_ceiling, name_of
from training.judging.chance_lists import by_chances
from training.judging.truth import Chances, read_chances
from training.learning.beside import baselines
from training.learning.model import CANDIDATES, fit_trees
from training.learning.scorers import Scorers
from training.lists.programme import days_to_replay, replayed
from training.measures.evaluation import Scores

Floats = NDArray[np.float64]

TREES = CANDIDATES[2]
"""Fixed before any of the counties was drawn; nothing is chosen by them."""

BESIDE = ("rules fired", "rule points", "income margin", "last cycle", "logistic of 15")
"""The baselines that stand beside; all are learnt from the same rows."""

SHARES = (0.02, 0.05, 0.10)
RECALLS = tuple(f"recall_at_{name_of(share)}" for share in SHARES)
SPENT = ("visits", "found", "unsuspected", "lead_months")

JUDGED = "judged.json"


@dataclass(frozen=True)
class Learnt:
    """What was learnt from some counties.

    Parameters
    ----------
    counties : tuple of int
    entries : int
        Rows with an entry among those learnt from.
    model : RiskModel
    fitted : mapping of name to Baseline
    """

    counties: tuple[int, ...]
    entries: int
    model: RiskModel
    fitted: Mapping[str, Baseline]


@dataclass(frozen=True)
class Judged:
    """One county, judged.

    Parameters
    ----------
    county : int
    learnt_from : tuple of int
        Counties, this one not among them.
    learnt_entries : int
        Rows with an entry that were learnt from.
    entries : int
        Households that a list could have found.
    expected : float
        Entries expected among the rows that are judged by true chances.
    figures : mapping of scorer to mapping of measure to float or None
        Of the ceiling too; `SPENT` of its monthly lists, `RECALLS` by true chances. The ceiling has no lists
        where too few candidates have a known chance.
    """

    county: int
    learnt_from: tuple[int, ...]
    learnt_entries: int
    entries: int
    expected: float
    figures: Mapping[str, Mapping[str, float | None]]


def others(number: int, counties: int, folds: int) -> tuple[int, ...]:
    """Return the counties that are learnt from where one is judged: those of the other folds.

    Examples
    --------
    >>> others(1, counties=6, folds=3)
    (0, 2, 3, 5)
    """
    return tuple(other for other in range(counties) if other % folds != number % folds)


def learn(rows: Rows, counties: Sequence[int], threads: int = 1) -> Learnt:
    """Fit trees and baselines on the rows of some counties."""
    model = fit_trees(rows.vectors, rows.y, {**TREES, "num_threads": threads}, ASKED.target)
    fitted = {
        name: baseline.fit(rows.vectors, rows.y, rows.outcome_on)
        for name, baseline in baselines(ASKED.target).items()
        if name in BESIDE
    }
    return Learnt(tuple(counties), int(rows.y.sum()), model, fitted)


def judge(out: Path, number: int, made: Made, learnt: Learnt) -> Judged:
    """Replay the monthly lists of a county, and measure by its true chances; keep what is found.

    Raises
    ------
    Refused
        Where the county has no chances, or was learnt from.
    """
    if number in learnt.counties:
        raise Refused(f"county {number} was learnt from and cannot be judged as one that was not")
    place = place_of(out, number)
    tables, dated, _ = read(place)
    heard = _Heard(Scorers(learnt.model, dated, learnt.fitted))
    told = read_chances(place / TABLES, ASKED.target, ASKED.horizon_months)
    if told is None:
        raise Refused(f"{place.name} has no true chances of {ASKED.target}")
    days, in_sample = days_to_replay(tables, np.datetime64(made.cut))
    programme = replayed(
        tables, heard.order, days, in_sample=in_sample, also=partial(by_chances, told), resamples=0
    )
    chances = _at_risk(told, tables)
    ceiling = compare_with_ceiling(chances, heard.again(chances), resamples=0)
    spent = {row.scorer: row.programme.as_dict() for row in programme.rows}
    figures = {
        scorer: {name: _plain(spent.get(scorer, {}).get(name)) for name in SPENT}
        | {name: known[name].value for name in RECALLS}
        for scorer, known in ceiling.estimates.items()
    }
    entries = programme.rows[0].programme.entries
    judged = Judged(number, learnt.counties, learnt.entries, entries, ceiling.expected, figures)
    keep(place, judged)
    return judged


def keep(place: Path, judged: Judged) -> None:
    """Write what was found in a county beside it."""
    half = place / f".half-{JUDGED}"
    half.write_text(json.dumps(vars(judged), indent=1) + "\n")
    half.replace(place / JUDGED)


def kept(place: Path, learnt_from: tuple[int, ...]) -> Judged | None:
    """Return what was found before, if it was learnt from the same counties."""
    file = place / JUDGED
    if not file.is_file():
        return None
    told = json.loads(file.read_text())
    judged = Judged(**told | {"learnt_from": tuple(told["learnt_from"])})
    return judged if judged.learnt_from == learnt_from else None


@dataclass
class _Heard:
    """What the scorers said of the candidates of the lists, those at risk among them."""

    scorers: Scorers
    rows: Mapping[tuple[str, object], int] = field(default_factory=dict)
    said: Mapping[str, Scores] = field(default_factory=dict)

    def order(self, cohort: Cohort) -> Mapping[str, Floats]:
        """Ask the scorers, and remember."""
        pairs = zip(cohort.household_id.tolist(), cohort.as_of.tolist(), strict=True)
        self.rows = {pair: row for row, pair in enumerate(pairs)}
        self.said = self.scorers.say(cohort)
        return {name: each.score for name, each in self.said.items()}

    def again(self, chances: Chances) -> dict[str, Scores]:
        """Return what was said of some of them."""
        pairs = zip(chances.household_id.tolist(), chances.as_of.tolist(), strict=True)
        rows = np.array([self.rows[pair] for pair in pairs])
        return {name: each.take(rows) for name, each in self.said.items()}


def _at_risk(chances: Chances, tables: Tables) -> Chances:
    """Return the chances of those who were at risk as known on the day."""
    risk = at_risk(tables, np.unique(chances.as_of))
    pairs = set(zip(risk.household_id.tolist(), risk.as_of.tolist(), strict=True))
    mine = zip(chances.household_id.tolist(), chances.as_of.tolist(), strict=True)
    return chances.take(np.array([pair in pairs for pair in mine], dtype=np.bool_))


def _plain(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
