"""A fit as a run of MLflow, its earlier origins as runs inside it."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from training.by_origin import Block
from training.describing import experiment_described
from training.shown import FIT, KIND, ORIGIN, Shown, as_table, by_measure
from training.tracking import Part, Rows, Run

TEXTS = ("card.md", "card.html")
"""Files of the card that are for people."""


def as_run(
    shown: Shown, figures: Mapping[str, Figure], card: Mapping[str, bytes], tags: Mapping[str, str]
) -> Run:
    """Return everything that is logged of a fit.

    Parameters
    ----------
    shown : Shown
    figures : mapping of file name to Figure
    card : mapping of str to bytes
        The card's files.
    tags : mapping of str to str
    """
    later = shown.learnt.later
    return Run(
        experiment=shown.name,
        name=shown.title,
        about=experiment_described(shown),
        params=shown.params(),
        measures=shown.figures(),
        tags={KIND: FIT, **tags},
        figures=figures,
        texts={
            "comparison.txt": shown.compared.as_text(),
            **{name: card[name].decode() for name in TEXTS},
        },
        tables={"comparison.json": as_table(shown.compared)},
        datasets=(
            Rows("learnt_from", "training", shown.vectors, shown.followed.y),
            Rows("judged_on", "evaluation", shown.vectors.take(later), shown.followed.y[later]),
        ),
        parts=[_part(shown, block, tags) for block in shown.blocks()],
    )


def _part(shown: Shown, block: Block, tags: Mapping[str, str]) -> Part:
    counts = {
        "rows": block.rows,
        "events": block.events,
        "rows_learnt_from": block.learnt_from,
        "events_learnt_from": block.learnt_events,
    }
    days = {"cut": block.cut or "none", "first_day": block.first_day, "last_day": block.last_day}
    return Part(
        name=block.name,
        params={**shown.learnt.params, **days},
        measures={**counts, **by_measure(block.measures)},
        tags={KIND: ORIGIN, "trained_on": tags["trained_on"], "title": tags["title"]},
    )
