"""On which day to ask about a household of a story: when the office had just come to know what happened."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from training.county.stories import Story
from training.county.timeline import Line

NEWS = {
    "ill_wife": ("serious illness",),
    "unsold_oranges": ("produce unsold", "produce hard to sell"),
    "ill_earner": ("serious illness",),
    "flooded_village": ("disaster", "damage seen"),
}
"""What the line says by which a story becomes known; the other story has none."""


def telling_day(story: Story, lines: Iterable[Line]) -> np.datetime64:
    """Return the last day of the month after the one in which the story became known.

    Parameters
    ----------
    story : Story
    lines : iterable of Line
        What became known of its household, in that order.

    Returns
    -------
    datetime64[D]
        Where it never became known, the last day of the month in which it happened.
    """
    news = NEWS.get(story.name, ())
    for line in lines:
        month = line.known_on.astype("datetime64[M]")
        if month >= story.turned and any(word in line.words for word in news):
            return _last_day(month + 1)
    return _last_day(story.turned)


def _last_day(month: np.datetime64) -> np.datetime64:
    last: np.datetime64 = (month + 1).astype("datetime64[D]") - 1
    return last
