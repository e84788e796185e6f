"""``fangpin-serve``: the service and its keys, from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated, NoReturn

import typer

from features.errors import BadInput, BadPolicy, FangpinError, Foreign, MissingExtra, Refused, Usage
from serving.security import Key, Role, add_key, revoke_key
from serving.settings import SETTINGS, environment, keys_file, settings_from

EXIT_CODES: dict[type[FangpinError], int] = {
    BadInput: 1,
    BadPolicy: 1,
    Foreign: 1,
    Usage: 2,
    Refused: 3,
    MissingExtra: 4,
}

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
key_app = typer.Typer(no_args_is_help=True, help="Keys for other systems.")
app.add_typer(key_app, name="key")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def fangpin_serve() -> None:
    """From a request to an answer that somebody can defend."""


@app.command(
    epilog="Settings of the environment: " + " ".join(f"{name}: {told}" for name, told in SETTINGS.items())
)
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; each has its own metrics.")] = 1,
) -> None:
    """Serve. Ctrl-C ends it once the requests under way are answered."""
    import uvicorn

    from serving.app import from_environment, log_as_json

    settings_from(environment())
    log_as_json()
    uvicorn.run(
        from_environment() if workers == 1 else "serving.app:from_environment",
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )


@key_app.command("add")
def key_add(
    area: Annotated[str, typer.Option(help="Code of the area it may ask about; '' for all.")],
    role: Annotated[str, typer.Option(help="What it may do: system.")] = "system",
    backfill: Annotated[bool, typer.Option(help="May say on which past day a fact became known.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key, keep its hash in the file of keys and print the key, this once."""
    key, shown = add_key(keys_file(environment()), _role(role), area, backfill=backfill)
    if as_json:
        print(json.dumps({**_told(key), "key": shown}))
    else:
        print(f"key {key.id} for {key.area or 'all areas'}; it is shown only now:\n{shown}")


@key_app.command("revoke")
def key_revoke(
    key_id: Annotated[str, typer.Argument(help="Id of the key, as `key add` printed it.")],
    as_json: AsJson = False,
) -> None:
    """End a key at once, in running services too."""
    key = revoke_key(keys_file(environment()), key_id)
    print(json.dumps(_told(key)) if as_json else f"key {key.id} is revoked")


def main() -> NoReturn:
    """Run the command; a refusal becomes one message and the exit code of its kind."""
    try:
        app()
    except FangpinError as error:
        print(f"fangpin-serve: {error}", file=sys.stderr)
        sys.exit(EXIT_CODES.get(type(error), 1))
    sys.exit(0)


def _role(name: str) -> Role:
    if name != "system":
        raise Usage(f"a role is system, not {name!r}")
    return "system"


def _told(key: Key) -> dict[str, object]:
    return {name: value for name, value in asdict(key).items() if name != "sha256"}
