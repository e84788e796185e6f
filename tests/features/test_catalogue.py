"""The catalogue as a whole: every definition has all its parts and reads what it may."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest

from features.conditions import GIVEN, MISSING, fulfils
from features.definitions import FEATURES
from features.feature import Concept, Unit
from features.intake import empty
from features.readings import Node
from features.tables import TABLES
from models.wording import phrase

LEAST = 120
"""Features that a county's vector has at least."""

UNTOLD = {"data_age", "area"}
"""Concepts that are weighed and never told."""

SIGNAL = {
    "income against the line, slope, unsteadiness": (
        "income_to_line_12m", "income_slope_12m", "income_spread_12m",
    ),
    "months in a row under the line": ("income_under_line_streak_12m",),
    "source shares": ("wage_share_12m", "operating_share_12m", "property_share_12m", "transfer_share_12m"),
    "earners and their months": ("sole_earner", "earners", "months_with_job_12m", "months_since_job_ended"),
    "dependency": ("dependency", "able_share"),
    "self-paid medical over income": tuple(f"self_paid_medical_to_income_{m}m" for m in (3, 6, 12)),
    "diagnosis, chronic illness, disability": (
        "serious_illness_warned_12m", "serious_members", "chronic_members", "gravely_disabled_members",
    ),
    "student stage next year": ("junior_ends_12m", "senior_ends_12m", "tertiary_ends_12m"),
    "debt": ("debt", "debt_to_income", "loans_overdue"),
    "crop concentration, price and disaster": (
        "main_product_share_24m", "product_price", "product_price_exposure", "area_loss_12m",
        "area_loss_exposure_12m",
    ),
    "house and water": ("house_grade", "housing_ok_trouble", "water_ok_trouble"),
    "minimum living allowance": ("in_low_income", "low_income_in_12m", "low_income_out_12m"),
    "season and area": ("season", "area_rate_entry"),
    "age of the data": ("days_since_visit", "income_age", "income_imputed_share_24m"),
    "what is known to end": (
        "jobs_ending_6m", "jobs_ending_12m", "loans_due_6m", "loans_due_12m", "supports_ending_6m",
        "supports_ending_12m",
    ),
}  # fmt: skip
"""What the field says carries signal, and the features that hold it."""


def nodes(node):
    """Yield an expression and all in it."""
    yield node
    for arg in node.args:
        if isinstance(arg, Node):
            yield from nodes(arg)


def test_there_are_enough_of_every_concept():
    """All ten concepts, and more features than anybody could ask for by name."""
    assert len(FEATURES) >= LEAST
    assert {feature.concept for feature in FEATURES.values()} == set(get_args(Concept))


@pytest.mark.parametrize("signal", SIGNAL)
def test_what_carries_signal_is_there(signal):
    """Each of the groups that the field names."""
    assert set(SIGNAL[signal]) <= set(FEATURES)


def test_ids_are_snake_case_and_fingerprints_tell_meanings_apart():
    """ASCII, short, and no two features are the same expression."""
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,47}", name) for name in FEATURES)
    assert len({feature.fingerprint for feature in FEATURES.values()}) == len(FEATURES)
    assert len({feature.zh for feature in FEATURES.values()}) == len(FEATURES)
    assert len({feature.en for feature in FEATURES.values()}) == len(FEATURES)


@pytest.mark.parametrize("feature", FEATURES.values(), ids=list(FEATURES))
def test_a_definition_has_all_its_parts(feature):
    """Unit, meaning in both languages, where it is read from, and phrases in both languages or in none."""
    assert feature.unit in get_args(Unit)
    assert feature.en[0].isupper()
    assert re.search(r"[\u4e00-\u9fff]", feature.zh)
    assert feature.tables or feature.id == "season"
    say = feature.say
    assert bool(say.zh) == bool(say.en)
    assert bool(say.zh_none) == bool(say.en_none)
    if feature.concept in UNTOLD:
        assert not say.zh
    if feature.concept in {"support", *UNTOLD} and feature.id[:9] != "area_rate":
        assert feature.direction == 0, "neither help nor the age of the data has a direction"


@pytest.mark.parametrize("feature", FEATURES.values(), ids=list(FEATURES))
def test_a_phrase_is_plain(feature):
    """Short, without words of the trade, and filled in where there is a figure."""
    for figure in (0.0, 1.0, 3.0):
        for language in ("zh", "en"):
            text = phrase(feature, figure, None, language)
            assert "{" not in text
            assert not re.search("模型|特征|概率|得分|model|feature|score", text)
            assert len(text) <= (40 if language == "zh" else 90), text


@pytest.mark.parametrize("feature", FEATURES.values(), ids=list(FEATURES))
def test_no_feature_reads_what_is_not_for_features(feature):
    """Neither columns of outcomes and of no use, nor monitoring itself; conditions name real words."""
    for channel in feature.reading.channels():
        table = TABLES[channel.table]
        assert table.subject != "outcomes"
        conditions = (*channel.where, *channel.only)
        read = [name for name in (channel.value, channel.when, channel.each) if name]
        for name in (*read, *(name for name, _ in conditions)):
            assert table.column(name).use in {"feature", "key"}, name
        rows = empty(table, 1)
        for name, words in (*conditions, (channel.value, channel.equals)):
            if words:
                fulfils(table.column(name), table.values(rows, name), words)
        assert bool(channel.when) == (channel.at == "due")


def test_no_feature_looks_at_age_sex_or_people_of_a_village():
    """Neither years of birth, nor sex, marital status, weights, remoteness or peoples."""
    never = {
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if column.use == "never"
    }
    assert {("members", "sex"), ("members", "birth_year"), ("areas", "ethnic_majority")} <= never


def test_counts_of_visits_are_capped():
    """Whatever counts visits, or months with one, never says more than six."""
    for feature in FEATURES.values():
        for node in nodes(feature.reading):
            if node.op in {"known", "recorded", "total"}:
                tables = {channel.table for channel in node.channels()}
                assert "visits" not in tables or feature.reading.op == "at_most", feature.id


def test_windows_are_those_of_the_expressions():
    """The widest one, ahead or back; this month alone; none."""
    told = {
        name: FEATURES[name].window for name in ("income_12m_to_24m", "jobs_ending_6m", "jobs_now", "people")
    }
    shown = {name: window and (window.months, window.ahead) for name, window in told.items()}
    assert shown == {
        "income_12m_to_24m": (24, False),
        "jobs_ending_6m": (6, True),
        "jobs_now": (0, False),
        "people": None,
    }


def test_words_for_given_and_missing_are_no_codes():
    """A code list that had them would be read wrong."""
    named = {code.id for table in TABLES.values() for column in table.columns for code in column.codes}
    assert named.isdisjoint({GIVEN, MISSING})


def test_derived_columns_are_not_sent():
    """They stand beside the columns of the contract and are worked out of them."""
    derived = [(table, one) for table in TABLES.values() for one in table.derived]
    assert [one.column.name for _, one in derived] == ["stage_ends_on"]
    for table, one in derived:
        assert one.column not in table.columns
        assert np.isnat(table.values(empty(table, 2), one.column.name)).all()
