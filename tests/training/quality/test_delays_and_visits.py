"""Late facts, and visits that are not made or follow suspicion."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.quality.made import EACH, clean, counts, finding, records, without
from training.quality.delays import days_told
from training.quality.finding import State


def _bills(days: int, *, township: str, number: int = 50, **more: object) -> list[dict]:
    plain = {"kind": "accident", "amount": 700.5, "source": "self"}
    bills = []
    for place in range(number):
        day = np.datetime64("2025-02-03") + 3 * place
        known = {"occurred_on": str(day), "known_on": str(day + days)}
        bills.append(plain | {"household_id": f"{township}{place:02d}"} | known | more)
    return bills


def test_late_facts_are_found_by_table_and_source_though_few_of_all():
    """Fifty claims of township B come after 100 days: few among all facts, all of their source."""
    rows = clean()
    rows["expenses"] += _bills(100, township="b")
    found = finding(rows, "late_facts")

    assert counts(found) == (50, 0, 50)
    assert found.total.value < found.about.tolerance
    assert found.state is State.ACT
    (part,) = found.over
    assert part.by == {"table": "expenses", "source": "self"}
    assert part.figure.more == {"median_days": 100, "p90_days": 100}


def test_ninety_days_are_not_late_and_a_correction_is_no_delay():
    """A record counts when it first came, whatever was mended in it later."""
    rows = clean()
    bills = _bills(90, township="a")
    rows["expenses"] += [bill | {"record_id": f"bill-{place}"} for place, bill in enumerate(bills)]
    rows["expenses"] += [
        bill | {"record_id": f"bill-{place}", "amount": 800.5, "known_on": "2025-12-30"}
        for place, bill in enumerate(bills)
    ]

    assert counts(finding(rows, "late_facts")) == (0, 0, 0)


def test_days_that_were_assumed_are_counted_apart():
    """They tell nothing of delays."""
    rows = clean()
    rows["expenses"] += _bills(300, township="a", number=40, known_on_assumed=True)
    for row in rows["expenses"][-40:]:
        row["occurred_on"] = str(np.datetime64(row["occurred_on"]) - 300)
        row["known_on"] = str(np.datetime64(row["known_on"]) - 300)

    assert counts(finding(rows, "late_facts")) == (0, 0, 0)
    found = finding(rows, "assumed_days")
    assert counts(found) == (40, 40, 0)
    assert [part.by for part in found.over] == [{"table": "expenses", "source": "self"}]


def test_a_bulge_at_the_turn_of_the_year_is_found():
    """What took over a month is handed in at New Year in township A, and all year round in B."""
    rows = clean()
    rows["expenses"] += _bills(40, township="b", source="court")
    late = _bills(40, township="a")
    for row in late:
        row["occurred_on"], row["known_on"] = "2024-11-01", "2024-12-28"
    rows["expenses"] += late
    found = finding(rows, "turn_of_year")

    assert found.townships["A"].count == 50
    assert [part.by["source"] for part in found.over] == ["self"]


def test_the_median_is_a_day_that_occurred():
    """No half days."""
    assert days_told(np.array([1, 2, 3, 40])) == {"median_days": 2, "p90_days": 40}
    assert days_told(np.zeros(0, np.int64)) == {"median_days": None, "p90_days": None}


@pytest.mark.parametrize(
    ("name", "since"), [("not_visited_4m", "2025-09-01"), ("not_visited_12m", "2025-01-01")]
)
def test_households_without_a_recent_visit_are_listed(name, since):
    """Nobody came to two households of A since."""
    rows = clean()
    rows["visits"] = [
        row
        for row in rows["visits"]
        if row["household_id"] not in {"a03", "a17"} or row["occurred_on"] < since
    ]
    found = finding(rows, name)

    assert counts(found) == (2, 2, 0)
    assert records(found) == {"a03", "a17"}
    assert {part.by["grid"]: part.figure.count for part in found.parts} == {"AVG": 2, "BVG": 0}


def test_rounds_by_phone_are_named_by_grid():
    """A third of the last year's rounds of township B."""
    rows = clean()
    recent = [row for row in rows["visits"] if row["household_id"] < "b20" and row["occurred_on"] >= "2025"]
    for row in recent:
        if row["household_id"].startswith("b"):
            row["mode"] = "phone"
    found = finding(rows, "by_phone")

    assert counts(found) == (120, 0, 120)
    assert [part.by for part in found.over] == [{"grid": "BVG"}]


def test_more_visits_after_warnings_are_told_as_a_ratio():
    """Whoever was warned of is visited in each of the two months after it, beside the ordinary rounds."""
    rows = clean()
    calm = finding(rows, "after_warnings")
    extra = []
    for row in rows["warnings"]:
        month = np.datetime64(row["known_on"], "M")
        plain = {"household_id": row["household_id"], "purpose": "round", "mode": "home", "source": "visit"}
        extra += [
            plain | {"occurred_on": f"{month + ahead}-28"} for ahead in (1, 2) if f"{month + ahead}" < "2026"
        ]
    rows["visits"] += extra
    found = finding(rows, "after_warnings")

    assert calm.state is not State.ACT
    assert calm.total.value is None or calm.total.low < 1.0 < calm.total.high
    assert found.state is State.ACT
    assert found.total.low > 2.0


def test_households_in_monitoring_are_counted_apart():
    """From their entry on, until eliminated."""
    rows = clean()
    steps = (("2024-06-15", "entry"), ("2025-06-15", "elimination"))
    rows["monitoring"] = [
        {"household_id": "a03", "step": step, "occurred_on": day, "source": "county"} for day, step in steps
    ]
    found = finding(rows, "after_warnings")
    months = sum(
        part.figure.of
        for part in found.parts
        if part.by["purpose"] == "round" and part.by["monitored"] == "yes"
    )

    assert months == 12
    everything = sum(part.figure.of for part in found.parts if part.by["purpose"] == "round")
    assert everything == 2 * EACH * 24


def test_nothing_is_judged_from_a_handful():
    """Of fewer than thirty cases a share is not told, and its township is not judged."""
    rows = clean()
    for household in [f"b{number:02d}" for number in range(60)]:
        without(rows, "warnings", household)
    found = finding(rows, "not_found")

    assert found.townships["B"].value is None
    assert found.townships["B"].of == 0
