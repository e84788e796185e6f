"""Laws of numbers: large figures lose nothing, corrections cancel to the fen, company does not matter."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from features import operations
from features.check import accept
from features.reach import REACH
from features.tables import HOUSEHOLD_TABLES
from features.vectors import build_vectors
from tests.facts import LINES
from tests.laws.histories import DAY, records, tables_of
from tests.laws.twice import FEW, MANY, Laws, by_name

LAWS = Laws()
law = LAWS.law
NAMES = ("record_id", "household_id", "member_id", "other_household_id")
BILLS = "self_paid_medical_12m"
FEN = st.integers(0, 100_000_000_000)
"""Up to a thousand million yuan."""
large = st.tuples(
    st.integers(90_000_000_000, 110_000_000_000),
    st.lists(st.none() | st.integers(-300, 300), min_size=REACH, max_size=REACH),
)
"""A figure [fen], and how far the months, some of them unknown, lie from it."""


@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_numbers_holds(law):
    """On a few figures."""
    law(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=by_name)
def test_a_law_of_numbers_holds_on_many(law):
    """On many more."""
    law(MANY)


def figures(middle, apart):
    """Return a series as operations take it, the running month without a figure, and what is known of it."""
    told = [np.nan if one is None else float(middle + one) for one in apart]
    series = np.array([*told, np.nan]).reshape(1, REACH + 1, 1)
    return series, [(place, Fraction(one)) for place, one in enumerate(told) if not np.isnan(one)]


def known_and_mean(series):
    """Return how many figures are known, and their mean, as a plan works them out."""
    known = operations.known_to(series, np.ones(1))[:, REACH]
    recorded = operations.recorded_to(series, np.ones(1))[:, REACH]
    return known, operations.mean_of(known, recorded)


@law(large)
def spread_is_exact_beside_a_large_figure(drawn):
    """A thousand million yuan a month that move by cents: the deviation to nine digits."""
    series, told = figures(*drawn)
    spread = operations.spread_of(series, *known_and_mean(series), months=REACH, complete=True)[0, 0]
    if len(told) < 2:
        assert np.isnan(spread)
        return
    mean = sum(one for _, one in told) / len(told)
    square = sum((one - mean) ** 2 for _, one in told) / len(told)
    with localcontext() as exact:
        exact.prec = 50
        root = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
    assert spread == pytest.approx(float(root), rel=2e-9) if root else spread < 1e-4


@law(large)
def slope_is_exact_beside_a_large_figure(drawn):
    """The change a month by least squares, to nine digits of the steepest that such figures can have."""
    series, told = figures(*drawn)
    slope = operations.slope_of(series, *known_and_mean(series), months=REACH, complete=True)[0, 0]
    if len(told) < 2:
        assert np.isnan(slope)
        return
    middle = Fraction(sum(month for month, _ in told), len(told))
    mean = sum(one for _, one in told) / len(told)
    rise = sum((month - middle) * (one - mean) for month, one in told)
    run = sum((month - middle) ** 2 for month, _ in told)
    assert slope == pytest.approx(float(rise / run), rel=1e-9, abs=1e-9)


@law(st.lists(st.lists(FEN, min_size=1, max_size=6), min_size=1, max_size=8))
def corrections_cancel_to_the_fen(bills):
    """Bills corrected again and again add up, day after day, to what they last said."""
    first = date(2025, 6, 1)
    rows = [
        (f"b{number}", first + timedelta(days=time), fen / 100)
        for number, versions in enumerate(bills)
        for time, fen in enumerate(versions)
    ]
    tables = bills_of(rows)
    days = [np.datetime64(first + timedelta(days=time)) for time in range(6)]
    told = build_vectors(tables, days, features=[BILLS]).X[:, 0]
    for time, value in enumerate(told):
        fen = sum(versions[min(time, len(versions) - 1)] for versions in bills)
        assert value == fen / 100


@law(records())
def company_does_not_matter(drawn):
    """Few households are added up by NumPy and many by a loop over the months: the same bytes."""
    tables = tables_of(drawn)
    assert_unmoved(tables, 5)


def test_four_households_have_the_same_bytes_among_a_thousand():
    """Those that are there alone, of whom much is told, taken with all the others at once."""
    drawn = find(
        records(), lambda told: len(told) > 12, settings=settings(database=None, phases=[Phase.generate])
    )
    assert_unmoved(tables_of(drawn), 250)


def assert_unmoved(tables, times):
    """Assert that households have the bytes that they have among others, so many times as many."""
    few, many = build_vectors(tables, DAY), build_vectors(copies(tables, times), DAY)
    assert len(few) <= operations.FEW_HOUSEHOLDS < len(many)
    assert many.X[np.isin(many.household_id, few.household_id)].tobytes() == few.X.tobytes()


def copies(tables, times):
    """Return tables in which every household, and whoever is named with it, is there so many times."""
    made = dict(tables)
    for name in tables.keys() & HOUSEHOLD_TABLES.keys():
        ids = [c.name for c in HOUSEHOLD_TABLES[name].columns if c.name in NAMES]
        made[name] = {
            column: np.concatenate(
                [_numbered(values, number) if column in ids else values for number in range(times)]
            )
            for column, values in tables[name].items()
        }
    return made


def _numbered(values, number):
    """Return other ids for all but the first: records that tie are told apart by theirs."""
    return np.where(values == "", "", np.char.add(values, f"+{number}")) if number else values


def bills_of(rows):
    """Return tables of one household with medical bills (record, day of knowledge, yuan)."""
    record, known, amount = zip(*rows, strict=True)
    every = len(rows)
    return accept(
        {
            "households": household(["h"]),
            "lines": {"record_id": ["l"], "known_on": ["2015-01-01"]}
            | {name: [value] for name, value in LINES[0].items()},
            "expenses": {
                "record_id": list(record),
                "household_id": ["h"] * every,
                "occurred_on": ["2025-05-10"] * every,
                "known_on": list(known),
                "kind": ["medical_self_paid"] * every,
                "amount": list(amount),
            },
        }
    )


def household(names):
    """Return plain rows of ``households``, all in the village."""
    every = len(names)
    return {
        "record_id": list(names),
        "household_id": list(names),
        "occurred_on": ["2015-01-01"] * every,
        "known_on": ["2015-01-01"] * every,
        "area": ["village"] * every,
    }
