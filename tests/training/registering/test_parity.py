"""The certificate that one, many and parted are the same: one last digit that differs is none."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from features.evidence import of_household
from features.policy import illustrative
from features.vectors import build_vectors
from models.assessment import assess
from models.bundle import Origin, read_bundle, write_bundle
from models.risk import RiskModel
from tests.facts import facts, income, people
from training.learning.model import fit_trees
from training.registering.parity import HOUSEHOLDS, parity

DAY = np.datetime64("2025-06-30")
FEATURES = ("income_to_line_latest", "income_age", "people")
MANY = 60


class InCompany(RiskModel):
    """A model that says something else, in the last digits, where more than one household is asked about."""

    def score_matrix(self, X):
        """Move the score of households that are not alone."""
        return super().score_matrix(X) + 1e-12 * (len(X) > 1)


@pytest.fixture(scope="module")
def tables():
    """Return households with an income each; from the first another split off, with none of its own."""
    ids = [f"h{number:02d}" for number in range(MANY)]
    begun = {"occurred_on": "2020-01-01", "area": "village"}
    own = {
        "incomes": [
            income("2025-03-31", 900.0 + 40.0 * place, household_id=one) for place, one in enumerate(ids)
        ],
        "compositions": [
            people("2025-01-15", 1 + place % 4, household_id=one) for place, one in enumerate(ids)
        ],
    }
    split = {"kind": "split", "household_id": "h00", "other_household_id": "h99", "occurred_on": "2025-05-01"}
    return facts(
        households=[begun | {"household_id": one} for one in (*ids, "h99")], registrations=[split], **own
    )


@pytest.fixture(scope="module")
def bundle(tables, tmp_path_factory):
    """Return the bundle of a small model of them."""
    vectors = build_vectors(tables, DAY, features=FEATURES)
    y = (np.arange(len(vectors)) % 3 == 0).astype(np.float64)
    params = {"num_iterations": 5, "num_leaves": 3, "min_data_in_leaf": 5}
    place = tmp_path_factory.mktemp("parity") / "bundle"
    write_bundle(place, fit_trees(vectors, y, params, "entry"), Origin("simulated", (), {}, "fangpin"), {})
    return read_bundle(place)


def certificate(bundle, tables, households, seed=1):
    """Return the certificate on some of the households."""
    return parity(bundle, illustrative(), tables, np.array(households), DAY, random_state=seed)


@pytest.mark.parametrize("seed", range(4))
def test_one_many_and_parted_are_the_same(bundle, tables, seed):
    """Of whichever households; as many lineages as were asked for."""
    told = certificate(bundle, tables, [f"h{number:02d}" for number in range(MANY)], seed)
    assert told.same
    assert told.households in (HOUSEHOLDS, HOUSEHOLDS + 1)
    assert told == certificate(bundle, tables, [f"h{number:02d}" for number in range(MANY)], seed)


def test_a_lineage_is_assessed_together(bundle, tables):
    """Who split off has another history alone: it is certified with the household that it comes from."""
    policy, alone = illustrative(), of_household(tables, "h99", DAY)
    whole = {one.household_id: one for one in assess(bundle, policy, tables, DAY, made_at="")}
    (torn,) = assess(bundle, policy, alone, DAY, made_at="")
    assert torn.canonical() != whole["h99"].canonical()
    told = certificate(bundle, tables, ["h99"])
    assert (told.same, told.households) == (True, 2)


def test_one_last_digit_that_differs_is_no_certificate(bundle, tables):
    """A model whose answer hangs on who else is asked about."""
    own = {each.name: getattr(bundle.model, each.name) for each in fields(RiskModel)}
    other = replace(bundle, model=InCompany(**own))
    told = certificate(other, tables, ["h01", "h02", "h03"])
    assert (told.same, told.households) == (False, 3)
    assert certificate(bundle, tables, ["h01", "h02", "h03"]).same


def test_nobody_is_no_household(bundle, tables):
    """Households that the tables do not know are not counted as certified."""
    assert certificate(bundle, tables, ["stranger"]).households == 0
