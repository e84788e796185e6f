"""A clean county: no false alarm."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import Usage
from features.intake import take
from tests.made import made_panel
from tests.training.quality.made import AS_OF, EACH, clean, made
from training.quality.finding import State
from training.quality.page import page
from training.quality.report import quality


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nothing_is_to_be_done_in_a_clean_county(seed):
    """Whatever is asked for is there, and chance alone raises no alarm."""
    report = quality(made(clean(seed)), np.datetime64(AS_OF))

    assert [each.about.id for each in report.findings if each.state is State.ACT] == []
    assert report.first == ()
    assert report.townships == {"A": EACH, "B": EACH}


def test_the_last_day_known_is_the_day_of_the_report():
    """Where nobody says otherwise, all that is known counts."""
    rows = clean()
    last = max(row.get("known_on", row["occurred_on"]) for table in rows.values() for row in table)

    assert quality(made(rows)).as_of == np.datetime64(last)


def test_what_became_known_later_does_not_count():
    """As of an earlier day the report is the one that would have been written then."""
    rows = clean()
    for name, table in rows.items():
        rows[name] = [{"record_id": f"{name}-{place}", **row} for place, row in enumerate(table)]
    day = np.datetime64("2024-06-30")
    then = {
        name: [row for row in table if np.datetime64(row.get("known_on", row["occurred_on"])) <= day]
        for name, table in rows.items()
    }

    assert quality(made(rows), day).as_dict() == quality(made(then), day).as_dict()


def test_the_order_of_the_rows_does_not_matter():
    """Whatever way the tables were put together, the same is found."""
    rows, rng = clean(), np.random.default_rng(5)
    rows["incomes"] = [row for row in rows["incomes"] if row["household_id"] not in {"a03", "b40"}]
    rows["visits"] += [row | {"record_id": f"again-{place}"} for place, row in enumerate(rows["visits"][:5])]
    shuffled = {name: [table[place] for place in rng.permutation(len(table))] for name, table in rows.items()}
    one, other = (quality(made(each), np.datetime64(AS_OF)) for each in (rows, shuffled))

    for here, there in zip(one.findings, other.findings, strict=True):
        assert (here.total, here.townships, here.parts) == (there.total, there.townships, there.parts)


def test_a_panel_without_townships_can_be_judged():
    """Areas of a survey have no levels: each stands for itself; what such a panel never tells is missing."""
    tables = made_panel(households=80)
    report = quality(tables)
    states = {each.about.id: each.state for each in report.findings}

    assert set(report.townships) == {"north", "south"}
    assert states["no_income"] in {State.FINE, State.ACT}
    assert states["no_members"] is State.ACT
    assert states["not_found"] is State.UNJUDGED
    assert "没有成员名单的农户" in page(report)


@pytest.mark.parametrize("tables", [{}, {"households": {"household_id": []}}])
def test_nothing_can_be_said_of_nobody(tables):
    """Without a household there is no report."""
    with pytest.raises(Usage, match="no household is known"):
        quality(take(tables)[0])
