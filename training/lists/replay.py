"""A programme of visits replayed: whom each month's list would have named, and whom it found in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from training.cohorts.horizon import months_on
from training.lists.capacity import Capacity, lots
from training.measures.ranking import list_length

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Days = NDArray[np.datetime64]

DAYS_A_MONTH = 365.25 / 12.0


@dataclass(frozen=True)
class Rules:
    """By which rules a month's list is made, and when it has found somebody.

    Parameters
    ----------
    floor : float
        Share of the county's candidates of a month, those with the highest scores, who may be listed at all.
    silent_days : int
        For how long a listed household is not listed again.
    within_months : int
        For how long after a listing an entry counts as found by it.
    seed : int
        Of the lots that part households of the same score.
    """

    floor: float = 0.10
    silent_days: int = 60
    within_months: int = 12
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Month:
    """The candidates at the end of a month, a row each, in any order.

    Parameters
    ----------
    day : datetime64[D]
    household : (rows,) array of int
        Position of each among all households; nobody stands there twice.
    grid : (rows,) array of int
        Position of the grid it lives in.
    suspected : (rows,) array of bool
        Whether anybody suspected it on that day.
    capacity : Capacity
    """

    day: np.datetime64
    household: Whole
    grid: Whole
    suspected: Mask
    capacity: Capacity


@dataclass(frozen=True, eq=False)
class Entries:
    """What came of all households.

    Parameters
    ----------
    entered : (households,) array of datetime64[D]
        Day of the first entry after the first list; NaT where there was none.
    known_on : (households,) array of datetime64[D]
        Day on which it became known: then the household leaves.
    """

    entered: Days
    known_on: Days

    def within(self, household: Whole, day: np.datetime64, months: int) -> Mask:
        """Return which of some households entered after a day and at most so many months on."""
        entered = self.entered[household]
        held: Mask = (entered > day) & (entered <= months_on(np.array([day]), months)[0])
        return held


@dataclass(frozen=True, eq=False)
class Listings:
    """Who was listed when: a row a visit, by month.

    Parameters
    ----------
    month : (visits,) array of int
        Position of the month.
    household : (visits,) array of int
    suspected : (visits,) array of bool
        Whether anybody suspected it on the day of the list.
    stability : float or None
        How much of a month's list would be on the next month's: both drawn as if nobody were silent and the
        grids had the same visits in both, counted among those who are candidates in both; the mean over the
        months. None where there is no such pair.
    """

    month: Whole
    household: Whole
    suspected: Mask
    stability: float | None


@dataclass(frozen=True, eq=False)
class Reach:
    """What came of the listings, by household.

    Parameters
    ----------
    visits : (households,) array of int
    findable : (households,) array of bool
        Entered, and at most `Rules.within_months` after a month's end at which it was a candidate.
    found, unsuspected : (households,) arrays of bool
        Entered so long after a listing; and nobody suspected it at the first of those listings.
    lead : (households,) array
        [months] from that listing to the entry; NaN where not found.
    """

    visits: Whole
    findable: Mask
    found: Mask
    unsuspected: Mask
    lead: Floats


@dataclass(frozen=True)
class Programme:
    """What a programme of visits spent and found.

    Parameters
    ----------
    visits, listed : int
        Visits spent, and distinct households that they went to.
    found : int
        Distinct households that entered within twelve months after a listing.
    suspected, unsuspected : int
        Those found who were suspected at that listing, by an open clue or a rule, and whom nobody suspected.
    missed : int
        Households that entered within twelve months after being a candidate, and were not found.
    lead_months : float or None
        Median time from the first listing in the twelve months before the entry to the entry.
    per_visit : float or None
        Found over visits.
    stability : float or None
        As in `Listings`.
    """

    visits: int
    listed: int
    found: int
    suspected: int
    unsuspected: int
    missed: int
    lead_months: float | None
    per_visit: float | None
    stability: float | None

    @property
    def entries(self) -> int:
        """Households that a list could have found."""
        return self.found + self.missed

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return asdict(self) | {"entries": self.entries}


def replay(
    months: Sequence[Month], scores: Sequence[Floats], township: Whole, entries: Entries, rules: Rules
) -> Listings:
    """Make the list of each month by one order.

    Parameters
    ----------
    months : sequence of Month
        In time.
    scores : sequence of (rows,) arrays
        Of the candidates of each month: higher means sooner on the list.
    township : (grids,) array of int
        Position of the township of each grid.
    entries : Entries
    rules : Rules

    Notes
    -----
    A grid takes its highest candidates up to its visits, the township the highest of those left with its own
    spare visits and what its grids left unused, the county those left with what the townships left unused;
    all among the highest `Rules.floor` of the candidates of the month. Households whose entry is known are no
    candidates. Silent ones count as candidates, and are not listed.
    """
    last = np.full(entries.entered.size, np.datetime64("0001-01-01", "D"))
    listed, kept = [], list[float]()
    former: tuple[Whole, Capacity] | None = None
    for place, (month, score) in enumerate(zip(months, scores, strict=True)):
        there = np.flatnonzero(~(entries.known_on[month.household] <= month.day))
        household, grid = month.household[there], month.grid[there]
        lot = lots(household, int(month.day.astype("datetime64[M]").astype(np.int64)), rules.seed)
        ahead = np.lexsort((lot, -score[there]))
        ahead = ahead[: int(list_length(float(ahead.size), rules.floor))]
        awake = ahead[(month.day - last[household[ahead]]).astype(np.int64) >= rules.silent_days]
        rows = awake[taken(grid[awake], township, month.capacity)]
        last[household[rows]] = month.day
        listed.append((np.full(rows.size, place), household[rows], month.suspected[there[rows]]))
        if former is not None:
            again = household[ahead[taken(grid[ahead], township, former[1])]]
            still = former[0][np.isin(former[0], household)]
            kept += [float(np.isin(still, again).mean())] if still.size else []
        former = household[ahead[taken(grid[ahead], township, month.capacity)]], month.capacity
    where, who, suspected = (np.concatenate(each) for each in zip(*listed, strict=True))
    return Listings(where, who, suspected, float(np.mean(kept)) if kept else None)


def taken(grid: Whole, township: Whole, capacity: Capacity) -> Mask:
    """Return which candidates are listed: by grid, then what is left over by township, then in the county.

    Parameters
    ----------
    grid : (rows,) array of int
        Grid of each candidate, the highest first.
    township : (grids,) array of int
    capacity : Capacity
    """
    on_list = np.zeros(grid.size, dtype=np.bool_)
    own = township[grid]
    left = _seated(on_list, grid, capacity.own)
    spilled = np.bincount(township, left, minlength=capacity.spare.size).astype(np.int64)
    left = _seated(on_list, own, capacity.spare + spilled)
    _seated(on_list, np.zeros_like(own), np.array([left.sum()]))
    return on_list


def reach(listings: Listings, months: Sequence[Month], entries: Entries, rules: Rules) -> Reach:
    """Count by household what came of the listings."""
    size = entries.entered.size
    findable = np.zeros(size, dtype=np.bool_)
    for month in months:
        findable[month.household] |= entries.within(month.household, month.day, rules.within_months)
    days = np.array([month.day for month in months])
    on, entered = days[listings.month], entries.entered[listings.household]
    until = months_on(days, rules.within_months)[listings.month]
    hits = np.flatnonzero((entered > on) & (entered <= until))
    who, first = np.unique(listings.household[hits], return_index=True)
    rows = hits[first]
    found, unsuspected = np.zeros((2, size), dtype=np.bool_)
    lead = np.full(size, np.nan)
    found[who], unsuspected[who] = True, ~listings.suspected[rows]
    lead[who] = (entered[rows] - on[rows]).astype(np.float64) / DAYS_A_MONTH
    return Reach(np.bincount(listings.household, minlength=size), findable, found, unsuspected, lead)


def programme(reached: Reach, stability: float | None) -> Programme:
    """Add up what came of the listings."""
    visits, found = int(reached.visits.sum()), int(reached.found.sum())
    unsuspected = int(reached.unsuspected.sum())
    return Programme(
        visits=visits,
        listed=int((reached.visits > 0).sum()),
        found=found,
        suspected=found - unsuspected,
        unsuspected=unsuspected,
        missed=int(reached.findable.sum()) - found,
        lead_months=float(np.nanmedian(reached.lead)) if found else None,
        per_visit=found / visits if visits else None,
        stability=stability,
    )


def _seated(on_list: Mask, group: Whole, seats: Whole) -> Whole:
    """List those highest of each group who are not listed yet, up to its seats; return the seats left."""
    waiting = np.flatnonzero(~on_list)
    by_group = waiting[np.argsort(group[waiting], kind="stable")]
    groups = group[by_group]
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1])[: groups.size])
    place = np.arange(groups.size) - np.repeat(starts, np.diff(np.append(starts, groups.size)))
    seated = by_group[place < seats[groups]]
    on_list[seated] = True
    return seats - np.bincount(group[seated], minlength=seats.size)
