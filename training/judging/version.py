"""A registered version judged on a folder of tables: beside the baselines, and beside what can be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Usage
from features.files import read_tables
from features.policy import illustrative
from features.vectors import Cohort, build_vectors
from models.bundle import Bundle
from models.registry import Registry
from models.risk import RiskModel
from training.cohorts.followed import Followed, both_kinds
from training.cohorts.horizon import months_on
from training.cohorts.outcomes import at_risk
from training.cohorts.targets import NEXT_VISIT, Question, columns_for
from training.cohorts.thinning import thinned
from training.fitting.carding import LEARNT_BY
from training.groups.apart import tell_apart
from training.judging.ceiling import Ceiling, compare_with_ceiling
from training.judging.chance_lists import by_chances
from training.judging.coverage import coverage
from training.judging.doubts import doubts
from training.judging.judgement import Judgement
from training.judging.predictions import predictions
from training.judging.truth import Chances, perfect_records, read_chances
from training.learning.beside import baselines
from training.learning.model import Told
from training.learning.preparing import dated_tables, followed_to
from training.learning.scorers import Scorers
from training.lists.candidates import Candidates
from training.lists.programme import ENTRY, Ordered, days_to_replay, replayed
from training.lists.replay import Rules
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import MODEL, Scores
from training.registering.versions import exported
from training.settings import Places

PERFECT = "perfect records"
IN_SAMPLE_MONTHS = 12
"""Where all as-of days were learnt from, those of so many last months are looked at."""


def evaluate(  # noqa: PLR0913 - the words of the command
    version: str,
    folder: Path,
    *,
    name: str,
    places: Places,
    perfect: str | None = None,
    share: float = 0.10,
    resamples: int = 200,
    visits_per_100: float | None = None,
    groups: bool = False,
    helped: bool = False,
    delay: int | None = None,
    told: Told = lambda _: None,
) -> tuple[Judgement, pd.DataFrame]:
    """Judge a registered version on a folder of tables.

    Parameters
    ----------
    version : str
    folder : Path
        Contract tables; where a simulated county keeps chances beside them, the ceiling is measured too.
    name : str
        Registered name.
    places : Places
    perfect : str, optional
        A version fitted on a perfect observer's records of the same households: what it finds is a second,
        lower ceiling.
    share : float
        Of the rows, on the list whose recall and precision are told beside the baselines.
    resamples : int
    visits_per_100 : float, optional
        Visits a month for 100 households: where given, monthly lists under it are replayed too.
    groups : bool
        Whether the version is told apart by groups, kinds of entry and years too.
    helped : bool
        Whether it is judged too as if some of the helped had had the outcome.
    delay : int, optional
        [months] By how much later facts with an assumed day of knowing become known; then judged so too.
    told : callable

    Returns
    -------
    judgement : Judgement
        On all as-of days whose outcome is known and that do not lie before the last day whose outcomes the
        version learnt from; where there is none, in-sample, on those of the last year.
    predictions : DataFrame
        As `training.judging.predictions.predictions`.

    Raises
    ------
    Usage, Refused, Foreign
        Where there is no such version, nobody can be followed, or chances are asked for and not there.

    Notes
    -----
    The baselines are fitted on the rows of the folder whose outcomes were known by the day by which the
    version had learnt; where there are none, or of one kind only, the version stands alone.
    """
    told("reading the version and the tables")
    registry = Registry(places.tracking_uri, places.bundles, name)
    bundle = exported(registry, version)
    asked = Question(bundle.model.target, bundle.model.horizon_months)
    tables = read_tables(folder)
    chances, left_out = _chances(folder, tables, asked)
    observer = None if perfect is None else _observer(exported(registry, perfect), folder, asked, chances)
    learnt_by = learnt_by_of(bundle)
    replay = None if visits_per_100 is None else days_to_replay(tables, learnt_by)
    told("following the households")
    followed = followed_to(tables, asked)
    known, tested, in_sample = sides(followed, learnt_by)
    told("fitting the baselines")
    scorers = _fitted(bundle.model, dated_tables(tables, followed, asked), followed.take(known), asked)
    told("scoring")
    test = followed.take(tested)
    said = scorers.say(test.cohort)
    told("intervals")
    compared = comparison(
        test.y,
        said,
        test.cohort.household_id,
        overlap=asked.overlap,
        share=share,
        resamples=resamples,
        random_state=1,
    )
    ceiling, of_chances = None, None
    if chances is not None:
        told("the ceiling")
        ceiling, of_chances = _ceiling(chances, scorers, observer, resamples)
    intervals = coverage(bundle.model, test, said[MODEL], chances, of_chances, resamples=resamples)
    programme = None
    if visits_per_100 is not None and replay is not None:
        days, seen = replay
        programme = replayed(
            tables,
            scorers.order,
            days,
            in_sample=seen,
            also=_of_entry(folder),
            per_100=visits_per_100,
            resamples=resamples,
            told=told,
        )
    apart = None
    if groups:
        told("groups")
        apart = tell_apart(
            tables, test, said[MODEL], asked, policy=illustrative(), share=share, resamples=resamples
        )
    asked_too = doubts(
        tables,
        test,
        said,
        asked,
        seen=scorers.tables,
        say_from=lambda seen: replace(scorers, tables=seen).say(test.cohort),
        helped=helped,
        delay=delay,
        share=share,
        resamples=resamples,
        told=told,
    )
    judgement = Judgement(
        name=name,
        version=version,
        target=asked.target,
        horizon_months=asked.horizon_months,
        learnt_by=None if learnt_by is None else str(learnt_by),
        in_sample=in_sample,
        days=tuple(np.unique(test.cohort.as_of).astype(str).tolist()),
        comparison=compared,
        sooner=_sooner(bundle.model, test, said[MODEL], share, resamples),
        ceiling=ceiling,
        left_out=left_out,
        programme=programme,
        apart=apart,
        intervals=intervals,
        doubts=asked_too,
    )
    return judgement, predictions(test, said, learnt_by, chances, of_chances)


def _sooner(
    model: RiskModel, test: Followed, said: Scores, share: float, resamples: int
) -> dict[int, Comparison]:
    """Judge the shorter horizons of a version, by months."""
    if test.soon is None:
        return {}
    y, longer = test.soon.astype(np.float64), said.promised
    return {
        each.months: comparison(
            y,
            {MODEL: Scores(said.score, each.probability(said.score, longer))},
            test.cohort.household_id,
            overlap=True,
            share=share,
            resamples=resamples,
            random_state=1,
        )
        for each in model.sooner
    }


def sides(
    followed: Followed, learnt_by: np.datetime64 | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], bool]:
    """Return the rows to fit baselines on, those to judge, and whether the version learnt from the latter.

    Parameters
    ----------
    followed : Followed
    learnt_by : datetime64[D] or None
        The last day whose outcomes a version learnt from; None where that is not known.
    """
    as_of, everything = followed.cohort.as_of, np.ones(len(followed), dtype=np.bool_)
    last_year = as_of > months_on(np.array([as_of.max()]), -IN_SAMPLE_MONTHS)[0]
    if learnt_by is None:
        return everything, last_year, True
    known, later = followed.outcome_on <= learnt_by, as_of >= learnt_by
    return known, later if later.any() else last_year, not later.any()


def learnt_by_of(bundle: Bundle) -> np.datetime64 | None:
    """Return the last day whose outcomes a version learnt from; None where its card does not tell."""
    told = ((bundle.card or {}).get("data") or {}).get(LEARNT_BY)
    return None if told is None else np.datetime64(told, "D")


def _of_entry(folder: Path) -> Callable[[Candidates], Ordered] | None:
    """Return the order of lists by the true chances of entry, where a folder has them."""
    chances = read_chances(folder, ENTRY, Rules.within_months)
    return None if chances is None else partial(by_chances, chances)


def _chances(folder: Path, tables: Tables, asked: Question) -> tuple[Chances | None, int]:
    """Return the chances of households that were at risk as known on the day, and how many were not."""
    chances = read_chances(folder, asked.target, asked.horizon_months)
    if chances is None:
        return None, 0
    risk = at_risk(tables, np.unique(chances.as_of))
    pairs = set(zip(risk.household_id.tolist(), risk.as_of.tolist(), strict=True))
    mine = zip(chances.household_id.tolist(), chances.as_of.tolist(), strict=True)
    kept = np.array([pair in pairs for pair in mine], dtype=np.bool_)
    return chances.take(kept) if kept.any() else None, int((~kept).sum())


def _observer(bundle: Bundle, folder: Path, asked: Question, chances: Chances | None) -> Scorers:
    """Return the model that was fitted on perfect records, with these records."""
    if (bundle.model.target, bundle.model.horizon_months) != (asked.target, asked.horizon_months):
        raise Usage(f"the version on perfect records does not predict {asked.target} of the same horizon")
    if chances is None:
        raise Usage(f"{folder.name} has no chances of {asked.target}: fangpin-train chances makes them")
    tables = read_tables(perfect_records(folder))
    return Scorers(bundle.model, dated_tables(tables, followed_to(tables, asked), asked), {})


def _fitted(model: RiskModel, tables: Tables, known: Followed, asked: Question) -> Scorers:
    """Fit the baselines, where the outcomes are of both kinds."""
    if not both_kinds(known.y):
        return Scorers(model, tables, {})
    rows = known if asked.target == NEXT_VISIT else thinned(known)
    vectors = build_vectors(tables, None, features=columns_for(asked.target), cohort=rows.cohort)
    fitted = {
        name: baseline.fit(vectors, rows.y, rows.outcome_on)
        for name, baseline in baselines(asked.target).items()
    }
    return Scorers(model, tables, fitted, rows.kept)


def _ceiling(
    chances: Chances, scorers: Scorers, observer: Scorers | None, resamples: int
) -> tuple[Ceiling, Scores]:
    cohort = Cohort(chances.household_id, chances.as_of)
    said = scorers.say(cohort)
    seen = {} if observer is None else {PERFECT: observer.say(cohort)[MODEL]}
    ceiling = compare_with_ceiling(chances, {**seen, **said}, resamples=resamples, random_state=1)
    return ceiling, said[MODEL]
