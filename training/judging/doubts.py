"""What a sceptic asks: had the helped fallen, had facts come later, had the lot chosen whom to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from features.contract import Tables
from training.cohorts.followed import Followed
from training.cohorts.targets import Question
from training.helped.band import Band, band
from training.helped.explored import Explored, explored
from training.helped.rows import helped_rows
from training.judging.delayed import Delayed, delayed, known_later
from training.learning.model import Told
from training.measures.evaluation import Scores

NEED = "need"
"""The target that is found where somebody looks."""


@dataclass(frozen=True)
class Doubts:
    """The answers, each None where it was not asked for or cannot be told.

    Parameters
    ----------
    band : Band or None
        Measures where some of the helped would have had the outcome.
    delayed : Delayed or None
        Measures where facts with an assumed day of knowing became known later.
    explored : Explored or None
        Measures on rows that were checked by lot.
    """

    band: Band | None = None
    delayed: Delayed | None = None
    explored: Explored | None = None

    def as_dict(self) -> dict[str, object]:
        """Give those that there are, by name, ready for JSON."""
        named = {"helped": self.band, "delayed": self.delayed, "explored": self.explored}
        return {name: each.as_dict() for name, each in named.items() if each is not None}

    def blocks(self) -> list[str]:
        """Give those that there are as plain text."""
        return [each.as_text() for each in (self.band, self.delayed, self.explored) if each is not None]


UNASKED = Doubts()
"""Nothing was asked."""


def doubts(  # noqa: PLR0913 - all that is asked about
    tables: Tables,
    test: Followed,
    said: Mapping[str, Scores],
    asked: Question,
    *,
    seen: Tables,
    say_from: Callable[[Tables], Mapping[str, Scores]],
    helped: bool,
    delay: int | None,
    share: float,
    resamples: int,
    told: Told,
) -> Doubts:
    """Answer what is asked.

    Parameters
    ----------
    tables : Tables
    test : Followed
        The rows that are judged.
    said : mapping of name to Scores
        What is said of them, the model first.
    asked : Question
    seen : Tables
        From which that was said: with area rates.
    say_from : callable
        Says the same from other tables.
    helped : bool
    delay : int or None
        [months]
    share, resamples
        As in `training.measures.comparison.comparison`.
    told : callable
    """
    household = test.cohort.household_id
    of_help, later, by_lot = None, None, None
    if helped:
        told("the helped")
        before = helped_rows(tables, test, asked).before
        of_help = band(test.y, said, household, before, share=share, resamples=resamples)
    if delay is not None:
        told(f"assumed days of knowing, {delay} months later")
        moved_tables, moved = known_later(seen, delay)
        again = say_from(moved_tables) if moved else {}
        later = delayed(
            test.y, said, again, household, months=delay, moved=moved, share=share, resamples=resamples
        )
    if asked.target == NEED:
        by_lot = explored(
            tables,
            test.cohort,
            test.y,
            said,
            horizon_months=asked.horizon_months,
            share=share,
            resamples=resamples,
        )
    return Doubts(of_help, later, by_lot)
