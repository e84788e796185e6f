"""What moves the score: which features and rows are shown, and that they can be drawn."""

from __future__ import annotations

import io

import numpy as np
import pytest

from models.contributions import Contributions as Given
from models.contributions import contributions
from tests.made import made_panel
from training.learning.model import fit_trees
from training.learning.preparing import prepare
from training.predictors.moved import (
    draw_concepts,
    draw_contributions,
    draw_dependence,
    moved_by_concept,
    top_contributions,
)


def png(figure):
    """Render a figure."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    assert out.getvalue().startswith(b"\x89PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def model():
    """Return a small model of a made panel, and its vectors."""
    _, followed, vectors = prepare(made_panel(households=120), "next_visit", lambda _: None)
    return fit_trees(vectors, followed.y, {"num_iterations": 20, "num_leaves": 4}, "next_visit"), vectors


def test_a_concept_moves_the_score_by_the_sum_of_its_features(model):
    """The farthest first; features that offset each other in every row move nothing together."""
    trees, vectors = model
    given = contributions(trees, vectors)
    moved = moved_by_concept(trees, given)
    assert list(moved.values()) == sorted(moved.values(), reverse=True)
    income = [place for place, concept in enumerate(trees.concepts) if concept == "income"]
    assert moved["income"] == pytest.approx(np.abs(given.phi[:, income].sum(axis=1)).mean())
    phi = np.zeros((5, len(trees.features)))
    phi[:, income[0]], phi[:, income[1]] = 0.7, -0.7
    assert moved_by_concept(trees, Given(0.0, phi))["income"] == 0.0


def test_concepts_and_dependence_can_be_drawn():
    """A bar a concept; a dot a row where the value is known, and a line for the rest."""
    bars = draw_concepts({"income": 0.5, "work": 0.2})
    assert [text.get_text() for text in bars.axes[0].get_yticklabels()] == ["work", "income"]
    png(bars)
    phi, X = np.arange(8.0).reshape(4, 2), np.array([[1.0, 1.0], [np.nan, 2.0], [3.0, 3.0], [4.0, 4.0]])
    figure = draw_dependence(top_contributions(phi, X, ["a", "b"], 0.0), "a")
    dots = figure.axes[0].collections[0].get_offsets()
    assert dots.tolist() == [[1.0, 0.0], [3.0, 4.0], [4.0, 6.0]]
    assert figure.axes[0].lines[1].get_ydata()[0] == 2.0
    png(figure)
    with pytest.raises(ValueError, match="not in tuple"):
        draw_dependence(top_contributions(phi, X, ["a", "b"], 0.0), "c")


def test_top_contributions():
    """The features that move the score most come first, and the same rows are drawn each time."""
    generator = np.random.default_rng(0)
    phi = generator.normal(size=(500, 4)) * [0.1, 2.0, 0.0, 1.0]
    X = generator.normal(size=(500, 4))
    shown = top_contributions(phi, X, list("abcd"), -2.0, features=3, rows=100)
    assert shown.names == ("b", "d", "a")
    assert shown.phi.shape == shown.X.shape == (100, 3)
    again = top_contributions(phi, X, list("abcd"), -2.0, features=3, rows=100)
    np.testing.assert_array_equal(shown.phi, again.phi)
    place = int(np.flatnonzero(phi[:, 1] == shown.phi[0, 0])[0])
    np.testing.assert_array_equal(shown.X[0], X[place, [1, 3, 0]])


def test_contributions_are_drawn_by_shap():
    """The same contributions give the same picture, unknown values or not, and touch no global state."""
    generator = np.random.default_rng(0)
    phi, X = generator.normal(size=(60, 3)), generator.normal(size=(60, 3))
    X[::3, 0] = np.nan
    X[:, 1] = np.nan
    shown = top_contributions(phi, X, ["income_ratio", "never_known", "earners"], -2.0)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    figure = draw_contributions(shown)
    first, second = png(figure), png(draw_contributions(shown))
    assert first == second
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert set(labels) == set(shown.names)
