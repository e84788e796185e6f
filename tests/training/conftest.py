"""What tests of the training floor ask for by name."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from features.ledgers import import_ledger
from tests.county import KEY, lines, monitoring, write_workbook
from training.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return a way to type a command: it gives the exit code and what was printed on either stream."""
    monkeypatch.setenv("FANGPIN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("FANGPIN_BUNDLES", raising=False)
    monkeypatch.delenv("FANGPIN_PSEUDONYM_KEY", raising=False)
    monkeypatch.delenv("FANGPIN_SIGNING_KEY", raising=False)

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fangpin-train", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return typed


@pytest.fixture
def clerk(run, monkeypatch):
    """Return a way to type a command with the county's key in the environment."""
    monkeypatch.setenv("FANGPIN_PSEUDONYM_KEY", KEY.decode())
    return run


@pytest.fixture(scope="session")
def imported(tmp_path_factory) -> Path:
    """Return a folder with the lines and the monitoring ledger of 2023."""
    pytest.importorskip("openpyxl")
    place = tmp_path_factory.mktemp("imported")
    import_ledger([write_workbook(place / "lines.xlsx", lines())], "income-lines", place / "county")
    sheet = write_workbook(place / "2023.xlsx", monitoring(), before=["填报说明"])
    import_ledger([sheet], "monitoring-ledger", place / "county", date(2023, 12, 31), key=KEY)
    return place / "county"


@pytest.fixture
def county(imported, tmp_path) -> Path:
    """Return a copy of that folder to import into."""
    return Path(copytree(imported, tmp_path / "county"))
