"""The gates: what a candidate must have shown before it may serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from features.errors import Refused
from training.lists.listed import Part
from training.measures.comparison import Comparison, ComparisonRow
from training.measures.evaluation import MODEL, POSITIVES_NEEDED, leak_suspected
from training.measures.intervals import Estimate
from training.measures.printed import cell
from training.measures.stability import SEED, SHORT, Stability
from training.registering.parity import Parity

NOT_SIMPLE = frozenset({MODEL, "logistic"})
"""Scorers that are no simple baseline: they see the whole catalogue."""

SLOPE = (0.8, 1.25)
"""Between which the slope of calibration must be able to lie.

A forecast that is too sure of itself misleads whoever reads it, however well it orders (Van Calster et al.
2019, Calibration: the Achilles heel of predictive analytics); a quarter either way is reasoned.
"""

PROMISED = (0.8, 1.25)
"""Between which events promised over events that came must be able to lie: reasoned, as for the slope."""

FOUR_FIFTHS = 0.8
"""Of the recall among all others that a group must be able to reach.

The four-fifths rule for selection rates (Uniform Guidelines on Employee Selection Procedures 1978, 29 CFR
1607.4 D), asked of those who had the outcome (equality of opportunity: Hardt, Price and Srebro 2016), whose
rates may differ from group to group for good reason.
"""

KEPT = 0.7
"""Share of the short list that another seed must leave on it.

Reasoned: in a simulated county one bag keeps .83 of it and four keep .90 (`training.learning.tuning.Plan`);
under it a third of the visits would go by lot.
"""

CHANCE = 0.5
"""ROC-AUC of an order by lot."""

AT_CAPACITY = "recall_at_top"
OVER_OTHERS = "over_others"
GATES = "gates"


@dataclass(frozen=True)
class Gate:
    """One gate.

    Parameters
    ----------
    name : str
    holds : bool or None
        None where it cannot be judged.
    says : str
        What was found, in words.
    """

    name: str
    holds: bool | None
    says: str

    @property
    def word(self) -> str:
        """Say whether it holds, in a word or three."""
        return {True: "holds", False: "fails", None: "cannot be judged"}[self.holds]


def gates_of(
    compared: Comparison,
    same: Parity,
    *,
    groups: Sequence[Part] = (),
    stability: Stability | None = None,
    placebo: Estimate | None = None,
) -> tuple[Gate, ...]:
    """Return the gates of a candidate.

    Parameters
    ----------
    compared : Comparison
        The candidate beside every baseline, on rows that it had not seen.
    same : Parity
    groups : sequence of Part
        What its list holds and misses of each group of people.
    stability : Stability, optional
        What small changes of the fit do, where that was measured.
    placebo : Estimate, optional
        ROC-AUC on outcomes dealt out anew, where it was tried.
    """
    shown = compared.row(MODEL)
    leak = leak_suspected(shown.measures)
    asked = [
        Gate("enough outcomes", *_enough(shown)),
        Gate("ahead of the simple baselines", *_ahead(compared)),
        Gate("calibration", *_calibrated(shown)),
        Gate("no leak suspected", None if leak.holds is None else not leak.holds, leak.reason),
        Gate("groups found alike", *_alike(groups)),
        Gate("one, many and parted the same", *_certified(same)),
    ]
    if stability is not None:
        asked.append(Gate("list under another seed", *_steady(stability)))
    if placebo is not None:
        asked.append(Gate("placebo", *_nothing_found(placebo)))
    return tuple(asked)


def as_mappings(gates: Sequence[Gate]) -> list[dict[str, Any]]:
    """Return gates as a card holds them."""
    return [asdict(gate) for gate in gates]


def from_mappings(told: Sequence[Mapping[str, Any]]) -> list[Gate]:
    """Return gates that a card holds."""
    return [Gate(str(each["name"]), each["holds"], str(each["says"])) for each in told]


def as_lines(gates: Sequence[Gate]) -> list[str]:
    """Return gates as lines to print."""
    return [f"{gate.word:16}  {gate.name}: {gate.says.removeprefix(f'{gate.word}: ')}" for gate in gates]


def as_tags(gates: Sequence[Gate]) -> dict[str, str]:
    """Return gates as tags, whose names hold no comma."""
    return {f"gate.{gate.name.replace(',', '')}": gate.word for gate in gates}


def admitted(card: Mapping[str, Any] | None, *, lenient: bool) -> dict[str, str]:
    """Return what the gates said of a version that may serve.

    Parameters
    ----------
    card : mapping or None
        The version's card.
    lenient : bool
        Whether what cannot be judged is let through: in a demonstration, and of versions with which no real
        household is assessed.

    Raises
    ------
    Refused
        With every gate that keeps it from serving.
    """
    told = (card or {}).get(GATES) or []
    gates = from_mappings(told)
    if not gates:
        gates = [Gate("gates", None, "the card tells of none")]
    closed = [gate for gate in gates if gate.holds is False or (gate.holds is None and not lenient)]
    if closed:
        raise Refused(
            "not promoted, what serves stays:\n" + "\n".join(f"  {line}" for line in as_lines(closed))
        )
    return {gate.name: gate.word for gate in gates}


def _enough(shown: ComparisonRow) -> tuple[bool | None, str]:
    refused = shown.measures.why_not_judged
    hit = shown.measures.households_hit
    counted = shown.measures.positives if hit is None else hit
    return (True, f"{counted} with the outcome") if refused is None else (None, refused)


def _ahead(compared: Comparison) -> tuple[bool | None, str]:
    """Hold the candidate against the simple baseline that finds most at capacity: paired, by 90 %."""
    simple = [row for row in compared.rows if row.scorer not in NOT_SIMPLE]
    known = [row for row in simple if row.measures.recall_at_top is not None and row.lead is not None]
    if not known:
        return None, "cannot be judged: there is no simple baseline beside it"
    best = max(known, key=lambda row: row.measures.recall_at_top or 0.0)
    refused = compared.row(MODEL).measures.why_not_judged
    if refused is not None:
        return None, refused
    lead = (best.narrow or {}).get(AT_CAPACITY)
    if lead is None or lead.low is None or lead.value is None:
        return None, f"cannot be judged: no interval for the lead over {best.scorer}"
    says = (
        f"{lead.value:+.3f} [{lead.low:+.3f} {lead.high:+.3f}] of recall on the list of "
        f"{100 * compared.share:g} %, over {best.scorer}, the best of them (90 %)"
    )
    return lead.low > 0.0, says


def _calibrated(shown: ComparisonRow) -> tuple[bool | None, str]:
    refused = shown.measures.why_not_judged
    if refused is not None:
        return None, refused
    parts = (
        ("slope", "calibration_slope", SLOPE),
        ("expected over observed", "expected_over_observed", PROMISED),
    )
    holds, says = True, []
    for words, measure, (low, high) in parts:
        found = shown.estimates[measure]
        if found.low is None or found.high is None:
            return None, f"cannot be judged: no interval for {words}"
        holds &= found.high >= low and found.low <= high
        says.append(
            f"{words} {found.value:.2f} [{found.low:.2f} {found.high:.2f}], asked is {low:g} to {high:g}"
        )
    return holds, "; ".join(says)


def _alike(groups: Sequence[Part]) -> tuple[bool | None, str]:
    """Ask each group with enough outcomes, here and among all others, for four fifths of their recall."""
    named = [(f"{part.question} ({part.answer})", part) for part in groups]
    ratios = {name: part.estimates[OVER_OTHERS] for name, part in named if part.against.holds is not None}
    if not ratios:
        return (
            None,
            f"cannot be judged: no group with {POSITIVES_NEEDED} with the outcome, here and elsewhere",
        )
    behind = [name for name, ratio in ratios.items() if ratio.high is not None and ratio.high < FOUR_FIFTHS]
    told = behind or [min(ratios, key=lambda name: ratios[name].value or 0.0)]
    which = "found less often" if behind else f"the least of {len(ratios)}"
    says = ", ".join(f"{name} {cell(ratios[name])}" for name in told)
    few = ", ".join(name for name, part in named if part.against.holds is None)
    left = f"; cannot be judged: {few}" if few else ""
    return not behind, f"recall over that of all others, {which}: {says}; asked is {FOUR_FIFTHS:g}{left}"


def _steady(stability: Stability) -> tuple[bool | None, str]:
    listed = SHORT * stability.rows
    if listed < POSITIVES_NEEDED:
        return None, f"cannot be judged: {listed:.0f} rows on the list, {POSITIVES_NEEDED} needed"
    kept = stability.refits[SEED].top_2
    return kept >= KEPT, f"{kept:.3f} of the list of {100 * SHORT:g} % stay on it, asked is {KEPT:g}"


def _certified(same: Parity) -> tuple[bool | None, str]:
    if not same.households:
        return None, "cannot be judged: no household could be assessed"
    return same.same, f"{same.households} households as of {same.as_of}"


def _nothing_found(auc: Estimate) -> tuple[bool | None, str]:
    if auc.value is None or auc.low is None or auc.high is None:
        return None, "cannot be judged: too few outcomes to deal out"
    found = f"{auc.value:.3f} [{auc.low:.3f} {auc.high:.3f}]"
    return auc.low <= CHANCE <= auc.high, f"ROC-AUC {found} on outcomes dealt out anew, asked is .5 within"
