"""A fit as a run of MLflow, its earlier origins as runs inside it."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from training.fitting.describing import experiment_described
from training.fitting.judged_fit import FIT, KIND, ORIGIN, JudgedFit, as_table, by_measure
from training.learning.by_origin import Block
from training.lists.headline import programme_columns
from training.tracking import Part, Rows, Run

TEXTS = ("card.md", "card.html")
"""Files of the card that are for people."""


def as_run(
    fit: JudgedFit, figures: Mapping[str, Figure], card: Mapping[str, bytes], tags: Mapping[str, str]
) -> Run:
    """Return everything that is logged of a fit.

    Parameters
    ----------
    fit : JudgedFit
    figures : mapping of file name to Figure
    card : mapping of str to bytes
        The card's files.
    tags : mapping of str to str
    """
    later, programme = fit.learnt.later, fit.programme
    return Run(
        experiment=fit.name,
        name=fit.title,
        about=experiment_described(fit),
        params=fit.params(),
        measures=fit.figures(),
        tags={KIND: FIT, **tags},
        figures=figures,
        texts={
            "comparison.txt": fit.compared.as_text(),
            **{name: card[name].decode() for name in TEXTS},
            **({} if programme is None else {"programme.txt": programme.as_text()}),
        },
        tables={
            "comparison.json": as_table(fit.compared),
            **({} if programme is None else {"programme.json": programme_columns(programme)}),
        },
        datasets=(
            Rows("learnt_from", "training", fit.vectors, fit.followed.y),
            Rows("judged_on", "evaluation", fit.vectors.take(later), fit.followed.y[later]),
        ),
        parts=[_part(fit, block, tags) for block in fit.blocks()],
    )


def _part(fit: JudgedFit, block: Block, tags: Mapping[str, str]) -> Part:
    counts = {
        "rows": block.rows,
        "events": block.events,
        "rows_learnt_from": block.learnt_from,
        "events_learnt_from": block.learnt_events,
    }
    days = {"cut": block.cut or "none", "first_day": block.first_day, "last_day": block.last_day}
    return Part(
        name=block.name,
        params={**fit.learnt.params, **days},
        measures={**counts, **by_measure(block.measures)},
        tags={KIND: ORIGIN, "trained_on": tags["trained_on"], "title": tags["title"]},
    )
