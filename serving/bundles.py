"""The champion: the bundle that serves, watched, checked and swapped between two requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from features.check import accept
from features.context import Context
from features.contract import Tables
from features.errors import FangpinError, Foreign
from features.policy import Policy
from features.tables import CONTEXT_TABLES
from models.bundle import Bundle
from models.golden import check_golden
from models.manifest import MANIFEST
from models.promotions import CHAMPION, champion
from serving.facts import columns
from serving.settings import Profile

POLL_SECONDS = 1.0
RETRY_SECONDS = 10.0
"""How long a bundle that was refused is left alone, unless the link or the folder changes."""

State = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Served:
    """A bundle that has been checked, with its context in the hand.

    Parameters
    ----------
    bundle : Bundle
    context : Context
        The context tables that the model was made with, and what has been worked out of them.
    """

    bundle: Bundle
    context: Context


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the bundle that the link points to does not serve.

    Parameters
    ----------
    folder : str
        Name of the bundle's folder, ``""`` where there is no link.
    reason : str
    """

    folder: str
    reason: str


class Champion:
    """Holds the bundle that serves.

    A request takes `served` once and keeps it to its end, so a swap, which replaces one reference,
    never touches a request under way. What is refused leaves the last good one in place.

    Parameters
    ----------
    folder : Path
        Holds the ``champion`` link.
    policy : Policy
    profile : {"demo", "production"}
        ``production`` refuses a model that was not trained on real households, and any without a pinned key.
    clock : callable
        Seconds of a clock that never goes back.
    pinned : Ed25519PublicKey, optional
        The key that must have signed every bundle.
    """

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        profile: Profile,
        clock: Callable[[], float],
        pinned: Ed25519PublicKey | None = None,
    ) -> None:
        self._folder = folder
        self._policy = policy
        self._profile = profile
        self._clock = clock
        self._pinned = pinned
        self._one_look = threading.Lock()
        self._state: State | None = None
        self._looked = float("-inf")
        self._served: Served | None = None
        self._refusal: Refusal | None = Refusal("", "no bundle has been looked at yet")

    @property
    def served(self) -> Served | None:
        """The bundle that serves, None before there is a good one."""
        return self._served

    @property
    def refusal(self) -> Refusal | None:
        """Why the bundle of the link does not serve, None where it does."""
        return self._refusal

    def look(self) -> None:
        """Look whether the link points elsewhere; take the new bundle if it is good."""
        with self._one_look:
            state = self._present()
            now = self._clock()
            refused_long_ago = self._refusal is not None and now - self._looked >= RETRY_SECONDS
            if state == self._state and self._looked > float("-inf") and not refused_long_ago:
                return
            self._state, self._looked = state, now
            try:
                self._served = self._checked()
                self._refusal = None
            except (FangpinError, OSError) as error:
                self._refusal = Refusal(state[0] if state else "", _reason(error))

    def _present(self) -> State | None:
        link = self._folder / CHAMPION
        try:
            manifest = (link / MANIFEST).stat()
            return link.readlink().name, manifest.st_ino, manifest.st_mtime_ns
        except OSError:
            return None

    def _checked(self) -> Served:
        if self._profile == "production" and self._pinned is None:
            raise Foreign("the production profile serves only signed bundles, and no key is pinned")
        bundle = champion(self._folder, self._pinned)
        if self._profile == "production" and bundle.trained_on != "real":
            raise Foreign(
                "the production profile serves only models trained on real households; this one was trained "
                f"on {bundle.trained_on} ones (FANGPIN_PROFILE=demo serves it with a notice)"
            )
        check_golden(bundle, self._policy)
        return Served(bundle, Context(context_tables(bundle.context or {})))


def context_tables(context: Mapping[str, Any]) -> Tables:
    """Read the context of a bundle: by table, columns or a list of rows.

    Raises
    ------
    Foreign
        Where it holds something else than context tables.
    BadInput
        Where they break the contract.
    """
    strange = sorted(context.keys() - CONTEXT_TABLES.keys())
    if strange:
        raise Foreign(f"the bundle's context holds what are no context tables: {', '.join(strange)}")
    return accept({name: columns(rows) if isinstance(rows, list) else rows for name, rows in context.items()})


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"the bundle cannot be read: {error.strerror}"
    return str(error)
