"""The house's own papers: locks, targets, scripts, decision records, changelog, wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGES = ("features", "models", "training", "serving")
TARGETS = {
    *("help", "install", "format", "lint", "test", "test-all", "test-fast", "docs", "docs-check", "check"),
    *("demo", "demo-data", "bench", "image-check", "clean"),
}


def locked(name: str) -> dict[str, str]:
    """Versions by package in one lock file."""
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


def asked(*extras: str) -> list[Requirement]:
    """What the project asks for, its own extras resolved away because the lock takes them all."""
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return [req for req in map(Requirement, lines) if req.name != PROJECT["name"]]


@pytest.mark.parametrize("name", ["serving.txt", "all.txt", "build.txt"])
def test_no_lock_names_a_host_and_every_package_has_its_hashes(name):
    """A lock can be used behind any mirror, and what arrives is what was chosen."""
    text = (ROOT / "requirements" / name).read_text()

    assert "://" not in text
    assert "index-url" not in text
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [p.split()[0] for p in packages if "--hash=sha256:" not in p] == []


def test_the_locks_hold_what_the_project_asks_for():
    """A range widened in pyproject.toml and not locked anew is found here."""
    whole, base = locked("all.txt"), locked("serving.txt")

    for req in asked(*PROJECT["optional-dependencies"]):
        assert req.specifier.contains(whole[req.name]), req
    for req in asked():
        assert req.specifier.contains(base[req.name]), req


def test_the_base_install_is_a_part_of_the_whole():
    """Serving runs the versions that the tests ran."""
    whole, base = locked("all.txt"), locked("serving.txt")

    assert base.items() <= whole.items()
    assert not base.keys() & {"mlflow", "pandas", "scikit-learn", "shap", "pyarrow", "numba"}


def test_every_command_leads_to_a_function():
    """The scripts named in pyproject.toml can be called."""
    for target in PROJECT["scripts"].values():
        module, function = target.split(":")
        assert callable(getattr(import_module(module), function))


def test_make_help_lists_every_target_that_was_promised():
    """`make` alone tells a newcomer what there is."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert set(re.findall(r"make ([a-z-]+)", shown)) >= TARGETS


def test_decision_records_are_numbered_without_gaps_and_short():
    """Records can be read in order, each in a minute."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        lines = record.read_text().splitlines()
        assert lines[0].startswith(f"# {int(record.name[:4])}. ")
        assert len(lines) <= 50, record.name


def test_each_version_of_the_changelog_opens_with_changed_assessments():
    """A county reads first whether its numbers move."""
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]

    assert versions
    for version in versions:
        assert re.findall(r"^### (.*)$", version, flags=re.MULTILINE)[0] == "Changed assessments"


def test_the_wheel_holds_every_file_of_the_four_packages(tmp_path):
    """Policies, ledgers and wording travel with the code that reads them."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if name.startswith(PACKAGES)}

    ours = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == ours
