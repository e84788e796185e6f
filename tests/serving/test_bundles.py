"""The champion: swapped between two requests, or left where it is."""

import json
import threading
from dataclasses import replace

import pytest

from features.errors import Foreign
from features.policy import illustrative
from models.bundle import read_bundle, sign_bundle
from models.signing import SIGNATURE, make_keys, private_key, public_key
from serving.bundles import RETRY_SECONDS, Champion, context_tables
from tests.served import AS_OF, CONTEXT, household, small_model, write_champion
from tests.serving.conftest import until


class Clock:
    """A clock that goes when it is told."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        """Return the seconds."""
        return self.seconds


@pytest.fixture
def clock():
    """Return a clock at zero."""
    return Clock()


@pytest.fixture
def champion(bundles, clock):
    """Return a champion of the demo profile that has looked once."""
    held = Champion(bundles, illustrative(), "demo", clock)
    held.look()
    return held


def test_nothing_serves_before_the_first_look_and_the_link_s_bundle_after_it(bundles, clock):
    """Reading and re-scoring come first."""
    held = Champion(bundles, illustrative(), "demo", clock)
    assert held.served is None

    held.look()

    assert held.served.bundle.version == "1"
    assert set(held.served.context.tables) == {"areas", "lines"}
    assert held.refusal is None


def test_a_look_at_an_unchanged_link_keeps_the_very_same_bundle(champion):
    """Nothing is read twice for nothing."""
    first = champion.served

    champion.look()

    assert champion.served is first


def test_the_link_s_new_bundle_serves_after_a_look(champion, bundles):
    """Promotion needs no restart."""
    write_champion(bundles, small_model(1), "2")

    champion.look()

    assert champion.served.bundle.version == "2"


def test_a_bundle_that_was_tampered_with_leaves_the_last_good_one(champion, bundles, model):
    """One changed letter in one file is enough."""
    folder = write_champion(bundles, model, "2")
    card = folder / "context.json"
    card.write_bytes(card.read_bytes().replace(b"1000.0", b"9000.0"))

    champion.look()

    assert champion.served.bundle.version == "1"
    assert champion.refusal.folder == "fangpin-2"
    assert "context.json" in champion.refusal.reason


def test_a_bundle_whose_golden_households_are_answered_otherwise_does_not_serve(bundles, model, clock):
    """The golden answers of another model, their hashes right."""
    folder = write_champion(bundles, small_model(1), "2")
    golden = (folder / "golden.json").read_bytes()
    write_champion(bundles, model, "3")
    from tests import served

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(served, "golden_answers", lambda *_: json.loads(golden))
        write_champion(bundles, model, "4")
    held = Champion(bundles, illustrative(), "demo", clock)

    held.look()

    assert held.served is None
    assert "golden" in held.refusal.reason


def test_a_bundle_without_golden_households_does_not_serve(bundles, model, clock):
    """What cannot be re-scored is not trusted."""
    write_champion(bundles, model, "2", golden=False)
    held = Champion(bundles, illustrative(), "demo", clock)

    held.look()

    assert held.served is None


def test_a_refused_bundle_is_tried_again_only_after_a_while(champion, bundles, model, clock):
    """A copy that was not finished heals by itself, and a broken one is not read every second."""
    folder = write_champion(bundles, model, "2")
    whole = (folder / "context.json").read_bytes()
    (folder / "context.json").write_bytes(b"{}")
    champion.look()
    (folder / "context.json").write_bytes(whole)

    champion.look()
    assert champion.served.bundle.version == "1"
    clock.seconds += RETRY_SECONDS
    champion.look()

    assert champion.served.bundle.version == "2"


def test_a_link_that_vanishes_leaves_the_last_good_one(champion, bundles):
    """A folder that is gone for a while stops nobody."""
    (bundles / "champion").unlink()

    champion.look()

    assert champion.served.bundle.version == "1"
    assert "promote" in champion.refusal.reason


def test_the_context_of_a_bundle_may_be_rows_or_columns_and_nothing_else():
    """Both forms give the same tables; household tables are refused."""
    rows = context_tables(CONTEXT)
    columns = context_tables(
        {name: {key: [row.get(key) for row in many] for key in many[0]} for name, many in CONTEXT.items()}
    )

    assert rows["lines"]["amount"].tolist() == columns["lines"]["amount"].tolist() == [1000.0]
    with pytest.raises(Foreign, match="incomes"):
        context_tables({"incomes": []})


def test_no_request_is_dropped_while_bundles_are_swapped(client, bundles, model):
    """Under steady requests two new champions come; every answer is a 200 and names one whole model."""
    other = small_model(1)
    seen, statuses, stop = set(), set(), threading.Event()

    def ask():
        while not stop.is_set():
            response = client.post("/v1/assessments", json={"as_of": AS_OF, "households": [household()]})
            statuses.add(response.status_code)
            content = response.json()
            seen.add((content["model"]["version"], content["assessments"][0]["model"]["version"]))

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for version, fitted in (("2", other), ("3", model)):
        write_champion(bundles, fitted, version)
        until(lambda version=version: (version, version) in seen)
    stop.set()
    for asker in askers:
        asker.join()

    assert statuses == {200}
    assert seen == {("1", "1"), ("2", "2"), ("3", "3")}


def test_readyz_says_why_a_new_bundle_was_refused_while_the_old_one_serves(client, bundles, model):
    """The operator sees that a promotion did not take effect."""
    folder = write_champion(bundles, model, "2")
    (folder / "booster.txt").write_text("x")

    until(lambda: "refused" in client.get("/readyz").json())

    content = client.get("/readyz").json()
    assert (content["status"], content["version"]) == ("ready", "1")
    assert "booster.txt" in content["refused"]["reason"]


@pytest.fixture
def pinning(bundles, model, pair, clock):
    """Return a way to make a champion of a profile that pins the key and serves a real, signed version 9."""

    def made(profile):
        write_champion(bundles, model, "9", "real", key=pair[0])
        held = Champion(bundles, illustrative(), profile, clock, public_key(pair[1]))
        held.look()
        assert held.served.bundle.version == "9"
        return held

    return made


@pytest.mark.parametrize("profile", ["production", "demo"])
def test_where_a_key_is_pinned_an_unsigned_bundle_leaves_the_last_good_one(pinning, bundles, profile):
    """A bundle that nobody signed does not serve; a demonstration that pins a key means it too."""
    held = pinning(profile)
    write_champion(bundles, small_model(1), "10", "real")

    held.look()

    assert held.served.bundle.version == "9"
    assert "fangpin-10 is not signed" in held.refusal.reason


def test_a_bundle_that_is_signed_afterwards_serves_at_the_next_try(pinning, bundles, clock, pair):
    """The signature may come after the folder."""
    held = pinning("production")
    folder = write_champion(bundles, small_model(1), "10", "real")
    held.look()
    sign_bundle(read_bundle(folder), pair[0])
    clock.seconds += RETRY_SECONDS

    held.look()

    assert (held.served.bundle.version, held.refusal) == ("10", None)


def test_a_signature_of_another_key_leaves_the_last_good_one(pinning, bundles, tmp_path):
    """Whoever can write the folder cannot sign."""
    held = pinning("production")
    other = private_key(make_keys(tmp_path / "other")[0])
    write_champion(bundles, small_model(1), "10", "real", key=other)

    held.look()

    assert held.served.bundle.version == "9"
    assert "not the pinned key's signature" in held.refusal.reason


def test_production_without_a_pinned_key_serves_nothing(bundles, model, clock, pair):
    """A signature that nobody can check is none, whatever made the champion."""
    write_champion(bundles, model, "9", "real", key=pair[0])
    held = Champion(bundles, illustrative(), "production", clock)

    held.look()

    assert held.served is None
    assert "no key is pinned" in held.refusal.reason


def test_a_demonstration_without_a_key_looks_at_no_signature(champion, bundles, model):
    """What lies in the file of the signature does not matter where nobody pinned a key."""
    folder = write_champion(bundles, model, "2")
    (folder / SIGNATURE).write_bytes(b"anything")

    champion.look()

    assert champion.served.bundle.version == "2"


def test_readyz_says_that_an_unsigned_bundle_was_refused(start, settings, bundles, model, pair):
    """The operator sees why a promotion without the key did not take effect."""
    write_champion(bundles, model, "9", "real", key=pair[0])
    client = start(replace(settings, profile="production", bundle_key=pair[1]))
    write_champion(bundles, model, "10", "real")

    until(lambda: "refused" in client.get("/readyz").json())

    content = client.get("/readyz").json()
    assert (content["status"], content["version"]) == ("ready", "9")
    assert "not signed" in content["refused"]["reason"]
