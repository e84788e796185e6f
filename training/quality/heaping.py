"""Heaping: figures that were rounded, told by the gaps that rounding leaves between round numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from features.tables.money import INCOMES
from training.quality.finding import FEWEST, Cases, Finding, More, found, parts_by
from training.quality.known import Known, Rows

LEAST = 2000.0
"""Smaller figures are left out: nobody rounds them to a thousand [yuan]."""
HUNDRED, FIVE_HUNDRED, THOUSAND = 100, 500, 1000
NEAR = 10
"""Figures up to so many yuan beside a hundred show how many would lie on it unrounded."""
TOLD = (
    "expected_share",
    *(f"rounded_{step}{end}" for step in (1000, 500, 100) for end in ("", "_low", "_high")),
)
_Z = 1.959963984540054


def heaping(known: Known) -> Iterator[Finding]:
    """Find how many figures were rounded.

    Notes
    -----
    Let a share r of figures be rounded to each of the steps 1,000, 500 and 100 and the rest not. Amounts
    spread evenly over thousands, so figures at whole thousands n0, at other five hundreds n5, at each other
    hundred n1 and at each yuan beside a hundred n are expected as: n0 - n5 = r(1,000); 2 (n5 - n1) = r(500);
    10 (n1 - n) = r(100). The intervals are those of such sums of multinomial counts.

    References
    ----------
    Heaping told from the digits beside it: Roberts and Brewer (2001), Measures and tests of heaping in
    discrete quantitative distributions, J. Applied Statistics 28: 887-896.
    """
    amount = known.column("incomes", "amount")
    asked = known.coded("incomes", "account", "visit", "period")
    asked &= ~known.coded("incomes", "kind", "cost") & (known.column("incomes", "imputed") != 1)
    at = np.flatnonzero(asked & (amount >= LEAST))
    yuan = amount[at]
    hit = yuan % FIVE_HUNDRED == 0
    keys = {
        name: np.array([code.id for code in INCOMES.column(name).codes])[known.column("incomes", name)[at]]
        for name in ("account", "kind")
    }

    def further(some: Rows) -> More:
        return rounded(yuan[some])

    row = known.household("incomes")[at]
    parts = parts_by(row, hit, keys, further)
    cases = Cases("incomes", at, hit, listed=False)
    yield found(known, "round_incomes", cases, parts=parts, further=further)


def rounded(yuan: NDArray[np.float64]) -> dict[str, float | None]:
    """Return the estimated shares of figures rounded to each step, and what would be multiples of 500 anyhow.

    Examples
    --------
    >>> found = rounded(np.tile([2000.0, 3000.0, 2137.0, 2561.0], 20))
    >>> found["rounded_1000"], found["rounded_500"], found["rounded_100"]
    (0.5, 0.0, 0.0)
    """
    if yuan.size < FEWEST:
        return dict.fromkeys(TOLD)
    beside = np.abs((yuan + HUNDRED / 2) % HUNDRED - HUNDRED / 2)
    kinds = np.select(
        [
            yuan % THOUSAND == 0,
            yuan % FIVE_HUNDRED == 0,
            yuan % HUNDRED == 0,
            (beside <= NEAR) & (beside > 0),
        ],
        [0, 1, 2, 3],
        4,
    )
    share = np.bincount(kinds, minlength=5)[:4] / yuan.size
    others, hundreds, yuan_beside = 8, 10, 2 * NEAR * 10
    weights = {
        "rounded_1000": np.array([1.0, -1.0, 0.0, 0.0]),
        "rounded_500": np.array([0.0, 2.0, -2.0 / others, 0.0]),
        "rounded_100": np.array([0.0, 0.0, hundreds / others, -hundreds / yuan_beside]),
    }
    told: dict[str, float | None] = {"expected_share": float(2.0 * share[2] / others)}
    for name, weight in weights.items():
        value = float(weight @ share)
        half = _Z * float(np.sqrt(max(float(weight**2 @ share) - value**2, 0.0) / yuan.size))
        told |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return told
