"""Estimates as plain text: a number with its interval, and cells in columns."""

from __future__ import annotations

from training.measures.intervals import Estimate


def cell(estimate: Estimate, *, signed: bool = False) -> str:
    """Return a value and its interval, "-" where there is none.

    Examples
    --------
    >>> cell(Estimate(0.5, 0.25, 1.5)), cell(Estimate(0.5), signed=True), cell(Estimate(None))
    ('.500 [.250 1.500]', '+.500', '-')
    """
    if estimate.value is None:
        return "-"
    text = _number(estimate.value, signed=signed)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{_number(estimate.low, signed=signed)} {_number(estimate.high, signed=signed)}]"


def whole(estimate: Estimate, *, signed: bool = False) -> str:
    """Return a count and its interval without digits after the point.

    Examples
    --------
    >>> whole(Estimate(7.0, 3.0, 11.25)), whole(Estimate(7.0), signed=True)
    ('7 [3 11]', '+7')
    """
    if estimate.value is None:
        return "-"
    sign = "+" if signed else ""
    text = f"{estimate.value:{sign}.0f}"
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{estimate.low:{sign}.0f} {estimate.high:{sign}.0f}]"


def aligned(lines: list[list[str]]) -> list[str]:
    """Return rows of cells as lines, the first column to the left, the others to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [
        "  ".join(
            [
                line[0].ljust(widths[0]),
                *(text.rjust(width) for text, width in zip(line[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for line in lines
    ]


def _number(value: float, *, signed: bool) -> str:
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 1.0 else text


def slug(scorer: str) -> str:
    """Return a scorer's name as a part of a figure's."""
    return scorer.lower().replace(" ", "_")
