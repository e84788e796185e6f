"""What is found in arrays that cannot be written to: found once, never stale, gone with the arrays."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from features import settled as kept
from features.ids import distinct, positions, strangers, told_again
from features.settled import FEW, settled


@pytest.fixture
def asked():
    """Return a function that counts how often it is asked, and its count."""
    count = []

    @settled
    def doubled(numbers, by):
        count.append(1)
        return numbers * by

    return doubled, count


def fixed(*values: np.ndarray) -> list[np.ndarray]:
    """Return copies that cannot be written to."""
    copies = [value.copy() for value in values]
    for each in copies:
        each.setflags(write=False)
    return copies


MANY, TWO = np.arange(FEW + 1), np.array([2])


def test_of_arrays_that_cannot_be_written_to_it_is_found_once(asked):
    """And what is kept cannot be written to either."""
    doubled, count = asked
    many, two = fixed(MANY, TWO)
    first = doubled(many, two)
    assert doubled(many, two) is first
    assert len(count) == 1
    assert first.tolist() == (2 * MANY).tolist()
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


@pytest.mark.parametrize("writable", [0, 1])
def test_of_an_array_that_can_change_it_is_found_anew(asked, writable):
    """Whichever of them it is; nothing stale is told."""
    doubled, count = asked
    arrays = fixed(MANY, TWO)
    arrays[writable] = arrays[writable].copy()
    doubled(*arrays)
    arrays[writable] += 1
    assert doubled(*arrays).tolist() == (arrays[0] * arrays[1]).tolist()
    assert len(count) == 2


def test_a_view_is_no_more_fixed_than_what_it_looks_at(asked):
    """Whoever holds the whole could write to it."""
    doubled, count = asked
    whole, (two,) = np.arange(2 * FEW + 2), fixed(TWO)
    view = whole[: FEW + 1]
    view.setflags(write=False)
    doubled(view, two)
    whole[0] = 7
    assert doubled(view, two)[0] == 14
    assert len(count) == 2


def test_what_is_kept_goes_with_the_first_array_that_goes(asked):
    """Another array in its place in memory is another array."""
    doubled, _ = asked
    many, two = fixed(MANY, TWO)
    before = len(kept._FOUND)
    doubled(many, two)
    assert len(kept._FOUND) == before + 1
    del many
    gc.collect()
    assert len(kept._FOUND) == before


def test_few_entries_asked_of_a_long_array_leave_nothing_behind(asked):
    """A server that holds the long one would keep something of every question."""
    doubled, count = asked
    many, two = fixed(MANY, TWO)
    before = len(kept._FOUND)
    for _ in range(3):
        assert doubled(two, many).tolist() == (2 * MANY).tolist()
    assert len(count) == 3
    assert len(kept._FOUND) == before


def test_ids_that_cannot_be_written_to_are_told_apart_as_others():
    """The same answers, first and again."""
    texts = np.array([f"h{number % 700}" for number in range(1400)])
    among = np.array([f"h{number}" for number in range(0, 900, 2)])
    held = fixed(texts, among)
    for _ in range(2):
        assert strangers(*held).tolist() == strangers(texts, among).tolist()
        assert told_again(held[0]).tolist() == told_again(texts).tolist() == list(range(1400))
        assert distinct(held[1]).tolist() == sorted(among.tolist())
        assert positions(held[0], distinct(held[1])).tolist() == positions(texts, distinct(among)).tolist()
