"""Averaging over bags: one model whose raw score is the mean of several, in one text of trees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from zlib import crc32

import lightgbm
import numpy as np
from numpy.typing import NDArray

from features.errors import Foreign
from models.calibration import UNCALIBRATED
from models.risk import RiskModel, check_cost, model_text

LEFT_OUT = 5
"""Each bag leaves out one of at least so many parts of the households."""

ENDS = "end of trees\n"


def mean_of(models: Sequence[RiskModel]) -> RiskModel:
    """Return one model of the trees of several, whose raw score is the mean of theirs.

    Parameters
    ----------
    models : sequence of RiskModel
        Of one question, on the same features in the same order; one alone is given back as it is.

    Returns
    -------
    RiskModel
        Uncalibrated: a mean has a calibration of its own.

    Raises
    ------
    Foreign
        Where the models are of different questions, features or directions.
    Refused
        Where the trees together cost more than the budget.

    Notes
    -----
    The leaves are divided by the number of models, and the trees put behind each other. A mean of sums is
    a sum, so contributions stay exact.
    """
    first = models[0]
    for other in models[1:]:
        same = replace(other, booster_text=first.booster_text, calibration=first.calibration)
        if same != first:
            raise Foreign("a mean needs models of one question, on the same features in the same order")
    if len(models) == 1:
        return first
    text = _mean_text([model.booster_text for model in models])
    check_cost(text)
    return replace(first, booster_text=text, calibration=UNCALIBRATED)


def bag(household_id: NDArray[np.str_], number: int, of: int) -> NDArray[np.bool_]:
    """Mark the rows of one bag: all but those of every fifth household, by a hash of its id.

    A household's place depends on its own id alone, so that the bags stay what they are when other
    households come or go.

    Parameters
    ----------
    household_id : (rows,) array of str
    number : int
        From 0.
    of : int
        How many bags there are; a single one holds all rows.

    Returns
    -------
    (rows,) array of bool
    """
    if of == 1:
        return np.ones(household_id.shape, dtype=np.bool_)
    households, rows = np.unique(household_id, return_inverse=True)
    part = np.array([crc32(one.encode()) for one in households.tolist()]) % max(of, LEFT_OUT)
    kept: NDArray[np.bool_] = part[rows] != number
    return kept


def _mean_text(texts: Sequence[str]) -> str:
    heads, trees = zip(*(_parts(text) for text in texts), strict=True)
    tail = texts[0].partition(ENDS)[2]
    together = "".join(
        f"Tree={number}\n{_divided(tree, len(texts))}"
        for number, tree in enumerate(tree for one in trees for tree in one)
    )
    # Read once by LightGBM, which then counts the sizes of the trees and the features' splits anew.
    return model_text(lightgbm.Booster(model_str=f"{_head(heads)}\n{together}{ENDS}{tail}"))


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of the head, and the trees without their numbers."""
    head, *trees = text.partition(ENDS)[0].split("\nTree=")
    return head.splitlines(), [tree.partition("\n")[2] for tree in trees]


def _head(heads: Sequence[list[str]]) -> str:
    """Return the first head without the sizes of its trees, each feature's range the widest of all."""
    ranges = [next(line for line in head if line.startswith("feature_infos=")) for head in heads]
    widest = " ".join(
        _widest(told) for told in zip(*(one.partition("=")[2].split() for one in ranges), strict=True)
    )
    return "".join(
        f"feature_infos={widest}\n" if line.startswith("feature_infos=") else f"{line}\n"
        for line in heads[0]
        if not line.startswith("tree_sizes=")
    )


def _widest(told: Sequence[str]) -> str:
    """Return the range that holds all ranges such as ``[0:1.5]``; ``none`` is that of a constant."""
    known = [one.strip("[]").split(":") for one in told if one != "none"]
    if not known:
        return "none"
    return f"[{min((low for low, _ in known), key=float)}:{max((high for _, high in known), key=float)}]"


def _divided(tree: str, by: int) -> str:
    return "".join(_divided_lines(tree, by))


def _divided_lines(tree: str, by: int) -> Iterator[str]:
    for line in tree.splitlines(keepends=True):
        name, _, values = line.partition("=")
        if name in {"leaf_value", "internal_value"}:
            yield f"{name}={' '.join(repr(float(value) / by) for value in values.split())}\n"
        else:
            yield line
