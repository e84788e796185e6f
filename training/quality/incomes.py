"""What was told of incomes: the months a figure is about, and the surveys of whole years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.quality.known import Days, Known, Rows

SOURCES = ("wage", "operating", "property", "transfer")
LONG = 6
"""Months from which a span counts as a survey of the year."""
_BITS = 16

Yuan = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surveys:
    """Figures asked for spans of half a year or more, by household and span; arrays of shape (surveys,).

    Parameters
    ----------
    household, at : ndarray of int
        Row of the household; the believed row of ``incomes`` that the survey is listed by.
    start, end : ndarray of datetime64[D]
    months : ndarray of int
    yuan : dict of kind to ndarray
        Amount over the span [yuan]; NaN where the kind was not told.
    imputed : ndarray of bool
        The office says that it estimated one of the sources (cost apart).
    """

    household: Rows
    at: Rows
    start: Days
    end: Days
    months: Rows
    yuan: dict[str, Yuan]
    imputed: NDArray[np.bool_]

    def net(self) -> Yuan:
        """Return net income over the span [yuan], the total where no source is told; NaN for neither."""
        told = np.array([self.yuan[kind] for kind in SOURCES])
        net = np.nansum(told, axis=0) - np.nan_to_num(self.yuan["cost"])
        net_or_total: Yuan = np.where(np.isnan(told).all(axis=0), self.yuan["total"], net)
        return net_or_total


def spans(known: Known) -> tuple[Days, Days]:
    """Return the first and last day that each believed income is about; its month where no span is told."""
    month = known.column("incomes", "occurred_on").astype("datetime64[M]")
    start, end = known.column("incomes", "period_start"), known.column("incomes", "period_end")
    first = np.where(np.isnat(start), month.astype("datetime64[D]"), start)
    last = np.where(np.isnat(end), np.maximum((month + 1).astype("datetime64[D]") - 1, first), end)
    return first, last


def answers(known: Known) -> NDArray[np.bool_]:
    """Return which believed incomes tell what a household lives on: all but payments in a ledger."""
    paid = known.coded("incomes", "kind", "transfer") & known.coded("incomes", "account", "ledger")
    told: NDArray[np.bool_] = ~paid
    return told


def surveys(known: Known) -> Surveys:
    """Return the surveys of the incomes, by household and span."""
    first, last = spans(known)
    long = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64) + 1 >= LONG
    asked = np.flatnonzero(known.coded("incomes", "account", "period") & long)
    key = known.household("incomes")[asked] << 2 * _BITS
    key |= _day_number(first[asked]) << _BITS | _day_number(last[asked])
    _, at, group = np.unique(key, return_index=True, return_inverse=True)
    amount = known.column("incomes", "amount")[asked]
    yuan = {
        kind: _sums(amount, group, known.coded("incomes", "kind", kind)[asked], at.size)
        for kind in (*SOURCES, "cost", "total")
    }
    guessed = (known.column("incomes", "imputed") == 1) & ~known.coded("incomes", "kind", "cost")
    at = asked[at]
    return Surveys(
        known.household("incomes")[at],
        at,
        first[at],
        last[at],
        (last[at].astype("datetime64[M]") - first[at].astype("datetime64[M]")).astype(np.int64) + 1,
        yuan,
        np.bincount(group, weights=guessed[asked], minlength=at.size) > 0,
    )


def _day_number(days: Days) -> Rows:
    return np.clip(days.astype("datetime64[D]").astype(np.int64), 0, 2**_BITS - 1)


def _sums(amount: Yuan, group: NDArray[Any], which: NDArray[np.bool_], groups: int) -> Yuan:
    total = np.bincount(group[which], weights=amount[which], minlength=groups)
    told = np.bincount(group[which], minlength=groups) > 0
    return np.where(told, total, np.nan)
