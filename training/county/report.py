"""The calibration report: a simulated county against its anchors, as a page to open and as Markdown."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from training.county.anchors import TITLES, Anchor, Verdict, read_anchors
from training.county.figures import drawings, svg
from training.county.measures import Measure, Measured

_MONEY, _SHARE = "yuan", "share"
_SMALL, _LARGE = 0.02, 1000
"""Shares below are shown with one more digit; numbers from here on without any."""
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #202020; max-width: 72rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #e2e2e2; vertical-align: top; }
td.n { text-align: right; white-space: nowrap; } .note { color: #5a5a5a; font-size: .85em; }
.within { color: #2c6b1e; } .unsure { color: #8a6100; } .outside { color: #a3213b; font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figure img { width: 100%; } figcaption { font-weight: 600; }
.made { background: #fff3d6; padding: .5rem .8rem; border-left: 4px solid #c2870c; }
"""
_WARNING = (
    "Everything on this page is simulated. It says how a made-up county compares with figures of real ones; "
    "it says nothing about any real household, and nothing about how well a model would do in a real county."
)
_HEAD = ("measure", "households", "simulated", "95 % interval", "anchor", "tolerance", "agrees", "source")


def write_report(measured: Measured, out: str | Path, anchors: Sequence[Anchor] | None = None) -> Path:
    """Write the calibration report: one self-contained HTML page, or Markdown without figures.

    Parameters
    ----------
    measured : Measured
        Of all townships of the county.
    out : path
        The file, Markdown where its name ends in ``.md``; its folder must be there.
    anchors : sequence of Anchor, optional
        Other anchors than the shipped ones.

    Returns
    -------
    Path
        The file written.
    """
    path = Path(out)
    page = anchors_page if path.suffix == ".md" else report_page
    path.write_text(page(measured, read_anchors() if anchors is None else anchors), "utf-8")
    return path


def report_page(measured: Measured, anchors: Sequence[Anchor]) -> str:
    """Return the report as HTML."""
    judged = verdicts(measured, anchors)
    tables = "\n".join(_html_table(section, judged) for section in TITLES)
    figures = "\n".join(
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<img alt="{escape(title)}" src="{_inlined(svg(draw))}"></figure>'
        for title, draw in drawings(measured, anchors).items()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>模拟 / simulated county: calibration</title>
<style>{_STYLE}</style></head><body>
<h1>模拟 / simulated county: calibration</h1>
<p class="made">{_WARNING}</p>
<p>{_summary(measured, judged)}</p>
<p class="note">{escape(_METHOD)}</p>
<h2>Figures</h2>
<div class="plots">
{figures}
</div>
{tables}
</body></html>
"""


def anchors_page(measured: Measured, anchors: Sequence[Anchor] | None = None) -> str:
    """Return the comparison as Markdown, for the documentation."""
    judged = verdicts(measured, read_anchors() if anchors is None else anchors)
    parts = [
        "# Simulated county: calibration (模拟)",
        _WARNING,
        _summary(measured, judged),
        _METHOD,
    ]
    for section, title in TITLES.items():
        rows = [
            _cells(anchor, measure, verdict)
            for anchor, measure, verdict in judged
            if anchor.section == section
        ]
        lines = [f"| {' | '.join(_HEAD)} |", "|" + "---|" * len(_HEAD)]
        lines += [f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |" for cells in rows]
        notes = [
            f"- {a.meaning} ({a.households}): {a.note}"
            for a, _, _ in judged
            if a.section == section and a.note
        ]
        parts += [f"## {section} {title}", "\n".join(lines)] + (["\n".join(notes)] if notes else [])
    return "\n\n".join(parts) + "\n"


def verdicts(
    measured: Measured, anchors: Sequence[Anchor] | None = None
) -> tuple[tuple[Anchor, Measure, Verdict], ...]:
    """Return each anchor with its measure and whether they agree."""
    found = []
    for anchor in read_anchors() if anchors is None else anchors:
        measure = measured.measure(anchor.key)
        found.append((anchor, measure, anchor.judge(measure)))
    return tuple(found)


_METHOD = (
    "Measured in the life itself, before it becomes records. Counts are given for a county of 51,565 "
    "households. "
    "All rural households: exited and edge households count once, the sampled ordinary ones by their weight. "
    "Intervals leave out one township after the other; what strikes all of them alike is not in them. "
    "'within': inside the anchor with its tolerance; 'unsure': outside, but the interval reaches within."
)


def _summary(measured: Measured, judged: Sequence[tuple[Anchor, Measure, Verdict]]) -> str:
    held = [verdict for anchor, _, verdict in judged if anchor.held and verdict is not Verdict.UNTOLD]
    counts = {verdict: held.count(verdict) for verdict in (Verdict.AGREES, Verdict.UNSURE, Verdict.DIFFERS)}
    words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    townships = f"{measured.townships} township{'s' if measured.townships > 1 else ''}"
    return f"{townships}; of {len(held)} anchors that can be compared: {words}."


def _cells(anchor: Anchor, measure: Measure, verdict: Verdict) -> tuple[str, ...]:
    unit = anchor.unit
    value = f"{_shown(measure.value, unit)}{'' if unit == _SHARE else f' {unit}'}"
    figure, span = _shown(anchor.value, unit), _span(anchor.low, anchor.high, unit)
    return (
        anchor.meaning,
        anchor.households,
        "not told" if verdict is Verdict.UNTOLD else value,
        _span(measure.low, measure.high, unit),
        f"{figure} ({span})" if figure and span else figure or span,
        _shown(anchor.tolerance, unit, points=True),
        str(verdict),
        anchor.source,
    )


def _span(low: float | None, high: float | None, unit: str) -> str:
    if low is None or math.isnan(low):
        return ""
    return f"{_shown(low, unit)} to {_shown(high, unit)}"


def _shown(value: float | None, unit: str, *, points: bool = False) -> str:
    if value is None or math.isnan(value):
        return ""
    if unit == _SHARE:
        digits = 2 if abs(value) < _SMALL else 1
        return f"{100 * value:.{digits}f} {'points' if points else '%'}"
    if abs(value) >= _LARGE or unit == _MONEY:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _html_table(section: str, judged: Sequence[tuple[Anchor, Measure, Verdict]]) -> str:
    head = "".join(f"<th>{escape(word)}</th>" for word in _HEAD)
    rows = []
    for anchor, measure, verdict in judged:
        if anchor.section != section:
            continue
        cells = [escape(cell) for cell in _cells(anchor, measure, verdict)]
        if anchor.note:
            cells[0] += f'<br><span class="note">{escape(anchor.note)}</span>'
        marks = ["", "", ' class="n"', ' class="n"', ' class="n"', ' class="n"', f' class="{verdict}"', ""]
        rows.append("<tr>" + "".join(f"<td{m}>{c}</td>" for m, c in zip(marks, cells, strict=True)) + "</tr>")
    title = f"{section} {TITLES[section]}"
    opened = f"<h2>{escape(title)}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>\n"
    return opened + "\n".join(rows) + "\n</tbody></table>"


def _inlined(drawing: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8")).decode("ascii")
