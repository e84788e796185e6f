"""What a card says of the data that a model was learnt from."""

from __future__ import annotations

import numpy as np

from tests.facts import facts, income, people
from training.fitting.carding import assumed_known_on


def test_assumed_days_of_knowing_are_counted_by_table():
    """With their share; a table whose days are all recorded is not named."""
    tables = facts(
        incomes=[income("2025-05-31", 2000), income("2025-06-30", 2000), income("2025-07-31", 2000)],
        compositions=[people("2025-01-15", 2)],
    )
    tables["incomes"]["known_on_assumed"] = np.array([1, 0, -1], dtype=np.int8)

    assert assumed_known_on(tables) == {"incomes": {"rows": 1, "of": 3, "share": 1 / 3}}
