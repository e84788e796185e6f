"""What cells say in words, id numbers, and pseudonyms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.ledgers.mending import fault_of, mended
from features.ledgers.numbers import birth_year, is_faulty, plain_number, sex
from features.ledgers.pseudonyms import LENGTH, pseudonym
from features.ledgers.told import day_of, flag_of, number_of
from tests.county import number


@pytest.mark.parametrize(
    "text",
    ["2024-06-03", "2024/6/3", "2024.6.3", "2024.06.03", "2024年6月3日", "20240603", "45446", "45446.5"],
)
def test_a_day_in_any_usual_form(text):
    """As text, as digits, as Excel counts; a time of the day is passed over."""
    assert day_of(text) == np.datetime64("2024-06-03")
    assert day_of(f" {text} ") == np.datetime64("2024-06-03")


@pytest.mark.parametrize(
    "text", ["2024-06-03 09:30", "2024/6/3 9:30:00", "2024-06-03T09:30", "2024年6月3日9时"]
)
def test_a_time_of_the_day_is_passed_over(text):
    """A visit is of a day."""
    assert day_of(text) == np.datetime64("2024-06-03")


@pytest.mark.parametrize("text", ["202402", "2024-02", "2024/2", "2024.2", "2024年2月"])
def test_a_month_is_rounded_as_the_mapping_says(text):
    """To its first or last day, and to none where nothing is said."""
    assert day_of(text, "first") == np.datetime64("2024-02-01")
    assert day_of(text, "last") == np.datetime64("2024-02-29")
    assert np.isnat(day_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "昨天",
        "2024",
        "2024-13-01",
        "2024-02-30",
        "20241301",
        "1/2/2024",
        "月末",
        "\uff12\uff10\uff12\uff14",
    ],
)
def test_nonsense_is_no_day(text):
    """Nothing is guessed."""
    assert np.isnat(day_of(text, "last"))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1.2万", 12_000), ("3,000", 3000), ("3000元", 3000), ("¥3000", 3000), ("3人", 3),
        ("\uff11\uff12", 12),
        ("-5", -5), ("2.5千元", 2500), ("1万元整", 10_000), ("12,34", None),
        ("约3000", None), ("三千", None),
        ("", None), ("1万2", None),
    ],
)  # fmt: skip
def test_a_number_in_any_usual_form(text, means):
    """With its unit; what is not plainly a number is none."""
    read = number_of(text)[0]

    assert math.isnan(read) if means is None else read == means


@pytest.mark.parametrize(
    ("words", "means"),
    [("是 有 √ ✓ 1 true Yes", True), ("否 无 没有 × X 0 false n", False), ("无法判断 2 未知 -", None)],
)
def test_yes_and_no_in_any_usual_form(words, means):
    """Ticks and crosses, words and digits; anything else is neither."""
    assert {flag_of(word) for word in words.split()} == {means}


def test_an_id_number_is_checked():
    """The standard's own example, GB 11643-1999, and what can be wrong with it."""
    good = "11010519491231002X"

    assert not is_faulty(good)
    assert (birth_year(good), sex(good)) == ("1949", "woman")
    for bad in ("110105194912310021", good[:-1], "", "11010519491331002X", good.replace("X", "x")):
        assert is_faulty(bad)
        assert (birth_year(bad), sex(bad)) == ("", "")


@given(st.dates(), st.integers(1, 999))
def test_every_number_of_our_own_making_is_sound(born, order):
    """Written in any way, it is the same person; one digit off, it is nobody's."""
    if born.year < 1900:
        return
    one = number(born.strftime("%Y%m%d"), order)
    off = str((int(one[16]) + 1) % 10)

    assert not is_faulty(one)
    assert plain_number(f" {one[:6]} {one[6:].lower()}") == one
    assert plain_number(f"{one}43") == plain_number(f"{one}43B1") == one
    assert is_faulty(one[:16] + off + one[17])
    if born.year < 2000 and born.year >= 1900:
        assert plain_number(one[:6] + one[8:17]) == one


@given(st.text(min_size=1), st.binary(min_size=16), st.binary(min_size=16))
def test_a_pseudonym_is_of_its_key_kind_and_number(text, key, other):
    """The same again, another with another key or kind, and nothing of the number in it."""
    made = pseudonym(key, "person", [text])

    assert made == pseudonym(key, "person", [text])
    assert made != pseudonym(key, "household", [text])
    assert (made == pseudonym(other, "person", [text])) == (key == other)
    assert len(made) == LENGTH
    assert pseudonym(key, "person", ["a", "bc"]) != pseudonym(key, "person", ["ab", "c"])


@pytest.mark.parametrize(
    "text", ["鹤峰乡柳池村", "健康", "患有大病", "A级", "3×4", "", "100%", "李(户主)", "家庭人口(人)"]
)
def test_plain_writing_has_no_fault(text):
    """And is not changed by mending."""
    assert fault_of(text) == ""
    assert mended(text) == text


def test_a_text_that_was_read_whole_in_a_wrong_encoding_is_known_too():
    """Where no character was lost, what the bytes spell in the other encoding gives it away."""
    assert "wrong encoding" in fault_of("柳池村".encode().decode("gb18030", "ignore"))
    assert "wrong encoding" in fault_of("柳池村".encode("gb18030").decode("latin-1"))


@pytest.mark.parametrize("written", ["utf-8", "gb18030"])
def test_text_read_in_a_wrong_encoding_is_known(written):
    """As it comes when a file is opened and saved again by a program that guessed."""
    text = "长期慢性病患者"
    for read in ("latin-1", "gb18030"):
        if read != written:
            assert fault_of(text.encode(written).decode(read, "replace")), read
