"""The only door to the MLflow model registry: register, promote, roll back, export."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import mlflow
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import TensorSpec

from features.errors import FangpinError, Foreign, Usage
from models.bundle import Bundle, copy_bundle, read_bundle, sign_bundle
from models.promotions import (
    CHALLENGER,
    CHAMPION,
    Entry,
    checked_moment,
    enthrone,
    history,
    one_at_a_time,
    present_folder,
    served_before,
)

PREVIOUS = "previous"

_HOUSE = Path(__file__).resolve().parent.parent
_SERVED = _HOUSE / "models" / "served.py"
_CODE = (_HOUSE / "features", _HOUSE / "models")
_NEEDED = ("cryptography", "lightgbm", "mlflow", "numpy", "pandas", "scipy")
_ARTIFACT = "bundle"


@dataclass(frozen=True)
class Registry:
    """A registered model's versions, and the folder of bundles from which one of them serves.

    Parameters
    ----------
    tracking_uri : str
        Of the MLflow server or sqlite file.
    bundles : Path
        Folder of the exported bundles, the champion link and the ledger.
    name : str
        Registered name: ``fangpin``, or another for another target.
    key : Ed25519PrivateKey, optional
        Signs the bundles that are exported and promoted.
    """

    tracking_uri: str
    bundles: Path
    name: str = "fangpin"
    key: Ed25519PrivateKey | None = field(default=None, repr=False)

    def register(self, bundle_dir: Path, run_id: str, *, tags: Mapping[str, str] | None = None) -> str:
        """Log a bundle to a run as a model that MLflow can serve, and register it as the challenger.

        Parameters
        ----------
        bundle_dir : Path
            As `models.bundle.write_bundle` wrote it.
        run_id : str
            The run that made the model.
        tags : mapping of str to str, optional
            For the registered version, beside those that say what the bundle is.

        Returns
        -------
        str
            The registered version.

        Raises
        ------
        Foreign
            Where the bundle is not what its manifest says.
        Usage
            Where the bundle was made for another registered name.
        """
        bundle = read_bundle(bundle_dir)
        if bundle.name != self.name:
            raise Usage(f"the bundle was made for {bundle.name}, not for {self.name}")
        with (
            speaking_to(self.tracking_uri),
            _in_run(run_id),
            _without_example(),
            tempfile.TemporaryDirectory() as folder,
        ):
            copy_bundle(bundle_dir, Path(folder) / _ARTIFACT)
            logged = mlflow.pyfunc.log_model(
                name="model",
                python_model=str(_SERVED),
                artifacts={_ARTIFACT: str(Path(folder) / _ARTIFACT)},
                code_paths=[str(path) for path in _CODE],
                signature=signature(bundle),
                pip_requirements=[f"{package}=={installed_version(package)}" for package in _NEEDED],
                registered_model_name=self.name,
                metadata={"bundle_sha256": bundle.sha256, "trained_on": bundle.trained_on},
            )
        version = str(logged.registered_model_version)
        facts = {
            "bundle_sha256": bundle.sha256,
            "trained_on": bundle.trained_on,
            "target": bundle.model.target,
            "cost": str(bundle.model.cost),
        }
        for key, value in {**(tags or {}), **facts}.items():
            self._client.set_model_version_tag(self.name, version, key, value)
        self._client.set_registered_model_alias(self.name, CHALLENGER, version)
        return version

    def version(self, given: str) -> str:
        """Return a version's number, given as a number or as an alias such as ``champion``.

        Raises
        ------
        Usage
            Where there is no such version.
        """
        return str(self._found(given).version)

    def versions(self) -> tuple[str, ...]:
        """Every registered version, oldest first."""
        found = self._client.search_model_versions(f"name = '{self.name}'", max_results=10_000)
        return tuple(str(number) for number in sorted(int(entry.version) for entry in found))

    def run_of(self, version: str) -> str:
        """Id of the run that made a version."""
        return str(self._found(version).run_id)

    def uri(self, version: str) -> str:
        """Where MLflow finds a version: ``models:/<name>/<version>``."""
        return f"models:/{self.name}/{self.version(version)}"

    def export(self, version: str, out: Path) -> Bundle:
        """Write the bundle of a version into a folder that does not exist yet, signed where there is a key.

        Raises
        ------
        Foreign
            Where the registry holds another bundle than was registered.
        Usage
            Where there is no such version, or the folder exists.
        """
        found = self._found(version)
        with speaking_to(self.tracking_uri), tempfile.TemporaryDirectory() as folder:
            where = f"models:/{self.name}/{found.version}"
            logged = Path(mlflow.artifacts.download_artifacts(artifact_uri=where, dst_path=folder))
            source = logged / _artifact_path(logged)
            if read_bundle(source).sha256 != found.tags.get("bundle_sha256"):
                raise Foreign(f"version {found.version} of {self.name} is not the bundle that was registered")
            return copy_bundle(source, out, self.key)

    def promote(
        self, version: str, *, reason: str, by: str, at: datetime, gates: Mapping[str, Any] | None = None
    ) -> Entry:
        """Let a version serve.

        Its bundle is written beside the others, checked and, where there is a key, signed; the ledger gets
        its line, the champion link is flipped, and the registry is told.

        Parameters
        ----------
        version : str
            A number or an alias.
        reason, by : str
            Why, and who says so.
        at : datetime
            With its time zone.
        gates : mapping, optional
            What the gates said of it, as JSON can hold it.

        Returns
        -------
        Entry
            The ledger's new line.

        Raises
        ------
        Usage
            Where there is no such version, or no reason is given.
        Foreign
            Where a bundle is not what it should be.
        FangpinError
            Where the version serves but the registry did not take the alias.
        """
        found = self._found(version)
        with one_at_a_time(self.bundles):
            bundle = self._at_hand(self.name, str(found.version), found.tags.get("bundle_sha256", ""))
            entry = Entry(
                when=checked_moment(at),
                who=_said(by, "who promotes"),
                why=_said(reason, "the reason"),
                action="promote",
                name=self.name,
                version=str(found.version),
                bundle_sha256=bundle.sha256,
                gates=dict(gates or {}),
                previous=present_folder(self.bundles),
            )
            if self.key is not None:
                sign_bundle(bundle, self.key)
            enthrone(self.bundles, entry)
        self._tell(entry)
        return entry

    def rollback(self, *, reason: str, by: str, at: datetime) -> Entry:
        """Let the version serve that was champion before the present one, as the ledger says.

        Needs the registry only where the earlier bundle is no longer in the folder. Nothing that lies there
        is signed anew: only the ledger beside it vouches for it.

        Raises
        ------
        Usage
            Where there was none before, or no reason is given.
        Foreign
            Where the earlier bundle is no longer what it was, or not signed with the key that there is.
        FangpinError
            Where the earlier version serves but the registry did not take the alias.
        """
        with one_at_a_time(self.bundles):
            earlier = served_before(history(self.bundles))
            if earlier is None:
                raise Usage("nothing served before the present champion")
            bundle = self._at_hand(earlier.name, earlier.version, earlier.bundle_sha256)
            if self.key is not None:
                read_bundle(bundle.path, self.key.public_key())
            entry = replace(
                earlier,
                when=checked_moment(at),
                who=_said(by, "who rolls back"),
                why=_said(reason, "the reason"),
                action="rollback",
                previous=present_folder(self.bundles),
            )
            enthrone(self.bundles, entry)
        self._tell(entry)
        return entry

    def history(self) -> tuple[Entry, ...]:
        """Every promotion and rollback, oldest first."""
        return history(self.bundles)

    @property
    def _client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.tracking_uri)

    def _found(self, version: str) -> ModelVersion:
        try:
            if version.isdigit():
                return self._client.get_model_version(self.name, version)
            return self._client.get_model_version_by_alias(self.name, version)
        except MlflowException as error:
            raise Usage(f"{self.name} has no version {version!r} in the registry") from error

    def _at_hand(self, name: str, version: str, sha256: str) -> Bundle:
        """Return the bundle of a version in the folder that serves, exported if it is not there yet."""
        folder = self.bundles / f"{name}-{version}"
        there = folder.exists()
        bundle = read_bundle(folder) if there else replace(self, name=name).export(version, folder)
        if bundle.sha256 != sha256:
            raise Foreign(f"{folder.name} is another bundle than version {version} of {name}")
        return bundle

    def _tell(self, entry: Entry) -> None:
        """Set the registry's aliases and tags to what the ledger says."""
        try:
            client = self._client
            former, _, former_version = (entry.previous or "").rpartition("-")
            if former and entry.previous != entry.folder:
                client.set_registered_model_alias(former, PREVIOUS, former_version)
            if former not in {"", entry.name}:
                client.delete_registered_model_alias(former, CHAMPION)
            client.set_registered_model_alias(entry.name, CHAMPION, entry.version)
            if str(client.get_registered_model(entry.name).aliases.get(CHALLENGER)) == entry.version:
                client.delete_registered_model_alias(entry.name, CHALLENGER)
            for key, value in (
                ("served_from", entry.when),
                ("served_by", entry.who),
                ("served_why", entry.why),
            ):
                client.set_model_version_tag(entry.name, entry.version, key, value)
        except MlflowException as error:
            raise FangpinError(
                f"{entry.folder} serves, as the ledger says, but the registry did not take the alias: {error}"
            ) from error


@contextmanager
def speaking_to(tracking_uri: str) -> Iterator[None]:
    """Let MLflow's module functions speak to a server or file, and afterwards as before.

    MLflow writes what it speaks to into the environment: what was not set there is not left there, where
    `training.settings` would read it.
    """
    is_set = mlflow.is_tracking_uri_set()  # type: ignore[no-untyped-call]
    former = mlflow.get_tracking_uri() if is_set else None
    mlflow.set_tracking_uri(tracking_uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(former)  # type: ignore[arg-type] # None unsets it


def signature(bundle: Bundle) -> ModelSignature:
    """Return what MLflow clients see: every feature an optional double, score and probability doubles."""
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(DataType.double, name, required=False) for name in bundle.model.features
    ]
    outputs: list[ColSpec | TensorSpec] = [
        ColSpec(DataType.double, name)
        for name in (
            "score",
            "probability",
            *(f"probability_{each.months}m" for each in bundle.model.sooner),
        )
    ]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))


@contextmanager
def _in_run(run_id: str) -> Iterator[None]:
    active = mlflow.active_run()
    if active is not None and active.info.run_id == run_id:
        yield
        return
    with mlflow.start_run(run_id=run_id, nested=active is not None):
        yield


@contextmanager
def _without_example() -> Iterator[None]:
    """Log without an example of the input, which would be somebody's; the signature says all."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*An input example was not provided")
        yield


def _artifact_path(logged: Path) -> str:
    """Where the bundle lies in a logged model, as the model's own description says."""
    flavor = Model.load(str(logged)).flavors.get("python_function", {})
    path = flavor.get("artifacts", {}).get(_ARTIFACT, {}).get("path")
    if not isinstance(path, str):
        raise Foreign("the registered model holds no bundle")
    return path


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise Usage(f"the ledger needs {what}")
    return text.strip()
