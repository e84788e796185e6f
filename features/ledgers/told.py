"""What the cells of a ledger say in people's words: amounts, days, yes and no."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

import numpy as np

Number = tuple[float, bool]
"""A number, and whether its own unit says its size (1.2万 is 12,000 whatever the header says)."""

_NUMBER = re.compile(
    r"[¥$]?(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<size>[千万亿]?)(?P<unit>元|块|人|口|户|次|个月|月|年|级|间)?(?:整)?"
)
_SIZES = {"": 1.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]?\d{1,2}[:时].*)?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's count, which takes 1900 for a leap year; right from March 1900 on."""
_NO_DAY = np.datetime64("NaT", "D")

YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "1", "true", "yes", "y"})
NO = frozenset({"否", "无", "没有", "×", "✗", "✘", "x", "0", "false", "no", "n"})


def text_of(value: object) -> str:
    """Return the text by which a value of a ledger is compared: 1, 1.0 and "1" are the same.

    Examples
    --------
    >>> [text_of(value) for value in (1, 1.0, " 1 ", 10.5, True)]
    ['1', '1', '1', '10.5', 'true']
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value).strip()


def number_of(text: str) -> Number:
    """Return the number in a text, NaN where there is none.

    Examples
    --------
    >>> [number_of(text) for text in ("1.2万", "3,000", "3000元", "-5", "many")]
    [(12000.0, True), (3000.0, False), (3000.0, True), (-5.0, False), (nan, False)]
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return _float(plain), False
    size = found["size"]
    number = float(found["number"].replace(",", "")) * _SIZES[size]
    return number, bool(size) or found["unit"] in {"元", "块"}


def day_of(text: str, rounded: Literal["", "first", "last"] = "") -> np.datetime64:
    """Return the day in a text, NaT where there is none.

    Parameters
    ----------
    text : str
        2024-06-30, 2024/6/30, 2024.6.30, 2024年6月30日, 20240630, or Excel's count of days; a time
        of the day is passed over.
    rounded : {"", "first", "last"}
        Which day of its month a text is that tells only a month, such as 202406 or 2024年6月.

    Examples
    --------
    >>> [str(day_of(text)) for text in ("2024年6月3日", "20240603", "45446", "2024/6/3 9:30", "202406")]
    ['2024-06-03', '2024-06-03', '2024-06-03', '2024-06-03', 'NaT']
    >>> str(day_of("202406", "last"))
    '2024-06-30'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    serial = _SERIAL.fullmatch(plain)
    if serial:
        return np.datetime64(_EPOCH + timedelta(days=int(serial[1])), "D")
    found = _DAY.fullmatch(plain) or _MONTH.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if found is None:
        return _NO_DAY
    year, month, *days = (int(part) for part in found.groups() if part)
    try:
        first = date(year, month, 1)
        if days:
            return np.datetime64(first.replace(day=days[0]), "D")
    except ValueError:
        return _NO_DAY
    last = first.replace(day=monthrange(year, month)[1])
    ends = {"first": first, "last": last}
    return np.datetime64(ends[rounded], "D") if rounded else _NO_DAY


def tells_a_month(text: str) -> bool:
    """Return whether a text tells a month and no day of it."""
    return np.isnat(day_of(text)) and not np.isnat(day_of(text, "first"))


def flag_of(text: str) -> bool | None:
    """Return whether a text says yes or no, None where it says neither."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in YES:
        return True
    return False if plain in NO else None


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
