"""One number of the county's file: what is known about it, and the laws that it keeps."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.errors import Breach

FILE = "county.toml"
METADATA = ("value", "low", "high", "unit", "meaning", "source", "total", "names", "perfect")
OF_A_NUMBER = ("value", "meaning", "source")
"""A table with one of these words is a number; any other is a group."""
TOLERANCE = 1e-6
"""How far shares may miss their total."""

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """One number, or list of numbers, with what is known about it.

    Parameters
    ----------
    value : tuple of float
        One element where ``listed`` is false.
    low, high, perfect : tuple of float, optional
        As long as ``value``. ``perfect`` is the value at which an imperfection of the records vanishes.
    total : float, optional
        What the elements must add up to.
    """

    key: str
    value: Values
    listed: bool
    unit: str
    meaning: str
    source: str
    low: Values | None = None
    high: Values | None = None
    perfect: Values | None = None
    total: float | None = None
    names: tuple[str, ...] = ()


def parsed(text: str, faults: list[Breach]) -> dict[str, Any]:
    """Return the tables of a text, none of them where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        _blame(faults, "", f"is not TOML ({fault})")
        return {}


def _blame(faults: list[Breach], key: str, rule: str, rows: tuple[int, ...] = ()) -> None:
    faults.append(Breach(FILE, key, rule, max(1, len(rows)), rows))


def leaves(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Return the numbers of a complete file with their dotted keys, as they stand there."""
    for name, item in document.items():
        if isinstance(item, Mapping) and all(isinstance(item.get(word, {}), Mapping) for word in OF_A_NUMBER):
            yield from leaves(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", item


def checked_number(key: str, item: object, faults: list[Breach]) -> Number | None:
    """Return a number of a complete file, or None with its faults noted."""
    before = len(faults)
    raw = _raw(key, item if isinstance(item, Mapping) else {}, faults)
    for name in ("unit", "meaning", "source"):
        if not isinstance(raw.get(name), str):
            _blame(faults, key, f"{name} must be said")
    names = raw.get("names", [])
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        _blame(faults, key, "names must be a list of words")
        names = []
    value = _values(key, "value", raw.get("value"), faults)
    low, high, ideal, total = (
        _values(key, name, raw[name], faults, len(value)) if name in raw else None
        for name in ("low", "high", "perfect", "total")
    )
    if (low is None) != (high is None):
        _blame(faults, key, "low and high come together")
    if names and len(names) != len(value):
        _blame(faults, key, f"has {len(value)} elements and {len(names)} names")
    if len(faults) > before:
        return None
    number = Number(
        key,
        value,
        isinstance(raw["value"], list),
        raw["unit"],
        raw["meaning"],
        raw["source"],
        low,
        high,
        ideal,
        None if total is None else total[0],
        tuple(names),
    )
    _hold_range(number, faults)
    _hold_law(number, faults)
    if number.perfect is not None:
        _hold_law(replace(number, value=number.perfect), faults)
    return number


def _raw(key: str, item: Mapping[str, Any], faults: list[Breach]) -> dict[str, Any]:
    """Return what a table says about a number; note words that are not known."""
    for name in item:
        if name not in METADATA:
            _blame(faults, key, f"unknown word {name!r}; known are {', '.join(METADATA)}")
    if "value" not in item:
        _blame(faults, key, "has no value")
    return dict(item)


def _values(key: str, name: str, raw: object, faults: list[Breach], length: int | None = None) -> Values:
    """Return numbers as a tuple, a single one repeated to a length; note what is no finite number."""
    items = raw if isinstance(raw, list | tuple | np.ndarray) else [raw]
    numeric = [isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in items]
    if raw is None and name == "value":
        return ()
    if not all(numeric) or not numeric:
        rows = tuple(i for i, good in enumerate(numeric) if not good)
        _blame(faults, key, f"{name} is not a number", rows if isinstance(raw, list) else ())
        return ()
    values = tuple(map(_float, items))
    unbound = tuple(i for i, v in enumerate(values) if not math.isfinite(v))
    if unbound:
        _blame(faults, key, f"{name} is not finite", unbound if isinstance(raw, list) else ())
    if length is not None and name != "total":
        if len(values) == 1 and not isinstance(raw, list):
            return values * length
        if len(values) != length:
            _blame(faults, key, f"{name} has {len(values)} elements, not {length}")
    return values


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _hold_range(number: Number, faults: list[Breach]) -> None:
    """Note a range that is upside down or that cannot hold the total."""
    if number.low is None or number.high is None:
        return
    if any(low > high for low, high in zip(number.low, number.high, strict=True)):
        _blame(faults, number.key, "low is above high")
    if number.total is not None and not (
        sum(number.low) - TOLERANCE <= number.total <= sum(number.high) + TOLERANCE
    ):
        _blame(faults, number.key, "no values within the range add up to the total")


def _hold_law(number: Number, faults: list[Breach]) -> None:
    """Note values outside their range (but for the perfect ones), or that miss their total."""
    low = number.low or (0.0,) * len(number.value)
    high = number.high or (math.inf,) * len(number.value)
    ideal = number.perfect or (math.nan,) * len(number.value)
    outside = [i for i, v in enumerate(number.value) if not (low[i] <= v <= high[i] or v == ideal[i])]
    if outside:
        i = outside[0]
        rule = f"is outside {low[i]:g} to {high[i]:g}" if high[i] < math.inf else "must not be negative"
        _blame(faults, number.key, f"{number.value[i]:g} {rule}", tuple(outside) if number.listed else ())
    if number.total is not None and abs(sum(number.value) - number.total) > TOLERANCE:
        _blame(faults, number.key, f"adds up to {sum(number.value):g}, not {number.total:g}")


def overlay(
    entries: dict[str, Number], given: Mapping[str, Any], faults: list[Breach], prefix: str = ""
) -> None:
    """Put given values in the place of those in hand."""
    for name, item in given.items():
        key = f"{prefix}{name}"
        if key in entries:
            entries[key] = _changed(entries[key], item, faults)
        elif isinstance(item, Mapping) and any(known.startswith(f"{key}.") for known in entries):
            overlay(entries, item, faults, f"{key}.")
        else:
            _blame(faults, key, "unknown key")


def _changed(number: Number, item: object, faults: list[Breach]) -> Number:
    before = len(faults)
    raw = _raw(number.key, item, faults).get("value") if isinstance(item, Mapping) else item
    values = _values(number.key, "value", raw, faults)
    if len(faults) == before and (
        number.listed != isinstance(raw, list | tuple | np.ndarray) or len(values) != len(number.value)
    ):
        wanted = f"a list of {len(number.value)}" if number.listed else "one number"
        _blame(faults, number.key, f"must be {wanted}")
    if len(faults) > before:
        return number
    changed = replace(number, value=values)
    _hold_law(changed, faults)
    return changed


def table_text(entry: Number) -> str:
    """Return a number as a table of the file."""
    lines = [f"[{entry.key}]", f"value = {_shown(entry.value, entry.listed)}"]
    for name, values in (("low", entry.low), ("high", entry.high), ("perfect", entry.perfect)):
        if values is not None:
            lines.append(f"{name} = {_shown(values, entry.listed)}")
    if entry.total is not None:
        lines.append(f"total = {_plain(entry.total)}")
    if entry.names:
        lines.append(f"names = {json.dumps(entry.names, ensure_ascii=False)}")
    said = (("unit", entry.unit), ("meaning", entry.meaning), ("source", entry.source))
    lines += [f"{name} = {json.dumps(words, ensure_ascii=False)}" for name, words in said]
    return "\n".join(lines) + "\n"


def _shown(values: Values, listed: bool) -> str:
    texts = [_plain(value) for value in values]
    return f"[{', '.join(texts)}]" if listed else texts[0]


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def page_row(entry: Number) -> str:
    """Return a number as a row of the page's Markdown table."""
    names = [f"{name} " for name in entry.names] or [""] * len(entry.value)
    value = ", ".join(f"{name}{v:,.10g}" for name, v in zip(names, entry.value, strict=True))
    ranges = ""
    if entry.low is not None and entry.high is not None:
        spans = [f"{low:,.10g} to {high:,.10g}" for low, high in zip(entry.low, entry.high, strict=True)]
        ranges = spans[0] if len(set(spans)) == 1 else ", ".join(map("".join, zip(names, spans, strict=True)))
    if entry.perfect is not None:
        ideal = list(dict.fromkeys(f"{v:,.10g}" for v in entry.perfect))
        ranges += f"; perfect {', '.join(ideal)}"
    cells = (f"`{entry.key}`", value, ranges.removeprefix("; "), entry.unit, entry.meaning, entry.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
