"""The panels of real households that the house knows by name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from features.errors import Usage
from features.ledgers import tables_from
from training.learning.model import Told
from training.learning.tuning import PLAIN, Plan
from training.panels.benchmark import Benchmark, benchmark

CUT = {"eph": np.datetime64("2010-12-31"), "rwm5yr": np.datetime64("1986-12-31")}
"""Last day of the visits whose outcomes are learnt from."""

NOT_SHOWN = {
    "eph": (
        "Not shown: rural China. These are urban Argentine households, the line is relative (60 % of the "
        "quarter's median), the outcome near (3 to 12 months), a fifth of the incomes imputed by the office, "
        "and nobody was helped because of a score. Fuente: INDEC, EPH."
    ),
    "rwm5yr": (
        "Not shown: rural China, households or monthly life. These are German persons of 1984-88 with a "
        "yearly household income as given, without household size; there is little headroom over the income."
    ),
}


def run_panel(
    name: str,
    file: Path | None,
    train_until: np.datetime64 | None,
    *,
    home: Path,
    at: datetime,
    resamples: int,
    plan: Plan = PLAIN,
    told: Told,
) -> Benchmark:
    """Import a panel and run its benchmark; parameters as for `training.panels.benchmark.benchmark`.

    Raises
    ------
    Usage
        Where the panel is not known, or its file is not given.
    """
    if name not in CUT:
        raise Usage(f"no such panel: {name}; known are {', '.join(CUT)}")
    if name == "eph" and file is None:
        raise Usage("panel eph needs --file: the survey's file is not shipped")
    told("importing")
    tables, _ = tables_from([] if file is None else [file], name)
    visited_by = CUT[name] if train_until is None else train_until
    return benchmark(
        tables,
        panel=name,
        cut=known_by(visited_by),
        not_shown=NOT_SHOWN[name],
        home=home,
        at=at,
        resamples=resamples,
        plan=plan,
        told=told,
    )


def known_by(day: np.datetime64) -> np.datetime64:
    """Return the last day of the month after: a visit's facts are known one month later."""
    month_after_next = day.astype("datetime64[M]") + 2
    last: np.datetime64 = month_after_next.astype("datetime64[D]") - 1
    return last
