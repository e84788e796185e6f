"""Reading where a mapping takes ``known_on`` from: for all its tables, or for one."""

from __future__ import annotations

from collections.abc import Mapping

from features.ledgers.mapping import DateRule, Known
from features.ledgers.words import Spec, Words


def read_known(words: Words, spec: Spec, dates: Mapping[str, DateRule], place: str) -> Known:
    """Return the rule; a mapping that does not say it, and whether it assumes, has a fault."""
    words.only(spec, place, "date assumed file otherwise")
    rule, otherwise = words.text(spec, "date", place), words.text(spec, "otherwise", place)
    if bool(rule) == (spec.get("file") is True):
        words.fault(place, 'say where it comes from: either date = "a rule" or file = true')
    elif rule and rule not in dates:
        words.fault(f"{place}.date", "no rule of [dates]")
    elif rule and not isinstance(spec.get("assumed"), bool):
        words.fault(f"{place}.assumed", "say true where the day is reckoned, false where it is recorded")
    if otherwise and otherwise not in dates:
        words.fault(f"{place}.otherwise", "no rule of [dates]")
    return Known(rule, spec.get("assumed") is True, otherwise)
