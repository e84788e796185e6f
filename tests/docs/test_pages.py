"""Every setting, command and table is in the pages that a user reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.main import get_command

from features.tables import TABLES
from serving.cli import app as serve
from serving.settings import SETTINGS
from training.cli import app as train
from training.cohorts.targets import TARGETS, registered_name
from training.county.stories import TITLES

HOUSE = Path(__file__).resolve().parents[2]
README = (HOUSE / "README.md").read_text(encoding="utf-8")


def county_options() -> list[str]:
    """Return the options of the commands that only a simulated county has."""
    commands = get_command(train).commands
    return sorted(
        {
            word
            for name in ("simulate", "chances")
            for option in commands[name].params
            for word in option.opts
            if word.startswith("--") and word not in ("--json", "--help")
        }
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_in_the_table(setting):
    """docs/settings.md has a row for it."""
    assert f"| `{setting}` |" in (HOUSE / "docs" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(get_command(train).commands) + sorted(get_command(serve).commands))
def test_every_command_is_in_the_readme(command):
    """The README shows how it is called."""
    assert re.search(rf"fangpin-(train|serve) {command}\b", README)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_in_the_readme(target):
    """With the name under which it is registered."""
    assert re.search(rf"^\| `{target}`.*\| `{registered_name(target)}` \|$", README, flags=re.MULTILINE)


@pytest.mark.parametrize("option", county_options())
def test_every_option_of_a_county_is_in_the_readme(option):
    """What can be said about its making."""
    assert option in README


@pytest.mark.parametrize("name", TITLES)
def test_every_story_is_in_the_readme(name):
    """By its name and what it tells."""
    assert f"\n{name}: {TITLES[name]}\n" in README


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_in_the_dictionary(table):
    """docs/data-dictionary.md names it."""
    assert f"`{table}`" in (HOUSE / "docs" / "data-dictionary.md").read_text(encoding="utf-8")


def test_the_notebook_pairs_with_its_script():
    """The cells of the ipynb are those of the py:percent file, and hold no outputs."""
    for path in sorted((HOUSE / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        script = path.with_suffix(".py").read_text(encoding="utf-8")
        for cell in cells:
            assert not cell.get("outputs")
            if cell["cell_type"] == "code":
                assert "".join(cell["source"]) in script
