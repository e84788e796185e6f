"""How a function is compiled: by IEEE 754 as written, and kept for the next process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
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


def forget_older(folder: Path, *others: Path) -> None:
    """Remove what was compiled before any of the sources of a folder, or others, changed.

    Numba asks only whether the file of a function has changed, not those of the functions it calls and of
    the numbers that it names.
    """
    changed = max(source.stat().st_mtime for source in (*folder.glob("*.py"), *others))
    for kept in (folder / "__pycache__").glob("*.nb[ci]"):
        with suppress(OSError):  # another process was quicker, or nobody may
            if kept.stat().st_mtime < changed:
                kept.unlink()


_HERE = Path(__file__).parent
forget_older(_HERE, *(_HERE.parent / name for name in ("claims.py", "reach.py", "wiring.py")))
