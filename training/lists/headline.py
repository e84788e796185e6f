"""The headline of a fit: monthly lists by what each earlier origin had learnt, and whom they found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Refused
from features.vectors import Cohort, Vectors
from training.cohorts.targets import NEXT_VISIT, Question
from training.learning.beside import Earlier
from training.learning.model import Told
from training.learning.scorers import Scorers, asked, joined
from training.lists.programme import days_to_replay, replayed
from training.lists.programme_table import COUNTED, ProgrammeTable
from training.measures.printed import slug

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]

PLAIN = ("visits", "listed", "suspected", "missed", "lead_months", "per_visit", "stability")
"""What is told of a programme without an interval."""


def headline(
    tables: Tables,
    asked: Question,
    earlier: Sequence[Earlier],
    *,
    resamples: int,
    told: Told = lambda _: None,
) -> ProgrammeTable | None:
    """Replay the monthly lists that would have been made with what was learnt by then.

    Parameters
    ----------
    tables : Tables
        Of one county, with area rates.
    asked : Question
    earlier : sequence of Earlier
        In time.
    resamples : int
        Of villages.
    told : callable
        Told why nothing is replayed, too.

    Returns
    -------
    ProgrammeTable or None
        None where a panel is asked about the next visit, where nobody is monitored, and where of no list
        after an origin it is known yet what it found.

    Notes
    -----
    The list of a month's end is made by the latest origin all of whose outcomes were known by that day: its
    trees and its baselines, on what was known of every household on the day. So no list knows what came after
    it. The trees were chosen by their mean loss over all these origins: that little the choice has seen.
    """
    if asked.target == NEXT_VISIT:
        return None
    try:
        days = listed_on(tables, asked, earlier[0].learnt_by)
    except Refused as refused:
        told(f"lists: none replayed, {refused}")
        return None

    return replayed(
        tables, lambda cohort: said_in_turn(tables, earlier, cohort), days, resamples=resamples, told=told
    )


def listed_on(tables: Tables, asked: Question, learnt_by: np.datetime64) -> Days:
    """Return the month ends of the lists since the first origin had learnt.

    Raises
    ------
    Refused
        Where there are none.
    """
    days, in_sample = days_to_replay(tables, learnt_by, known_by=asked.until)
    if in_sample:
        raise Refused("of no month since the first origin it is known yet what its list found")
    return days


def said_in_turn(tables: Tables, earlier: Sequence[Earlier], cohort: Cohort) -> dict[str, Floats]:
    """Return the scores of each row by the latest origin that had learnt by its day.

    Parameters
    ----------
    tables : Tables
        With area rates.
    earlier : sequence of Earlier
        In time.
    cohort : Cohort
        No day before the first origin had learnt.
    """
    since = np.array([each.learnt_by for each in earlier])
    scorers = [Scorers(each.model, tables, each.baselines) for each in earlier]

    def in_turn(vectors: Vectors) -> dict[str, Floats]:
        turn = np.searchsorted(since, vectors.as_of, side="right") - 1
        turns = np.unique(turn)
        places = [np.flatnonzero(turn == each) for each in turns]
        return joined(
            places,
            [scorers[each].scores(vectors.take(rows)) for each, rows in zip(turns, places, strict=True)],
        )

    return asked(tables, cohort, scorers[0].features, in_turn)


def programme_measures(table: ProgrammeTable) -> dict[str, float]:
    """Return the numbers of a table in one row, each under a name that MLflow takes."""
    measured: dict[str, float] = {}
    for row in table.rows:
        prefix = f"programme.{slug(row.scorer)}"
        told = {name: getattr(row.programme, name) for name in PLAIN}
        for name in COUNTED:
            told |= {f"{name}.{end}": part for end, part in row.counts[name].as_dict().items()}
        measured |= {f"{prefix}.{name}": float(value) for name, value in told.items() if value is not None}
    return measured


def programme_columns(table: ProgrammeTable) -> dict[str, list[object]]:
    """Return the table by columns, a row a scorer, as MLflow shows tables."""
    rows = [{"scorer": row.scorer, **row.programme.as_dict()} for row in table.rows]
    return {name: [row[name] for row in rows] for name in rows[0]}
