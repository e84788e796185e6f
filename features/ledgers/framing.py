"""Texts one after another for a hash, so that no two lists look the same."""

from __future__ import annotations

from collections.abc import Iterable


def framed(texts: Iterable[str]) -> bytes:
    """Write texts one after another, each led by its length.

    Examples
    --------
    >>> framed(("1", "12")) == framed(("11", "2"))
    False
    """
    return b"".join(f"{len(text)}:{text}".encode() for text in texts)
