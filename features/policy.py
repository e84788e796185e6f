"""The policy as a frozen value: what an office decides and signs, not the code."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from features.errors import BadPolicy

FILE = "policy.toml"


@dataclass(frozen=True, slots=True)
class Policy:
    """What an office has signed off.

    Parameters
    ----------
    version, source, sha256 : str
        Its name; ``"illustrative"`` or who signed it; the hash of its file.
    time_zone : str
        IANA name; a day ends there.
    notice_zh, notice_en, demo_notice_zh, demo_notice_en : str
        Printed under every answer; under answers of models not trained on real households.
    stale_visit_days, stale_income_months : int
        Older ones are named as unknown.
    oldest_income_months : int
        With an older last income there is no probability.
    most_reasons : int
        How many reasons are told.
    least_points, least_share : float
        [probability] A concept that adds or takes less than so many points, and less than this share of
        all that concepts add and take, is not told.
    """

    version: str
    source: str
    sha256: str
    time_zone: str
    notice_zh: str
    notice_en: str
    demo_notice_zh: str
    demo_notice_en: str
    stale_visit_days: int
    stale_income_months: int
    oldest_income_months: int
    most_reasons: int
    least_points: float
    least_share: float


_PLACES = {
    "version": ("version",),
    "source": ("source",),
    "time_zone": ("time_zone",),
    "notice_zh": ("notices", "zh"),
    "notice_en": ("notices", "en"),
    "demo_notice_zh": ("notices", "demo_zh"),
    "demo_notice_en": ("notices", "demo_en"),
    "stale_visit_days": ("data", "stale_visit_days"),
    "stale_income_months": ("data", "stale_income_months"),
    "oldest_income_months": ("data", "oldest_income_months"),
    "most_reasons": ("reasons", "most"),
    "least_points": ("reasons", "least_points"),
    "least_share": ("reasons", "least_share"),
}


def policy_from(content: bytes) -> Policy:
    """Read a policy from the bytes of its file.

    Raises
    ------
    BadPolicy
        Naming every key that is missing, unknown or of the wrong kind.
    """
    try:
        settings = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPolicy(f"{FILE} cannot be read: {error}") from error
    flat = _flat(settings)
    kinds = {field.name: field.type for field in fields(Policy)}
    unknown = flat.keys() - set(_PLACES.values())
    faults = [f"unknown key {'.'.join(key)}" for key in sorted(unknown)]
    for name, place in _PLACES.items():
        if place not in flat:
            faults.append(f"missing key {'.'.join(place)}")
        elif type(flat[place]).__name__ != kinds[name] or flat[place] in {"", 0}:
            faults.append(f"{'.'.join(place)} is not a {kinds[name]} above nothing")
    if not faults and not _is_zone(flat[("time_zone",)]):
        faults.append("time_zone is not an IANA name")
    if faults:
        raise BadPolicy(f"{FILE}: " + "; ".join(faults))
    return Policy(
        sha256=hashlib.sha256(content).hexdigest(), **{name: flat[place] for name, place in _PLACES.items()}
    )


def read_policy(folder: Path) -> Policy:
    """Read the policy of a folder; BadPolicy where it cannot be used."""
    try:
        return policy_from((folder / FILE).read_bytes())
    except OSError as error:
        raise BadPolicy(f"no policy in the folder: {error.strerror}") from error


def illustrative() -> Policy:
    """Return the policy that ships with the package, for demonstrations only."""
    return policy_from((files("features") / "policies" / "illustrative" / FILE).read_bytes())


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _flat(settings: dict[str, Any], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    flat: dict[tuple[str, ...], Any] = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            flat |= _flat(value, (*above, key))
        else:
            flat[(*above, key)] = value
    return flat
