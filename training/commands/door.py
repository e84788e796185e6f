"""What every command needs: how it speaks, fails, tells the time and prints."""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import numpy as np
import typer

from features.errors import FangpinError, MissingExtra, Refused, Usage

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Name = Annotated[str, typer.Option(help="Registered name: fangpin for entry, else fangpin- and the target.")]

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
    "optuna": "train",
    "tqdm": "train",
}


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


def told_steps() -> Callable[[str], None]:
    """Return what tells each step on the error stream, with the seconds since the start."""
    start = time.monotonic()

    def tell(step: str) -> None:
        typer.echo(f"[{time.monotonic() - start:6.1f} s] {step}", err=True)

    return tell


@contextmanager
def bar(unit: str, *, only_on_terminal: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show on the error stream how much of a long work is done."""
    from tqdm import tqdm

    seldom, never = 0.2 if sys.stderr.isatty() else 15.0, None if only_on_terminal else False
    with tqdm(unit=unit, unit_scale=True, leave=False, delay=0.5, mininterval=seldom, disable=never) as bar:

        def show(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield show


def day(text: str) -> np.datetime64:
    """Read a day that is written like 2026-06-30."""
    try:
        return np.datetime64(date.fromisoformat(text), "D")
    except ValueError:
        raise Usage(f"a day is written like 2026-06-30, not {text!r}") from None


def now() -> datetime:
    """Ask the clock."""
    return datetime.now(UTC)


def who() -> str:
    """Ask who types."""
    return getpass.getuser()


def print_json(content: object) -> None:
    """Print as JSON."""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")
