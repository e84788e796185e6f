"""Where training keeps its things; the only reader of the environment on this floor."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from features.errors import Usage

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Places:
    """Where runs, versions and bundles are kept.

    Parameters
    ----------
    tracking_uri : str
        ``MLFLOW_TRACKING_URI``; else a sqlite file in the home.
    bundles : Path
        ``FANGPIN_BUNDLES``; else ``bundles`` in the home.
    home : Path
        ``FANGPIN_HOME``; else ``.fangpin`` in the user's home: one place whatever the working folder.
    """

    tracking_uri: str
    bundles: Path
    home: Path

    @property
    def artifacts(self) -> str:
        """Where the artifacts of runs are kept, as a URI."""
        return (self.home / "artifacts").resolve().as_uri()


QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}
"""What MLflow is asked for where nobody said otherwise: to report to nobody, and to be quiet."""


def quieten_mlflow(environ: MutableMapping[str, str] = os.environ) -> None:
    """Ask MLflow, before it is loaded, to send no telemetry and to draw no bars of its own."""
    for name, value in QUIET.items():
        environ.setdefault(name, value)


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """Read the places from the environment."""
    home = Path(environ.get("FANGPIN_HOME", "~/.fangpin")).expanduser().resolve()
    return Places(
        environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{home / 'mlflow.db'}"),
        Path(environ.get("FANGPIN_BUNDLES", str(home / "bundles"))).expanduser().resolve(),
        home,
    )


def is_demo(environ: Mapping[str, str] = os.environ) -> bool:
    """Read from ``FANGPIN_PROFILE`` whether this is a demonstration."""
    return environ.get("FANGPIN_PROFILE") == "demo"


SHORTEST_KEY = 16
"""Characters of a key for pseudonyms: fewer could be tried out."""


def pseudonym_key(environ: Mapping[str, str] = os.environ) -> bytes | None:
    """Read the key of the pseudonyms from ``FANGPIN_PSEUDONYM_KEY``; None where there is none.

    Raises
    ------
    Usage
        Where it is too short.
    """
    key = environ.get("FANGPIN_PSEUDONYM_KEY", "")
    if key and len(key) < SHORTEST_KEY:
        raise Usage(f"FANGPIN_PSEUDONYM_KEY has fewer than {SHORTEST_KEY} characters")
    return key.encode() or None


def signing_key(environ: Mapping[str, str] = os.environ) -> Ed25519PrivateKey | None:
    """Read the private key that signs bundles from the file ``FANGPIN_SIGNING_KEY``; None where none is set.

    Raises
    ------
    Usage
        Where the file cannot be read, or holds no such key.
    """
    from models.signing import private_key

    file = environ.get("FANGPIN_SIGNING_KEY", "")
    return private_key(Path(file)) if file else None
