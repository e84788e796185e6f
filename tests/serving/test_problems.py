"""Every error is a problem document that says where, not what."""

import pytest

from serving.problems import pointer
from tests.served import AS_OF, household

JSON = {"Content-Type": "application/json"}
SECRET = "张三的病历"


def send(client, body, **headers):
    """Post a body as it is."""
    return client.post("/v1/assessments", content=body, headers=JSON | headers)


def problem(response, status):
    """Return the document of a problem, its form checked."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    content = response.json()
    assert content["status"] == status
    assert content["request_id"] == response.headers["x-request-id"]
    assert isinstance(content["errors"], list)
    return content


def test_pointers_follow_rfc_6901():
    """Slashes and tildes are escaped."""
    assert pointer("a/b", 0, "~") == "/a~1b/0/~0"


def test_a_body_that_is_no_json_is_a_400(client):
    """Cut off, empty, or with numbers that JSON does not have."""
    assert "line 1" in problem(send(client, b'{"as_of": '), 400)["detail"]
    problem(send(client, b""), 400)
    problem(send(client, b'{"n": NaN}'), 400)


def test_no_key_is_a_401_before_the_body_is_looked_at(client):
    """A stranger learns nothing about bodies."""
    content = problem(send(client, b"{", **{"X-API-Key": "no"}), 401)

    assert "Bearer" in content["detail"]


def test_unknown_paths_and_methods_are_404_and_405(client):
    """Problem documents there too, with the methods that are allowed."""
    problem(client.get("/v1/nothing"), 404)
    response = client.get("/v1/assessments")
    problem(response, 405)
    assert response.headers["allow"] == "POST"


def test_a_body_too_large_is_a_413_whether_it_says_so_or_not(start, settings):
    """A stream without a length is cut where the limit is."""
    from dataclasses import replace

    client = start(replace(settings, max_body_bytes=1000))

    problem(send(client, b" " * 1001), 413)
    problem(send(client, iter([b" " * 600, b" " * 600])), 413)


def test_other_kinds_of_body_are_a_415(client):
    """Only plain JSON that says so."""
    problem(client.post("/v1/assessments", content=b"{}", headers={"Content-Type": "text/csv"}), 415)
    problem(client.post("/v1/assessments", content=b"{}"), 415)
    problem(send(client, b"{}", **{"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ([], ""),
        ({"households": []}, "/households"),
        ({"households": [household(f"h{n}") for n in range(501)]}, "/households"),
        ({"households": [household()], "as_of": "30.06.2025"}, "/as_of"),
        ({"households": [household()], "as_of": "2025-13-01"}, "/as_of"),
        ({"households": [household()], "as_of": "2025-07-02"}, "/as_of"),
        ({"households": [household()], "asof": AS_OF}, "/asof"),
        ({"households": [household()], "context": {"incomes": []}}, "/context/incomes"),
        ({"households": [household()], "context": {"lines": [{"area": 7}]}}, "/context/lines/0/area"),
        ({"households": [household()], "context": {"lines": [{"amount": -1}]}}, "/context/lines/0/amount"),
    ],
)
def test_a_request_of_another_form_is_a_422_with_the_place(client, body, at):
    """What concerns the request as a whole stops all of it."""
    content = problem(client.post("/v1/assessments", json=body), 422)

    assert at in [error["pointer"] for error in content["errors"]]


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"household_id": None}, "/household_id"),
        ({"household_id": SECRET * 50}, "/household_id"),
        ({"area": None}, "/area"),
        ({"area": "elsewhere"}, "/area"),
        ({"origin": SECRET}, "/origin"),
        ({"shoes": 4}, "/shoes"),
        ({"incomes": {}}, "/incomes"),
        ({"incomes": [3]}, "/incomes/0"),
        ({"incomes": [{SECRET: 1}]}, "/incomes/0"),
        (
            {"incomes": [{"occurred_on": "2025-04-30", "kind": "wage", "account": "visit", "amount": -5}]},
            "/incomes/0/amount",
        ),
        (
            {"incomes": [{"occurred_on": "2025-04-30", "kind": "wage", "account": "visit"}]},
            "/incomes/0/amount",
        ),
        ({"visits": [{"occurred_on": "2025-08-30", "purpose": "round"}]}, "/visits/0/occurred_on"),
        ({"visits": [{"occurred_on": SECRET, "purpose": "round"}]}, "/visits/0/occurred_on"),
        ({"visits": [{"occurred_on": [SECRET], "purpose": {"a": 1}}]}, "/visits/0/purpose"),
        ({"members": [{"occurred_on": "2025-01-01", "member_id": SECRET + "\n"}]}, "/members/0/member_id"),
        ({"members": [{"occurred_on": "2025-01-01", "member_id": "x" * 201}]}, "/members/0/member_id"),
        (
            {"members": [{"occurred_on": "2025-01-01", "member_id": "m", "household_id": "h9"}]},
            "/members/0/household_id",
        ),
    ],
)
def test_a_household_that_breaks_the_contract_is_named_by_place_and_never_repeated(client, changed, at):
    """Nothing that was sent comes back in an error."""
    response = client.post("/v1/assessments", json={"as_of": AS_OF, "households": [household(**changed)]})
    content = problem(response, 422)

    assert f"/households/0{at}" in [error["pointer"] for error in content["errors"]]
    assert SECRET not in response.text


def test_texts_that_are_long_only_together_are_no_breach(client):
    """Each field of a row may have its two hundred characters."""
    member = {"occurred_on": "2025-01-01", "record_id": "r" * 200, "member_id": "m" * 200, "relation": "head"}
    told = household(members=[member])
    response = client.post("/v1/assessments", json={"as_of": AS_OF, "households": [told]})

    assert response.status_code == 200


def test_all_breaches_of_a_household_are_told_at_once(client):
    """Unknown columns, wrong codes and missing values come in one answer."""
    bad = household(shoes=1, origin="rich", incomes=[{"foo": 1, "kind": "gold", "amount": -1}])

    content = problem(client.post("/v1/assessments", json={"as_of": AS_OF, "households": [bad]}), 422)

    assert {error["pointer"].removeprefix("/households/0") for error in content["errors"]} == {
        *("/shoes", "/origin", "/incomes/0/foo", "/incomes/0/kind", "/incomes/0/amount"),
        *("/incomes/0/account", "/incomes/0/occurred_on"),
    }


def test_what_nobody_foresaw_is_a_500_whose_log_line_holds_no_message(client, caplog, monkeypatch):
    """The text of a foreign exception may hold values: only its kind and place are logged."""
    from serving import service

    def fails(*_args, **_kwargs):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(service, "assess", fails)
    with caplog.at_level("INFO"):
        response = client.post("/v1/assessments", json={"as_of": AS_OF, "households": [household()]})

    problem(response, 500)
    assert "RuntimeError" in caplog.text
    assert SECRET not in response.text + caplog.text
