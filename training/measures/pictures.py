"""How a list orders and what it promises, in pictures: one function computes, another draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.measures.ranking import rank, tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

_GRID = "#d8d8d8"
INK = "#303030"
_HUES = ("#0b5fa5", "#c2570c", "#4a7c2a", "#7a4fa3", "#8a8a8a", "#a3213b", "#158a8a", "#b38600", "#d46fa8")
_DPI = 120
_WILSON = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Curve:
    """A scorer's course down its own list, a point after each tie group, the first before any row.

    Parameters
    ----------
    share_listed, share_found, precision, false_share : (points,) arrays
        Share of the rows on the list, of the positives found, of the list that is positive (NaN on the empty
        list), and of the negatives on the list.
    base_rate : float
        Share of positives among all rows.
    """

    share_listed: Floats
    share_found: Floats
    precision: Floats
    false_share: Floats
    base_rate: float

    def found_at(self, share: float) -> float:
        """Give the share of the positives on a list of a share of the rows, ties drawn by lot."""
        return float(np.interp(share, self.share_listed, self.share_found))


@dataclass(frozen=True, eq=False)
class CalibrationBins:
    """Probabilities against what came, in bins of about equal size; equal probabilities are never parted.

    Parameters
    ----------
    expected, observed, low, high : (bins,) arrays
        Mean probability, share of positives, and the ends of its 95 % Wilson interval (rows taken as
        independent).
    rows : (bins,) array of int
    """

    expected: Floats
    observed: Floats
    low: Floats
    high: Floats
    rows: NDArray[np.int64]


def curve(y: Floats, score: Floats, weight: Floats | None = None) -> Curve:
    """Follow a list down from the highest score.

    Parameters
    ----------
    y : (rows,) array
        Rows with NaN are left out.
    score : (rows,) array
    weight : (rows,) array, optional
        How many rows each row stands for.

    Raises
    ------
    ValueError
        If the outcomes are of one kind: there is nothing to draw.
    """
    known = ~np.isnan(y)
    own = np.ones(int(known.sum())) if weight is None else weight[known]
    sums = tally(rank(y[known], score[known]), own[:, None])
    rows, positives = float(own.sum()), float(own[y[known] == 1.0].sum())
    if positives in {0.0, rows}:
        msg = "a curve needs outcomes of both kinds"
        raise ValueError(msg)
    listed = np.concatenate([[0.0], sums.listed[:, 0]])
    steps = np.concatenate([[0.0], sums.found[:, 0]])
    found = steps[np.searchsorted(sums.groups + 1, np.arange(len(listed)), side="right")]
    precision = np.divide(found, listed, out=np.full_like(listed, np.nan), where=listed > 0.0)
    false_share = (listed - found) / (rows - positives)
    return Curve(listed / rows, found / positives, precision, false_share, positives / rows)


def calibration_bins(
    y: Floats, p: Floats, *, bins: int = 10, weight: Floats | None = None
) -> CalibrationBins:
    """Sort rows by probability into bins of about equal size.

    Parameters
    ----------
    y : (rows,) array
        Rows with NaN are left out.
    p : (rows,) array
    bins : int
        At most so many; fewer where probabilities repeat.
    weight : (rows,) array, optional
        How many rows each row stands for; the bins hold about the same number of rows, not of weight.

    References
    ----------
    Wilson (1927), Probable inference, JASA 22: 209-212.
    """
    known = ~np.isnan(y)
    own = np.ones(int(known.sum())) if weight is None else weight[known]
    y, p = y[known], p[known]
    edges = np.unique(np.quantile(p, np.arange(1, bins) / bins)) if len(p) else np.array([])
    _, place = np.unique(np.searchsorted(edges, p, side="left"), return_inverse=True)
    rows = np.bincount(place)
    stood_for = np.bincount(place, weights=own)
    expected = np.bincount(place, weights=p * own) / stood_for
    observed = np.bincount(place, weights=y * own) / stood_for
    low, high = wilson(observed, rows.astype(np.float64))
    return CalibrationBins(expected, observed, low, high, rows.astype(np.int64))


def wilson(share: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Give the ends of the 95 % Wilson interval of a share."""
    squared = _WILSON**2
    centre = (share + squared / (2.0 * rows)) / (1.0 + squared / rows)
    half = (
        _WILSON * np.sqrt(share * (1.0 - share) / rows + squared / (4.0 * rows**2)) / (1.0 + squared / rows)
    )
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)


def draw_roc_pr(curves: Mapping[str, Curve]) -> Figure:
    """Draw the ROC and the precision-recall curves side by side.

    Parameters
    ----------
    curves : mapping of scorer to Curve
    """
    figure, (roc, pr) = canvas(10.0, 4.6, panels=2)
    for (name, each), hue in zip(curves.items(), _hues(len(curves)), strict=True):
        roc.plot(each.false_share, each.share_found, color=hue, label=name, linewidth=1.6)
        pr.step(each.share_found[1:], each.precision[1:], where="pre", color=hue, label=name, linewidth=1.4)
    roc.plot([0, 1], [0, 1], color=_GRID, linewidth=1.0, zorder=0)
    for rate in {each.base_rate for each in curves.values()}:
        pr.axhline(rate, color=_GRID, linewidth=1.0, zorder=0)
    _label(roc, "ROC", "share of the negatives on the list", "share of the positives found")
    _label(pr, "Precision and recall", "share of the positives found", "share of the list that is positive")
    roc.legend(loc="lower right", frameon=False)
    return figure


def draw_calibration(bins: Mapping[str, CalibrationBins]) -> Figure:
    """Draw observed shares against mean probabilities, with Wilson intervals.

    Parameters
    ----------
    bins : mapping of scorer to CalibrationBins
    """
    figure, (axes,) = canvas(5.4, 5.2)
    highest = max((float(max(each.high.max(), each.expected.max())) for each in bins.values()), default=1.0)
    axes.plot([0, highest], [0, highest], color=_GRID, linewidth=1.0, zorder=0)
    for (name, each), hue in zip(bins.items(), _hues(len(bins)), strict=True):
        reach = np.maximum(0.0, np.vstack([each.observed - each.low, each.high - each.observed]))
        axes.errorbar(
            each.expected,
            each.observed,
            yerr=reach,
            color=hue,
            label=name,
            marker="o",
            markersize=4,
            linewidth=1.2,
        )
    _label(axes, "Calibration", "mean probability", "share of positives")
    axes.set_xlim(0.0, highest * 1.03)
    axes.set_ylim(0.0, highest * 1.03)
    axes.legend(loc="upper left", frameon=False)
    return figure


def draw_gains(curves: Mapping[str, Curve], capacity: float) -> Figure:
    """Draw what a list finds by its length, and mark the capacity.

    Parameters
    ----------
    curves : mapping of scorer to Curve
    capacity : float
        Share of the rows that can be visited.
    """
    figure, (axes,) = canvas(6.4, 4.8)
    axes.plot([0, 1], [0, 1], color=_GRID, linewidth=1.0, zorder=0)
    axes.axvline(capacity, color=INK, linewidth=0.8, linestyle=":")
    for (name, each), hue in zip(curves.items(), _hues(len(curves)), strict=True):
        label = f"{name}: {each.found_at(capacity):.0%} found"
        axes.plot(each.share_listed, each.share_found, color=hue, linewidth=1.6, label=label)
    title = f"Gains, list of {100 * capacity:g} %"
    _label(axes, title, "share of the rows on the list", "share of the positives found")
    axes.legend(loc="lower right", frameon=False)
    return figure


def canvas(width: float, height: float, *, panels: int = 1) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure of a size [inches] and its panels side by side, out of pyplot's hands."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, [figure.add_subplot(1, panels, place + 1) for place in range(panels)]


def _label(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set_title(title, loc="left", color=INK)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _hues(count: int) -> list[str]:
    return [_HUES[place % len(_HUES)] for place in range(count)]
