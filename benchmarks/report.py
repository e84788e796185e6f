"""What was measured, as a page: the table of the sides, one household, and each target met or not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.chosen import MONTHS
from benchmarks.household import Spent
from benchmarks.runs import SIDES, Run

FLAT = 1.25
"""Memory of twelve days over memory of one, values returned apart, up to which it is called flat."""

ANCHOR = (
    "Second anchor, from another machine and not run here: triage-pg, docs/featurizer-scale.md (M5 Max, "
    "PostgreSQL 16), 100,000 entities, 3 M visits, 12 dates, 33 columns in 76.1 s."
)


@dataclass(frozen=True)
class Measured:
    """All runs, by side and task, and one household's times."""

    households: int
    facts: int
    runs: dict[str, list[Run]]
    household: Spent


@dataclass(frozen=True)
class Target:
    """A figure and the bound it was to keep below."""

    what: str
    bound: float
    median: float
    least: float

    def row(self) -> str:
        """Return the row of the table."""
        met = "met" if self.median <= self.bound else "not met"
        cells = (
            self.what,
            f"{self.bound:g}",
            f"{self.median:.3g}",
            f"{self.least:.3g}",
            f"{met}, by {self._by()}",
        )
        return f"| {' | '.join(cells)} |"

    def _by(self) -> str:
        apart = self.bound / self.median
        return f"{max(apart, 1 / apart):.3g}×"


Times = Sequence[float]


def page(found: Measured) -> str:
    """Return the page in Markdown."""
    targets = _table(
        ("target", "at most", "median", "least", ""), [target.row() for target in _targets(found)]
    )
    sides = _table(_HEADS, [_side(found, side) for side in SIDES])
    return "\n".join((_head(found), "", *sides, "", *targets, "", _one(found.household), "", ANCHOR))


_HEADS = (
    "",
    "read and prepare, s",
    "a day, s",
    "÷ pandas",
    "a further day, s",
    "÷ pandas",
    "1 day in all, s",
    "12 days in all, s",
    "÷ pandas",
    "peak 1 day, MB",
    "peak 12 days, MB",
    "bytes a household-month, 1 / 12 days",
)


def _head(found: Measured) -> str:
    return (
        f"{found.households:,} households × {MONTHS} months, {found.facts:,} facts; medians of "
        f"{len(found.runs['read read'])} runs; bare read of the columns {median(_read(found)):.2f} s."
    )


def _one(spent: Spent) -> str:
    return (
        f"One household, {spent.facts} facts, whole catalogue, median: {spent.with_checks:.2f} ms with "
        f"checks, {spent.without_checks:.2f} ms without; beside it, reading its JSON takes "
        f"{spent.parsing:.3f} ms, an empty vector {spent.nothing:.4f} ms."
    )


def _table(heads: Sequence[str], rows: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows]


def _side(found: Measured, side: str) -> str:
    one, twelve = found.runs[f"{side} one"], found.runs[f"{side} twelve"]
    day, further, pandas_day = (
        median(times) for times in (_days(found, side), _further(found, side), _days(found, "pandas"))
    )
    whole, pandas_whole = median(_whole(twelve)), median(_whole(found.runs["pandas twelve"]))
    cells = (
        side,
        f"{median(_prepare(found, side)):.2f}",
        f"{day:.3f}",
        f"{day / pandas_day:.3g}",
        f"{further:.3f}",
        f"{further / pandas_day:.3g}",
        f"{median(_whole(one)):.2f}",
        f"{whole:.2f}",
        f"{whole / pandas_whole:.3g}",
        f"{median(run.peak for run in one) / 1e6:,.0f}",
        f"{median(run.peak for run in twelve) / 1e6:,.0f}",
        " / ".join(f"{_held(found, runs):,.0f}" for runs in (one, twelve)),
    )
    return f"| {' | '.join(cells)} |"


def _targets(found: Measured) -> list[Target]:
    runs, one = found.runs, found.household
    others = [_whole(runs[f"{side} twelve"]) for side in SIDES if side != "fangpin"]
    ours = _whole(runs["fangpin twelve"])
    flat = _held(found, runs["fangpin twelve"]) / _held(found, runs["fangpin one"])
    return [
        _ratio(
            "a day of a panel that stands ÷ pandas", 0.1, _further(found, "fangpin"), _days(found, "pandas")
        ),
        _ratio(
            "a day, its panel filled for it, ÷ pandas", 0.1, _days(found, "fangpin"), _days(found, "pandas")
        ),
        _ratio("twelve days in all ÷ one day in all", 2, ours, _whole(runs["fangpin one"])),
        _over_best("twelve days in all ÷ the best of the others", 0.2, ours, others),
        _ratio("read and build ÷ bare read", 8, _prepare(found, "fangpin"), _read(found)),
        Target("one household with checks, ms", 1.5, one.with_checks, one.with_checks),
        Target("one household with checks, ms, aim", 1.0, one.with_checks, one.with_checks),
        Target("one household without checks, ms", 0.5, one.without_checks, one.without_checks),
        Target("memory of twelve days ÷ of one, values returned apart", FLAT, flat, flat),
    ]


def _ratio(what: str, bound: float, over: Times, under: Times) -> Target:
    return Target(what, bound, median(over) / median(under), min(over) / min(under))


def _over_best(what: str, bound: float, over: Times, others: Sequence[Times]) -> Target:
    def against(summary: Callable[[Times], float]) -> float:
        return summary(over) / min(summary(times) for times in others)

    return Target(what, bound, against(median), against(min))


def _stages(found: Measured, side: str) -> list[Run]:
    return found.runs.get(f"{side} stages") or found.runs[f"{side} twelve"]


def _days(found: Measured, side: str) -> list[float]:
    return [day for run in _stages(found, side) for day in run.days]


def _further(found: Measured, side: str) -> list[float]:
    """Return what a day takes after another one; of a side whose panel never stands what any day takes."""
    further = [run.further for run in _stages(found, side) if not math.isnan(run.further)]
    return further or _days(found, side)


def _prepare(found: Measured, side: str) -> list[float]:
    return [run.prepare for run in _stages(found, side)]


def _read(found: Measured) -> list[float]:
    return _whole(found.runs["read read"])


def _whole(runs: Sequence[Run]) -> list[float]:
    return [run.whole for run in runs]


def _held(found: Measured, runs: Sequence[Run]) -> float:
    """Return the memory of a run beyond the imports and the values returned [bytes a household-month]."""
    return median(run.peak - run.before - run.result for run in runs) / (found.households * MONTHS)
