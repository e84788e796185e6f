"""Headers: which row of a sheet they are, and which column of the mapping each one means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from features.ledgers.mapping import LedgerMapping
from features.ledgers.mending import mended

DEEPEST = 20
"""So many lines of title and notes may stand above the headers."""

_BRACKET = re.compile(r"\(([^()]*)\)$")
_TIMES = {"千元": 1e3, "万元": 1e4, "亿元": 1e8}


@dataclass(frozen=True, slots=True)
class Header:
    """One header as the file has it.

    Parameters
    ----------
    text : str
        Its words, of two lines where a line above spans it.
    name : str
        The mapping's column, empty where there is none.
    dropped : bool
        Whether the mapping says to leave the column alone.
    times : float
        What its numbers are counted in: 10,000 under 万元.
    rank : int
        Place of its words among the variants of the column; the column's own name is the first.
    """

    text: str
    name: str = ""
    dropped: bool = False
    times: float = 1.0
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of one sheet, and the position of the first row below them."""

    headers: tuple[Header, ...]
    below: int

    @property
    def found(self) -> int:
        """How many of the mapping's columns there are."""
        return len({header.name for header in self.headers} - {""})

    @property
    def twice(self) -> tuple[str, ...]:
        """The mapping's columns that more than one header means."""
        names = [header.name for header in self.headers if header.name]
        return tuple(sorted({name for name in names if names.count(name) > 1}))


class Dictionary:
    """The headers that a mapping knows, in all their variants."""

    def __init__(self, mapping: LedgerMapping) -> None:
        self.names: dict[str, tuple[str, int]] = {}
        for name in mapping.in_the_file():
            for rank, variant in enumerate((name, *mapping.headers.get(name, ()))):
                self.names.setdefault(plain_header(variant), (name, rank))
        self.key = set(mapping.source.key) | {name for one in mapping.pseudonyms.values() for name in one.of}
        self.dropped = {plain_header(name) for name in mapping.dropped}

    def knows(self, text: str) -> bool:
        """Return whether a header is one of a column that the mapping reads."""
        return self._header((text,)).name != ""

    def find(self, rows: Sequence[Sequence[str]]) -> Headers:
        """Return the headers: of the first lines, the one or two that name the most columns.

        Two lines are headers together where the lower names more, or repeats what is merged over
        both, and says nothing else under a column of the key: else it is the first row of the table.
        """
        best, top = Headers((), 0), rows[:DEEPEST]
        single = [Headers(self._read(row), below) for below, row in enumerate(top, 1)]
        for headers in single:
            best = headers if self._worth(headers) > self._worth(best) else best
        for below, (upper, lower) in enumerate(pairwise(top), 2):
            above = single[below - 2]
            if self._are_headers(above, upper, lower):
                both = Headers(self._read(upper, lower), below)
                goes_on = best is above and _repeats(upper, lower)
                best = both if goes_on or self._worth(both) > self._worth(best) else best
        return best

    def _worth(self, headers: Headers) -> tuple[int, int]:
        names = {header.name for header in headers.headers}
        return len(names & self.key), headers.found

    def _are_headers(self, above: Headers, upper: Sequence[str], lower: Sequence[str]) -> bool:
        return not any(
            header.name in self.key and under not in {"", text}
            for header, text, under in zip(above.headers, upper, lower, strict=True)
        )

    def _read(self, row: Sequence[str], below: Sequence[str] | None = None) -> tuple[Header, ...]:
        if below is None:
            return _settled([self._header((text,)) for text in row])
        headers, above = [], ""
        for text, under in zip(row, below, strict=True):
            above = text or (above if under else "")
            headers.append(self._header((above, under)))
        return _settled(headers)

    def _header(self, texts: Sequence[str]) -> Header:
        """Match the words of both lines together, then those below, then those above."""
        told = list(dict.fromkeys(plain_header(text) for text in texts if text))
        tried = ["".join(told), *reversed(told)] if len(told) > 1 else told
        shown = "/".join(told)
        for whole in tried:
            for text in (whole, _BRACKET.sub("", whole)):
                if text in self.names:
                    name, rank = self.names[text]
                    return Header(shown, name, times=_times(told), rank=rank)
                if text in self.dropped:
                    return Header(shown, dropped=True)
        return Header(shown)


def _repeats(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Return whether a line repeats a text of the one above, as a cell merged over both does."""
    return any(text and text == under for text, under in zip(upper, lower, strict=True))


def _settled(headers: Sequence[Header]) -> tuple[Header, ...]:
    """Return the headers with each column meant by one alone: that of the earliest variant."""
    first: dict[str, int] = {}
    for header in headers:
        first[header.name] = min(header.rank, first.get(header.name, header.rank))
    return tuple(header if header.rank == first[header.name] else Header(header.text) for header in headers)


def known_headers(mapping: LedgerMapping) -> Callable[[str], bool]:
    """Return what tells whether a header is one of a column that a mapping reads."""
    return Dictionary(mapping).knows


def plain_header(text: str) -> str:
    """Return a header without spaces, breaks and marks, half-width and simplified.

    Examples
    --------
    >>> plain_header(" 人均纯收入（元） "), plain_header("*户 編號")
    ('人均纯收入(元)', '户编号')
    """
    return re.sub(r"[\s*:_]+", "", mended(text))


def _times(texts: Sequence[str]) -> float:
    units = [found[1].removeprefix("单位:") for text in texts if (found := _BRACKET.search(text))]
    return next((_TIMES[unit] for unit in units if unit in _TIMES), 1.0)
