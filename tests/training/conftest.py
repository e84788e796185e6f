"""What tests of the training floor ask for by name."""

from __future__ import annotations

import sys

import pytest

from training.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return a way to type a command: it gives the exit code and what was printed on either stream."""
    monkeypatch.setenv("FANGPIN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("FANGPIN_BUNDLES", raising=False)
    monkeypatch.delenv("FANGPIN_PSEUDONYM_KEY", raising=False)

    def typed(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fangpin-train", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return typed
