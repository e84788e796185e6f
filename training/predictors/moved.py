"""What moves the score, in pictures: of single features, and of all that is about one thing together."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.contributions import Contributions as Given
from models.contributions import contributions_by_concept
from models.risk import RiskModel
from training.measures.pictures import INK, canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """The contributions to show: the rows drawn and the features that move the score most.

    Parameters
    ----------
    names : tuple of str
        Features, the most moving first.
    phi, X : (rows, features) arrays
        Contributions in log odds, and the values behind them (NaN unknown).
    f0 : float
        The base value.
    """

    names: tuple[str, ...]
    phi: Floats
    X: Floats
    f0: float


def top_contributions(
    phi: Floats,
    X: Floats,
    names: Sequence[str],
    f0: float,
    *,
    features: int = 20,
    rows: int = 2000,
    random_state: int = 0,
) -> Contributions:
    """Choose what a summary shows.

    Parameters
    ----------
    phi : (rows, features) array
        Contributions in log odds, as `models.contributions` gives them.
    X : (rows, features) array
        The values of the vectors.
    names : sequence of str
        Feature ids.
    f0 : float
        The base value.
    features, rows : int
        At most so many: the features of the largest mean absolute contribution over all rows; rows drawn at
        random.
    random_state : int
    """
    chosen = np.argsort(-np.abs(phi).mean(axis=0), kind="stable")[:features]
    drawn = np.arange(len(phi))
    if len(phi) > rows:
        drawn = np.sort(np.random.default_rng(random_state).choice(len(phi), size=rows, replace=False))
    picked = np.ix_(drawn, chosen)
    return Contributions(tuple(names[place] for place in chosen), phi[picked], X[picked], f0)


def moved_by_concept(model: RiskModel, given: Given) -> dict[str, float]:
    """Return how far each concept moves the score on average, the farthest first.

    Parameters
    ----------
    model : RiskModel
    given : models.contributions.Contributions
        Of some rows.

    Returns
    -------
    dict
        Concept to mean absolute contribution [log odds]: of the sum of its features, which may offset each
        other in a row.
    """
    concepts, sums = contributions_by_concept(model, given)
    moved = dict(zip(concepts, np.abs(sums).mean(axis=0).tolist(), strict=True))
    return dict(sorted(moved.items(), key=lambda each: -each[1]))


def draw_concepts(moved: Mapping[str, float]) -> Figure:
    """Draw how far each concept moves the score, the farthest on top."""
    figure, (axes,) = canvas(6.4, 1.0 + 0.32 * len(moved))
    names = list(moved)[::-1]
    axes.barh(names, [moved[name] for name in names], color="#0b5fa5")
    axes.set_title("What moves the score", loc="left", color=INK)
    axes.set_xlabel("mean absolute contribution to the log odds")
    return figure


def draw_dependence(shown: Contributions, feature: str) -> Figure:
    """Draw what each value of a feature contributes; where it is unknown, as a line at the mean.

    Parameters
    ----------
    shown : Contributions
    feature : str
        One of its names; ValueError where it is none.
    """
    place = shown.names.index(feature)
    x, phi = shown.X[:, place], shown.phi[:, place]
    unknown = np.isnan(x)
    figure, (axes,) = canvas(6.4, 4.2)
    axes.axhline(0.0, color="#d8d8d8", linewidth=1.0, zorder=0)
    axes.scatter(x[~unknown], phi[~unknown], s=8, alpha=0.4, color="#0b5fa5", linewidths=0)
    if unknown.any():
        label = f"unknown in {unknown.mean():.0%} of the rows"
        axes.axhline(float(phi[unknown].mean()), color="#c2570c", linestyle=":", label=label)
        axes.legend(frameon=False)
    axes.set_title(feature, loc="left", color=INK)
    axes.set_xlabel("value")
    axes.set_ylabel("contribution to the log odds")
    return figure


def draw_contributions(shown: Contributions) -> Figure:
    """Draw the summary of contributions with shap's own beeswarm.

    Parameters
    ----------
    shown : Contributions
    """
    with warnings.catch_warnings():
        # shap sets the colour of what is unknown in a way that matplotlib will give up one day.
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
        import shap

    figure, (axes,) = canvas(9.0, 1.5 + 0.38 * len(shown.names))
    explanation = shap.Explanation(
        values=shown.phi,
        base_values=np.full(len(shown.phi), shown.f0),
        data=shown.X,
        feature_names=list(shown.names),
    )
    with _legacy_seed(0), warnings.catch_warnings():
        # A feature unknown in all rows shown has no colour range: shap warns, and draws it grey as it should.
        warnings.filterwarnings("ignore", message="All-NaN slice", category=RuntimeWarning)
        shap.plots.beeswarm(explanation, max_display=len(shown.names), ax=axes, show=False, plot_size=None)
    axes.set_xlabel("contribution to the log odds")
    return figure


@contextmanager
def _legacy_seed(seed: int) -> Iterator[None]:
    """Hold NumPy's global generator, which shap's beeswarm draws from, and put it back."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
