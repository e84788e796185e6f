"""The rules of practice as a baseline: how many fire."""

import numpy as np
import pytest

from features.definitions import FEATURES
from features.errors import Foreign
from features.vectors import Vectors
from training.baselines.rules_fired import RULES, RulesFired


def vectors(rows: list[dict[str, float]]) -> Vectors:
    """Return vectors of the rules' features; what is not told is unknown."""
    X = np.array([[row.get(name, np.nan) for name in RulesFired.features] for row in rows])
    names = np.array([f"h{place}" for place in range(len(rows))])
    days = np.repeat(np.datetime64("2024-06-30"), len(rows))
    return Vectors(names, days, RulesFired.features, X, {}, np.repeat("C01", len(rows)))


def test_every_rule_reads_a_feature_and_names_its_source():
    """A rule is on a feature of the catalogue and says where its threshold was seen."""
    assert all(rule.feature in FEATURES and rule.source for rule in RULES)


def test_the_score_counts_the_rules_that_fire():
    """At the threshold a rule fires; the line fires under it; what is unknown never fires."""
    seen = vectors([
        {},
        {"self_paid_medical_12m": 4_999.0, "income_to_line_12m": 1.0},
        {"self_paid_medical_12m": 5_000.0, "income_to_line_12m": 0.99, "warnings_6m": 2.0},
    ])  # fmt: skip
    y = np.array([0.0, 0.0, 1.0])
    assert RulesFired().fit(seen, y).score(seen).tolist() == [0.0, 0.0, 3.0]


def test_the_probability_is_the_share_of_the_count_drawn_to_the_whole():
    """Rows of one count share a probability; a count never seen has the overall share."""
    seen = vectors([{"warnings_6m": 1.0}] * 60 + [{}] * 40)
    y = np.array([1.0] * 6 + [0.0] * 94)
    rules = RulesFired().fit(seen, y)
    p = rules.probability(seen)
    assert p[0] == pytest.approx((6 + 20 * 0.06) / (60 + 20))
    assert p[-1] == pytest.approx(20 * 0.06 / (40 + 20))
    assert rules.rates_[-1] == pytest.approx(0.06)


def test_vectors_without_the_features_are_foreign():
    """A missing feature is named."""
    seen = vectors([{}, {}])
    less = Vectors(seen.household_id, seen.as_of, seen.features[1:], seen.X[:, 1:], {}, seen.area)
    with pytest.raises(Foreign, match="income_to_line_12m"):
        RulesFired().fit(less, np.array([0.0, 1.0]))
