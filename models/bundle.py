"""The bundle: a model as a folder of readable files, every one of them hashed; nothing in it is unpickled."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from features.errors import Foreign, Usage
from models.calibration import calibration_from
from models.manifest import FILE_NAME, MANIFEST, as_json, checked_files, read_json, read_manifest, sha256_of
from models.risk import RiskModel
from models.signing import SIGNATURE
from models.sooner import sooner_from
from models.spread import spread_from

BUNDLE_VERSION = 1
TrainedOn = Literal["real", "benchmark", "simulated"]

SPEC, BOOSTER = "model.json", "booster.txt"
CARD, POLICY, CONTEXT, GOLDEN = "card.json", "policy.json", "context.json", "golden.json"

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")


@dataclass(frozen=True)
class Origin:
    """Where a model comes from.

    Parameters
    ----------
    trained_on : {"real", "benchmark", "simulated"}
        Kind of households that it has learnt from.
    areas : tuple of str
        Areas that it was made for, as given.
    created : mapping of str to str
        Facts about its making, such as ``at``, ``data_sha256`` and ``run_id``.
    name : str
        The name under which it is registered.
    """

    trained_on: TrainedOn
    areas: tuple[str, ...]
    created: Mapping[str, str]
    name: str = "fangpin"

    def __post_init__(self) -> None:
        if self.trained_on not in get_args(TrainedOn):
            raise Usage(f"trained_on is one of {', '.join(get_args(TrainedOn))}, not {self.trained_on!r}")
        if not _NAME.fullmatch(self.name):
            raise Usage(f"a model's name is lower-case letters, digits and hyphens, not {self.name!r}")


@dataclass(frozen=True)
class Bundle:
    """A bundle whose hashes have been checked.

    Parameters
    ----------
    path : Path
        The folder, links resolved.
    sha256 : str
        SHA-256 of the manifest, and so of everything.
    model : RiskModel
    origin : Origin
    manifest : bytes
        What a signature is of.
    files : mapping of str to bytes
        Every file but the manifest and its signature, by name.
    """

    path: Path
    sha256: str
    model: RiskModel
    origin: Origin
    manifest: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The name under which the model is registered."""
        return self.origin.name

    @property
    def trained_on(self) -> TrainedOn:
        """Kind of households that the model has learnt from."""
        return self.origin.trained_on

    @property
    def version(self) -> str:
        """Registered version, from the folder's name ``<name>-<version>``; ``unregistered`` in any other."""
        prefix, _, version = self.path.name.rpartition("-")
        return version if prefix == self.name and version.isdigit() else "unregistered"

    @property
    def policy(self) -> bytes | None:
        """The policy that the model was made under, as it was written; None where none was given."""
        return self.files.get(POLICY)

    @cached_property
    def context(self) -> Mapping[str, Any] | None:
        """Context tables that the model was made with; None where none were given."""
        return _optional_mapping(self.files, CONTEXT)

    @cached_property
    def golden(self) -> Mapping[str, Any] | None:
        """Golden households and their answers; None where none were given."""
        return _optional_mapping(self.files, GOLDEN)

    @cached_property
    def card(self) -> Mapping[str, Any] | None:
        """The model card as a mapping; None where there is none."""
        return _optional_mapping(self.files, CARD)


def write_bundle(path: Path, model: RiskModel, origin: Origin, files: Mapping[str, bytes]) -> str:
    """Write a bundle, whole or not at all.

    Parameters
    ----------
    path : Path
        A folder that does not exist yet.
    model : RiskModel
    origin : Origin
    files : mapping of str to bytes
        What goes along: the card, the policy, the context, golden households.

    Returns
    -------
    str
        SHA-256 of the bundle.

    Raises
    ------
    Usage
        Where the folder exists or a file's name cannot be used.
    """
    if path.exists():
        raise Usage(f"{path} exists already")
    content = {**files, BOOSTER: model.booster_text.encode(), SPEC: as_json(_spec(model))}
    wrong = sorted(
        name
        for name in files
        if name in {BOOSTER, SPEC, MANIFEST, SIGNATURE} or not FILE_NAME.fullmatch(name)
    )
    if wrong:
        raise Usage(f"names that a bundle's files cannot have: {', '.join(wrong)}")
    manifest = as_json(
        {
            "bundle_version": BUNDLE_VERSION,
            "name": origin.name,
            "trained_on": origin.trained_on,
            "areas": list(origin.areas),
            "created": dict(origin.created),
            "files": {name: sha256_of(content[name]) for name in sorted(content)},
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as half:
        folder = Path(half) / "bundle"
        folder.mkdir()
        for name, data in {**content, MANIFEST: manifest}.items():
            (folder / name).write_bytes(data)
        folder.rename(path)
    return sha256_of(manifest)


def read_bundle(path: Path, pinned: Ed25519PublicKey | None = None) -> Bundle:
    """Read a bundle and check every hash in it.

    Parameters
    ----------
    path : Path
    pinned : Ed25519PublicKey, optional
        The key that must have signed it; without one a signature is not looked at.

    Raises
    ------
    Foreign
        Where a file is missing, extra or altered, the bundle is of a version that is not known here, or a key
        is pinned and did not sign it.
    """
    folder = path.resolve()
    manifest_bytes = read_manifest(folder, pinned)
    manifest = read_json(manifest_bytes, MANIFEST)
    if manifest.get("bundle_version") != BUNDLE_VERSION:
        raise Foreign(
            f"{folder.name} is a bundle of version {manifest.get('bundle_version')!r}; "
            f"this release reads version {BUNDLE_VERSION}"
        )
    files = checked_files(folder, manifest)
    return Bundle(
        path=folder,
        sha256=sha256_of(manifest_bytes),
        model=_model_from(files),
        origin=_origin_from(manifest),
        manifest=manifest_bytes,
        files=files,
    )


def copy_bundle(source: Path, target: Path, key: Ed25519PrivateKey | None = None) -> Bundle:
    """Copy a bundle into a folder that does not exist yet, whole or not at all, and check the copy.

    Parameters
    ----------
    source, target : Path
    key : Ed25519PrivateKey, optional
        Signs the copy; without one it is signed as the source is.

    Raises
    ------
    Foreign
        Where the bundle is not what its manifest says.
    Usage
        Where the target exists.
    """
    if target.exists():
        raise Usage(f"{target} exists already")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as half:
        folder = Path(half) / "bundle"
        shutil.copytree(source, folder, symlinks=True)
        copied = read_bundle(folder)
        if key is not None:
            sign_bundle(copied, key)
        folder.rename(target)
    return read_bundle(target)


def sign_bundle(bundle: Bundle, key: Ed25519PrivateKey) -> None:
    """Write beside the manifest the signature of the manifest that was read, in one step."""
    with tempfile.TemporaryDirectory(prefix=f".{bundle.path.name}-", dir=bundle.path.parent) as half:
        fresh = Path(half) / SIGNATURE
        fresh.write_bytes(key.sign(bundle.manifest))
        fresh.replace(bundle.path / SIGNATURE)


def _spec(model: RiskModel) -> dict[str, object]:
    """Return what model.json says; lists where one model may come to hold several parts."""
    return {
        "target": model.target,
        "features": [
            {"id": name, "concept": concept, "direction": direction, "fingerprint": model.fingerprints[name]}
            for name, concept, direction in zip(model.features, model.concepts, model.directions, strict=True)
        ],
        "horizons": [
            {
                "months": model.horizon_months,
                "boosters": [BOOSTER],
                "calibration": model.calibration.as_mapping(),
            },
            *(each.as_mapping() for each in model.sooner),
        ],
        "spread": None if model.spread is None else model.spread.as_mapping(),
        "cuts": None,
        "cost": model.cost,
    }


def _model_from(files: Mapping[str, bytes]) -> RiskModel:
    spec = read_json(_named(files, SPEC), SPEC)
    try:
        horizon, *sooner = spec["horizons"]
        (booster,) = horizon["boosters"]
        features = spec["features"]
        return RiskModel(
            target=str(spec["target"]),
            horizon_months=int(horizon["months"]),
            features=tuple(str(feature["id"]) for feature in features),
            fingerprints={str(feature["id"]): str(feature["fingerprint"]) for feature in features},
            concepts=tuple(str(feature["concept"]) for feature in features),
            directions=tuple(int(feature["direction"]) for feature in features),
            booster_text=_named(files, booster).decode(),
            calibration=calibration_from(horizon["calibration"]),
            sooner=tuple(sooner_from(each) for each in sooner),
            spread=spread_from(spec.get("spread")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Foreign(f"{SPEC} is not what a bundle of version {BUNDLE_VERSION} holds: {error!r}") from error


def _origin_from(manifest: Mapping[str, Any]) -> Origin:
    try:
        return Origin(
            trained_on=manifest["trained_on"],
            areas=tuple(str(area) for area in manifest["areas"]),
            created={str(key): str(value) for key, value in manifest["created"].items()},
            name=manifest["name"],
        )
    except (KeyError, TypeError, AttributeError, Usage) as error:
        raise Foreign(f"{MANIFEST} does not say where the model comes from: {error}") from error


def _named(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Foreign(f"the bundle lacks {name}")
    return files[name]


def _optional_mapping(files: Mapping[str, bytes], name: str) -> dict[str, Any] | None:
    return read_json(files[name], name) if name in files else None
