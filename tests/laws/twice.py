"""Laws that are run twice: on a few examples in every run of the tests, on thousands in the slow tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

FEW, MANY = 60, 400
"""Examples of a law in either tier."""

Law = Callable[[int], None]
"""Holds a law against so many examples."""


class Laws(list[Any]):
    """The laws of one file: decorate each with ``law``, then parametrise two tests by the list."""

    def law(self, *drawn: SearchStrategy[Any]) -> Callable[[Callable[..., None]], Law]:
        """Take a function of drawn examples in as a law; its docstring is the sentence."""

        def taken(said: Callable[..., None]) -> Law:
            def hold(examples: int) -> None:
                chosen = settings(
                    max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
                )
                chosen(given(*drawn)(said))()

            hold.__name__, hold.__doc__ = said.__name__, said.__doc__
            self.append(hold)
            return hold

        return taken


def by_name(law: Law) -> str:
    """Return the name under which a law is listed."""
    return law.__name__
