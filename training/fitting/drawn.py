"""What a data scientist looks at first, drawn of a fit."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from features.vectors import Vectors
from models.contributions import contributions
from training.learning.model import Learnt
from training.measures.pictures import (
    calibration_bins,
    curve,
    draw_calibration,
    draw_gains,
    draw_roc_pr,
)
from training.predictors.moved import draw_contributions, top_contributions

SUMMARY_ROWS = 2000
"""Rows, drawn at random, whose contributions are drawn."""

SHOWS = {
    "roc_pr.png": "ROC, and precision by recall, of the model and every baseline on later rows",
    "calibration.png": "What was promised and what came, on later rows",
    "gains.png": "What a list finds by its length, on later rows",
    "shap_summary.png": "The features that move the score most, and which way; grey is unknown",
}
"""What each figure shows."""

DPI_OF_A_PAGE = 80


def figures(
    learnt: Learnt,
    vectors: Vectors,
    y: NDArray[np.float64],
    weight: NDArray[np.float64] | None = None,
) -> dict[str, Figure]:
    """Draw ROC and PR, calibration, gains of the later rows, and contributions of some of all.

    Parameters
    ----------
    learnt : Learnt
    vectors : Vectors
        All rows.
    y, weight : (later rows,) arrays
    """
    model = learnt.model
    drawn = np.sort(np.random.default_rng(1).permutation(len(vectors))[:SUMMARY_ROWS])
    shown = vectors.take(drawn)
    given = contributions(model, shown)
    curves = {name: curve(y, scores.score, weight) for name, scores in learnt.scores.items()}
    bins = {
        name: calibration_bins(y, scores.probability, weight=weight)
        for name, scores in learnt.scores.items()
        if scores.probability is not None
    }
    return {
        "roc_pr.png": draw_roc_pr(curves),
        "calibration.png": draw_calibration(bins),
        "gains.png": draw_gains(curves, 0.10),
        "shap_summary.png": draw_contributions(
            top_contributions(given.phi, model.matrix(shown), model.features, given.f0)
        ),
    }


def pictures(drawn: Mapping[str, Figure]) -> dict[str, bytes]:
    """Return figures as PNG files by what they show, small enough to be put into a page.

    The same figures give the same bytes: the file does not say what wrote it.
    """
    files = {}
    for name, figure in drawn.items():
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DPI_OF_A_PAGE, metadata={"Software": None})
        files[SHOWS[name]] = out.getvalue()
    return files
