"""The words of a TOML file, read with their kinds; faults are gathered, not raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from features.errors import Breach
from features.ledgers.mapping import Where
from features.ledgers.told import text_of

Spec = Mapping[str, object]
Word = TypeVar("Word", bound=str)


class Words:
    """One reading of a file.

    Parameters
    ----------
    file : str
        Its name, for the faults.

    Attributes
    ----------
    breaches : list of Breach
        The faults so far, by their place in the file.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.breaches: list[Breach] = []

    def fault(self, place: str, rule: str) -> None:
        """Note a fault."""
        self.breaches.append(Breach(self.file, place.strip("."), rule, 1))

    def only(self, spec: Spec, place: str, words: str) -> None:
        """Note every word that is not among those known here."""
        for name in sorted(spec.keys() - set(words.split())):
            self.fault(f"{place}.{name}", f"not a word here; known are {words}")

    def part(self, spec: Spec, name: str, place: str = "") -> Spec:
        """Return a table of the file, empty where it is not there."""
        value = spec.get(name, {})
        if isinstance(value, dict):
            return value
        self.fault(f"{place}.{name}", "not a table of TOML")
        return {}

    def parts(self, spec: Spec, name: str, place: str = "") -> list[Spec]:
        """Return an array of tables, empty where it is not there."""
        value = spec.get(name, [])
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        self.fault(f"{place}.{name}", f"not written as [[{name}]]")
        return []

    def text(self, spec: Spec, name: str, place: str = "", *, needed: bool = False) -> str:
        """Return a text, empty where it is not there."""
        value = spec.get(name, "")
        if isinstance(value, str) and (value or not needed):
            return value
        self.fault(f"{place}.{name}", "not a text" if name in spec else "missing")
        return ""

    def texts(self, spec: Spec, name: str, place: str = "") -> tuple[str, ...]:
        """Return a list of texts; one text may stand for a list of one."""
        values = listed(spec.get(name, []))
        if all(isinstance(value, str) for value in values):
            return tuple(cast("list[str]", values))
        self.fault(f"{place}.{name}", "not a list of texts")
        return ()

    def number(self, spec: Spec, name: str, place: str, default: float) -> float:
        """Return a number."""
        value = spec.get(name, default)
        if is_number(value):
            return float(cast("float", value))
        self.fault(f"{place}.{name}", "not a number")
        return default

    def whole(self, spec: Spec, name: str, place: str) -> int:
        """Return a whole number, 0 where it is not there."""
        value = self.number(spec, name, place, 0.0)
        if not value.is_integer():
            self.fault(f"{place}.{name}", "not a whole number")
        return int(value)

    def choice(self, spec: Spec, name: str, place: str, among: Sequence[Word]) -> Word:
        """Return one of a closed list of words, the first where it is not there."""
        value = spec.get(name, among[0])
        for one in among:
            if value == one:
                return one
        self.fault(f"{place}.{name}", "not one of " + ", ".join(among))
        return among[0]

    def where(self, spec: Spec, place: str) -> Where:
        """Return the conditions on rows."""
        conditions = self.part(spec, "where", place)
        return tuple(
            (name, frozenset(map(text_of, listed(values)))) for name, values in sorted(conditions.items())
        )


def listed(values: object) -> list[object]:
    """Return a list; one value stands for a list of one."""
    return values if isinstance(values, list) else [values]


def is_number(value: object) -> bool:
    """Return whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
