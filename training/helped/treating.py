"""What is done with rows that help reached before their outcome: taken as recorded, left out, weighed up."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args

import numpy as np

from features.contract import Tables
from features.errors import Usage
from features.vectors import Vectors
from training.cohorts.followed import Followed
from training.cohorts.row_weights import effective_rows
from training.cohorts.targets import Question
from training.helped.propensity import chance_of_help, inverse_weights
from training.helped.rows import HelpedRows, helped_rows

Helped = Literal["recorded", "left-out", "weighted"]
"""*recorded*: with the outcome that was recorded, as if there had been no help. *left-out*: not learnt from,
whatever was recorded after the help. *weighted*: the same, and those without help stand for them too."""

RECORDED: Helped = "recorded"

MOST = 20.0
"""A row without help stands for no more than so many (Cole and Hernán 2008: single rows must not decide)."""


@dataclass(frozen=True)
class Treatment:
    """What was done with rows that help reached before their outcome.

    Parameters
    ----------
    how : {"left-out", "weighted"}
    helped, helped_with_outcome : int
        Rows that were left out, and those of them in which the outcome came all the same.
    rows, with_outcome : int
        Rows that were kept.
    most : float or None
        Where weights were cut off, before they were brought to a mean of one; None without weights.
    cut_off : int
        Rows whose weight was.
    effective : float
        As how many rows of equal weight the kept ones tell.
    effective_with_outcome : float
        The same of those with the outcome.
    """

    how: Helped
    helped: int
    helped_with_outcome: int
    rows: int
    with_outcome: int
    most: float | None
    cut_off: int
    effective: float
    effective_with_outcome: float

    def as_dict(self) -> dict[str, object]:
        """Give the numbers by name, ready for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Give it in two sentences."""
        left = (
            f"helped before their outcome: {self.helped:,} rows, {self.helped_with_outcome:,} with the "
            f"outcome all the same; they are left out, {self.rows:,} stay, {self.with_outcome:,} with it"
        )
        if self.most is None:
            return left
        return (
            f"{left}\nthese stand for the others too, by one over the chance of no help, at most "
            f"{self.most:g} ({self.cut_off:,} rows cut off): as much as {self.effective:,.0f} rows of equal "
            f"weight, {self.effective_with_outcome:,.0f} with the outcome"
        )


def check_helped(how: str) -> None:
    """Refuse a way that is not known.

    Raises
    ------
    Usage
    """
    if how not in get_args(Helped):
        raise Usage(f"helped rows can be {', '.join(get_args(Helped))}, not {how!r}")


def treated(
    tables: Tables, followed: Followed, vectors: Vectors, asked: Question, how: Helped
) -> tuple[Followed, Vectors, Treatment | None]:
    """Treat the rows that help reached before their outcome.

    Parameters
    ----------
    tables : Tables
    followed : Followed
    vectors : Vectors
        Of the same rows.
    asked : Question
    how : {"recorded", "left-out", "weighted"}

    Returns
    -------
    followed, vectors
        The rows to learn from.
    treatment : Treatment or None
        None where rows are as recorded.

    Raises
    ------
    Refused
        Where all rows were helped, or none.
    """
    if how == RECORDED:
        return followed, vectors, None
    return without_helped(followed, vectors, helped_rows(tables, followed, asked), weigh=how == "weighted")


def without_helped(
    followed: Followed, vectors: Vectors, helped: HelpedRows, *, weigh: bool, most: float = MOST
) -> tuple[Followed, Vectors, Treatment]:
    """Leave out the rows that help reached before their outcome, and let the others stand for them.

    Parameters
    ----------
    followed, vectors
    helped : HelpedRows
        Of the same rows.
    weigh : bool
        Whether the others stand for them; then `Followed.stands_for` is of a mean of one.
    most : float
        Where weights are cut off.

    Notes
    -----
    Rows are left out by what happened before the outcome alone, never by the outcome: leaving out the helped
    without it only would make the rest look worse than all are. Who had the outcome early had less time to be
    helped and stays in more often; so leaving out alone over-states a risk that comes on a day. The weights
    undo that: a row stands for ``(1 - e) ** -s`` rows, e its chance of help within the horizon and s the
    share of the horizon until its outcome, which takes help to come evenly over the horizon.

    References
    ----------
    Robins and Finkelstein (2000), Correcting for noncompliance and dependent censoring in an AIDS clinical
    trial with inverse probability of censoring weighted log-rank tests, Biometrics 56: 779-788.
    """
    kept = np.flatnonzero(~helped.before)
    weight, cut_off = np.ones(kept.size), 0
    if weigh:
        known = helped.before | (helped.exposed == 1.0)
        none = ((1.0 - chance_of_help(vectors, helped.before, known)) ** helped.exposed)[kept]
        weight, cut_off = inverse_weights(1.0 - none, most), int((none < 1.0 / most).sum())
    rest = replace(followed.take(kept), stands_for=weight / weight.mean() if weigh else None)
    came = rest.y == 1.0
    treatment = Treatment(
        how="weighted" if weigh else "left-out",
        helped=int(helped.before.sum()),
        helped_with_outcome=int(followed.y[helped.before].sum()),
        rows=len(rest),
        with_outcome=int(came.sum()),
        most=most if weigh else None,
        cut_off=cut_off,
        effective=effective_rows(weight),
        effective_with_outcome=effective_rows(weight[came]) if came.any() else 0.0,
    )
    return rest, vectors.take(kept), treatment
