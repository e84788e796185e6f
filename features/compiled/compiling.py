"""How a function is compiled: by IEEE 754 as written, and kept for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., Any])


def compiled(function: _F) -> _F:
    """Compile a function; keep the result beside its file, where there is a place."""
    try:
        return cast(_F, numba.njit(cache=True, error_model="numpy")(function))
    except RuntimeError:
        return cast(_F, numba.njit(error_model="numpy")(function))


def inlined(function: _F) -> _F:
    """Compile a function into those that call it: where it is called very often with much in its hands."""
    return cast(_F, numba.njit(error_model="numpy", inline="always")(function))
