"""The words of every finding, read from ``findings.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("findings.toml")


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about, in words.

    Parameters
    ----------
    id, subject : str
        Fixed; the subject is the file that finds it.
    zh, en : str
        The title.
    counted_zh, counted : str
        What was counted, of what.
    who, what, which : str
        Who does what about which records, in Chinese.
    tolerance : float
        A share up to here asks for nothing: some of it is in the nature of the thing. Where it is 0, a single
        case is to be looked at.
    weight : {1, 2, 3}
        How much it matters: 3 the answer for the household is wrong or cannot be given, 2 it is less sure,
        1 work is wasted.
    measure : {"share", "ratio"}
        Whether the value is the share of the cases or a ratio that says so itself.
    by : tuple of str
        The parts to name where they are over the tolerance: by table and source, or by grid.
    by_part : bool
        Whether one such part over the tolerance is enough; else the county as a whole is judged.
    means : str
        What it means for the use of the model, in Chinese, where it means anything of its own.
    """

    id: str
    subject: str
    zh: str
    en: str
    counted_zh: str
    counted: str
    who: str
    what: str
    which: str
    tolerance: float = 0.0
    weight: int = 2
    measure: str = "share"
    by: tuple[str, ...] = ()
    by_part: bool = False
    means: str = ""


@cache
def abouts() -> dict[str, About]:
    """Return what each finding is about, by id, in the order of the report."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return {name: About(name, **{**words, "by": tuple(words.get("by", ()))}) for name, words in told.items()}


def about(name: str) -> About:
    """Return what a finding is about."""
    return abouts()[name]
