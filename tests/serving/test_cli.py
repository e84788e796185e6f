"""The command: keys, exit codes, words."""

import json
import sys

import pytest

from features.errors import BadInput, BadPolicy, FangpinError, Foreign, MissingExtra, Refused, Usage
from serving import cli
from serving.security import KeyRing, read_keys


@pytest.fixture
def call(monkeypatch, tmp_path, capsys):
    """Call the command in a home of its own; return exit code, output and errors."""
    monkeypatch.setenv("FANGPIN_HOME", str(tmp_path))

    def calling(*words):
        monkeypatch.setattr(sys, "argv", ["fangpin-serve", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return calling


def test_a_key_is_printed_once_and_opens_until_it_is_revoked(call, tmp_path):
    """The way of a key from the command line."""
    code, out, _ = call("key", "add", "--area", "52", "--backfill", "--json")
    told = json.loads(out)
    keys = tmp_path / "keys.jsonl"

    assert code == 0
    assert "sha256" not in told
    assert KeyRing(keys).admit(None, told["key"]).area == "52"
    code, out, _ = call("key", "revoke", told["id"])
    assert code == 0
    assert told["id"] in out
    assert read_keys(keys)[told["id"]].revoked


def test_words_that_are_off_end_with_2(call, monkeypatch):
    """Unknown ids, roles, commands and settings are usage."""
    assert call("key", "revoke", "nobody")[0] == 2
    assert call("key", "add", "--area", "a b")[0] == 2
    assert call("key", "add", "--area", "52", "--role", "king")[0] == 2
    assert call("fly")[0] == 2
    monkeypatch.setenv("FANGPIN_BUNDELS", "x")
    code, out, err = call("run")
    assert (code, out) == (2, "")
    assert "FANGPIN_BUNDELS" in err


def test_a_policy_that_cannot_be_used_ends_the_start_with_1(call, monkeypatch, tmp_path):
    """Without a policy there is no service."""
    monkeypatch.setenv("FANGPIN_POLICY", str(tmp_path / "nothing"))
    monkeypatch.setenv("FANGPIN_PROFILE", "demo")

    code, _, err = call("run", "--port", "0")

    assert code == 1
    assert "policy" in err


def test_production_does_not_start_without_a_pinned_key_nor_with_a_file_that_is_none(
    call, monkeypatch, tmp_path
):
    """What is forgotten is said in one sentence, before a port is opened."""
    code, _, err = call("run", "--port", "0")
    assert code == 2
    assert "the production profile needs FANGPIN_BUNDLE_KEY" in err

    monkeypatch.setenv("FANGPIN_BUNDLE_KEY", str(tmp_path / "nothing.pem"))
    code, _, err = call("run", "--port", "0")
    assert code == 2
    assert "nothing.pem cannot be read" in err


def test_every_error_of_the_house_has_its_exit_code():
    """As the interface promises: 1 breach, 2 usage, 3 refused, 4 an extra is missing."""
    assert {BadInput: 1, BadPolicy: 1, Foreign: 1, Usage: 2, Refused: 3, MissingExtra: 4} == cli.EXIT_CODES
    assert set(cli.EXIT_CODES) == set(FangpinError.__subclasses__())


def test_help_names_every_setting(call):
    """The help of `run` is the table of settings."""
    from serving.settings import SETTINGS

    code, out, _ = call("run", "--help")

    assert code == 0
    for name in SETTINGS:
        assert name in out
