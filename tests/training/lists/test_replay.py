"""A programme replayed on drawn histories: what every list keeps to, and what holds of what it finds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.cohorts.horizon import month_ends, months_on
from training.lists.capacity import Capacity, monthly_capacity
from training.lists.replay import Entries, Listings, Month, Programme, Rules, programme, reach, replay, taken

START = np.datetime64("2023-01-31")
NOBODY = np.datetime64("NaT", "D")
ONCE = 10_000
"""Days of silence after which no history here goes on."""


@dataclass(frozen=True)
class History:
    """A drawn county: its lists' inputs, and what came."""

    months: tuple[Month, ...]
    scores: tuple[np.ndarray, ...]
    township: np.ndarray
    entries: Entries

    def listings(self, rules: Rules) -> Listings:
        """Replay it."""
        return replay(self.months, self.scores, self.township, self.entries, rules)

    def programme(self, rules: Rules) -> Programme:
        """Replay it and count."""
        listings = self.listings(rules)
        return programme(reach(listings, self.months, self.entries, rules), listings.stability)


def drawn(seed: int, *, months: int = 8, households: int = 60, grids: int = 6, townships: int = 2) -> History:
    """Draw a history: a third enters some day, scores are coarse so that they tie, some come and go."""
    rng = np.random.default_rng(seed)
    days = month_ends(START, months_on(np.array([START]), months - 1)[0], 1)
    home = rng.integers(0, grids, households)
    entered = days[0] + rng.integers(1, 30 * (months + 10), households)
    entered[rng.random(households) < 0.67] = NOBODY
    entries = Entries(entered, entered + rng.integers(0, 40, households))
    rolls, scores = [], []
    for day in days:
        who = rng.permutation(households)[: rng.integers(households // 2, households + 1)]
        own, spare = rng.integers(0, 4, grids), rng.integers(0, 3, townships)
        rolls.append(Month(day, who, home[who], rng.random(who.size) < 0.5, Capacity(own, spare)))
        scores.append(rng.integers(0, 6, who.size).astype(np.float64))
    return History(tuple(rolls), tuple(scores), np.arange(grids) % townships, entries)


def soonest(history: History) -> History:
    """Return the same history with scores that know who enters how soon."""
    scores = []
    for month in history.months:
        ahead = (history.entries.entered[month.household] - month.day).astype(np.float64)
        scores.append(np.where(ahead > 0, -ahead, -np.inf))
    return replace(history, scores=tuple(scores))


def one_grid(history: History) -> History:
    """Return the same history where all live in one grid, which has all visits."""
    months = tuple(
        replace(
            month,
            grid=np.zeros_like(month.grid),
            capacity=Capacity(np.array([month.capacity.total]), np.array([0])),
        )
        for month in history.months
    )
    return replace(history, months=months, township=np.array([0]))


def more(history: History, seed: int) -> History:
    """Return the same history with more visits here and there."""
    rng = np.random.default_rng(seed)
    months = tuple(
        replace(
            month,
            capacity=Capacity(
                month.capacity.own + rng.integers(0, 2, month.capacity.own.size),
                month.capacity.spare + rng.integers(0, 2, month.capacity.spare.size),
            ),
        )
        for month in history.months
    )
    return replace(history, months=months)


histories = st.builds(drawn, st.integers(0, 10_000), months=st.integers(1, 10))
rules_drawn = st.builds(
    Rules, floor=st.sampled_from([0.05, 0.2, 0.6, 1.0]), silent_days=st.sampled_from([0, 60])
)


@given(histories, rules_drawn)
def test_never_more_visits_than_there_are(history, rules):
    """A month's list is no longer than the county's visits of that month, nor than its floor lets in."""
    listings = history.listings(rules)
    lengths = np.bincount(listings.month, minlength=len(history.months))
    for length, month in zip(lengths, history.months, strict=True):
        assert length <= month.capacity.total
        assert length <= np.ceil(rules.floor * month.household.size)


@given(histories)
def test_no_visit_is_left_over_while_anybody_waits(history):
    """Without a floor and silence all visits are spent, or every candidate is listed."""
    listings = history.listings(Rules(floor=1.0, silent_days=0))
    lengths = np.bincount(listings.month, minlength=len(history.months))
    for length, month in zip(lengths, history.months, strict=True):
        left = ~(history.entries.known_on[month.household] <= month.day)
        assert length == min(month.capacity.total, left.sum())


@given(histories)
def test_what_spills_over_is_what_was_left(history):
    """A grid has its own visits and beyond them no more than its neighbours and township left unused."""
    township = history.township
    for month in history.months:
        own, spare = month.capacity.own, month.capacity.spare
        on_list = taken(month.grid, township, month.capacity)
        waiting = np.bincount(month.grid, minlength=own.size)
        here = np.bincount(month.grid[on_list], minlength=own.size)
        unused = np.maximum(own - waiting, 0)
        assert (here >= np.minimum(own, waiting)).all()
        assert (np.maximum(here - own, 0)).sum() <= unused.sum() + spare.sum()
        for each in range(spare.size):
            lying = township == each
            offered = own[lying].sum() + spare[each]
            elsewhere = waiting[lying].sum() - here[lying].sum()
            if elsewhere:
                assert here[lying].sum() >= offered


def test_a_quiet_grid_gives_its_visits_to_the_township_then_to_the_county():
    """Grid 0 has nobody high: one visit goes to its township's highest, the other, unused there, further."""
    grid = np.array([1, 2, 2, 2])
    capacity = Capacity(np.array([2, 0, 1]), np.array([0, 0]))
    assert taken(grid, np.array([0, 0, 1]), capacity).tolist() == [True, True, True, False]


@given(histories, rules_drawn)
def test_nobody_is_listed_twice_within_the_silence(history, rules):
    """From one listing of a household to its next are sixty days or more."""
    listings = history.listings(rules)
    days = np.array([month.day for month in history.months])[listings.month]
    for who in np.unique(listings.household):
        gaps = np.diff(days[listings.household == who]).astype(int)
        assert (gaps >= rules.silent_days).all()


@given(histories, rules_drawn)
def test_who_is_known_to_have_entered_is_not_listed(history, rules):
    """The office need not be told."""
    listings = history.listings(rules)
    days = np.array([month.day for month in history.months])[listings.month]
    assert not (history.entries.known_on[listings.household] <= days).any()


def test_who_has_entered_is_visited_in_vain_until_it_is_known():
    """The list of the day knows what was known on the day; such a visit finds nobody."""
    day, entered = np.datetime64("2023-06-30"), np.array(["2023-06-20"], dtype="datetime64[D]")
    capacity = Capacity(np.array([1]), np.array([0]))
    one = Month(day, np.array([0]), np.array([0]), np.array([False]), capacity)
    for known_on, visits in (("2023-07-01", 1), ("2023-06-30", 0)):
        entries = Entries(entered, np.array([known_on], dtype="datetime64[D]"))
        shown = History((one,), (np.zeros(1),), np.array([0]), entries).programme(Rules())
        assert (shown.visits, shown.found, shown.missed) == (visits, 0, 0)


@given(histories, rules_drawn, st.integers(0, 100))
def test_any_order_of_the_rows_gives_the_same_lists(history, rules, seed):
    """Ties are parted by the household and the month, not by where a row stands."""
    rng = np.random.default_rng(seed)
    months, scores = [], []
    for month, score in zip(history.months, history.scores, strict=True):
        turn = rng.permutation(score.size)
        turned = replace(
            month, household=month.household[turn], grid=month.grid[turn], suspected=month.suspected[turn]
        )
        months.append(turned)
        scores.append(score[turn])
    other = replace(history, months=tuple(months), scores=tuple(scores))
    one, two = history.listings(rules), other.listings(rules)
    assert set(zip(one.month, one.household, strict=True)) == set(zip(two.month, two.household, strict=True))
    assert history.programme(rules) == other.programme(rules)


@given(histories, st.integers(0, 100), st.sampled_from([0.2, 0.6, 1.0]))
def test_more_visits_reach_whom_fewer_reached(history, seed, floor):
    """Where nobody is listed twice, whoever was reached by a month is reached by it with more visits too.

    With silence and second listings it need not be so: more visits may list a household a month earlier,
    too early to count, and then it is silent when fewer visits would have come to it.
    """
    rules = Rules(floor=floor, silent_days=ONCE)
    few, many = history.listings(rules), more(history, seed).listings(rules)
    for until in range(len(history.months)):
        reached = set(few.household[few.month <= until])
        assert reached <= set(many.household[many.month <= until])


@given(histories, st.integers(0, 100))
def test_more_visits_never_find_fewer(history, seed):
    """Where nobody is listed twice and no listing is too early to count."""
    rules = Rules(floor=0.6, silent_days=ONCE, within_months=60)
    assert more(history, seed).programme(rules).found >= history.programme(rules).found


@given(histories)
def test_who_knows_who_enters_soonest_finds_most_where_all_visits_are_shared(history):
    """With one grid and each listed once: where all take one visit, the nearest deadline first is best.

    References
    ----------
    Jackson (1955), Scheduling a production line to minimize maximum tardiness.
    """
    rules = Rules(floor=1.0, silent_days=ONCE, within_months=60)
    shared = one_grid(history)
    assert soonest(shared).programme(rules).found >= shared.programme(rules).found


@given(histories)
def test_who_knows_who_enters_finds_most_in_a_month_of_any_grids(history):
    """In one month, without a floor, no order finds more than that of those who will enter."""
    rules = Rules(floor=1.0)
    for month, score in zip(history.months, history.scores, strict=True):
        one = replace(history, months=(month,), scores=(score,))
        assert soonest(one).programme(rules).found >= one.programme(rules).found


@given(histories, rules_drawn)
def test_found_and_missed_are_all_entries_and_the_split_adds_up(history, rules):
    """An entry counts if the household was a candidate at most twelve months before, found or not."""
    shown = history.programme(rules)
    all_ = set()
    for month in history.months:
        entered = history.entries.entered[month.household]
        until = months_on(np.array([month.day]), 12)[0]
        all_ |= set(month.household[(entered > month.day) & (entered <= until)].tolist())
    assert shown.entries == shown.found + shown.missed == len(all_)
    assert shown.suspected + shown.unsuspected == shown.found <= shown.listed <= shown.visits
    assert shown.missed >= 0


@given(histories, rules_drawn)
def test_what_is_found_can_be_counted_by_hand(history, rules):
    """By household: the first listing in the twelve months before an entry, its lead, whether suspected."""
    listings = history.listings(rules)
    first: dict[int, tuple[float, bool]] = {}
    for place, who, suspected in zip(listings.month, listings.household, listings.suspected, strict=True):
        day, entered = history.months[place].day, history.entries.entered[who]
        if day < entered <= months_on(np.array([day]), 12)[0]:
            first.setdefault(who, ((entered - day).astype(int) / (365.25 / 12), bool(suspected)))
    shown = history.programme(rules)
    assert shown.found == len(first)
    assert shown.unsuspected == sum(not suspected for _, suspected in first.values())
    if first:
        assert shown.lead_months == pytest.approx(np.median([lead for lead, _ in first.values()]))


def test_an_order_that_stays_is_stable_though_lists_take_turns():
    """Stability is of lists without silence and of the same visits in both months: of the order alone."""
    history = one_grid(drawn(3, months=4))
    everybody = np.arange(60)
    rolls = tuple(
        replace(month, household=everybody, grid=np.zeros(60, int), suspected=np.zeros(60, bool))
        for month in history.months
    )
    nobody = Entries(np.full(60, NOBODY), np.full(60, NOBODY))
    still = replace(history, months=rolls, entries=nobody, scores=(everybody.astype(float),) * 4)
    visits = (5, 2, 7, 4)
    few = tuple(
        replace(month, capacity=Capacity(np.array([each]), np.array([0])))
        for month, each in zip(rolls, visits, strict=True)
    )
    still = replace(still, months=few)
    listings = still.listings(Rules(floor=1.0))
    assert listings.stability == 1.0
    assert np.unique(listings.household[:7]).size == 7
    turned = replace(still, scores=tuple(np.roll(everybody, 10 * m).astype(float) for m in range(4)))
    assert turned.listings(Rules(floor=1.0)).stability == 0.0


def test_the_lot_parts_equals_anew_each_month():
    """Equal scores: other seeds and other months draw others."""
    history = one_grid(drawn(5, months=3))
    equal = replace(history, scores=tuple(np.zeros_like(score) for score in history.scores))
    one, two = (equal.listings(Rules(floor=1.0, silent_days=0, seed=seed)) for seed in (1, 2))
    assert one.household.tolist() != two.household.tolist()
    assert one.stability < 0.9


def test_without_anything_found_nothing_is_made_up():
    """No entries: no lead, no precision where no visit was spent, all of it None or nought."""
    history = drawn(1, months=1)
    none = np.full(60, NOBODY)
    idle = replace(history.months[0], capacity=Capacity(np.zeros(6, int), np.zeros(2, int)))
    shown = replace(history, months=(idle,), entries=Entries(none, none)).programme(Rules())
    assert shown == Programme(0, 0, 0, 0, 0, 0, None, None, None)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.floats(0.1, 8.0))
def test_fractions_of_a_visit_add_up(seed, per_100):
    """Over two years a grid has its rate to within one visit, a township at least one a month."""
    rng = np.random.default_rng(seed)
    households, township = rng.integers(0, 60, 12), np.arange(12) % 3
    months = [monthly_capacity(households, township, month, per_100=per_100) for month in range(24)]
    own = np.sum([month.own for month in months], axis=0)
    assert (np.abs(own - 24 * households * per_100 / 100.0) < 1.0 + 1e-9).all()
    for month in months:
        assert (np.bincount(township, month.own, minlength=3) + month.spare >= 1).all()
        assert month.total == month.own.sum() + month.spare.sum()


def test_grids_of_less_than_a_visit_take_turns():
    """Of many grids of 25 households at two visits for a hundred, about half have one in any month."""
    households, township = np.full(400, 25), np.zeros(400, int)
    shares = [monthly_capacity(households, township, month).own.mean() for month in range(6)]
    assert all(0.4 < share < 0.6 for share in shares)
