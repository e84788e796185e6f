"""Commands on registered versions: promote, compare, rollback, history, export, card; their bundles' key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import Usage
from training.commands.door import AsJson, Name, now, print_json, told_steps, who

if TYPE_CHECKING:
    from models.registry import Registry

Reason = Annotated[str, typer.Option(help="Why; kept in the ledger.")]


def promote(
    version: str,
    *,
    reason: Reason,
    name: Name = "fangpin",
) -> None:
    """Let a version serve, where no gate is closed: write and sign its bundle, flip the link, note it."""
    from training.registering.gates import admitted
    from training.registering.versions import exported
    from training.settings import is_demo

    at = registry(name, signing=True)
    bundle = exported(registry(name), version)
    gates = admitted(bundle.card, lenient=is_demo() or bundle.trained_on != "real")
    entry = at.promote(version, reason=reason, by=who(), at=now(), gates=gates)
    typer.echo(f"{entry.folder} serves; before: {entry.previous or 'nothing'}; {_signed(at)}")


def compare(
    version: Annotated[str, typer.Argument(help="A number, champion or challenger.")],
    other: Annotated[str, typer.Argument(help="Another; the lead that is told is over this one.")],
    folder: Path,
    *,
    name: Name = "fangpin",
    share: Annotated[float, typer.Option(help="Share of the rows on the list.", min=0.0001, max=1.0)] = 0.1,
    resamples: Annotated[int, typer.Option(help="Resamples of households for the intervals.", min=0)] = 200,
    as_json: AsJson = False,
) -> None:
    """Hold two versions against each other on tables: by paired measures, and by their lists day by day."""
    from training.settings import places
    from training.watching.shadow import in_shadow

    shown = in_shadow(
        version,
        other,
        folder,
        name=name,
        places=places(),
        share=share,
        resamples=resamples,
        told=told_steps(),
    )
    if as_json:
        print_json(shown.as_dict())
    else:
        typer.echo(shown.as_text())


def rollback(
    *,
    reason: Reason,
    name: Name = "fangpin",
) -> None:
    """Let the version serve that served before; where FANGPIN_SIGNING_KEY is set, only if it signed it."""
    entry = registry(name, signing=True).rollback(reason=reason, by=who(), at=now())
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
    """Write the bundle of a version, signed with the key of FANGPIN_SIGNING_KEY where that is set."""
    at = registry(name, signing=True)
    bundle = at.export(version, out)
    typer.echo(f"bundle {bundle.sha256} written; {_signed(at)}")


def card(
    version: str,
    *,
    html: Annotated[
        Path | None, typer.Option(help="Write it to this file, as one page with its pictures, instead.")
    ] = None,
    name: Name = "fangpin",
) -> None:
    """Print the model card of a version, or write it as a page for a browser."""
    from training.registering.versions import exported

    if html is not None and not html.parent.is_dir():
        raise Usage(f"there is no folder {html.parent}")
    files = exported(registry(name), version).files
    if html is None:
        typer.echo(files["card.md"].decode())
    elif "card.html" in files:
        html.write_bytes(files["card.html"])
        typer.echo(f"{html} written")
    else:
        raise Usage(f"version {version} of {name} was fitted before cards were pages; its text is printed")


def key(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the two files; made where it is not there.")],
) -> None:
    """Make the key pair of the bundles: the private one signs here, the service pins the public one."""
    from models.signing import make_keys

    private, public = make_keys(out)
    typer.echo(
        f"FANGPIN_SIGNING_KEY={private.resolve()}   for training; who has it decides what production serves"
    )
    typer.echo(f"FANGPIN_BUNDLE_KEY={public.resolve()}   for the service")


def registry(name: str, *, signing: bool = False) -> Registry:
    """Return the registry of a name, at the places of the settings; with the key where it is to sign."""
    from models.registry import Registry
    from training.settings import places, signing_key

    at = places()
    return Registry(at.tracking_uri, at.bundles, name, signing_key() if signing else None)


def _signed(at: Registry) -> str:
    return "signed" if at.key else "unsigned, FANGPIN_SIGNING_KEY is not set"
