"""Who wrote a bundle: its manifest signed with Ed25519, the public key pinned by the service."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from features.errors import Foreign, Usage

SIGNATURE = "manifest.sig"
"""The file beside the manifest: the 64 bytes of the signature, as OpenSSL reads and writes them."""

PRIVATE, PUBLIC = "signing-key.pem", "bundle-key.pem"


def make_keys(out: Path) -> tuple[Path, Path]:
    """Make a key pair and write it as PEM files.

    Parameters
    ----------
    out : Path
        The folder; made where it is not there.

    Returns
    -------
    tuple of Path
        The private key, which only its owner can read, and the public one.

    Raises
    ------
    Usage
        Where either file is there already: a key that was written over is lost.
    """
    files = out / PRIVATE, out / PUBLIC
    there = [str(file) for file in files if os.path.lexists(file)]
    if there:
        raise Usage(f"there is a key already, which is not written over: {', '.join(there)}")
    key = Ed25519PrivateKey.generate()
    out.mkdir(parents=True, exist_ok=True)
    _write(files[0], key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    _write(
        files[1], key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), mode=0o644
    )
    return files


def private_key(file: Path) -> Ed25519PrivateKey:
    """Read a private key.

    Raises
    ------
    Usage
        Where the file cannot be read, or holds something else; encrypted keys are not read.
    """
    try:
        key = load_pem_private_key(_pem(file, "private"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Usage(f"{file} holds no Ed25519 private key as unencrypted PEM")
    return key


def public_key(given: str) -> Ed25519PublicKey:
    """Read a public key.

    Parameters
    ----------
    given : str
        The PEM text itself, or the path of a file that holds it.

    Raises
    ------
    Usage
        Where the file cannot be read, or it is something else.
    """
    text = given.strip()
    inline = text.startswith("-----BEGIN")
    try:
        key = load_pem_public_key(text.encode() if inline else _pem(Path(text), "public"))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Usage(f"{'the PEM text given' if inline else text} holds no Ed25519 public key")
    return key


def verify(manifest: bytes, signature: bytes | None, pinned: Ed25519PublicKey, *, name: str) -> None:
    """Check that the holder of a key signed a manifest, byte by byte as it is.

    Parameters
    ----------
    manifest : bytes
    signature : bytes or None
        None where there is none.
    pinned : Ed25519PublicKey
        The key that is trusted.
    name : str
        What the bundle is called in the message.

    Raises
    ------
    Foreign
        Where there is no signature, or it is not this key's of this manifest.
    """
    if signature is None:
        raise Foreign(f"{name} is not signed (it has no {SIGNATURE}), and a key is pinned")
    try:
        pinned.verify(signature, manifest)
    except InvalidSignature:
        raise Foreign(f"{name}: {SIGNATURE} is not the pinned key's signature of this manifest") from None


def _pem(file: Path, kind: str) -> bytes:
    try:
        return file.expanduser().read_bytes()
    except OSError as error:
        raise Usage(f"the {kind} key {file} cannot be read: {error.strerror}") from error


def _write(file: Path, content: bytes, *, mode: int) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
        written.write(content)
