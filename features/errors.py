"""The few exceptions of the house; the doors translate them to exit codes and HTTP statuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule of the data contract.

    Parameters
    ----------
    table, column : str
        Where the rule lives; ``column`` is ``""`` where the rule is about whole rows.
    rule : str
        The rule in words. Never a household's value.
    count : int
        How many rows break it.
    rows : tuple of int
        Positions of the first few such rows.
    """

    table: str
    column: str
    rule: str
    count: int
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        where = f" (first at rows {', '.join(map(str, self.rows))})" if self.rows else ""
        return f"{place}: {self.rule}: {self.count}{where}"


class FangpinError(Exception):
    """Anything that the house refuses, with its reason."""


class BadInput(FangpinError):
    """The input breaks the data contract; carries every breach at once."""

    def __init__(self, breaches: Iterable[Breach]) -> None:
        self.breaches = tuple(breaches)
        lines = "\n".join(f"  {breach}" for breach in self.breaches)
        super().__init__(f"{len(self.breaches)} breaches of the data contract:\n{lines}")


class BadPolicy(FangpinError):
    """A policy folder that cannot be used as it is."""


class Foreign(FangpinError):
    """Vectors, bundles or files that do not belong together, or whose hashes differ."""


class Usage(FangpinError):
    """A call whose words are off."""


class Refused(FangpinError):
    """A gate said no."""


class MissingExtra(FangpinError):
    """A command that needs an extra that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"{package} is not installed: install fangpin[{extra}]")
