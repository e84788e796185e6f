"""The citizen's id number: one form of it, its check digit, and what it tells beside the person."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
"""GB 11643-1999: weights of the first 17 digits, and the check digit for each remainder by 11."""
_WHOLE = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")
_WITH_CERTIFICATE = re.compile(r"(\d{17}[\dX])\d{2}(?:B\d)?")
"""A disability certificate's number: the id number, kind and grade, and of a copy B and its count."""


def plain_text(text: str) -> str:
    """Return a number or name as it is compared: half-width, without spaces, in capitals."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def plain_number(text: str) -> str:
    """Return an id number in its one form: 18 digits where it had 15, or was a certificate's.

    Examples
    --------
    >>> plain_number(" 110101 19900307 001x "), plain_number("11010119900307001X43")
    ('11010119900307001X', '11010119900307001X')
    >>> len(plain_number("110101900307001"))
    18
    """
    plain = plain_text(text)
    if _OLD.fullmatch(plain):
        whole = f"{plain[:6]}19{plain[6:]}"
        return whole + _check_digit(whole)
    certificate = _WITH_CERTIFICATE.fullmatch(plain)
    return certificate[1] if certificate else plain


def is_faulty(number: str) -> bool:
    """Return whether a plain number is no id number: its form, its day of birth or its check digit."""
    return not _WHOLE.fullmatch(number) or _born(number) is None or _check_digit(number[:17]) != number[17]


def birth_year(number: str) -> str:
    """Return the year of birth that a plain number tells, empty where it is faulty."""
    return "" if is_faulty(number) else number[6:10]


def sex(number: str) -> str:
    """Return "man" or "woman" by the last digit but one, empty where the number is faulty."""
    return "" if is_faulty(number) else ("woman", "man")[int(number[16]) % 2]


def _born(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _check_digit(digits: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECKS[total % len(_CHECKS)]
