"""What a fit is expected to take, and what each of its stages took: by the clock of the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from features.contract import Tables
from features.errors import Refused
from features.vectors import Vectors
from training.cohorts.followed import Followed
from training.cohorts.targets import NEXT_VISIT, Question
from training.learning.beside import baselines
from training.learning.model import CANDIDATES, Told, fit_trees, origins_of
from training.learning.preparing import VECTORS
from training.learning.tuning import Budget, Plan
from training.lists.headline import listed_on

Clock = Callable[[], float]

AIM = 15
"""[minutes] What a county's fit should take, on two cores."""

BESIDE = 1.5
"""What all baselines take at an origin, in fits of the first trees there: roughly, as on a simulated county
(docs/gates.md), as are the next three."""

REST = 6.0
"""What all that is neither fitted nor listed takes, in fits of the first trees at the first origin."""

SCORERS = 2.0
"""How long all scorers take over a row, in what the first trees take."""

LISTED = 0.2
"""How long the vector of a listed row takes, in what one learnt from took: the neighbours of a household are
listed with it, on all its days."""

SHAKEN = 4
"""Fits at the last origin to measure stability."""

SECONDS = 60.0


@dataclass
class Watch:
    """Tells each step on, and adds up what the stages took.

    Parameters
    ----------
    clock : callable
        [s]
    told : callable

    Notes
    -----
    A step is told as ``stage: step``, or as a stage alone. It lasts until the next.
    """

    clock: Clock
    told: Told
    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str | None = None
    _since: float = 0.0

    def __call__(self, step: str) -> None:
        """Tell a step, and begin it."""
        self.stop()
        self._stage, self._since = step.split(":", maxsplit=1)[0], self.clock()
        self.told(step)

    def stop(self) -> None:
        """End the step that is going on."""
        if self._stage is not None:
            lasted = self.clock() - self._since
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + lasted
        self._stage = None

    def minutes(self) -> dict[str, float]:
        """Return what each stage took, in the order in which they began."""
        return {stage: seconds / SECONDS for stage, seconds in self.seconds.items()}


@dataclass(frozen=True)
class Expected:
    """What will be fitted, and what that is expected to take.

    Parameters
    ----------
    fitted : str
        In words.
    minutes : mapping of stage to float
    """

    fitted: str
    minutes: Mapping[str, float]

    def as_text(self) -> str:
        """Give it in a line."""
        return f"{self.fitted}; expected: {in_words(self.minutes)}; aimed at are {AIM}"


def in_words(minutes: Mapping[str, float]) -> str:
    """Give minutes in all, then by stage.

    Examples
    --------
    >>> in_words({"trees": 4.04, "lists": 1.5})
    '5.5 minutes (trees 4.0, lists 1.5)'
    """
    by_stage = ", ".join(f"{stage} {each:.1f}" for stage, each in minutes.items())
    return f"{sum(minutes.values()):.1f} minutes ({by_stage})"


def expected(
    watch: Watch,
    tables: Tables | None,
    vectors: Vectors,
    followed: Followed,
    asked: Question,
    plan: Plan,
    with_placebo: bool,
) -> Expected:
    """Fit the first known trees at the first earlier origin, and tell from that what the whole will take.

    Parameters
    ----------
    watch : Watch
        Which has seen what the vectors took.
    tables : Tables or None
        Of which monthly lists are replayed, if of any.
    vectors, followed
        The rows to learn from.
    asked : Question
    plan : Plan
    with_placebo : bool

    Notes
    -----
    A fit takes as long as it has rows and trees. A search is counted in the first known trees: what it gives
    up early makes it shorter.
    """
    origins = origins_of(vectors, followed.y, followed.outcome_on)
    rows = np.array([train.sum() for train, _ in origins], dtype=np.float64)
    train, later = origins[0]
    own = vectors.take(train), followed.y[train]
    watch("pilot: one fit, to tell how long all will take")
    start = watch.clock()
    pilot = fit_trees(*own, CANDIDATES[0], asked.target, asked.horizon_months, bags=plan.bags)
    once = watch.clock() - start
    pilot.score(vectors.take(later))
    scored = (watch.clock() - start - once) / later.sum()
    listed = _listed(tables, asked, followed.outcome_on[train].max())
    everywhere, seen = rows.sum() / rows[0], watch.seconds.get(VECTORS, 0.0) / len(vectors)
    seconds = {
        "trees": _search(plan.budget, once * everywhere) + once * len(vectors) / rows[0],
        "baselines": once * BESIDE * everywhere,
        "stability": once * SHAKEN * rows[-1] / rows[0] if plan.stability else 0.0,
        "lists": listed * (LISTED * seen + SCORERS * scored),
        "placebo": once * everywhere if with_placebo else 0.0,
        "rest": once * REST,
    }
    words = _words(plan, len(origins), asked)
    return Expected(words, {stage: each / SECONDS for stage, each in seconds.items() if each})


def _listed(tables: Tables | None, asked: Question, learnt_by: np.datetime64) -> int:
    """Return how many rows the monthly lists have at most: all households, every month."""
    if tables is None or asked.target == NEXT_VISIT:
        return 0
    try:
        days = listed_on(tables, asked, learnt_by)
    except Refused:
        return 0
    return int(days.size * np.unique(tables["households"]["household_id"]).size)


def _search(budget: Budget | None, once: float) -> float:
    """Return what trying trees takes, where the first known ones take so long at all origins."""
    if budget is not None:
        tried = once * budget.trials
        return once + (tried if budget.minutes is None else min(tried, SECONDS * budget.minutes))
    sizes = [float(each["num_iterations"]) for each in CANDIDATES]
    return once * sum(sizes) / sizes[0]


def _words(plan: Plan, origins: int, asked: Question) -> str:
    tried = f"{len(CANDIDATES)} known trees" if plan.budget is None else plan.budget.as_text()
    beside = len(baselines(asked.target))
    return f"budget: {tried} at {origins} earlier origins, bags: {plan.bags}; {beside} baselines at each"
