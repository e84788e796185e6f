"""Who asks: keys, of which only hashes are kept."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from features.errors import Foreign, Usage
from serving.problems import Problem

Role = Literal["system"]

_KEY = re.compile(r"fp_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_AREA = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; the key itself is nowhere.

    Parameters
    ----------
    id : str
        Names it in logs and commands.
    sha256 : str
        Hash of the key. It is drawn from 256 random bits, so a plain hash cannot be turned back.
    role : {"system"}
    area : str
        Code of the area whose households it may ask about; ``""`` for all.
    backfill : bool
        Whether it may say on which past day a fact became known.
    revoked : bool
    """

    id: str
    sha256: str
    role: Role
    area: str
    backfill: bool = False
    revoked: bool = False

    def __post_init__(self) -> None:
        if self.role not in get_args(Role):
            raise Usage(f"a role is one of {', '.join(get_args(Role))}")
        if self.area and not _AREA.fullmatch(self.area):
            raise Usage("an area's code is letters, digits, '.', '_' and '-', at most 64")


class KeyRing:
    """The keys of a file, read again when the file changes, so that a revoked key ends at once.

    Parameters
    ----------
    path : Path
        The file; where there is none, nobody gets in.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._keys: Mapping[str, Key] = {}

    def keys(self) -> Mapping[str, Key]:
        """Return the keys by id.

        Raises
        ------
        Foreign
            Where a line is no key.
        """
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return {}
        seen = (state.st_ino, state.st_size, state.st_mtime_ns)
        if seen != self._seen:
            self._keys = read_keys(self._path)
            self._seen = seen
        return self._keys

    def admit(self, authorization: str | None, x_api_key: str | None) -> Key:
        """Return the key that a request carries.

        Raises
        ------
        Problem
            401 where there is none that holds.
        """
        shown = _shown(authorization, x_api_key)
        match = _KEY.fullmatch(shown)
        key = self.keys().get(match[1]) if match else None
        same = hmac.compare_digest(_sha256(shown), key.sha256 if key else _NOBODY)
        if key is None or not same or key.revoked:
            raise Problem(
                401,
                "Send a valid key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.",
                headers={"WWW-Authenticate": 'Bearer realm="fangpin"'},
            )
        return key


def add_key(path: Path, role: Role, area: str, *, backfill: bool = False) -> tuple[Key, str]:
    """Make a key and keep its hash.

    Returns
    -------
    Key, str
        What is kept, and the key itself, which is shown once and never again.
    """
    key_id = secrets.token_hex(6)
    shown = f"fp_{key_id}_{secrets.token_urlsafe(32)}"
    key = Key(key_id, _sha256(shown), role, area, backfill)
    with _one_at_a_time(path):
        _write(path, {**read_keys(path), key_id: key})
    return key, shown


def revoke_key(path: Path, key_id: str) -> Key:
    """End a key. Revoking it again changes nothing.

    Raises
    ------
    Usage
        Where there is no such key.
    """
    with _one_at_a_time(path):
        keys = read_keys(path)
        if key_id not in keys:
            raise Usage(f"{path} has no key with this id")
        keys[key_id] = replace(keys[key_id], revoked=True)
        _write(path, keys)
    return keys[key_id]


def read_keys(path: Path) -> dict[str, Key]:
    """Return the keys of a file by id; none where there is no file.

    Raises
    ------
    Foreign
        Where a line is no key.
    """
    if not path.exists():
        return {}
    keys: dict[str, Key] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            key = Key(**json.loads(line))
        except (ValueError, TypeError, Usage) as error:
            raise Foreign(f"line {number} of {path} is no key") from error
        keys[key.id] = key
    return keys


def _shown(authorization: str | None, x_api_key: str | None) -> str:
    if authorization:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
    return (x_api_key or "").strip()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, keys: Mapping[str, Key]) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(key), sort_keys=True) + "\n" for key in keys.values())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
