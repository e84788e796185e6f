"""How much the measures hang on what would have come of the helped: the same measures under stated shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.measures.comparison import Comparison, ComparisonRow, comparison
from training.measures.evaluation import MODEL, Scores, measure
from training.measures.intervals import Estimate
from training.measures.printed import aligned, cell

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SHARES = (0.0, 0.25, 0.5)
"""Of the helped of whom no outcome was recorded, those to whom it would have come without help."""

BEST = 3
"""Baselines that stand beside the model: those of the highest average precision as recorded."""

TOLD = {
    "average_precision": "avg precision",
    "roc_auc": "ROC-AUC",
    "recall_at_top": "recall at {share}",
    "expected_over_observed": "exp./obs.",
}
LED = ("average_precision", "roc_auc", "recall_at_top")


@dataclass(frozen=True)
class Band:
    """Measures under each assumption on the helped.

    Parameters
    ----------
    rows, helped : int
        Rows judged, and those that help reached before their outcome.
    helped_without : int
        Those of the helped of whom no outcome was recorded.
    by_share : mapping of float to Comparison
        By the share of the last for whom it is taken to have come; the first is 0, as recorded.
    """

    rows: int
    helped: int
    helped_without: int
    by_share: Mapping[float, Comparison]

    def ends(self, scorer: str, name: str) -> Estimate:
        """Return a measure as recorded, with the lowest and the highest under any of the shares."""
        values = [row.estimates[name].value for row in self._rows(scorer)]
        known = [value for value in values if value is not None]
        return Estimate(values[0], min(known, default=None), max(known, default=None))

    def lead(self, scorer: str, name: str) -> Estimate:
        """Return the lead of the model over a scorer in the same way, each end that of a paired interval."""
        leads = [row.lead[name] for row in self._rows(scorer) if row.lead is not None]
        lows = [each.low for each in leads if each.low is not None]
        highs = [each.high for each in leads if each.high is not None]
        if len(lows) < len(leads) or len(highs) < len(leads):
            return Estimate(leads[0].value)
        return Estimate(leads[0].value, min(lows), max(highs))

    def scorers(self) -> list[str]:
        """Return the model and its baselines, in order."""
        return [row.scorer for row in self._first().rows]

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        scorers = self.scorers()
        return {
            "rows": self.rows,
            "helped": self.helped,
            "helped_without_outcome": self.helped_without,
            "assumption": _ASSUMED,
            "band": {one: {name: self.ends(one, name).as_dict() for name in TOLD} for one in scorers},
            "lead_of_reference": {
                one: {name: self.lead(one, name).as_dict() for name in LED} for one in scorers[1:]
            },
            "by_share": {f"{share:g}": compared.as_dict() for share, compared in self.by_share.items()},
        }

    def as_text(self) -> str:
        """Give the band as plain text, and how to read it."""
        share = f"{100 * self._first().share:g} %"
        lines = [["", *(title.format(share=share) for title in TOLD.values())]]
        lines += [[one, *(cell(self.ends(one, name)) for name in TOLD)] for one in self.scorers()]
        for scorer in self.scorers()[1:]:
            leads = [cell(self.lead(scorer, name), signed=True) for name in LED]
            lines.append([f"{MODEL} - {scorer}", *leads, ""])
        rates = ", ".join(
            f"{compared.row(MODEL).measures.base_rate or 0.0:.1%} at {share:g}"
            for share, compared in self.by_share.items()
        )
        head = (
            f"helped before their outcome: {self.helped:,} of {self.rows:,} rows, {self.helped_without:,} of "
            f"them without it; share with the outcome: {rates}"
        )
        return "\n".join([head, *aligned(lines), _LEGEND])

    def _first(self) -> Comparison:
        return next(iter(self.by_share.values()))

    def _rows(self, scorer: str) -> list[ComparisonRow]:
        return [compared.row(scorer) for compared in self.by_share.values()]


_ASSUMED = (
    "a share of the rows that help reached and in which no outcome was recorded would have had it without "
    "help, whichever of them by lot: each counts as that share of a row with the outcome"
)
_LEGEND = (
    f"In brackets: the lowest and the highest where of the helped without the outcome none, "
    f"{SHARES[1]:.0%} or {SHARES[2]:.0%} would have had it, whichever of them by lot.\n"
    "Of leads: the lowest and the highest end of their 95 % intervals."
)


def band(  # noqa: PLR0913 - all that is assumed
    y: Floats,
    scorers: Mapping[str, Scores],
    household: NDArray[np.str_],
    helped: Mask,
    *,
    weight: Floats | None = None,
    share: float = 0.10,
    shares: tuple[float, ...] = SHARES,
    resamples: int = 200,
    random_state: int = 1,
) -> Band:
    """Judge scorers where a share of the helped without the outcome would have had it.

    Parameters
    ----------
    y : (rows,) array of 0.0 and 1.0
        As recorded.
    scorers : mapping of name to Scores
        The model first; of the others the best `BEST` are told.
    household : (rows,) array of str
    helped : (rows,) array of bool
        Help reached the row before its outcome.
    weight : (rows,) array, optional
    share : float
        Of the rows, on the list.
    shares : tuple of float
        What is assumed, the first 0.
    resamples, random_state : int

    Notes
    -----
    The lot needs no drawing: a helped row without the outcome counts as a row with it of weight s, and one
    without it of weight 1 - s. It favours no scorer; if those high on a list were those whom help saved, that
    list would look better than here, if the low ones were, worse.

    References
    ----------
    Manski (1990), Nonparametric bounds on treatment effects, American Economic Review 80: 319-323 (an outcome
    that is not seen may be either; shares of 0 and 1 are the ends of that).
    """
    kept = _best(y, scorers, weight, share)
    own = np.ones(y.size) if weight is None else weight
    unsure = np.flatnonzero(helped & (y == 0.0))
    rows = np.append(np.arange(y.size), unsure)
    supposed = np.append(y, np.ones(unsure.size))
    said = {name: scorers[name].take(rows) for name in kept}
    by_share = {}
    for assumed in shares:
        counted = own.copy()
        counted[unsure] *= 1.0 - assumed
        by_share[assumed] = comparison(
            supposed,
            said,
            household[rows],
            weight=np.append(counted, own[unsure] * assumed),
            share=share,
            resamples=resamples,
            random_state=random_state,
        )
    return Band(y.size, int(helped.sum()), unsure.size, by_share)


def _best(y: Floats, scorers: Mapping[str, Scores], weight: Floats | None, share: float) -> list[str]:
    """Return the model and the baselines of the highest average precision, in the order given."""
    model, *others = scorers
    found = {name: measure(y, scorers[name], weight=weight, share=share) for name in others}
    ranked = sorted(others, key=lambda name: -(found[name].average_precision or 0.0))
    return [model, *(name for name in others if name in ranked[:BEST])]
