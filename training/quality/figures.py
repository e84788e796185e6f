"""The figures of the report as SVG: townships side by side, and incomes around the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from training.quality.finding import Figure, Part
from training.quality.words import NOWHERE, percent

INK, PALE, HUE, LIFTED = "#303030", "#d8d8d8", "#0b5fa5", "#c2570c"
WIDTH, TOP, BOTTOM, LEFT, RIGHT = 720, 8, 32, 46, 8
HEIGHT = 104
_NICE = (1, 2, 2.5, 5, 10)
_FEW = 12
"""More townships than this have their names turned."""


def strip(townships: Mapping[str, Figure], limit: float, *, ratio: bool = False) -> str:
    """Draw the value of each township with its interval, in the order of their codes, and the tolerance.

    Townships that cannot be judged have a short dash on the ground instead.
    """
    top = _nice(max([limit, *(each.high or 0.0 for each in townships.values())]) * 1.05 or 1.0)
    step = (WIDTH - LEFT - RIGHT) / max(len(townships), 1)
    drawn = [_axis(top, ratio=ratio), _level(limit, top)]
    for place, (name, label) in enumerate(zip(townships, short(list(townships)), strict=True)):
        x, each = LEFT + step * (place + 0.5), townships[name]
        drawn.append(_dot(x, each, top) if each.value is not None else _dash(x))
        turned = f' transform="rotate(-45 {x:.1f} {HEIGHT - 18})"' if len(townships) > _FEW else ""
        anchor = "end" if turned else "middle"
        drawn.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 18}" text-anchor="{anchor}"{turned}>{escape(label)}</text>'
        )
    return _svg(drawn, HEIGHT, "各乡镇比例及95%区间")


def around_line(parts: Sequence[Part]) -> str:
    """Draw counts by income over the line, and the smooth course that is expected."""
    height = 190
    top = _nice(max([1.0, *(max(p.figure.count, float(p.figure.more["expected"] or 0.0)) for p in parts)]))
    step, ground = (WIDTH - LEFT - RIGHT) / max(len(parts), 1), height - BOTTOM
    scale = (ground - TOP) / top
    drawn = [f'<text x="{LEFT - 6}" y="{TOP + 9}" text-anchor="end">{top:,.0f}</text>']
    points = []
    for place, part in enumerate(parts):
        x, tall = LEFT + step * place, part.figure.count * scale
        hue = LIFTED if part.by["from"] == "1.00" else HUE
        box = f'x="{x + 1:.1f}" y="{ground - tall:.1f}" width="{step - 2:.1f}" height="{tall:.1f}"'
        drawn.append(f'<rect {box} fill="{hue}"/>')
        expected = float(part.figure.more["expected"] or 0.0) * scale
        points.append(f"{x + step / 2:.1f},{ground - expected:.1f}")
        if place % 2 == 0:
            drawn.append(f'<text x="{x:.1f}" y="{ground + 14}" text-anchor="middle">{part.by["from"]}</text>')
    drawn.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{INK}" stroke-width="1.4"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    drawn.append(
        f'<text x="{middle:.0f}" y="{height - 6}" text-anchor="middle">人均纯收入 ÷ 监测线；黑线为预期</text>'
    )
    return _svg(drawn, height, "监测线附近的收入分布")


def short(names: Sequence[str]) -> list[str]:
    """Return names without what they all begin with.

    Examples
    --------
    >>> short(["C01T01", "C01T02", ""])
    ['01', '02', '未分乡镇']
    """
    told = sorted(name for name in names if name)
    alike = 0
    if len(told) > 1:
        while told[0][alike : alike + 1] and told[0][alike] == told[-1][alike]:
            alike += 1
    begin = told[0][:alike].rstrip("0123456789") if told else ""
    return [name.removeprefix(begin) if name else NOWHERE for name in names]


def _axis(top: float, *, ratio: bool) -> str:
    lines = []
    for part in (0.0, 0.5, 1.0):
        y, value = _y(part * top, top), part * top
        label = f"{value:g}倍" if ratio else percent(value)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{PALE}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 3:.1f}" text-anchor="end">{label}</text>')
    return "".join(lines)


def _level(limit: float, top: float) -> str:
    if limit <= 0.0:
        return ""
    y = _y(limit, top)
    dashed = f'stroke="{LIFTED}" stroke-dasharray="4 3"'
    return f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" {dashed}/>'


def _dot(x: float, each: Figure, top: float) -> str:
    low, high, at = (_y(value or 0.0, top) for value in (each.low, each.high, each.value))
    whisker = (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{HUE}" stroke-width="1.5"/>'
    )
    return f'{whisker}<circle cx="{x:.1f}" cy="{at:.1f}" r="3" fill="{HUE}"/>'


def _dash(x: float) -> str:
    y = _y(0.0, 1.0) - 3
    return f'<line x1="{x - 4:.1f}" x2="{x + 4:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}"/>'


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _nice(value: float) -> float:
    size = 10.0 ** (len(str(int(value))) - 1) if value >= 1.0 else 0.1
    while size > value:
        size /= 10.0
    return next(size * each for each in _NICE if size * each >= value)


def _svg(drawn: Sequence[str], height: int, title: str) -> str:
    words = f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
    return f'<svg {words} font-size="10" fill="{INK}">{"".join(drawn)}</svg>'
