"""The table of scorers side by side."""

import json

import numpy as np
import pytest

from training.measures.comparison import ALL_ROWS, comparison
from training.measures.evaluation import Scores, measure
from training.measures.places import placed


def drawn(rows=1500, seed=0):
    """Return small data drawn from a seed."""
    generator = np.random.default_rng(seed)
    x = generator.normal(-1.5, 1.2, rows)
    y = (generator.random(rows) < 1.0 / (1.0 + np.exp(-x))).astype(float)
    good, poor = x + generator.normal(0, 0.3, rows), x + generator.normal(0, 2.0, rows)
    scorers = {
        "model": Scores(good, 1.0 / (1.0 + np.exp(-good))),
        "logistic": Scores(poor, 1.0 / (1.0 + np.exp(-poor))),
        "order alone": Scores(poor - 1.0),
    }
    return y, scorers, generator.integers(0, rows // 2, rows)


@pytest.fixture(scope="module")
def table():
    """Return a comparison on all rows and three groups."""
    y, scorers, household = drawn()
    groups = {"exited": np.arange(len(y)) % 2 == 0, "few": np.arange(len(y)) < 60, "nobody": y > 7}
    return comparison(y, scorers, household, groups=groups, resamples=200, random_state=1)


def test_every_scorer_is_measured_on_every_group(table):
    """Every scorer is measured on every group."""
    pairs = [(row.group, row.scorer) for row in table.rows]
    assert pairs == [
        (group, scorer)
        for group in (ALL_ROWS, "exited", "few", "nobody")
        for scorer in ("model", "logistic", "order alone")
    ]


def test_values_lie_in_their_intervals(table):
    """Values are those of the measures on the group, and lie in their intervals."""
    y, scorers, _ = drawn()
    part = np.arange(len(y)) % 2 == 0
    row = table.row("model", "exited")
    expected = measure(y[part], Scores(scorers["model"].score[part], scorers["model"].probability[part]))
    assert row.measures == expected
    for name in ("roc_auc", "average_precision", "brier", "calibration_slope"):
        assert row.estimates[name].low < row.estimates[name].value < row.estimates[name].high


def test_rows_of_several_origins_are_told_of(table):
    """The legend says how scores of several learners were put on one list; of one learner it says nothing."""
    y, scorers, household = drawn()
    two = placed(scorers, np.arange(len(y)) % 2, None)
    told = comparison(y, two, household, resamples=20)
    assert told.origins == told.as_dict()["origins"] == 2
    assert "Scored at 2 origins: a score is its place within its origin" in told.as_text()
    assert "origins" not in table.as_text()


def test_the_first_scorer_is_the_reference(table):
    """The first scorer is the reference, and leads the others by the difference of the measures."""
    assert table.reference == "model"
    assert table.row("model").lead is None
    model, other = table.row("model"), table.row("logistic")
    assert other.lead["roc_auc"].value == pytest.approx(model.measures.roc_auc - other.measures.roc_auc)
    assert other.lead["roc_auc"].low > 0.0


def test_a_lead_is_a_verdict_only_where_it_can_be_judged(table):
    """A lead is a verdict only where it can be judged."""
    assert table.row("logistic").reference_ahead("roc_auc").holds is True
    assert table.row("logistic").reference_ahead("brier").holds is True
    assert table.row("logistic", "few").reference_ahead("roc_auc").holds is None
    assert "100 needed" in table.row("logistic", "few").reference_ahead("roc_auc").reason
    assert table.row("order alone").reference_ahead("brier").holds is None
    assert table.row("model").reference_ahead("roc_auc").holds is None


def test_a_reference_that_is_behind_is_not_called_ahead():
    """A reference that is behind is not called ahead."""
    y, scorers, household = drawn()
    turned = {"logistic": scorers["logistic"], "model": scorers["model"]}
    row = comparison(y, turned, household, resamples=200).row("model")
    assert row.reference_ahead("roc_auc").holds is False
    assert "other side" in row.reference_ahead("roc_auc").reason
    assert row.reference_ahead("brier").holds is False


def test_text(table):
    """The text has a block a group, a line a scorer, the leads, and what cannot be judged."""
    text = table.as_text()
    assert "exited: 750 rows" in text
    assert "few: 60 rows" in text
    assert "cannot be judged" in text
    assert "model - logistic" in text
    assert "200 resamples of whole households" in text
    assert f"{table.row('model').measures.roc_auc:.3f}".removeprefix("0") in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_an_empty_group_is_shown_as_such(table):
    """An empty group is shown as such."""
    assert "nobody: 0 rows, 0 positives" in table.as_text()
    assert table.row("model", "nobody").measures.roc_auc is None


def test_the_dictionary_is_json_and_holds_every_row(table):
    """The dictionary is json and holds every row."""
    read = json.loads(json.dumps(table.as_dict(), allow_nan=False))
    assert len(read["rows"]) == len(table.rows)
    assert read["rows"][1]["lead_of_reference"]["roc_auc"]["low"] == table.row("logistic").lead["roc_auc"].low


def test_groups_and_scorers_are_checked():
    """Groups and scorers are checked."""
    y, scorers, household = drawn(50)
    with pytest.raises(ValueError, match="at least one scorer"):
        comparison(y, {}, household)
    with pytest.raises(ValueError, match="own name"):
        comparison(y, scorers, household, groups={ALL_ROWS: y > 0})
    with pytest.raises(ValueError, match="one entry a row"):
        comparison(y, scorers, household, groups={"part": y[:5] > 0})


def test_rows_that_overlap_are_judged_by_households():
    """Rows of forty households are too few, in a group as in all; no lead is told, the measures stay."""
    y, scorers, _ = drawn()
    household = np.where(y == 1.0, np.cumsum(y) % 40, 1000 + np.arange(len(y)))
    plain = comparison(y, scorers, household, resamples=50)
    part = household % 2 == 0
    judged = comparison(y, scorers, household, groups={"part": part}, overlap=True, resamples=50)
    assert plain.row("model").measures.why_not_judged is None
    assert judged.row("model").measures.why_not_judged == (
        "cannot be judged: 40 households with the outcome, 100 needed"
    )
    assert judged.row("model", "part").measures.households_hit == 20
    assert judged.row("logistic").reference_ahead("roc_auc").holds is None
    assert "model - logistic" in plain.as_text()
    assert "model - logistic" not in judged.as_text()
    assert judged.row("model").estimates == plain.row("model").estimates
