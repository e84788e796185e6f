"""The champion: swapped between two requests, or left where it is."""

import json
import threading

import pytest

from features.errors import Foreign
from features.policy import illustrative
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
