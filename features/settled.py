"""What was found out about arrays that nobody can write to, kept as long as these live."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FEW = 512
"""Of so few entries everything is found out again sooner than it is remembered."""

_FOUND: dict[tuple[object, ...], Array] = {}


def settled(find: Callable[..., Array]) -> Callable[..., Array]:
    """Let what a function finds in arrays be found once: the first has many entries, none can be written to.

    Few entries asked of a long array leave nothing behind with it, however often they come. What is kept
    cannot be written to either, and goes with the first of the arrays that goes.

    Examples
    --------
    >>> total = settled(lambda numbers: numbers.sum(keepdims=True))
    >>> many = np.arange(1000)
    >>> many.setflags(write=False)
    >>> total(many) is total(many)
    True
    """

    @wraps(find)
    def once(*arrays: Array) -> Array:
        if arrays[0].size <= FEW or not all(map(_fixed, arrays)):
            return find(*arrays)
        key = (find.__module__, find.__qualname__, *map(id, arrays))
        found = _FOUND.get(key)
        if found is None:
            found = find(*arrays)
            found.setflags(write=False)
            for array in arrays:
                weakref.finalize(array, _forget, key)
            _FOUND[key] = found
        return found

    return once


def _forget(key: tuple[object, ...]) -> None:
    _FOUND.pop(key, None)


def _fixed(array: Array) -> bool:
    """Return whether neither an array nor what it is a view of can be written to."""
    held: Any = array
    while isinstance(held, np.ndarray):
        if held.flags.writeable:
            return False
        held = held.base
    return held is None
