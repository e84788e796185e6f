"""What a feature is: an expression with everything that must be known to read, check and say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from features.readings import Reading, Window

Concept = Literal[
    "income", "work", "medical", "schooling", "people", "living", "shocks", "support", "area", "data_age"
]
Unit = Literal[
    "line", "share", "yuan", "months", "days", "persons", "times", "hours", "rooms", "grade", "flag", "month"
]


Direction = Literal[-1, 0, 1]
"""The sign of an effect on risk where the domain is sure of it, else 0."""


@dataclass(frozen=True, slots=True)
class Say:
    """How people say a value; an empty text is never said.

    Parameters
    ----------
    zh, en : str
        With ``{value}``; what stands in brackets, with ``{before}``, is said where there is an earlier
        figure to compare.
    zh_none, en_none : str
        For the value 0 (of a flag: no).
    """

    zh: str = ""
    en: str = ""
    zh_none: str = ""
    en_none: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the household vector. Its id is for ever: another meaning gets another id.

    Parameters
    ----------
    id : str
        ASCII snake_case.
    concept : str
        The group in which its contribution is told.
    reading : Reading
        The expression that gives the value.
    unit : str
        ``"line"`` is in multiples of the household's income line.
    direction : {-1, 0, 1}
        The sign of its effect on risk where the domain is sure of it, else 0.
    en, zh : str
        The meaning.
    say : Say
        The phrases for people.
    before : Reading, optional
        The figure to compare with (from–to).
    """

    id: str
    concept: Concept
    reading: Reading
    unit: Unit
    direction: Direction
    en: str
    zh: str
    say: Say = Say()
    before: Reading | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the expression: the same wherever the value is the same."""
        return self.reading.fingerprint

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the value is read from."""
        own = {channel.table for channel in self.reading.channels()}
        return tuple(sorted(own | set(self.reading.context())))

    @property
    def window(self) -> Window | None:
        """The widest window of the expression; None where it has none."""
        return max(self.reading.windows(), default=None)
