"""Rounded, lifted and copied figures: the planted share is told, with its interval, and chance is not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.quality.made import EACH, LINE, clean, finding, records
from training.quality.finding import State
from training.quality.heaping import rounded
from training.quality.over_line import expected


def test_shares_rounded_to_each_step_are_told_apart():
    """Of figures a fifth each is rounded to 1,000, 500 and 100 yuan; two fifths are not."""
    rng = np.random.default_rng(0)
    yuan = np.rint(rng.uniform(2000, 40_000, 20_000))
    step = rng.choice([1, 1, 100, 500, 1000], yuan.size)
    told = rounded(np.rint(yuan / step) * step)

    for each in (1000, 500, 100):
        assert told[f"rounded_{each}_low"] < 0.2 < told[f"rounded_{each}_high"], each


def test_figures_that_nobody_rounded_are_not_heaped():
    """The interval of every step holds zero or a hair beside it."""
    told = rounded(np.rint(np.random.default_rng(1).uniform(2000, 40_000, 20_000)))

    for each in (1000, 500, 100):
        assert told[f"rounded_{each}"] == pytest.approx(0.0, abs=0.02), each


def test_heaped_incomes_are_found_by_account_and_kind():
    """All wages are written in thousands; nothing else is."""
    rows = clean()
    for row in rows["incomes"]:
        if row["kind"] == "wage":
            row["amount"] = 1000.0 * round(row["amount"] / 1000.0)
    found = finding(rows, "round_incomes")

    assert {(part.by["account"], part.by["kind"]) for part in found.over} == {("period", "wage")}
    (wage,) = found.over
    assert wage.figure.value == 1.0
    assert found.total.count == sum(
        row["kind"] == "wage" and row["amount"] >= 2000 for row in rows["incomes"]
    )


def test_incomes_lifted_over_the_line_are_found():
    """Every household up to a tenth under the line is put 2 % over it."""
    rows = clean()
    lifted = set()
    by_survey: dict[tuple[str, str], list[dict]] = {}
    for row in rows["incomes"]:
        by_survey.setdefault((row["household_id"], row["occurred_on"]), []).append(row)
    for (household, _), survey in by_survey.items():
        ratio = sum(row["amount"] for row in survey) / 3 / LINE
        if 0.85 <= ratio < 1.0:
            survey[0]["amount"] += (1.02 - ratio) * 3 * LINE
            lifted.add(household)
    found = finding(rows, "over_line")

    assert found.state is State.ACT
    assert found.total.more["p_value"] < 1e-4
    assert found.total.value == 1.0
    assert lifted <= records(found)


def test_the_smooth_course_is_read_beside_the_line():
    """A parabola in the logarithm is found again, whatever lies in the bins that may have been moved."""
    edges = np.round(np.arange(0.6, 1.51, 0.05), 2)
    middle = (edges[1:] + edges[:-1]) / 2 - 1.0
    truth = np.exp(5.0 + 1.2 * middle - 2.0 * middle**2)
    counts = truth.copy()
    counts[(middle > -0.1) & (middle < 0.05)] = 0.0

    assert expected(counts, edges) == pytest.approx(truth)


def test_copied_surveys_are_found_whatever_the_rise():
    """Ten households of A wrote 2024 again in 2025: five the same, five with 7 % more, wages in hundreds."""
    rows = clean()
    copied = {f"a{number:02d}" for number in range(10)}
    before = {
        (row["household_id"], row["kind"]): row["amount"]
        for row in rows["incomes"]
        if row["occurred_on"] < "2025"
    }
    for row in rows["incomes"]:
        if row["household_id"] in copied and row["occurred_on"] > "2025":
            last = before[row["household_id"], row["kind"]]
            step = 100.0 if row["kind"] == "wage" else 1.0
            row["amount"] = last if row["household_id"] < "a05" else step * round(last * 1.07 / step)
    found = finding(rows, "copied_incomes")
    chance = finding(clean(), "copied_incomes")

    assert copied <= records(found)
    assert found.townships["A"].count - chance.townships["A"].count == len(copied)
    assert found.townships["B"].count == chance.townships["B"].count
    assert found.total.of == pytest.approx(2 * EACH * 4, abs=5)


def test_office_estimates_are_no_copies():
    """Last year's figures that the office wrote and says so are left out."""
    rows = clean()
    for row in rows["incomes"]:
        row["imputed"] = row["occurred_on"] > "2023"

    assert finding(rows, "copied_incomes").total.of == pytest.approx(2 * EACH, abs=3)


def test_one_rise_for_a_whole_village_is_found():
    """In township B twenty-five of sixty surveys of 2025 are 5 % above last year's."""
    rows = clean()
    raised = {f"b{number:02d}" for number in range(25)}
    last: dict[tuple[str, str], float] = {}
    for row in rows["incomes"]:
        key = row["household_id"], row["kind"]
        if row["household_id"] in raised and row["occurred_on"] > "2025":
            row["amount"] = round(last[key] * 1.05)
        last[key] = row["amount"]
    found = finding(rows, "same_factor")

    assert found.townships["A"].count == 0
    assert records(found) >= raised
    assert found.state is State.ACT


def test_visits_with_the_same_answers_four_times_are_found():
    """A household's six rounds of 2025 copy the last one of 2024: the third copy and those after it count."""
    rows = clean()
    ours = sorted(
        (row for row in rows["visits"] if row["household_id"] == "a03"), key=lambda row: row["occurred_on"]
    )
    source = [row for row in ours if row["occurred_on"] < "2025"][-1]
    for row in ours:
        if row["occurred_on"] > "2025":
            row |= {"mood": source["mood"], "workers": source["workers"]}
    found, chance = finding(rows, "same_answers"), finding(clean(), "same_answers")

    assert records(found) == records(chance) | {"a03"}
    assert 4 <= found.townships["A"].count - chance.townships["A"].count <= 6
