"""The assessment: numbers that add up, reasons with facts behind them, the same bytes again."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from features.check import accept
from features.contract import Tables
from features.definitions import FEATURES
from features.evidence import evidence
from features.intake import plain
from features.policy import illustrative
from features.tables import HOUSEHOLD_TABLES, TABLES
from features.vectors import build_vectors
from models.assessment import CONFIDENCE_ZH, assess, odds, replay, sufficiency
from models.bundle import Origin, read_bundle, write_bundle
from models.calibration import LogisticCalibration
from models.contributions import contributions
from models.risk import fit_risk_model
from models.sooner import Sooner
from models.spread import Spread
from tests.made import AREAS, made_panel

AS_OF = "2025-03-31"
LEARNT_ON = [np.datetime64(day) for day in ("2024-03-31", "2024-09-30", "2025-03-31")]
POLICY = illustrative()
MADE_AT = "2025-04-01T08:00:00+08:00"
USUAL = {"north": 0.05, "south": 0.15}
SPREAD = Spread(0.9, (-4.0, -1.0), (0.1, 0.5), (4.0, 3.0))


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Return a made panel whose areas have rates, and a household of which nothing is known."""
    made = {name: plain(TABLES[name], facts) for name, facts in made_panel(households=200).items()}
    stranger = {"record_id": "nobody", "household_id": "nobody", "area": "north"}
    made["households"] = {
        name: [*values, stranger.get(name, values[0])] for name, values in made["households"].items()
    }
    made["area_rates"] = {
        "record_id": list(AREAS),
        "area": list(AREAS),
        "occurred_on": ["2024-01-01"] * 2,
        "known_on": ["2024-01-01"] * 2,
        "target": ["next_visit"] * 2,
        "horizon_months": [12] * 2,
        "rate": [USUAL[area] for area in AREAS],
    }
    return accept(made)


@pytest.fixture(scope="module")
def bundle(tables, tmp_path_factory):
    """Return a bundle of a small model of the whole catalogue; the outcomes are drawn."""
    vectors = build_vectors(tables, LEARNT_ON)
    rng = np.random.default_rng(3)
    f = -0.5 - np.nan_to_num(vectors.column("income_to_line_latest") - 1.4) * 1.5
    f += 1.2 * (vectors.column("self_paid_medical_6m") > 0) + np.nan_to_num(vectors.column("spent_savings"))
    f += 0.5 * (np.nan_to_num(vectors.column("rooms")) < 2) + 0.3 * (vectors.column("people") > 4)
    y = (rng.random(len(vectors)) < 1 / (1 + np.exp(-f))).astype(np.float64)
    model = fit_risk_model(
        vectors,
        y,
        target="next_visit",
        horizon_months=12,
        concepts={name: FEATURES[name].concept for name in vectors.features},
        params={"num_iterations": 80, "learning_rate": 0.1, "min_data_in_leaf": 15},
        calibration=(vectors, y),
    )
    model = replace(model, sooner=(Sooner(6, LogisticCalibration(0.2, -0.3)),), spread=SPREAD)
    path = tmp_path_factory.mktemp("bundles") / "fangpin-next-visit-1"
    write_bundle(path, model, Origin("simulated", AREAS, {"base_rate": "0.1"}, "fangpin-next-visit"), {})
    return read_bundle(path)


@pytest.fixture(scope="module")
def answers(bundle, tables):
    """Return the assessments of all households as of one day."""
    return assess(bundle, POLICY, tables, AS_OF, made_at=MADE_AT)


@pytest.fixture(scope="module")
def judged(answers):
    """Return those with a probability; there must be many."""
    some = [one for one in answers if one.probability is not None]
    assert len(some) > 150
    return some


def area_of(tables) -> dict[str, str]:
    """Return each household's area."""
    return dict(
        zip(tables["households"]["household_id"].tolist(), tables["households"]["area"].tolist(), strict=True)
    )


def test_points_add_up_to_the_distance_from_the_area_s_rate(judged, tables):
    """Start and concepts sum to probability less the rate of the household's area."""
    area = area_of(tables)
    for one in judged:
        total = math.fsum(one.points_by_concept.values())
        assert total == pytest.approx(one.probability - USUAL[area[one.household_id]], abs=1e-12)


def test_contributions_add_up_and_points_have_their_signs(bundle, judged, tables):
    """f0 and all contributions are the raw score, and each concept's points have its contributions' sign."""
    model = bundle.model
    vectors = build_vectors(tables, AS_OF)
    given, score = contributions(model, vectors), model.score(vectors)
    assert np.abs(given.f0 + given.phi.sum(axis=1) - score).max() < 1e-9
    row = {household: place for place, household in enumerate(vectors.household_id.tolist())}
    for one in judged:
        for concept in set(model.concepts):
            of_concept = [place for place, name in enumerate(model.concepts) if name == concept]
            contribution = given.phi[row[one.household_id], of_concept].sum()
            assert np.sign(one.points_by_concept[concept]) == np.sign(contribution)


def test_the_probability_is_the_model_s(bundle, judged, tables):
    """The assessment says what the model says of the household's vector, bit for bit."""
    vectors = build_vectors(tables, AS_OF, features=bundle.model.features)
    said = dict(zip(vectors.household_id.tolist(), bundle.model.probability(vectors).tolist(), strict=True))
    for one in judged:
        assert one.probability == said[one.household_id]
        assert one.vector_sha256 == vectors.row_sha256(vectors.household_id.tolist().index(one.household_id))


def test_the_shorter_horizon_stands_beside_and_is_never_above(judged):
    """Six months beside the twelve, each with its own number."""
    for one in judged:
        (sooner,) = one.also
        assert sooner["horizon_months"] == 6
        assert 0.0 < sooner["probability"] < one.probability


def test_there_are_at_most_four_reasons_the_greatest_first(judged):
    """Each reason is of another concept, with the concept's own points, and says which way it goes."""
    assert max(len(one.reasons) for one in judged) == POLICY.most_reasons == 4
    for one in judged:
        concepts = [reason.concept for reason in one.reasons]
        sizes = [abs(reason.points) for reason in one.reasons]
        assert len(set(concepts)) == len(concepts)
        assert sizes == sorted(sizes, reverse=True)
        for reason in one.reasons:
            assert reason.points == one.points_by_concept[reason.concept]
            assert reason.direction == ("raises" if reason.points > 0 else "lowers")
            assert all(cited.contribution * reason.points > 0 for cited in reason.features)


def test_where_little_moves_the_probability_a_share_of_it_is_worth_a_reason(bundle, tables, judged):
    """At rates far under one in a hundred too; a higher floor alone would leave households without a why."""
    high = replace(POLICY, least_points=0.5)
    told = assess(bundle, high, tables, AS_OF, made_at=MADE_AT)
    assert any(one.reasons for one in told)
    for one in told:
        moved = sum(abs(own) for concept, own in one.points_by_concept.items() if concept != "start")
        assert all(abs(reason.points) >= POLICY.least_share * moved for reason in one.reasons)
    by_points = assess(bundle, replace(high, least_share=0.9), tables, AS_OF, made_at=MADE_AT)
    assert sum(len(one.reasons) for one in by_points) < sum(len(one.reasons) for one in told)
    assert sum(len(one.reasons) for one in told) <= sum(len(one.reasons) for one in judged)


def test_no_reason_is_the_age_of_the_data_or_the_area(judged):
    """They are weighed, and never told as if they were the household's."""
    told = {reason.concept for one in judged for reason in one.reasons}
    assert told
    assert not told & {"data_age", "area"}


def test_every_reason_has_the_facts_behind_its_feature(judged, tables):
    """The facts are those that made the value, newest first, known by the day and of no outcome table."""
    for one in judged[:40]:
        for reason in one.reasons:
            (cited,) = reason.features
            behind = next(evidence(tables, AS_OF, [cited.id])).facts(one.household_id, cited.id)
            assert reason.evidence
            assert reason.evidence == behind[: len(reason.evidence)]
            for fact in reason.evidence:
                assert fact.known_on <= AS_OF
                assert fact.table in FEATURES[cited.id].tables
                assert fact.table not in {"monitoring", "verifications"}


def test_an_imputed_value_is_never_cited_as_fact(judged):
    """A sentence that rests on an estimated figure says that it was estimated, in both languages."""
    seen = 0
    for one in judged:
        for reason in one.reasons:
            estimated = any(fact.imputed for fact in reason.evidence)
            seen += estimated
            if estimated:
                assert "推算" in reason.zh
                assert "estimated" in reason.en
    assert seen


def test_the_sentences_hold_no_word_of_the_model(answers):
    """No Chinese sentence speaks of probabilities, features, weights or Shapley values."""
    for one in answers:
        sentences = [one.confidence_zh, one.notice, *(reason.zh for reason in one.reasons)]
        sentences += [told["zh"] for told in (*one.unknown, *one.ask)]
        sentences += [one.odds["zh"]] if one.odds else []
        for sentence in sentences:
            assert sentence
            assert "{" not in sentence
            assert not any(
                word in sentence for word in ("概率", "特征", "权重", "SHAP", "模型", "nan", "贡献")
            )


def test_the_interval_is_that_of_the_probability(answers):
    """Who has a probability has an interval about it; nobody else has one."""
    for one in answers:
        expected = None if one.probability is None else SPREAD.interval(one.probability)
        assert one.interval == expected
    assert any(one.interval is not None for one in answers)


def test_a_model_without_a_spread_gives_no_interval(bundle, tables):
    """As models of an older release, which go on to give all else."""
    without = replace(bundle, model=replace(bundle.model, spread=None))
    told = assess(without, POLICY, tables, AS_OF, made_at=MADE_AT)
    assert {one.interval for one in told} == {None}
    assert any(one.probability is not None for one in told)


@pytest.mark.parametrize(
    ("enough", "words"),
    [("enough", "把握较大"), ("thin", "资料偏旧，把握一般"), ("insufficient", "资料不足")],
)
def test_every_state_has_its_words(enough, words):
    """As the interface promises them."""
    assert CONFIDENCE_ZH[enough] == words


def test_insufficient_gives_no_number_and_asks(answers):
    """Of whom no income is known there is neither probability nor reason, but what to collect first."""
    (nobody,) = [one for one in answers if one.household_id == "nobody"]
    assert nobody.sufficiency == "insufficient"
    assert (nobody.probability, nobody.odds, nobody.interval, nobody.level, nobody.display) == (None,) * 5
    assert (nobody.reasons, nobody.also) == ((), ())
    assert nobody.points_by_concept == {}
    assert nobody.confidence_zh == "资料不足"
    assert "收入" in nobody.ask[0]["zh"]
    assert any("收入" in told["zh"] for told in nobody.unknown)


def test_a_batch_is_each_alone(answers, bundle, tables):
    """A household assessed alone has the canonical bytes that it has among all."""
    for one in [*answers[:10], answers[-1]]:
        own = {
            name: {
                column: values[facts["household_id"] == one.household_id] for column, values in facts.items()
            }
            if name in HOUSEHOLD_TABLES
            else facts
            for name, facts in tables.items()
        }
        (alone,) = assess(bundle, POLICY, own, AS_OF, made_at=MADE_AT)
        assert alone.canonical() == one.canonical()


def test_replay_finds_nothing_on_the_same_facts(answers, bundle, tables):
    """The same bundle, policy and facts give the same bytes, whatever was learned later."""
    for one in [*answers[:5], answers[-1]]:
        assert replay(one, bundle, POLICY, tables) == ()


def test_replay_names_what_differs_when_a_fact_is_added(answers, bundle, tables):
    """A bill slipped in afterwards, dated before the day, moves the vector and what follows from it."""
    one = next(each for each in answers if each.probability is not None)
    more = {name: plain(TABLES[name], facts) for name, facts in tables.items()}
    bill = dict.fromkeys(more["expenses"]) | {
        "record_id": "slipped-in",
        "household_id": one.household_id,
        "occurred_on": "2025-03-20",
        "known_on": "2025-03-25",
        "kind": "medical_self_paid",
        "amount": 15_000.0,
    }
    more["expenses"] = {name: [*values, bill[name]] for name, values in more["expenses"].items()}
    differ = replay(one, bundle, POLICY, accept(more))
    assert {"vector_sha256", "assessment_id"} <= set(differ)
    assert not {"household_id", "as_of", "made_at", "model", "policy", "context_sha256"} & set(differ)


def test_replay_under_another_policy_names_it(answers, bundle, tables):
    """A changed policy is found, even where no number moves."""
    other = replace(POLICY, sha256="0" * 64)
    assert set(replay(answers[0], bundle, other, tables)) == {"policy", "assessment_id"}


def test_the_id_is_of_the_content_and_not_of_the_hour(bundle, answers, tables):
    """The same answer given an hour later has the same id."""
    later = assess(bundle, POLICY, tables, AS_OF, made_at="2025-04-01T09:00:00+08:00")
    assert [one.assessment_id for one in later] == [one.assessment_id for one in answers]
    assert len({one.assessment_id for one in answers}) == len(answers)


def test_canonical_bytes_are_json_that_has_every_field_of_the_api(answers):
    """What is logged can be read back, and has the shape that was promised."""
    for one in (answers[0], answers[-1]):
        read = json.loads(one.canonical())
        assert {
            "probability",
            "points_by_concept",
            "reasons",
            "unknown",
            "ask",
            "model",
            "policy",
        } <= read.keys()
        assert read["model"] == {
            "name": "fangpin-next-visit",
            "version": "1",
            "bundle_sha256": one.model["bundle_sha256"],
            "trained_on": "simulated",
        }
        assert read["demo_notice"] == "演示模型，不得用于真实农户"
        for reason in read["reasons"]:
            assert reason["disputed"] is False
            told = {"table", "record_id", "occurred_on", "known_on", "source", "inherited", "disputed"}
            assert set(reason["evidence"][0]) == told
            assert set(reason["features"][0]) == {"id", "value", "unit", "contribution"}


def test_what_to_ask_is_matched_to_what_raises_the_risk(judged):
    """One question for each reason that raises the risk, and none else."""
    assert any(one.ask for one in judged)
    for one in judged:
        assert len(one.ask) == sum(reason.direction == "raises" for reason in one.reasons)


@pytest.mark.parametrize(
    ("probability", "n", "of"), [(0.124, 12, 100), (0.01, 1, 100), (0.0099, 10, 1000), (0.0004, 0, 1000)]
)
def test_odds_are_of_a_hundred_or_of_a_thousand_below_one_in_a_hundred(probability, n, of):
    """Small chances are counted per thousand households."""
    told = odds(probability, 0.003, "next_visit")
    assert (told["n"], told["of"], told["area_n"], told["area_of"]) == (n, of, 3, 1000)
    assert f"{of}户里约{n}户" in told["zh"]


@pytest.mark.parametrize(
    ("age", "visited", "expected"),
    [
        (1, 10, "enough"),
        (15, 75, "enough"),
        (16, 10, "thin"),
        (1, 76, "thin"),
        (1, math.nan, "thin"),
        (24, 10, "thin"),
        (25, 10, "insufficient"),
        (math.nan, 10, "insufficient"),
    ],
)
def test_sufficiency_follows_the_policy_s_limits(age, visited, expected):
    """Income and visit are told to be old, or too old, by the policy's months and days."""
    known = {"income_age": age, "income_to_line_latest": 1.5, "days_since_visit": visited}
    assert sufficiency(known, POLICY) == expected


def test_a_reason_that_cites_a_disputed_fact_says_so_and_nothing_else_moves(bundle, answers, tables):
    """The fact stands: same vector, same probability; the sentence tells what the household says of it."""
    one = next(one for one in answers if one.reasons)
    fact = one.reasons[0].evidence[0]
    dispute = {
        "record_id": ["d"],
        "household_id": [one.household_id],
        "occurred_on": [AS_OF],
        "known_on": [AS_OF],
        "about_table": [fact.table],
        "about_record_id": [fact.record_id],
        "kind": ["wrong_amount"],
    }
    raw = {name: plain(TABLES[name], facts) for name, facts in tables.items()}
    said = assess(bundle, POLICY, accept(raw | {"disputes": dispute}), AS_OF, made_at=MADE_AT)
    again = next(each for each in said if each.household_id == one.household_id)
    assert (again.probability, again.vector_sha256) == (one.probability, one.vector_sha256)
    assert not one.reasons[0].disputed
    assert again.reasons[0].disputed
    assert "异议" in again.reasons[0].zh
    assert [each for each in said if each is not again] == [each for each in answers if each is not one]
