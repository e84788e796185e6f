"""The service from outside: what is sent, what comes back."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import orjson
import pytest

from features.check import accept
from features.policy import illustrative
from features.tables import TABLES
from models.assessment import assess
from models.bundle import read_bundle, sign_bundle
from serving.facts import columns
from tests.served import AS_OF, CONTEXT, household, write_champion


def post(client, *households, **more):
    """Ask about households."""
    return client.post("/v1/assessments", json={"as_of": AS_OF, "households": list(households), **more})


def test_an_answer_is_the_assessment_of_the_same_facts(client, bundles):
    """The service adds nothing to what `assess` says and takes nothing away."""
    given = household()
    own = {
        name: [{**row, "household_id": "h1"} for row in rows]
        for name, rows in given.items()
        if name in TABLES
    }
    own["households"] = [
        {"record_id": "r", "household_id": "h1", "area": "north", "origin": "exited"}
        | {"occurred_on": AS_OF, "known_on": AS_OF}
    ]
    tables = accept({name: columns(rows) for name, rows in (own | CONTEXT).items()})
    (expected,) = assess(
        read_bundle(bundles / "champion"), illustrative(), tables, np.datetime64(AS_OF), made_at="then"
    )

    (entry,) = post(client, given).json()["assessments"]

    assert {**entry, "made_at": "then"} == orjson.loads(expected.canonical())


def test_an_answer_names_model_and_policy_and_carries_the_notice_of_a_demonstration(client):
    """Nobody takes a demonstration for the real thing."""
    content = post(client, household()).json()

    assert content["model"]["version"] == "1"
    assert content["model"]["trained_on"] == "benchmark"
    assert content["policy"]["sha256"] == illustrative().sha256
    assert content["demo_notice"] == "演示模型，不得用于真实农户"


def test_one_by_one_in_a_batch_and_in_any_order_are_the_same(client):
    """A household's answer does not depend on who else is asked about."""
    names = [f"h{n}" for n in (3, 1, 2)]
    alone = [post(client, household(name)).json()["assessments"][0] for name in names]

    together = post(client, *(household(name) for name in names)).json()["assessments"]

    assert [one | {"made_at": ""} for one in together] == [one | {"made_at": ""} for one in alone]


def test_a_bad_household_gets_its_errors_and_the_others_their_answers_in_the_order_asked(client):
    """Wrong codes, ids twice and things that are no household are told one by one."""
    bad = household("b", origin="rich")
    twice = household("t")

    content = post(client, household("a"), bad, twice, twice, 7, household("z")).json()["assessments"]

    assert [one.get("household_id") for one in content] == ["a", "b", "t", "t", None, "z"]
    assert ["errors" in one for one in content] == [False, True, True, True, True, False]
    assert content[1]["errors"][0]["pointer"] == "/households/1/origin"
    assert content[5]["probability"] is not None


def test_households_that_share_a_record_are_both_told_and_a_third_is_answered(client):
    """Which of the two owns the record is not for the service to guess."""
    shared = [
        {"record_id": "same", "occurred_on": "2025-04-30", "purpose": "round", "known_on": "2025-05-02"}
    ]

    content = post(
        client, household("a", visits=shared), household("b", visits=shared), household("c")
    ).json()

    pointers = [one["errors"][0]["pointer"] if "errors" in one else None for one in content["assessments"]]
    assert pointers == ["/households/0/visits/0/record_id", "/households/1/visits/0/record_id", None]


def test_a_household_that_was_not_known_yet_is_answered_without_a_probability(client):
    """Facts of later days count for nothing, its own row among them."""
    (one,) = post(client, household(known_on="2025-07-01", occurred_on="2025-01-01")).json()["assessments"]

    assert one["sufficiency"] == "insufficient"
    assert one["probability"] is None
    assert one["ask"]


def test_500_households_are_answered_at_once(client):
    """The largest request that is allowed."""
    response = post(client, *(household(f"h{n}", visits=[]) for n in range(500)))

    assert response.status_code == 200
    assert len(response.json()["assessments"]) == 500


def test_ids_of_records_may_be_left_out_and_equal_rows_stay_two(client):
    """Two payments of one amount on one day are two payments, whatever the order of the rows."""
    paid = {"occurred_on": "2025-03-01", "known_on": "2025-03-02", "kind": "medical_self_paid"}
    rows = [{**paid, "amount": 3000}, {**paid, "amount": 3000}, {**paid, "amount": 10}]

    both = post(client, household(expenses=rows)).json()["assessments"][0]
    turned = post(client, household(expenses=rows[::-1])).json()["assessments"][0]
    one = post(client, household(expenses=rows[1:])).json()["assessments"][0]

    assert both["vector_sha256"] == turned["vector_sha256"] != one["vector_sha256"]


def test_without_backfill_facts_are_known_on_the_as_of_day_and_no_earlier(start, settings):
    """Such a key cannot make it look as if something had been known before."""
    client = start(settings, backfill=False)
    refused = post(client, household()).json()["errors"]
    plain = json.loads(
        json.dumps(household()), object_hook=lambda row: {k: v for k, v in row.items() if k != "known_on"}
    )

    answered = post(client, plain)

    assert {error["pointer"].rpartition("/")[2] for error in refused} == {"known_on"}
    assert answered.status_code == 200
    assert answered.json()["assessments"][0]["reasons"][0]["evidence"][0]["known_on"] == AS_OF


def test_context_of_the_request_takes_the_place_of_the_bundles_table_by_table(client):
    """The hash in the answer names what was used; tables that were not sent stay the model's."""
    doubled = [{**CONTEXT["lines"][0], "amount": 2000.0}]

    usual = post(client, household()).json()["assessments"][0]
    same = post(client, household(), context={"lines": CONTEXT["lines"]}).json()["assessments"][0]
    other = post(client, household(), context={"lines": doubled}).json()["assessments"][0]

    assert same["context_sha256"] == usual["context_sha256"] != other["context_sha256"]
    assert other["vector_sha256"] != usual["vector_sha256"] == same["vector_sha256"]


def test_a_key_sees_its_own_area_and_what_lies_in_it(start, settings):
    """A county sees its villages, a village not its neighbour."""
    county, north = start(settings, area="county"), start(settings, area="north")
    outside = household("s", area="south")

    assert "probability" in post(county, outside).json()["assessments"][0]
    mixed = post(north, household(), outside).json()["assessments"]
    assert "probability" in mixed[0]
    assert mixed[1]["errors"][0]["pointer"] == "/households/1/area"
    assert post(north, outside).status_code == 403


def test_without_a_day_it_is_today_in_the_county(client):
    """The clock stands at 2025-07-01, noon in the county."""
    content = client.post("/v1/assessments", json={"households": [household()]}).json()

    assert content["assessments"][0]["as_of"] == "2025-07-01"
    assert content["assessments"][0]["made_at"].startswith("2025-07-01T12:00")


def test_each_answer_is_kept_and_no_fact_is(client, settings):
    """The line holds the answer and who asked; the facts are gone."""
    response = post(client, household(), household("b", origin="rich"))

    (line,) = settings.answer_log.read_text().splitlines()
    kept = json.loads(line)
    assert kept["assessment"] == response.json()["assessments"][0]
    assert kept["request_id"] == response.headers["x-request-id"]
    assert "compositions" not in kept


def test_a_request_id_is_taken_over_where_it_is_plain_and_else_made(client):
    """Odd ones never reach the log."""
    assert client.get("/livez", headers={"X-Request-ID": "a-1.B_2"}).headers["x-request-id"] == "a-1.B_2"
    for odd in ("", "a b", "x" * 65, '"'):
        assert len(client.get("/livez", headers={"X-Request-ID": odd}).headers["x-request-id"]) == 32


def test_a_request_leaves_one_line_in_the_log_without_any_household(client, caplog):
    """The line names the route as declared, not the path with its ids."""
    with caplog.at_level("INFO", logger="fangpin.requests"):
        post(client, household("somebody"))
        client.get("/v1/households/somebody")

    lines = [json.loads(record.message) for record in caplog.records if record.name == "fangpin.requests"]
    assert [line["route"] for line in lines] == ["/v1/assessments", "none"]
    assert lines[0]["households"] == 1
    assert "somebody" not in caplog.text


def test_the_model_and_its_features_are_told_to_whom_has_a_key(client, model):
    """What it looks at is told in both languages, with the tables behind it."""
    told = client.get("/v1/model").json()
    listed = client.get("/v1/features").json()["features"]

    assert told["model"]["features"] == list(model.features) == [one["id"] for one in listed]
    assert all(one["en"] and one["zh"] and one["tables"] is not None for one in listed)
    window = {one["id"]: one["window"] for one in listed}
    assert window["self_paid_medical_12m"] == {"months": 12, "ahead": False}
    assert window["people"] is None
    for path in ("/v1/model", "/v1/features"):
        assert client.get(path, headers={"X-API-Key": ""}).status_code == 401


def test_production_serves_only_what_was_trained_on_real_households(start, settings, bundles, model, pair):
    """The same bundle that serves a demonstration is refused; a real one takes over without a restart."""
    from tests.serving.conftest import until

    key, pinned = pair
    sign_bundle(read_bundle(bundles / "champion"), key)
    client = start(replace(settings, profile="production", bundle_key=pinned), wait=False)
    until(lambda: "production" in client.get("/readyz").json().get("detail", ""))
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200
    refused = post(client, household())
    assert refused.status_code == 503
    assert "benchmark" in refused.json()["detail"]

    write_champion(bundles, model, "2", "real", key=key)
    until(lambda: client.get("/readyz").status_code == 200)

    content = post(client, household()).json()
    assert "demo_notice" not in content
    assert content["assessments"][0]["demo_notice"] is None


def test_metrics_count_requests_households_and_stages(client):
    """One request about a good and a bad household."""
    post(client, household(), household("b", origin="rich"))

    text = client.get("/metrics").text

    assert 'fangpin_requests_total{method="POST",route="/v1/assessments",status="200"} 1.0' in text
    assert 'fangpin_assessments_total{outcome="answered"} 1.0' in text
    assert 'fangpin_assessments_total{outcome="refused"} 1.0' in text
    assert 'fangpin_stage_seconds_count{stage="assess"} 1.0' in text
    assert "fangpin_ready 1.0" in text


def test_the_openapi_document_describes_every_column_of_the_contract(client):
    """Every column stands there with its meaning in both languages."""
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]

    for name, table in TABLES.items():
        properties = schemas["household" if name == "households" else name]["properties"]
        for column in table.columns:
            if column.name != "household_id":
                assert column.zh in properties[column.name]["description"], (name, column.name)
    assert set(document["paths"]) >= {
        "/v1/assessments",
        "/v1/model",
        "/v1/features",
        "/livez",
        "/readyz",
        "/metrics",
    }


def test_the_docs_are_one_page_that_asks_for_nothing_elsewhere(client):
    """No script and no address of another host, and the browser is told so."""
    response = client.get("/docs")
    addresses = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in {"script", "link", "iframe", "img"}
            addresses.extend(value for name, value in attrs if name in {"src", "href"})

    Reader().feed(response.text)
    assert response.status_code == 200
    assert [address for address in addresses if "//" in address] == []
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "监测线" in response.text
    assert "/v1/assessments" in response.text


@pytest.mark.parametrize("as_of", ["0001-01-01", "1970-01-01"])
def test_days_long_ago_are_answered_or_refused_but_never_break_the_service(client, as_of):
    """Days at the edge of the calendar are only days."""
    response = client.post("/v1/assessments", json={"as_of": as_of, "households": [household()]})

    assert response.status_code in {200, 422}
