"""The numbers of the simulated county as a Markdown page, made from the parameter file itself."""

from __future__ import annotations

import sys

from features.dictionary import main
from training.county.parameters import SHIPPED, parameters_page, read_parameters

_TOP = """# The numbers of the simulated county · 模拟县参数

Made from `training/county/county.toml` by `make docs`; change that file, not this page.

{count} numbers: all that a simulated county is made of. *range* is what a county's own file may say
(`fangpin-train simulate --parameters FILE`) and what `--draw` draws from; without one a number may be any
from 0 up and is never drawn. *perfect* is the value at which an imperfection of the records vanishes
(`--perfect`). A list gives its elements by name.
"""


def county_parameters() -> str:
    """Return the page of all numbers, with what their sources stand for."""
    numbers = read_parameters()
    parts = [_TOP.format(count=len(numbers.keys())), f"## Sources\n\n```\n{_sources()}\n```\n"]
    return "\n".join([*parts, parameters_page(numbers)])


def _sources() -> str:
    """Return the list of sources from the head of the parameter file."""
    lines = SHIPPED.read_text("utf-8").splitlines()
    start = lines.index("# Sources") + 1
    listed = []
    for line in lines[start:]:
        if not line.startswith("#   "):
            break
        listed.append(line.removeprefix("#   "))
    return "\n".join(listed)


PAGES = {"county-parameters.md": county_parameters}
"""The page by file name."""

if __name__ == "__main__":
    sys.exit(main(pages=PAGES))
