"""Signed bundles: what the key signed passes, one byte otherwise and it does not."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from features.errors import Foreign, Usage
from models.bundle import copy_bundle, read_bundle, sign_bundle
from models.signing import SIGNATURE, make_keys, private_key, public_key


@pytest.fixture
def pair(tmp_path):
    """Return the paths of a private and a public key."""
    return make_keys(tmp_path / "pair")


@pytest.fixture
def signed(make_bundle, pair):
    """Return a bundle that the key has signed."""
    bundle = read_bundle(make_bundle())
    sign_bundle(bundle, private_key(pair[0]))
    return bundle


def test_what_the_key_signed_is_read_under_the_pinned_key_and_is_the_same_bundle(signed, pair):
    """The signature lies outside the hashed files: it changes neither the files nor the bundle's hash."""
    read = read_bundle(signed.path, public_key(str(pair[1])))
    assert (read.sha256, dict(read.files)) == (signed.sha256, dict(signed.files))
    assert read_bundle(signed.path).sha256 == signed.sha256


@pytest.mark.parametrize("place", [0, 31, 63])
@pytest.mark.parametrize("name", ["manifest.json", SIGNATURE])
def test_one_changed_byte_of_manifest_or_signature_is_refused(signed, pair, name, place):
    """Whichever byte it is."""
    content = bytearray((signed.path / name).read_bytes())
    content[place] ^= 1
    (signed.path / name).write_bytes(content)
    with pytest.raises(Foreign, match="not the pinned key's signature of this manifest"):
        read_bundle(signed.path, public_key(str(pair[1])))


def test_another_key_is_refused(signed, tmp_path):
    """A signature is one key's."""
    _, other = make_keys(tmp_path / "other")
    with pytest.raises(Foreign, match="not the pinned key's signature"):
        read_bundle(signed.path, public_key(str(other)))


def test_one_changed_byte_of_a_file_is_refused_though_the_signature_holds(signed, pair):
    """The signature is of the manifest, and the manifest of every file."""
    with (signed.path / "booster.txt").open("ab") as file:
        file.write(b" ")
    with pytest.raises(Foreign, match=r"not what the manifest was written for: booster\.txt"):
        read_bundle(signed.path, public_key(str(pair[1])))


@pytest.mark.parametrize("link", [False, True])
def test_an_unsigned_bundle_is_refused_under_a_pinned_key(signed, pair, tmp_path, link):
    """Without the file, or with a link in its place, there is no signature."""
    (signed.path / SIGNATURE).rename(tmp_path / SIGNATURE)
    if link:
        (signed.path / SIGNATURE).symlink_to(tmp_path / SIGNATURE)
    with pytest.raises(Foreign, match=r"is not signed|has no file"):
        read_bundle(signed.path, public_key(str(pair[1])))


def test_an_empty_or_overlong_signature_is_refused(signed, pair):
    """Something that is no signature at all is a refusal like another, not a crash."""
    for content in (b"", b"x" * 65):
        (signed.path / SIGNATURE).write_bytes(content)
        with pytest.raises(Foreign, match="not the pinned key's signature"):
            read_bundle(signed.path, public_key(str(pair[1])))


def test_a_bundle_that_nobody_signed_is_not_parsed(signed, pair):
    """The signature is checked before anything is made of the manifest, which here is no JSON."""
    (signed.path / "manifest.json").write_bytes(b"{")
    with pytest.raises(Foreign, match="signature"):
        read_bundle(signed.path, public_key(str(pair[1])))


def test_signing_leaves_nothing_beside_the_signature_and_is_repeatable(signed, pair):
    """Ed25519 signs the same bytes the same way; no half file stays."""
    before = (signed.path / SIGNATURE).read_bytes()
    sign_bundle(signed, private_key(pair[0]))
    assert (signed.path / SIGNATURE).read_bytes() == before
    assert [file.name for file in signed.path.parent.iterdir() if file.name.startswith(".")] == []


def test_a_copy_is_signed_as_its_source_or_with_the_key_that_is_given(signed, pair, tmp_path):
    """A copy keeps its signature; a key puts its own in its place, in the copy alone."""
    copy_bundle(signed.path, tmp_path / "as-it-was")
    read_bundle(tmp_path / "as-it-was", public_key(str(pair[1])))
    private, public = make_keys(tmp_path / "other")
    copy_bundle(signed.path, tmp_path / "anew", private_key(private))
    read_bundle(tmp_path / "anew", public_key(str(public)))
    read_bundle(signed.path, public_key(str(pair[1])))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_agrees(signed, pair):
    """A second implementation verifies the same file under the same key."""
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(pair[1]), "-rawin"]
    files = ["-in", "manifest.json", "-sigfile", SIGNATURE]
    done = subprocess.run([*command, *files], cwd=signed.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_key_is_made_once_and_only_its_owner_reads_the_private_one(tmp_path):
    """A pair that is there, or one half of it, is never written over."""
    former = os.umask(0)
    try:
        private, public = make_keys(tmp_path / "new" / "pair")
    finally:
        os.umask(former)
    assert private.stat().st_mode & 0o777 == 0o600
    assert public.stat().st_mode & 0o777 == 0o644
    before = private.read_bytes(), public.read_bytes()
    with pytest.raises(Usage, match="not written over"):
        make_keys(private.parent)
    assert (private.read_bytes(), public.read_bytes()) == before
    private.unlink()
    with pytest.raises(Usage, match=r"not written over: .*bundle-key\.pem"):
        make_keys(private.parent)
    assert not private.exists()


def test_the_public_key_may_be_given_as_text(signed, pair):
    """PEM in the setting itself, where a file cannot be mounted."""
    read_bundle(signed.path, public_key("\n" + pair[1].read_text()))


def test_what_is_no_key_is_said_to_be_none(pair, tmp_path):
    """No file, no PEM, the wrong half, another kind: one sentence each, and nothing of the content shown."""
    rsa = generate_private_key(65537, 2048)
    of_rsa = tmp_path / "rsa.pem"
    of_rsa.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    text = tmp_path / "text.pem"
    text.write_text("a secret")
    for file in (pair[1], of_rsa, text):
        with pytest.raises(Usage, match="holds no Ed25519 private key") as refused:
            private_key(file)
        assert "secret" not in str(refused.value)
    for given in (str(pair[0]), str(text), pair[0].read_text()):
        with pytest.raises(Usage, match="holds no Ed25519 public key") as refused:
            public_key(given)
        assert "PRIVATE" not in str(refused.value)
    with pytest.raises(Usage, match="no Ed25519 public key"):
        public_key(rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    for read in (lambda: private_key(tmp_path / "no.pem"), lambda: public_key(str(tmp_path / "no.pem"))):
        with pytest.raises(Usage, match=r"no\.pem cannot be read"):
            read()
