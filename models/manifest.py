"""A folder whose manifest holds the hash of every file, and whose signature, if any, is of the manifest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from features.errors import Foreign
from models.signing import SIGNATURE, verify

MANIFEST = "manifest.json"

FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


def read_manifest(folder: Path, pinned: Ed25519PublicKey | None) -> bytes:
    """Read the manifest; where a key is pinned, check its signature before anything is made of it.

    Raises
    ------
    Foreign
        Where there is no manifest, or a key is pinned and it did not sign it.
    """
    manifest = file_bytes(folder, MANIFEST)
    if pinned is not None:
        signature = file_bytes(folder, SIGNATURE) if (folder / SIGNATURE).exists() else None
        verify(manifest, signature, pinned, name=folder.name)
    return manifest


def checked_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Read every file of the manifest, each once, and hash it; beside the signature no other may lie there.

    Raises
    ------
    Foreign
        Naming what is missing, extra or altered.
    """
    promised = manifest.get("files")
    if not isinstance(promised, dict) or not all(FILE_NAME.fullmatch(name) for name in promised):
        raise Foreign(f"{folder.name}/{MANIFEST} does not list the bundle's files")
    present = {entry.name for entry in folder.iterdir()} - {MANIFEST, SIGNATURE}
    for what, names in (("lacks", promised.keys() - present), ("has, unlisted,", present - promised.keys())):
        if names:
            raise Foreign(f"{folder.name} {what} {', '.join(sorted(names))}")
    files = {name: file_bytes(folder, name) for name in sorted(promised)}
    altered = [name for name, data in files.items() if sha256_of(data) != promised[name]]
    if altered:
        raise Foreign(f"{folder.name}: not what the manifest was written for: {', '.join(altered)}")
    return files


def file_bytes(folder: Path, name: str) -> bytes:
    """Read a file that lies in the folder itself.

    Raises
    ------
    Foreign
        Where there is none, or a link in its place.
    """
    file = folder / name
    if file.is_symlink() or not file.is_file():
        raise Foreign(f"{folder.name} has no file {name}")
    return file.read_bytes()


def read_json(data: bytes, name: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    Foreign
        Where it is none.
    """
    try:
        content = json.loads(data)
    except ValueError as error:
        raise Foreign(f"{name} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise Foreign(f"{name} is not a JSON object")
    return content


def as_json(content: Mapping[str, object]) -> bytes:
    """Write a JSON object, always as the same bytes."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
