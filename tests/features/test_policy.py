"""The policy: read as a frozen value, or refused with every fault named at once."""

from __future__ import annotations

import dataclasses
import hashlib
from importlib.resources import files

import pytest

from features.errors import BadPolicy
from features.policy import illustrative, policy_from, read_policy

SHIPPED = (files("features") / "policies" / "illustrative" / "policy.toml").read_bytes()


def refused(content: bytes) -> str:
    """Return what is said of a policy that is refused."""
    with pytest.raises(BadPolicy) as error:
        policy_from(content)
    return str(error.value)


def test_the_shipped_policy_says_what_it_is():
    """It calls itself illustrative, carries the notice word by word, and is named by its bytes."""
    policy = illustrative()
    assert policy.source == "illustrative"
    assert policy.notice_zh == "本结果由数据推算，仅作走访排序参考，是否纳入监测以入户核查和村级评议为准。"
    assert policy.sha256 == hashlib.sha256(SHIPPED).hexdigest()
    assert policy.most_reasons == 4


def test_a_policy_cannot_be_changed_in_the_hand():
    """It is a value."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        illustrative().most_reasons = 5


def test_a_changed_comma_is_another_policy():
    """The hash is that of the file, comments and all."""
    assert policy_from(SHIPPED + b"\n# signed\n").sha256 != illustrative().sha256


def test_every_fault_is_named_at_once():
    """Unknown, missing, empty and of the wrong kind: one message has them all."""
    content = SHIPPED.replace(b"stale_visit_days = 75", b'stale_visit_days = "75"')
    content = content.replace(b"stale_income_months", b"stale_income_month").replace(b"most = 4", b"most = 0")
    content = content.replace(b'version = "illustrative-1"', b'version = ""')
    said = refused(content)
    for fault in (
        "unknown key data.stale_income_month",
        "missing key data.stale_income_months",
        "data.stale_visit_days is not a int above nothing",
        "reasons.most is not a int above nothing",
        "version is not a str above nothing",
    ):
        assert fault in said


def test_a_flag_is_no_number():
    """``true`` is not taken for 1."""
    assert "reasons.most" in refused(SHIPPED.replace(b"most = 4", b"most = true"))


@pytest.mark.parametrize("zone", [b"Asia/Atlantis", b"../etc/passwd", b"+08:00"])
def test_a_time_zone_has_an_iana_name(zone):
    """A day ends in the county's zone, so it must be one."""
    assert "time_zone" in refused(SHIPPED.replace(b"Asia/Shanghai", zone))


@pytest.mark.parametrize("content", [b"version = ", b"\xff\xfe", b'version = 1\nversion = "2"'])
def test_a_file_that_is_no_toml_is_refused(content):
    """It is said that the file cannot be read."""
    assert "cannot be read" in refused(content)


def test_a_policy_is_read_from_its_folder(tmp_path):
    """The folder's ``policy.toml`` counts; an empty folder has none."""
    with pytest.raises(BadPolicy, match="no policy"):
        read_policy(tmp_path)
    (tmp_path / "policy.toml").write_bytes(SHIPPED)
    assert read_policy(tmp_path) == illustrative()
