"""The numbers of the simulated county: read, refused, drawn, made perfect, shown."""

import math
import pickle

import numpy as np
import pytest

from features.errors import BadInput, Usage
from training.county.parameters import (
    draw_parameters,
    parameters_of,
    parameters_page,
    perfect,
    read_parameters,
)

SMALL = """
[work.loss]
value = 0.006
low = 0.004
high = 0.010
unit = "chance a month"
meaning = "An earner away loses the work"
source = "reasoned"

[people.sizes]
value = [0.2, 0.3, 0.5]
low = [0.1, 0.25, 0.4]
high = [0.3, 0.35, 0.6]
total = 1
names = ["one", "two", "three"]
unit = "share"
meaning = "People of a household"
source = "seed S003, computed"

[records.delay]
value = 30
low = 5
high = 60
perfect = 0
unit = "days"
meaning = "Days until a push arrives"
source = "reasoned"

[anchors.households]
value = 34983
unit = "households"
meaning = "Households that left poverty"
source = "seed S003"
"""


@pytest.fixture(scope="module")
def shipped():
    """Return the shipped numbers."""
    return read_parameters()


def breaches(call, *args, **kwargs):
    """Return the rules that a call breaks, by key."""
    with pytest.raises(BadInput) as refused:
        call(*args, **kwargs)
    assert {breach.table for breach in refused.value.breaches} == {"county.toml"}
    return {breach.column: breach.rule for breach in refused.value.breaches}


def test_numbers_are_read_by_key():
    """A single number is a float, a list a read-only array, an unknown key a fault of the code."""
    p = parameters_of(SMALL)
    assert p.number("work.loss") == 0.006
    assert p.numbers("people.sizes").tolist() == [0.2, 0.3, 0.5]
    assert p.names("people.sizes") == ("one", "two", "three")
    with pytest.raises(ValueError, match="read-only"):
        p.numbers("people.sizes")[0] = 1
    for key in ("work.lost", "people.sizes"):
        with pytest.raises(KeyError):
            p.number(key)
    with pytest.raises(KeyError):
        p.numbers("work.loss")


def test_every_shipped_number_says_what_it_is(shipped):
    """Every shipped number has a unit, a meaning and a source, and a name for each element of a list."""
    for key in shipped.keys():  # noqa: SIM118
        entry = shipped.entries[key]
        assert entry.unit
        assert entry.meaning
        assert entry.source
        assert len(entry.names) in {0, len(entry.value)}


def test_a_users_file_overlays_the_shipped_one(shipped, tmp_path):
    """A user's file says what differs, bare or as a table; only its values count; a call wins over all."""
    path = tmp_path / "ours.toml"
    path.write_text(
        "[map]\nremote = 0.3\n[map.villages]\nvalue = 11\nlow = 0\n[disasters]\naffected = 0.2\n", "utf-8"
    )
    p = read_parameters(path, {"disasters": {"affected": 0.1}, "map.township_spread": 0.2})
    assert p.number("map.remote") == 0.3
    assert p.number("map.villages") == 11
    assert p.entries["map.villages"].low == shipped.entries["map.villages"].low
    assert p.number("disasters.affected") == 0.1
    assert p.number("map.township_spread") == 0.2
    assert p.number("map.grids") == shipped.number("map.grids")


def test_all_faults_are_told_at_once(tmp_path):
    """Unknown keys, words for numbers, values outside, sums and lengths are refused by name, together."""
    path = tmp_path / "ours.toml"
    path.write_text(
        """
        [map]
        remote = 0.9
        grids = -1
        villages = "many"
        village = 12
        townships = [30]
        [map.village_least]
        value = 30
        lowest = 1
        [map.poverty_spread]
        low = 1
        [disasters]
        kinds = [0.4, 0.15, 0.1, 0.15, 0.1]
        affected = true
        reach = nan
        loss = [0.1]
        [hail]
        chance = 1
        """,
        "utf-8",
    )
    assert breaches(read_parameters, path, {"map.township_spread": math.inf}) == {
        "map.remote": "0.9 is outside 0.15 to 0.35",
        "map.grids": "-1 must not be negative",
        "map.villages": "value is not a number",
        "map.village": "unknown key",
        "map.townships": "must be one number",
        "map.village_least": "unknown word 'lowest'; known are value, low, high, unit, meaning, source, "
        "total, names, perfect",
        "map.poverty_spread": "has no value",
        "disasters.kinds": "adds up to 0.9, not 1",
        "disasters.affected": "value is not a number",
        "disasters.reach": "value is not finite",
        "disasters.loss": "must be a list of 2",
        "hail": "unknown key",
        "map.township_spread": "value is not finite",
    }


def test_the_place_in_a_list_is_told():
    """What breaks a rule inside a list is told by its position."""
    with pytest.raises(BadInput) as refused:
        read_parameters(overrides={"prices.unsold": [0.02, 0.9, 0.06, 0.9, 0.045]})
    (breach,) = refused.value.breaches
    assert (breach.count, breach.rows) == (2, (1, 3))


def test_files_that_cannot_be_read(tmp_path):
    """A missing file is a wrong call; a file that is no TOML is bad input."""
    with pytest.raises(Usage, match=r"none\.toml"):
        read_parameters(tmp_path / "none.toml")
    path = tmp_path / "ours.toml"
    path.write_text("[map\nremote = 1", "utf-8")
    assert "is not TOML" in breaches(read_parameters, path)[""]


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        ('unit = "days"\n', "", "records.delay", "unit must be said"),
        ("low = 5\n", "", "records.delay", "low and high come together"),
        ("low = 5\n", "low = 70\n", "records.delay", "low is above high"),
        ("value = 30", "value = 90", "records.delay", "90 is outside 5 to 60"),
        ("value = 34983", "value = -1", "anchors.households", "-1 must not be negative"),
        ("0.25, 0.4]", "0.25]", "people.sizes", "low has 2 elements, not 3"),
        ('"two", ', "", "people.sizes", "has 3 elements and 2 names"),
        ("low = [0.1, 0.25, 0.4]", "low = 0.4", "people.sizes", "no values within the range"),
    ],
)
def test_a_complete_file_keeps_its_own_laws(old, new, key, rule):
    """A complete file whose ranges, names or words are off is refused."""
    assert old in SMALL
    with pytest.raises(BadInput) as refused:
        parameters_of(SMALL.replace(old, new))
    assert any(b.column == key and b.rule.startswith(rule) for b in refused.value.breaches)


def test_a_drawing_keeps_to_the_ranges(shipped):
    """Whatever the drawing, each number lies in its range and shares add up to their total."""
    for draw in range(20):
        drawn = draw_parameters(shipped, draw)
        for key, entry in drawn.entries.items():
            if entry.low is None:
                assert entry == shipped.entries[key]
                continue
            value = np.array(entry.value)
            assert (value >= entry.low).all()
            assert (value <= entry.high).all()
            if entry.total is not None:
                assert value.sum() == pytest.approx(entry.total, abs=1e-9)


def test_a_drawing_is_repeatable_and_each_number_its_own():
    """The same drawing gives the same numbers, another gives others, and no key's depends on another key."""
    whole = parameters_of(SMALL)
    part = parameters_of(SMALL[SMALL.index("[records.delay]") :])
    assert draw_parameters(whole, 3) == draw_parameters(whole, 3)
    assert draw_parameters(whole, 3) != draw_parameters(whole, 4)
    assert draw_parameters(part, 3).number("records.delay") == draw_parameters(whole, 3).number(
        "records.delay"
    )
    with pytest.raises(Usage):
        draw_parameters(whole, -1)


def test_wide_ranges_are_drawn_by_their_logarithm():
    """Where the ends lie far apart, half of the drawings are under the geometric mean, else the mean."""
    p = parameters_of(SMALL.replace("high = 0.010", "high = 0.011"))
    drawn = [draw_parameters(p, draw) for draw in range(400)]
    wide = np.mean([d.number("records.delay") < math.sqrt(5 * 60) for d in drawn])
    narrow = np.mean([d.number("work.loss") < (0.004 + 0.011) / 2 for d in drawn])
    assert wide == pytest.approx(0.5, abs=0.08)
    assert narrow == pytest.approx(0.5, abs=0.08)


def test_perfect_records():
    """Numbers with a perfect value get it, the others stay."""
    p = perfect(parameters_of(SMALL))
    assert p.number("records.delay") == 0
    assert p.number("work.loss") == 0.006


@pytest.mark.parametrize("changed", [lambda p: p, perfect, lambda p: draw_parameters(p, 5)])
def test_what_is_written_reads_back_the_same(shipped, changed, tmp_path):
    """A file written from shipped, perfect or drawn numbers reads back to the same, with all that is said."""
    p = changed(shipped)
    assert parameters_of(p.to_toml()) == p
    path = tmp_path / "county.toml"
    path.write_text(p.to_toml(), "utf-8")
    assert read_parameters(path) == p
    assert pickle.loads(pickle.dumps(p)) == p


def test_the_page_has_a_row_for_every_number(shipped):
    """The page shows every number with its range, unit, meaning and source."""
    page = parameters_page(shipped)
    for key in shipped.keys():  # noqa: SIM118
        assert f"| `{key}` |" in page
    assert "| `work.loss` | 0.006 | 0.004 to 0.01 | chance a month |" in parameters_page(parameters_of(SMALL))
    assert "one 0.1 to 0.3, two 0.25 to 0.35" in parameters_page(parameters_of(SMALL))
    assert "5 to 60; perfect 0" in parameters_page(parameters_of(SMALL))
