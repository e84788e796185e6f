"""Commands on registered versions: promote, rollback, history, export, card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training.commands.door import AsJson, Name, now, print_json, who

if TYPE_CHECKING:
    from models.registry import Registry

Reason = Annotated[str, typer.Option(help="Why; kept in the ledger.")]


def promote(
    version: str,
    *,
    reason: Reason,
    name: Name = "fangpin",
) -> None:
    """Let a version serve: write its bundle, flip the champion link, note it in the ledger."""
    entry = registry(name).promote(version, reason=reason, by=who(), at=now())
    typer.echo(f"{entry.folder} serves; before: {entry.previous or 'nothing'}")


def rollback(
    *,
    reason: Reason,
    name: Name = "fangpin",
) -> None:
    """Let the version serve that served before."""
    entry = registry(name).rollback(reason=reason, by=who(), at=now())
    typer.echo(f"{entry.folder} serves again; before: {entry.previous or 'nothing'}")


def history(as_json: AsJson = False) -> None:
    """Show which version served when, who said so and why."""
    entries = registry("fangpin").history()
    if as_json:
        print_json([vars(entry) for entry in entries])
        return
    for entry in entries:
        typer.echo(f"{entry.when}  {entry.action:8}  {entry.folder:24}  {entry.who}: {entry.why}")


def export(
    version: str,
    *,
    out: Annotated[Path, typer.Option(help="Folder that does not exist yet.")],
    name: Name = "fangpin",
) -> None:
    """Write the bundle of a version."""
    bundle = registry(name).export(version, out)
    typer.echo(f"bundle {bundle.sha256} written")


def card(
    version: str,
    name: Name = "fangpin",
) -> None:
    """Print the model card of a version."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        bundle = registry(name).export(version, Path(folder) / "bundle")
        typer.echo(bundle.files["card.md"].decode())


def registry(name: str) -> Registry:
    """Return the registry of a name, at the places of the settings."""
    from models.registry import Registry
    from training.settings import places

    at = places()
    return Registry(at.tracking_uri, at.bundles, name)
