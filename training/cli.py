"""``fangpin-train``: what a data scientist types."""

from __future__ import annotations

import typer

from training.commands.county import chances, simulate, stories
from training.commands.door import errors_told
from training.commands.drift import drift
from training.commands.imports import import_
from training.commands.learning import evaluate, fit, panel
from training.commands.tables import check, request, vectors
from training.commands.versions import card, compare, export, history, key, promote, rollback
from training.settings import quieten_mlflow

app = typer.Typer(
    name="fangpin-train",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From histories to a registered, explained risk model.",
)

app.command("import")(import_)
for command in (
    simulate, chances, stories, check, vectors, request, fit, evaluate, compare, drift, panel, promote,
    rollback, history, export, card, key,
):  # fmt: skip
    app.command()(command)


def main() -> None:
    """Run the command line; errors of the house become one message and an exit code."""
    quieten_mlflow()
    with errors_told():
        app()
