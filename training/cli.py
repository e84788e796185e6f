"""``fangpin-train``: what a data scientist types."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer

from features.errors import BadInput, FangpinError, MissingExtra, Refused, Usage

if TYPE_CHECKING:
    from models.bundle import TrainedOn
    from models.registry import Registry

app = typer.Typer(
    name="fangpin-train",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From histories to a registered, explained risk model.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the ledger.")]

EXIT: tuple[tuple[type[FangpinError], int], ...] = (
    (MissingExtra, 4),
    (Refused, 3),
    (Usage, 2),
    (FangpinError, 1),
)
"""Exit codes: 1 a breach, 2 usage, 3 refused by a gate, 4 an extra is missing."""

DRIVE_EXTRAS = {
    "mlflow": "train",
    "sklearn": "train",
    "shap": "train",
    "matplotlib": "train",
    "pyarrow": "files",
}


def main() -> None:
    """Run the command line; errors of the house become one message and an exit code."""
    with errors_told():
        app()


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn errors of the house into a message on the error stream and an exit code."""
    try:
        yield
    except FangpinError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(next(code for kind, code in EXIT if isinstance(error, kind))) from None
    except ModuleNotFoundError as error:
        extra = DRIVE_EXTRAS.get((error.name or "").split(".")[0])
        if extra is None:
            raise
        typer.echo(str(MissingExtra(extra, str(error.name))), err=True)
        raise SystemExit(4) from None


@app.command("import")
def import_(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of the ledger.")] = None,
    *,
    mapping: Annotated[str, typer.Option(help="A shipped mapping (eph, rwm5yr) or a TOML file.")],
    out: Annotated[Path, typer.Option(help="Folder for the contract tables.")],
    known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the files became known.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Turn a ledger into contract tables; nothing is written where anything breaks the contract."""
    from dataclasses import asdict

    from features.ledgers import import_ledger

    summary = import_ledger(files or [], mapping, out, known_on.date() if known_on else None)
    if as_json:
        _print_json(asdict(summary))
        return
    typer.echo(f"{summary.title}: {summary.ledger_rows:,} rows read")
    for table, rows in summary.rows.items():
        typer.echo(f"  {table:14} {rows:>10,}")
    typer.echo(f"known_on: {summary.known_on}")
    for sentence in summary.assumed:
        typer.echo(f"assumed: {sentence}")


@app.command()
def check(folder: Path, as_json: AsJson = False) -> None:
    """List every breach of the contract in a folder of tables."""
    from features.files import list_breaches

    breaches = list_breaches(folder)
    if as_json:
        _print_json(
            [{"table": b.table, "column": b.column, "rule": b.rule, "count": b.count} for b in breaches]
        )
    elif not breaches:
        typer.echo("no breach of the contract")
    if breaches and as_json:
        raise SystemExit(1)
    if breaches:
        raise BadInput(breaches)


@app.command()
def vectors(
    folder: Path,
    *,
    as_of: Annotated[list[str], typer.Option(help="As-of day; may be given several times.")],
    out: Annotated[Path, typer.Option(help="Parquet file.")],
    features: Annotated[str | None, typer.Option(help="Feature ids, separated by commas.")] = None,
) -> None:
    """Write the vectors of every household on the as-of days."""
    from features.files import read_tables
    from features.vectors import build_vectors
    from training.frames import write_vectors

    days = [_day(text) for text in as_of]
    chosen = features.split(",") if features else None
    built = build_vectors(read_tables(folder), days, features=chosen)
    write_vectors(built, out)
    typer.echo(f"{len(built):,} rows of {len(built.features)} features")


@app.command()
def fit(
    folder: Path,
    *,
    target: Annotated[str, typer.Option(help="What to predict; in this version next_visit.")] = "next_visit",
    trained_on: Annotated[str, typer.Option(help="What the households are: real, benchmark or simulated.")],
    title: Annotated[str | None, typer.Option(help="What the data is, for the card.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy folder; else the illustrative one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Learn a model, measure it beside the baselines, log and register it."""
    from features.files import read_tables
    from features.policy import illustrative, read_policy
    from models.bundle import Origin
    from training.pipeline import fit as learn_and_register
    from training.settings import places

    origin = Origin(cast("TrainedOn", trained_on), (), {})
    fitted = learn_and_register(
        read_tables(folder),
        target=target,
        trained_on=origin.trained_on,
        title=title or folder.resolve().name,
        policy=read_policy(policy) if policy else illustrative(),
        places=places(),
        at=_now(),
        told=_told(),
    )
    if as_json:
        _print_json({**vars(fitted), "comparison": fitted.comparison.as_dict()})
        return
    typer.echo(fitted.comparison.as_text())
    counted = f"{fitted.rows:,} rows, {fitted.events:,} events"
    typer.echo(f"\n{counted}; registered as {fitted.name} version {fitted.version}")


@app.command()
def promote(
    version: str,
    *,
    reason: Reason,
    name: Annotated[str, typer.Option(help="Registered name.")] = "fangpin-next-visit",
) -> None:
    """Let a version serve: write its bundle, flip the champion link, note it in the ledger."""
    entry = _registry(name).promote(version, reason=reason, by=_who(), at=_now())
    typer.echo(f"{entry.folder} serves; before: {entry.previous or 'nothing'}")


@app.command()
def rollback(
    *, reason: Reason, name: Annotated[str, typer.Option(help="Registered name.")] = "fangpin-next-visit"
) -> None:
    """Let the version serve that served before."""
    entry = _registry(name).rollback(reason=reason, by=_who(), at=_now())
    typer.echo(f"{entry.folder} serves again; before: {entry.previous or 'nothing'}")


@app.command()
def history(as_json: AsJson = False) -> None:
    """Show which version served when, who said so and why."""
    entries = _registry("fangpin").history()
    if as_json:
        _print_json([vars(entry) for entry in entries])
        return
    for entry in entries:
        typer.echo(f"{entry.when}  {entry.action:8}  {entry.folder:24}  {entry.who}: {entry.why}")


@app.command()
def export(
    version: str,
    *,
    out: Annotated[Path, typer.Option(help="Folder that does not exist yet.")],
    name: Annotated[str, typer.Option(help="Registered name.")] = "fangpin-next-visit",
) -> None:
    """Write the bundle of a version."""
    bundle = _registry(name).export(version, out)
    typer.echo(f"bundle {bundle.sha256} written")


@app.command()
def card(
    version: str, name: Annotated[str, typer.Option(help="Registered name.")] = "fangpin-next-visit"
) -> None:
    """Print the model card of a version."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        bundle = _registry(name).export(version, Path(folder) / "bundle")
        typer.echo(bundle.files["card.md"].decode())


@app.command()
def request(
    folder: Path,
    *,
    household: Annotated[
        str | None, typer.Option(help="Household id; else the first with the most facts.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="As-of day; else the last day anything became known.")
    ] = None,
) -> None:
    """Print one household's history as the body of a request to the service."""
    from features.files import read_tables
    from training.requests import request_of

    _print_json(request_of(read_tables(folder), household, _day(as_of) if as_of else None))


@app.command()
def panel(
    name: Annotated[str, typer.Argument(help="eph or rwm5yr.")],
    *,
    file: Annotated[Path | None, typer.Option(help="The panel's file (eph).")] = None,
    train_until: Annotated[
        str | None, typer.Option(help="Learn from outcomes of visits by this day.")
    ] = None,
    resamples: Annotated[int, typer.Option(help="Resamples of households for the intervals.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Run the benchmark on real households: the model against every baseline."""
    from training.panels.shipped import run_panel
    from training.settings import places

    until = _day(train_until) if train_until else None
    shown = run_panel(name, file, until, home=places().home, at=_now(), resamples=resamples, told=_told())
    if as_json:
        _print_json(shown.as_dict())
    else:
        typer.echo(shown.as_text())


def _registry(name: str) -> Registry:
    from models.registry import Registry
    from training.settings import places

    at = places()
    return Registry(at.tracking_uri, at.bundles, name)


def _told() -> Callable[[str], None]:
    start = time.monotonic()

    def tell(step: str) -> None:
        typer.echo(f"[{time.monotonic() - start:6.1f} s] {step}", err=True)

    return tell


def _day(text: str) -> np.datetime64:
    try:
        return np.datetime64(date.fromisoformat(text), "D")
    except ValueError:
        raise Usage(f"a day is written like 2026-06-30, not {text!r}") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _who() -> str:
    return getpass.getuser()


def _print_json(content: object) -> None:
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")
