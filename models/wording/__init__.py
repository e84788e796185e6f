"""The sentences of an assessment: templates in both languages, filled with figures as people say them."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from features.contract import SOURCES
from features.feature import Feature

Language = Literal["zh", "en"]
TENTHS = 10
TEN_THOUSAND = 10_000
_DETAIL = re.compile(r"\[(.*?)\]")


@cache
def wording(language: Language) -> dict[str, Any]:
    """Return the templates of a language."""
    return tomllib.loads((files("models.wording") / f"{language}.toml").read_text(encoding="utf-8"))


def phrase(feature: Feature, value: float, before: float | None, language: Language) -> str:
    """Return a value in words, "" where it is not one that is said.

    Parameters
    ----------
    feature : Feature
    value, before : float
        The value and, where there is one, the earlier figure to compare with.
    language : {"zh", "en"}
    """
    say = feature.say
    some, none = (say.zh, say.zh_none) if language == "zh" else (say.en, say.en_none)
    if value == 0 and (none or feature.unit != "line"):
        return none
    told = before is not None and not math.isnan(before)
    text = _DETAIL.sub(r"\1" if told else "", some)
    return text.format(
        value=figure(value, feature.unit, language),
        before=figure(before, feature.unit, language) if told and before is not None else "",
    )


def figure(value: float, unit: str, language: Language) -> str:
    """Return a number as people say it: money in yuan or 万元, shares in tenths up to one, counts whole."""
    words = wording(language)
    if unit == "yuan":
        if language == "zh" and abs(value) >= TEN_THOUSAND:
            return str(words["unit_ten_thousand"].format(value=_plain(value / TEN_THOUSAND)))
        return str(words["unit_yuan"].format(value=f"{value:,.0f}"))
    if unit == "share":
        tenths = round(value * 10)
        if tenths > TENTHS:
            return str(words["unit_fold"].format(value=_plain(value)))
        return str(words["unit_tenths"].format(value=tenths) if tenths else words["less_than_a_tenth"])
    if unit in {"line", "times"}:
        return _plain(value)
    return f"{value:.0f}"


def sentence(
    text: str, raises: bool, occurred_on: str, source: str, marks: Sequence[str], language: Language
) -> str:
    """Return a reason as a full sentence, with the marks of its facts, its source and month."""
    words = wording(language)
    for mark in marks:
        text = words[mark].format(phrase=text)
    year, month = int(occurred_on[:4]), int(occurred_on[5:7])
    template = words["raises" if raises else "lowers"]
    return str(
        template.format(
            phrase=text,
            source=_source(source, language),
            month=words["month"].format(year=year, month=month),
        )
    )


def _source(source: str, language: Language) -> str:
    for code in SOURCES:
        if code.id == source:
            return code.zh if language == "zh" else code.en
    return str(wording(language)["source_untold"])


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
