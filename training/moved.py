"""What moves the score, in pictures: of single features, and of all that is about one thing together."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.pictures import canvas

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
