"""Which version serves, and which served when: the champion link and its append-only ledger.

Both lie beside the bundles, so that they are there when the registry is not.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from features.errors import Foreign, Usage
from models.bundle import Bundle, read_bundle

CHAMPION = "champion"
CHALLENGER = "challenger"
LEDGER = "ledger.jsonl"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: from then on this version served.

    Parameters
    ----------
    when : str
        ISO 8601 with its offset.
    who, why : str
    action : {"promote", "rollback", "failed"}
        ``failed``: the promotion or rollback of the line before did not take effect.
    name, version, bundle_sha256 : str
        What serves after it.
    gates : mapping
        What the gates said of it.
    previous : str or None
        ``<name>-<version>`` that served until then.
    """

    when: str
    who: str
    why: str
    action: Literal["promote", "rollback", "failed"]
    name: str
    version: str
    bundle_sha256: str
    gates: Mapping[str, Any]
    previous: str | None

    @property
    def folder(self) -> str:
        """Name of the bundle's folder beside the ledger."""
        return f"{self.name}-{self.version}"


def history(bundles: Path) -> tuple[Entry, ...]:
    """Every line of the ledger beside the bundles, oldest first; none where there is no ledger.

    Raises
    ------
    Foreign
        Where a line is not an entry. A last line that was cut off while it was written never took effect and
        is left out.
    """
    file = bundles / LEDGER
    if not file.exists():
        return ()
    lines = file.read_bytes().split(b"\n")
    return tuple(_entry(line, number) for number, line in enumerate(lines[:-1], start=1))


def served_before(entries: Sequence[Entry]) -> Entry | None:
    """Return the entry to go back to: what served before the present champion became one.

    Rolling back twice goes back twice; it does not return to what was rolled back.
    """
    served: list[Entry] = []
    for place, entry in enumerate(entries):
        undone = place + 1 < len(entries) and entries[place + 1].action == "failed"
        if entry.action == "failed" or undone:
            continue
        if entry.action == "rollback":
            served.pop()
        elif not served or served[-1].folder != entry.folder:
            served.append(entry)
    return served[-2] if len(served) > 1 else None


def champion(bundles: Path, pinned: Ed25519PublicKey | None = None) -> Bundle:
    """Return the bundle that serves, its hashes checked and, where a key is pinned, its signature first.

    Raises
    ------
    Foreign
        Where there is none yet, it is not what its manifest says, or the pinned key did not sign it.
    """
    link = bundles / CHAMPION
    if not link.is_symlink():
        raise Foreign(f"{bundles} has no {CHAMPION}: promote a version first")
    return read_bundle(link, pinned)


def present_folder(bundles: Path) -> str | None:
    """Name of the folder that the champion link points to; None where there is no link."""
    link = bundles / CHAMPION
    return link.readlink().name if link.is_symlink() else None


def enthrone(bundles: Path, entry: Entry) -> None:
    """Write the entry into the ledger, then flip the champion link to its bundle.

    The ledger comes first, so that nothing ever serves without a line; where the link cannot be flipped, a
    line says so.

    Raises
    ------
    Foreign
        Where the bundle is not there, or is another than the entry names.
    """
    bundle = read_bundle(bundles / entry.folder)
    if bundle.sha256 != entry.bundle_sha256:
        raise Foreign(f"{entry.folder} is not the bundle that it was: its hash differs")
    _append(bundles, entry)
    try:
        _flip(bundles, entry.folder)
    except OSError:
        _append(bundles, replace(entry, action="failed", previous=present_folder(bundles)))
        raise


@contextmanager
def one_at_a_time(bundles: Path) -> Iterator[None]:
    """Hold the ledger, so that two promotions at once happen one after the other."""
    bundles.mkdir(parents=True, exist_ok=True)
    with (bundles / f".{LEDGER}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def checked_moment(at: datetime) -> str:
    """Return a moment as the ledger writes it.

    Raises
    ------
    Usage
        Where it has no time zone.
    """
    if at.tzinfo is None:
        raise Usage("the ledger needs a moment with its time zone")
    return at.isoformat(timespec="seconds")


def _flip(bundles: Path, folder: str) -> None:
    fresh = bundles / f".{CHAMPION}.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder, target_is_directory=True)
    fresh.replace(bundles / CHAMPION)


def _append(bundles: Path, entry: Entry) -> None:
    line = json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True, allow_nan=False)
    with (bundles / LEDGER).open("ab+") as ledger:
        whole = _whole_lines(ledger)
        ledger.truncate(whole)
        ledger.write(line.encode() + b"\n")
        ledger.flush()
        os.fsync(ledger.fileno())


def _whole_lines(ledger: IO[bytes]) -> int:
    """Length of the ledger up to its last whole line."""
    ledger.seek(0)
    return ledger.read().rfind(b"\n") + 1


def _entry(line: bytes, number: int) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise Foreign(f"line {number} of the ledger is not an entry: {error}") from error
