"""Signed versions: what export and promote sign, and what rollback does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from features.errors import Foreign
from models.bundle import read_bundle
from models.promotions import champion
from models.registry import Registry
from models.signing import SIGNATURE, make_keys, private_key, public_key

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")

SAID = {"reason": "better", "by": "analyst", "at": datetime(2026, 7, 1, 12, tzinfo=UTC)}


@pytest.fixture
def pair(tmp_path):
    """Return the paths of a private and a public key."""
    return make_keys(tmp_path / "pair")


@pytest.fixture
def pinned(pair):
    """Return the public key."""
    return public_key(str(pair[1]))


@pytest.fixture
def unsigned(tracking_uri, tmp_path) -> Registry:
    """Return a registry that signs nothing."""
    return Registry(tracking_uri=tracking_uri, bundles=tmp_path / "bundles")


@pytest.fixture
def signing(unsigned, pair) -> Registry:
    """Return the same registry with the key."""
    return replace(unsigned, key=private_key(pair[0]))


def test_an_exported_version_is_signed_where_there_is_a_key(
    unsigned, signing, pinned, run_id, make_bundle, tmp_path
):
    """The same bundle with and without; the registry itself holds it unsigned."""
    version = unsigned.register(make_bundle(), run_id)
    plain = unsigned.export(version, tmp_path / "plain")
    signed = signing.export(version, tmp_path / "signed")
    assert plain.sha256 == signed.sha256
    assert not (plain.path / SIGNATURE).exists()
    assert read_bundle(signed.path, pinned).sha256 == signed.sha256


def test_a_promoted_version_is_signed_though_it_was_there_unsigned(
    unsigned, signing, pinned, run_id, make_bundle
):
    """A county that starts to sign promotes its champion once more."""
    version = unsigned.register(make_bundle(), run_id)
    unsigned.promote(version, **SAID)
    with pytest.raises(Foreign, match="fangpin-1 is not signed"):
        champion(unsigned.bundles, pinned)
    signing.promote(version, **SAID)
    assert champion(signing.bundles, pinned).version == version


def test_a_rollback_signs_nothing(unsigned, signing, pinned, run_id, make_bundle):
    """What lies in the folder is vouched for by the ledger beside it alone, so the key is not lent to it."""
    one, two = (unsigned.register(make_bundle(made=made), run_id) for made in ("a", "b"))
    unsigned.promote(one, **SAID)
    signing.promote(two, **SAID)
    with pytest.raises(Foreign, match="fangpin-1 is not signed"):
        signing.rollback(**SAID)
    assert champion(signing.bundles, pinned).version == two
    assert len(signing.history()) == 2
    assert not (signing.bundles / "fangpin-1" / SIGNATURE).exists()


def test_a_rollback_to_a_signed_version_serves_it(signing, pinned, run_id, make_bundle):
    """The way back needs no more than it did."""
    for made in ("a", "b"):
        signing.promote(signing.register(make_bundle(made=made), run_id), **SAID)
    signing.rollback(**SAID)
    assert champion(signing.bundles, pinned).version == "1"
