"""Every feature is read somewhere in a small simulated county, but for those that only surveys know."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from features.definitions import FEATURES
from features.files import read_tables
from features.vectors import build_vectors
from training.cli import app

pytestmark = pytest.mark.slow

ASKED_BY_SURVEYS = {
    "unemployed", "listed_at_work", "listed_own_account", "listed_employee", "listed_employer",
    "listed_formal", "hours", "doctor_visits", "hospital_stays", "floor", "earth_floor", "water",
    "water_outside", "toilet", "rooms", "rooms_a_head", "tenant", "owner", "insecure_tenure", "dwelling_flat",
    "spent_savings", "borrowed_from_people", "borrowed_from_bank", "bought_on_credit", "sold_belongings",
    "spent_savings_12m", "borrowed_from_people_12m", "borrowed_from_bank_12m", "bought_on_credit_12m",
    "sold_belongings_12m", "support_goods_6m", "support_goods_24m", "support_from_people_6m",
    "support_from_people_24m",
}  # fmt: skip
"""The form of a survey of living standards asks for these; a county's form does not."""

NOT_IN_THE_COUNTY = {
    "support_school_6m": "help with schooling is given there on entry into monitoring only",
}
RATES = {name for name in FEATURES if name.startswith("area_rate_")}
"""Worked out when a model is fitted, from outcomes known by then."""


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """Return the vectors of a small county at four month ends."""
    at = tmp_path_factory.mktemp("county")
    done = CliRunner().invoke(app, ["simulate", "--out", str(at), "--households", "1500", "--months", "66"])
    assert done.exit_code == 0, done.output
    return build_vectors(read_tables(at), ["2022-01-31", "2022-09-30", "2023-12-31", "2024-06-30"])


def test_every_feature_says_something_of_a_county(vectors):
    """Not unknown everywhere, and not the same everywhere."""
    silent = set()
    for name in vectors.features:
        known = vectors.column(name)[np.isfinite(vectors.column(name))]
        if known.size == 0 or (known == known[0]).all():
            silent.add(name)
    assert silent == ASKED_BY_SURVEYS | set(NOT_IN_THE_COUNTY) | RATES
