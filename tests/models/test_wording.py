"""Numbers as people say them."""

import pytest

from models.wording import figure


@pytest.mark.parametrize(
    ("value", "unit", "zh"),
    [
        (0.02, "share", "不到一成"),
        (0.31, "share", "3成"),
        (1.0, "share", "10成"),
        (2.41, "share", "2.4倍"),
        (800.0, "yuan", "800元"),
        (23_000.0, "yuan", "2.3万元"),
    ],
)
def test_a_number_is_said_as_a_cadre_says_it(value, unit, zh):
    """Shares in tenths up to the whole, then as times as much; money in yuan, then in 万元."""
    assert figure(value, unit, "zh") == zh
