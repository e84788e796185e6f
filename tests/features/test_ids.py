"""Texts told apart by numbers: as exact as texts."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from features import ids
from features.ids import distinct, positions, strangers, told_again

ANAGRAMS = np.array(["".join(letters) for letters in permutations("abcdef")])
"""More than are told apart one by one."""


@pytest.fixture(params=["as they are", "equal for anagrams"])
def numbers(request, monkeypatch):
    """Have texts numbered well, or so badly that all of them have one number."""
    if request.param == "equal for anagrams":
        monkeypatch.setattr(ids, "_FACTOR", 1)


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("known", [0, 1, 2, 300, 720])
@pytest.mark.parametrize("asked", [0, 3, 720])
def test_strangers_are_those_that_are_not_among_the_others(known, asked):
    """In any order, told twice or not, in arrays of any width, the empty text like any other."""
    rng = np.random.default_rng(0)
    among = rng.permutation(np.concatenate([ANAGRAMS[:known], ANAGRAMS[: known // 2]]))
    texts = rng.permutation(np.concatenate([ANAGRAMS[720 - asked :], ["", "abcdefgh"]]))

    expected = [text not in set(among.tolist()) for text in texts.tolist()]
    assert strangers(texts, among).tolist() == expected


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("known", [0, 1, 2, 300, 720])
def test_positions_lead_to_the_text_itself(known):
    """And nowhere where it is not there."""
    among = ANAGRAMS[:known]
    texts = np.random.default_rng(0).permutation(np.concatenate([ANAGRAMS, ["", "abcdefgh"]]))

    place = positions(texts, among)
    assert all(among[at] == text for at, text in zip(place.tolist(), texts.tolist(), strict=True) if at >= 0)
    assert (place >= 0).sum() == known


@pytest.mark.usefixtures("numbers")
def test_distinct_texts_are_each_there_once():
    """In their order."""
    assert distinct(np.random.default_rng(0).permutation(np.tile(ANAGRAMS, 2))).tolist() == sorted(ANAGRAMS)


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("told", [3, 720])
def test_no_text_that_is_told_again_is_passed_over(told):
    """Each row of it is returned, in the order of the rows."""
    texts = np.random.default_rng(0).permutation(np.concatenate([ANAGRAMS[:told], ANAGRAMS[:2]]))

    rows = told_again(texts)
    assert set(np.flatnonzero(np.isin(texts, ANAGRAMS[:2])).tolist()) <= set(rows.tolist())
    assert rows.tolist() == sorted(rows.tolist())


@pytest.mark.parametrize("told", [3, 720])
def test_only_what_is_told_again_is_returned(told):
    """Where the numbers are well spread."""
    assert told_again(ANAGRAMS[:told]).size == 0
    assert told_again(np.append(ANAGRAMS[:told], ANAGRAMS[0])).tolist() == [0, told]
