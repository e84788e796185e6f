"""What was recorded of twelve months: income without help granted later, and the burden of hard costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.contract import Tables
from features.definitions.income import GROSS, NET, PEOPLE, SOURCES, UNDER_10, income
from features.history import NEVER, believed
from features.ids import distinct, positions
from features.operations import ordered_sum
from features.planning import plan
from features.reach import REACH
from features.readings import Series, equivalents, first_known, line, months_of
from features.replay import Replay
from features.tables.support import SUPPORTS
from features.vectors import Cohort
from features.view import View
from training.cohorts.horizon import months_on

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

YEAR = 12
LEAST_MONTHS = 6
"""Of the twelve months so many must have a recorded income; with fewer the outcome is not known."""

HEADS = equivalents(PEOPLE, UNDER_10)
LINE = line()
RECEIVED: Series = first_known(GROSS, months_of(income("total")))
"""Gross income by month; the total only in months without components."""

HARD_COSTS: Series = months_of(
    Channel("expenses", "amount", (("kind", ("medical_self_paid", "education", "disaster", "accident")),))
)
MONEY = SUPPORTS.column("form").code("money")
LENT = SUPPORTS.column("area_of_help").code("finance")
ALLOWANCE = SUPPORTS.column("area_of_help").code("social_floor")


def income_to_line(tables: Tables, cohort: Cohort, horizon_months: int, known_by: np.datetime64) -> Floats:
    """Return net income a head over the twelve months to the horizon, over the line then.

    Parameters
    ----------
    tables : Tables
    cohort : Cohort
        Households and as-of days.
    horizon_months : int
        The twelve months end with the last complete month by so many months after the as-of day.
    known_by : datetime64[D]
        What was believed at the end of this day, corrections and late reports included.

    Returns
    -------
    ndarray, shape (rows,)
        Mean a month of the months with a recorded income, over the line that holds for the last of
        them; per equivalent adult where the line is. NaN where fewer than six months are recorded, or
        people or line are not known.

    Notes
    -----
    Transfers granted after the as-of day are left out as far as they were recorded one by one: of
    every row of ``supports``, on whatever ground, whose form is money (loans apart) and whose
    ``start_on`` lies after the as-of day, what falls into the months with a recorded income. The amount
    of the social floor (allowances) is that of one month and runs on until ``end_on``, for ever where
    none is told; any other amount is spread evenly from its first to its last month, all in the first
    where no last is told. In all it is never more than the transfers recorded in those months (than the
    whole income where sources were not told apart). For the rest it is not possible: an allowance or a
    pension that began after the as-of day and stands in ``incomes`` alone, or a row of ``supports``
    without an amount, stays in; so does what was granted after the day but starts by it.
    """
    granted = _granted(tables, known_by)

    def ratio(view: View, owner: NDArray[np.int64], as_of: np.datetime64) -> Floats:
        rows = slice(REACH - YEAR, REACH)
        heads, net = view.read(HEADS)[rows], view.read(NET)[rows]
        known = np.isfinite(net) & np.isfinite(heads) & (heads > 0.0)
        months = ordered_sum(known.astype(np.float64))
        later = granted.after(as_of, owner, view.around.months[rows])
        left_out = np.minimum(
            ordered_sum(np.where(known, later, 0.0)),
            ordered_sum(np.where(known, _transfers(view, rows), 0.0)),
        )
        some = np.maximum(months, 1.0)
        people = np.where(known, heads, 1.0)
        a_head = ordered_sum(np.where(known, net / people, 0.0)) / some
        mean_people = ordered_sum(np.where(known, people, 0.0)) / some
        at_the_end = view.read(LINE)[REACH - 1]
        kept = a_head - left_out / some / np.where(mean_people > 0.0, mean_people, 1.0)
        return np.where(months >= LEAST_MONTHS, kept / at_the_end, np.nan)

    return _read(tables, cohort, horizon_months, known_by, (HEADS, NET, GROSS, SOURCES["transfer"]), ratio)


def hard_cost_share(tables: Tables, cohort: Cohort, horizon_months: int, known_by: np.datetime64) -> Floats:
    """Return self-paid medical, school and loss costs of the twelve months over gross income.

    Parameters
    ----------
    tables, cohort, horizon_months, known_by
        As for `income_to_line`.

    Returns
    -------
    ndarray, shape (rows,)
        Costs are those recorded (none is 0): medical bills after all layers, schooling, losses by
        disaster and accident. Gross income is twelve times the mean of the months with a recorded
        one; NaN where these are fewer than six; endless where nothing came in and something was paid.
    """

    def share(view: View, _owner: NDArray[np.int64], _as_of: np.datetime64) -> Floats:
        rows = slice(REACH - YEAR, REACH)
        costs, received = view.read(HARD_COSTS)[rows], view.read(RECEIVED)[rows]
        known = np.isfinite(received)
        months = ordered_sum(known.astype(np.float64))
        paid = ordered_sum(np.where(np.isfinite(costs), costs, 0.0))
        came = ordered_sum(np.where(known, received, 0.0)) / np.maximum(months, 1.0) * YEAR
        endless = np.where(paid > 0.0, np.inf, 0.0)
        burden = np.where(came > 0.0, paid / np.where(came > 0.0, came, 1.0), endless)
        return np.where(months >= LEAST_MONTHS, burden, np.nan)

    return _read(tables, cohort, horizon_months, known_by, (RECEIVED, HARD_COSTS), share)


@dataclass(frozen=True, eq=False)
class Granted:
    """Help in money, spread over its months.

    Parameters
    ----------
    household : (grants,) array of int
        Position among all households.
    start_on : (grants,) array of datetime64[D]
    first, last : (grants,) arrays of datetime64[M]
    monthly : (grants,) array of float64
        [fen]
    """

    household: NDArray[np.int64]
    start_on: Days
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    monthly: Floats

    def after(self, as_of: np.datetime64, owner: NDArray[np.int64], months: NDArray[np.datetime64]) -> Floats:
        """Return what was paid of help that starts after a day, by month and household [fen]."""
        rows = np.flatnonzero((self.start_on > as_of) & (self.first <= months[-1]))
        rows = rows[np.isin(self.household[rows], owner)]
        place = np.searchsorted(owner, self.household[rows])
        paid = np.zeros((months.size, owner.size))
        for at, month in enumerate(months):
            running = (self.first[rows] <= month) & (month <= self.last[rows])
            np.add.at(paid[at], place[running], self.monthly[rows][running])
        return paid


def _granted(tables: Tables, known_by: np.datetime64) -> Granted:
    facts = tables.get("supports")
    if facts is None or not facts["record_id"].size:
        month = np.zeros(0, dtype="datetime64[M]")
        none = np.zeros(0, dtype=np.int64)
        return Granted(none, month.astype("datetime64[D]"), month, month, np.zeros(0))
    rows = np.flatnonzero(
        believed(facts).on(known_by)
        & (facts["form"] == MONEY)
        & (facts["area_of_help"] != LENT)
        & ~np.isnan(facts["amount"])
    )
    start_on = np.where(np.isnat(facts["start_on"]), facts["occurred_on"], facts["start_on"])[rows]
    first = start_on.astype("datetime64[M]")
    end = facts["end_on"][rows].astype("datetime64[M]")
    allowance = facts["area_of_help"][rows] == ALLOWANCE
    told = np.where(np.isnat(end), first, np.maximum(end, first))
    last = np.where(allowance & np.isnat(end), NEVER.astype("datetime64[M]"), told)
    months = np.where(allowance, 1, (told - first).astype(np.int64) + 1)
    owner = _positions(tables, facts["household_id"][rows])
    return Granted(owner, start_on, first, last, facts["amount"][rows] * 100.0 / months)


def _transfers(view: View, rows: slice) -> Floats:
    """Return by month the most that transfers can have been of the income that counts."""
    transfer, gross = view.read(SOURCES["transfer"])[rows], view.read(GROSS)[rows]
    whole = np.where(np.isfinite(gross), 0.0, np.maximum(np.nan_to_num(view.read(NET)[rows]), 0.0))
    return np.where(np.isfinite(transfer), transfer, whole)


Figure = Callable[[View, NDArray[np.int64], np.datetime64], Floats]


def _read(
    tables: Tables,
    cohort: Cohort,
    horizon_months: int,
    known_by: np.datetime64,
    series: tuple[Series, ...],
    figure: Figure,
) -> Floats:
    """Read one figure of each household on the day after its horizon."""
    found = np.full(cohort.as_of.size, np.nan)
    if not found.size:
        return found
    days, step = np.unique(cohort.as_of, return_inverse=True)
    places = months_on(days, horizon_months) + 1
    replay = Replay(tables, plan((*series, LINE)), places, np.full(places.size, known_by))
    owner = positions(cohort.household_id, replay.households)
    rows = [np.flatnonzero(step == each) for each in range(days.size)]
    for look in replay.looks([np.unique(owner[each]) for each in rows]):
        asked = rows[look.step]
        inside = asked[np.isin(owner[asked], look.members)]
        place = np.searchsorted(look.members, owner[inside])
        found[inside] = figure(look.view, look.members, days[look.step])[place]
    return found


def _positions(tables: Tables, household: NDArray[np.str_]) -> NDArray[np.int64]:
    return positions(household, distinct(tables["households"]["household_id"]))
