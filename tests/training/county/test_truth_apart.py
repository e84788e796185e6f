"""Nobody who builds vectors or trains a model can see the truth: by what is written, and by what is done."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from features.files import list_breaches, read_tables
from features.vectors import build_vectors
from training.county.simulate import simulate

ROOT = Path(__file__).parents[3]
MAY_READ = ("training/county/", "training/judging/ceiling.py", "training/judging/truth.py")
"""Who may read the truth: what makes it, the measure of what can be known, and its reader."""

KNOWING = (
    r"training\.(county|judging\.(ceiling|chance_lists|coverage|truth|version|judgement|predictions)"
    r"|watching\.shadow)(\..*)?"
)
"""They, and those who judge a model that was learned without them."""

DOORS = ("training/commands/county.py", "training/commands/learning.py", "training/commands/versions.py")
"""The command line calls them; it reads nothing itself."""

DAYS = ["2021-12-31", "2022-05-31"]


def blind():
    """Return every source file of features and training that may not know the truth."""
    files = sorted(file for floor in ("features", "training") for file in (ROOT / floor).rglob("*.py"))
    named = [(file.relative_to(ROOT).as_posix(), file) for file in files]
    return [(name, file) for name, file in named if not name.startswith(MAY_READ)]


def docstrings(tree):
    """Return the positions of all prose in a tree: strings that stand alone."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def paths(source):
    """Return the strings in a source that could lead to the truth."""
    tree = ast.parse(source)
    prose = docstrings(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in prose
        and re.search(r"(^|/)truth($|/)|(life|chances)\.parquet|county\.(json|toml)", node.value)
    ]


def imports(source):
    """Return the modules that a source imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module)} | {f"{node.module}.{one.name}" for one in node.names}
    return found


def test_the_test_finds_what_it_looks_for():
    """A path to the truth is found however it is put; prose about truth is not."""
    for source in (
        'Path(folder) / "truth"', 'f"{folder}/truth/life.parquet"', "open('truth/chances.parquet')",
        'json.load(folder / "county.json")',
    ):  # fmt: skip
        assert paths(source), source
    assert not paths('"""What is in truth/ is never read."""\nx = "the truth about trees"')
    assert imports("def f():\n    from training.county import truth\n") >= {"training.county.truth"}


def test_no_source_names_a_path_to_the_truth():
    """Neither the folder nor any file in it."""
    found = {name: paths(file.read_text("utf-8")) for name, file in blind()}

    assert len(found) > 50
    assert {name: named for name, named in found.items() if named} == {}


def test_whoever_builds_vectors_or_learns_imports_nobody_who_knows_it():
    """Neither straight nor by way of another: whoever knows is imported by those who know alone."""
    found = {
        name: [one for one in imports(file.read_text("utf-8")) if re.fullmatch(KNOWING, one)]
        for name, file in blind()
        if name not in DOORS and not re.fullmatch(KNOWING, name.removesuffix(".py").replace("/", "."))
    }

    learners = {"training/fitting/pipeline.py", "training/learning/model.py"}
    assert learners | {"features/vectors.py"} <= found.keys()
    assert {name: named for name, named in found.items() if named} == {}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return the folder of a small county with all truth there can be."""
    out = tmp_path_factory.mktemp("apart") / "county"
    simulate(out, households=120, months=18, seed=2, start="2021-01", perfect=True)
    return out


def seen(folder):
    """Return all that vectors of a folder hold, as bytes."""
    vectors = build_vectors(read_tables(folder), DAYS)
    assert len(vectors) > 0
    return (
        vectors.household_id.tobytes(), vectors.as_of.tobytes(), vectors.X.tobytes(), vectors.features,
        vectors.fingerprints,
    )  # fmt: skip


def scribble(truth):
    """Fill the truth with noise, and with tables of our names."""
    rng = np.random.default_rng(0)
    for file in truth.rglob("*"):
        if file.is_file():
            file.write_bytes(rng.bytes(1000))
    for name in ("incomes.parquet", "chances.parquet"):
        (truth / name).write_bytes(rng.bytes(1000))


@pytest.mark.parametrize("spoil", [scribble, shutil.rmtree])
def test_vectors_do_not_change_with_the_truth(county, tmp_path, spoil):
    """Filled with noise or taken away, it leaves every vector as it was, to the byte."""
    shutil.copytree(county, tmp_path / "copy")
    before = seen(tmp_path / "copy")
    spoil(tmp_path / "copy" / "truth")

    assert seen(tmp_path / "copy") == before
    assert list_breaches(tmp_path / "copy") == []
