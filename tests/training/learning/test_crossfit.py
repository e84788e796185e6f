"""Cross-fitting: what a row is promised does not depend on its own block, nor on its own household."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import UNCALIBRATED, fit_calibration
from training.learning.crossfit import FOLDS, crossfitted, parts_of
from training.measures.reliability import calibration_line, logit

ROWS = 1200


def drawn(seed: int = 0, blocks: int = 3):
    """Draw scores that speak twice too loudly, outcomes, households met in every block, and blocks."""
    rng = np.random.default_rng(seed)
    f = rng.normal(-2.0, 2.0, ROWS)
    y = (rng.random(ROWS) < 1.0 / (1.0 + np.exp(-0.5 * f))).astype(np.float64)
    household = np.array([f"h{number % (ROWS // blocks)}" for number in range(ROWS)])
    return f, y, household, np.repeat(np.arange(blocks), ROWS // blocks)


@pytest.mark.parametrize(("block_of", "part"), [(0, 4), (1, 2), (2, 0)])
def test_a_row_is_promised_the_same_whatever_came_of_its_block_and_household(block_of, part):
    """Turning round every outcome of a block and of a part of the households moves none of their rows."""
    f, y, household, block = drawn()
    own, mine = block == block_of, parts_of(household) == part
    turned = np.where(own | mine, 1.0 - y, y)

    before, after = (crossfitted(f, outcomes, household, block) for outcomes in (y, turned))

    assert after[own & mine].tobytes() == before[own & mine].tobytes()
    assert (after[~own & ~mine] != before[~own & ~mine]).all()


def test_within_a_part_and_block_the_order_of_scores_is_kept():
    """Each row is calibrated by a strictly increasing curve."""
    f, y, household, block = drawn()
    p, part = crossfitted(f, y, household, block), parts_of(household)
    for each in range(3):
        for fold in range(FOLDS):
            rows = np.flatnonzero((block == each) & (part == fold))
            assert (np.diff(p[rows[np.argsort(f[rows])]]) > 0).all()


def test_scores_that_speak_too_loudly_are_mended_for_rows_not_seen():
    """Of scores twice too far from 0, the line of the promised log odds has a slope near 1."""
    f, y, household, block = drawn()
    p = crossfitted(f, y, household, block)
    weights = np.ones((ROWS, 1))
    assert calibration_line(y, f, weights).slope[0] == pytest.approx(0.5, abs=0.1)
    assert calibration_line(y, logit(p), weights).slope[0] == pytest.approx(1.0, abs=0.2)


def test_what_is_judged_by_other_rows_fits_less_well_than_what_is_judged_by_its_own():
    """The calibration of greatest likelihood on all rows is the most likely on them: others are less so."""
    f, y, household, block = drawn()

    def loss(p: np.ndarray) -> float:
        return float(-(y * np.log(p) + (1.0 - y) * np.log1p(-p)).mean())

    assert loss(fit_calibration(f, y).probability(f)) < loss(crossfitted(f, y, household, block))


def test_one_block_is_promised_by_the_calibrations_of_other_households():
    """Where all rows are of one block, the other households of it must do."""
    f, y, household, _ = drawn()
    block = np.zeros(ROWS, dtype=np.intp)
    p, mine = crossfitted(f, y, household, block), parts_of(household) == 2
    assert p[mine].tolist() == fit_calibration(f[~mine], y[~mine]).probability(f[mine]).tolist()


def test_where_the_others_had_no_outcome_the_scores_are_taken_as_they_are():
    """All outcomes in one block: its own rows have nothing to be calibrated by."""
    f, y, household, block = drawn()
    p = crossfitted(f, np.where(block == 0, y, 0.0), household, block)
    assert p[block == 0].tolist() == UNCALIBRATED.probability(f[block == 0]).tolist()


def test_the_part_of_a_household_depends_on_its_id_alone():
    """Households that come or go leave the others where they were."""
    names = np.array([f"h{number}" for number in range(50)])
    assert parts_of(names)[10:].tolist() == parts_of(names[10:]).tolist()
    assert set(parts_of(names).tolist()) == set(range(FOLDS))
