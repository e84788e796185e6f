"""Keys: shown once, kept as hashes, ended at once."""

import stat

import pytest

from features.errors import Foreign, Usage
from serving.problems import Problem
from serving.security import KeyRing, add_key, read_keys, revoke_key


@pytest.fixture
def path(tmp_path):
    """Return where the keys are kept."""
    return tmp_path / "keys.jsonl"


def test_the_file_holds_the_hash_and_never_the_key(path):
    """Who reads the file cannot use it, and nobody but its owner reads it."""
    _, shown = add_key(path, "system", "52")

    *_, secret = shown.split("_", 2)  # the secret may hold "_" itself
    assert len(secret) == 43
    assert secret not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_taken_from_either_header(path):
    """As a bearer token or in a header of its own."""
    key, shown = add_key(path, "system", "52", backfill=True)
    ring = KeyRing(path)

    assert ring.admit(f"Bearer {shown}", None) == key
    assert ring.admit(f"bearer  {shown}", None) == key
    assert ring.admit(None, shown) == key
    assert key.area == "52"
    assert key.backfill


@pytest.mark.parametrize("shown", [None, "", "fp_0123456789ab_" + "x" * 43, "nonsense", "ключ"])
def test_anything_else_is_turned_away_with_401(path, shown):
    """No key, an unknown one, or something that is none."""
    add_key(path, "system", "")

    with pytest.raises(Problem) as refused:
        KeyRing(path).admit(None, shown)

    assert refused.value.status == 401
    assert "WWW-Authenticate" in refused.value.headers


def test_the_secret_of_one_key_does_not_open_with_the_id_of_another(path):
    """Id and secret belong together."""
    one, _ = add_key(path, "system", "")
    _, other = add_key(path, "system", "")

    with pytest.raises(Problem):
        KeyRing(path).admit(None, f"fp_{one.id}_{other[16:]}")


def test_keys_made_and_revoked_count_at_once_in_a_ring_that_is_open(path):
    """Nothing needs to be restarted to lock somebody out."""
    ring = KeyRing(path)
    key, shown = add_key(path, "system", "")
    assert ring.admit(None, shown) == key

    revoke_key(path, key.id)
    revoke_key(path, key.id)

    with pytest.raises(Problem):
        ring.admit(None, shown)
    assert read_keys(path)[key.id].revoked


def test_a_key_that_is_not_there_cannot_be_revoked(path):
    """A mistyped id does not pass for done."""
    with pytest.raises(Usage):
        revoke_key(path, "0123456789ab")


def test_a_file_that_holds_something_else_is_named_by_line(path):
    """The operator finds the line."""
    add_key(path, "system", "")
    with path.open("a") as file:
        file.write('{"id": "x"}\n')

    with pytest.raises(Foreign, match="line 2"):
        read_keys(path)
