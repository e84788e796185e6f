"""The baselines that stand beside a model: unfitted, fitted at earlier origins, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.vectors import Vectors
from models.risk import RiskModel
from training.baselines.fifteen import LogisticOfFifteen
from training.baselines.last_cycle import LastCycle
from training.baselines.logistic import LogisticOnVectors
from training.baselines.margin_and_rate import AreaRate, Baseline, IncomeMargin
from training.baselines.rule_points import RulePoints
from training.baselines.rules_fired import RulesFired
from training.baselines.vulnerability import STRUCTURAL, VulnerabilityToPoverty
from training.cohorts.row_weights import repeated
from training.cohorts.targets import AREA_RATE, NEXT_VISIT
from training.cohorts.thinning import shifted
from training.learning.tuning import Sides
from training.measures.evaluation import Scores

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Beside = Mapping[str, Baseline]


@dataclass(frozen=True, eq=False)
class Earlier:
    """What had been learnt at an earlier origin: it has seen nothing that became known later.

    Parameters
    ----------
    learnt_by : datetime64[D]
        The last day whose outcomes were learnt from.
    model : RiskModel
        The chosen trees; their scores order, their probabilities are of no account.
    baselines : mapping of name to Baseline
        Fitted on the same rows.
    """

    learnt_by: np.datetime64
    model: RiskModel
    baselines: Beside


def baselines(target: str = "next_visit") -> dict[str, Baseline]:
    """Return the baselines that stand beside every model of a target, unfitted, the simplest first.

    Income is that of the last known month before the next visit, and of the last twelve months before the
    other targets, whose monthly incomes come with the seasons; the cycle before is the visit before, or the
    year before. The rules of practice stand beside the other targets only: a panel has no warnings, no bills
    of the insurance office and no monthly check.
    """
    visit = target == NEXT_VISIT
    income = "income_to_line_latest" if visit else "income_to_line_12m"
    practice: dict[str, Baseline] = (
        {} if visit else {"rules fired": RulesFired(), "rule points": RulePoints()}
    )
    return {
        "area rate": AreaRate(),
        "income margin": IncomeMargin(income),
        **practice,
        "VEP": VulnerabilityToPoverty(income, (*STRUCTURAL, f"{AREA_RATE}{target}")),
        "last cycle": LastCycle("income_to_line_before" if visit else None),
        "logistic of 15": LogisticOfFifteen(),
        "logistic": LogisticOnVectors(),
    }


def fitted_beside(
    vectors: Vectors,
    y: Floats,
    outcome_on: Days,
    origins: Sequence[Sides],
    *,
    target: str,
    weight: Floats | None = None,
    told: Callable[[str], None],
) -> tuple[dict[str, Baseline], ...]:
    """Fit each baseline on the rows before each earlier origin; return them by origin, then by name.

    Baselines take no weights: they learn from rows as often as these weigh.
    """
    fitted: tuple[dict[str, Baseline], ...] = tuple({} for _ in origins)
    for name in baselines(target):
        told(f"baselines: {name} on earlier origins")
        for at_origin, (train, _) in zip(fitted, origins, strict=True):
            rows = repeated(weight, np.flatnonzero(train))
            at_origin[name] = baselines(target)[name].fit(vectors.take(rows), y[rows], outcome_on[rows])
    return fitted


def said_beside(
    fitted: Sequence[Beside], vectors: Vectors, origins: Sequence[Sides], kept: float
) -> dict[str, Scores]:
    """Return what each baseline says of the later blocks, by what it had learnt before each.

    Parameters
    ----------
    fitted : sequence of mapping of name to Baseline
        By origin.
    vectors : Vectors
        All rows.
    origins : sequence of pairs of masks
        What was learnt from, and the later block.
    kept : float
        Share of the rows without the outcome that were kept.
    """
    blocks = [vectors.take(test) for _, test in origins]
    scores = {}
    for name in fitted[0]:
        told = [(at_origin[name], block) for at_origin, block in zip(fitted, blocks, strict=True)]
        scores[name] = Scores(
            np.concatenate([baseline.score(block) for baseline, block in told]),
            np.concatenate([shifted(baseline.probability(block), kept) for baseline, block in told]),
        )
    return scores


def earlier_of(
    origins: Sequence[Sides], outcome_on: Days, before: Sequence[RiskModel], fitted: Sequence[Beside]
) -> tuple[Earlier, ...]:
    """Return what had been learnt at each origin, and by when."""
    return tuple(
        Earlier(outcome_on[train].max(), model, beside)
        for (train, _), model, beside in zip(origins, before, fitted, strict=True)
    )
