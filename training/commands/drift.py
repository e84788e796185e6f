"""The command that tells what has moved since a version was fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.door import AsJson, Name, day, print_json, told_steps


def drift(
    version: str,
    folder: Path,
    *,
    as_of: Annotated[
        str | None, typer.Option(help="Day on which households are looked at; else the last month end.")
    ] = None,
    share: Annotated[
        float, typer.Option(help="Share of the households on the list.", min=0.0001, max=1.0)
    ] = 0.02,
    name: Name = "fangpin",
    as_json: AsJson = False,
) -> None:
    """Tell what has moved since a version was fitted, and what its list is expected to find and found."""
    from training.settings import places
    from training.watching.drifting import drift as tell

    on = day(as_of) if as_of else None
    told = tell(version, folder, name=name, places=places(), as_of=on, share=share, told=told_steps())
    if as_json:
        print_json(told.as_dict())
    else:
        typer.echo(told.as_text())
