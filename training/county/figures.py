"""The figures of the calibration report, drawn from what was counted of a county."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.county.anchors import Anchor
from training.county.measures import Measured
from training.county.tallies.money import BINS, SOURCES
from training.county.tallies.outcomes import CAUSES, TYPES
from training.county.tallies.people import AGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HUES = ("#0b5fa5", "#c2570c", "#4a7c2a", "#7a4fa3", "#8a8a8a")
INK, PALE = "#303030", "#d8d8d8"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GROUPS = ("exited", "ordinary", "all")
Floats = NDArray[np.float64]


def svg(draw: Callable[[Axes], None], width: float = 6.4, height: float = 3.6) -> str:
    """Return a drawing as SVG; the same drawing gives the same text."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "county", "font.size": 9}):
        figure: Figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        draw(axes)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def drawings(measured: Measured, anchors: Sequence[Anchor]) -> dict[str, Callable[[Axes], None]]:
    """Return what can be drawn of a county, by title."""
    years = told_years(measured)
    found: dict[str, Callable[[Axes], None]] = {}
    if years:
        found["Net income a head by year, yuan"] = lambda axes: _income(axes, measured, anchors, years)
        found["Income of exited households by source"] = lambda axes: _composition(axes, measured, years)
        found["Income of exited households against the line"] = lambda axes: _against_line(
            axes, measured, years
        )
        found["Seasons of income, exited households"] = lambda axes: _seasons(axes, measured)
    found["New entries by month and type, households told"] = lambda axes: _entries(axes, measured)
    found["Causes of new entries, from 2021"] = lambda axes: _causes(axes, measured, anchors)
    found["Risk eliminated, of all ever entered"] = lambda axes: _eliminated(axes, measured, anchors)
    found["Eliminations by month of the year"] = lambda axes: _eliminations(axes, measured)
    found["Ages, exited households"] = lambda axes: _ages(axes, measured)
    return found


def told_years(measured: Measured) -> list[int]:
    """Return the calendar years told in full."""
    start = "income.exited."
    return sorted(int(key.removeprefix(start)) for key in measured.ratios if key.startswith(start))


def months_of(measured: Measured) -> Floats:
    """Return each told month as a date in years."""
    names = [key.rsplit(".", 1)[1] for key in measured.ratios if key.startswith("eliminated.all.")]
    return np.array([int(name[:4]) + (int(name[5:]) - 0.5) / 12 for name in names])


def _values(measured: Measured, keys: Sequence[str]) -> Floats:
    return np.array([measured.measure(key).value for key in keys])


def _income(axes: Axes, measured: Measured, anchors: Sequence[Anchor], years: list[int]) -> None:
    for group, hue in zip(GROUPS, HUES, strict=False):
        values = _values(measured, [f"income.{group}.{y}" for y in years])
        axes.plot(years, values, color=hue, marker=".", label=group)
        of_group = [a for a in anchors if a.key.startswith(f"income.{group}.") and a.value is not None]
        if of_group:
            at = [int(a.key.rsplit(".", 1)[1]) for a in of_group]
            axes.plot(at, [a.value or np.nan for a in of_group], "D", color=hue, mfc="white")
    axes.plot([], [], "D", color=INK, mfc="white", label="anchor")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _composition(axes: Axes, measured: Measured, years: list[int]) -> None:
    below = np.zeros(len(years))
    for part, hue in zip(("wage", "operating", "property", "transfer"), HUES, strict=False):
        share = 100 * _values(measured, [f"{part}_share.exited.{y}" for y in years])
        axes.bar(years, share, bottom=below, color=hue, label=f"{part}, net" if part == "operating" else part)
        below += share
    axes.axhline(200 / 3, color=INK, linewidth=0.8, linestyle=":")
    axes.set_ylabel("% of net income")
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _against_line(axes: Axes, measured: Measured, years: list[int]) -> None:
    middle = np.exp((BINS[1:] + BINS[:-1]) / 2)
    for year, hue in zip(dict.fromkeys((years[0], years[len(years) // 2], years[-1])), HUES, strict=False):
        counts = measured.pictures[f"distribution.{year}"]
        axes.plot(
            middle, 100 * counts / max(counts.sum(), 1), color=hue, label=str(year), drawstyle="steps-mid"
        )
    axes.axvline(1.0, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    ticks = (0.25, 0.5, 1, 2, 4, 8)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("net income a head over the line, end of the year")
    axes.set_ylabel("% of households")
    axes.legend(frameon=False)


def _seasons(axes: Axes, measured: Measured) -> None:
    table = measured.pictures["seasons"]
    for name, row, hue in zip(SOURCES, table, HUES, strict=True):
        axes.plot(range(12), 100 * row / max(row.sum(), 1), color=hue, label=name)
    axes.set_xticks(range(12), MONTHS)
    axes.set_ylabel("% of the year")
    axes.set_ylim(0, 35)
    axes.legend(frameon=False, ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _entries(axes: Axes, measured: Measured) -> None:
    table, months = measured.pictures["entries"].copy(), months_of(measured)
    filled = np.flatnonzero(table.sum(axis=1))
    title = "no entries"
    if filled.size:
        first = filled[0]
        title = f"left out: {table[first].sum():.0f} entered in the first month"
        table[first] = 0
    below = np.zeros(months.size)
    for place, (name, hue) in enumerate(zip(TYPES, HUES, strict=False)):
        axes.bar(months, table[:, place], width=0.07, bottom=below, color=hue, label=name.replace("_", " "))
        below += table[:, place]
    axes.legend(frameon=False, title=title)


def _causes(axes: Axes, measured: Measured, anchors: Sequence[Anchor]) -> None:
    shown = [cause for cause in CAUSES if measured.ratios[f"cause.all.{cause}"][:, 0].sum() > 0]
    place = np.arange(len(shown))
    for step, (group, hue) in enumerate(zip(("all", "exited"), HUES, strict=False)):
        values = 100 * _values(measured, [f"cause.{group}.{cause}" for cause in shown])
        axes.barh(place + 0.2 - 0.4 * step, values, height=0.38, color=hue, label=group)
    for anchor in anchors:
        name = anchor.key.rsplit(".", 1)[-1]
        if anchor.key.startswith("cause.all.") and name in shown and anchor.low is not None:
            ends = (100 * anchor.low, 100 * (anchor.high or anchor.low))
            axes.plot(ends, [shown.index(name)] * 2, color=INK, linewidth=2, marker="|")
    axes.plot([], [], color=INK, linewidth=2, marker="|", label="anchor")
    axes.set_yticks(place, shown)
    axes.invert_yaxis()
    axes.set_xlabel("% of new entries")
    axes.legend(frameon=False)


def _eliminated(axes: Axes, measured: Measured, anchors: Sequence[Anchor]) -> None:
    curve, months = measured.pictures["eliminated"], months_of(measured)
    for place, (group, hue) in enumerate(zip(("all", "exited"), HUES, strict=False)):
        gone, ever = curve[:, 2 * place], curve[:, 2 * place + 1]
        share = np.divide(100 * gone, ever, out=np.full(gone.size, np.nan), where=ever > 0)
        axes.plot(months, share, color=hue, label=group)
    for anchor in anchors:
        if anchor.key.startswith("eliminated.all."):
            name = anchor.key.rsplit(".", 1)[-1]
            low, high = anchor.bounds
            axes.plot([int(name[:4]) + (int(name[5:]) - 0.5) / 12] * 2, [100 * low, 100 * high], color=INK)
    axes.plot([], [], color=INK, label="anchor with tolerance")
    axes.set_ylabel("%")
    axes.set_ylim(0, 100)
    axes.legend(frameon=False)


def _eliminations(axes: Axes, measured: Measured) -> None:
    counts = measured.pictures["eliminations"]
    axes.bar(range(12), 100 * counts / max(counts.sum(), 1), color=HUES[0])
    axes.set_xticks(range(12), MONTHS)
    axes.set_ylabel("% of all")


def _ages(axes: Axes, measured: Measured) -> None:
    for name, hue in zip(("start", "end"), HUES, strict=False):
        counts = measured.pictures[f"ages.{name}"]
        axes.step(AGES[:-1], 100 * counts / max(counts.sum(), 1), where="post", color=hue, label=name)
    axes.axvspan(60, 100, color=PALE, alpha=0.4)
    axes.set_xlabel("years")
    axes.set_ylabel("% of people")
    axes.legend(frameon=False)
