"""The settings of the service, read once from the environment; nothing else reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from features.errors import Usage

Profile = Literal["demo", "production"]
Sync = Literal["always", "never"]

PREFIX = "FANGPIN_"
MEBIBYTE = 1 << 20

SETTINGS: dict[str, str] = {
    "FANGPIN_HOME": "Folder of what has no place of its own. Default: ~/.fangpin.",
    "FANGPIN_BUNDLES": "Folder with the bundles and the champion link. Default: bundles in the home.",
    "FANGPIN_POLICY": "Folder with the county's policy. Default: the illustrative policy.",
    "FANGPIN_KEYS": "File with the hashes of the keys. Default: keys.jsonl in the home.",
    "FANGPIN_ANSWER_LOG": "Append-only file of the answers. Default: answers.jsonl in the home.",
    "FANGPIN_ANSWER_LOG_SYNC": "always: answers are on the disk before they are sent; never: when the system "
    "likes. Default: always.",
    "FANGPIN_PROFILE": "production refuses models not trained on real households; demo marks their answers. "
    "Default: production.",
    "FANGPIN_BUNDLE_KEY": "Public key that bundles must be signed with, as PEM or the path of a PEM file. "
    "Needed in production; where a demo has none, signatures are not looked at.",
    "FANGPIN_MAX_BODY_MB": "Largest request body in MiB. Default: 16.",
    "FANGPIN_THREADS": "Requests assessed at once by one process. Default: 2.",
}
"""Every setting of the service and its meaning."""

_READ_ELSEWHERE = {"FANGPIN_EPH_FILE", "FANGPIN_PSEUDONYM_KEY", "FANGPIN_SIGNING_KEY"}
"""Read by tests and commands that are not the service's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service is told from outside.

    Parameters
    ----------
    bundles : Path
        Folder that holds the ``champion`` link.
    keys : Path
        File with one hash of a key a line.
    answer_log : Path
        Append-only file of answers.
    policy : Path, optional
        Folder of the county's policy; the illustrative one otherwise.
    answer_log_sync : {"always", "never"}
        Whether answers reach the disk before they are sent.
    profile : {"demo", "production"}
    bundle_key : str, optional
        Public key that bundles must be signed with: PEM, or the path of its file.
    max_body_bytes : int
    threads : int
        Requests that are assessed at once.
    """

    bundles: Path
    keys: Path
    answer_log: Path
    policy: Path | None = None
    answer_log_sync: Sync = "always"
    profile: Profile = "production"
    bundle_key: str | None = None
    max_body_bytes: int = 16 * MEBIBYTE
    threads: int = 2


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the settings from a mapping of names to texts.

    Raises
    ------
    Usage
        Naming every unknown setting and every value that cannot be used.
    """
    faults = [
        f"{name} is no setting of this service; there are {', '.join(SETTINGS)}"
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in SETTINGS and name not in _READ_ELSEWHERE
    ]
    given = {name: environ[name] for name in SETTINGS if environ.get(name)}
    faults += _not_among(given, "FANGPIN_PROFILE", get_args(Profile))
    faults += _not_among(given, "FANGPIN_ANSWER_LOG_SYNC", get_args(Sync))
    for name in ("FANGPIN_MAX_BODY_MB", "FANGPIN_THREADS"):
        if not (number := given.get(name, "1")).isascii() or not number.isdigit() or not int(number):
            faults.append(f"{name} is a whole number from 1")
    if given.get("FANGPIN_PROFILE", "production") == "production" and "FANGPIN_BUNDLE_KEY" not in given:
        faults.append(
            "the production profile needs FANGPIN_BUNDLE_KEY, the public key of fangpin-train key: "
            "without it anybody who can write the folder of bundles decides what is served"
        )
    if faults:
        raise Usage("\n".join(faults))
    return Settings(
        bundles=_place(given, "FANGPIN_BUNDLES", "bundles"),
        policy=Path(given["FANGPIN_POLICY"]) if "FANGPIN_POLICY" in given else None,
        keys=_place(given, "FANGPIN_KEYS", "keys.jsonl"),
        answer_log=_place(given, "FANGPIN_ANSWER_LOG", "answers.jsonl"),
        answer_log_sync="never" if given.get("FANGPIN_ANSWER_LOG_SYNC") == "never" else "always",
        profile="demo" if given.get("FANGPIN_PROFILE") == "demo" else "production",
        bundle_key=given.get("FANGPIN_BUNDLE_KEY"),
        max_body_bytes=int(given.get("FANGPIN_MAX_BODY_MB", "16")) * MEBIBYTE,
        threads=int(given.get("FANGPIN_THREADS", "2")),
    )


def environment() -> Mapping[str, str]:
    """Return the environment of the process."""
    return os.environ


def keys_file(environ: Mapping[str, str]) -> Path:
    """Return the file of keys, for commands that need no other setting."""
    return _place(environ, "FANGPIN_KEYS", "keys.jsonl")


def _place(given: Mapping[str, str], name: str, usual: str) -> Path:
    home = Path(given.get("FANGPIN_HOME") or "~/.fangpin").expanduser()
    return Path(given[name]) if given.get(name) else home / usual


def _not_among(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> list[str]:
    if given.get(name, allowed[0]) in allowed:
        return []
    return [f"{name} is one of {', '.join(allowed)}"]
