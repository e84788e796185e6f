"""The page on adding a feature is followed word by word, in a copy of the definitions."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
PAGE = (HOUSE / "docs" / "add-a-feature.md").read_text(encoding="utf-8")

READ = """
import math
{example}
from features.dictionary import feature_catalogue
from features.vectors import build_vectors
def read(tables, day):
    return float(build_vectors(tables, day, features=["most_hospital_stays_24m"]).X[0, 0])
assert read(tables, "2025-06-30") == 3
assert read(tables, "2026-06-30") == 1
assert math.isnan(read(facts(), "2025-06-30"))
assert "most_hospital_stays_24m" in feature_catalogue()
print("read")
"""


def blocks():
    """Return the Python of the page: the definition, and the household."""
    return re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_page_s_own_code_adds_a_feature(tmp_path):
    """The definition goes to the end of one file of a copy; the value is what the page says."""
    definition, example = blocks()
    shutil.copytree(HOUSE / "features", tmp_path / "features")
    (tmp_path / "tests").mkdir()
    shutil.copy(HOUSE / "tests" / "facts.py", tmp_path / "tests")
    file = tmp_path / "features" / "definitions" / "medical.py"
    body = file.read_text(encoding="utf-8").rstrip()
    assert body.endswith(")")
    file.write_text(f"{body[:-1]}{definition.rstrip()},\n)\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ.format(example=example)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "read\n", done.stderr


def test_the_page_names_the_parts_in_their_order():
    """Seven parts of the call, seven lines of explanation."""
    call = ast.parse(blocks()[0]).body[0].value
    assert len(call.args) == 8, "zh and en are one line of the page"
    assert re.findall(r"^(\d)\. \*\*", PAGE, flags=re.MULTILINE) == [str(n) for n in range(1, 8)]


def test_what_the_page_names_is_there():
    """Files and functions."""
    for path in re.findall(r"`((?:features|docs|tests)/[\w/.-]+)`", PAGE):
        assert (HOUSE / path).exists(), path
